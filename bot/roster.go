package bot

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"breachbot/workflow"
)

// roster tells which roles a person holds, from the configuration and, where it
// names user groups, from their members at Slack. It never looks at Slack's own
// admin flags or at names.
type roster struct {
	bot    *Bot
	mu     sync.Mutex
	groups map[workflow.Principal]members
}

type members struct {
	at    time.Time
	users []workflow.UserID
}

// stale is how long a group's members are used after Slack stops answering.
const stale = time.Hour

func newRoster(b *Bot) *roster {
	return &roster{bot: b, groups: map[workflow.Principal]members{}}
}

// actor is a person with the organisation roles they hold now. An error says that
// a group could not be read; then no role from a group is assumed.
func (r *roster) actor(ctx context.Context, id workflow.UserID) (workflow.Actor, error) {
	a := workflow.Actor{User: id}
	var failed error
	for role, principals := range r.bot.rules.Roster {
		for _, p := range principals {
			if !p.IsGroup() {
				if p == workflow.Principal(id) {
					a.Roles = append(a.Roles, role)
				}
				continue
			}
			users, err := r.users(ctx, p)
			if err != nil {
				failed = err
			}
			if slices.Contains(users, id) {
				a.Roles = append(a.Roles, role)
			}
		}
	}
	slices.Sort(a.Roles)
	a.Roles = slices.Compact(a.Roles)
	return a, failed
}

// users are the people a principal stands for.
func (r *roster) users(ctx context.Context, p workflow.Principal) ([]workflow.UserID, error) {
	if !p.IsGroup() {
		return []workflow.UserID{workflow.UserID(p)}, nil
	}
	now := r.bot.Now()
	r.mu.Lock()
	known, ok := r.groups[p]
	r.mu.Unlock()
	if ok && now.Sub(known.at) < fresh {
		return known.users, nil
	}
	var ids []string
	err := r.bot.call(ctx, "usergroups.users.list", "", func() (err error) {
		ids, err = r.bot.front.GetUserGroupMembersContext(ctx, string(p))
		return err
	})
	if err != nil {
		if ok && now.Sub(known.at) < stale {
			return known.users, nil
		}
		return nil, fmt.Errorf("members of %s: %w", p, err)
	}
	known = members{at: now}
	for _, id := range ids {
		known.users = append(known.users, workflow.UserID(id))
	}
	r.mu.Lock()
	r.groups[p] = known
	r.mu.Unlock()
	return known.users, nil
}

// lastKnown is users for when Slack does not answer at all: then it is whoever was in
// the group when it was last asked, however long ago.
func (r *roster) lastKnown(ctx context.Context, p workflow.Principal) ([]workflow.UserID, error) {
	users, err := r.users(ctx, p)
	if err == nil {
		return users, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.groups[p]; ok {
		return known.users, nil
	}
	return nil, err
}

// Absent says in words why a configured principal cannot act, empty when they can.
// An error means that Slack could not say. It needs Connect.
func (b *Bot) Absent(ctx context.Context, p workflow.Principal) (string, error) {
	if p.IsGroup() {
		users, err := b.roster.users(ctx, p)
		switch {
		case permanent(err):
			return "Slack says " + codeOf(err), nil
		case err == nil && len(users) == 0:
			return "the user group is empty", nil
		}
		return "", err
	}
	user, err := b.people.ask(ctx, b.front, workflow.UserID(p))
	if err != nil {
		if unknownPerson(codeOf(err)) {
			return "Slack does not know this person", nil
		}
		return "", err
	}
	return b.excluded(user), nil
}
