package document

import (
	"encoding/csv"
	"io"
	"strings"
	"time"

	"breachbot/workflow"
)

// Exercise is a drill with how fast each of its steps was.
type Exercise struct {
	Incident *workflow.Incident
	Laps     []workflow.Lap
}

// DrillsCSV writes what exercises showed, with one line for each step, as
// evidence that the response was practised. It holds nothing that anybody
// typed.
func DrillsCSV(w io.Writer, drills []Exercise) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"Drill", "Started (UTC)", "Status", "Step", "Done (UTC)", "Time since the report", "Target (UTC)", "Result", "Took part"}); err != nil {
		return err
	}
	for _, d := range drills {
		for _, l := range d.Laps {
			took := ""
			if l.Done() {
				took = l.Took.Round(time.Second).String()
			}
			if err := out.Write([]string{
				string(d.Incident.ID), utc(d.Incident.Times.Reported), d.Incident.Step().Label(), l.Step, utc(l.At), took, utc(l.Target),
				lapResult(l), parts(d.Incident.Parts()),
			}); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func lapResult(l workflow.Lap) string {
	switch {
	case !l.Done():
		return "Not done"
	case l.Target.IsZero():
		return "No target"
	case l.Over() > 0:
		return "Late by " + l.Over().Round(time.Second).String()
	}
	return "In time"
}

func parts(all []workflow.Part) string {
	return join(all, func(p workflow.Part) string {
		return p.Role.Name() + ": " + strings.ReplaceAll(join(p.Who, func(u workflow.UserID) string { return string(u) }), "; ", ", ")
	})
}
