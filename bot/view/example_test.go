package view_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// example is one way into a form, with all the tests need to try it: an incident
// it can be about, and what somebody means who fills it in.
type example struct {
	name string
	form view.Form
	act  view.Action // the button; empty for a form that a shortcut opens
	on   *story
	by   workflow.Actor
	part func(*story) string // what the button says besides the incident; nil for nothing
	meta view.Meta           // what the shortcut says

	// meant is the command that somebody means, and in the hand how they fill the
	// form in to give it.
	meant func(h *hand, m view.Meta) workflow.Command
	typed map[string]any // answers that words chosen by chance would spoil
}

// open is the form on an incident.
func (e example) open(s *story) slack.ModalViewRequest {
	m := e.meta
	if e.act != "" {
		var form view.Form
		if form, m, _ = view.Opens(e.act, e.about(s)); form != e.form {
			s.t.Fatalf("%s opens %s, want %s", e.act, form, e.form)
		}
	}
	d := s.desk(e.by)
	d.Message = s.quote()
	if e.form == view.FormReport {
		m.More = true
		return e.form.Build(d, nil, m)
	}
	return e.form.Build(d, s.inc, m)
}

func (e example) about(s *story) string {
	if e.part == nil {
		return ""
	}
	return e.part(s)
}

// fill is every field filled in such that the form can be read.
func (e example) fill(v slack.ModalViewRequest, says wording) map[string]any {
	all := filled(v, says)
	for field, answer := range e.typed {
		all[field] = answer
	}
	return all
}

// examples is one for every button and shortcut of every form; the test of the
// rows says which one is missing.
func examples(t testing.TB, says wording) []example {
	t.Helper()
	aware := newStory(t, says).report().room().triage(3).aware()
	half := aware.fork().assess(3, 3, workflow.Unknown).decide(workflow.Regulator, workflow.Notify).decide(workflow.DataSubjects, workflow.Notify)
	sent := half.fork().send(workflow.Regulator, true).send(workflow.DataSubjects, true)
	late := half.fork().after(80 * time.Hour)
	resolved := sent.fork().resolve()
	investigated := aware.fork().contain(workflow.Contained).investigate(workflow.Hypothesis)
	unclear := newStory(t, says).vague().room()
	acting := resolved.fork().action()
	asked := aware.fork().ask()
	police := func(*story) string { return string(workflow.Police) }
	lastAction := func(s *story) string { return fmt.Sprint(s.inc.Actions[len(s.inc.Actions)-1].Seq) }
	firstQuestion := func(s *story) string { return fmt.Sprint(s.inc.Helps[0].Seq) }
	return []example{
		{name: "report", form: view.FormReport, act: view.ActReport, on: aware, by: dpo, meant: (*hand).report},
		{name: "triage", form: view.FormTriage, act: view.ActTriage, on: aware, by: dpo, meant: aware.triaging},
		{name: "assess", form: view.FormAssess, act: view.ActAssess, on: half, by: dpo, meant: (*hand).assess},
		{name: "decide", form: view.FormDecide, act: view.ActDecide, on: aware.fork().assess(3, 3, workflow.Unknown), by: dpo, meant: (*hand).decideBoth},
		{name: "approve", form: view.FormDecide, act: view.ActApprove, on: half, by: dpo, meant: (*hand).decideOne},
		{name: "refuse_late", form: view.FormDecide, act: view.ActRefuse, on: late, by: dpo, meant: (*hand).decideLate},
		{name: "ask_more", form: view.FormDecide, act: view.ActAskMore, on: half, by: dpo, meant: (*hand).decideOne},
		{name: "tell", form: view.FormDecide, act: view.ActTell, on: half, by: dpo, meant: (*hand).decideOne},
		{name: "do_not_tell", form: view.FormDecide, act: view.ActDoNotTell, on: half, by: dpo, meant: (*hand).decideOne},
		{name: "record_late", form: view.FormRecord, act: view.ActRecord, on: late, by: dpo, meant: (*hand).recordLate},
		{name: "record_told", form: view.FormRecord, act: view.ActRecordTold, on: half, by: dpo, meant: (*hand).record},
		{name: "times", form: view.FormTimes, act: view.ActTimes, on: aware, by: dpo, meant: (*hand).times},
		{name: "note", form: view.FormNote, act: view.ActNote, on: aware, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.AddNote{Text: h.text(workflow.FieldNote, true)}
		}},
		{name: "amend", form: view.FormAmend, act: view.ActAmend, on: unclear, by: nurse, meant: (*hand).amend},
		{name: "ask_dpo", form: view.FormAskDPO, act: view.ActAskDPO, on: unclear, by: nurse, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.AskDPO{Question: h.text(workflow.FieldQuestion, true)}
		}},
		{name: "role", form: view.FormRole, act: view.ActRole, on: aware, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			role := workflow.RoleLead
			if h.r.IntN(2) == 0 {
				role = workflow.RoleResponder
			}
			h.answers[string(workflow.FieldRole)] = string(role)
			return workflow.AssignRole{Role: role, User: h.somebody(), Note: h.text(workflow.FieldNote, false)}
		}},
		{name: "contain", form: view.FormContain, act: view.ActContain, on: investigated, by: dpo, meant: (*hand).contain},
		{name: "investigate", form: view.FormInvestigate, act: view.ActInvestigate, on: unclear.fork().investigate(workflow.Hypothesis), by: dpo, meant: (*hand).investigate},
		{name: "clarify", form: view.FormClarify, act: view.ActClarify, on: aware, by: dpo, meant: aware.clarifying},
		{name: "clarify_much", form: view.FormClarify, act: view.ActClarify, on: unclear, by: dpo, meant: unclear.clarifying},
		{name: "recover", form: view.FormRecover, act: view.ActRecover, on: investigated, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.Recover{Checks: pickSome(h, workflow.FieldRecovery, workflow.RecoveryChecks), Note: h.text(workflow.FieldNote, false)}
		}},
		{name: "review", form: view.FormReview, act: view.ActReview, on: resolved, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.Review{Findings: workflow.ReviewFindings{
				What: h.text(workflow.FieldReviewWhat, true), Impact: h.text(workflow.FieldImpact, true), RootCause: h.text(workflow.FieldRootCause, true),
				WentWell: h.text(workflow.FieldWentWell, true), Slowed: h.text(workflow.FieldSlowed, true), Documents: h.text(workflow.FieldDocuments, true),
				RiskRegister: h.text(workflow.FieldRiskRegister, false), Public: h.text(workflow.FieldPublic, false),
			}}
		}},
		{name: "action", form: view.FormAction, act: view.ActAction, on: resolved, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.AddAction{What: h.text(workflow.FieldWhat, true), Owner: h.somebody(), Due: h.instant(workflow.FieldDue, true)}
		}},
		{name: "finish", form: view.FormFinish, act: view.ActFinish, on: acting, by: dpo, part: lastAction, meant: func(h *hand, m view.Meta) workflow.Command {
			return workflow.FinishAction{Action: m.Number, Note: h.text(workflow.FieldNote, false)}
		}},
		{name: "duty", form: view.FormDuty, act: view.ActDuty, on: aware, by: dpo, part: police, meant: func(h *hand, m view.Meta) workflow.Command {
			verdict := workflow.Notify
			if h.r.IntN(2) == 0 {
				verdict = workflow.DoNotNotify
			}
			h.answers[string(workflow.FieldVerdict)] = string(verdict)
			return workflow.Decide{Facts: m.Facts, Supersedes: m.Supersedes, Recipient: workflow.Police, Verdict: verdict,
				Reason: h.text(workflow.FieldReason, true), Advice: h.text(workflow.FieldAdvice, false)}
		}},
		{name: "duties", form: view.FormDuties, act: view.ActDuties, on: aware, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			var open []workflow.Option[workflow.Recipient]
			for _, d := range testRules().Duties(aware.inc) {
				if !d.Recipient.Core() {
					open = append(open, workflow.Option[workflow.Recipient]{Value: d.Recipient})
				}
			}
			return workflow.AnswerDuties{Recipients: pickSome(h, workflow.FieldRecipients, open), Reason: h.text(workflow.FieldReason, true)}
		}},
		{name: "duty_sent", form: view.FormDutySent, act: view.ActDutySent, on: aware.fork().duty(workflow.Police, workflow.Notify), by: dpo, part: police, meant: (*hand).record},
		{name: "link", form: view.FormLink, act: view.ActLink, on: aware, by: dpo, typed: map[string]any{string(workflow.FieldOther): "BR-2026-0003"},
			meant: func(h *hand, _ view.Meta) workflow.Command {
				h.answers[string(workflow.FieldOther)] = "BR-2026-0003"
				return workflow.LinkTo{Other: "BR-2026-0003", Duplicate: h.tick(workflow.FieldDuplicate, "yes"), Reason: h.text(workflow.FieldReason, true)}
			}},
		{name: "deputy", form: view.FormDeputy, act: view.ActDeputy, on: aware, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.CallDeputy{Reason: h.text(workflow.FieldReason, true)}
		}},
		{name: "evidence", form: view.FormEvidence, on: aware, by: dpo, meta: view.Meta{Channel: exhibit.Channel, TS: exhibit.TS, Edited: exhibit.TS},
			meant: func(h *hand, _ view.Meta) workflow.Command {
				return workflow.AddEvidence{Place: exhibit, Edited: workflow.TimeOf(exhibit.TS), Comment: h.text(workflow.FieldComment, false)}
			}},
		{name: "resolve", form: view.FormResolve, act: view.ActResolve, on: sent, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.Resolve{Summary: h.text(workflow.FieldSummary, true), RootCause: h.text(workflow.FieldRootCause, true)}
		}},
		{name: "close", form: view.FormClose, act: view.ActClose, on: resolved, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.Close{Reason: h.text(workflow.FieldReason, true)}
		}},
		{name: "dismiss", form: view.FormDismiss, act: view.ActDismiss, on: aware, by: dpo, meant: func(h *hand, m view.Meta) workflow.Command {
			return workflow.Dismiss{Facts: m.Facts, Reason: h.text(workflow.FieldReason, true)}
		}},
		{name: "reopen", form: view.FormReopen, act: view.ActReopen, on: resolved, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.Reopen{Reason: h.text(workflow.FieldReason, true)}
		}},
		{name: "ask_help", form: view.FormAskHelp, act: view.ActAskHelp, on: aware, by: dpo, meant: func(h *hand, _ view.Meta) workflow.Command {
			return workflow.AskHelp{User: h.somebody(), Question: h.text(workflow.FieldQuestion, true), Due: h.instant(workflow.FieldDue, false)}
		}},
		{name: "give_help", form: view.FormGiveHelp, act: view.ActGiveHelp, on: asked, by: clerk, part: firstQuestion, meant: func(h *hand, m view.Meta) workflow.Command {
			return workflow.GiveHelp{Request: m.Request, Text: h.text(workflow.FieldAnswer, true)}
		}},
	}
}

func (h *hand) somebody() workflow.UserID {
	h.answers[string(workflow.FieldUser)] = "U0SOMEBODY"
	return "U0SOMEBODY"
}

func (h *hand) report(view.Meta) workflow.Command {
	c := workflow.SubmitReport{Report: workflow.Report{
		Title: h.text(workflow.FieldTitle, true), What: h.text(workflow.FieldWhat, true), Actions: h.text(workflow.FieldActions, false),
		Detected: h.instant(workflow.FieldDetected, true), Risk: pickOne(h, workflow.FieldRisk, true, workflow.RiskLevels),
		Occurred: workflow.Occurrence{From: h.instant(workflow.FieldOccurredFrom, false), To: h.instant(workflow.FieldOccurredTo, false)},
		Facts:    h.facts(),
	}}
	c.Report.Facts.Unsure = h.tick(workflow.FieldUnsure, "yes")
	return c
}

func (h *hand) amend(m view.Meta) workflow.Command {
	c := workflow.Amend{Seen: m.Number, Report: h.report(m).(workflow.SubmitReport).Report}
	c.Report.Risk, c.Report.Facts.Unsure = "", false // neither is asked
	delete(h.answers, string(workflow.FieldRisk))
	delete(h.answers, string(workflow.FieldUnsure))
	if h.r.IntN(2) == 0 {
		h.answers[string(workflow.FieldFiles)] = []slack.File{{ID: "F0FOUR", Name: "Photo.PNG", Mimetype: "image/png", Size: 1000}}
		c.Files = []workflow.Attachment{{ID: "F0FOUR", Type: "image/png", Size: 1000}}
	}
	return c
}

// triaging is what is meant with a page of the triage form: what it asks, and nothing
// else.
func (s *story) triaging(h *hand, m view.Meta) workflow.Command {
	c := workflow.Triage{Facts: m.Facts, Severity: workflow.Severity(1 + h.r.IntN(4)), Reason: h.text(workflow.FieldReason, true),
		Risk: pickOne(h, workflow.FieldRisk, true, workflow.RiskLevels)}
	h.answers[string(workflow.FieldSeverity)] = strconv.Itoa(int(c.Severity))
	f := &c.Known
	for _, field := range asked(view.FormTriage.Build(s.desk(rob), s.inc, m)) {
		switch field {
		case workflow.FieldSeverity, workflow.FieldRisk, workflow.FieldReason:
			continue
		case workflow.FieldCategory:
			f.Category = pickOne(h, field, false, workflow.Categories)
		case workflow.FieldAspects:
			f.Aspects = pickSome(h, field, workflow.Aspects)
		case workflow.FieldData:
			f.Data = pickSome(h, field, workflow.DataCategories)
		case workflow.FieldSubjects:
			f.Subjects = pickSome(h, field, workflow.SubjectKinds)
		case workflow.FieldCount:
			f.Count = h.count(field, workflow.MaxCount)
		case workflow.FieldSystems:
			c.Systems = h.text(field, false)
		case workflow.FieldOngoing:
			f.Ongoing = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldSubjectsAware:
			f.SubjectsAware = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldOthersAware:
			f.OthersAware = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldPersonalData:
			f.PersonalData = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldCapacity:
			f.Capacity = pickOne(h, field, false, workflow.Capacities)
		case workflow.FieldSpecialCategory:
			f.SpecialCategory = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldVulnerablePeople:
			f.Vulnerable = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldMalicious:
			f.Malicious = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldDisruption:
			f.Disruption = pickOne(h, field, false, workflow.Disruptions)
		case workflow.FieldExposedTo:
			f.ExposedTo = pickOne(h, field, false, workflow.Exposures)
		case workflow.FieldExfiltrated:
			f.Exfiltrated = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldUnintelligible:
			f.Unintelligible = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldCopyHeld:
			f.CopyHeld = pickOne(h, field, false, workflow.ApplicableAnswers)
		case workflow.FieldConnected:
			f.Connected = pickOne(h, field, false, workflow.Answers)
		case workflow.FieldApplies:
			h.applies(f)
		default:
			s.t.Fatalf("triage asks %s, and nothing is meant by it", field)
		}
		c.Asked = append(c.Asked, field)
	}
	return c
}

// applies ticks some of what may apply. What is not ticked does not.
func (h *hand) applies(f *workflow.Facts) {
	var ticked []string
	for _, a := range []struct {
		field workflow.Field
		to    *workflow.Answer
	}{
		{workflow.FieldInDanger, &f.InDanger}, {workflow.FieldCustomersMustAct, &f.CustomersMustAct}, {workflow.FieldDeceased, &f.Deceased},
		{workflow.FieldPatientSafety, &f.PatientSafety}, {workflow.FieldSlackUnsafe, &f.SlackUnsafe},
	} {
		*a.to = workflow.No
		if h.r.IntN(3) == 0 {
			*a.to, ticked = workflow.Yes, append(ticked, string(a.field))
		}
	}
	if f.NearMiss = h.r.IntN(3) == 0; f.NearMiss {
		ticked = append(ticked, string(workflow.FieldNearMiss))
	}
	h.answers[string(workflow.FieldApplies)] = ticked
}

func (h *hand) assess(m view.Meta) workflow.Command {
	c := workflow.Assess{Facts: m.Facts, Consequences: h.text(workflow.FieldConsequences, false), Why: h.text(workflow.FieldWhy, false), Grading: workflow.Grading{
		Cell:     workflow.Cell{Likelihood: 1 + h.r.IntN(5), Effect: 1 + h.r.IntN(5)},
		Evidence: h.text(workflow.FieldEvidence, false), Vulnerable: pickOne(h, workflow.FieldVulnerable, true, workflow.Answers),
		Exception: pickOne(h, workflow.FieldException, false, workflow.Exceptions), LiftFloor: h.tick(workflow.FieldLift, "yes"),
		HighRisk: pickOne(h, workflow.FieldHighRisk, true, workflow.Answers),
	}}
	h.answers[string(workflow.FieldLikelihood)], h.answers[string(workflow.FieldEffect)] = strconv.Itoa(c.Grading.Cell.Likelihood), strconv.Itoa(c.Grading.Cell.Effect)
	return c
}

// decideOne answers the one question that the button names: the other is answered.
func (h *hand) decideOne(m view.Meta) workflow.Command { return h.decisions(m, true, m.Recipient) }

// decideBoth answers both questions, or leaves one for later.
func (h *hand) decideBoth(m view.Meta) workflow.Command {
	return h.decisions(m, false, workflow.Regulator, workflow.DataSubjects)
}

var verdicts = []workflow.Option[workflow.Verdict]{{Value: workflow.Notify}, {Value: workflow.DoNotNotify}, {Value: workflow.NeedMore}, {Value: "later"}}

func (h *hand) decisions(m view.Meta, required bool, about ...workflow.Recipient) workflow.Decisions {
	c := workflow.Decisions{Facts: m.Facts}
	advice := h.text(workflow.FieldAdvice, false)
	for _, to := range about {
		d := workflow.Decide{Supersedes: m.Supersedes, Recipient: to, Advice: advice}
		answer, reason := workflow.FieldRegulator, workflow.FieldReason
		if to == workflow.DataSubjects {
			d.Supersedes, answer, reason = m.People, workflow.FieldPeople, workflow.FieldPeopleReason
		}
		choices := verdicts
		if required {
			choices = verdicts[:3]
		}
		if d.Verdict = pickOne(h, answer, required, choices); d.Verdict == "later" || d.Verdict == "" {
			continue
		}
		d.Reason = h.text(reason, true)
		switch {
		case d.Verdict == workflow.NeedMore:
			d.Advice = ""
		case d.Verdict == workflow.DoNotNotify && to == workflow.DataSubjects:
			d.Ground = pickOne(h, workflow.FieldGround, false, workflow.Grounds)
		}
		c.Answers = append(c.Answers, d)
	}
	if c.From = pickOne(h, workflow.FieldAwareFrom, false, []workflow.Option[workflow.Reading]{{Value: workflow.ReadingNoticed}, {Value: workflow.ReadingOther}, {Value: "later"}}); c.From == "later" {
		c.From = ""
	}
	return c
}

func (h *hand) decideLate(m view.Meta) workflow.Command {
	c := h.decisions(m, true, m.Recipient)
	if c.Answers[0].Verdict == workflow.DoNotNotify {
		c.Answers[0].Delay, c.Answers[0].DelayReason = pickOne(h, workflow.FieldDelay, true, workflow.DelayReasons), h.text(workflow.FieldDelayReason, true)
	}
	return c
}

func (h *hand) record(m view.Meta) workflow.Command { return h.notice(m) }

func (h *hand) notice(m view.Meta) workflow.RecordNotification {
	c := workflow.RecordNotification{Recipient: m.Recipient, SentAt: h.instant(workflow.FieldSentAt, true),
		Method: pickOne(h, workflow.FieldMethod, true, workflow.Methods), Reference: h.text(workflow.FieldReference, false)}
	h.answers[string(workflow.FieldComplete)] = "incomplete"
	if c.Complete = h.r.IntN(2) == 0; c.Complete {
		h.answers[string(workflow.FieldComplete)] = "complete"
	}
	return c
}

func (h *hand) recordLate(m view.Meta) workflow.Command {
	c := h.notice(m)
	c.Delay, c.DelayReason = pickOne(h, workflow.FieldDelay, false, workflow.DelayReasons), h.text(workflow.FieldDelayReason, false)
	return c
}

func (h *hand) times(m view.Meta) workflow.Command {
	return workflow.CorrectTimes{Facts: m.Facts,
		Occurred: workflow.Occurrence{From: h.instant(workflow.FieldOccurredFrom, false), To: h.instant(workflow.FieldOccurredTo, false)},
		Detected: h.instant(workflow.FieldDetected, true), Aware: h.instant(workflow.FieldAware, false), AwareReason: h.text(workflow.FieldAwareReason, false),
		ProcessorTold: h.instant(workflow.FieldProcessor, false), Reason: h.text(workflow.FieldReason, true), OrderIsRight: h.tick(workflow.FieldOrder, "yes")}
}

func (h *hand) contain(m view.Meta) workflow.Command {
	const hands = 6 // so many acts stand in a field of their own
	var acts []workflow.Option[workflow.ContainStep]
	for _, s := range workflow.ContainSteps {
		acts = append(acts, s.Option)
	}
	return workflow.Contain{Facts: m.Facts,
		Steps: slices.Concat(pickSome(h, workflow.FieldContainSteps, acts[:hands]), pickSome(h, workflow.FieldContainSystems, acts[hands:])),
		State: pickOne(h, workflow.FieldContainment, true, workflow.Containments), Since: h.instant(workflow.FieldContainedAt, false),
		ExposedTo: pickOne(h, workflow.FieldExposedTo, false, workflow.Exposures), Exfiltrated: pickOne(h, workflow.FieldExfiltrated, false, workflow.Answers),
		Recovered: pickOne(h, workflow.FieldRecovered, false, workflow.ApplicableAnswers), Unintelligible: pickOne(h, workflow.FieldUnintelligible, false, workflow.Answers),
		Read: pickOne(h, workflow.FieldRead, false, workflow.ReadAnswers), Assurance: pickOne(h, workflow.FieldAssurance, false, workflow.Assurances),
		Connected: pickOne(h, workflow.FieldConnected, false, workflow.Answers),
		Evidence:  h.text(workflow.FieldEvidence, false)}
}

// clarifying answers what the incident still asks.
func (s *story) clarifying(h *hand, m view.Meta) workflow.Command {
	c := workflow.Clarify{Facts: m.Facts}
	var given workflow.GuideFacts
	for _, q := range s.rules.Unanswered(s.inc.Facts) {
		switch {
		case q.Field == workflow.FieldCount:
			c.Known.Count = h.count(workflow.FieldCount, workflow.MaxCount)
		case q.Field == workflow.FieldData:
			c.Known.Data = pickSome(h, workflow.FieldData, workflow.DataCategories)
		case q.Many:
			c.Known.Aspects = pickSome(h, workflow.FieldAspects, workflow.Aspects)
		default:
			if a := pickOne(h, q.Field, false, q.Answers); a != "" {
				given = q.Answer(given, a)
			}
			if q.Field == workflow.FieldRecovered {
				c.Evidence = h.text(workflow.FieldEvidence, false)
			}
		}
	}
	known := given.Facts()
	known.Count, known.Data, known.Aspects = c.Known.Count, c.Known.Data, c.Known.Aspects
	c.Known = known
	return c
}

func (h *hand) count(f workflow.Field, most int) workflow.Count {
	if h.skip(false) {
		return workflow.Count{}
	}
	c := workflow.Count{Known: true, N: h.r.IntN(most + 1)}
	h.answers[string(f)] = strconv.Itoa(c.N)
	return c
}

func (h *hand) investigate(m view.Meta) workflow.Command {
	return workflow.Investigate{Facts: m.Facts,
		Findings: workflow.Findings{
			Cause: h.text(workflow.FieldRootCause, true), Certainty: pickOne(h, workflow.FieldCertainty, true, workflow.Certainties),
			Origin: pickOne(h, workflow.FieldOrigin, false, workflow.Origins), Systems: h.text(workflow.FieldSystems, false),
			ThirdParties: h.text(workflow.FieldThirdParties, false), Records: h.count(workflow.FieldRecords, 100*workflow.MaxCount),
		},
		Window:       workflow.Occurrence{From: h.instant(workflow.FieldOccurredFrom, false), To: h.instant(workflow.FieldOccurredTo, false)},
		Identifiable: pickOne(h, workflow.FieldIdentifiable, false, workflow.Answers), CopyHeld: pickOne(h, workflow.FieldCopyHeld, false, workflow.ApplicableAnswers),
		Disruption: pickOne(h, workflow.FieldDisruption, false, workflow.Disruptions), Malicious: pickOne(h, workflow.FieldMalicious, false, workflow.Answers),
		HarmReported: pickOne(h, workflow.FieldHarmReported, false, workflow.Answers), Count: h.count(workflow.FieldCount, workflow.MaxCount),
		Aspects:       pickSome(h, workflow.FieldAspects, workflow.Aspects),
		WrongDataUsed: pickOne(h, workflow.FieldWrongDataUsed, false, workflow.ApplicableAnswers), LawfullyPublic: pickOne(h, workflow.FieldLawfullyPublic, false, workflow.Answers)}
}

// Every form and every reading has all its parts, a golden for every button that
// opens it, and for a form also how it is shown again and an example of what is
// meant with it.
func TestEveryRowIsWhole(t *testing.T) {
	t.Parallel()
	type way struct {
		form view.Form
		act  view.Action
	}
	kept := map[way]view.Kept{}
	for _, s := range slices.Concat(everything(t, plainly), slashViews(t, plainly)) {
		if s.form == "" && s.act == "" {
			continue
		}
		k := kept[way{s.form, s.act}]
		k.Again = k.Again || strings.HasPrefix(s.name, "again_")
		k.Golden = k.Golden || !strings.HasPrefix(s.name, "again_") && s.modal.CallbackID == string(s.form)
		kept[way{s.form, s.act}] = k
	}
	for _, e := range examples(t, plainly) {
		k := kept[way{e.form, e.act}]
		k.Tried = e.meant != nil
		kept[way{e.form, e.act}] = k
	}
	for _, c := range view.FormComplaints(t, func(f view.Form, a view.Action) view.Kept { return kept[way{f, a}] }) {
		t.Error(c)
	}
}

// Shown again, a form that comes filled in with the record says what that holds
// other than was chosen: nothing when nothing was changed. The others say nothing
// of the kind.
func TestFormsFilledInFromTheRecordSayWhatItHoldsOtherwise(t *testing.T) {
	t.Parallel()
	for _, e := range examples(t, plainly) {
		v := e.open(e.on)
		for how, was := range map[string]view.Values{"as it came": untouched(t, v, nil), "changed everywhere": submitted(t, v, filled(v, plainly))} {
			again := modalOf(view.Again(e.open(e.on), was, "Please look again.", nil, e.on.rules.Zone))
			says := strings.Contains(string(again.json(t)), "The record now differs from your answers below")
			if want := e.form.Recorded() && how != "as it came"; says != want {
				t.Errorf("%s, sent %s: it says what the record holds otherwise: %v, want %v", e.name, how, says, want)
			}
		}
	}
}

// A decision about somebody else is not shown as one of these two, and a button that
// names a decision which there is not chooses none.
func TestAnUnknownDecisionIsNotShownAsAnother(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(3).assess(3, 3, workflow.No)
	if v := s.form(view.FormDecide, dpo, view.Meta{Recipient: workflow.Police, Verdict: workflow.Notify}); v.Submit != nil {
		t.Errorf("the police are asked about in %q", v.Title.Text)
	}
	for _, m := range []view.Meta{{}, {Recipient: workflow.Regulator}, {Recipient: workflow.Regulator, Verdict: "novelty"}} {
		for _, b := range s.form(view.FormDecide, dpo, m).Blocks.BlockSet {
			if in, ok := b.(*slack.InputBlock); ok {
				if e, ok := in.Element.(*slack.RadioButtonsBlockElement); ok && e.InitialOption != nil {
					t.Errorf("%+v has chosen %q", m, e.InitialOption.Text.Text)
				}
			}
		}
	}
}
