package store

import (
	"context"
	"time"

	"breachbot/workflow"
)

// Store keeps incidents. Each method is one transaction. Instants go in in any
// zone and come back in UTC, cut to the microsecond. Errors wrap
// workflow.ErrUnavailable when the store cannot be reached or cannot write, and
// the kinds that the comments name; anything else is an internal fault. A change
// that ends in ErrUnavailable was most likely not kept; to be sure, repeat it
// under the same key. Safe for concurrent use.
type Store interface {
	// Journal: an Append also reconciles the incident's tasks with Commit.Tasks,
	// which is the whole set owed. What is not known yet becomes pending; what
	// is pending and no longer owed is done when it is Commit.Done, and dropped
	// otherwise; what was dropped and is owed again starts afresh, except that
	// one attempt is remembered, as it may have got through; what is done
	// stays done. A pending task whose due time is unchanged keeps its attempts
	// and its backoff.
	workflow.Journal

	// Claim hands out up to limit pending tasks that are due at now, those
	// waiting longest first, under token and until now+lease. No task is in two
	// hands at once; one whose lease ended is handed out again.
	Claim(ctx context.Context, token string, now time.Time, lease time.Duration, limit int) ([]workflow.Claim, error)

	// Finish marks a claimed task as done. ErrConflict when the claim's token
	// no longer holds it; nothing is changed then.
	Finish(ctx context.Context, c workflow.Claim) error

	// Postpone gives a claimed task back until a later time, with the code of
	// what went wrong. ErrConflict as with Finish.
	Postpone(ctx context.Context, c workflow.Claim, until time.Time, code string) error

	// Failing gives the pending tasks that have been tried at least so many
	// times, and at least once, the oldest first. Until is when each is tried
	// next, or when the lease of the one at work ends.
	Failing(ctx context.Context, attempts int) ([]workflow.Claim, error)

	// Oldest is how long the longest waiting task has been due at now; zero
	// when nothing is due.
	Oldest(ctx context.Context, now time.Time) (time.Duration, error)

	// Entries gives lines of the register in the order of their reports, then
	// of their references as numbers.
	Entries(ctx context.Context, f Filter) ([]workflow.Entry, error)

	// Rederive replaces the rows that follow from an incident's events by those
	// of the commit, and reconciles its tasks with it. ErrConflict when the
	// incident is no longer at Base. A Base of 0 says there are no events and
	// removes the rows. At is when newly owed tasks came to be owed; when zero,
	// the time of the last event.
	Rederive(ctx context.Context, c workflow.Commit) error

	// Anchor makes the anchor of a day (2006-01-02) from the journal as it
	// stands, and with it the task to show it: of no incident, with AnchorTask
	// as its key. A day that has one already keeps it, and created is false.
	Anchor(ctx context.Context, day string, at time.Time) (a workflow.Anchor, created bool, err error)

	// Anchors gives all anchors, the oldest first.
	Anchors(ctx context.Context) ([]workflow.Anchor, error)

	// Rows gives everything stored, of one instant, to yield: first what
	// belongs to no incident, then incident after incident in the byte order of
	// their ids. An error of yield ends it and is returned.
	Rows(ctx context.Context, yield func(Rows) error) error

	// Setting is a value kept by name; empty when it was never set.
	Setting(ctx context.Context, name string) (string, error)

	// SetSetting keeps a value.
	SetSetting(ctx context.Context, name, value string) error

	// Ping tells whether the store answers.
	Ping(ctx context.Context) error

	// Close ends all use of the store. Calls after it fail with ErrUnavailable.
	Close() error
}

// Filter chooses lines of the register. The zero value chooses all.
type Filter struct {
	Open   bool            // only those not closed or dismissed
	Person workflow.UserID // only those this person takes part in
	After  Cursor          // only those after this one
	Limit  int             // at most so many; 0 for all
}

// Cursor is a place in the register. The zero value is before its first line. A
// line keeps its place for ever, so paging is stable while others are added.
type Cursor struct {
	Reported time.Time
	ID       workflow.IncidentID
}

// CursorAt is the place of a line.
func CursorAt(e workflow.Entry) Cursor { return Cursor{Reported: e.Times.Reported, ID: e.ID} }

// AnchorTask is the key of the task that shows a day's anchor.
func AnchorTask(day string) workflow.TaskKey { return workflow.TaskKey("anchor:" + day) }
