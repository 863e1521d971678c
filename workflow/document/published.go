package document

import (
	"encoding/csv"
	"io"
	"time"

	"breachbot/workflow"
)

// Nothing is what an empty register says, so that nobody takes it for a broken
// one.
const Nothing = "No incidents recorded yet."

// PublishedCSV writes the published register: seven columns for the public (a
// clinical software supplier's incident response plan). It is a separate,
// approved extract: the only typed words in it are those a review approved for
// it. Where there are none, the kind of event is shown instead. It leaves out
// drills, reports found not to be a breach, and second reports of the same
// breach.
func PublishedCSV(w io.Writer, entries []workflow.Entry, regulator string, zone *time.Location) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"ID", "Date", "Severity", "Summary", regulator + " notified", "Customer notified", "Resolved"}); err != nil {
		return err
	}
	lines := Published(entries, zone)
	if len(lines) == 0 {
		lines = [][]string{{Nothing, "", "", "", "", "", ""}}
	}
	for _, line := range lines {
		for n, cell := range line {
			line[n] = inert(cell)
		}
	}
	if err := out.WriteAll(lines); err != nil {
		return err
	}
	return out.Error()
}

// Published are the lines of the published register, in the order of the reports.
func Published(entries []workflow.Entry, zone *time.Location) [][]string {
	var lines [][]string
	for _, e := range inOrder(entries) {
		if !e.Published() {
			continue
		}
		resolved := "Open"
		if !e.ResolvedAt.IsZero() {
			resolved = day(e.ResolvedAt, zone)
		}
		lines = append(lines, []string{
			string(e.ID), day(e.Times.Detected, zone), e.Severity.Label(), publicSummary(e),
			told(e.RegulatorTold(), zone), told(e.CustomersTold(), zone), resolved,
		})
	}
	return lines
}

func publicSummary(e workflow.Entry) string {
	if s := workflow.OneLine(e.Public()); s != "" {
		return s
	}
	if e.NearMiss {
		return "Near miss: " + e.Facts.Category.Label()
	}
	return e.Facts.Category.Label()
}

func told(t workflow.Told, zone *time.Location) string {
	if t.Theirs {
		return "The controller decides"
	}
	switch t.Answer {
	case workflow.Yes:
		return day(t.At, zone)
	case workflow.No:
		return "No"
	}
	return "Not decided yet"
}

func day(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.DateOnly)
}
