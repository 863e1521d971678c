package bot

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// people tells who may use breachbot at all. It keeps Slack's answer for only a
// few minutes, as somebody may be suspended at any time.
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

// maxPeople limits the cache; a large workspace simply asks again.
const maxPeople = 10_000

func newPeople(b *Bot) *people { return &people{bot: b, cache: map[workflow.UserID]verdict{}} }

// errNotAllowed is a refusal of a person, with the sentence for them.
type errNotAllowed struct {
	reason string
	asked  bool // Slack answered, and this is its answer
}

func (e *errNotAllowed) Error() string { return e.reason }

// known tells whether we already have the answer about a person, so that nobody
// has to wait for Slack.
func (p *people) known(id workflow.UserID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	v, ok := p.cache[id]
	return ok && p.bot.Now().Sub(v.at) < fresh
}

// check refuses people who may not use breachbot: guests, bots, leavers, people
// from another organisation. When Slack does not answer it refuses too, and says
// so.
func (p *people) check(ctx context.Context, id workflow.UserID) error {
	now := p.bot.Now()
	p.mu.Lock()
	v, ok := p.cache[id]
	p.mu.Unlock()
	if !ok || now.Sub(v.at) >= fresh {
		user, err := p.bot.front.GetUserInfoContext(ctx, string(id))
		if err != nil {
			if !unknownPerson(codeOf(failure(ctx, err))) {
				return &errNotAllowed{reason: "Slack could not tell us just now who you are, so nothing was done. What you typed is still here. Please try again in a minute; " + p.bot.urgent()}
			}
			v = verdict{now, "Slack does not know you here."}
		} else {
			v = verdict{now, p.bot.excluded(user)}
		}
		p.mu.Lock()
		if len(p.cache) >= maxPeople {
			clear(p.cache)
		}
		p.cache[id] = v
		p.mu.Unlock()
	}
	if v.reason != "" {
		return &errNotAllowed{reason: v.reason, asked: true}
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
	var user *slack.User
	err := b.call(ctx, "users.info", "", func() (err error) {
		user, err = b.back.GetUserInfoContext(ctx, string(id))
		return err
	})
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
