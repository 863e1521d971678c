package script

import (
	"context"
	"fmt"

	"breachbot/bot/sandbox"
)

// toldHome is a Home as it was told.
type toldHome struct{ hash, text string }

// openHome opens the app's Home tab and waits until the app has taken note, if it
// wants to know.
func (p *Player) openHome(ctx context.Context, who *sandbox.Person) error {
	before := len(p.Workspace.Envelopes())
	if err := who.OpenHome(); err != nil {
		p.line("%s cannot open Home", p.handle(who.ID))
		return nil
	}
	return p.Workspace.WaitFor(ctx, func() bool {
		for _, e := range p.Workspace.Envelopes()[before:] {
			if e.Kind == "app_home_opened" && !e.Acked && !e.Lost {
				return false
			}
		}
		return true
	})
}

// pressHome presses the first button of a label in Home; in Home many incidents
// have the same.
func (p *Player) pressHome(ctx context.Context, who *sandbox.Person, label string) error {
	v := who.Home()
	if v == nil {
		return fmt.Errorf("no Home for %s", who.ID)
	}
	for _, b := range v.Blocks {
		if id := actionOf([]sandbox.Block{b}, "button", label); id != "" {
			out, err := who.Press(ctx, sandbox.InHome(), fmt.Sprintf("%v/%s", b["block_id"], id))
			return p.after(who, out, err)
		}
	}
	return fmt.Errorf("no button %q in Home", label)
}

// homeOf tells what is new in a person's Home: all of it once, and then what
// changed.
func (p *Player) homeOf(who *sandbox.Person) {
	v := who.Home()
	if v == nil || v.Hash == p.home[who.ID].hash {
		return // also when the clock went on: what was published stays
	}
	was := p.home[who.ID].text
	now := toldHome{v.Hash, who.RenderView(v)}
	p.home[who.ID] = now
	if was == "" {
		p.line("%s sees", p.handle(who.ID))
		p.block(now.text)
	} else if lines := difference(was, now.text); lines != "" {
		p.line("%s sees Home (updated)", p.handle(who.ID))
		p.block(lines)
	}
}
