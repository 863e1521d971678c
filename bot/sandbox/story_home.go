package sandbox

import (
	"context"
	"fmt"
)

// toldHome is a Home as it was told.
type toldHome struct{ hash, text string }

// openHome opens the app's Home tab and waits until the app has taken note, if it
// wants to know.
func (s *Script) openHome(ctx context.Context, p *Person) error {
	before := len(s.Workspace.Envelopes())
	if err := p.OpenHome(); err != nil {
		s.line("%s cannot open Home", s.handle(p.ID))
		return nil
	}
	return s.Workspace.WaitFor(ctx, func() bool {
		for _, e := range s.Workspace.Envelopes()[before:] {
			if e.Kind == "app_home_opened" && !e.Acked && !e.Lost {
				return false
			}
		}
		return true
	})
}

// pressHome presses the first button of a label in Home; in Home many incidents
// have the same.
func (s *Script) pressHome(ctx context.Context, p *Person, label string) error {
	v := p.Home()
	if v == nil {
		return fmt.Errorf("no Home for %s", p.ID)
	}
	for _, b := range v.Blocks {
		if id := actionOf([]Block{b}, "button", label); id != "" {
			out, err := p.Press(ctx, InHome(), fmt.Sprintf("%v/%s", b["block_id"], id))
			return s.after(p, out, err)
		}
	}
	return fmt.Errorf("no button %q in Home", label)
}

// homeOf tells what is new in a person's Home: all of it once, and then what
// changed.
func (s *Script) homeOf(p *Person) {
	v := p.Home()
	if v == nil || v.Hash == s.home[p.ID].hash {
		return // also when the clock went on: what was published stays
	}
	was := s.home[p.ID].text
	now := toldHome{v.Hash, p.RenderView(v)}
	s.home[p.ID] = now
	if was == "" {
		s.line("%s sees", s.handle(p.ID))
		s.block(now.text)
	} else if lines := difference(was, now.text); lines != "" {
		s.line("%s sees Home (updated)", s.handle(p.ID))
		s.block(lines)
	}
}
