package bot

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// people tells who may use breachbot at all. It asks Slack again after a few minutes,
// as somebody may become a guest at any time. While Slack does not answer, or allows
// no more questions, its last answer holds for a day: a suspended account cannot act
// at Slack anyway.
type people struct {
	bot   *Bot
	mu    sync.Mutex
	cache map[workflow.UserID]verdict
}

type verdict struct {
	at     time.Time
	reason string // why not; empty when they may
}

// fresh is how long an answer about a person is trusted.
const fresh = 5 * time.Minute

// remembered is how long Slack's last answer holds while it gives no newer one.
// Product rule.
const remembered = 24 * time.Hour

// quickly is how long Slack has for an answer that can be done without.
const quickly = 800 * time.Millisecond

// maxPeople limits the cache; a large workspace simply asks again.
const maxPeople = 10_000

func newPeople(b *Bot) *people { return &people{bot: b, cache: map[workflow.UserID]verdict{}} }

// errNotAllowed is a refusal of a person, with the sentence for them.
type errNotAllowed struct {
	reason string
	asked  bool // Slack answered, and this is its answer
}

func (e *errNotAllowed) Error() string { return e.reason }

// last is Slack's last answer about a person, if it may still be used for so long.
func (p *people) last(id workflow.UserID, within time.Duration) (verdict, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v, ok := p.cache[id]
	return v, ok && p.bot.Now().Sub(v.at) < within
}

// known tells whether we already have the answer about a person, so that nobody
// has to wait for Slack.
func (p *people) known(id workflow.UserID) bool {
	_, known := p.last(id, fresh)
	return known
}

// check refuses people who may not use breachbot: guests, bots, leavers, people
// from another organisation. When Slack does not answer, its last answer counts. If
// there is none, it refuses too, and says so: unread tells that apart.
func (p *people) check(ctx context.Context, id workflow.UserID) error {
	v, known := p.last(id, fresh)
	if !known {
		var err error
		if v, err = p.read(ctx, p.bot.front, id); err != nil {
			return &errNotAllowed{reason: "Slack could not tell us just now who you are, so nothing was done. What you typed is still here. Please try again in a minute; " + p.bot.urgent()}
		}
	}
	if v.reason != "" {
		return &errNotAllowed{reason: v.reason, asked: true}
	}
	return nil
}

// unread tells whether an error of check means that Slack did not say who somebody is.
func unread(err error) bool {
	var not *errNotAllowed
	return errors.As(err, &not) && !not.asked
}

// read asks Slack about a person. While Slack does not answer, its last answer counts;
// the error says that there is none.
func (p *people) read(ctx context.Context, client *slack.Client, id workflow.UserID) (verdict, error) {
	before, known := p.last(id, remembered)
	if known {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, quickly)
		defer cancel()
	}
	v := verdict{at: p.bot.Now()}
	switch user, err := p.ask(ctx, client, id); {
	case unknownPerson(codeOf(err)):
		v.reason = "Slack does not know you here."
	case err != nil && known:
		return before, nil
	case err != nil:
		return v, err
	default:
		v.reason = p.bot.excluded(user)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.cache) >= maxPeople {
		maps.DeleteFunc(p.cache, func(_ workflow.UserID, old verdict) bool { return v.at.Sub(old.at) >= fresh })
	}
	if len(p.cache) >= maxPeople {
		clear(p.cache)
	}
	p.cache[id] = v
	return v, nil
}

// ask is Slack's answer about a person. The error is a *Failure or *HeldBack.
func (p *people) ask(ctx context.Context, client *slack.Client, id workflow.UserID) (user *slack.User, err error) {
	err = p.bot.call(ctx, "users.info", "", func() (err error) {
		user, err = client.GetUserInfoContext(ctx, string(id))
		return err
	})
	return user, err
}

// mayBeTold refuses to tell the reporter anything who may not use breachbot: the
// report may have been taken before Slack could say who sent it. Everybody else was
// chosen by somebody who could see who they are. The error is a *Failure or *HeldBack.
func (b *Bot) mayBeTold(ctx context.Context, inc *workflow.Incident, id workflow.UserID) error {
	if inc == nil || id != inc.Reporter {
		return nil
	}
	v, known := b.people.last(id, remembered)
	if !known {
		var err error
		if v, err = b.people.read(ctx, b.back, id); err != nil {
			return err
		}
	}
	if v.reason != "" {
		return refusal(workflow.NotMember)
	}
	return nil
}

// chosen refuses a person chosen in a form who may not use breachbot: they could
// not see or do anything they are given.
func (p *people) chosen(ctx context.Context, id workflow.UserID, refusal string) error {
	if id == "" {
		return nil // the rules refuse that
	}
	var not *errNotAllowed
	switch err := p.check(ctx, id); {
	case err == nil:
		return nil
	case errors.As(err, &not) && not.asked:
		return workflow.Invalid(workflow.FieldUser, refusal)
	}
	return &workflow.Error{Kind: workflow.ErrUnavailable, Field: workflow.FieldUser,
		Message: "Slack could not tell us just now who that is. Nothing was saved; what you typed is still here. Please try again in a minute."}
}

// outsider says why somebody does not belong in an incident's channel, empty when
// they do. An error means that Slack does not answer now.
func (p *people) outsider(ctx context.Context, id workflow.UserID) (workflow.Outsider, error) {
	b := p.bot
	user, err := p.ask(ctx, b.back, id)
	switch {
	case unknownPerson(codeOf(err)):
		return workflow.OutsiderUnknown, nil
	case err != nil:
		return "", err
	case user.IsBot || user.IsWorkflowBot || user.ID == "USLACKBOT":
		return workflow.OutsiderApp, nil
	case user.IsRestricted || user.IsUltraRestricted:
		return workflow.OutsiderGuest, nil
	case b.excluded(user) != "" && !b.ourTeam(user.TeamID) || user.IsStranger:
		return workflow.OutsiderForeign, nil
	}
	return "", nil
}

// excluded says why a person may not use breachbot, empty when they may.
func (b *Bot) excluded(u *slack.User) string {
	const insteadTell = " Please tell a colleague who is a full member, or your information governance lead, at once."
	switch {
	case u.ID == "USLACKBOT" || u.IsBot || u.IsWorkflowBot:
		return "Bots cannot use this."
	case u.Deleted:
		return "This account is closed."
	case u.IsRestricted || u.IsUltraRestricted:
		return "Guests cannot use this." + insteadTell
	case u.IsInvitedUser:
		return "This account has not been signed in yet."
	case u.IsStranger, !b.ourTeam(u.TeamID) && (u.Enterprise.EnterpriseID == "" || u.Enterprise.EnterpriseID != b.enterprise):
		return "This is only for members of the organisation." + insteadTell
	}
	return ""
}
