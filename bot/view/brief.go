package view

import (
	"slices"
	"strings"

	"breachbot/workflow"
)

// How many kinds of data and of people the brief names.
const (
	briefData     = 3
	briefSubjects = 2
)

// brief is what everybody who acts on an incident wants first, in the same order
// everywhere: the kind of event, how many people, which data, how bad, and contained
// or not. It is two short lines of markup. It holds nothing that anybody typed.
func brief(inc *workflow.Incident, rules workflow.Rules) string {
	f := inc.Facts
	how := []string{"*" + escape(grade(inc)) + "*"}
	if c := containedWords(inc, rules); c != "" {
		how = append(how, c)
	}
	what := "*" + kindAlone(f) + "* · " + escape(howMany(f)) + " · " + escape(whichData(f.Data))
	if f.Category == "" && !f.Count.Known && len(f.Subjects)+len(f.Data) == 0 {
		what = "*Kind of event, number of people and kinds of data not known yet*"
		if f.NearMiss {
			what = "*Near miss* · kind of event, number of people and kinds of data not known yet"
		}
	}
	return what + "\n" + strings.Join(how, " · ")
}

// kindAlone is the kind of an event where no label stands in front of it.
func kindAlone(f workflow.Facts) string {
	if f.Category == "" {
		return "Kind " + lowerFirst(kind(f))
	}
	return kind(f)
}

// grade is how bad it is: the severity or, until somebody triages, the first guess.
func grade(inc *workflow.Incident) string { return gradeWords(inc.Severity, inc.Risk) }

func gradeWords(s workflow.Severity, guess workflow.RiskLevel) string {
	switch {
	case s.Valid():
		return s.Label()
	case guess == "":
		return "Not graded yet"
	}
	return "Not graded yet, first guess " + lowerFirst(guess.Name())
}

// howMany is how many people are affected, and who they are.
func howMany(f workflow.Facts) string {
	n := "number of people not known yet"
	switch {
	case f.Count.Known && f.Count.N == 1:
		n = "1 person"
	case f.Count.Known:
		n = f.Count.String() + " people"
	}
	if who := firstLabels(f.Subjects, briefSubjects, "others"); who != "" {
		n += " (" + who + ")"
	}
	return n
}

// whichData names the kinds of data, those that the law protects specially first.
func whichData(kinds []workflow.DataCategory) string {
	kinds = slices.Clone(kinds)
	slices.SortStableFunc(kinds, func(a, b workflow.DataCategory) int {
		switch {
		case a.Special() == b.Special():
			return 0
		case a.Special():
			return -1
		}
		return 1
	})
	if which := firstLabels(kinds, briefData, "other data"); which != "" {
		return which
	}
	return "kinds of data not known yet"
}

// firstLabels are the first few of some labels, short and in lower case. What is not
// known yet is left out.
func firstLabels[T interface {
	~string
	Label() string
}](all []T, most int, more string) string {
	var out []string
	for _, v := range all {
		if v == "unknown" {
			continue
		}
		if len(out) == most {
			out = append(out, more)
			break
		}
		label, _, _ := strings.Cut(v.Label(), " (")
		out = append(out, lowerFirst(label))
	}
	return strings.Join(out, "; ")
}

// containedWords say whether it is contained. They are empty where that is not asked,
// because the severity is low.
func containedWords(inc *workflow.Incident, rules workflow.Rules) string {
	asked := slices.ContainsFunc(rules.Phases(inc), func(p workflow.PhaseState) bool {
		return p.Phase == workflow.PhaseContain && len(p.Items) > 0
	})
	switch {
	case !inc.ContainedAt().IsZero():
		return "contained"
	case inc.Facts.Ongoing == workflow.Yes:
		return "*not contained, still going on*"
	case inc.Containment() != nil:
		return "*containment still under way*"
	case asked:
		return "*not contained yet*"
	}
	return ""
}
