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

// interaction handles a shortcut, a button or a submitted form.
func (in *inbound) interaction(ctx context.Context, c slack.InteractionCallback) {
	b := in.bot
	if !in.tenant(cmp.Or(c.Team.ID, c.User.TeamID), c.Enterprise.ID, c.APIAppID) {
		return
	}
	id := workflow.UserID(c.User.ID)
	switch c.Type {
	case slack.InteractionTypeViewSubmission:
		// Not deduplicated here: the command key of the view makes a repeated
		// submission harmless, and its author needs the same answer again.
		b.measures.inbound.WithLabelValues("form").Inc()
		in.submit(ctx, c, id)
		in.follow(ctx, id)
		return
	case slack.InteractionTypeShortcut, slack.InteractionTypeMessageAction, slack.InteractionTypeBlockActions:
		if view.Tells(c) {
			// Not deduplicated either: there are too many to remember, and the
			// newest stands in whatever order they come.
			b.measures.inbound.WithLabelValues("draft").Inc()
			in.ack(nil)
			in.keep(ctx, c, id)
			return
		}
	default:
		b.measures.inbound.WithLabelValues("unknown").Inc()
		b.Log.Warn("an interaction of an unknown kind was acknowledged and not handled")
		in.ack(nil)
		return
	}
	if b.seen.before(b.Now(), in.request.EnvelopeID, c.TriggerID) {
		b.measures.refused.WithLabelValues("duplicate").Inc()
		in.ack(nil)
		return
	}
	if c.Type == slack.InteractionTypeShortcut {
		b.measures.inbound.WithLabelValues("shortcut").Inc()
		if c.CallbackID != view.ShortcutReport {
			in.ack(nil)
			return
		}
		in.reportOn(ctx, c, id, view.Meta{})
		return
	}
	if c.Type == slack.InteractionTypeMessageAction {
		b.measures.inbound.WithLabelValues("shortcut").Inc()
		in.onMessage(ctx, c, id)
		return
	}
	b.measures.inbound.WithLabelValues("button").Inc()
	in.ack(nil)
	for _, a := range c.ActionCallback.BlockActions {
		in.press(ctx, c, id, *a)
	}
}

// press handles one button. Its value and its place came through the person's
// client, so nothing in them is trusted.
func (in *inbound) press(ctx context.Context, c slack.InteractionCallback, id workflow.UserID, a slack.BlockAction) {
	b := in.bot
	act, value := view.ActionOf(a.ActionID), cmp.Or(a.Value, a.SelectedOption.Value)
	if act == view.ActMore {
		chosen, ref, _ := strings.Cut(a.SelectedOption.Value, " ")
		act, value = view.Action(chosen), ref
	}
	if ref, page, ok := view.TimelineTurn(a.ActionID, a.Value); ok {
		act, value = view.ActTimeline, string(ref)+" "+strconv.Itoa(page)
	}
	switch {
	case act == view.ActReport && !inModal(c):
		in.reportOn(ctx, c, id, view.ReportMeta(value)) // the trigger first; who it is comes after
		return
	case act == view.ActHome:
		in.publish(ctx, id, c.View.Hash)
		return
	case act == view.ActAfresh:
		in.afresh(ctx, c, id)
		return
	}
	show := func(v slack.ModalViewRequest) { in.show(ctx, c, act, value, v) }
	person, err := in.person(ctx, id)
	if err != nil {
		show(view.Notice("Not possible", b.sentence(err)))
		return
	}
	if act == view.ActReport {
		in.reportInstead(ctx, c, person)
		return
	}
	if v, ok := in.general(ctx, person, a); ok {
		show(v)
		return
	}
	ref, part, _ := strings.Cut(value, " ")
	form, meta, opens := view.Opens(act, part)
	if opens && workflow.IncidentID(ref).Number() == 0 { // what was typed after a command, or nothing
		show(in.aboutWhich(ctx, person, act, workflow.ChannelID(c.Channel.ID), value))
		return
	}
	inc, err := in.shown(ctx, person, workflow.IncidentID(ref), form, meta)
	if err != nil {
		show(view.Notice("Not possible", b.sentence(err)))
		return
	}
	if r, ok := readings[act]; ok {
		show(in.read(person, r, inc, part))
		return
	}
	switch act {
	case view.ActDetails:
		if person.actor.MayRead(inc) {
			show(view.Details(inc, b.rules))
		} else {
			show(view.OwnReport(inc))
		}
	case view.ActStatus:
		show(view.StatusModal(inc, b.rules, person.actor.MayRead(inc)))
	case view.ActLead:
		key := workflow.CommandKey("lead/" + string(inc.ID) + "/" + string(id) + "/" + a.ActionTs)
		if _, err := in.do(ctx, inc.ID, key, workflow.AssignRole{Role: workflow.RoleLead, User: id}, person.actor); err != nil {
			show(view.Notice("Not possible", b.sentence(err)))
		}
		in.follow(ctx, id)
	default:
		if !opens {
			b.measures.inbound.WithLabelValues("unknown").Inc()
			return
		}
		show(in.about(person, act, part, inc))
	}
}

// reading is a modal that only shows, to those who may read the incident.
type reading struct {
	what  string // is for those who handle the incident
	build func(inc *workflow.Incident, b *Bot, page int) slack.ModalViewRequest
}

var readings = map[view.Action]reading{
	view.ActSteps: {"This", func(inc *workflow.Incident, b *Bot, _ int) slack.ModalViewRequest { return view.StepList(inc, b.rules) }},
	view.ActClocks: {"This", func(inc *workflow.Incident, b *Bot, page int) slack.ModalViewRequest {
		return view.ClockList(inc, page, b.rules, b.Now())
	}},
	view.ActActions:  {"This", func(inc *workflow.Incident, _ *Bot, page int) slack.ModalViewRequest { return view.Actions(inc, page) }},
	view.ActDutyList: {"This", func(inc *workflow.Incident, b *Bot, _ int) slack.ModalViewRequest { return view.Duties(inc, b.rules) }},
	view.ActPack:     {"This", func(inc *workflow.Incident, b *Bot, _ int) slack.ModalViewRequest { return view.Pack(inc, b.rules) }},
	view.ActPace:     {"This", func(inc *workflow.Incident, b *Bot, _ int) slack.ModalViewRequest { return view.Pace(inc, b.rules) }},
	view.ActTimeline: {"The timeline", func(inc *workflow.Incident, b *Bot, page int) slack.ModalViewRequest {
		return view.Timeline(inc, page, b.rules)
	}},
	view.ActPresence: {"Who was in the channel", func(inc *workflow.Incident, _ *Bot, _ int) slack.ModalViewRequest { return view.Presence(inc) }},
}

// read shows a reading, turned to a page.
func (in *inbound) read(p who, r reading, inc *workflow.Incident, part string) slack.ModalViewRequest {
	if !p.actor.MayRead(inc) {
		in.bot.measures.refused.WithLabelValues("role").Inc()
		return view.Notice("Not possible", r.what+" is for those who handle the incident.")
	}
	page, _ := strconv.Atoi(part)
	return r.build(inc, in.bot, page)
}

// show opens a modal for a button press. In a modal it replaces what is shown;
// when the trigger has expired the person gets the same button again.
func (in *inbound) show(ctx context.Context, c slack.InteractionCallback, act view.Action, value string, v slack.ModalViewRequest) {
	b := in.bot
	if inModal(c) {
		in.turn(ctx, window{id: c.View.ID}, v)
		return
	}
	_, expired, err := b.open(ctx, c.TriggerID, v)
	switch {
	case expired:
		in.reply(ctx, c, view.TryAgain(act, value))
	case err != nil:
		b.Log.Error("a view could not be opened", "code", codeOf(err))
		in.reply(ctx, c, view.Sorry("Slack could not open that just now. Nothing was changed. Please try again in a minute."))
	}
}

// reply says something to whoever pressed a button: beside it, or, where Slack
// gives no way to, in person.
func (in *inbound) reply(ctx context.Context, c slack.InteractionCallback, m view.Message) {
	if c.ResponseURL == "" {
		in.bot.tell(ctx, workflow.UserID(c.User.ID), m)
		return
	}
	in.bot.whisper(ctx, c.ResponseURL, m)
}

// do gives a command within the time that Slack leaves for an answer.
func (in *inbound) do(ctx context.Context, id workflow.IncidentID, key workflow.CommandKey, cmd workflow.Command, by workflow.Actor) (workflow.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	var receipt workflow.Receipt
	var err error
	if report, ok := cmd.(workflow.SubmitReport); ok {
		receipt, err = in.bot.Service.Report(ctx, key, report, by)
	} else {
		receipt, err = in.bot.Service.Do(ctx, id, key, cmd, by)
	}
	in.bot.alarm("record "+string(cmd.Name()), err)
	return receipt, err
}

// give gives the command of a form. A link has another end: what it says of the
// other incident is looked up, and the tie is recorded there too.
func (in *inbound) give(ctx context.Context, id workflow.IncidentID, key workflow.CommandKey, cmd workflow.Command, p who) (workflow.Receipt, error) {
	link, ok := cmd.(workflow.LinkTo)
	if !ok {
		return in.do(ctx, id, key, cmd, p.actor)
	}
	if link.Other != id {
		other, err := in.visible(ctx, p, link.Other)
		if errors.Is(err, workflow.ErrNotFound) {
			return workflow.Receipt{}, workflow.Invalid(workflow.FieldOther, "There is no incident with that reference, or you are not part of it.")
		}
		if err != nil {
			return workflow.Receipt{}, err
		}
		link.OtherDeadline, link.OtherDuplicate = other.Times.Deadline(), other.Duplicate
	}
	receipt, err := in.do(ctx, id, key, link, p.actor)
	if err != nil {
		return receipt, err
	}
	back := workflow.LinkBack{Other: id, Duplicate: link.Duplicate}
	if _, err := in.do(ctx, link.Other, key+"/back", back, workflow.SystemActor()); err != nil {
		in.bot.Log.Error("the other end of a link could not be recorded", "incident", link.Other)
	}
	return receipt, nil
}

// submit handles a submitted form: what it holds is stored before Slack is told
// that it was received. Anything that goes wrong leaves the form open with what
// was typed, and says so beside a field.
func (in *inbound) submit(ctx context.Context, c slack.InteractionCallback, id workflow.UserID) {
	b := in.bot
	form := view.Form(c.View.CallbackID)
	if form == view.FormFind && c.View.State != nil {
		ctx, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		person, err := in.person(ctx, id)
		if err != nil {
			in.refuse(c.View.Blocks.BlockSet, err)
			return
		}
		in.search(ctx, person, c.View, view.ValuesOf(c.View.State))
		return
	}
	if !form.Known() || c.View.State == nil {
		b.measures.inbound.WithLabelValues("unknown").Inc()
		in.ack(nil)
		return
	}
	values := view.ValuesOf(c.View.State)
	meta := view.ParseMeta(c.View.PrivateMetadata)
	blocks := c.View.Blocks.BlockSet

	handling := ctx
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	person, err := in.person(ctx, id)
	if err != nil {
		in.refuse(blocks, err)
		return
	}
	cmd, err := form.Parse(values, meta, b.rules.Zone)
	if err == nil {
		cmd, err = in.complete(ctx, person, meta.Incident, cmd)
	}
	if err == nil {
		var receipt workflow.Receipt
		receipt, err = in.give(ctx, meta.Incident, formKey(c.View.ID), cmd, person)
		if err == nil {
			in.accept(form, receipt)
			if c, ok := cmd.(workflow.AddEvidence); ok {
				in.lookAgain(handling, meta.Incident, c.Place)
			}
			return
		}
	}
	in.retry(ctx, c.View.ID, form, meta, values, blocks, person, err)
}

// accept closes a form whose submission is stored, or shows what it led to.
func (in *inbound) accept(form view.Form, r workflow.Receipt) {
	switch form {
	case view.FormReport:
		v := view.Received(r.Incident, r.Repeated, in.bot.rules.Zone)
		in.ackView(slack.NewUpdateViewSubmissionResponse(&v))
	case view.FormGiveHelp:
		v := view.Thanks(r.Incident)
		in.ackView(slack.NewUpdateViewSubmissionResponse(&v))
	case view.FormAssess:
		v := view.Result(r.Incident, in.bot.rules)
		in.ackView(slack.NewUpdateViewSubmissionResponse(&v))
	default:
		if r.Repeated {
			v := view.SavedBefore(r.Incident)
			in.ackView(slack.NewUpdateViewSubmissionResponse(&v))
			return
		}
		in.ack(slack.NewClearViewSubmissionResponse())
	}
}

// ackView answers a submission with a view; one that is too large for the
// socket is left out, as the act itself is stored.
func (in *inbound) ackView(r *slack.ViewSubmissionResponse) {
	if in.ack(r) {
		in.ack(slack.NewClearViewSubmissionResponse())
	}
}

// retry shows the form again. A time that happened twice is asked about; a form
// filled in on facts that have changed shows the new ones; anything else is an
// error beside its field.
func (in *inbound) retry(ctx context.Context, id string, form view.Form, meta view.Meta, was view.Values, blocks []slack.Block, p who, err error) {
	b := in.bot
	var twice *view.WhichError
	var refusal *workflow.Error
	errors.As(err, &refusal)
	stale := errors.Is(err, workflow.ErrStale)
	absent := false
	if refusal != nil && refusal.Field != "" {
		_, there := view.BlockOf(blocks, refusal.Field)
		absent = !there
	}
	if !errors.As(err, &twice) && !stale && !absent {
		in.refuse(blocks, err)
		return
	}
	var inc *workflow.Incident
	if meta.Incident != "" {
		var lerr error
		if inc, lerr = in.shown(ctx, p, meta.Incident, form, meta); lerr != nil {
			in.refuse(blocks, lerr)
			return
		}
		if perr := b.rules.Permit(form.Command(), inc, p.actor); perr != nil {
			in.refuse(blocks, perr)
			return
		}
	}
	banner, questions, field := "", []workflow.Field(nil), view.FirstField(blocks)
	if twice != nil {
		banner, questions = "One more question: the clocks went back that night.", twice.Fields
		field, _ = view.BlockOf(blocks, twice.Fields[0])
	} else {
		banner = refusal.Message
	}
	v := form.Build(view.Desk{Rules: b.rules, Now: b.Now(), By: p.actor}, inc, meta)
	v = view.Again(v, was, banner, questions, b.rules.Zone)
	if !in.ack(slack.NewUpdateViewSubmissionResponse(&v)) {
		return
	}
	// Too large for the socket, with all that was typed: it goes another way.
	if _, rerr := b.replace(ctx, window{id: id}, v); rerr != nil {
		in.refuse(blocks, rerr)
		return
	}
	in.ack(slack.NewErrorsViewSubmissionResponse(map[string]string{field: banner}))
}

// refuse leaves the form open with a sentence beside the field it concerns, or
// beside the first one. Slack accepts errors for input blocks only.
func (in *inbound) refuse(blocks []slack.Block, err error) {
	field := view.FirstField(blocks)
	var refusal *workflow.Error
	if errors.As(err, &refusal) {
		if id, there := view.BlockOf(blocks, refusal.Field); there {
			field = id
		}
	}
	message := in.bot.sentence(err)
	var not *errNotAllowed
	if refusal == nil && !errors.As(err, &not) && !errors.Is(err, workflow.ErrNotFound) {
		message = "This could not be saved just now. What you typed is still here. Please send it again in a minute; " + in.bot.urgent()
	}
	in.ack(slack.NewErrorsViewSubmissionResponse(map[string]string{field: message}))
}
