package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ClockName names a clock within its incident.
type ClockName string

const (
	ClockRegulator  ClockName = "regulator"
	ClockTriage     ClockName = "triage"
	ClockContain    ClockName = "containment"
	ClockController ClockName = "controllers"
	ClockCustomers  ClockName = "customers"
	ClockPECR       ClockName = "pecr"
	ClockNIS        ClockName = "nis"
	ClockFollowUp   ClockName = "follow_up"
	ClockBoard      ClockName = "board_report"
	ClockReview     ClockName = "review"
)

// Two rows cover many clocks each. The names of those clocks begin with these.
const (
	clockMore   = "more_"   // further information for a recipient other than the regulator
	clockAction = "action:" // a corrective action
)

// clockRow is all there is to know about a clock.
type clockRow struct {
	name ClockName
	many bool // name is only the start of the names of the clocks in this row
	// label is the clock in words.
	label func(n ClockName, regulator string) string
	// pace is how often breachbot sends reminders of it.
	pace pace
	// runs gives the clocks of this row that exist now.
	runs func(Rules, *Incident) []Timing
	// outlives marks clocks that keep running when the incident has ended.
	outlives bool
	// law is what the product says about the law that sets it; empty where the
	// organisation sets it itself.
	law []StatementKey
}

const day = 24 * time.Hour

// clockRows is the one table of clocks, in the order they are listed. The pace
// of the review is 7, 3 and 1 days before (domain rule). The rest are product
// rules.
var clockRows []clockRow

func init() { // not at the declaration: what runs depends on duties, which look here
	clockRows = []clockRow{
		{ClockRegulator, false, toRegulator("Notify the "), itsOwnPace, Rules.regulatorClock, true, []StatementKey{LawRegulator, LawElapsed}},
		{ClockTriage, false, says("Triage"), pace{nil, 4 * time.Hour}, Rules.triageClock, false, nil},
		{ClockContain, false, says("Containment"), pace{[]time.Duration{time.Hour}, 12 * time.Hour}, Rules.containClock, false, nil},
		{ClockController, false, says("Tell the controller"), pace{[]time.Duration{12 * time.Hour, 4 * time.Hour, time.Hour}, 12 * time.Hour},
			func(r Rules, i *Incident) []Timing {
				return r.dutyClock(i, ClockController, Controllers, r.ControllerWithin, "when we became aware")
			}, false, []StatementKey{LawController}},
		{ClockCustomers, false, says("Tell customers, by contract"), pace{[]time.Duration{12 * time.Hour, 4 * time.Hour, time.Hour}, 12 * time.Hour},
			func(r Rules, i *Incident) []Timing {
				return r.dutyClock(i, ClockCustomers, Customers, r.CustomersWithin, "when we became aware")
			}, false, nil},
		{ClockPECR, false, toRegulator("As a communications provider (PECR): notify the "), ofLaw,
			func(r Rules, i *Incident) []Timing {
				return r.dutyClock(i, ClockPECR, PECR, NotificationPeriod, "when we became aware")
			}, false, []StatementKey{LawPECR}},
		{ClockNIS, false, says("As operator of an essential service: notify the NIS authority"), ofLaw,
			func(r Rules, i *Incident) []Timing {
				return r.dutyClock(i, ClockNIS, NIS, NotificationPeriod, "when we became aware")
			}, false, []StatementKey{LawNIS}},
		{ClockFollowUp, false, toRegulator("Further information to the "), itsOwnPace,
			func(r Rules, i *Incident) []Timing { return r.followUpClocks(i, Recipient.isRegulator) }, false, []StatementKey{LawPhases}},
		{clockMore, true, furtherInformation, pace{nil, 7 * day},
			func(r Rules, i *Incident) []Timing { return r.followUpClocks(i, Recipient.isOther) }, false, nil},
		{ClockBoard, false, says("Report to the board"), pace{[]time.Duration{3 * day, day}, 7 * day}, Rules.boardClock, false, nil},
		{ClockReview, false, says("Review"), pace{[]time.Duration{7 * day, 3 * day, day}, 7 * day}, Rules.reviewClock, false, nil},
		{clockAction, true, says("Corrective action"), pace{[]time.Duration{day}, 7 * day}, Rules.actionClocks, true, nil},
	}
}

// ofLaw is how often breachbot reminds people of the 72 hours of other laws.
var ofLaw = pace{[]time.Duration{48 * time.Hour, 24 * time.Hour, 12 * time.Hour, 4 * time.Hour, time.Hour}, 12 * time.Hour}

func says(label string) func(ClockName, string) string {
	return func(ClockName, string) string { return label }
}

func toRegulator(label string) func(ClockName, string) string {
	return func(_ ClockName, regulator string) string { return label + regulator }
}

func furtherInformation(n ClockName, _ string) string {
	if d := dutyOf(n.MoreTo()); d != nil {
		return "Further information: " + d.Label
	}
	return "Further information" // to a recipient that only a newer version knows
}

// is tells whether a clock belongs to this row.
func (c clockRow) is(n ClockName) bool {
	return n == c.name || c.many && strings.HasPrefix(string(n), string(c.name))
}

func (n ClockName) row() (clockRow, bool) {
	if k := slices.IndexFunc(clockRows, func(c clockRow) bool { return c.is(n) }); k >= 0 {
		return clockRows[k], true
	}
	return clockRow{}, false
}

// ClockNames are the names of all clocks, in the order they are listed. Where
// there may be several clocks of one sort, it gives what their names begin
// with.
func ClockNames() []ClockName {
	names := make([]ClockName, len(clockRows))
	for n, c := range clockRows {
		names[n] = c.name
	}
	return names
}

// ActionClock is the clock of a corrective action.
func ActionClock(number int) ClockName { return ClockName(fmt.Sprintf("%s%d", clockAction, number)) }

// MoreTo is the recipient who is to get further information by this clock. It
// is empty for other clocks.
func (n ClockName) MoreTo() Recipient {
	to, ok := strings.CutPrefix(string(n), clockMore)
	if !ok {
		return ""
	}
	return Recipient(to)
}

// Action is the number of the action that this clock is for. It is 0 for other
// clocks.
func (n ClockName) Action() int {
	var number int
	if _, err := fmt.Sscanf(string(n), clockAction+"%d", &number); err != nil {
		return 0
	}
	return number
}

// Law is what the product says about the law that sets the clock. It is empty
// where the organisation or its contracts set it.
func (n ClockName) Law() []StatementKey {
	row, _ := n.row()
	return row.law
}

// Label is the clock in words.
func (n ClockName) Label(regulator string) string {
	row, known := n.row()
	if !known {
		return "A clock that this version of breachbot does not know"
	}
	return row.label(n, regulator)
}

// Clocks gives every clock of the incident that exists now, in the order of
// clockRows: the regulator's first.
func (r Rules) Clocks(i *Incident) []Timing {
	if i.Step() == StepNone {
		return nil
	}
	var out []Timing
	for _, row := range clockRows {
		for _, t := range row.runs(r, i) {
			if end := cmp.Or(i.Dismissed, i.Closed); t.Running() && end != nil && !row.outlives {
				t.State, t.Stopped = ClockNoCase, end.At
			}
			out = append(out, t)
		}
	}
	return out
}
