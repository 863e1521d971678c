package bot

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// press is a button that somebody pressed, or an option they chose from a menu. Its
// value and place came through the person's client, so nothing in them is trusted.
type press struct {
	in     *inbound
	from   slack.InteractionCallback
	button slack.BlockAction
	act    view.Action
	value  string
	by     who
}

// press handles one button in reading order: what it asks for, who asks, which
// incident it is about, and what is shown.
func (in *inbound) press(ctx context.Context, c slack.InteractionCallback, id workflow.UserID, a slack.BlockAction) {
	p := &press{in: in, from: c, button: a}
	p.act, p.value = asked(a)
	if place, has := view.PlaceOf(a); has {
		if now := in.bot.Now(); place.After(now) {
			in.reply(ctx, c, view.Queued(p.act, p.value, place, now, in.bot.rules))
			return
		}
		ctx = withPlace(ctx)
	}
	if p.atOnce(ctx, id) {
		return
	}
	var err error
	if p.by, err = in.person(ctx, id); err != nil {
		p.refuse(ctx, err)
		return
	}
	if p.turn(ctx) || p.general(ctx) {
		return
	}
	p.specific(ctx)
}

// asked is what a button asks for, and about what.
func asked(a slack.BlockAction) (view.Action, string) {
	if view.TimelineTurn(a.ActionID) {
		return view.ActTimeline, a.Value
	}
	act, value := view.ActionOf(a.ActionID), cmp.Or(a.Value, a.SelectedOption.Value)
	if act == view.ActMore {
		chosen, ref, _ := strings.Cut(a.SelectedOption.Value, " ")
		return view.Action(chosen), ref
	}
	return act, value
}

// atOnce handles the buttons that do not wait to find out who pressed them, because
// a trigger lives 3 seconds or because they check for themselves. It tells whether
// this was one.
func (p *press) atOnce(ctx context.Context, id workflow.UserID) bool {
	switch {
	case p.act == view.ActReport && !inModal(p.from):
		p.in.reportOn(ctx, p.from, id, view.ReportMeta(p.value))
	case p.act == view.ActHome:
		p.in.publish(ctx, id, p.from.View.Hash)
	case p.act == view.ActAfresh:
		p.in.afresh(ctx, p.from, id)
	case p.act == view.ActKnowMore:
		p.in.knowMore(ctx, p.from, id)
	default:
		return false
	}
	return true
}

// turn shows the triage form at another page, or with the questions of the kind of
// event that was chosen, and tells whether this asks for that. If it cannot, the form
// stays as it is, with what was typed: sending it says why.
func (p *press) turn(ctx context.Context) bool {
	page, ok := view.TriageTurn(p.from.View, p.button)
	if !ok {
		return false
	}
	meta := view.ParseMeta(p.from.View.PrivateMetadata)
	inc, err := p.in.shown(ctx, p.by, meta.Incident, view.FormTriage, meta)
	if err == nil && p.in.bot.rules.Permit(workflow.CommandTriage, inc, p.by.actor) == nil {
		p.show(ctx, view.TurnTriage(p.in.bot.desk(p.by.actor), inc, p.from.View, page))
	}
	return true
}

// general answers the buttons that are not about an incident, and tells whether
// this was one.
func (p *press) general(ctx context.Context) bool {
	if p.act == view.ActReport {
		p.in.reportInstead(ctx, p.from, p.by)
		return true
	}
	if page, ok := view.RegisterTurn(p.button.ActionID, p.button.Value); ok {
		p.show(ctx, p.in.register(ctx, p.by, page))
		return true
	}
	if build, ok := general[view.Action(p.button.ActionID)]; ok {
		p.show(ctx, build(p.in, ctx, p.by))
		return true
	}
	return false
}

// general are the modals that are not about an incident, by the button that opens
// them.
var general = map[view.Action]func(in *inbound, ctx context.Context, p who) slack.ModalViewRequest{
	view.ActHelp: func(in *inbound, _ context.Context, p who) slack.ModalViewRequest {
		return view.MoreHelp(in.bot.rules, p.actor, in.bot.Now())
	},
	view.ActFind: func(*inbound, context.Context, who) slack.ModalViewRequest { return view.Find() },
	view.ActRegister: func(in *inbound, ctx context.Context, p who) slack.ModalViewRequest {
		return in.register(ctx, p, workflow.Page{})
	},
	view.ActDrill: func(in *inbound, _ context.Context, p who) slack.ModalViewRequest { return in.drill(p) },
	view.ActList:  (*inbound).listed,
}

// specific answers the buttons that are about an incident: those that open a
// form, those that show something, and taking the lead.
func (p *press) specific(ctx context.Context) {
	ref, part, _ := strings.Cut(p.value, " ")
	id := workflow.IncidentID(ref)
	form, meta, opens := view.Opens(p.act, part)
	if opens && id.Number() == 0 { // what was typed after a command, or nothing
		p.show(ctx, p.in.aboutWhich(ctx, p.by, p.act, workflow.ChannelID(p.from.Channel.ID), p.value))
		return
	}
	inc, err := p.in.shown(ctx, p.by, id, form, meta)
	if err != nil {
		p.refuse(ctx, err)
		return
	}
	if opens {
		p.show(ctx, p.in.about(p.by, p.act, part, inc, p.round()))
		return
	}
	if p.reading(ctx, inc, part) {
		return
	}
	if p.act == view.ActLead {
		p.lead(ctx, inc)
		return
	}
	p.in.bot.measures.inbound.WithLabelValues("unknown").Inc()
}

// round is which form the next one will be in its window: Slack keeps what an
// input holds while its block id stays, so a form that takes the place of another
// has block ids of its own.
func (p *press) round() int {
	if !inModal(p.from) || !view.Form(p.from.View.CallbackID).Known() {
		return 0
	}
	return view.ParseMeta(p.from.View.PrivateMetadata).Round + 1
}

// reading shows a modal that is only for reading, at its page, and tells whether
// the button asks for one.
func (p *press) reading(ctx context.Context, inc *workflow.Incident, part string) bool {
	at, choice, _ := strings.Cut(part, " ")
	page, _ := strconv.Atoi(at)
	desk := p.in.bot.desk(p.by.actor)
	desk.Timeline = view.ParseTimelineChoice(choice)
	v, refused, ok := view.Read(p.act, desk, inc, page)
	if refused {
		p.in.bot.measures.refused.WithLabelValues("role").Inc()
	}
	if ok {
		p.show(ctx, v)
	}
	return ok
}

// lead gives the lead to the person who asks for it, unless somebody else has it.
// Of several who ask at once, the first gets it and the others are told who has it.
func (p *press) lead(ctx context.Context, inc *workflow.Incident) {
	key := workflow.CommandKey("lead/" + string(inc.ID) + "/" + string(p.by.id) + "/" + p.button.ActionTs)
	take := workflow.AssignRole{Role: workflow.RoleLead, User: p.by.id, OnlyIfFree: true}
	if _, err := p.in.do(ctx, inc.ID, key, take, p.by.actor); err != nil {
		p.refuseLead(ctx, inc.ID, err)
	}
	p.in.follow(ctx, p.by.id)
}

// refuseLead says who has the lead, if that is why it was refused. Somebody who
// may take it may see that.
func (p *press) refuseLead(ctx context.Context, id workflow.IncidentID, err error) {
	inc, lerr := p.in.bot.Service.Incident(ctx, id)
	if lerr != nil || inc.Lead == "" || inc.Lead == p.by.id || !errors.Is(err, workflow.ErrConflict) || inc.Step().Over() {
		p.refuse(ctx, err)
		return
	}
	p.show(ctx, view.HasIt(inc))
}

func (p *press) show(ctx context.Context, v slack.ModalViewRequest) {
	p.in.show(ctx, p.from, p.act, p.value, v)
}

func (p *press) refuse(ctx context.Context, err error) {
	p.show(ctx, view.Notice("Not possible", p.in.bot.sentence(err)))
}
