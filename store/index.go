package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"breachbot/workflow"
)

// Index answers what people ask the register from Slack.
type Index struct {
	Store Store
	Now   func() time.Time
	Zone  *time.Location
}

// InChannel gives the incident that is worked on in a channel; drills are among
// them. The error wraps workflow.ErrNotFound when there is none.
func (x Index) InChannel(ctx context.Context, channel workflow.ChannelID) (workflow.IncidentID, error) {
	if channel == "" { // a filter without a channel would choose any incident
		return "", fmt.Errorf("no channel: %w", workflow.ErrNotFound)
	}
	entries, err := x.Store.Entries(ctx, Filter{Channel: channel, Drills: WithDrills, Limit: 1})
	switch {
	case err != nil:
		return "", err
	case len(entries) == 0:
		return "", fmt.Errorf("no incident in that channel: %w", workflow.ErrNotFound)
	}
	return entries[0].ID, nil
}

// Open gives open incidents, including drills, newest last: those a person takes
// part in, or all when person is empty.
func (x Index) Open(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error) {
	return x.Store.Entries(ctx, Filter{Open: true, Person: person, Drills: WithDrills, Limit: limit})
}

// Newest gives the same as Open, newest first.
func (x Index) Newest(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error) {
	return x.Store.Entries(ctx, Filter{Open: true, Person: person, Newest: true, Drills: WithDrills, Limit: limit})
}

// Owing gives the incidents, ended ones and drills too, about which a person gets
// reminders, for example of an action, newest first.
func (x Index) Owing(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error) {
	return x.Store.Entries(ctx, Filter{Owing: person, Newest: true, Drills: WithDrills, Limit: limit})
}

// Find gives the incidents that mention all the words, newest first, drills
// among them: those a person takes part in, or all when person is empty.
func (x Index) Find(ctx context.Context, person workflow.UserID, words string, limit int) ([]workflow.Entry, error) {
	return x.Store.Entries(ctx, Filter{Person: person, Words: words, Newest: true, Drills: WithDrills, Limit: limit})
}

// Register gives a page of the register, always newest first.
func (x Index) Register(ctx context.Context, p workflow.Page, limit int) ([]workflow.Entry, error) {
	entries, err := x.Store.Entries(ctx, Filter{Newest: !p.Newer, After: Cursor{Reported: p.Reported, ID: p.ID}, Limit: limit})
	if p.Newer {
		slices.Reverse(entries)
	}
	return entries, err
}

// Digest sums up the week before the one a day is in, and what is open now.
func (x Index) Digest(ctx context.Context, day string) (workflow.Digest, error) {
	from, until, err := workflow.WeekBefore(day, x.Zone)
	if err != nil {
		return workflow.Digest{}, err
	}
	// A notice of that week may be about a report of up to a year before.
	entries, err := x.Store.Entries(ctx, Filter{After: Cursor{Reported: from.AddDate(-1, 0, 0)}})
	if err != nil {
		return workflow.Digest{}, err
	}
	open, err := x.Store.Entries(ctx, Filter{Open: true})
	return workflow.DigestOf(append(entries, open...), from, until, x.Now()), err
}

// Trend sums up the register as of now.
func (x Index) Trend(ctx context.Context) (workflow.Trend, error) {
	now := x.Now()
	entries, err := x.Store.Entries(ctx, Filter{After: Cursor{Reported: now.AddDate(-1, 0, -2)}})
	return workflow.Trends(entries, now, x.Zone), err
}
