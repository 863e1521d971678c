package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Service joins the rules to a journal. Safe for concurrent use.
type Service struct {
	Rules   Rules
	Journal Journal
	Now     func() time.Time

	// Committed is called after a commit that left something to do. It must not
	// block. It may be nil.
	Committed func(IncidentID)
}

// Receipt is the outcome of a command.
type Receipt struct {
	Incident *Incident // as it is after the command
	Events   []Event   // what the command led to; empty when it was repeated
	Repeated bool      // the key had been committed before, so nothing was changed now
}

// conflictTries bounds the reloads after a version conflict. Each conflict
// means that somebody else got through, so only a burst needs many.
const conflictTries = 64

// Report opens an incident under the first free reference of the year, in the
// organisation's zone. Drills have references of their own.
func (s *Service) Report(ctx context.Context, key CommandKey, c SubmitReport, by Actor) (Receipt, error) {
	return s.do(ctx, "", key, c, by)
}

// Do gives a command to an incident: it loads, decides, applies, plans and
// appends everything in one transaction. On a version conflict it starts again.
// A key that was committed before changes nothing and gives the incident as it
// is. Errors are *Error, or wrap ErrNotFound or ErrUnavailable, or are
// internal.
func (s *Service) Do(ctx context.Context, id IncidentID, key CommandKey, c Command, by Actor) (Receipt, error) {
	if id == "" {
		return Receipt{}, fmt.Errorf("%s: %w", c.Name(), ErrNotFound)
	}
	return s.do(ctx, id, key, c, by)
}

func (s *Service) do(ctx context.Context, id IncidentID, key CommandKey, c Command, by Actor) (Receipt, error) {
	for range conflictTries {
		receipt, err := s.try(ctx, id, key, c, by)
		switch {
		case err == nil:
			return receipt, nil
		case errors.Is(err, errMoved):
			continue
		case errors.Is(err, ErrRepeated):
			return s.repeated(ctx, key)
		}
		// A refusal may be the echo of the same command, committed before:
		// "already decided", by this very button.
		if refusal := (*Error)(nil); errors.As(err, &refusal) && key != "" {
			if receipt, rerr := s.repeated(ctx, key); rerr == nil {
				return receipt, nil
			} else if !errors.Is(rerr, ErrNotFound) {
				return Receipt{}, rerr
			}
		}
		return Receipt{}, err
	}
	return Receipt{}, fmt.Errorf("%s %s: %w: too many people at once", c.Name(), id, ErrUnavailable)
}

// errMoved is a version conflict in the journal: worth another try, unlike a
// refusal.
var errMoved = errors.New("incident moved on")

func (s *Service) try(ctx context.Context, id IncidentID, key CommandKey, c Command, by Actor) (Receipt, error) {
	var inc *Incident
	now := Instant(s.Now())
	if id != "" {
		records, err := s.Journal.Load(ctx, id)
		if err != nil {
			return Receipt{}, err
		}
		inc = Replay(records)
		if e, ok := c.(Erase); ok {
			e.Journal = records
			c = e
		}
	}
	events, err := s.Rules.Handle(inc, c, by, now)
	if err != nil {
		return Receipt{}, err
	}
	if len(events) == 0 {
		return Receipt{Incident: inc}, nil
	}
	if id == "" {
		series, year := seriesOf(c), now.In(s.Rules.Zone).Year()
		n, skipped, err := s.Journal.NextNumber(ctx, series, year)
		if err != nil {
			return Receipt{}, err
		}
		if opening, ok := events[0].(Reported); ok {
			opening.Skipped = skipped
			events[0] = opening
		}
		id, inc = NewIncidentID(series, year, n), &Incident{}
	}
	commit := Commit{Incident: id, Base: inc.Version, Key: key, At: now}
	for n, e := range events {
		r := Record{Incident: id, Seq: inc.Version + 1, At: now, Actor: by.User, Key: key, Event: e}
		if n == 0 {
			inc.ID = id
		}
		inc.Apply(r)
		commit.Records = append(commit.Records, r)
		if task, ok := carriedOutBy(e); ok {
			commit.Done = task
		}
	}
	s.complete(&commit, inc)
	if err := s.Journal.Append(ctx, commit); err != nil {
		if errors.Is(err, ErrConflict) {
			return Receipt{}, errMoved
		}
		return Receipt{}, err
	}
	if s.Committed != nil {
		s.Committed(id)
	}
	return Receipt{Incident: inc, Events: events}, nil
}

// seriesOf is the series for an incident that a command opens.
func seriesOf(c Command) Series {
	if report, ok := c.(SubmitReport); ok && report.Report.Drill {
		return SeriesDrill
	}
	return SeriesReal
}

// complete fills in what follows from the incident: tasks and register rows.
func (s *Service) complete(c *Commit, inc *Incident) {
	c.Tasks = s.Rules.Plan(inc)
	c.Entry = inc.Entry()
	c.Decisions = inc.Decisions
	c.Notifications = inc.Notifications
}

func (s *Service) repeated(ctx context.Context, key CommandKey) (Receipt, error) {
	id, err := s.Journal.Committed(ctx, key)
	if err != nil {
		return Receipt{}, err
	}
	inc, err := s.Incident(ctx, id)
	return Receipt{Incident: inc, Repeated: true}, err
}

// Incident gives an incident as it is now. The error wraps ErrNotFound when
// none has that reference.
func (s *Service) Incident(ctx context.Context, id IncidentID) (*Incident, error) {
	records, err := s.Journal.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	return Replay(records), nil
}

// Owed gives the incident, and the task as it is planned now. ok is false when
// the task is no longer owed.
func (s *Service) Owed(ctx context.Context, id IncidentID, key TaskKey) (inc *Incident, t Task, ok bool, err error) {
	if inc, err = s.Incident(ctx, id); err != nil {
		return nil, Task{}, false, err
	}
	for _, t := range s.Rules.Plan(inc) {
		if t.Key == key {
			return inc, t, true, nil
		}
	}
	return inc, Task{}, false, nil
}

// Needed tells whether a task with this key, or one that does the same again, is
// planned now.
func (s *Service) Needed(ctx context.Context, id IncidentID, key TaskKey) (bool, error) {
	inc, err := s.Incident(ctx, id)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(s.Rules.Plan(inc), func(t Task) bool { return t.Covers(key) }), nil
}

// Rederive makes the rows that follow from an incident's records: what a
// rebuild stores and a check compares with.
func (s *Service) Rederive(records []Record) Commit {
	inc := Replay(records)
	c := Commit{Incident: inc.ID, Base: inc.Version}
	s.complete(&c, inc)
	return c
}
