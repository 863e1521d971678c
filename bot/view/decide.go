package view

import (
	"slices"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// askedInDecide are the law's two questions as the form asks them.
var askedInDecide = []struct {
	to             workflow.Recipient
	answer, reason workflow.Field
	label, why     string     // with regulatorMark, as the answers
	answers        []answerTo // in this order
}{
	{workflow.Regulator, workflow.FieldRegulator, workflow.FieldReason, "Notify the " + regulatorMark + "?", "Reason about the " + regulatorMark, []answerTo{
		{workflow.Notify, "Notify the " + regulatorMark, "The clock stops when it is recorded as sent, not now"},
		{workflow.DoNotNotify, "Do not notify the " + regulatorMark, "Only if a risk to people is unlikely (Art. 33(1))"},
		{workflow.NeedMore, "Ask for more facts first", "Write your question as the reason. The clock keeps running"},
	}},
	{workflow.DataSubjects, workflow.FieldPeople, workflow.FieldPeopleReason, "Tell the people affected?", "Reason about the people affected", []answerTo{
		{workflow.Notify, "Tell the people affected", "Without delay, if a high risk is likely (Art. 34)"},
		{workflow.DoNotNotify, "Do not tell them", "If no high risk is likely, or an exemption applies"},
		{workflow.NeedMore, "Ask for more facts first", "Write your question as the reason"},
	}},
}

type answerTo struct {
	verdict      workflow.Verdict
	label, means string
}

// decideLater leaves a question or a time open.
const decideLater = "later"

// decideForm asks both of the law's questions at once, as far as they are open, and
// when the organisation became aware. A button that names a decision has chosen it,
// and asks that question even if it is answered; nothing else is ever chosen already.
func decideForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	if m.Recipient != "" && !m.Recipient.Core() {
		return Notice("Not possible", "It is not clear which decision this is about. Nothing was saved. Please open it again from the incident.")
	}
	asked := inc.Undecided()
	if m.Recipient != "" && !slices.Contains(asked, m.Recipient) {
		asked = append(asked, m.Recipient)
	}
	m.Supersedes, m.People = seenOf(inc, workflow.Regulator), seenOf(inc, workflow.DataSubjects)
	blocks := decideFacts(d, inc)
	for _, q := range askedInDecide {
		if len(asked) > 0 && !slices.Contains(asked, q.to) {
			blocks = append(blocks, section(decisionLine(inc, q.to, d.Rules)))
			continue
		}
		if was := inc.Latest(q.to); was != nil {
			blocks = append(blocks, section("*Decided before:* "+escape(verdictWords(*was, d.Rules.Regulator))+" by "+user(was.By)+", "+when(was.At)+"."))
			blocks = append(blocks, words(workflow.Cut(was.Reason, decideMost))...)
		}
		chosen, optional := "", len(asked) != 1
		if q.to == m.Recipient {
			chosen = string(m.Verdict)
		}
		var answers []*slack.OptionBlockObject
		for _, a := range q.answers {
			answers = append(answers, option(string(a.verdict), named(a.label, d.Rules), a.means))
		}
		if optional {
			answers = append(answers, option(decideLater, "Decide later", ""))
		}
		blocks = append(blocks,
			input{field: q.answer, label: named(q.label, d.Rules), optional: optional, element: radio(answers, chosen)}.block(),
			input{field: q.reason, label: named(q.why, d.Rules), optional: optional, element: area(workflow.MaxText),
				hint: "Or your question. It goes into the register; an auditor may read it years later (Art. 33(5))."}.block())
		blocks = append(blocks, alsoAsked(d, inc, m, q.to)...)
	}
	blocks = append(blocks, awarenessInputs(d, inc, m)...)
	blocks = append(blocks, input{field: workflow.FieldAdvice, label: "Advice received", optional: true, element: area(workflow.MaxText),
		hint: "Who advised you, and what they said. For example the regulator's helpline or a lawyer."}.block())
	return modal(FormDecide, "Decide", "Record decision", m, append(blocks, decideRest(d, inc)...)...)
}

func seenOf(inc *workflow.Incident, to workflow.Recipient) int {
	if latest := inc.Latest(to); latest != nil {
		return latest.Seq
	}
	return 0
}

// decideMost is how many characters the form shows of a text that stands in full in the
// report or the timeline.
const decideMost = 500

// decideFacts are what the decision is about, on one screen of a telephone: what was
// reported, the facts, the time left, and the advice.
func decideFacts(d Desk, inc *workflow.Incident) []slack.Block {
	blocks := append([]slack.Block{header(inc.Title())}, words(workflow.Cut(inc.Report.What, decideMost))...)
	blocks = append(blocks, section("*"+string(inc.ID)+"*\n"+brief(inc, d.Rules)+"\n"+countdown(inc, d.Rules, d.Now)))
	a := inc.Assessment()
	if a == nil {
		return blocks
	}
	if now := d.Rules.Outdated(inc); now != nil {
		blocks = append(blocks, caution(outdatedWords(now)))
	}
	blocks = append(blocks, advice(inc, d.Rules, minuteWords))
	if a.Why != "" {
		blocks = append(blocks, section("*Why this differs from the suggestion*"))
		blocks = append(blocks, words(workflow.Cut(a.Why, decideMost))...)
	}
	return append(blocks, divider())
}

// alsoAsked are what a question asks besides, where that is needed.
func alsoAsked(d Desk, inc *workflow.Incident, m Meta, to workflow.Recipient) []slack.Block {
	a := inc.Assessment()
	switch {
	case to == workflow.Regulator && (inc.Clock().Late(d.Now) && inc.Sent(to) == nil || m.asks(workflow.FieldDelay, workflow.FieldDelayReason)):
		late := delayInputs("The 72 hours are over. If you decide not to notify, the law asks for the reasons (Art. 33(1)).")
		for _, b := range late {
			if in, ok := b.(*slack.InputBlock); ok {
				in.Optional = true
			}
		}
		return late
	case to == workflow.DataSubjects && (a != nil && a.Grading.HighRisk != workflow.No || m.asks(workflow.FieldGround)):
		return []slack.Block{input{field: workflow.FieldGround, label: "Exemption, when the risk is high", optional: true, element: pick(options(workflow.Grounds), ""),
			hint: "UK GDPR Art. 34(3). Needed if a high risk was assessed and you do not tell them."}.block()}
	}
	return nil
}

// awarenessInputs ask when the organisation became aware, each answer with the deadline
// that follows from it. What the record says is chosen already; while it says nothing,
// nothing is. Another time is asked for, with its reason, once that is the answer.
func awarenessInputs(d Desk, inc *workflow.Incident, m Meta) []slack.Block {
	if c := inc.Clock(); !c.Ours() || inc.Sent(workflow.Regulator) != nil {
		return nil
	}
	t := inc.Times
	local := func(at time.Time) string { return at.In(d.zone()).Format("Mon 2 Jan 2006 15:04 MST") }
	leads := func(at time.Time) string { return "Deadline " + local(at.Add(workflow.NotificationPeriod)) }
	var answers []*slack.OptionBlockObject
	now := ""
	if at := t.Aware.At; !at.IsZero() {
		now = decideLater
		answers = append(answers, option(decideLater, "As it is set: "+local(at), leads(at)))
	}
	for _, r := range workflow.Readings {
		at := t.Awareness(r.Value)
		switch {
		case r.Value == workflow.ReadingOther:
			answers = append(answers, option(string(r.Value), r.Label, "You are asked for the time, and why then"))
		case !at.IsZero() && !at.Equal(t.Aware.At):
			answers = append(answers, option(string(r.Value), r.Label+": "+local(at), leads(at)))
		}
	}
	if t.Aware.At.IsZero() {
		answers = append(answers, option(decideLater, "Decide later", "Until then it counts from the earliest time known"))
	}
	blocks := []slack.Block{input{field: workflow.FieldAwareFrom, label: "When did we become aware?", optional: true, element: radio(answers, now)}.block()}
	if m.asks(workflow.FieldAware, workflow.FieldAwareReason, workflow.FieldOrder) {
		blocks = append(blocks,
			input{field: workflow.FieldAware, label: "Aware since", optional: true, element: instant(t.Aware.At)}.block(),
			input{field: workflow.FieldAwareReason, label: "Why then?", optional: true, element: area(workflow.MaxText),
				hint: "For example: the recipient confirmed what was in the letter."}.block())
	}
	if m.asks(workflow.FieldOrder) {
		blocks = append(blocks, orderInput())
	}
	return blocks
}

// decideRest is what there is to read besides, below the questions.
func decideRest(d Desk, inc *workflow.Incident) []slack.Block {
	blocks := []slack.Block{divider()}
	if a := inc.Assessment(); a != nil {
		blocks = append(blocks, gridBlocks(a.Recommendation.Cell, d.Rules)...)
		blocks = append(blocks, because(a.Recommendation)...)
		blocks = append(blocks, suggested(a)...)
		if a.Grading.Evidence != "" {
			blocks = append(blocks, section("*Evidence given*"))
			blocks = append(blocks, words(a.Grading.Evidence)...)
		}
	}
	blocks = append(blocks, routeLines(d.Rules)...)
	blocks = append(blocks, sources(d.Rules, workflow.LawPeople, workflow.LawExceptions))
	return append(blocks, complaintLines(d.Rules)...)
}

// delayInputs ask why something came after the 72 hours.
func delayInputs(why string) []slack.Block {
	return []slack.Block{
		caution(why),
		input{field: workflow.FieldDelay, label: "Why did it take longer?", element: pick(options(workflow.DelayReasons), "")}.block(),
		input{field: workflow.FieldDelayReason, label: "In your own words", element: area(workflow.MaxText)}.block(),
	}
}

func parseDecide(v Values, m Meta, zone *time.Location) (workflow.Command, error) {
	c := workflow.Decisions{Facts: m.Facts, OrderIsRight: v.ticked(workflow.FieldOrder, "yes")}
	seen := map[workflow.Recipient]int{workflow.Regulator: m.Supersedes, workflow.DataSubjects: m.People}
	for _, q := range askedInDecide {
		d := workflow.Decide{
			Supersedes: seen[q.to], Recipient: q.to, Verdict: workflow.Verdict(v.choice(q.answer)),
			Reason: v.text(q.reason), Advice: v.text(workflow.FieldAdvice),
		}
		switch {
		case d.Verdict == decideLater, d.Verdict == "" && d.Reason == "":
			continue
		case d.Verdict == "":
			return nil, workflow.Invalid(q.answer, "You gave a reason, but chose no answer. Please choose one.")
		case d.Verdict == workflow.DoNotNotify && q.to == workflow.Regulator:
			d.Delay, d.DelayReason = workflow.DelayReason(v.choice(workflow.FieldDelay)), v.text(workflow.FieldDelayReason)
		case d.Verdict == workflow.DoNotNotify:
			d.Ground = workflow.Ground(v.choice(workflow.FieldGround))
		case d.Verdict == workflow.NeedMore:
			d.Advice = ""
		}
		c.Answers = append(c.Answers, d)
	}
	var err error
	if from := v.choice(workflow.FieldAwareFrom); from != decideLater {
		c.From = workflow.Reading(from)
	}
	if c.From == workflow.ReadingOther {
		c.Aware, err = v.clockTime(workflow.FieldAware, zone)
	}
	if c.From != "" {
		c.AwareReason = v.text(workflow.FieldAwareReason)
	}
	return c, which(err)
}

// verdictWords is a decision in a few words.
func verdictWords(d workflow.Decision, regulator string) string {
	people := d.Recipient == workflow.DataSubjects
	switch d.Verdict {
	case workflow.NeedMore:
		return "more facts requested"
	case workflow.Notify:
		switch {
		case !d.Recipient.Core():
			return "tell them"
		case people:
			return "tell the people affected"
		}
		return "notify the " + regulator
	case workflow.DoNotNotify:
		switch {
		case !d.Recipient.Core():
			return "not needed"
		case people:
			return "do not tell the people affected"
		}
		return "do not notify the " + regulator
	}
	return "an answer " + notKnown
}
