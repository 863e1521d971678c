package workflow

import (
	"maps"
	"reflect"
	"slices"
	"time"
)

// Replay folds a whole journal. An empty journal gives nil.
func Replay(records []Record) *Incident {
	if len(records) == 0 {
		return nil
	}
	i := &Incident{}
	for _, r := range records {
		i.Apply(r)
	}
	return i
}

// Apply folds one record into the incident. It never fails: what the journal
// holds has happened. It never looks at the configuration, so a replay years
// later gives the same incident.
func (i *Incident) Apply(r Record) {
	if i.ID == "" {
		i.ID = r.Incident
	}
	i.Version = r.Seq
	if r.Event == nil {
		return // erased: the Erased event that follows brings what was kept
	}
	i.unstall(r)
	asks, shown, had := i.requestShows(), i.AskSeq, i.holder()
	row, known := eventRowOf(r.Event.Kind())
	if !known {
		return // written by a newer version; the store refuses to read it
	}
	row.fold(i, r)
	if row.voice != quiet {
		i.loud(r, row.posts(i, r))
	}
	i.act(r)
	now := i.requestShows()
	if i.AskSeq == r.Seq && !asks.pending && asks == now {
		i.AskSeq = shown // the request, already answered, shows nothing of this
	}
	_, decided := r.Event.(Decided) // somebody who decides again is not asking anybody
	lapsed := asks.regulator && !now.regulator || asks.people && !now.people
	ours := asks.theirs && !now.theirs && i.Assessment() != nil // the two questions are ours again
	if !decided && (lapsed || ours) {
		i.Asking = r.Seq
	}
	if i.Erased.IsZero() && i.holder() != had {
		i.HolderSeq = r.Seq
	}
	if topic := (Topic{i.Times.Deadline(), i.Clock().State, i.Step().Over()}); topic != i.Topic {
		if i.TopicSeq > 0 && i.Topic.Clock != ClockRunning && topic.Clock == ClockRunning {
			i.Resumed = r.At
		}
		i.Topic, i.TopicSeq = topic, r.Seq
	}
	i.follow(r.Seq)
}

// stands tells whether a decision is in force on each of the law's two
// questions, and whether they are the controller's and not ours.
type stands struct{ regulator, people, theirs bool }

func (i *Incident) stands() stands {
	return stands{i.Standing(Regulator) != nil, i.Standing(DataSubjects) != nil, i.OnlyProcessor()}
}

// requestShown is what a request for a decision shows once it is answered. While it is not,
// it shows everything that has happened since.
type requestShown struct {
	stands
	pending                                                 bool
	decisions, notices, assessed, triaged, contained, turns int
	facts                                                   int
	deadline, erased                                        time.Time
}

func (i *Incident) requestShows() requestShown {
	s := requestShown{stands: i.stands(), pending: i.Pending(), decisions: len(i.Decisions), assessed: len(i.Assessments), triaged: len(i.Triages),
		contained: len(i.Containments), turns: len(i.Turns), facts: i.FactsVersion, deadline: i.Times.Deadline(), erased: i.Erased}
	for _, n := range i.Notifications {
		if n.Recipient.Core() {
			s.notices++
		}
	}
	return s
}

// turn records how the work ended or was resumed.
func (i *Incident) turn(r Record, reason, cause string) *Ending {
	end := Ending{Seq: r.Seq, By: r.Actor, At: r.At, Reason: reason, RootCause: cause}
	i.Turns = append(slices.Clip(i.Turns), Turn{r.Event.Kind(), end})
	return &end
}

// material marks an event that may change what is decided.
func (i *Incident) material(seq int) {
	i.FactsVersion, i.RiskVersion, i.CardSeq, i.AskSeq = seq, seq, seq, seq
}

// learn takes in facts. Only facts that differ may change what is decided.
func (i *Incident) learn(r Record, now Facts) {
	if reflect.DeepEqual(now, i.Facts) {
		return
	}
	i.Facts = now
	i.material(r.Seq)
}

// loud marks an event that the cards show. The channel is told about it if it
// posts.
func (i *Incident) loud(r Record, posts bool) {
	i.CardSeq, i.AskSeq = r.Seq, r.Seq
	i.Loud = append(slices.Clip(i.Loud), Loud{Seq: r.Seq, Kind: r.Event.Kind(), Shown: !posts})
}

// unsay makes milestones due again when the deadline has moved later, so that
// they lie ahead once more. left is the time to the deadline now.
func (i *Incident) unsay(left Countdown) {
	said := maps.Clone(i.Said)
	for target, milestone := range said {
		if milestone < left {
			said[target] = left
		}
	}
	i.Said = said
}

// with and without copy a map before they change it, so that an incident handed
// out earlier stays as it was.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	c := maps.Clone(m)
	if c == nil {
		c = map[K]V{}
	}
	c[k] = v
	return c
}

func without[K comparable, V any](m map[K]V, k K) map[K]V {
	c := maps.Clone(m)
	delete(c, k)
	return c
}
