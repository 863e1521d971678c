package view

import (
	"time"

	"breachbot/workflow"
)

func notes(inc *workflow.Incident, each func(int, time.Time, workflow.Note)) {
	for _, n := range inc.Notes {
		each(n.Seq, n.At, n)
	}
}

func toldNote(_ scene, n workflow.Note) (string, []pair) {
	return "Note by " + user(n.By) + ".", []pair{{"Note", n.Text}}
}

func evidence(inc *workflow.Incident, each func(int, time.Time, workflow.Evidence)) {
	for _, e := range inc.Evidence {
		each(e.Seq, e.At, e)
	}
}

func toldEvidence(_ scene, e workflow.Evidence) (string, []pair) {
	line := "Message added by " + user(e.By) + ": " + author(e.Author) + " wrote it " + when(e.Said)
	if !e.Edited.IsZero() {
		line += ", edited " + when(e.Edited)
	}
	if len(e.Files) > 0 {
		line += ", with " + attached(e.Files)
	}
	if e.Attached > 0 {
		line += ". Attached to it: " + count(e.Attached, "file")
	}
	return line + ".", []pair{{"Message", e.Text}, {"Comment", e.Comment}}
}

// change is the nth change to a message in the timeline.
type change struct {
	workflow.Change
	of workflow.Evidence
	n  int
}

func (c change) message() string {
	return "The message that " + author(c.of.Author) + " wrote " + when(c.of.Said)
}

func changes(inc *workflow.Incident, deleted bool, each func(int, time.Time, change)) {
	for _, e := range inc.Evidence {
		for n, c := range e.Changes {
			if c.Deleted == deleted {
				each(c.Seq, c.At, change{c, e, n})
			}
		}
	}
}

func edits(inc *workflow.Incident, each func(int, time.Time, change)) { changes(inc, false, each) }

func toldEdit(_ scene, c change) (string, []pair) {
	return c.message() + " was edited in Slack.", []pair{{"Before", c.of.Before(c.n)}, {"After", c.Text}}
}

func deletions(inc *workflow.Incident, each func(int, time.Time, change)) { changes(inc, true, each) }

func toldDeletion(_ scene, c change) (string, []pair) {
	return c.message() + " was deleted in Slack. Its words stay here.", []pair{{"Before", c.of.Before(c.n)}}
}

func questions(inc *workflow.Incident, each func(int, time.Time, workflow.Help)) {
	for _, h := range inc.Helps {
		each(h.Seq, h.At, h)
	}
}

func toldQuestion(_ scene, h workflow.Help) (string, []pair) {
	line := user(h.By) + " asked " + user(h.User) + " to contribute"
	if h.ToDPO {
		line = user(h.By) + " asked the DPO"
	}
	if !h.Due.IsZero() {
		line += ", by " + when(h.Due)
	}
	return line + ".", []pair{{"Question", h.Question}}
}

func answers(inc *workflow.Incident, each func(int, time.Time, workflow.Help)) {
	for _, h := range inc.Helps {
		if !h.Open() {
			each(h.Answered, h.GivenAt, h)
		}
	}
}

func toldAnswer(_ scene, h workflow.Help) (string, []pair) {
	return user(h.User) + " answered.", []pair{{"Answer", h.Answer}}
}
