package view

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// minuteWords is the most words before the buttons of a request for a decision: what
// somebody reads in well under a minute (product rule).
const minuteWords = 120

// strongest are the reasons for the advice in short, the strongest first. Where the
// advice is to tell nobody, that is what makes harm unlikely or small. They hold
// nothing that people typed.
func strongest(inc *workflow.Incident) []string {
	a := inc.Assessment()
	r := a.Recommendation
	var out []string
	switch {
	case r.Scope == workflow.ScopeDeceased:
		return []string{"The data is only about people who have died. Data protection law protects living people."}
	case r.Scope != "":
		return nil // the advice says it all
	case a.Differs():
		out = append(out, differs(a))
	case a.Suggested != nil:
		tell := r.Regulator || r.Subjects == workflow.Yes
		for _, g := range a.Suggested.Decisive() {
			if tell || calms(g) {
				out = append(out, escape(firstSentence(g.Why)))
			}
		}
		if !tell {
			slices.Reverse(out)
		}
	}
	return append(out, escape(byGridOrLaw(r)))
}

// calms tells whether a rule is a reason for telling nobody: it limits the harm, or says
// that it is not likely or that there is none.
func calms(g workflow.GuideRule) bool {
	return g.Limits || g.HighRisk != workflow.Yes && g.Likelihood < 3 && g.Effect < 2
}

// byGridOrLaw is why the grid or, above it, the law's test leads to the advice.
func byGridOrLaw(r workflow.Recommendation) string {
	for n, why := range r.Reasons {
		if _, law, ok := strings.Cut(why, "The law's test stands above the grid. "); ok {
			return firstSentence(law)
		}
		if !r.ByLaw && n > 0 && strings.HasPrefix(why, "On the grid, ") {
			return firstSentence(why)
		}
	}
	return ""
}

func firstSentence(s string) string {
	if n := strings.Index(s, ". "); n >= 0 {
		return s[:n+1]
	}
	return s
}

// advice is the advice with its two strongest reasons, or as many as fit into a number
// of words.
func advice(inc *workflow.Incident, rules workflow.Rules, most int) slack.Block {
	b := section("*" + escape(advised(inc, rules)) + "*")
	said := "*" + escape(advised(inc, rules)) + "*"
	for n, why := range strongest(inc) {
		if why == "" {
			continue
		}
		said += "\n• " + why
		longer := section(said)
		if n == 2 || readingWords(longer) > most {
			break
		}
		b = longer
	}
	return b
}

var dateToken = regexp.MustCompile(`<!date\^[^|>]*\|([^>]*)>`)

// readingWords counts the words of blocks as people read them. A time that Slack shows
// in the reader's own zone counts as the words that stand in for it.
func readingWords(blocks ...slack.Block) int {
	n := 0
	read := func(t *slack.TextBlockObject) {
		if t == nil {
			return
		}
		for _, w := range strings.Fields(dateToken.ReplaceAllString(t.Text, "$1")) {
			if strings.Trim(w, "•·*_>") != "" {
				n++
			}
		}
	}
	for _, b := range blocks {
		switch b := b.(type) {
		case *slack.HeaderBlock:
			read(b.Text)
		case *slack.SectionBlock:
			read(b.Text)
			for _, f := range b.Fields {
				read(f)
			}
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				if t, ok := e.(*slack.TextBlockObject); ok {
					read(t)
				}
			}
		}
	}
	return n
}

// notKnownYet are the open questions that could change the advice.
func notKnownYet(inc *workflow.Incident, rules workflow.Rules) []slack.Block {
	var open []string
	for _, q := range rules.Unanswered(inc.Facts) {
		open = append(open, q.Ask)
	}
	if len(open) == 0 {
		return nil
	}
	return []slack.Block{section(strings.Join(some(notKnownAndMatters, open), "\n"))}
}

// changedSince is what has happened since a decision was asked for, without what
// people wrote.
func changedSince(inc *workflow.Incident, since int) []slack.Block {
	var lines []string
	add := func(what string, seq int, at time.Time) {
		if seq > since {
			lines = append(lines, what+", "+when(at))
		}
	}
	for _, t := range inc.Triages {
		add("Triaged again: severity "+t.Severity.Label(), t.Seq, t.At)
	}
	for _, c := range inc.Containments {
		add("Containment recorded: "+lowerFirst(c.State.Label()), c.Seq, c.At)
	}
	for _, v := range inc.Investigations {
		add("The cause was recorded", v.Seq, v.At)
	}
	for _, c := range inc.Clarifications {
		add("Missing answers were given", c.Seq, c.At)
	}
	for _, c := range inc.Corrections {
		if !c.Before.Equal(c.After) {
			add("The deadline moved to "+when(c.After), c.Seq, c.At)
		}
	}
	notes, last := 0, time.Time{}
	for _, n := range inc.Notes {
		if n.Seq > since {
			notes, last = notes+1, n.At
		}
	}
	if notes > 0 {
		lines = append(lines, count(notes, "new note")+", the last one "+when(last))
	}
	if len(lines) == 0 {
		return nil
	}
	const most = 8
	if n := len(lines) - most; n > 0 {
		lines = append(lines[:most], "and "+count(n, "more change")+": see the timeline")
	}
	return []slack.Block{section("*Changed since you were asked*\n" + strings.Join(bulletsRaw(lines), "\n"))}
}
