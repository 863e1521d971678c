package bot

import (
	"context"
	"errors"
	"strconv"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// submission is a form that somebody has sent.
type submission struct {
	in     *inbound
	id     string // of its view
	form   view.Form
	way    way
	blocks []slack.Block
	values view.Values
	meta   view.Meta
	by     who
	unread bool // Slack did not say who they are
}

// submit handles a submitted form. It authorises the sender, reads the form and
// gives the command. Only when that is stored is Slack told that the form was
// received. Anything that goes wrong leaves the form open with what was typed, and
// says so beside a field.
func (in *inbound) submit(ctx context.Context, c slack.InteractionCallback, id workflow.UserID) {
	s, ok := in.submitted(c.View)
	if !ok {
		in.bot.measures.inbound.WithLabelValues("unknown").Inc()
		in.ack(nil)
		return
	}
	answering, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()

	var err error
	s.by, err = in.person(answering, id)
	if s.unread = unread(err); s.unread && s.form == view.FormReport {
		// A report is taken from whoever sends it; the promise is that none is lost.
		// They hold no role, are shown nothing now, and are told nothing until Slack
		// says that they are a full member (Deliver).
		s.by, err = who{id, workflow.Actor{User: id}}, nil
	}
	if err != nil {
		s.refuse(err)
		return
	}
	if s.way.instead != nil {
		s.way.instead(answering, s)
		return
	}
	cmd, err := s.parse(answering)
	if err != nil {
		s.retry(answering, err)
		return
	}
	receipt, err := s.give(answering, cmd)
	if err != nil {
		s.retry(answering, err)
		return
	}
	s.accept(receipt)
	if s.way.after != nil {
		s.way.after(ctx, s, cmd)
	}
}

// submitted is the form in a view, and false if there is none.
func (in *inbound) submitted(v slack.View) (*submission, bool) {
	s := &submission{in: in, id: v.ID, form: view.Form(v.CallbackID), blocks: v.Blocks.BlockSet}
	s.way = ways[s.form]
	if v.State == nil || !s.form.Known() && s.way.instead == nil {
		return nil, false
	}
	s.values, s.meta = view.ValuesOf(v.State), view.ParseMeta(v.PrivateMetadata)
	return s, true
}

// way is how the submission of a form differs from most. The zero value is the
// usual way: the command is given as it was read, and then the form closes.
type way struct {
	instead  func(context.Context, *submission)                                             // gives no command
	complete func(context.Context, *submission, workflow.Command) (workflow.Command, error) // adds to the command what only Slack can tell
	give     func(context.Context, *submission, workflow.Command) (workflow.Receipt, error) // gives it another way
	accept   func(*submission, workflow.Receipt) slack.ModalViewRequest                     // shows what came of it
	after    func(context.Context, *submission, workflow.Command)                           // runs when Slack has its answer
}

// ways are the forms that do not go the usual way.
var ways = map[view.Form]way{
	view.FormFind:     {instead: search},
	view.FormReport:   {give: report, accept: received},
	view.FormAmend:    {accept: amended},
	view.FormAssess:   {accept: result},
	view.FormClarify:  {accept: assessAgain},
	view.FormLink:     {give: link},
	view.FormEvidence: {complete: exhibit, after: lookAgain},
	view.FormGiveHelp: {accept: thanks},
	view.FormAskHelp: {complete: chosen(func(c workflow.AskHelp) workflow.UserID { return c.User },
		"Only full members of the workspace can be asked. Please choose somebody else, or ask them yourself and add a note.")},
	view.FormRole: {complete: chosen(func(c workflow.AssignRole) workflow.UserID { return c.User },
		"Only full members of the workspace can take part, because nobody else can be in the channel. Please choose somebody else.")},
	view.FormAction: {complete: chosen(func(c workflow.AddAction) workflow.UserID { return c.Owner },
		"Only full members of the workspace can be given an action, because nobody else can say here that it is done. Please choose somebody else.")},
}

// parse reads the whole command that the form stands for.
func (s *submission) parse(ctx context.Context) (workflow.Command, error) {
	cmd, err := s.form.Parse(s.values, s.meta, s.in.bot.rules.Zone)
	if err != nil || s.way.complete == nil {
		return cmd, err
	}
	return s.way.complete(ctx, s, cmd)
}

// chosen refuses a command about a person who may not use breachbot.
func chosen[C workflow.Command](of func(C) workflow.UserID, refusal string) func(context.Context, *submission, workflow.Command) (workflow.Command, error) {
	return func(ctx context.Context, s *submission, cmd workflow.Command) (workflow.Command, error) {
		return cmd, s.in.bot.people.chosen(ctx, of(cmd.(C)), refusal)
	}
}

// key is the command key under which the sent form is committed. Where one form
// about an incident has taken the place of another in the same window, each has
// its own. A report is one form however often it is emptied, and its draft ends
// under the key of the window.
func (s *submission) key() workflow.CommandKey {
	if s.meta.Round > 0 && s.meta.Incident != "" {
		return formKey(s.id) + workflow.CommandKey("/"+strconv.Itoa(s.meta.Round))
	}
	return formKey(s.id)
}

// give gives the command.
func (s *submission) give(ctx context.Context, cmd workflow.Command) (workflow.Receipt, error) {
	if s.way.give != nil {
		return s.way.give(ctx, s, cmd)
	}
	return s.in.do(ctx, s.meta.Incident, s.key(), cmd, s.by.actor)
}

// do gives a command about an incident.
func (in *inbound) do(ctx context.Context, id workflow.IncidentID, key workflow.CommandKey, cmd workflow.Command, by workflow.Actor) (workflow.Receipt, error) {
	return in.stored(ctx, cmd, func(ctx context.Context) (workflow.Receipt, error) {
		return in.bot.Service.Do(ctx, id, key, cmd, by)
	})
}

// stored gives a command within the time that Slack allows for an answer.
func (in *inbound) stored(ctx context.Context, cmd workflow.Command, give func(context.Context) (workflow.Receipt, error)) (workflow.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	receipt, err := give(ctx)
	in.bot.alarm("record "+string(cmd.Name()), err)
	return receipt, err
}

// report gives the command that begins an incident.
func report(ctx context.Context, s *submission, cmd workflow.Command) (workflow.Receipt, error) {
	return s.in.stored(ctx, cmd, func(ctx context.Context) (workflow.Receipt, error) {
		return s.in.bot.Service.Report(ctx, s.key(), cmd.(workflow.SubmitReport), s.by.actor)
	})
}

// link gives the command of a link, which has another end: it looks up what the
// form says about the other incident, and records the tie there too.
func link(ctx context.Context, s *submission, cmd workflow.Command) (workflow.Receipt, error) {
	in, id, tie := s.in, s.meta.Incident, cmd.(workflow.LinkTo)
	if tie.Other != id {
		other, err := in.visible(ctx, s.by, tie.Other)
		if errors.Is(err, workflow.ErrNotFound) {
			return workflow.Receipt{}, workflow.Invalid(workflow.FieldOther, "There is no incident with that reference, or you are not part of it.")
		}
		if err != nil {
			return workflow.Receipt{}, err
		}
		tie.OtherDeadline, tie.OtherDuplicate, tie.OtherTheirs = other.Times.Deadline(), other.Duplicate, !other.Clock().Ours()
	}
	receipt, err := in.do(ctx, id, s.key(), tie, s.by.actor)
	if err != nil {
		return receipt, err
	}
	back := workflow.LinkBack{Other: id, Duplicate: tie.Duplicate}
	if _, err := in.do(ctx, tie.Other, s.key()+"/back", back, workflow.SystemActor()); err != nil {
		in.bot.Log.Error("the other end of a link could not be recorded", "incident", tie.Other)
	}
	return receipt, nil
}

// accept closes a form whose submission is stored, or shows what came of it.
func (s *submission) accept(r workflow.Receipt) {
	switch {
	case s.way.accept != nil:
		s.update(s.way.accept(s, r))
	case r.Repeated:
		s.update(view.SavedBefore(r.Incident))
	default:
		s.close()
	}
}

func received(s *submission, r workflow.Receipt) slack.ModalViewRequest {
	if s.unread {
		return view.Taken(s.in.bot.rules)
	}
	return view.Received(r.Incident, r.Repeated, s.in.bot.rules)
}

func amended(_ *submission, r workflow.Receipt) slack.ModalViewRequest {
	return view.AmendSaved(r.Incident, r.Repeated)
}

func result(s *submission, r workflow.Receipt) slack.ModalViewRequest {
	return view.Result(r.Incident, s.in.bot.rules)
}

// assessAgain shows the assessment form with what the rules suggest now.
func assessAgain(s *submission, r workflow.Receipt) slack.ModalViewRequest {
	b := s.in.bot
	if err := b.rules.Permit(workflow.CommandAssess, r.Incident, s.by.actor); err != nil {
		return view.SavedBefore(r.Incident) // saved once, and the incident has gone on since
	}
	return view.Reassess(b.desk(s.by.actor), r.Incident, s.meta)
}

func thanks(_ *submission, r workflow.Receipt) slack.ModalViewRequest { return view.Thanks(r.Incident) }

// update answers with a view. One that is too large for the socket is left out,
// because the act itself is stored.
func (s *submission) update(v slack.ModalViewRequest) {
	if s.in.ackView(v) {
		s.close()
	}
}

func (s *submission) close() { s.in.ack(slack.NewClearViewSubmissionResponse()) }

// retry shows the form again. It asks about a time that happened twice, and shows
// the new facts if they have changed since the form was filled in. Anything else is
// an error beside its field.
func (s *submission) retry(ctx context.Context, err error) {
	banner, questions, field, again := s.question(err)
	if !again {
		s.refuse(err)
		return
	}
	v, err := s.rebuild(ctx, fieldOf(err))
	if err != nil {
		s.refuse(err)
		return
	}
	v = view.Again(v, s.values, banner, questions, s.in.bot.rules.Zone)
	if !s.in.ackView(v) {
		return
	}
	// Too large for the socket, with all that was typed: it goes another way.
	if _, err := s.in.bot.replace(ctx, window{id: s.id}, v); err != nil {
		s.refuse(err)
		return
	}
	s.beside(field, banner)
}

// question is what a form that is shown again says at the top, which times it asks
// about, and the field beside which it says so. A form is shown again for a time
// that happened twice, for facts that have changed, and for a field that it does
// not show yet.
func (s *submission) question(err error) (banner string, questions []workflow.Field, field string, again bool) {
	var twice *view.WhichError
	if errors.As(err, &twice) {
		field, _ = view.BlockOf(s.blocks, twice.Fields[0])
		return "One more question: the clocks went back that night.", twice.Fields, field, true
	}
	var refusal *workflow.Error
	if !errors.As(err, &refusal) {
		return "", nil, "", false
	}
	_, there := view.BlockOf(s.blocks, refusal.Field)
	absent := refusal.Field != "" && !there
	if absent {
		s.meta = s.meta.Asking(refusal.Field)
	}
	return refusal.Message, nil, view.FirstField(s.blocks), absent || errors.Is(err, workflow.ErrStale)
}

// fieldOf is the field that a refusal is about; empty for none.
func fieldOf(err error) workflow.Field {
	var refusal *workflow.Error
	if errors.As(err, &refusal) {
		return refusal.Field
	}
	return ""
}

// rebuild makes the form again, at the page that asks for a field, for somebody who
// may still have it.
func (s *submission) rebuild(ctx context.Context, field workflow.Field) (slack.ModalViewRequest, error) {
	b := s.in.bot
	var inc *workflow.Incident
	if s.meta.Incident != "" {
		var err error
		if inc, err = s.in.shown(ctx, s.by, s.meta.Incident, s.form, s.meta); err != nil {
			return slack.ModalViewRequest{}, err
		}
		if err := b.rules.Permit(s.form.Command(), inc, s.by.actor); err != nil {
			return slack.ModalViewRequest{}, err
		}
	}
	return s.form.Build(b.desk(s.by.actor), inc, view.Toward(s.form, s.form.Shaped(s.values, s.meta), s.values, inc, field)), nil
}

// refuse leaves the form open with a sentence beside the field it is about, or
// beside the first one. Slack accepts errors only for input blocks.
func (s *submission) refuse(err error) {
	field := view.FirstField(s.blocks)
	var refusal *workflow.Error
	if errors.As(err, &refusal) {
		if id, there := view.BlockOf(s.blocks, refusal.Field); there {
			field = id
		}
	}
	message := s.in.bot.sentence(err)
	var not *errNotAllowed
	if refusal == nil && !errors.As(err, &not) && !errors.Is(err, workflow.ErrNotFound) {
		message = "This could not be saved just now. What you typed is still here. Please send it again in a minute; " + s.in.bot.urgent()
	}
	s.beside(field, message)
}

func (s *submission) beside(field, message string) {
	s.in.ack(slack.NewErrorsViewSubmissionResponse(map[string]string{field: message}))
}
