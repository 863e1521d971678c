package bot

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Index answers what people ask the register. Errors wrap workflow.ErrNotFound
// when there is nothing of the kind.
type Index interface {
	// InChannel gives the incident that is worked on in a channel.
	InChannel(ctx context.Context, channel workflow.ChannelID) (workflow.IncidentID, error)
	// Open gives open incidents, drills among them, the newest last: those a person
	// takes part in, or all when person is empty.
	Open(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error)
	// Newest gives what Open does, the newest first.
	Newest(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error)
	// Owing gives incidents, also ended ones, of which a person is being reminded,
	// as of an action, the newest first.
	Owing(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error)
	// Find gives incidents that mention all the words, newest first, drills among
	// them: those a person takes part in, or all when person is empty.
	Find(ctx context.Context, person workflow.UserID, words string, limit int) ([]workflow.Entry, error)
	// Register gives a page of the register, newest first.
	Register(ctx context.Context, p workflow.Page, limit int) ([]workflow.Entry, error)
	// Trend sums the register up.
	Trend(ctx context.Context) (workflow.Trend, error)
}

// formWords are the words after /breach that open a form about an incident.
var formWords = map[string]view.Action{
	"note": view.ActNote, "assign": view.ActRole, "times": view.ActTimes, "close": view.ActClose, "reopen": view.ActReopen,
}

// held answers a command with a modal that takes longer to make than a trigger
// lives: one that holds nothing is opened first, and then replaced. act is what a
// fresh button does when the trigger had expired.
func (in *inbound) held(ctx context.Context, c slack.SlashCommand, act view.Action, value string, build func(context.Context, who) slack.ModalViewRequest) {
	b := in.bot
	open, expired, err := b.open(ctx, c.TriggerID, view.Wait())
	switch {
	case expired:
		in.say(ctx, c.ResponseURL, view.TryAgain(act, value))
		return
	case err != nil:
		in.say(ctx, c.ResponseURL, view.Sorry("Slack could not open that just now. Nothing was changed. Please try again in a minute."))
		return
	}
	in.ack(nil)
	var v slack.ModalViewRequest
	if person, err := in.person(ctx, workflow.UserID(c.UserID)); err != nil {
		v = view.Notice("Not possible", b.sentence(err))
	} else {
		v = build(ctx, person)
	}
	in.turn(ctx, open, v)
}

// about is the form an act opens about an incident, once it is known which one
// and that the person may.
func (in *inbound) about(p who, act view.Action, part string, inc *workflow.Incident) slack.ModalViewRequest {
	b := in.bot
	form, meta, _ := view.Opens(act, part)
	if err := b.rules.Permit(form.Command(), inc, p.actor); err != nil {
		b.measures.refused.WithLabelValues("role").Inc()
		return view.Notice("Not possible", b.sentence(err))
	}
	return form.Build(view.Desk{Rules: b.rules, Now: b.Now(), By: p.actor}, inc, meta)
}

// aboutWhich is the same when it must be found out which incident is meant: the
// one of the reference, of the channel, or the only one it can be. Otherwise the
// person chooses.
func (in *inbound) aboutWhich(ctx context.Context, p who, act view.Action, channel workflow.ChannelID, reference string) slack.ModalViewRequest {
	b := in.bot
	refused := func(err error) slack.ModalViewRequest { return view.Notice("Not possible", b.sentence(err)) }
	var id workflow.IncidentID
	if reference != "" {
		var err error
		if id, err = workflow.ParseIncidentID(reference); err != nil {
			return refused(err)
		}
	} else {
		here, err := in.here(ctx, p, channel)
		if err != nil {
			return refused(err)
		}
		if here != nil {
			return in.about(p, act, "", here)
		}
		entries, err := in.candidates(ctx, p, act)
		if err != nil {
			return refused(err)
		}
		if len(entries) != 1 {
			return view.Choose(act, entries, b.Now())
		}
		id = entries[0].ID
	}
	inc, err := in.visible(ctx, p, id)
	if err != nil {
		return refused(err)
	}
	return in.about(p, act, "", inc)
}

// here is the incident whose channel this is, if the person may see it; nil in
// any other conversation.
func (in *inbound) here(ctx context.Context, p who, channel workflow.ChannelID) (*workflow.Incident, error) {
	look, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	id, err := in.bot.Index.InChannel(look, channel)
	if err == nil {
		var inc *workflow.Incident
		if inc, err = in.visible(ctx, p, id); err == nil {
			return inc, nil
		}
	}
	if errors.Is(err, workflow.ErrNotFound) {
		return nil, nil
	}
	in.bot.alarm("look for the incident of a channel", err)
	return nil, err
}

// candidates are the incidents that the person may see and whose step allows
// what an act gives: open ones, and finished ones where those are meant.
func (in *inbound) candidates(ctx context.Context, p who, act view.Action) ([]workflow.Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	look := in.bot.Index.Open
	if act == view.ActReopen {
		look = func(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error) {
			return in.bot.Index.Find(ctx, person, "", limit)
		}
	}
	const enough = 200
	entries, err := look(ctx, p.scope(), enough)
	in.bot.alarm("list incidents", err)
	form, _, _ := view.Opens(act, "")
	var can []workflow.Entry
	for _, e := range entries {
		if workflow.Allowed(form.Command(), e.Step) {
			can = append(can, e)
		}
	}
	return can, err
}

// scope is whose incidents a person sees in lists: their own, or, empty, all.
func (p who) scope() workflow.UserID {
	if p.actor.MaySeeRegister() || p.actor.Holds(nil, workflow.RoleResponder) {
		return ""
	}
	return p.id
}

// find looks for words among what the person may see. They are kept nowhere.
func (in *inbound) find(ctx context.Context, p who, words string) ([]workflow.Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	entries, err := in.bot.Index.Find(ctx, p.scope(), words, listMost)
	in.bot.alarm("find incidents", err)
	return entries, err
}

// typed undoes what Slack escapes in the text of a command.
var typed = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// found answers /breach find.
func (in *inbound) found(ctx context.Context, p who, words string) view.Message {
	if strings.TrimSpace(words) == "" {
		return view.Sorry("Please type what to look for, such as: /breach find letter wrong address")
	}
	entries, err := in.find(ctx, p, typed.Replace(words))
	if err != nil {
		return view.Sorry(in.bot.sentence(err))
	}
	return view.Found(entries, in.bot.Now())
}

// search answers the form that asks for words.
func (in *inbound) search(ctx context.Context, p who, form slack.View, values view.Values) {
	entries, err := in.find(ctx, p, view.Words(values))
	if err != nil {
		in.refuse(form.Blocks.BlockSet, err)
		return
	}
	v := view.FoundModal(entries, in.bot.Now())
	if !in.ack(slack.NewUpdateViewSubmissionResponse(&v)) {
		return
	}
	// Too large for the socket: it goes another way.
	wait := view.Wait()
	in.ack(slack.NewUpdateViewSubmissionResponse(&wait))
	in.turn(ctx, window{id: form.ID}, v)
}

// register is a page of the register, for those who may see it.
func (in *inbound) register(ctx context.Context, p who, page workflow.Page) slack.ModalViewRequest {
	b := in.bot
	if !p.actor.MaySeeRegister() {
		b.measures.refused.WithLabelValues("role").Inc()
		return view.Notice("Not possible", "The register is for the data protection officer and deputy, the information governance lead, the Caldicott Guardian, the SIRO and the board. Your own incidents are under /breach list.")
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	shown, err := in.page(ctx, page)
	if err == nil {
		shown.Trend, err = b.Index.Trend(ctx)
	}
	if err != nil {
		b.alarm("read the register", err)
		return view.Notice("Not possible", b.sentence(err))
	}
	shown.Show = p.actor.MayRead(nil)
	return view.Register(shown, b.rules)
}

func (in *inbound) page(ctx context.Context, page workflow.Page) (view.RegisterPage, error) {
	const most = view.RegisterMost
	entries, err := in.bot.Index.Register(ctx, page, most+1)
	if err != nil {
		return view.RegisterPage{}, err
	}
	more := len(entries) > most
	switch {
	case page.Newer && !more: // the newest page, whole
		if page != (workflow.Page{}) {
			return in.page(ctx, workflow.Page{})
		}
	case page.Newer:
		return view.RegisterPage{Entries: entries[len(entries)-most:], Older: true, Newer: true}, nil
	case more:
		entries = entries[:most]
	}
	return view.RegisterPage{Entries: entries, Older: more, Newer: page != (workflow.Page{})}, nil
}

// drill is the report form of a practice incident, for those who may start one.
func (in *inbound) drill(p who) slack.ModalViewRequest {
	b := in.bot
	if !p.actor.MayDrill() {
		b.measures.refused.WithLabelValues("role").Inc()
		return view.Notice("Not possible", "A drill calls everybody together who handles breaches, so it is for them to start. To report a real breach, type /breach.")
	}
	return view.FormReport.Build(view.Desk{Rules: b.rules, Now: b.Now(), By: p.actor}, nil, view.Meta{Drill: true})
}

// general answers the buttons that are about no incident, and tells whether this
// was one.
func (in *inbound) general(ctx context.Context, p who, a slack.BlockAction) (slack.ModalViewRequest, bool) {
	b := in.bot
	if page, ok := view.RegisterTurn(a.ActionID, a.Value); ok {
		return in.register(ctx, p, page), true
	}
	switch view.Action(a.ActionID) {
	case view.ActHelp:
		return view.MoreHelp(b.rules, p.actor, b.Now()), true
	case view.ActFind:
		return view.Find(), true
	case view.ActRegister:
		return in.register(ctx, p, workflow.Page{}), true
	case view.ActDrill:
		return in.drill(p), true
	case view.ActList:
		entries, more, err := in.open(ctx, p)
		if err != nil {
			return view.Notice("Not possible", b.sentence(err)), true
		}
		return view.ListModal(entries, more, b.Now()), true
	}
	return slack.ModalViewRequest{}, false
}
