package document

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"breachbot/workflow"
)

// RegisterCSV writes the register as CSV (RFC 4180) in UTF-8 with a byte-order
// mark, because Excel misreads "ŵ" and "£" without one. It has a header in
// words, then one line for each incident, in the order of the reports and then
// of the references. Times are UTC in ISO 8601; the deadline is also given in
// zone. Only drills are left out. Cells that a spreadsheet would run as a
// formula begin with an apostrophe.
func RegisterCSV(w io.Writer, entries []workflow.Entry, zone *time.Location) error {
	entries = inOrder(entries)
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	columns := registerColumns(zone)
	out := csv.NewWriter(w)
	row := make([]string, len(columns))
	for n, c := range columns {
		row[n] = c.header
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for _, e := range entries {
		for n, c := range columns {
			row[n] = inert(c.cell(e))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inOrder gives the lines of the register in their order, without drills.
func inOrder(entries []workflow.Entry) []workflow.Entry {
	entries = slices.DeleteFunc(slices.Clone(entries), func(e workflow.Entry) bool { return e.Drill })
	slices.SortStableFunc(entries, func(a, b workflow.Entry) int {
		return cmp.Or(a.Times.Reported.Compare(b.Times.Reported), cmp.Compare(a.ID.Year(), b.ID.Year()), cmp.Compare(a.ID.Number(), b.ID.Number()))
	})
	return entries
}

// inert keeps a spreadsheet from reading text as a formula (OWASP, CSV
// injection). People type titles, and somebody may mean harm.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

type column struct {
	header string
	cell   func(workflow.Entry) string
}

// registerColumns are the columns of the register, in groups that readers know
// from the regulator's forms: identity, times, people, data, assessment,
// measures, decisions and notices.
func registerColumns(zone *time.Location) []column {
	type entry = workflow.Entry
	columns := []column{
		{"Reference", func(e entry) string { return string(e.ID) }},
		{"Title", func(e entry) string { return e.Title }},
		{"Summary", func(e entry) string { return e.Summary }},
		{"Status", func(e entry) string { return e.Step.Label() }},
		{"Near miss", func(e entry) string { return yesNo(e.NearMiss) }},
		{"Why not a breach", func(e entry) string { return e.DismissReason }},
		{"Severity", func(e entry) string { return e.Severity.Label() }},
		{"Risk to people", func(e entry) string { return e.Risk.Name() }},
		{"Category", func(e entry) string { return e.Facts.Category.Label() }},
		{"Confidentiality, integrity, availability", func(e entry) string { return labels(e.Facts.Aspects) }},
		{"Personal data involved", func(e entry) string { return e.Facts.PersonalData.Label() }},
		{"Controller or processor", func(e entry) string { return e.Facts.Capacity.Label() }},
		{"Still going on", func(e entry) string { return e.Facts.Ongoing.Label() }},

		{"Occurred from (UTC)", func(e entry) string { return utc(e.Times.Occurred.From) }},
		{"Occurred to (UTC)", func(e entry) string { return utc(e.Times.Occurred.To) }},
		{"Detected (UTC)", func(e entry) string { return utc(e.Times.Detected) }},
		{"Reported (UTC)", func(e entry) string { return utc(e.Times.Reported) }},
		{"Aware (UTC)", func(e entry) string { return utc(e.Times.Aware.At) }},
		{"Awareness set by", func(e entry) string { return string(e.Times.Aware.By) }},
		{"Awareness set at (UTC)", func(e entry) string { return utc(e.Times.Aware.SetAt) }},
		{"Why aware at that time", func(e entry) string { return e.Times.Aware.Reason }},
		{"Our processor told us (UTC)", func(e entry) string { return utc(e.Times.ProcessorTold) }},
		{"Deadline (UTC)", func(e entry) string { return utc(limit(e)) }},
		{"Deadline (" + zone.String() + ")", func(e entry) string { return local(limit(e), zone) }},
		{"Deadline counted from", func(e entry) string {
			if limit(e).IsZero() {
				return ""
			}
			return basis(e.Basis)
		}},
		{"72-hour clock", func(e entry) string { return clock(e.Clock) }},
		{"Clock stopped (UTC)", func(e entry) string { return utc(e.StoppedAt) }},
		{"Late", late},
		{"Reasons for the delay", func(e entry) string { return e.DelayReasons }},
		{"Resolved (UTC)", func(e entry) string { return utc(e.ResolvedAt) }},
		{"Closed (UTC)", func(e entry) string { return utc(e.ClosedAt) }},
		{"Found not to be a breach (UTC)", func(e entry) string { return utc(e.DismissedAt) }},
		{"Words erased under the retention policy (UTC)", func(e entry) string { return utc(e.ErasedAt) }},

		{"Reporter", func(e entry) string { return string(e.Reporter) }},
		{"Lead", func(e entry) string { return string(e.Lead) }},
		{"People taking part", func(e entry) string { return join(e.People, func(u workflow.UserID) string { return string(u) }) }},
		{"Slack channel", func(e entry) string { return string(e.Channel) }},
		{"References left out before this one, as given before the register was restored from a copy", func(e entry) string {
			if e.Skipped == 0 {
				return ""
			}
			return strconv.Itoa(e.Skipped)
		}},

		{"Kinds of data", func(e entry) string { return labels(e.Facts.Data) }},
		{"Special category data (Art. 9)", func(e entry) string { return special(e.Facts.Data) }},
		{"Kinds of people affected", func(e entry) string { return labels(e.Facts.Subjects) }},
		{"Number of people affected", func(e entry) string { return number(e.Facts.Count) }},
		{"People affected know", func(e entry) string { return e.Facts.SubjectsAware.Label() }},
		{"Others know", func(e entry) string { return e.Facts.OthersAware.Label() }},
		{"Read or used by whoever got it", func(e entry) string { return e.Facts.Read.Label() }},
		{"How it is known that it came back", func(e entry) string { return cmp.Or(e.Facts.Assurance, workflow.AssuranceUnknown).Label() }},
		{"Recipient connected with the people affected", func(e entry) string { return e.Facts.Connected.Label() }},
		{"Lawfully public already", func(e entry) string { return e.Facts.LawfullyPublic.Label() }},
		{"Wrong data acted on", func(e entry) string { return e.Facts.WrongDataUsed.Label() }},
		{"Somebody in danger", func(e entry) string { return e.Facts.InDanger.Label() }},
		{"Only people who have died", func(e entry) string { return e.Facts.Deceased.Label() }},
	}
	columns = append(columns, assessmentColumns()...)
	columns = append(columns, responseColumns()...)
	columns = append(columns,
		column{"Actions taken", func(e entry) string { return e.Actions }},
		column{"Root cause", func(e entry) string { return e.RootCause }},
		column{"Resolution", func(e entry) string { return e.Resolution }},
	)
	columns = append(columns, decisionColumns("Regulator", func(e entry) *workflow.Decision { return e.Regulator })...)
	columns = append(columns, noticeColumns("Regulator", func(e entry) *workflow.Notification { return e.Sent })...)
	columns = append(columns, withdrawalColumns("Regulator", func(e entry) *workflow.Notification { return e.SentBack })...)
	columns = append(columns, decisionColumns("People affected", func(e entry) *workflow.Decision { return e.Subjects })...)
	columns = append(columns, noticeColumns("People affected", func(e entry) *workflow.Notification { return e.Told })...)
	columns = append(columns, withdrawalColumns("People affected", func(e entry) *workflow.Notification { return e.ToldBack })...)
	columns = append(columns, dutyColumns()...)
	columns = append(columns, reviewColumns()...)
	return append(columns, column{"Version", func(e entry) string { return strconv.Itoa(e.Version) }})
}

// assessmentColumns show the latest assessment. They are empty while there is
// none.
func assessmentColumns() []column {
	of := columnsOf("", func(e workflow.Entry) *workflow.Assessment { return e.Assessment })
	type assessment = workflow.Assessment
	return []column{
		of("Likelihood chosen", func(a assessment) string { return grade(a.Grading.Cell.Likelihood, workflow.Likelihoods) }),
		of("Effect chosen", func(a assessment) string { return grade(a.Grading.Cell.Effect, workflow.Effects) }),
		of("Likelihood after floors", func(a assessment) string { return grade(a.Recommendation.Cell.Likelihood, workflow.Likelihoods) }),
		of("Effect after floors", func(a assessment) string { return grade(a.Recommendation.Cell.Effect, workflow.Effects) }),
		of("Evidence", func(a assessment) string { return a.Grading.Evidence }),
		of("Vulnerable people or specially protected data", func(a assessment) string { return a.Grading.Vulnerable.Label() }),
		of("Floor lifted as contained", func(a assessment) string { return yesNo(a.Grading.LiftFloor) }),
		of("Containment claimed", func(a assessment) string { return a.Grading.Exception.Label() }),
		of("High risk to people", func(a assessment) string { return a.Grading.HighRisk.Label() }),
		of("Advice: notify the regulator", func(a assessment) string { return yesNo(a.Recommendation.Regulator) }),
		of("Advice: by the law's test, above the grid", func(a assessment) string { return yesNo(a.Recommendation.ByLaw) }),
		of("Advice: outside the law's two questions", func(a assessment) string { return a.Recommendation.Scope.Label() }),
		of("Advice: notify the DHSC", func(a assessment) string { return yesNo(a.Recommendation.DHSC) }),
		of("Advice: tell the people affected", func(a assessment) string { return a.Recommendation.Subjects.Label() }),
		of("Reasons for the advice", func(a assessment) string { return strings.Join(a.Recommendation.Reasons, "\n") }),
		of("Warnings", func(a assessment) string { return strings.Join(a.Recommendation.Warnings, "\n") }),
		of("What would change the advice", func(a assessment) string { return strings.Join(a.Recommendation.WouldChange, "\n") }),
		of("Facts as of (UTC)", func(a assessment) string { return utc(a.Recommendation.FactsAt) }),
		of("Suggested by the rules", func(a assessment) string {
			if a.Suggested == nil {
				return ""
			}
			return a.Suggested.String()
		}),
		of("Why different from the suggestion", func(a assessment) string { return a.Why }),
		of("Likely consequences", func(a assessment) string { return a.Consequences }),
		of("Assessed by", func(a assessment) string { return string(a.By) }),
		of("Assessed (UTC)", func(a assessment) string { return utc(a.At) }),
	}
}

// decisionColumns show the decision in force about one recipient. They are
// empty while there is none.
func decisionColumns(about string, pick func(workflow.Entry) *workflow.Decision) []column {
	of := columnsOf(about+": ", pick)
	type decision = workflow.Decision
	return []column{
		of("decision", func(d decision) string { return verdict(d.Verdict) }),
		of("reason", func(d decision) string { return d.Reason }),
		of("advice received", func(d decision) string { return d.Advice }),
		of("exemption (Art. 34(3))", func(d decision) string { return d.Ground.Label() }),
		of("decided by", func(d decision) string { return string(d.By) }),
		of("decided as", func(d decision) string { return d.Role.Name() }),
		of("decided (UTC)", func(d decision) string { return utc(d.At) }),
		of("against the advice", func(d decision) string { return yesNo(d.Against) }),
		of("decided late", func(d decision) string { return yesNo(d.Late) }),
		of("reason for the late decision", func(d decision) string { return delay(d.Delay, d.DelayReason) }),
	}
}

// noticeColumns show the first notice to one recipient. They are empty while
// none is recorded as sent.
func noticeColumns(to string, pick func(workflow.Entry) *workflow.Notification) []column {
	of := columnsOf(to+": ", pick)
	type notice = workflow.Notification
	return []column{
		of("notified (UTC)", func(n notice) string { return utc(n.SentAt) }),
		of("method", func(n notice) string { return n.Method.Label() }),
		of("their reference", func(n notice) string { return n.Reference }),
		of("first notice complete", func(n notice) string { return yesNo(n.Complete) }),
		of("notified late", func(n notice) string { return yesNo(n.Late) }),
		of("reason for the late notice", func(n notice) string { return delay(n.Delay, n.DelayReason) }),
		of("recorded by", func(n notice) string { return string(n.By) }),
		of("recorded (UTC)", func(n notice) string { return utc(n.At) }),
	}
}

// withdrawalColumns tell of the withdrawal of a notice. They are empty while
// the notice is in force.
func withdrawalColumns(to string, pick func(workflow.Entry) *workflow.Notification) []column {
	of := columnsOf(to+": ", pick)
	type notice = workflow.Notification
	return []column{
		of("withdrawn (UTC)", func(n notice) string { return utc(n.SentAt) }),
		of("why withdrawn", func(n notice) string { return n.Reason }),
	}
}

// columnsOf makes columns about one part of a line. They are empty while the
// line has no such part.
func columnsOf[T any](prefix string, pick func(workflow.Entry) *T) func(header string, cell func(T) string) column {
	return func(header string, cell func(T) string) column {
		return column{prefix + header, func(e workflow.Entry) string {
			if part := pick(e); part != nil {
				return cell(*part)
			}
			return ""
		}}
	}
}

func yesNo(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

// special answers "no" only when the kinds of data are known.
func special(data []workflow.DataCategory) string {
	switch {
	case slices.ContainsFunc(data, workflow.DataCategory.Special):
		return workflow.Yes.Label()
	case len(data) == 0 || slices.Contains(data, "unknown"):
		return workflow.Unknown.Label()
	}
	return workflow.No.Label()
}

// number is digits only when it is known, so that a spreadsheet can add it up.
func number(c workflow.Count) string {
	if !c.Known {
		return workflow.Unknown.Label()
	}
	return strconv.Itoa(c.N)
}

// limit is the deadline, and none while the clock is not ours.
func limit(e workflow.Entry) time.Time {
	if e.Clock == workflow.ClockTheirs {
		return time.Time{}
	}
	return e.Deadline
}

// late is empty while the clock runs, because nobody can know yet, and while it
// is not ours.
func late(e workflow.Entry) string {
	if e.Clock == workflow.ClockRunning || e.Clock == workflow.ClockTheirs {
		return ""
	}
	return yesNo(e.Late)
}

func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func local(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2006-01-02T15:04:05-07:00")
}

func labels[T interface{ Label() string }](values []T) string {
	return join(values, func(v T) string { return v.Label() })
}

func join[T any](values []T, text func(T) string) string {
	parts := make([]string, len(values))
	for n, v := range values {
		parts[n] = text(v)
	}
	return strings.Join(parts, "; ")
}

func grade(n int, axis []workflow.Axis) string {
	for _, a := range axis {
		if a.Value == n {
			return strconv.Itoa(n) + " " + a.Label
		}
	}
	return ""
}

func delay(code workflow.DelayReason, why string) string {
	switch {
	case code == "":
		return why
	case why == "":
		return code.Label()
	}
	return code.Label() + ": " + why
}

func basis(b workflow.Basis) string {
	switch b {
	case workflow.FromAwareness:
		return "Awareness"
	case workflow.FromDetection:
		return "Detection (provisional)"
	case workflow.FromProcessor:
		return "Told by our processor (provisional)"
	case workflow.FromReport:
		return "Report (provisional)"
	}
	return string(b)
}

func clock(s workflow.ClockState) string {
	switch s {
	case workflow.ClockRunning:
		return "Running"
	case workflow.ClockSent:
		return "Stopped: the notification was sent"
	case workflow.ClockNotDue:
		return "Stopped: decided not to notify"
	case workflow.ClockNoCase:
		return "Stopped: not a personal data breach"
	case workflow.ClockTheirs:
		return "The controller's, not ours: we are only the processor"
	case workflow.ClockElsewhere:
		return "Counted in the report this one repeats"
	}
	return string(s)
}

func verdict(v workflow.Verdict) string {
	switch v {
	case workflow.Notify:
		return "Notify"
	case workflow.DoNotNotify:
		return "Do not notify"
	case workflow.NeedMore:
		return "Asked for more facts"
	}
	return string(v)
}
