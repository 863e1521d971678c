package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"breachbot/workflow"
)

// Derive makes the rows that follow from an incident's records, as
// workflow.Service.Rederive does.
type Derive func([]workflow.Record) workflow.Commit

// Verification is what Verify found.
type Verification struct {
	Incidents int
	Events    int
	Anchors   int
	Broken    *Fault // the first broken row; nil when all is as it should be
}

// Fault names a row that is not as the program left it.
type Fault struct {
	Table    string
	Incident workflow.IncidentID // empty for rows of no incident
	Row      string              // which row of the incident: a seq, a key, a day
	What     string              // in words
}

func (f *Fault) String() string {
	where := f.Table
	if f.Incident != "" {
		where += ", " + string(f.Incident)
	}
	if f.Row != "" {
		where += ", " + f.Row
	}
	return where + ": " + f.What
}

// Rower is what Verify reads: a Store, or a state of one that is held still.
type Rower interface {
	Rows(ctx context.Context, yield func(Rows) error) error
}

// errBroken ends the walk over the rows; the report has the fault.
var errBroken = errors.New("broken")

// Verify recomputes every hash and derives every row afresh, and names the
// first row that is not as the program left it. It holds one incident at a time
// and can run beside a bot at work. derive must use the rules that the tasks
// were planned with.
//
// The hashes hold no secret: whoever can write to the database can also make a
// whole new chain. The anchors shown to the DPO are what such a chain does not
// fit.
func Verify(ctx context.Context, s Rower, derive Derive) (Verification, error) {
	v := &verifier{derive: derive}
	err := s.Rows(ctx, v.rows)
	var odd *Unreadable
	switch {
	case err == nil:
		v.covered()
		v.numbered()
	case errors.As(err, &odd):
		v.fault(odd.Table, odd.Incident, "", "a row cannot be read: %v", odd.Err)
	case !errors.Is(err, errBroken):
		return v.report, fmt.Errorf("verify: %w", err)
	}
	return v.report, nil
}

type verifier struct {
	derive  Derive
	report  Verification
	anchors []AnchorRow
	heads   []*Heads               // at each anchor
	numbers map[series]map[int]int // of the references: how many each says are left out before it
}

// series is what references count up in, each for itself.
type series struct {
	name workflow.Series
	year int
}

func (v *verifier) fault(table string, id workflow.IncidentID, row, format string, args ...any) error {
	if v.report.Broken == nil {
		v.report.Broken = &Fault{Table: table, Incident: id, Row: row, What: fmt.Sprintf(format, args...)}
	}
	return errBroken
}

func (v *verifier) rows(r Rows) error {
	if r.Incident == "" {
		return v.loose(r)
	}
	v.report.Incidents++
	if v.numbers == nil {
		v.numbers = map[series]map[int]int{}
	}
	v.report.Events += len(r.Events)
	if err := v.chain(r); err != nil {
		return err
	}
	records, err := Records(r.Events)
	if err != nil {
		return v.fault("events", r.Incident, "", "an event cannot be read: %v", err)
	}
	derived := v.derive(records)
	in := series{r.Incident.Series(), r.Incident.Year()}
	if v.numbers[in] == nil {
		v.numbers[in] = map[int]int{}
	}
	v.numbers[in][r.Incident.Number()] = derived.Entry.Skipped
	for _, check := range []func(Rows, workflow.Commit) error{v.commands, v.line, v.decisions, v.notifications, v.tasks} {
		if err := check(r, derived); err != nil {
			return err
		}
	}
	for n, a := range v.anchors {
		count, last := 0, []byte(nil)
		for _, e := range r.Events {
			if e.Pos <= a.Upto {
				count, last = count+1, e.Hash
			}
		}
		if count > 0 {
			v.heads[n].Add(r.Incident, count, last)
		}
	}
	return nil
}

// loose checks what belongs to no incident: the anchors and the tasks that
// come with them.
func (v *verifier) loose(r Rows) error {
	prev := ""
	for n, a := range r.Anchors {
		row := "day " + a.Day
		if a.Seq != n+1 {
			return v.fault("anchors", "", row, "it has number %d where %d should follow: an anchor was removed or moved", a.Seq, n+1)
		}
		if anchorHash(a.Anchor, prev) != a.Hash {
			return v.fault("anchors", "", row, "its hash does not fit its content and the anchor before it")
		}
		prev = a.Hash
		v.heads = append(v.heads, NewHeads())
	}
	v.anchors = r.Anchors
	v.report.Anchors = len(r.Anchors)

	tasks := map[workflow.TaskKey]TaskRow{}
	for _, t := range r.Tasks {
		tasks[t.Task.Key] = t
	}
	before := ""
	for _, a := range r.Anchors {
		for _, want := range LooseTasks(a.Anchor, before) {
			t, ok := tasks[want.Key]
			switch {
			case !ok && want.Kind == workflow.KindDigest:
				continue // an earlier version made the anchor
			case !ok:
				return v.fault("tasks", "", "key "+string(want.Key), "the task to show this anchor is missing")
			case t.State == Dropped:
				return v.fault("tasks", "", "key "+string(want.Key), "the task to show this anchor was dropped")
			}
			if what := differs(t.Task, want); what != "" {
				return v.fault("tasks", "", "key "+string(want.Key), "%s", what)
			}
			if what := t.odd(); what != "" {
				return v.fault("tasks", "", "key "+string(want.Key), "%s", what)
			}
			delete(tasks, want.Key)
		}
		before = a.Day
	}
	for _, t := range r.Tasks {
		if _, extra := tasks[t.Task.Key]; extra && t.Task.Kind == workflow.KindRestored {
			if what := t.odd(); what != "" {
				return v.fault("tasks", "", "key "+string(t.Task.Key), "%s", what)
			}
		} else if extra {
			return v.fault("tasks", "", "key "+string(t.Task.Key), "it belongs to no incident and to no anchor: an anchor was removed")
		}
	}
	return nil
}

// chain checks the events of an incident.
func (v *verifier) chain(r Rows) error {
	if len(r.Events) == 0 {
		return v.fault("events", r.Incident, "", "there are rows about this incident, but no events")
	}
	erased := 0
	for _, e := range r.Events {
		if e.Kind == (workflow.Erased{}).Kind() {
			erased = e.Seq
		}
	}
	prev, pos := Genesis(), int64(0)
	for n, e := range r.Events {
		row := fmt.Sprintf("seq %d", e.Seq)
		switch {
		case e.Seq > n+1:
			return v.fault("events", r.Incident, fmt.Sprintf("seq %d", n+1), "it is missing: the next one stored is %d", e.Seq)
		case e.Seq < n+1:
			return v.fault("events", r.Incident, row, "it is there twice, or out of place")
		case !bytes.Equal(e.Prev, prev):
			return v.fault("events", r.Incident, row, "its previous hash is not the hash of the event before it")
		case !bytes.Equal(e.Hash, e.hash()):
			return v.fault("events", r.Incident, row, "its hash does not fit its columns")
		case e.Pos <= pos:
			return v.fault("events", r.Incident, row, "its place in the journal is before that of the event before it")
		case (e.Payload == nil) != (e.Salt == nil):
			return v.fault("events", r.Incident, row, "only one of content and salt is there")
		case e.Payload == nil && e.Seq >= erased:
			return v.fault("events", r.Incident, row, "its content is gone, and no later event says that it was erased")
		case e.Payload != nil && e.Seq < erased:
			return v.fault("events", r.Incident, row, "it has content, though a later event says that it was erased")
		case e.Payload != nil && len(e.Salt) != saltSize:
			return v.fault("events", r.Incident, row, "its salt has %d bytes instead of %d", len(e.Salt), saltSize)
		case e.Payload != nil && !bytes.Equal(e.PayloadHash, e.payloadHash()):
			return v.fault("events", r.Incident, row, "its content does not fit its hash")
		case len(e.Hash) != sha256.Size:
			return v.fault("events", r.Incident, row, "its hash is cut")
		}
		prev, pos = e.Hash, e.Pos
	}
	return nil
}

// commands checks the keys against those that the events bear.
func (v *verifier) commands(r Rows, _ workflow.Commit) error {
	want := map[workflow.CommandKey]CommandRow{}
	for _, e := range r.Events {
		if e.Key == "" {
			continue
		}
		c, seen := want[e.Key]
		if !seen {
			c = CommandRow{Key: e.Key, First: e.Seq, At: e.At}
		}
		c.Last = e.Seq
		want[e.Key] = c
	}
	for _, c := range r.Commands {
		row := "key " + string(c.Key)
		w, ok := want[c.Key]
		if !ok {
			return v.fault("commands", r.Incident, row, "no event bears this key")
		}
		if what := differs(c, w); what != "" {
			return v.fault("commands", r.Incident, row, "%s", what)
		}
		delete(want, c.Key)
	}
	for _, e := range r.Events {
		if _, missing := want[e.Key]; missing {
			return v.fault("commands", r.Incident, "key "+string(e.Key), "it is missing, though event %d bears it", e.Seq)
		}
	}
	return nil
}

func (v *verifier) line(r Rows, derived workflow.Commit) error {
	if r.Line == nil {
		return v.fault("incidents", r.Incident, "", "its line is missing")
	}
	want, err := Incidents.Row(derived.Entry)
	if err != nil {
		return err
	}
	if what := Incidents.differs(r.Line, want); what != "" {
		return v.fault("incidents", r.Incident, "", "%s", what)
	}
	// A real incident must not hide among the drills, which the register leaves out.
	if derived.Entry.Drill != r.Incident.Drill() {
		return v.fault("incidents", r.Incident, "", "its reference says that it is a drill or none, and the events say otherwise")
	}
	return nil
}

func (v *verifier) decisions(r Rows, derived workflow.Commit) error {
	return compare(v, Decisions, r.Incident, r.Decisions, derived.Decisions)
}

func (v *verifier) notifications(r Rows, derived workflow.Commit) error {
	return compare(v, Notifications, r.Incident, r.Notifications, derived.Notifications)
}

// compare checks the rows of a projection that has one for each of several
// events, by seq.
func compare[T any](v *verifier, p Projection[T], id workflow.IncidentID, stored []Row, from []T) error {
	var derived []Row
	for _, f := range from {
		row, err := p.Row(f)
		if err != nil {
			return err
		}
		derived = append(derived, row)
	}
	seq := func(r Row) int64 { return p.Get(r, "seq").(int64) }
	for n := range max(len(stored), len(derived)) {
		switch {
		case n >= len(stored) || n < len(derived) && seq(derived[n]) < seq(stored[n]):
			return v.fault(p.Table, id, fmt.Sprintf("seq %d", seq(derived[n])), "it is missing, though the events tell of it")
		case n >= len(derived) || seq(derived[n]) > seq(stored[n]):
			return v.fault(p.Table, id, fmt.Sprintf("seq %d", seq(stored[n])), "no event tells of it")
		}
		if what := p.differs(stored[n], derived[n]); what != "" {
			return v.fault(p.Table, id, fmt.Sprintf("seq %d", seq(stored[n])), "%s", what)
		}
	}
	return nil
}

// tasks checks that what is pending is what is owed. A task whose repetition
// does no harm leaves no event, so the events cannot tell whether it was done.
func (v *verifier) tasks(r Rows, derived workflow.Commit) error {
	owed := map[workflow.TaskKey]workflow.Task{}
	for _, t := range derived.Tasks {
		owed[t.Key] = t
	}
	for _, t := range r.Tasks {
		row := "key " + string(t.Task.Key)
		want, wanted := owed[t.Task.Key]
		delete(owed, t.Task.Key)
		switch {
		case t.State == Pending && !wanted:
			return v.fault("tasks", r.Incident, row, "it is pending, but nothing calls for it")
		case t.State == Dropped && wanted:
			return v.fault("tasks", r.Incident, row, "it was dropped, but is owed")
		case t.State == Done && wanted && want.Kind.Recorded():
			return v.fault("tasks", r.Incident, row, "it is marked as done, but no event tells of it")
		case t.State == Pending:
			if what := differs(t.Task, want); what != "" {
				return v.fault("tasks", r.Incident, row, "%s", what)
			}
			if what := t.odd(); what != "" {
				return v.fault("tasks", r.Incident, row, "%s", what)
			}
		case t.State != Done && t.State != Dropped:
			return v.fault("tasks", r.Incident, row, "its state is %q", t.State)
		}
	}
	for _, t := range derived.Tasks {
		if _, missing := owed[t.Key]; missing {
			return v.fault("tasks", r.Incident, "key "+string(t.Key), "it is owed, but missing")
		}
	}
	return nil
}

// odd tells, in words, what keeps a pending task from being handed out when it
// is due and in its turn, though it was never tried.
func (t TaskRow) odd() string {
	from := t.Task.Due
	if t.Stored.After(from) {
		from = t.Stored
	}
	if t.Lane != t.Task.Kind.Lane() {
		return "its lane is not that of its kind"
	}
	if t.State == Pending && t.Attempts == 0 && t.Code != workflow.HeldBack && t.Next.After(from) {
		return fmt.Sprintf("it is held back until %s, though it was due at %s and never tried", stamp(t.Next), stamp(from))
	}
	return ""
}

// covered checks each anchor against the incidents as they stood then.
func (v *verifier) covered() {
	for n, a := range v.anchors {
		h, row := v.heads[n], "day "+a.Day
		switch {
		case h.Incidents != a.Incidents:
			v.fault("anchors", "", row, "it was made over %d incidents, of which %d are left: an incident was removed or added", a.Incidents, h.Incidents)
		case h.Events != a.Events:
			v.fault("anchors", "", row, "it was made over %d events, of which %d are left: an event was removed or added", a.Events, h.Events)
		case h.String() != a.Heads:
			v.fault("anchors", "", row, "the last hashes of the incidents are not those it was made over: the journal was rewritten")
		}
	}
}

// numbered checks that the references of each series count up without a gap in
// each year, so that an incident removed with all its rows is missed even where
// no anchor covers it. A gap that an incident says was left by restoring a copy is
// none: the journal's hashes cover what it says. The last one of a year leaves no gap: that takes the
// anchors.
func (v *verifier) numbered() {
	order := func(a, b series) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.year, b.year)) }
	for _, in := range slices.SortedFunc(maps.Keys(v.numbers), order) {
		next := 1
		for _, number := range slices.Sorted(maps.Keys(v.numbers[in])) {
			if next += v.numbers[in][number]; number != next {
				v.fault("incidents", workflow.NewIncidentID(in.name, in.year, next), "", "it is missing: there are later ones of that year")
				return
			}
			next++
		}
	}
}

// differs names, in words, the first field in which two rows of the same sort
// differ. Values are not told: they may be personal data.
func differs[R any](stored, derived R) string {
	s, d := reflect.ValueOf(stored), reflect.ValueOf(derived)
	for n := range s.NumField() {
		if !same(s.Field(n).Interface(), d.Field(n).Interface()) {
			return notSaid(strings.ToLower(s.Type().Field(n).Name))
		}
	}
	return ""
}

// same tells whether two values are the same; instants are so in any zone.
func same(a, b any) bool {
	if at, ok := a.(time.Time); ok {
		return at.Equal(b.(time.Time))
	}
	return reflect.DeepEqual(a, b)
}

func notSaid(column string) string {
	return fmt.Sprintf("its %s is not what the events say", column)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
