package workflow

import "time"

// NotificationPeriod is the time to notify the regulator after becoming aware:
// UK GDPR Art. 33(1), "not later than 72 hours". Elapsed hours: weekends, bank
// holidays and clock changes do not stretch it.
const NotificationPeriod = 72 * time.Hour

// Instant turns t into the form that is kept: UTC, whole microseconds, no
// monotonic reading. The zero time stays zero.
func Instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// Occurrence is when the breach happened, as far as it is known. From alone is
// a point in time; both zero means not known.
type Occurrence struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// Known tells whether anything is known of when it happened.
func (o Occurrence) Known() bool { return !o.From.IsZero() || !o.To.IsZero() }

// Awareness is the moment the organisation had a reasonable degree of certainty
// that personal data was compromised (EDPB Guidelines 9/2022), with who decided
// that and why. The zero value means it is not set.
type Awareness struct {
	At     time.Time `json:"at,omitzero"`
	By     UserID    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
	SetAt  time.Time `json:"set_at,omitzero"`
}

// Times are the instants of an incident, all in UTC. Zero means not known or
// not yet.
type Times struct {
	Occurred      Occurrence `json:"occurred,omitzero"`
	Detected      time.Time  `json:"detected,omitzero"` // somebody first noticed
	Reported      time.Time  `json:"reported,omitzero"` // stored by breachbot; never edited
	Aware         Awareness  `json:"aware,omitzero"`
	ProcessorTold time.Time  `json:"processor_told,omitzero"` // our processor told us
}

// Basis is what a deadline is counted from.
type Basis string

const (
	FromAwareness Basis = "awareness"
	FromDetection Basis = "detection" // provisional, worst case
	FromProcessor Basis = "processor" // provisional: our processor told us
	FromReport    Basis = "report"    // provisional, nothing earlier is known
)

// Start is the instant the 72 hours run from: awareness. While that is not set,
// it is provisionally detection, or else the report. A controller is in
// principle aware once its processor has told it (EDPB Guidelines 9/2022), so
// being told counts as well: the earlier of the two is the worst case.
func (t Times) Start() (time.Time, Basis) {
	switch {
	case !t.Aware.At.IsZero():
		return t.Aware.At, FromAwareness
	case !t.ProcessorTold.IsZero() && (t.Detected.IsZero() || !t.ProcessorTold.After(t.Detected)):
		return t.ProcessorTold, FromProcessor
	case !t.Detected.IsZero():
		return t.Detected, FromDetection
	}
	return t.Reported, FromReport
}

// Deadline is the last instant at which a notification is in time: sent at
// exactly +72:00:00 still is.
func (t Times) Deadline() time.Time {
	start, _ := t.Start()
	return start.Add(NotificationPeriod)
}

// Disordered says, in words, which times do not follow the usual order:
// occurred, detected, aware. It is a question, not a fault.
func (t Times) Disordered() string {
	switch {
	case t.Occurred.Known() && !t.Occurred.From.IsZero() && !t.Occurred.To.IsZero() && t.Occurred.To.Before(t.Occurred.From):
		return "The breach ends before it begins."
	case !t.Occurred.From.IsZero() && !t.Detected.IsZero() && t.Detected.Before(t.Occurred.From):
		return "It was noticed before it happened."
	case !t.Aware.At.IsZero() && !t.Detected.IsZero() && t.Aware.At.Before(t.Detected):
		return "The organisation was aware before anybody noticed."
	}
	return ""
}

// Twice tells whether the wall clock of zone shows the time of t twice that
// day, as in the hour when summer time ends, and if so gives both instants,
// first the earlier. 01:30 on the last Sunday of October is the usual case.
func Twice(t time.Time, zone *time.Location) (first, second time.Time, twice bool) {
	local := t.In(zone)
	_, offset := local.Zone()
	for _, shift := range []time.Duration{-time.Hour, time.Hour, -30 * time.Minute, 30 * time.Minute} {
		other := t.Add(shift).In(zone)
		_, o := other.Zone()
		if o == offset || !sameWall(local, other) {
			continue
		}
		if shift < 0 {
			return other.UTC(), t.UTC(), true
		}
		return t.UTC(), other.UTC(), true
	}
	return time.Time{}, time.Time{}, false
}

func sameWall(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	ah, amin, as := a.Clock()
	bh, bmin, bs := b.Clock()
	return ay == by && am == bm && ad == bd && ah == bh && amin == bmin && as == bs && a.Nanosecond() == b.Nanosecond()
}

// ClockState is the state of the clock to the regulator.
type ClockState string

const (
	ClockRunning ClockState = "running"
	ClockSent    ClockState = "sent"         // stopped: the notification is recorded as sent
	ClockNotDue  ClockState = "not_due"      // stopped: a reasoned decision not to notify is in force
	ClockNoCase  ClockState = "not_a_breach" // stopped: dismissed, with the reason
	// ClockTheirs: there are no 72 hours of ours. We are only the processor, so
	// whether the regulator is told is the controller's question, on the
	// controller's clock (UK GDPR Art. 33(1) and (2)).
	ClockTheirs ClockState = "controllers"
)

// Clock is the state of the 72 hours of one incident. While it is the
// controller's, its deadline is only what would hold if the hours were ours: no
// one is shown it.
type Clock struct {
	State    ClockState
	Start    time.Time
	Basis    Basis
	Deadline time.Time
	Stopped  time.Time // when the act that stopped it happened; zero while running
}

// Running tells whether the hours still count.
func (c Clock) Running() bool { return c.State == ClockRunning }

// Provisional tells whether awareness has not been decided yet.
func (c Clock) Provisional() bool { return c.Basis != FromAwareness }

// Left is the time to the deadline at now; negative when it has passed.
func (c Clock) Left(now time.Time) time.Duration { return c.Deadline.Sub(now) }

// Overdue tells whether the clock still runs after the deadline.
func (c Clock) Overdue(now time.Time) bool { return c.Running() && now.After(c.Deadline) }

// Ours tells whether these 72 hours are ours to keep.
func (c Clock) Ours() bool { return c.State != ClockTheirs }

// Late tells whether something done at t came after the deadline. Nothing is
// late by a clock that is not ours.
func (c Clock) Late(t time.Time) bool { return c.Ours() && t.After(c.Deadline) }
