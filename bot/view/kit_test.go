package view_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// The people of the tests. Each holds the role of the name.
var (
	nurse  = workflow.Actor{User: "U0NURSE"}
	rob    = workflow.Actor{User: "U0ROB", Roles: []workflow.Role{workflow.RoleResponder}}
	igLead = workflow.Actor{User: "U0IGLEAD", Roles: []workflow.Role{workflow.RoleIGLead}}
	dpo    = workflow.Actor{User: "U0DPO", Roles: []workflow.Role{workflow.RoleDPO}}
)

const ref workflow.IncidentID = "BR-2026-0014"

// friday is when the nurse notices; she reports ten minutes later.
var friday = time.Date(2026, 11, 20, 16, 35, 0, 0, time.UTC)

func testRules() workflow.Rules {
	r := workflow.DefaultRules()
	r.Roster = map[workflow.Role][]workflow.Principal{
		workflow.RoleDPO: {"U0DPO"}, workflow.RoleDeputy: {"S0DEPUTIES"}, workflow.RoleIGLead: {"U0IGLEAD"},
		workflow.RoleResponder: {"U0ROB"}, workflow.RoleSIRO: {"U0SIRO"},
	}
	return r
}

// wording is what people type into a field that takes a number of characters.
type wording func(field string, most int) string

// plainly is what an ordinary person types.
func plainly(field string, most int) string {
	return workflow.Cut("Words of a person about the "+field+".", most)
}

// many is a number of entries made from these, each with its own reference.
func many(n int, of ...workflow.Entry) []workflow.Entry {
	var out []workflow.Entry
	for k := range n {
		e := of[k%len(of)]
		e.ID = workflow.NewIncidentID(workflow.SeriesReal, 2026, 14+k)
		out = append(out, e)
	}
	return out
}

// story is an incident lived through by commands, so that it is always in a
// state that can really come about.
type story struct {
	t     testing.TB
	rules workflow.Rules
	inc   *workflow.Incident
	now   time.Time
	says  wording

	records []workflow.Record
}

func newStory(t testing.TB, says wording) *story {
	return &story{t: t, rules: testRules(), now: friday.Add(10 * time.Minute), says: says}
}

func (s *story) do(by workflow.Actor, cmd workflow.Command) *story {
	s.t.Helper()
	if e, ok := cmd.(workflow.Erase); ok {
		e.Journal = s.records
		cmd = e
	}
	events, err := s.rules.Handle(s.inc, cmd, by, s.now)
	if err != nil {
		s.t.Fatalf("%s by %s: %v", cmd.Name(), by.User, err)
	}
	next := &workflow.Incident{} // the story before stays as it was
	if s.inc != nil {
		*next = *s.inc
	}
	for _, e := range events {
		r := workflow.Record{Incident: ref, Seq: next.Version + 1, At: workflow.Instant(s.now), Actor: by.User, Event: e}
		next.Apply(r)
		s.records = append(slices.Clip(s.records), r)
	}
	s.inc = next
	return s
}

func (s *story) fork() *story                 { c := *s; return &c }
func (s *story) after(d time.Duration) *story { s.now = s.now.Add(d); return s }

// asking is what the DPO's card that counts asks since.
func (s *story) asking() int { return s.rules.Request(s.inc) }

func (s *story) slack(outcome workflow.Event) *story {
	return s.do(workflow.SystemActor(), workflow.Deliver{Outcome: outcome})
}
func (s *story) text(field string) string { return s.says(field, workflow.MaxText) }
func (s *story) desk(by workflow.Actor) view.Desk {
	return view.Desk{Rules: s.rules, Now: s.now, By: by}
}
func (s *story) form(f view.Form, by workflow.Actor, m view.Meta) slack.ModalViewRequest {
	return f.Build(s.desk(by), s.inc, m)
}

// opened is the form that a button opens.
func (s *story) opened(a view.Action, by workflow.Actor) slack.ModalViewRequest {
	s.t.Helper()
	return s.openedAbout(a, "", by)
}

// openedAbout is the form that a button about one part of the incident opens.
func (s *story) openedAbout(a view.Action, part string, by workflow.Actor) slack.ModalViewRequest {
	s.t.Helper()
	form, meta, ok := view.Opens(a, part)
	if !ok {
		s.t.Fatalf("%s opens no form", a)
	}
	return s.form(form, by, meta)
}

// read is what a button shows of the incident.
func read(s *story, a view.Action, by workflow.Actor) slack.ModalViewRequest {
	s.t.Helper()
	v, refused, ok := view.Read(a, s.desk(by), s.inc, 0)
	if refused || !ok {
		s.t.Fatalf("%s shows %s nothing", a, by.User)
	}
	return v
}

func someFacts() workflow.Facts {
	return workflow.Facts{
		Category: "letter_wrong", Aspects: []workflow.Aspect{"confidentiality"}, Data: []workflow.DataCategory{"health", "basic_identifiers"},
		Subjects: []workflow.SubjectKind{"patients"}, Count: workflow.Count{Known: true, N: 1}, Ongoing: workflow.No, SubjectsAware: workflow.Unknown,
	}
}

func (s *story) report() *story {
	return s.do(nurse, workflow.SubmitReport{Report: workflow.Report{
		Title: s.says("title", workflow.MaxTitle), What: s.text("what"), Actions: s.text("actions"),
		Detected: friday, Occurred: workflow.Occurrence{From: friday.Add(-48 * time.Hour), To: friday.Add(-time.Hour)},
		Risk: workflow.RiskMedium, Facts: someFacts(),
	}})
}

// amend is the nurse putting her report right and attaching two files, of which one
// cannot be read.
func (s *story) amend() *story {
	r := s.inc.Report
	r.Title, r.What, r.Actions = s.says("title", workflow.MaxTitle), s.text("what now"), s.text("actions now")
	r.Detected, r.Facts.Count = friday.Add(5*time.Minute), workflow.Count{Known: true, N: 3}
	s.do(nurse, workflow.Amend{Seen: len(s.inc.Amendments), Report: r, Files: []workflow.Attachment{{ID: "F0ONE", Type: "image/png", Size: 48_213}, {ID: "F0TWO", Type: "application/pdf", Size: 3 << 20}}})
	files := s.inc.Files[len(s.inc.Files)-2:]
	s.slack(workflow.FileHashed{Task: workflow.TaskKey(fmt.Sprintf("hash:%d:0", files[0].Seq)), Size: 48_213, SHA256: strings.Repeat("a1b2", 16)})
	return s.slack(workflow.FileHashed{Task: workflow.TaskKey(fmt.Sprintf("hash:%d:1", files[0].Seq)), Why: "the file is no longer at Slack"})
}

// question is the nurse asking the DPO.
func (s *story) question() *story {
	return s.do(nurse, workflow.AskDPO{Question: s.text("question to the DPO")})
}

// attach is the nurse attaching a file and nothing else.
func (s *story) attach() *story {
	return s.do(nurse, workflow.Amend{Seen: len(s.inc.Amendments), Report: s.inc.Report, Files: []workflow.Attachment{{ID: "F0THREE", Type: "image/png"}}})
}

// reportOf reports an incident with these facts.
func (s *story) reportOf(f workflow.Facts) *story {
	return s.do(nurse, workflow.SubmitReport{Report: workflow.Report{Title: s.says("title", workflow.MaxTitle), What: s.text("what"), Detected: friday, Risk: workflow.RiskMedium, Facts: f}})
}

// room opens the channel and invites everybody.
// vague reports that something happened, and nothing else.
func (s *story) vague() *story {
	return s.do(nurse, workflow.SubmitReport{Report: workflow.Report{Title: s.says("title", workflow.MaxTitle), What: s.text("what"), Detected: friday, Risk: workflow.RiskMedium}})
}

// clarify answers what changes the advice: an unknown person had it, and it came back.
func (s *story) clarify() *story {
	return s.do(rob, workflow.Clarify{Facts: s.inc.FactsVersion, Known: workflow.Facts{Exfiltrated: workflow.Yes, Recovered: workflow.Yes, Assurance: workflow.AssuranceProof}, Evidence: s.text("how it is known")})
}

// answerAll answers what is missing until nothing is left that could change the advice.
func (s *story) answerAll() *story {
	for {
		open := s.rules.Unanswered(s.inc.Facts)
		if len(open) == 0 {
			return s
		}
		var given workflow.GuideFacts
		for _, q := range open {
			given = q.Answer(given, q.Answers[1].Value)
		}
		s.do(dpo, workflow.Clarify{Facts: s.inc.FactsVersion, Known: given.Facts(), Evidence: s.text("how it is known")})
	}
}

// room opens the channel and invites everybody.
func (s *story) room() *story {
	s.slack(workflow.ChannelOpened{Channel: "C0ROOM", Name: ref.ChannelName(1)})
	for _, p := range []workflow.Principal{"U0IGLEAD", "U0ROB", "U0DPO", "S0DEPUTIES", "U0NURSE"} {
		who := workflow.UserID(p)
		if p.IsGroup() {
			who = "U0DEPUTY"
		}
		s.slack(workflow.Invited{Principal: p, Joined: []workflow.UserID{who}})
	}
	return s
}

func (s *story) lead(u workflow.UserID) *story {
	return s.do(rob, workflow.AssignRole{Role: workflow.RoleLead, User: u, Note: s.text("role note")})
}

func (s *story) triage(sev workflow.Severity) *story {
	f := s.inc.Facts
	f.PersonalData, f.Capacity = workflow.Yes, workflow.Controller
	f.InDanger, f.CustomersMustAct, f.PatientSafety, f.SlackUnsafe, f.Deceased = workflow.No, workflow.No, workflow.No, workflow.No, workflow.No
	return s.do(rob, workflow.Triage{Facts: s.inc.FactsVersion, Severity: sev, Risk: workflow.RiskHigh, Reason: s.text("triage reason"), Known: f})
}

func (s *story) aware() *story {
	return s.do(dpo, workflow.CorrectTimes{
		Facts: s.inc.FactsVersion, Occurred: s.inc.Times.Occurred, Detected: s.inc.Times.Detected, ProcessorTold: s.inc.Times.ProcessorTold,
		Aware: friday.Add(5 * time.Minute), AwareReason: s.text("aware reason"), Reason: s.text("times reason"), OrderIsRight: true,
	})
}

func (s *story) assess(likelihood, effect int, highRisk workflow.Answer) *story {
	return s.do(igLead, workflow.Assess{
		Facts: s.inc.FactsVersion, Consequences: s.text("consequences"), Why: s.text("why it differs"),
		Grading: workflow.Grading{Cell: workflow.Cell{Likelihood: likelihood, Effect: effect}, Evidence: s.text("evidence"), Vulnerable: workflow.No, HighRisk: highRisk},
	})
}

func (s *story) decide(to workflow.Recipient, v workflow.Verdict) *story {
	d := workflow.Decide{Facts: s.inc.FactsVersion, Recipient: to, Verdict: v, Reason: s.text("decision reason"), Advice: s.text("advice")}
	if latest := s.inc.Latest(to); latest != nil {
		d.Supersedes = latest.Seq
	}
	if s.inc.Clock().Late(s.now) && v == workflow.DoNotNotify {
		d.Delay, d.DelayReason = "facts_unclear", s.text("delay of the decision")
	}
	if to == workflow.DataSubjects && v == workflow.DoNotNotify {
		d.Ground = "measures"
	}
	return s.do(dpo, d)
}

func (s *story) send(to workflow.Recipient, complete bool) *story {
	n := workflow.RecordNotification{Recipient: to, SentAt: s.now, Method: "dspt", Reference: s.says("reference", workflow.MaxLine), Complete: complete}
	if s.inc.Clock().Late(s.now) {
		n.Delay, n.DelayReason = "reported_late", s.text("delay of the notice")
	}
	return s.do(igLead, n)
}

func (s *story) note() *story { return s.do(nurse, workflow.AddNote{Text: s.text("note")}) }

func (s *story) contain(state workflow.Containment) *story {
	return s.do(rob, workflow.Contain{
		Facts: s.inc.FactsVersion, Steps: []workflow.ContainStep{workflow.EvidencePreserved, "retrieved", "asked"}, State: state,
		ExposedTo: s.inc.Facts.ExposedTo, Evidence: s.text("how it is known"),
	})
}

func (s *story) investigate(c workflow.Certainty) *story {
	return s.do(rob, workflow.Investigate{Facts: s.inc.FactsVersion, Findings: workflow.Findings{
		Cause: s.text("cause"), Certainty: c, Origin: "internal", Systems: s.text("systems"), ThirdParties: s.text("third parties"), Records: workflow.Count{Known: true, N: 3},
	}})
}

func (s *story) recover(checks ...workflow.RecoveryCheck) *story {
	return s.do(rob, workflow.Recover{Checks: checks, Note: s.text("recovery note")})
}

// as triages with our role for this data.
func (s *story) as(our workflow.Capacity) *story {
	f := s.inc.Facts
	f.Capacity = our
	return s.do(dpo, workflow.Triage{Facts: s.inc.FactsVersion, Severity: 3, Risk: workflow.RiskHigh, Reason: s.text("triage reason"), Systems: s.text("systems"), Known: f})
}

func (s *story) duty(to workflow.Recipient, v workflow.Verdict) *story {
	d := workflow.Decide{Recipient: to, Verdict: v, Reason: s.text("duty reason"), Advice: s.text("duty advice")}
	if latest := s.inc.Latest(to); latest != nil {
		d.Supersedes = latest.Seq
	}
	return s.do(dpo, d)
}

func (s *story) review() *story {
	return s.do(rob, workflow.Review{Findings: workflow.ReviewFindings{
		What: s.text("review what"), Impact: s.text("impact"), RootCause: s.text("root cause"), WentWell: s.text("went well"), Slowed: s.text("slowed"),
		Documents: s.text("documents"), RiskRegister: s.text("risk register"), Public: s.text("public"),
	}})
}

func (s *story) action() *story {
	return s.do(rob, workflow.AddAction{What: s.text("action"), Owner: "U0OWNER", Due: s.now.AddDate(0, 1, 0)})
}

// settle answers every other duty.
func (s *story) settle() *story {
	for _, d := range s.rules.Duties(s.inc) {
		if d.Stand == workflow.DutyOpen && !d.Recipient.Core() {
			s.duty(d.Recipient, workflow.DoNotNotify)
		}
	}
	return s
}

func (s *story) resolve() *story {
	if s.inc.ContainedAt().IsZero() {
		s.contain(workflow.Contained)
	}
	return s.do(rob, workflow.Resolve{Summary: s.text("summary"), RootCause: s.text("root cause")})
}

func (s *story) close() *story {
	return s.settle().review().do(rob, workflow.Close{Reason: s.text("close reason")})
}

func (s *story) dismiss() *story {
	return s.do(dpo, workflow.Dismiss{Facts: s.inc.FactsVersion, Reason: s.text("dismiss reason")})
}

func (s *story) erase() *story { return s.do(dpo, workflow.Erase{Reason: s.text("erase reason")}) }

func (s *story) reopen() *story { return s.do(dpo, workflow.Reopen{Reason: s.text("reopen reason")}) }

// finishedUpToDecision is a drill that waits for its decisions.
func finishedUpToDecision(t testing.TB, says wording) *story {
	return exercise(t, says).after(20*time.Minute).triage(3).after(time.Hour).assess(3, 4, workflow.Yes).after(time.Hour)
}

// shown is one thing that people see: a message, a modal or a Home tab.
type shown struct {
	name    string
	message *view.Message
	modal   *slack.ModalViewRequest
	home    *slack.HomeTabViewRequest

	form view.Form   // the modal is this form
	act  view.Action // and this button opens it
}

// everything is all that breachbot ever shows, in every state worth telling
// apart, with the typed words as they are said.
func everything(t testing.TB, says wording) []shown {
	t.Helper()
	var all []shown
	message := func(name string, m view.Message) { all = append(all, shown{name: name, message: &m}) }
	modal := func(name string, v slack.ModalViewRequest) { all = append(all, shown{name: name, modal: &v}) }
	reading := func(name string, s *story, a view.Action, by workflow.Actor) {
		v := read(s, a, by)
		all = append(all, shown{name: name, modal: &v, act: a})
	}
	opened := func(name string, s *story, a view.Action, part string, by workflow.Actor) {
		form, _, _ := view.Opens(a, part)
		v := s.openedAbout(a, part, by)
		all = append(all, shown{name: "form_" + name, modal: &v, form: form, act: a})
	}

	bare := newStory(t, says).report()
	reported := bare.fork().room()
	noRoom := bare.fork().slack(workflow.ChannelRefused{Code: "restricted_action"})
	led := reported.fork().after(5 * time.Minute).lead("U0ROB")
	triaged := led.fork().after(5 * time.Minute).triage(3)
	aware := triaged.fork().after(time.Hour).aware()
	assessed := aware.fork().after(time.Hour).assess(3, 3, workflow.No)
	assessedLow := aware.fork().after(time.Hour).assess(1, 1, workflow.Unknown)
	assessedTop := aware.fork().after(time.Hour).assess(5, 5, workflow.Yes)
	more := assessed.fork().after(time.Hour).decide(workflow.Regulator, workflow.NeedMore)
	half := assessed.fork().after(time.Hour).decide(workflow.Regulator, workflow.Notify)
	refused := assessedLow.fork().after(time.Hour).decide(workflow.Regulator, workflow.DoNotNotify)
	toldNotSent := refused.fork().decide(workflow.DataSubjects, workflow.Notify)
	decided := half.fork().after(time.Minute).decide(workflow.DataSubjects, workflow.DoNotNotify)
	retriaged := decided.fork().after(time.Minute).triage(2)
	reassessed := retriaged.fork().after(time.Minute).assess(3, 4, workflow.Yes)
	notified := half.fork().after(time.Hour).send(workflow.Regulator, true)
	incomplete := decided.fork().after(time.Hour).send(workflow.Regulator, false)
	followed := incomplete.fork().after(7*24*time.Hour).send(workflow.Regulator, true)
	told := notified.fork().after(time.Hour).decide(workflow.DataSubjects, workflow.Notify).send(workflow.DataSubjects, true)
	resolved := told.fork().after(24 * time.Hour).note().resolve()
	closed := resolved.fork().after(24 * time.Hour).close()
	erased := closed.fork().after(24 * time.Hour).erase()
	reopened := closed.fork().after(24 * time.Hour).reopen()
	dismissed := triaged.fork().after(time.Hour).dismiss()
	lateNotice := half.fork().after(80*time.Hour).send(workflow.Regulator, true)
	lateRefusal := assessedLow.fork().after(80*time.Hour).decide(workflow.Regulator, workflow.DoNotNotify)
	stalled := triaged.fork().
		slack(workflow.DeliveryStalled{Task: workflow.TaskCard, Code: "channel_not_found", Attempts: 8}).
		slack(workflow.DeliveryStalled{Task: "say:9:channel", Code: "msg_too_long", Attempts: 1})
	givenUp := stalled.fork().
		slack(workflow.DeliveryStalled{Task: "pin:1", Code: "missing_scope", Attempts: 1, GivenUp: true}).
		slack(workflow.DeliveryStalled{Task: "ask:9:U0DPO", Code: "fatal_error", Attempts: 12, GivenUp: true}).
		slack(workflow.MessagePosted{Task: "untaken:0:U0SIRO", Target: "U0SIRO", Reach: workflow.Reach{Never: map[workflow.UserID]string{"U0SIRO": "user_disabled"}}})
	mailed := stalled.fork().
		slack(workflow.DeliveryStalled{Task: "alert:U0DPO", Code: "unreachable", Attempts: 5}).
		slack(workflow.Mailed{Task: "mail:U0DPO:alert:U0DPO", Target: "U0DPO", To: []workflow.Principal{"U0DPO"}}).
		slack(workflow.DeliveryStalled{Task: "alert:S0TEAM", Code: "unreachable", Attempts: 5}).
		slack(workflow.Mailed{Task: "mail:S0TEAM:alert:S0TEAM", Target: "S0TEAM", To: []workflow.Principal{"U0A"}, Never: map[workflow.Principal]string{"U0B": workflow.NoAddress}}).
		slack(workflow.DeliveryStalled{Task: "mail:U0SIRO:alert:U0SIRO", Code: "mail_unreachable", Attempts: 5})
	uninvited := bare.fork().
		slack(workflow.ChannelOpened{Channel: "C0ROOM", Name: "br-2026-0014"}).
		slack(workflow.Invited{Principal: "U0NURSE", Refused: map[workflow.UserID]string{"U0NURSE": "user_is_restricted"}})
	near := newStory(t, says)
	near.do(nurse, workflow.SubmitReport{Report: workflow.Report{
		Title: near.says("title", workflow.MaxTitle), What: near.text("what"), Detected: friday, Facts: workflow.Facts{NearMiss: true},
	}}).room()
	odd := bare.fork()
	odd.do(dpo, workflow.CorrectTimes{Facts: odd.inc.FactsVersion, Occurred: workflow.Occurrence{From: friday.Add(time.Minute)}, Detected: friday,
		Reason: odd.text("times reason"), OrderIsRight: true})

	containing := triaged.fork().after(time.Minute).contain(workflow.ContainUnderWay)
	contained := containing.fork().after(time.Minute).contain(workflow.Contained)
	grave := led.fork().after(time.Minute)
	grave.do(rob, workflow.Triage{Facts: grave.inc.FactsVersion, Severity: 1, Risk: workflow.RiskCritical, Reason: grave.text("triage reason"), Systems: grave.text("systems"), Known: func() workflow.Facts {
		f := grave.inc.Facts
		f.Category, f.Capacity, f.CustomersMustAct, f.PatientSafety, f.Malicious = "ransomware", workflow.Both, workflow.Yes, workflow.Yes, workflow.Yes
		return f
	}()})
	investigated := grave.fork().after(time.Minute).contain(workflow.Contained).investigate(workflow.Hypothesis)
	clarified := aware.fork().after(time.Minute).clarify()
	unclear := newStory(t, says).vague().room()
	recovering := investigated.fork().after(time.Minute).recover("containment", "integrity")
	recovered := recovering.fork().after(time.Minute).recover("containment", "integrity", "fix", "monitoring", "communicated")
	dutiful := recovered.fork().after(time.Minute).assess(4, 4, workflow.Yes).
		duty(workflow.Police, workflow.Notify).duty(workflow.CQC, workflow.Notify).duty(workflow.Insurers, workflow.DoNotNotify).duty(workflow.Controllers, workflow.Notify).
		send(workflow.Police, true).send(workflow.CQC, false).duty(workflow.LegalAdvisers, workflow.Notify).send(workflow.LegalAdvisers, true)
	dutiful.do(rob, workflow.RecordNotification{Recipient: workflow.LegalAdvisers, SentAt: dutiful.now, Method: "email", Withdraw: true, Reason: dutiful.text("withdrawal")})
	settled := told.fork().after(time.Minute).contain(workflow.Contained).investigate(workflow.Established).duty(workflow.BoardReport, workflow.Notify)
	reviewed := resolved.fork().after(time.Hour).settle().action().action().review()
	acted := reviewed.fork().after(time.Hour)
	acted.do(workflow.Actor{User: "U0OWNER"}, workflow.FinishAction{Action: acted.inc.Actions[0].Seq, Note: acted.text("done note")})
	linked := triaged.fork().after(time.Minute).do(rob, workflow.LinkTo{Other: "BR-2026-0003", Reason: triaged.text("link reason")}).
		do(workflow.SystemActor(), workflow.LinkBack{Other: "BR-2026-0021", Duplicate: true})
	duplicate := triaged.fork().after(time.Minute).do(dpo, workflow.LinkTo{Other: "BR-2026-0003", Duplicate: true, Reason: triaged.text("link reason")})
	deputised := assessed.fork().after(time.Minute).do(rob, workflow.CallDeputy{Reason: assessed.text("away reason")})

	outdated := half.fork().after(time.Minute)
	outdated.do(rob, workflow.Contain{Facts: outdated.inc.FactsVersion, State: workflow.ContainUnderWay, ExposedTo: workflow.ExposedPublic, Exfiltrated: workflow.Yes, Evidence: outdated.text("how it is known")})
	processor := led.fork().after(5 * time.Minute).as(workflow.Processor)
	processorAssessed := processor.fork().after(time.Hour).assess(4, 3, workflow.Yes)
	processorClosed := processorAssessed.fork().after(time.Hour).duty(workflow.Controllers, workflow.Notify).send(workflow.Controllers, true).resolve().after(time.Hour).close()

	amended := triaged.fork().after(time.Minute)
	amended.do(rob, workflow.Triage{Facts: amended.inc.FactsVersion, Severity: 3, Risk: workflow.RiskHigh, Reason: amended.text("triage reason"), Known: func() workflow.Facts {
		f := amended.inc.Facts
		f.Count = workflow.Count{Known: true, N: 40}
		return f
	}()}).amend()
	asksDPO := triaged.fork().after(time.Minute).question()
	dpoAnswered := asksDPO.fork().after(time.Minute).do(dpo, workflow.GiveHelp{Request: asksDPO.inc.Helps[0].Seq, Text: asksDPO.text("answer of the DPO")})
	attached := reported.fork().after(time.Minute).attach()

	bound := grave.fork()
	bound.rules.CommunicationsProvider, bound.rules.EssentialService = true, true
	scottish := dutiful.fork() // its answer about the CQC is older than the nation
	scottish.rules.Nation = workflow.Scotland
	toldBy := led.fork().after(5 * time.Minute)
	toldBy.do(rob, workflow.CorrectTimes{Facts: toldBy.inc.FactsVersion, Detected: friday, ProcessorTold: friday.Add(-2 * time.Hour), Reason: toldBy.text("times reason")})

	ofDPO := newStory(t, says)
	ofDPO.do(dpo, workflow.SubmitReport{Report: workflow.Report{
		Title: ofDPO.says("title", workflow.MaxTitle), What: ofDPO.text("what"), Detected: friday, Risk: workflow.RiskLow, Facts: someFacts(),
	}}).room().triage(3).assess(2, 2, workflow.No)
	ofDeputyless := ofDPO.fork()
	ofDeputyless.rules = testRules()
	delete(ofDeputyless.rules.Roster, workflow.RoleDeputy)

	quoted := newStory(t, says).report().room().say().change(time.Hour, false).change(2*time.Hour, true)
	asked := quoted.fork().ask().after(time.Hour)
	helped := asked.fork().help()
	exposed := newStory(t, says).report().room().exposed()
	logged := newStory(t, says).report().room().acts()
	erasedAll := helped.fork().dismiss().erase()

	states := map[string]*story{
		"amended": amended, "attached": attached, "asks_dpo": asksDPO,
		"containing": containing, "contained": contained, "grave": grave, "investigated": investigated, "recovering": recovering, "recovered": recovered,
		"dutiful": dutiful, "settled": settled, "reviewed": reviewed, "acted": acted, "linked": linked, "duplicate": duplicate, "deputised": deputised, "clarified": clarified,
		"processor": processor, "processor_assessed": processorAssessed, "processor_closed": processorClosed, "told_by_supplier": toldBy, "bound_by_other_laws": bound, "scottish": scottish,
		"outdated": outdated, "dpo_reported": ofDPO, "siro_stands_in": ofDeputyless,
		"quoted": quoted, "asked": asked, "helped": helped, "exposed": exposed, "logged": logged, "erased_quoted": erasedAll,
		"reported": reported, "reported_without_channel": bare, "reported_channel_refused": noRoom, "led": led, "triaged": triaged,
		"aware": aware, "assessed": assessed, "assessed_low": assessedLow, "assessed_top": assessedTop, "more_asked": more,
		"half_decided": half, "decided_not_to_notify": refused, "to_be_told": toldNotSent, "decided": decided, "decision_fell_back": retriaged,
		"reassessed": reassessed, "notified": notified, "notified_incomplete": incomplete, "followed_up": followed, "told": told,
		"resolved": resolved, "closed": closed, "erased": erased, "reopened": reopened, "dismissed": dismissed,
		"notified_late": lateNotice, "decided_late": lateRefusal, "stalled": stalled, "given_up": givenUp, "mailed": mailed, "uninvited": uninvited, "near_miss": near, "odd_times": odd,
	}
	for _, name := range slices.Sorted(maps.Keys(states)) {
		s := states[name]
		message("card_"+name, view.Card(s.inc, s.rules, s.now))
		if slices.Contains([]string{"dutiful", "acted", "linked", "duplicate", "deputised", "clarified"}, name) {
			reading("timeline_"+name, s, view.ActTimeline, rob)
		}
		if slices.Contains([]string{"reported", "grave", "dutiful", "acted", "closed", "near_miss", "duplicate", "processor_assessed", "bound_by_other_laws", "scottish"}, name) {
			reading("steps_"+name, s, view.ActSteps, rob)
			reading("clocks_"+name, s.fork().after(30*time.Minute), view.ActClocks, rob)
			reading("duties_"+name, s, view.ActDutyList, rob)
			reading("actions_"+name, s, view.ActActions, rob)
		}
		if slices.Contains([]string{"reported", "aware", "reassessed", "told", "closed", "erased", "dismissed", "processor_assessed", "told_by_supplier", "decided_late", "quoted", "helped", "exposed", "logged", "erased_quoted", "amended"}, name) {
			reading("details_"+name, s, view.ActDetails, rob)
			reading("timeline_"+name, s, view.ActTimeline, rob)
		}
		if s.inc.Assessment() != nil {
			message("ask_"+name, view.Ask(s.inc, s.asking(), s.rules, s.now))
		}
		for _, l := range s.inc.Loud {
			if l.Seq == s.inc.Loud[len(s.inc.Loud)-1].Seq {
				to := workflow.InChannel
				if !s.inc.Room.Ready() {
					to = "U0DPO"
				}
				message("say_"+l.Kind+"_"+name, view.Say(s.inc, l.Seq, to, s.rules))
			}
		}
	}
	for _, s := range []*story{reported, exposed} {
		reading(fmt.Sprint("presence_", len(s.inc.Moves)), s, view.ActPresence, rob)
	}
	for _, a := range exposed.inc.Alarms {
		message("say_exposed_"+string(a.Why), view.Say(exposed.inc, a.Seq, workflow.InChannel, exposed.rules))
	}
	question := asked.inc.Helps[0].Seq
	message("help_asked", view.AskedFor(asked.inc, question))
	message("help_reminder", view.AskedFor(asked.fork().slack(workflow.MessagePosted{Task: workflow.TaskKey(fmt.Sprintf("help:%d:0", question)), Target: "U0CLERK"}).inc, question))
	message("help_withdrawn", view.AskedFor(reported.inc, question))
	message("helped", view.Helped(helped.inc, question))
	opened("approve_outdated", outdated, view.ActApprove, "", dpo)
	modal("thanks", view.Thanks(helped.inc))
	opened("ask_help", reported, view.ActAskHelp, "", rob)
	opened("give_help", asked, view.ActGiveHelp, fmt.Sprint(question), clerk)
	opened("give_help_unknown", reported, view.ActGiveHelp, fmt.Sprint(question), clerk)
	for name, m := range map[string]workflow.AddEvidence{"": reported.quote(), "_files_only": {Place: exhibit, Said: friday, Files: reported.quote().Files}} {
		d := reported.desk(rob)
		d.Message = m
		v := view.FormEvidence.Build(d, reported.inc, view.Meta{Channel: exhibit.Channel, TS: exhibit.TS})
		all = append(all, shown{name: "form_evidence" + name, modal: &v, form: view.FormEvidence})
	}
	modal("form_report_message", view.FormReport.Build(bare.desk(nurse), nil, view.Meta{Channel: exhibit.Channel, TS: exhibit.TS, Author: nurse.User}))
	message("ask_superseded", view.Ask(reassessed.inc, assessed.asking(), reassessed.rules, reassessed.now))
	message("say_something_erased", view.Say(erased.inc, 3, workflow.InChannel, erased.rules))
	message("status", view.Status(notified.inc, notified.rules, true, notified.now))
	reading("own_report", closed, view.ActDetails, nurse)
	reading("own_report_amended", amended, view.ActDetails, nurse)
	reading("own_report_question", asksDPO, view.ActDetails, nurse)
	reading("own_report_answer", dpoAnswered, view.ActDetails, nurse)
	reading("timeline_dpo_answered", dpoAnswered, view.ActTimeline, rob)
	message("question", view.QuestionFor(asksDPO.inc, asksDPO.inc.Helps[0].Seq))
	message("question_withdrawn", view.QuestionFor(reported.inc, 7))
	message("helped_reporter", view.Helped(dpoAnswered.inc, asksDPO.inc.Helps[0].Seq))
	modal("amend_saved", view.AmendSaved(amended.inc, false))
	modal("amend_saved_files", view.AmendSaved(attached.inc, false))
	reading("own_report_erased", erased, view.ActDetails, nurse)
	message("status_own_report", view.Status(triaged.inc, triaged.rules, false, triaged.now))

	for name, s := range map[string]*story{"with_channel": reported, "without_channel": bare, "not_invited": uninvited, "led": led, "contained": contained, "decided": decided, "near_miss": near, "closed": closed, "dismissed": dismissed} {
		message("receipt_"+name, view.Receipt(s.inc, s.rules))
	}
	withBoard := reported.fork()
	withBoard.rules.Roster = maps.Clone(withBoard.rules.Roster)
	withBoard.rules.Roster[workflow.RoleBoard] = []workflow.Principal{"U0BOARD"}
	for name, a := range map[string]struct {
		s  *story
		to workflow.Target
	}{
		"first_member": {reported, "U0DPO"}, "first_not_member": {reported, "U0SIRO"}, "first_not_invited": {uninvited, "U0NURSE"},
		"no_channel": {noRoom, "U0DPO"}, "later": {decided, "U0SIRO"}, "processor": {processor, "U0DPO"}, "near_miss": {near, "U0DPO"},
		"board": {withBoard, "U0BOARD"},
	} {
		message("alert_"+name, view.Alert(a.s.inc, a.to, a.s.rules, a.s.now))
	}
	message("untaken", view.Untaken(reported.inc, "U0SIRO", reported.rules, reported.inc.Times.Reported.Add(5*time.Minute+10*time.Second)))
	message("held", view.Held(triaged.inc, "U0DPO", triaged.rules, triaged.now))
	message("held_board", view.Held(withBoard.fork().lead("U0ROB").inc, "U0BOARD", withBoard.rules, withBoard.now))
	message("held_closed", view.Held(closed.inc, "U0DPO", closed.rules, closed.now))
	modal("has_it", view.HasIt(triaged.inc))
	message("outcome_duplicate", view.Outcome(duplicate.inc))
	message("given", view.Given(acted.inc, acted.inc.Actions[1].Seq))
	message("given_erased", view.Given(erased.inc, 1))
	for name, r := range map[string]struct {
		s     *story
		clock workflow.ClockName
		to    workflow.Target
		late  time.Duration
	}{
		"triage": {reported, workflow.ClockTriage, workflow.InChannel, 0}, "containment": {triaged, workflow.ClockContain, workflow.InChannel, 0},
		"pecr": {bound, workflow.ClockPECR, workflow.InChannel, -12 * time.Hour}, "nis": {bound, workflow.ClockNIS, workflow.InChannel, 12 * time.Hour},
		"controllers": {dutiful, workflow.ClockController, workflow.InChannel, -12 * time.Hour}, "board": {told, workflow.ClockBoard, workflow.InChannel, -72 * time.Hour},
		"review": {resolved, workflow.ClockReview, workflow.InChannel, -7 * 24 * time.Hour}, "action": {reviewed, workflow.ActionClock(reviewed.inc.Actions[0].Seq), "U0OWNER", 15 * 24 * time.Hour},
	} {
		c, ok := r.s.rules.Clock(r.s.inc, r.clock)
		if !ok {
			t.Fatalf("there is no clock %s", r.clock)
		}
		task := workflow.Task{Key: workflow.TaskKey("remind:" + string(r.clock) + ":0:0:channel"), Kind: workflow.KindRemind, Target: r.to, Deadline: c.Deadline, Milestone: workflow.Countdown(-r.late)}
		now := c.Deadline.Add(r.late)
		message("remind_"+name, view.Remind(r.s.inc, task, task.Milestone, nil, r.s.rules, now))
		if r.late > 0 {
			message("remind_"+name+"_missed", view.Remind(r.s.inc, task, task.Milestone, []workflow.Countdown{workflow.Countdown(24 * time.Hour), 0}, r.s.rules, now))
		}
	}
	message("outcome_closed", view.Outcome(closed.inc))
	message("outcome_dismissed", view.Outcome(dismissed.inc))
	message("answer", view.Answer(assessed.inc, assessed.rules, assessed.now))
	for name, s := range map[workflow.News]*story{workflow.NewsGrave: triaged.fork().triage(1), workflow.NewsNote: assessed, workflow.NewsFell: retriaged, workflow.NewsAgain: retriaged,
		workflow.NewsDeadline: reported.fork().aware(), workflow.NewsApproved: half, workflow.NewsQuestion: assessed, workflow.NewsUnreached: assessed, workflow.NewsGivenUp: givenUp} {
		about := s.inc.Version
		if name == workflow.NewsApproved {
			about = s.inc.Decisions[0].Seq
		}
		to := workflow.Target("U0DPO")
		if name == workflow.NewsUnreached {
			to = workflow.InChannel
		}
		message("news_"+string(name), view.Tell(s.inc, workflow.Task{Kind: workflow.KindNews, About: about, Target: to,
			Key: workflow.Subject{Kind: workflow.KindNews, News: name, About: about, To: to}.Key()}, s.rules, s.now))
	}
	message("follow_up", view.FollowUp(incomplete.inc, incomplete.rules))

	for name, s := range map[string]*story{"reported": reported, "triaged": triaged, "assessed": assessed, "half_decided": half, "decision_fell_back": retriaged} {
		for _, hours := range []time.Duration{48, 24, 12, 6, 3, 1, 0, -12} {
			if name != "assessed" && hours != 24 && hours != -12 {
				continue
			}
			m := workflow.Countdown(hours * time.Hour)
			deadline := s.inc.Clock().Deadline
			task := workflow.Task{Kind: workflow.KindNudge, Target: workflow.InChannel, Milestone: m, Deadline: deadline}
			now := deadline.Add(-time.Duration(m))
			message(fmt.Sprintf("nudge_%s_%dh", name, hours), view.Nudge(s.inc, task, m, nil, s.rules, now))
			if hours == -12 {
				task.Target = "U0SIRO"
				missed := []workflow.Countdown{workflow.Countdown(48 * time.Hour), workflow.Countdown(time.Hour), 0, m + 1, m + 2, m + 3, m + 4, m + 5}
				message("nudge_"+name+"_missed_in_person", view.Nudge(s.inc, task, m, missed, s.rules, now.Add(7*time.Minute)))
			}
		}
	}

	entries := many(3, reported.inc.Entry(), near.inc.Entry(), notified.inc.Entry())
	message("help", view.Help(testRules()))
	message("unknown", view.Unknown(testRules()))
	message("list_empty", view.List(nil, false, testRules(), friday))
	message("list", view.List(entries, false, testRules(), friday.Add(3*time.Hour)))
	message("list_long", view.List(many(21, entries...), true, testRules(), friday.Add(200*time.Hour)))
	for _, table := range []struct {
		word string
		of   map[string]*story
	}{
		{"clocks", map[string]*story{"reported": reported, "processor": processorAssessed, "acted": acted}},
		{"duties", map[string]*story{"grave": grave, "dutiful": dutiful}},
		{"actions", map[string]*story{"none": triaged}}, // one with actions holds typed words: see slashViews
		{"timeline", map[string]*story{"reported": reported, "acted": acted}},
	} {
		for name, s := range table.of {
			m, refused, ok := view.Table(table.word, s.desk(rob), s.inc)
			if refused || !ok {
				t.Fatalf("/breach %s: refused %v, known %v", table.word, refused, ok)
			}
			message("table_"+table.word+"_"+name, m)
		}
	}
	message("sorry", view.Sorry("The record cannot be reached just now. Nothing was changed."))
	message("try_again_report", view.TryAgain(view.ActReport, "again"))
	message("try_again_triage", view.TryAgain(view.ActTriage, string(ref)))
	message("queued_report", view.Queued(view.ActReport, "again", friday.Add(40*time.Second), friday, testRules()))
	message("queued_triage", view.Queued(view.ActTriage, string(ref), friday.Add(5*time.Minute), friday, testRules()))
	week := workflow.Digest{From: friday.AddDate(0, 0, -11), Until: friday.AddDate(0, 0, -4)}
	message("digest_quiet", view.Digest(week, testRules()))
	week.Reports, week.NearMisses, week.Severities, week.Notified, week.Open, week.Late = 4, 1, map[workflow.Severity]int{0: 1, 1: 1, 3: 1}, 1, 3, 1
	week.Kinds = []workflow.Frequency{{Category: "letter_wrong", N: 3}, {Category: "ransomware", N: 1}}
	message("digest", view.Digest(week, testRules()))
	message("anchor", view.Anchor(workflow.Anchor{Day: "2026-11-20", At: friday, Upto: 90, Incidents: 1, Events: 17, Hash: strings.Repeat("a1b2", 16)}))
	restored := workflow.Restoration{At: friday, Last: friday.Add(-26 * time.Hour), Given: map[string]int{"BR-2026": 26, "DR-2026": 13}}
	message("restored_nothing_missing", view.Restored(restored, testRules()))
	restored.Missing = []workflow.Missing{{ID: "BR-2026-0015", Channel: "C0LOST"}, {ID: "BR-2026-0016"}}
	message("restored", view.Restored(restored, testRules()))
	message("restored_lost", view.Lost(restored.Missing[0], restored))

	modal("wait", view.Wait())
	modal("notice", view.Notice("Not possible", "This incident is closed. Nothing was changed. It can be reopened, with a reason."))
	modal("taken", view.Taken(testRules()))
	modal("received", view.Received(reported.inc, false, testRules()))
	modal("received_repeated", view.Received(reported.inc, true, testRules()))
	modal("saved_before", view.SavedBefore(triaged.inc))
	for name, s := range map[string]*story{"report": assessed, "no_report": assessedLow, "dhsc": assessedTop} {
		modal("result_"+name, view.Result(s.inc, s.rules))
	}

	report := view.FormReport.Build(bare.desk(nurse), nil, view.Meta{})
	all = append(all, shown{name: "form_report", modal: &report, form: view.FormReport, act: view.ActReport})
	modal("form_report_more", view.FormReport.Build(bare.desk(nurse), nil, view.Meta{More: true}))
	modal("form_report_near_miss", view.FormReport.Build(bare.desk(nurse), nil, view.Meta{Near: true}))
	resumed, err := view.Resume(bare.desk(nurse), workflow.Draft{At: friday.Add(-3 * time.Hour), Entered: typedBefore(t, bare)}, view.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	modal("form_report_resumed", resumed)
	modal("form_report_afresh", view.Afresh(bare.desk(nurse), view.ParseMeta(resumed.PrivateMetadata)))
	late := half.fork().after(80 * time.Hour)
	ransomware := newStory(t, says).reportOf(workflow.Facts{Category: "ransomware", Data: []workflow.DataCategory{"health", "basic_identifiers"},
		Subjects: []workflow.SubjectKind{"patients"}, Count: workflow.Count{Known: true, N: 9000}}).room()
	device := newStory(t, says).reportOf(workflow.Facts{Category: "device_lost"}).room()
	for _, f := range []struct {
		name string
		of   *story
		act  view.Action
		part string
		by   workflow.Actor
	}{
		{"triage", reported, view.ActTriage, "", rob},
		{"triage_again", triaged, view.ActTriage, "", rob},
		{"triage_near_miss", near, view.ActTriage, "", rob},
		{"triage_ransomware", ransomware, view.ActTriage, "", rob},
		{"triage_device", device, view.ActTriage, "", rob},
		{"assess", triaged, view.ActAssess, "", rob},
		{"assess_dpo", triaged, view.ActAssess, "", dpo},
		{"assess_again", assessed, view.ActAssess, "", rob},
		{"decide", assessed, view.ActDecide, "", dpo},
		{"decide_not_aware", reported.fork().triage(3).assess(4, 4, workflow.Yes), view.ActDecide, "", dpo},
		{"decide_people_open", half, view.ActDecide, "", dpo},
		{"decide_again", decided, view.ActDecide, "", dpo},
		{"decide_drill", finishedUpToDecision(t, says), view.ActDecide, "", dpo},
		{"approve", assessed, view.ActApprove, "", dpo},
		{"approve_after_more", more, view.ActApprove, "", dpo},
		{"refuse", assessed, view.ActRefuse, "", dpo},
		{"refuse_after_approval", half, view.ActRefuse, "", dpo},
		{"refuse_late", late, view.ActRefuse, "", dpo},
		{"ask_more", assessed, view.ActAskMore, "", dpo},
		{"tell", half, view.ActTell, "", dpo},
		{"do_not_tell", half, view.ActDoNotTell, "", dpo},
		{"record", half, view.ActRecord, "", rob},
		{"record_late", late, view.ActRecord, "", rob},
		{"record_follow_up", incomplete, view.ActRecord, "", rob},
		{"record_told", told, view.ActRecordTold, "", rob},
		{"times", triaged, view.ActTimes, "", dpo},
		{"times_as_set", aware, view.ActTimes, "", rob},
		{"times_told_by_supplier", toldBy, view.ActTimes, "", dpo},
		{"times_only_the_supplier", processor, view.ActTimes, "", dpo},
		{"times_aware", aware, view.ActTimes, "", dpo},
		{"note", triaged, view.ActNote, "", nurse},
		{"ask_dpo", triaged, view.ActAskDPO, "", nurse},
		{"amend", triaged, view.ActAmend, "", nurse},
		{"amend_again", amended, view.ActAmend, "", nurse},
		{"amend_near_miss", near, view.ActAmend, "", nurse},
		{"role", triaged, view.ActRole, "", rob},
		{"role_no_lead", reported, view.ActRole, "", rob},
		{"contain", grave, view.ActContain, "", rob},
		{"contain_again", contained, view.ActContain, "", rob},
		{"investigate", grave, view.ActInvestigate, "", rob},
		{"investigate_again", investigated, view.ActInvestigate, "", rob},
		{"clarify", triaged, view.ActClarify, "", rob},
		{"clarify_much", unclear, view.ActClarify, "", rob},
		{"clarify_nothing", near.fork().answerAll(), view.ActClarify, "", rob},
		{"recover", investigated, view.ActRecover, "", rob},
		{"recover_again", recovering, view.ActRecover, "", rob},
		{"review", resolved, view.ActReview, "", rob},
		{"review_again", reviewed, view.ActReview, "", rob},
		{"action", reviewed, view.ActAction, "", rob},
		{"finish", reviewed, view.ActFinish, fmt.Sprint(reviewed.inc.Actions[0].Seq), rob},
		{"finish_done", acted, view.ActFinish, fmt.Sprint(acted.inc.Actions[0].Seq), rob},
		{"finish_nothing", reviewed, view.ActFinish, "x", rob},
		{"duty", grave, view.ActDuty, "police", rob},
		{"duty_again", dutiful, view.ActDuty, "insurers", rob},
		{"duty_nobody", grave, view.ActDuty, "press", rob},
		{"duties", grave, view.ActDuties, "", rob},
		{"duty_sent", dutiful, view.ActDutySent, "controllers", rob},
		{"duty_more", dutiful, view.ActDutySent, "cqc", rob},
		{"link", triaged, view.ActLink, "", rob},
		{"link_dpo", triaged, view.ActLink, "", dpo},
		{"deputy", assessed, view.ActDeputy, "", rob},
		{"resolve", told, view.ActResolve, "", rob},
		{"close", resolved, view.ActClose, "", rob},
		{"dismiss", triaged, view.ActDismiss, "", dpo},
		{"reopen", closed, view.ActReopen, "", dpo},
	} {
		opened(f.name, f.of, f.act, f.part, f.by)
	}
	modal("timeline_oldest_first_with_deliveries", view.Timeline(closed.inc, 0, view.TimelineChoice{OldestFirst: true, Deliveries: true}, closed.rules))
	for page, name := range []string{1: "details", 2: "more_details"} {
		if name != "" {
			modal("form_triage_"+name, view.TurnTriage(reported.desk(rob), reported.inc, turned(t, reported.opened(view.ActTriage, rob), map[string]any{"severity": "2"}), page))
		}
	}
	modal("form_triage_kind", view.TurnTriage(reported.desk(rob), reported.inc, turned(t, reported.opened(view.ActTriage, rob), map[string]any{"category": "ransomware", "severity": "1"}), 0))
	reading("first_hour", reported, view.ActFirstHour, rob)
	reading("first_hour_ransomware", ransomware, view.ActFirstHour, rob)
	modal("form_of_no_incident", view.FormTriage.Build(bare.desk(rob), nil, view.Meta{}))
	times := triaged.opened(view.ActTimes, dpo)
	was := submitted(t, times, filled(times, says))
	modal("again_times_which", view.Again(triaged.opened(view.ActTimes, dpo), was, "One more question: the clocks went back that night.",
		[]workflow.Field{workflow.FieldDetected, workflow.FieldAware}, triaged.rules.Zone))
	for name, v := range homes(t, says) {
		all = append(all, shown{name: name, home: &v})
	}
	for _, e := range examples(t, says) {
		v := e.open(e.on)
		was := submitted(t, v, filled(v, says))
		v = view.Again(v, was, "Somebody changed the facts while this form was open. The new facts are shown here.", nil, e.on.rules.Zone)
		all = append(all, shown{name: "again_" + e.name, modal: &v, form: e.form, act: e.act})
	}
	slices.SortFunc(all, func(a, b shown) int { return strings.Compare(a.name, b.name) })
	return all
}

// ambiguous is 01:30 on the night the clocks go back, the first of the two.
var ambiguous = time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)

// filled fills in every field of a form: words as they are said, of choices the
// last, of times the one that happened twice.
func filled(v slack.ModalViewRequest, says wording) map[string]any {
	all := map[string]any{}
	for _, b := range v.Blocks.BlockSet {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		var value any
		switch e := in.Element.(type) {
		case *slack.PlainTextInputBlockElement:
			value = says(in.BlockID, e.MaxLength)
		case *slack.NumberInputBlockElement:
			value = "12345"
		case *slack.DateTimePickerBlockElement:
			value = ambiguous
		case *slack.RadioButtonsBlockElement:
			value = e.Options[len(e.Options)-1].Value
		case *slack.SelectBlockElement:
			value = "U0SOMEBODY"
			if len(e.Options) > 0 {
				value = e.Options[len(e.Options)-1].Value
			}
		case *slack.MultiSelectBlockElement:
			value = allOf(e.Options)
		case *slack.CheckboxGroupsBlockElement:
			value = allOf(e.Options)
		case *slack.FileInputBlockElement:
			value = []slack.File{{ID: "F0FOUR", Name: says("file name", 20) + ".png", Mimetype: "image/png", Size: 1000}}
		}
		all[in.BlockID] = value
	}
	return all
}

func allOf(options []*slack.OptionBlockObject) []string {
	var values []string
	for _, o := range options {
		values = append(values, o.Value)
	}
	return values
}

// upTo repeats a text to an exact number of code points.
func upTo(s string, n int) string {
	s = strings.Repeat(s, n/utf8.RuneCountInString(s)+1)
	return string([]rune(s)[:n])
}

// markOf is the text of a section or of an alert.
func markOf(b slack.Block) string {
	switch b := b.(type) {
	case *slack.SectionBlock:
		return b.Text.Text
	case *slack.AlertBlock:
		return b.Text.Text
	}
	return ""
}
