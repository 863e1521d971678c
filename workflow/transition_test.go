package workflow_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run go test -update, and read the diff)", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-golden +now; run go test -update if it is meant):\n%s", name, d)
	}
}

func TestThePictureAndCoverageOfTheWorkflow(t *testing.T) {
	t.Parallel()
	golden(t, "transitions.golden", Mermaid()+"\n"+Coverage())
}

// everyCommand gives each command in its forms, valid for the story so far,
// with somebody who may give it.
func everyCommand(s *story) []struct {
	by Actor
	c  Command
} {
	type given = struct {
		by Actor
		c  Command
	}
	facts, earlier := 0, time.Time{}
	if s.inc != nil {
		facts, earlier = s.inc.FactsVersion, s.inc.Times.Detected.Add(-time.Hour)
	}
	list := []given{
		{nurse, SubmitReport{Report: aReport()}},
		{igLead, CorrectTimes{Facts: facts, Detected: earlier, Reason: "Seen earlier.", Aware: awareOf(s)}},
		{igLead, Triage{Facts: facts, Severity: 2, Risk: RiskHigh, Reason: "A diagnosis."}},
		{dpo, Triage{Facts: facts, Severity: 3, Risk: RiskHigh, Reason: "We keep it for a clinic.", Known: Facts{Capacity: Processor}}},
		{dpo, Clarify{Facts: facts, Known: Facts{Capacity: Processor}}},
		{dpo, Clarify{Facts: facts, Known: Facts{Capacity: Controller}}},
		{igLead, Assess{Facts: facts, Grading: Grading{Cell: Cell{3, 3}, Vulnerable: No, HighRisk: No}, Why: "The recipient is known."}},
		{igLead, AddNote{Text: "Called the clinic."}},
		{igLead, AssignRole{Role: RoleLead, User: "ULEAD"}},
		{igLead, Resolve{Summary: "It came back.", RootCause: "Old address."}},
		{igLead, Close{Reason: "Reviewed."}},
		{deputy, Dismiss{Facts: facts, Reason: "Nobody's data."}},
		{dpo, Reopen{Reason: "New facts."}},
		{dpo, Erase{Reason: "Retention period over."}},
		{igLead, Contain{Facts: facts, State: Contained, Steps: []ContainStep{EvidencePreserved}, ExposedTo: ExposedKnown}},
		{igLead, Investigate{Facts: facts, Findings: Findings{Cause: "Old address.", Certainty: Established}, HarmReported: No}},
		{igLead, Clarify{Facts: facts, Known: Facts{Recovered: No, Read: Yes}}},
		{igLead, recovering()},
		{igLead, aReview()},
		{igLead, AddAction{What: "Check addresses.", Owner: "UOWNER", Due: s.now.AddDate(0, 1, 0)}},
		{Actor{User: "UOWNER"}, FinishAction{Action: actionOf(s)}},
		{igLead, AnswerDuties{Recipients: []Recipient{BoardReport, CQC}, Reason: "The board was there."}},
		{igLead, AnswerDuties{Recipients: []Recipient{BoardReport, Controllers}, Reason: "They were there."}},
		{igLead, Decide{Recipient: Police, Verdict: Notify, Reason: "It was stolen.", Supersedes: latestSeq(s, Police)}},
		{igLead, s.sending(Police)},
		{igLead, CallDeputy{Reason: "On leave."}},
		{igLead, LinkTo{Other: "BR-2026-0008", Reason: "The same list."}},
		{SystemActor(), LinkBack{Other: "BR-2026-0009"}},
		{dpo, LinkTo{Other: "BR-2026-0007", Duplicate: true, Reason: "The same letter."}},
		{igLead, AddEvidence{Place: Place{Channel: "C1", TS: "1795198500.000100"}, Author: "UNURSE", Said: friday, Text: "The occupant rang."}},
		{SystemActor(), RecordEdit{Place: Place{Channel: "C1", TS: "1795198500.000100"}, At: friday.Add(time.Hour), Text: "The occupant rang twice."}},
		{SystemActor(), RecordMember{User: "UGUEST", At: friday.Add(time.Hour), Joined: true, Why: OutsiderGuest}},
		{SystemActor(), RecordShared{Team: "T0OTHER", At: friday.Add(time.Hour)}},
		{igLead, AskHelp{User: "UCLERK", Question: "Who posted it?"}},
		{nurse, amendment(s)},
		{nurse, AskDPO{Question: "May I ring them?"}},
		{clerk, GiveHelp{Request: openRequest(s), Text: "The evening shift."}},
		{SystemActor(), Deliver{DeliveryStalled{Task: "topic:1", Code: "internal_error", Attempts: 3}}},
	}
	both := Decisions{Facts: facts, From: ReadingNoticed}
	for _, to := range []Recipient{Regulator, DataSubjects} {
		both.Answers = append(both.Answers, Decide{Recipient: to, Verdict: Notify, Reason: "On these facts.", Supersedes: latestSeq(s, to)})
	}
	list = append(list, given{dpo, both})
	for _, to := range []Recipient{Regulator, DataSubjects} {
		for _, v := range []Verdict{Notify, DoNotNotify, NeedMore} {
			d := Decide{Facts: facts, Recipient: to, Verdict: v, Reason: "On these facts."}
			if s.inc != nil {
				d = s.deciding(to, v)
			}
			list = append(list, given{dpo, d})
		}
		back := s.sending(to)
		back.Withdraw, back.Reason = true, "It was somebody else's breach."
		list = append(list, given{dpo, s.sending(to)}, given{dpo, back})
	}
	return list
}

// amendment is the nurse changing her mind about whether another organisation knows.
func amendment(s *story) Amend {
	if s.inc == nil {
		return Amend{Report: aReport()}
	}
	c := Amend{Seen: len(s.inc.Amendments), Report: s.inc.Report}
	if c.Report.Facts.OthersAware != Yes {
		c.Report.Facts.OthersAware = Yes
	} else {
		c.Report.Facts.OthersAware = No
	}
	return c
}

func actionOf(s *story) int {
	if s.inc == nil || len(s.inc.Actions) == 0 {
		return 0
	}
	return s.inc.Actions[0].Seq
}

func latestSeq(s *story, to Recipient) int {
	if s.inc == nil || s.inc.Latest(to) == nil {
		return 0
	}
	return s.inc.Latest(to).Seq
}

// clerk has no role but may be asked.
var clerk = Actor{User: "UCLERK"}

// openRequest is the question waiting for an answer, or 0.
func openRequest(s *story) int {
	if s.inc == nil {
		return 0
	}
	for _, h := range s.inc.Helps {
		if h.Open() {
			return h.Seq
		}
	}
	return 0
}

// roomAndQuestion opens the channel and asks the clerk.
func roomAndQuestion(s *story) {
	s.system(ChannelOpened{Channel: "C1", Name: ref.ChannelName(1)})
	s.do(igLead, AskHelp{User: clerk.User, Question: "Which printer was it?"})
}

func awareOf(s *story) time.Time {
	if s.inc == nil {
		return time.Time{}
	}
	return s.inc.Times.Aware.At
}

func TestEveryCommandBehavesAtEveryStepAsTheTableSays(t *testing.T) {
	t.Parallel()
	for _, step := range Steps {
		worked := map[CommandName]bool{}
		for _, start := range starts(t, step) {
			for _, given := range everyCommand(start) {
				name, s := given.c.Name(), start.fork(t)
				err := s.try(given.by, given.c)
				var refusal *Error
				switch {
				case err == nil:
					worked[name] = true
					if !Allowed(name, step) {
						t.Errorf("%s worked from %s; the table has no such thing", name, step)
					}
				case !errors.As(err, &refusal):
					t.Errorf("%s from %s: %v is no refusal for a person", name, step, err)
				case step == StepNone && given.by.User == nurse.User: // she is not its reporter before there is a report
				case !Allowed(name, step) && !errors.Is(err, ErrConflict):
					t.Errorf("%s from %s: refused as %v (%v), want a conflict", name, step, refusal.Kind, err)
				}
				if got := start.rules.MayGive(name, start.inc, given.by); got != Allowed(name, step) {
					t.Errorf("%s from %s: offered %v, allowed %v", name, step, got, Allowed(name, step))
				}
			}
		}
		for _, name := range commandNames() {
			if Allowed(name, step) && !worked[name] {
				t.Errorf("%s never works from %s; the table says that it may", name, step)
			}
		}
	}
}

// starts are the ways to be at a step that commands may treat differently.
func starts(t *testing.T, step Step) []*story {
	all := []*story{upTo(t, step), upTo(t, step, roomAndQuestion)}
	if Allowed("AddAction", step) {
		all = append(all, upTo(t, step).do(igLead, AddAction{What: "Check addresses.", Owner: "UOWNER", Due: friday.AddDate(0, 1, 0)}))
	}
	if Allowed("AnswerDuty", step) {
		all = append(all, upTo(t, step).do(igLead, Decide{Recipient: Police, Verdict: Notify, Reason: "It was stolen."}))
	}
	if Allowed("Recover", step) {
		all = append(all, upTo(t, step).contain())
	}
	switch step {
	case StepResolved:
		all = append(all, upTo(t, step).settle())
	case StepAssessed:
		all = append(all, upTo(t, step).decide(DataSubjects, Notify))
	case StepTheirs:
		all = append(all, upTo(t, step).decide(DataSubjects, Notify), upTo(t, step).contain())
	case StepDecided:
		all = append(all, upTo(t, step).decide(Regulator, DoNotNotify), upTo(t, step).decide(Regulator, DoNotNotify).contain())
	}
	return all
}

func commandNames() []CommandName {
	var names []CommandName
	for _, given := range everyCommand(newStory(nil)) {
		if !slices.Contains(names, given.c.Name()) {
			names = append(names, given.c.Name())
		}
	}
	return names
}

func TestEveryCommandHasARow(t *testing.T) {
	t.Parallel()
	coverage := "\n" + Coverage()
	for _, name := range commandNames() {
		if !strings.Contains(coverage, fmt.Sprintf("\n%s\n", name)) {
			t.Errorf("%s has no row", name)
		}
	}
	if got, want := strings.Count(coverage, "\n    by: "), len(commandNames()); got != want {
		t.Errorf("the table has %d rows for %d commands", got, want)
	}
}

func TestThePictureShowsExactlyTheMovesThatCanBeMade(t *testing.T) {
	t.Parallel()
	type move struct {
		from, to Step
		by       CommandName
	}
	drawn := map[move]bool{}
	for _, line := range strings.Split(Mermaid(), "\n") {
		path, by, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		from, to, _ := strings.Cut(path, " --> ")
		if from == "[*]" {
			from = string(StepNone)
		}
		for _, name := range strings.Split(by, ", ") {
			drawn[move{Step(from), Step(to), CommandName(name)}] = true
		}
	}
	// Walk through everything that can be reached in a few moves, once for each
	// difference that matters.
	made := map[move]bool{}
	seen := map[string]bool{}
	look := func(s *story) string {
		i := s.inc
		if i == nil {
			return "none"
		}
		return fmt.Sprint(i.Step(), i.OnlyProcessor(), i.Severity.Valid(), i.Assessment() != nil, verdict(i.Standing(Regulator)), verdict(i.Standing(DataSubjects)),
			i.Sent(Regulator) != nil, i.Sent(DataSubjects) != nil, i.Notice(Regulator) != nil, i.Notice(DataSubjects) != nil, i.Resolved != nil, !i.Erased.IsZero(),
			i.ContainedAt().IsZero(), i.ReviewDone() != nil, s.rules.Unclosed(i) == "")
	}
	queue := []*story{newStory(t)}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		from := s.inc.Step()
		for _, given := range everyCommand(s) {
			next := s.fork(t)
			if next.try(given.by, given.c) != nil {
				continue
			}
			if to := next.inc.Step(); to != from {
				made[move{from, to, given.c.Name()}] = true
			}
			if l := look(next); !seen[l] {
				seen[l] = true
				queue = append(queue, next)
			}
		}
	}
	for m := range made {
		if !drawn[m] {
			t.Errorf("%s leads from %s to %s; the picture does not show it", m.by, m.from, m.to)
		}
	}
	for m := range drawn {
		if !made[m] {
			t.Errorf("the picture shows %s from %s to %s; nothing does that", m.by, m.from, m.to)
		}
	}
}

func verdict(d *Decision) Verdict {
	if d == nil {
		return ""
	}
	return d.Verdict
}

func TestStepsHaveWords(t *testing.T) {
	t.Parallel()
	for _, s := range Steps[1:] {
		if s.Label() == "" || s.Label() == "None" {
			t.Errorf("%s has no words", s)
		}
		if s.Over() != (s == StepClosed || s == StepDismissed || s == StepDuplicate) {
			t.Errorf("%s: over %v", s, s.Over())
		}
	}
}
