package workflow

import (
	"strings"
	"time"
)

// Fact is one question of a pack, with its answer, as plain text.
type Fact struct{ Question, Answer string }

const notKnown = "Not known yet"

// RedactionReminder goes with every pack, because attached documents may hold
// what a pack must not.
const RedactionReminder = "Before attaching documents, redact them: no names, addresses, dates of birth, NHS numbers or clinical details of the people affected."

// Pack is what a data protection officer asks for before giving advice: the
// eight facts of the Data Breach Notification Procedure v1.1, in its order. It
// holds words that people typed.
func (r Rules) Pack(i *Incident) []Fact {
	f, t := i.Facts, i.Times
	return []Fact{
		{"1. Date of the breach", r.span(t.Occurred)},
		{"2. Date we became aware", r.awareness(i)},
		{"3. What happened", paragraphs(i.Title(), i.Report.What)},
		{"4. Data lost or disclosed", r.disclosed(i)},
		{"5. Number of people affected", people(f)},
		{"6. Do they know?", f.SubjectsAware.Label()},
		{"7. Does any other organisation know?", r.othersKnow(i)},
		{"8. Steps taken to mitigate", mitigation(i)},
	}
}

func (r Rules) at(t time.Time) string { return t.In(r.Zone).Format("Mon 2 Jan 2006 15:04 MST") }

func (r Rules) span(o Occurrence) string {
	switch {
	case !o.Known():
		return notKnown
	case o.To.IsZero():
		return r.at(o.From)
	case o.From.IsZero():
		return "Until " + r.at(o.To)
	}
	return r.at(o.From) + " to " + r.at(o.To)
}

func (r Rules) awareness(i *Incident) string {
	t := i.Times
	noticed := "Noticed " + r.at(t.Detected)
	if !t.ProcessorTold.IsZero() {
		noticed = "Told by our processor " + r.at(t.ProcessorTold) + ", noticed " + r.at(t.Detected)
	}
	switch {
	case !t.Aware.At.IsZero():
		return r.at(t.Aware.At) + ". " + noticed + "."
	case !i.Clock().Ours():
		return notKnown + ". " + noticed + ", reported " + r.at(t.Reported) + "."
	}
	return notKnown + ". " + noticed + ", reported " + r.at(t.Reported) + "; for now, the 72 hours are counted from then."
}

func (r Rules) disclosed(i *Incident) string {
	lines := []string{notKnown}
	if len(i.Facts.Data) > 0 {
		lines[0] = joined(i.Facts.Data)
	}
	if len(i.Facts.Aspects) > 0 {
		lines = append(lines, "What happened to it: "+joined(i.Facts.Aspects))
	}
	if v := i.Investigation(); v != nil && v.Findings.Systems != "" {
		lines = append(lines, "Systems and data: "+v.Findings.Systems)
	}
	return paragraphs(lines...)
}

func people(f Facts) string {
	n := notKnown
	if f.Count.Known {
		n = "About " + f.Count.String()
	}
	if len(f.Subjects) > 0 {
		n += " (" + joined(f.Subjects) + ")"
	}
	return n
}

func (r Rules) othersKnow(i *Incident) string {
	answer := i.Facts.OthersAware.Label()
	var told []string
	for _, d := range r.Duties(i) {
		if d.Sent != nil && d.Recipient != DataSubjects {
			told = append(told, d.Label+", "+r.at(d.Sent.SentAt))
		}
	}
	if len(told) > 0 {
		answer = paragraphs(answer, "Told by us: "+strings.Join(told, "; "))
	}
	return answer
}

func mitigation(i *Incident) string {
	var lines []string
	if i.Report.Actions != "" {
		lines = append(lines, i.Report.Actions)
	}
	if c := i.Containment(); c != nil {
		var steps []string
		for _, s := range c.Steps {
			steps = append(steps, "- "+s.Label())
		}
		lines = append(append(lines, steps...), "Containment: "+c.State.Label(), c.Evidence)
	}
	if s := paragraphs(lines...); s != "" {
		return s
	}
	return notKnown
}

// paragraphs joins the parts that are not empty, each on its own line.
func paragraphs(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

func joined[T interface{ Label() string }](items []T) string {
	var labels []string
	for _, i := range items {
		labels = append(labels, i.Label())
	}
	return strings.Join(labels, "; ")
}
