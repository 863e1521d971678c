package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Deliver carries out one task at Slack and returns the fact to record, nil for
// acts that are safe to repeat. The error is a *Failure, or *HeldBack when Slack's
// limits do not allow the task yet. Before Connect has succeeded only e-mails go out.
// inc is the incident as it is now, nil for a task that belongs to none. A claim past
// its first attempt may have been carried out before, so Deliver first looks for what
// cannot be repeated.
func (b *Bot) Deliver(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	if c.Task.Kind == workflow.KindMail {
		return b.mail(ctx, inc, c)
	}
	if !b.connected.Load() {
		return nil, notConnected()
	}
	t := c.Task.Message()
	ctx = withErrand(ctx, c)
	switch t.Kind {
	case workflow.KindChannel:
		return b.openChannel(ctx, inc, c)
	case workflow.KindTopic:
		return nil, left(inc, b.setTopic(ctx, inc))
	case workflow.KindInvite:
		return b.invite(ctx, inc, c)
	case workflow.KindPin:
		return b.pin(ctx, inc, t)
	case workflow.KindCardRefresh, workflow.KindReceiptRefresh, workflow.KindAskRefresh, workflow.KindAlertRefresh:
		return b.refresh(ctx, inc, t)
	case workflow.KindHash:
		return b.hash(ctx, inc, t)
	case workflow.KindAnchor:
		return nil, b.anchor(ctx, c)
	case workflow.KindDigest:
		return nil, b.digest(ctx, c)
	case workflow.KindRestored:
		return nil, b.restored(ctx, c)
	}
	m, says, ok := b.message(inc, t)
	if !ok {
		return nil, refusal("unknown_task") // written by a newer version
	}
	s, err := b.post(ctx, inc, c, m, says)
	if err != nil {
		return nil, err
	}
	return told(c.Task, s), nil
}

// message is what a task has to say, and what of it the journal keeps. A reminder
// tells the last milestone that has passed, and those before it that could not be
// posted in time. t is the task as whoever writes its message sees it.
func (b *Bot) message(inc *workflow.Incident, t workflow.Task) (m says, now telling, ok bool) {
	now.shows = inc.Version
	at := b.Now()
	switch t.Kind {
	case workflow.KindCard:
		return always(view.Card(inc, b.rules, at)), now, true
	case workflow.KindFollowUp:
		return always(view.FollowUp(inc, b.rules)), now, true
	case workflow.KindNudge:
		now.milestone, now.missed = b.rules.Passed(inc, t, at)
		return func(say telling) view.Message { return view.Nudge(inc, t, say.milestone, say.missed, b.rules, at) }, now, true
	case workflow.KindRemind:
		now.milestone, now.missed = b.rules.PassedReminder(inc, t, at)
		return func(say telling) view.Message { return view.Remind(inc, t, say.milestone, say.missed, b.rules, at) }, now, true
	}
	text, ok := view.MessageOf(inc, t, b.rules, at)
	return always(text), now, ok
}

// told is the fact that a task's message is at Slack.
func told(t workflow.Task, s sent) workflow.Event {
	of := t.Message()
	switch of.Kind {
	case workflow.KindCard:
		if len(s.places) == 0 { // it is over, and the channel is closed
			return workflow.MessageGone{Task: t.Key, Of: t.Key, Code: s.reach.Nowhere}
		}
		about, _ := t.Key.Subject()
		return workflow.CardPosted{Place: s.places[0], Shows: s.shows, Nth: about.Nth}
	case workflow.KindFollowUp:
		return workflow.FollowUpNudged{Task: t.Key, Target: t.Target, Places: s.places, Reach: s.reach}
	case workflow.KindNudge:
		return workflow.Nudged{Task: t.Key, Target: t.Target, Deadline: of.Deadline, Milestone: s.milestone, Missed: s.missed, Places: s.places, Reach: s.reach}
	case workflow.KindRemind:
		return workflow.Reminded{Task: t.Key, Clock: of.ClockOf(), Target: t.Target, Deadline: of.Deadline, Milestone: s.milestone, Missed: s.missed, Places: s.places, Reach: s.reach}
	}
	return workflow.MessagePosted{Task: t.Key, Shows: s.shows, Target: t.Target, Places: s.places, Reach: s.reach}
}

// notConnected is the failure of everything that needs Slack until it has said who we
// are: what was sent before could not be found.
func notConnected() error {
	return &Failure{code: "not_connected", err: errors.New("Slack has not answered since the start")}
}

func fact(e workflow.Event, err error) (workflow.Event, error) {
	if err != nil {
		return nil, err
	}
	return e, nil
}

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
	for n := 1; n <= workflow.MaxChannelNames; n++ {
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
// private, made by us, with one of its names, and made after the report or still
// empty. An older channel of the same name belongs to an earlier life of the
// database, and the people in it have no part in this incident.
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
		switch {
		case err != nil:
			return nil, err
		case page == nil: // an odd answer, and not one that nothing is there
			return nil, unfulfilled("channels")
		}
		since := b.atSlack(inc.Times.Reported).Add(-skew)
		for _, ch := range page {
			if ch.Creator != b.user || !ch.IsPrivate || !nameOf(inc.ID, ch.Name) {
				continue
			}
			if ch.Created.Time().Before(since) { // or the clock was put right since the report
				if empty, err := b.nobodyElse(ctx, ch.ID); err != nil {
					return nil, err
				} else if !empty {
					continue
				}
			}
			return &ch, nil
		}
		if cursor == "" {
			return nil, nil
		}
	}
}

// nobodyElse tells whether we are alone in a channel.
func (b *Bot) nobodyElse(ctx context.Context, channel string) (alone bool, err error) {
	err = b.call(ctx, "conversations.members", channel, func() error {
		members, more, err := b.back.GetUsersInConversationContext(ctx, &slack.GetUsersInConversationParameters{ChannelID: channel, Limit: 2})
		alone = more == "" && len(members) == 1 && members[0] == b.user
		if err == nil && members == nil {
			err = unfulfilled("members")
		}
		return err
	})
	return alone, err
}

func nameOf(id workflow.IncidentID, name string) bool {
	for n := 1; n <= workflow.MaxChannelNames; n++ {
		if name == id.ChannelName(n) {
			return true
		}
	}
	return false
}

func (b *Bot) setTopic(ctx context.Context, inc *workflow.Incident) error {
	return b.call(ctx, "conversations.setTopic", string(inc.Room.Channel), func() error {
		_, err := b.back.SetTopicOfConversationContext(ctx, string(inc.Room.Channel), view.Topic(inc, b.rules.Zone))
		return err
	})
}

// invite invites the people of one principal one by one, so that somebody who
// cannot join keeps nobody else out. The fact names those who could not. Who was
// invited before Slack's limits held it up is not invited again: a large group would
// never be done.
func (b *Bot) invite(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	p := c.Task.Target.Principal()
	users, err := b.roster.users(ctx, p)
	if err != nil {
		return nil, asFailure(err)
	}
	e := workflow.Invited{Principal: p}
	if so, some := b.invited.LoadAndDelete(c.Command()); some {
		e = so.(workflow.Invited)
	}
	for _, u := range users {
		if _, not := e.Refused[u]; not || slices.Contains(e.Joined, u) {
			continue
		}
		err := b.mayBeTold(ctx, inc, u)
		if err == nil {
			err = b.call(ctx, "conversations.invite", string(inc.Room.Channel), func() error {
				_, err := b.back.InviteUsersToConversationContext(ctx, string(inc.Room.Channel), string(u))
				return err
			})
		}
		switch code := codeOf(err); {
		case err == nil, code == "already_in_channel", code == "cant_invite_self":
			e.Joined = append(e.Joined, u)
		case permanent(err) && !aboutInviting(code):
			e.Refused = put(e.Refused, u, code)
		default:
			if _, held := heldBack(err); held {
				b.invited.Store(c.Command(), e)
			}
			return nil, err // it does no harm to invite again those who joined
		}
	}
	return e, nil
}

// asFailure makes sure the scheduler knows what to do about an error.
func asFailure(err error) error {
	var f *Failure
	var held *HeldBack
	if err == nil || errors.As(err, &f) || errors.As(err, &held) {
		return err
	}
	return &Failure{code: "internal", err: err}
}

// update brings a message up to date. Text and blocks go together: text alone
// would remove the blocks (Slack: chat.update).
func (b *Bot) update(ctx context.Context, at workflow.Place, m view.Message) error {
	return b.shaped(view.Messages, m.Blocks, func(blocks []slack.Block) error {
		return b.call(ctx, "chat.update", string(at.Channel), func() error {
			_, _, _, err := b.back.UpdateMessageContext(ctx, string(at.Channel), at.TS,
				slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(blocks...))
			return err
		})
	})
}

// pin pins the card. A channel in which nothing can be pinned does without.
func (b *Bot) pin(ctx context.Context, inc *workflow.Incident, t workflow.Task) (workflow.Event, error) {
	at := inc.Card.Place
	err := b.call(ctx, "pins.add", string(at.Channel), func() error {
		return b.back.AddPinContext(ctx, string(at.Channel), slack.NewRefToMessage(string(at.Channel), at.TS))
	})
	switch {
	case codeOf(err) == "already_pinned" || meaningOf(err) == notPinnable:
		return nil, nil
	case err != nil && lost(inc, at, err):
		return workflow.MessageGone{Task: t.Key, Of: cardOf(inc), Places: []workflow.Place{at}, Code: codeOf(err)}, nil
	}
	return nil, left(inc, err)
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
		s, err := b.post(ctx, nil, c, always(m), telling{})
		failed = cmp.Or(failed, err, s.err)
	}
	return failed
}
