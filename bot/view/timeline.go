package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// A page of the timeline shows at most so many entries, and their words in at
// most so many blocks and bytes, which keeps it within Slack's 100 and 250 kB.
const (
	timelinePage       = 15
	timelinePageBlocks = 60
	timelinePageBytes  = 150_000
)

// pages cuts the timeline into pages; there is always one.
func pages(all []entry) [][]entry {
	out := [][]entry{nil}
	bytes, blocks := 0, 0
	for _, e := range all {
		last := len(out) - 1
		n := size(e.texts)
		if m := len(out[last]); m == timelinePage || m > 0 && (bytes+n > timelinePageBytes || blocks+len(e.texts) > timelinePageBlocks) {
			out, bytes, blocks, last = append(out, nil), 0, 0, last+1
		}
		out[last], bytes, blocks = append(out[last], e), bytes+n, blocks+len(e.texts)
	}
	return out
}

// Timeline shows what happened, newest first, a page at a time: page 0 is the newest.
func Timeline(inc *workflow.Incident, page int, rules workflow.Rules) slack.ModalViewRequest {
	all := pages(timeline(inc, rules))
	page = min(max(page, 0), len(all)-1)
	v := notice(string(inc.ID), fmt.Sprintf("*Timeline*, newest first. Page %d of %d.", page+1, len(all)))
	blocks := v.Blocks.BlockSet
	for _, e := range all[page] {
		blocks = append(blocks, section(when(e.at)+" · "+e.line))
		blocks = append(blocks, e.texts...)
	}
	var turn []slack.BlockElement
	if page > 0 {
		turn = append(turn, pageButton("Newer", inc.ID, page-1))
	}
	if page < len(all)-1 {
		turn = append(turn, pageButton("Older", inc.ID, page+1))
	}
	if len(turn) > 0 {
		blocks = append(blocks, actions("pages", turn...))
	}
	blocks = append(blocks, actions("who", button(ActPresence, "Who could see this channel", string(inc.ID))))
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

func pageButton(label string, id workflow.IncidentID, page int) *slack.ButtonBlockElement {
	b := button(ActTimeline, label, string(id)+" "+strconv.Itoa(page))
	b.ActionID = string(ActTimeline) + "_" + strings.ToLower(label)
	return b
}

// TimelineTurn tells whether an action turns a page of the timeline, and to which.
func TimelineTurn(actionID, value string) (workflow.IncidentID, int, bool) {
	if !strings.HasPrefix(actionID, string(ActTimeline)+"_") {
		return "", 0, false
	}
	id, page, _ := strings.Cut(value, " ")
	n, err := strconv.Atoi(page)
	return workflow.IncidentID(id), n, err == nil
}

type entry struct {
	seq   int
	at    time.Time
	line  string
	texts []slack.Block
}

// timeline is what people and breachbot did, newest first. It is made from the incident, so
// it shows what the register shows.
func timeline(inc *workflow.Incident, rules workflow.Rules) []entry {
	var all []entry
	add := func(seq int, at time.Time, line string, texts ...pair) {
		var typed []slack.Block
		for _, t := range texts {
			if t.value != "" {
				typed = append(typed, words(t.name+": "+t.value)...)
			}
		}
		all = append(all, entry{seq, at, line, typed})
	}
	add(1, inc.Times.Reported, "Reported by "+user(inc.Reporter)+".",
		pair{"In one line", inc.Title()}, pair{"What happened", inc.Report.What}, pair{"Done already", inc.Report.Actions})
	for _, a := range inc.Assessments {
		line := "Risk assessed by " + user(a.By) + ": " + escape(a.Recommendation.Cell.String()) + ". " + escape(headline(a.Recommendation, rules.Regulator))
		if also := differs(&a); also != "" {
			line += " " + also
		}
		add(a.Seq, a.At, line,
			pair{"Evidence", a.Grading.Evidence}, pair{"Likely consequences", a.Consequences}, pair{"Why otherwise than suggested", a.Why})
	}
	for _, d := range inc.Decisions {
		line := "Decision about " + escape(about(d.Recipient, rules)) + " by " + user(d.By) + " as " + escape(d.Role.Short()) + ": " + escape(verdictWords(d, rules.Regulator)) + "."
		if d.Against {
			line += " Against the advice of the grid."
		}
		if d.Ground != "" {
			line += " Exemption: " + escape(d.Ground.Label()) + "."
		}
		if d.Delay != "" {
			line += " Late: " + escape(d.Delay.Label()) + "."
		}
		reason := "Reason"
		if d.Verdict == workflow.NeedMore {
			reason = "Question"
		}
		add(d.Seq, d.At, line, pair{reason, d.Reason}, pair{"Advice received", d.Advice}, pair{"Why it took longer", d.DelayReason})
	}
	for _, n := range inc.Notifications {
		add(n.Seq, n.At, sentWords(n, inc, rules)+" How: "+escape(n.Method.Label())+".",
			pair{"Reference", n.Reference}, pair{"Why it took longer", n.DelayReason}, pair{"Why withdrawn", n.Reason})
	}
	for _, n := range inc.Notes {
		add(n.Seq, n.At, "Note by "+user(n.By)+".", pair{"Note", n.Text})
	}
	for _, t := range inc.Corrections {
		add(t.Seq, t.At, "Times corrected by "+user(t.By)+": the deadline is "+utc(t.After)+", before that "+utc(t.Before)+".",
			pair{"Reason", t.Reason}, pair{"Why aware then", t.AwareReason})
	}
	for _, t := range inc.Triages {
		add(t.Seq, t.At, "Triaged by "+user(t.By)+": severity "+escape(t.Severity.Label())+", risk "+lowerFirst(t.Risk.Name())+".", pair{"Reason", t.Reason})
	}
	for _, c := range inc.Containments {
		var done []string
		for _, s := range c.Steps {
			done = append(done, s.Label())
		}
		line := "Containment recorded by " + user(c.By) + ": " + lowerFirst(escape(c.State.Label())) + "."
		if len(done) > 0 {
			line += " Done: " + escape(strings.Join(done, "; ")) + "."
		}
		add(c.Seq, c.At, line, pair{"How it is known", c.Evidence})
	}
	for _, v := range inc.Investigations {
		f := v.Findings
		add(v.Seq, v.At, "Investigation by "+user(v.By)+": "+lowerFirst(escape(f.Certainty.Label()))+". Where it lies: "+lowerFirst(escape(f.Origin.Label()))+". Records: "+f.Records.String()+".",
			pair{"Cause", f.Cause}, pair{"Systems and data", f.Systems}, pair{"Third parties", f.ThirdParties})
	}
	for _, r := range inc.Recoveries {
		var passed []string
		for _, c := range r.Checks {
			passed = append(passed, c.Label())
		}
		add(r.Seq, r.At, "Recovery recorded by "+user(r.By)+": "+escape(strings.Join(passed, "; "))+".", pair{"Note", r.Note})
	}
	for _, r := range inc.Reviews {
		f := r.Findings
		add(r.Seq, r.At, "Reviewed by "+user(r.By)+".", pair{"What happened", f.What}, pair{"Impact", f.Impact}, pair{"Root cause", f.RootCause},
			pair{"What went well", f.WentWell}, pair{"What slowed us", f.Slowed}, pair{"Documents to change", f.Documents},
			pair{"Lesson for the risk register", f.RiskRegister}, pair{"For the published register", f.Public})
	}
	for _, a := range inc.Actions {
		add(a.Seq, a.At, "Action set by "+user(a.By)+" for "+user(a.Owner)+", due "+when(a.Due)+".", pair{"Action", a.What})
		if !a.Open() {
			add(a.DoneSeq, a.DoneAt, "Action done, said by "+user(a.DoneBy)+".", pair{"Note", a.DoneNote})
		}
	}
	for _, l := range inc.Links {
		add(l.Seq, l.At, upperFirst(linkWords(l))+" Recorded by "+user(l.By)+".", pair{"Reason", l.Reason})
	}
	for _, t := range inc.Turns {
		what, label := turnWords(t.Kind)
		add(t.Seq, t.At, what+" by "+user(t.By)+".", pair{label, t.Reason}, pair{"Root cause", t.RootCause})
	}
	for _, h := range inc.Handovers {
		part := "responder"
		if h.Role == workflow.RoleLead {
			part = "incident lead"
		}
		add(h.Seq, h.At, user(h.User)+" became "+part+", named by "+user(h.By)+".", pair{"Note", h.Note})
	}
	evidenceEntries(inc, add)
	presenceEntries(inc, add)
	helpEntries(inc, add)
	actEntries(inc, rules, add)
	slices.SortFunc(all, func(a, b entry) int { return b.seq - a.seq })
	return all
}

// turnWords says how the work ended or was resumed, and what its reason answers.
func turnWords(kind string) (what, label string) {
	switch kind {
	case "resolved":
		return "Resolved", "How"
	case "closed":
		return "Closed", "What was learned"
	case "deputy_called":
		return "The deputy was asked to stand in for the DPO", "Why"
	case "dismissed":
		return "Found not to be a personal data breach", "Reason"
	}
	return "Reopened", "Reason"
}

// about names a recipient inside a sentence.
func about(to workflow.Recipient, rules workflow.Rules) string {
	switch to {
	case workflow.DataSubjects:
		return "the people concerned"
	case workflow.Regulator:
		return "the " + rules.Regulator
	}
	return rules.RecipientLabel(to)
}
