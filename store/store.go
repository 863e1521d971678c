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
	// otherwise; what was dropped and is owed again starts again, except that
	// one attempt is remembered, as it may have got through; what is done
	// stays done, and so does what was dropped and is Commit.Done. A pending task
	// whose due time is unchanged keeps its attempts and its backoff.
	workflow.Journal

	// Claim hands out up to limit pending tasks of a lane that are due at now,
	// those waiting longest first, under token and until now+lease. No task is in
	// two hands at once; one whose lease ended is handed out again.
	Claim(ctx context.Context, token string, now time.Time, lease time.Duration, lane workflow.Lane, limit int) ([]workflow.Claim, error)

	// Doubtful hands out, as Claim does, up to limit tasks that were dropped after
	// an attempt of which nobody knows whether it got through, once their lease or
	// their backoff has ended. What one person of a group is owed counts as attempted.
	Doubtful(ctx context.Context, token string, now time.Time, lease time.Duration, limit int) ([]workflow.Claim, error)

	// Finish marks a claimed task as done, and a dropped one as no longer doubtful.
	// ErrConflict when the claim's token no longer holds it, or it was dropped or
	// came to be owed again since; nothing is changed then.
	Finish(ctx context.Context, c workflow.Claim) error

	// Postpone gives a claimed task back until a later time, with the code of
	// what went wrong. ErrConflict as with Finish.
	Postpone(ctx context.Context, c workflow.Claim, until time.Time, code string) error

	// Return gives a claimed task back until a later time, without counting the
	// attempt: from now on it was tried so many times. Its code stays, or becomes
	// workflow.HeldBack if it had none. ErrConflict as with Finish.
	Return(ctx context.Context, c workflow.Claim, until time.Time, tried int) error

	// Failing gives the pending tasks that have been tried at least so many
	// times, and at least once, the oldest first. Until is when each is tried
	// next, or when the lease of the one at work ends.
	Failing(ctx context.Context, attempts int) ([]workflow.Claim, error)

	// Oldest is how long the longest waiting task has been due at now; zero
	// when nothing is due.
	Oldest(ctx context.Context, now time.Time) (time.Duration, error)

	// Next is when the next pending task is handed out, now or later; zero when
	// there is none. A claimed one counts with the end of its lease.
	Next(ctx context.Context) (time.Time, error)

	// Entries gives lines of the register in the order of their reports, then
	// of their references as numbers, or in the opposite order. Looking for
	// words it reads a page at a time, each of one instant.
	Entries(ctx context.Context, f Filter) ([]workflow.Entry, error)

	// SaveDraft keeps what a person has typed in place of what was kept of the
	// same kind; nothing entered keeps nothing. One that is not newer than that,
	// or whose form was sent meanwhile, is left out. An Append under the key of
	// its form ends a draft.
	SaveDraft(ctx context.Context, d workflow.Draft) error

	// Draft gives what a person has typed and not sent, if it was changed since.
	// ErrNotFound when there is none.
	Draft(ctx context.Context, person workflow.UserID, kind string, since time.Time) (workflow.Draft, error)

	// DropDraft throws a draft away. Changes made up to at do not bring it back,
	// even when they come in late.
	DropDraft(ctx context.Context, person workflow.UserID, kind string, at time.Time) error

	// DropDrafts throws away for good every draft last changed before an
	// instant, and every one whose form was sent.
	DropDrafts(ctx context.Context, before time.Time) error

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

	// Moved tells whether the database is elsewhere than where it was last used: it
	// was restored from a copy, or moved. The first use only takes note of where it
	// is. What it cannot tell is a copy of the whole server or machine: then
	// somebody says so, by another HomeSetting. last is when
	// the last event on record happened; zero when there is none.
	Moved(ctx context.Context) (moved bool, last time.Time, err error)

	// Restored records a restoration, and ends Moved. Every pending task that is due
	// by then and was never tried counts as tried once, because it may have got
	// through before. With it comes the task to tell people, of no incident. When
	// neither the database was moved nor an incident is missing that was not known
	// to be, nothing changes.
	Restored(ctx context.Context, r workflow.Restoration) error

	// Restorations are those on record, the oldest first.
	Restorations(ctx context.Context) ([]workflow.Restoration, error)

	// Setting is a value kept by name; empty when it was never set.
	Setting(ctx context.Context, name string) (string, error)

	// SetSetting keeps a value.
	SetSetting(ctx context.Context, name, value string) error

	// Ping tells whether the store keeps what it is given. It makes a change as any
	// other and takes it back within the same transaction, so that nothing stays
	// behind; and it fails, with a *LastFailed, while the last real change of some
	// kind failed, for as long as Remembered.
	Ping(ctx context.Context) error

	// Close ends all use of the store. Calls after it fail with ErrUnavailable.
	Close() error
}

// Filter chooses lines of the register. The zero value chooses all, in the order
// of their reports, and no drill.
type Filter struct {
	Open    bool               // only those not closed or dismissed
	Person  workflow.UserID    // only those this person takes part in
	Owing   workflow.UserID    // only those of which this person is being reminded, as of an action
	Channel workflow.ChannelID // only the one worked on in this channel
	Words   string             // only those that mention all these words
	Drills  Drills             // whether drills are among them
	Newest  bool               // the latest report first
	After   Cursor             // only those after this one, in that order
	Limit   int                // at most this many; 0 for all
}

// Drills says whether drills are wanted. They are kept in the same table as the
// register, but are no part of it.
type Drills int

const (
	NoDrills Drills = iota
	WithDrills
	OnlyDrills
)

// Cursor is a place in the register. The zero value is before the first line that
// is given, in either order. A line keeps its place for ever, so paging is stable while others are added.
type Cursor struct {
	Reported time.Time
	ID       workflow.IncidentID
}

// CursorAt is the place of a line.
func CursorAt(e workflow.Entry) Cursor { return Cursor{Reported: e.Times.Reported, ID: e.ID} }

// LooseTasks are the tasks that come with an anchor and belong to no incident: to show
// it and, with the first one of a week, the board's digest. before is the day anchored
// before, empty for none.
func LooseTasks(a workflow.Anchor, before string) []workflow.Task {
	tasks := []workflow.Task{{Key: AnchorTask(a.Day), Kind: workflow.KindAnchor, Due: a.At}}
	if workflow.OpensWeek(a.Day, before) {
		digest := workflow.Subject{Kind: workflow.KindDigest, Day: a.Day}
		tasks = append(tasks, workflow.Task{Key: digest.Key(), Kind: digest.Kind, Due: a.At})
	}
	return tasks
}

// AnchorTask is the key of the task that shows a day's anchor.
func AnchorTask(day string) workflow.TaskKey {
	return workflow.Subject{Kind: workflow.KindAnchor, Day: day}.Key()
}
