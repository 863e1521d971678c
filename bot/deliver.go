package bot

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Deliver carries out one task at Slack and returns the fact to record, nil for
// acts that are safe to repeat. The error is a *Failure. inc is the incident as it
// is now, nil for a task that belongs to none. A claim past its first attempt may
// have been carried out before, so Deliver first looks for what cannot be repeated.
func (b *Bot) Deliver(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	t := c.Task.Message()
	switch t.Kind {
	case workflow.KindChannel:
		return b.openChannel(ctx, inc, c)
	case workflow.KindTopic:
		return nil, left(inc, b.setTopic(ctx, inc))
	case workflow.KindInvite:
		return b.invite(ctx, inc, t.Target.Principal())
	case workflow.KindCard:
		s, err := b.post(ctx, inc, c, always(view.Card(inc, b.rules, b.Now())), 0)
		if err != nil {
			return nil, err
		}
		if len(s.places) == 0 { // it is over, and the channel is closed
			return workflow.MessageGone{Task: t.Key, Of: t.Key, Code: s.reach.Nowhere}, nil
		}
		return workflow.CardPosted{Place: s.places[0], Shows: inc.Version, Nth: inc.Card.Nth}, nil
	case workflow.KindPin:
		return b.pin(ctx, inc, t)
	case workflow.KindCardRefresh, workflow.KindReceiptRefresh, workflow.KindAskRefresh, workflow.KindAlertRefresh:
		return b.refresh(ctx, inc, t)
	case workflow.KindNudge:
		return b.nudge(ctx, inc, c)
	case workflow.KindFollowUp:
		s, err := b.post(ctx, inc, c, always(view.FollowUp(inc, b.rules)), 0)
		return fact(workflow.FollowUpNudged{Task: c.Task.Key, Target: c.Task.Target, Places: s.places, Reach: s.reach}, err)
	case workflow.KindRemind:
		return b.remind(ctx, inc, c)
	case workflow.KindHash:
		return b.hash(ctx, inc, t)
	case workflow.KindAnchor:
		return nil, b.anchor(ctx, c)
	case workflow.KindDigest:
		return nil, b.digest(ctx, c)
	}
	m, ok := view.MessageOf(inc, t, b.rules, b.Now())
	if !ok {
		return nil, refusal("unknown_task") // written by a newer version
	}
	s, err := b.post(ctx, inc, c, always(m), 0)
	return fact(workflow.MessagePosted{Task: c.Task.Key, Shows: inc.Version, Target: c.Task.Target, Places: s.places, Reach: s.reach}, err)
}

func fact(e workflow.Event, err error) (workflow.Event, error) {
	if err != nil {
		return nil, err
	}
	return e, nil
}

// call waits for the method's budget and sorts the error of a call.
func (b *Bot) call(ctx context.Context, method, channel string, f func() error) error {
	for _, budget := range budgets(method, channel) {
		if err := b.Limiter.Wait(ctx, budget); err != nil {
			return &Failure{code: "held_back", wait: time.Second, err: err}
		}
	}
	err := failure(ctx, f())
	if err != nil {
		b.measures.failures.WithLabelValues(method).Inc()
	}
	return err
}

// maxNames is how many names are tried when names are taken.
const maxNames = 9

// openChannel creates the incident's private channel. When the reply to an
// earlier attempt was lost, the channel exists already and is found among our
// own. Creating is not atomic at Slack, so a taken name is no lock; the store
// lets only one worker at a time hold this task.
func (b *Bot) openChannel(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	if c.Attempt > 1 {
		if found, err := b.ourChannel(ctx, inc); err != nil || found != nil {
			return fact(opened(found), err)
		}
	}
	for n := 1; n <= maxNames; n++ {
		var ch *slack.Channel
		name := inc.ID.ChannelName(n)
		err := b.call(ctx, "conversations.create", "", func() (err error) {
			ch, err = b.back.CreateConversationContext(ctx, slack.CreateConversationParams{ChannelName: name, IsPrivate: true})
			return err
		})
		switch {
		case codeOf(err) == "name_taken":
			// Somebody else's, an archived one, or ours when its reply was lost.
			if n == 1 {
				if found, ferr := b.ourChannel(ctx, inc); ferr != nil || found != nil {
					return fact(opened(found), ferr)
				}
			}
			continue
		case err != nil:
			return nil, err
		case ch.ID == "":
			return nil, unfulfilled("channel")
		case !ch.IsPrivate:
			return nil, refusal("channel_not_private") // never work in the open
		}
		return opened(ch), nil
	}
	return nil, refusal("name_taken")
}

func opened(ch *slack.Channel) workflow.Event {
	if ch == nil {
		return nil
	}
	return workflow.ChannelOpened{Channel: workflow.ChannelID(ch.ID), Name: ch.Name}
}

// ourChannel finds a channel that an earlier attempt made for this incident:
// private, made by us, after the report, and with one of its names. An older
// channel of the same name belongs to an earlier life of the database, and the
// people in it have no part in this incident.
func (b *Bot) ourChannel(ctx context.Context, inc *workflow.Incident) (*slack.Channel, error) {
	cursor := ""
	for {
		var page []slack.Channel
		err := b.call(ctx, "users.conversations", "", func() (err error) {
			page, cursor, err = b.back.GetConversationsForUserContext(ctx, &slack.GetConversationsForUserParameters{
				Types: []string{"private_channel"}, Limit: 200, Cursor: cursor, ExcludeArchived: true,
			})
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, ch := range page {
			since := inc.Times.Reported.Add(-skew)
			if ch.Creator == b.user && ch.IsPrivate && !ch.Created.Time().Before(since) && nameOf(inc.ID, ch.Name) {
				return &ch, nil
			}
		}
		if cursor == "" {
			return nil, nil
		}
	}
}

// skew is how much Slack's clock may differ from ours.
const skew = time.Minute

func nameOf(id workflow.IncidentID, name string) bool {
	for n := 1; n <= maxNames; n++ {
		if name == id.ChannelName(n) {
			return true
		}
	}
	return false
}

func (b *Bot) setTopic(ctx context.Context, inc *workflow.Incident) error {
	return b.call(ctx, "conversations.setTopic", "", func() error {
		_, err := b.back.SetTopicOfConversationContext(ctx, string(inc.Room.Channel), view.Topic(inc, b.rules.Zone))
		return err
	})
}

// invite invites the people of one principal one by one, so that somebody who
// cannot join keeps nobody else out. The fact names those who could not.
func (b *Bot) invite(ctx context.Context, inc *workflow.Incident, p workflow.Principal) (workflow.Event, error) {
	users, err := b.roster.users(ctx, p)
	if err != nil {
		return nil, asFailure(err)
	}
	e := workflow.Invited{Principal: p}
	for _, u := range users {
		err := b.call(ctx, "conversations.invite", "", func() error {
			_, err := b.back.InviteUsersToConversationContext(ctx, string(inc.Room.Channel), string(u))
			return err
		})
		var f *Failure
		switch code := codeOf(err); {
		case err == nil, code == "already_in_channel", code == "cant_invite_self":
			e.Joined = append(e.Joined, u)
		case errors.As(err, &f) && f.permanent && !aboutInviting(code):
			if e.Refused == nil {
				e.Refused = map[workflow.UserID]string{}
			}
			e.Refused[u] = code
		default:
			return nil, err // it does no harm to invite again those who joined
		}
	}
	return e, nil
}

// asFailure makes sure the scheduler knows what to do about an error.
func asFailure(err error) error {
	var f *Failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	return &Failure{code: "internal", err: err}
}

// update brings a message up to date. Text and blocks go together: text alone
// would remove the blocks (Slack: chat.update).
func (b *Bot) update(ctx context.Context, at workflow.Place, m view.Message) error {
	return b.shaped(view.Messages, m.Blocks, func(blocks []slack.Block) error {
		return b.call(ctx, "chat.update", "", func() error {
			_, _, _, err := b.back.UpdateMessageContext(ctx, string(at.Channel), at.TS,
				slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(blocks...))
			return err
		})
	})
}

// pin pins the card. A channel in which nothing can be pinned does without.
func (b *Bot) pin(ctx context.Context, inc *workflow.Incident, t workflow.Task) (workflow.Event, error) {
	at := inc.Card.Place
	err := b.call(ctx, "pins.add", "", func() error {
		return b.back.AddPinContext(ctx, string(at.Channel), slack.NewRefToMessage(string(at.Channel), at.TS))
	})
	switch {
	case codeOf(err) == "already_pinned" || meaningOf(err) == notPinnable:
		return nil, nil
	case err != nil && lost(inc, at, err):
		return workflow.MessageGone{Task: t.Key, Of: cardOf(inc), Places: []workflow.Place{at}, Code: codeOf(err)}, nil
	}
	return nil, err
}

// cardOf is the task that posted the card.
func cardOf(inc *workflow.Incident) workflow.TaskKey {
	return workflow.Subject{Kind: workflow.KindCard, Nth: inc.Card.Nth}.Key()
}

// refresh brings a message up to date in every place that it is in. A place that fails
// keeps it from no other. The fact tells of those that it is gone from.
func (b *Bot) refresh(ctx context.Context, inc *workflow.Incident, t workflow.Task) (workflow.Event, error) {
	of, places, m, err := b.shown(inc, t)
	if err != nil {
		return nil, err
	}
	gone := workflow.MessageGone{Task: t.Key, Of: of}
	var failed error
	for _, at := range places {
		says := m
		if at.Channel == inc.Room.Channel && of.Kind() != workflow.KindCard {
			says = b.unmentioned(ctx, m) // as it was posted
		}
		switch err := b.update(ctx, at, says); {
		case err == nil:
		case lost(inc, at, err):
			gone.Places, gone.Code = append(gone.Places, at), codeOf(err)
		default:
			failed = cmp.Or(failed, err)
		}
	}
	if failed != nil || len(gone.Places) == 0 {
		return nil, failed
	}
	return gone, nil
}

// shown is the message that a task brings up to date: the task that posted it, where it
// is, and what it says now.
func (b *Bot) shown(inc *workflow.Incident, t workflow.Task) (of workflow.TaskKey, places []workflow.Place, m view.Message, err error) {
	now := b.Now()
	switch t.Kind {
	case workflow.KindCardRefresh:
		return cardOf(inc), []workflow.Place{inc.Card.Place}, view.Card(inc, b.rules, now), nil
	case workflow.KindReceiptRefresh: // shows the reporter how far it has got
		return workflow.TaskReceipt, inc.Posts[workflow.TaskReceipt].Places, view.Receipt(inc, b.rules), nil
	}
	of = t.AskOf()
	post := inc.Posts[of]
	if t.Kind == workflow.KindAlertRefresh { // says who has it now
		return of, post.Places, view.Held(inc, cmp.Or(of.Says().To, post.Target), b.rules, now), nil
	}
	since := of.AskedSince()
	if since == 0 {
		return of, nil, m, refusal("unknown_task")
	}
	return of, post.Places, view.Ask(inc, since, b.rules, now), nil
}

// nudge posts the last milestone that has passed, with earlier ones that could
// not be posted in time.
func (b *Bot) nudge(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	t, now := c.Task.Message(), b.Now()
	milestone, missed := b.rules.Passed(inc, t, now)
	s, missed, err := b.countdown(ctx, inc, c, milestone, missed, func(m workflow.Countdown, missed []workflow.Countdown) view.Message {
		return view.Nudge(inc, t, m, missed, b.rules, now)
	})
	return fact(workflow.Nudged{Task: c.Task.Key, Target: c.Task.Target, Deadline: t.Deadline, Milestone: s.said, Missed: missed, Places: s.places, Reach: s.reach}, err)
}

// remind posts the last milestone that has passed on another clock.
func (b *Bot) remind(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	t, now := c.Task.Message(), b.Now()
	milestone, missed := b.rules.PassedReminder(t, now)
	s, missed, err := b.countdown(ctx, inc, c, milestone, missed, func(m workflow.Countdown, missed []workflow.Countdown) view.Message {
		return view.Remind(inc, t, m, missed, b.rules, now)
	})
	return fact(workflow.Reminded{Task: c.Task.Key, Clock: t.ClockOf(), Target: c.Task.Target, Deadline: t.Deadline, Milestone: s.said, Missed: missed, Places: s.places, Reach: s.reach}, err)
}

// countdown posts a milestone. If an earlier attempt told somebody of an earlier one,
// everybody is told of that one now, and it says of none that it was missed.
func (b *Bot) countdown(ctx context.Context, inc *workflow.Incident, c workflow.Claim, milestone workflow.Countdown, missed []workflow.Countdown,
	write func(workflow.Countdown, []workflow.Countdown) view.Message) (sent, []workflow.Countdown, error) {
	s, err := b.post(ctx, inc, c, func(m workflow.Countdown) view.Message {
		if m != milestone {
			return write(m, nil)
		}
		return write(m, missed)
	}, milestone)
	if s.said != milestone {
		missed = nil
	}
	return s, missed, err
}

// anchor shows the day's anchor to the DPO, or to the person who stands in.
func (b *Bot) anchor(ctx context.Context, c workflow.Claim) error {
	of, _ := c.Task.Key.Subject()
	a, err := b.Anchor(ctx, of.Day)
	if err != nil {
		return asFailure(err)
	}
	if a.Incidents == 0 {
		return nil // there is nothing to remove yet
	}
	return b.postEach(ctx, c, b.rules.StandIn(workflow.RoleDPO, workflow.RoleDeputy, workflow.RoleIGLead), view.Anchor(a))
}

// digest tells the board in person what there was in the week before, once there has
// been anything at all. A quiet week says so: silence could mean anything.
func (b *Bot) digest(ctx context.Context, c workflow.Claim) error {
	board := b.rules.Roster[workflow.RoleBoard]
	if !b.rules.BoardDigest || len(board) == 0 {
		return nil
	}
	of, _ := c.Task.Key.Subject()
	a, err := b.Anchor(ctx, of.Day)
	if err != nil {
		return asFailure(err)
	}
	if a.Incidents == 0 {
		return nil
	}
	d, err := b.Index.Digest(ctx, of.Day)
	if err != nil {
		return asFailure(err)
	}
	return b.postEach(ctx, c, board, view.Digest(d, b.rules))
}

// postEach sends a message that belongs to no incident to everybody it is for. No fact
// tells who has it, so while somebody is still to be written to, the task is tried
// again; whoever has it is not sent it twice.
func (b *Bot) postEach(ctx context.Context, c workflow.Claim, to []workflow.Principal, m view.Message) error {
	var failed error
	for _, who := range to {
		c.Task.Target = workflow.Target(who)
		s, err := b.post(ctx, nil, c, always(m), 0)
		failed = cmp.Or(failed, err, s.err)
		for _, code := range s.reach.Never {
			b.Log.Warn("somebody cannot be sent direct messages", "code", code)
		}
	}
	return failed
}
