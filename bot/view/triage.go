package view

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// ActTriagePage turns to another page of the triage form: the questions that matter,
// or one of the pages of other details.
const ActTriagePage Action = "triage_page"

// triageMost is how many inputs triage shows at once (product rule: more than ten
// are not filled in at night).
const triageMost = 10

// triageForm asks what the kind of event leaves open. Everything else is one button
// away, in the same form, and what a page does not show stays as it is.
func triageForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	was := m.chosen()
	f := inc.Facts
	if _, chose := was[string(workflow.FieldCategory)]; chose {
		f.Category = workflow.Category(was.choice(workflow.FieldCategory))
	}
	pages := triagePages(d.Rules, inc, f, m)
	if m.want != "" {
		m.Page = max(0, slices.IndexFunc(pages, func(p []triageQuestion) bool {
			return slices.ContainsFunc(p, func(q triageQuestion) bool { return q.field == m.want })
		}))
	}
	m.Page = min(max(m.Page, 0), len(pages)-1)
	blocks := summary(inc, d.zone())
	if m.leftOut(pages[m.Page]) {
		blocks = append(blocks, caution("The record has changed, so what you chose on the other pages of this form was left out. Please look at *Other details* again."))
	}
	if m.Page == 0 {
		blocks = append(blocks, divider(), kindAsked(inc))
		blocks = append(blocks, firstHour(d.Rules, f.Category))
	}
	blocks = append(blocks, gradesAsked(inc, m, was)...)
	why := input{field: workflow.FieldReason, label: "Why?", element: area(workflow.MaxText),
		hint: "One or two sentences. No names of the people affected."}.block()
	if m.Page == 0 {
		blocks = append(blocks, why)
	}
	for _, q := range pages[m.Page] {
		in := q.ask(f, inc)
		in.optional = true
		blocks = append(blocks, in.block())
	}
	if m.Page > 0 {
		blocks = append(blocks, why)
	}
	prefill(blocks, was)
	blocks = append(blocks, otherPages(inc, f, m, pages)...)
	return modal(FormTriage, "Triage", "Save triage", m, blocks...)
}

// kindAsked asks for the kind of event. Choosing it asks what that kind leaves open.
func kindAsked(inc *workflow.Incident) slack.Block {
	b := input{field: workflow.FieldCategory, label: "What kind of event is it?", optional: true, element: pick(options(workflow.Categories), string(inc.Facts.Category)),
		hint: "The questions below follow from it."}.block()
	b.(*slack.InputBlock).DispatchAction = true
	return b
}

// gradesAsked asks for severity and risk. On the pages of other details, it says what
// was chosen, and asks only for what was not.
func gradesAsked(inc *workflow.Incident, m Meta, was Values) []slack.Block {
	var grades []*slack.OptionBlockObject
	for _, s := range workflow.Severities {
		grades = append(grades, option(strconv.Itoa(int(s.Value)), s.Label, s.Means))
	}
	severity := ""
	if inc.Severity.Valid() {
		severity = strconv.Itoa(int(inc.Severity))
	}
	asks := []input{
		{field: workflow.FieldSeverity, label: "Severity: how fast must we act?", element: radio(grades, severity), hint: "Provisional. It can be changed."},
		{field: workflow.FieldRisk, label: "Risk to the people affected", optional: inc.Facts.NearMiss, element: radio(options(workflow.RiskLevels), string(inc.Risk))},
	}
	var blocks []slack.Block
	var chose []string
	for n, in := range asks {
		if m.Page > 0 && was.choice(in.field) != "" {
			name := []string{"Severity", "Risk"}[n]
			if o := chosen(in.element.(*slack.RadioButtonsBlockElement).Options, was.choice(in.field)); o != nil {
				chose = append(chose, "*"+name+":* "+escape(o.Text.Text))
				continue
			}
		}
		blocks = append(blocks, in.block())
	}
	if len(chose) > 0 {
		blocks = slices.Insert(blocks, 0, section(strings.Join(chose, " · ")))
	}
	return blocks
}

// otherPages leads to the other pages, and says what is answered already.
func otherPages(inc *workflow.Incident, f workflow.Facts, m Meta, pages [][]triageQuestion) []slack.Block {
	turn := func(label string, page int) *slack.ButtonBlockElement {
		return button(ActTriagePage, label, string(inc.ID)+" "+strconv.Itoa(page))
	}
	if m.Page > 0 {
		buttons := []slack.BlockElement{turn("Back to the questions", 0)}
		if next := m.Page + 1; next < len(pages) {
			more := turn("More details", next)
			more.ActionID += pageMark + "more" // each its own within a block
			buttons = append(buttons, more)
		}
		return []slack.Block{divider(), actions("", buttons...)}
	}
	var lines []string
	at := 0
	for n, page := range pages[1:] {
		for _, q := range page {
			if says := q.says(f, inc); says != "" {
				lines = append(lines, "• "+q.name+": "+says)
				if at == 0 {
					at = n + 1
				}
			}
		}
	}
	var blocks []slack.Block
	if len(lines) > 0 {
		blocks = append(blocks, withButton("*Answered already*\n"+strings.Join(lines, "\n"), readAs(turn("Change", at), "what is answered already")))
	}
	if len(pages) > 1 {
		blocks = append(blocks, actions("", turn("Other details", 1)))
	}
	return blocks
}

// TriageTurn is the page that an act in the triage form turns to. Choosing the kind of
// event turns to the questions of that kind. It is false for any other act.
func TriageTurn(v slack.View, a slack.BlockAction) (page int, ok bool) {
	if Form(v.CallbackID) != FormTriage || v.State == nil {
		return 0, false
	}
	if a.ActionID == valueID {
		return 0, fieldOf(a.BlockID) == string(workflow.FieldCategory)
	}
	_, part, _ := strings.Cut(a.Value, " ")
	page, err := strconv.Atoi(part)
	return page, ActionOf(a.ActionID) == ActTriagePage && err == nil
}

// triagePages are the questions of the triage form, page by page. The first has those
// that the kind of event leaves open: those of its playbook, then those whose answers
// could change the advice. The others have the rest, with what is answered already at
// the end. On every page there is room for the inputs that stay: severity, risk and
// the reason, and a text that somebody has begun.
func triagePages(rules workflow.Rules, inc *workflow.Incident, f workflow.Facts, m Meta) [][]triageQuestion {
	was, book := m.chosen(), workflow.PlaybookFor(f.Category)
	may := func(q triageQuestion) bool {
		_, answered := was[string(q.field)]
		return f.Asks(q.field) && (!q.some || answered || slices.Contains(book.Asks, q.field))
	}
	const stay = 4 // kind, severity, risk, reason
	first := make([]triageQuestion, 0, triageMost-stay)
	var fixed []triageQuestion
	for _, q := range triageQuestions {
		if slices.Contains(strings.Fields(m.keep), string(q.field)) {
			fixed = append(fixed, q)
		}
	}
	on := func(page []triageQuestion, field workflow.Field) bool {
		return slices.ContainsFunc(page, func(q triageQuestion) bool { return q.field == field })
	}
	add := func(fields ...workflow.Field) {
		for _, field := range fields {
			n := slices.IndexFunc(triageQuestions, func(q triageQuestion) bool { return q.field == field })
			if n < 0 || len(first) == cap(first) || on(first, field) || on(fixed, field) {
				continue
			}
			if q := triageQuestions[n]; may(q) && q.open(inc.Facts, f, inc) {
				first = append(first, q)
			}
		}
	}
	if m.Typed {
		first = append(first, systemsAsked)
	}
	if len(fixed) > 0 && m.Page == 0 {
		first = fixed
	} else {
		add(book.Asks...)
		for _, q := range rules.Unanswered(f) {
			add(q.Field)
		}
	}
	var rest, known []triageQuestion
	for _, q := range triageQuestions {
		switch {
		case !may(q) || on(first, q.field) || on(fixed, q.field):
		case q.says(f, inc) != "":
			known = append(known, q)
		default:
			rest = append(rest, q)
		}
	}
	room := triageMost - 1 // the reason
	for _, grade := range []workflow.Field{workflow.FieldSeverity, workflow.FieldRisk} {
		if was.choice(grade) == "" {
			room--
		}
	}
	if m.Typed {
		room--
	}
	pages := [][]triageQuestion{first}
	for page := range slices.Chunk(slices.Concat(rest, known), room) {
		if page = slices.Clip(page); m.Typed {
			page = append(page, systemsAsked)
		}
		pages = append(pages, page)
	}
	if len(fixed) > 0 && m.Page > 0 {
		pages = slices.Insert(pages, min(m.Page, len(pages)), fixed)
	}
	return pages
}

// firstHour is what to do first about a kind of event, in short.
func firstHour(rules workflow.Rules, kind workflow.Category) slack.Block {
	const steps = 3
	book := workflow.PlaybookFor(kind)
	lines := []string{"*First hour: " + escape(book.Label) + "*"}
	for n, s := range book.Steps[:steps] {
		lines = append(lines, strconv.Itoa(n+1)+". "+escape(s.Text))
	}
	lines = append(lines, "*Think of:* "+escape(strings.Join(rules.ThinkOf(book), "; "))+".",
		"All "+strconv.Itoa(len(book.Steps))+" steps and their sources: *First hour* under *More* on the card.")
	return section(strings.Join(lines, "\n"))
}

// triageQuestion is one fact that triage asks for.
type triageQuestion struct {
	field workflow.Field
	name  string // in the list of what is answered already
	some  bool   // asked only for some kinds of event: those whose playbook names it
	ask   func(workflow.Facts, *workflow.Incident) input
	says  func(workflow.Facts, *workflow.Incident) string // the answer; empty while there is none
	read  func(Values, *workflow.Facts) error
}

// open tells whether it must be asked: nobody has answered it, and for this kind of
// event the other answers do not settle it.
func (q triageQuestion) open(recorded, f workflow.Facts, inc *workflow.Incident) bool {
	if q.says(recorded, inc) != "" {
		return false
	}
	guided := slices.ContainsFunc(workflow.GuideQuestions, func(g workflow.GuideQuestion) bool { return g.Field == q.field }) || q.field == workflow.FieldAspects
	return !guided || f.Open(q.field)
}

// oneAnswer asks for one answer from a closed list.
func oneAnswer[T ~string](field workflow.Field, name, label, hint string, vocabulary []workflow.Option[T], at func(*workflow.Facts) *T) triageQuestion {
	return triageQuestion{field: field, name: name,
		ask: func(f workflow.Facts, _ *workflow.Incident) input {
			return input{field: field, label: label, hint: hint, element: pick(options(vocabulary), string(*at(&f)))}
		},
		says: func(f workflow.Facts, _ *workflow.Incident) string {
			for _, o := range vocabulary {
				if o.Value == *at(&f) && o.Value != "unknown" {
					return escape(o.Label)
				}
			}
			return ""
		},
		read: func(v Values, f *workflow.Facts) error { *at(f) = T(v.choice(field)); return nil },
	}
}

// manyAnswers asks for any number of answers from a closed list.
func manyAnswers[T ~string](field workflow.Field, name, label, hint string, vocabulary []workflow.Option[T], at func(*workflow.Facts) *[]T) triageQuestion {
	return triageQuestion{field: field, name: name,
		ask: func(f workflow.Facts, _ *workflow.Incident) input {
			in := input{field: field, label: label, hint: hint, element: pickMany(vocabulary, *at(&f))}
			if len(vocabulary) <= 5 {
				in.element = ticks(options(vocabulary), texts(*at(&f))...)
			}
			return in
		},
		says: func(f workflow.Facts, _ *workflow.Incident) string {
			var labels []string
			for _, o := range vocabulary {
				if slices.Contains(*at(&f), o.Value) && o.Value != "unknown" {
					labels = append(labels, escape(o.Label))
				}
			}
			return strings.Join(labels, "; ")
		},
		read: func(v Values, f *workflow.Facts) error { *at(f) = choices[T](v, field); return nil },
	}
}

// only marks a question that is asked only for some kinds of event.
func only(q triageQuestion) triageQuestion {
	q.some = true
	return q
}

// systemsAsked asks for the systems. What is typed there stays on every page.
var systemsAsked = triageQuestion{field: workflow.FieldSystems, name: "Systems",
	ask: func(_ workflow.Facts, inc *workflow.Incident) input {
		return input{field: workflow.FieldSystems, label: "Which systems are affected?", element: brieflyWritten(inc.Systems()),
			hint: "Include paper, post and telephones."}
	},
	says: func(_ workflow.Facts, inc *workflow.Incident) string {
		return escape(workflow.Cut(inc.Systems(), 100))
	},
	read: func(Values, *workflow.Facts) error { return nil }}

// triageQuestions is everything that triage may ask besides the kind of event and the
// grades, in the order in which the other details show them.
var triageQuestions = []triageQuestion{
	{field: workflow.FieldApplies, name: "Danger and other urgent matters",
		ask: func(f workflow.Facts, _ *workflow.Incident) input {
			return input{field: workflow.FieldApplies, label: "Does any of this apply?", element: appliesNow(f)}
		},
		says: appliesSaid, read: readApplies},
	oneAnswer(workflow.FieldPersonalData, "Personal data involved", "Is personal data involved?", "A living person can be identified from it. Paper counts too.",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.PersonalData }),
	only(oneAnswer(workflow.FieldDisruption, "People affected while it was missing or wrong", "How badly are people affected while it is missing or wrong?",
		"Is care affected, or the service disrupted? Cancelled clinics, or care without records, are \"Seriously\".",
		workflow.Disruptions, func(f *workflow.Facts) *workflow.Disruption { return &f.Disruption })),
	only(oneAnswer(workflow.FieldExposedTo, "Who got it, or could", "Who got the data, or could get at it?", "",
		workflow.Exposures, func(f *workflow.Facts) *workflow.Exposure { return &f.ExposedTo })),
	only(oneAnswer(workflow.FieldConnected, "Connected with the people affected", "Are they connected with the people affected?", "Such as a relative, a former partner, a neighbour or an employer.",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Connected })),
	only(oneAnswer(workflow.FieldExfiltrated, "Reached somebody outside", "Did the data reach somebody outside?", "",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Exfiltrated })),
	only(oneAnswer(workflow.FieldUnintelligible, "Encrypted or hashed, key safe", "Is it encrypted or hashed, with the key safe?", "",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Unintelligible })),
	only(oneAnswer(workflow.FieldCopyHeld, "We still have the data", "Do we still have the data, or was it restored quickly?", "",
		workflow.ApplicableAnswers, func(f *workflow.Facts) *workflow.Answer { return &f.CopyHeld })),
	manyAnswers(workflow.FieldData, "Kinds of data", "Which kinds of data?", "", workflow.DataCategories, func(f *workflow.Facts) *[]workflow.DataCategory { return &f.Data }),
	manyAnswers(workflow.FieldSubjects, "About whom", "Who is the data about?", "The people in the data, not those who received it.",
		workflow.SubjectKinds, func(f *workflow.Facts) *[]workflow.SubjectKind { return &f.Subjects }),
	{field: workflow.FieldCount, name: "How many people",
		ask: func(f workflow.Facts, _ *workflow.Incident) input {
			return input{field: workflow.FieldCount, label: "About how many people?", element: number(0, workflow.MaxCount, f.Count),
				hint: "The people in the data. Leave empty if it is not known yet."}
		},
		says: func(f workflow.Facts, _ *workflow.Incident) string {
			if !f.Count.Known {
				return ""
			}
			return f.Count.String()
		},
		read: func(v Values, f *workflow.Facts) (err error) {
			f.Count, err = v.count(workflow.FieldCount)
			return err
		}},
	systemsAsked,
	oneAnswer(workflow.FieldOngoing, "Still going on", "Is it still going on?", "", workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Ongoing }),
	manyAnswers(workflow.FieldAspects, "What became of the data", "What became of the data?", "", workflow.Aspects, func(f *workflow.Facts) *[]workflow.Aspect { return &f.Aspects }),
	oneAnswer(workflow.FieldCapacity, "Our role", "What is our role for this data?", "", workflow.Capacities, func(f *workflow.Facts) *workflow.Capacity { return &f.Capacity }),
	oneAnswer(workflow.FieldMalicious, "Bad intent", "Was there bad intent?", "Attack, theft or misuse.", workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Malicious }),
	oneAnswer(workflow.FieldSpecialCategory, "Special category data", "Does it include special category data?", "Art. 9: health, origin, beliefs and the like. Leave empty if the kinds of data say so.",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.SpecialCategory }),
	oneAnswer(workflow.FieldVulnerablePeople, "Vulnerable people", "Are vulnerable people among them?", "Children, patients in care, vulnerable adults. Leave empty if \"Who is the data about?\" says so.",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Vulnerable }),
	oneAnswer(workflow.FieldSubjectsAware, "The people affected know", "Do the people affected know?", "", workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.SubjectsAware }),
	oneAnswer(workflow.FieldOthersAware, "Another organisation knows", "Does any other organisation know?", "", workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.OthersAware }),
}

// parseTriage reads what was on the page and what was chosen on the others. What
// nobody saw is not in it, so that it stays as it was.
func parseTriage(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	all := m.chosen()
	maps.Copy(all, v)
	severity, _ := strconv.Atoi(all.choice(workflow.FieldSeverity))
	c := workflow.Triage{
		Facts:    m.Facts,
		Severity: workflow.Severity(severity),
		Risk:     workflow.RiskLevel(all.choice(workflow.FieldRisk)),
		Reason:   all.text(workflow.FieldReason),
		Systems:  all.text(workflow.FieldSystems),
		Asked:    []workflow.Field{},
	}
	saw := func(f workflow.Field) bool {
		_, saw := all[string(f)]
		if saw {
			c.Asked = append(c.Asked, f)
		}
		return saw
	}
	if saw(workflow.FieldCategory) {
		c.Known.Category = workflow.Category(all.choice(workflow.FieldCategory))
	}
	for _, q := range triageQuestions {
		if saw(q.field) {
			if err := q.read(all, &c.Known); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

// TurnTriage is the triage form at another page, or with the questions of another
// kind of event, with what was typed and chosen kept. It stays bound to the version of
// the facts that the person saw first.
func TurnTriage(d Desk, inc *workflow.Incident, v slack.View, page int) slack.ModalViewRequest {
	m, was := ParseMeta(v.PrivateMetadata), ValuesOf(v.State)
	m = m.with(was, inc)
	m.Page = page
	facts := m.Facts
	m.Facts = inc.FactsVersion
	out := FormTriage.Build(d, inc, m)
	prefill(out.Blocks.BlockSet, was)
	bound := ParseMeta(out.PrivateMetadata)
	bound.Facts = facts
	out.PrivateMetadata = bound.Encode()
	return out
}

// Toward turns a form that has pages to the one that asks for a field, with what was
// chosen kept. Without a field it stays at its page, with the same questions.
func Toward(f Form, m Meta, was Values, inc *workflow.Incident, field workflow.Field) Meta {
	switch {
	case f != FormTriage || inc == nil:
	case field != "":
		m = m.with(was, inc)
		m.want = field
	default: // on facts that have changed: what is on the screen stays on it
		var fields []string
		for field := range was {
			fields = append(fields, field)
		}
		m.keep = strings.Join(fields, " ")
	}
	return m
}

// typedTexts are what people type into the triage form. It stays in their client: no
// metadata holds it.
var typedTexts = []workflow.Field{workflow.FieldReason, workflow.FieldSystems}

// with adds what was chosen on a page. A text that was begun keeps its input.
func (m Meta) with(was Values, inc *workflow.Incident) Meta {
	all := m.chosen()
	for field, value := range was {
		if !slices.Contains(typedTexts, workflow.Field(field)) {
			all[field] = value
		}
	}
	if _, there := was[string(workflow.FieldSystems)]; there {
		m.Typed = was.text(workflow.FieldSystems) != workflow.Cut(inc.Systems(), workflow.MaxLine)
	}
	held := map[string]entered{}
	for field := range all {
		held[field] = all.entered(field)
	}
	b, _ := json.Marshal(held) // plain strings and numbers always encode
	m.Chose = string(b)
	return m
}

// chosen is what was chosen on the pages of a form before this one.
func (m Meta) chosen() Values {
	v, err := decode(m.Chose)
	if err != nil || v == nil {
		return Values{}
	}
	return v
}

// anew keeps of what was chosen only the grades: the rest is about facts that have
// changed since. What is not on the screen would overwrite them unseen.
func (m Meta) anew() Meta {
	only := map[string]entered{}
	for field := range m.chosen() {
		if field == string(workflow.FieldSeverity) || field == string(workflow.FieldRisk) {
			only[field] = m.chosen().entered(field)
		}
	}
	b, _ := json.Marshal(only)
	m.Chose, m.lost = string(b), m.Chose
	return m
}

// leftOut tells whether something was left out that this page does not show.
func (m Meta) leftOut(page []triageQuestion) bool {
	lost, _ := decode(m.lost)
	for field := range lost {
		if slices.ContainsFunc(triageQuestions, func(q triageQuestion) bool { return string(q.field) == field }) &&
			!slices.ContainsFunc(page, func(q triageQuestion) bool { return string(q.field) == field }) {
			return true
		}
	}
	return false
}

// applies are the facts that are ticked if they are true.
var applies = []struct {
	field workflow.Field
	label string
	at    func(*workflow.Facts) *workflow.Answer
}{
	{workflow.FieldInDanger, "Somebody may be in danger", func(f *workflow.Facts) *workflow.Answer { return &f.InDanger }},
	{workflow.FieldCustomersMustAct, "Customers must do something now", func(f *workflow.Facts) *workflow.Answer { return &f.CustomersMustAct }},
	{workflow.FieldPatientSafety, "It is linked to a patient safety incident", func(f *workflow.Facts) *workflow.Answer { return &f.PatientSafety }},
	{workflow.FieldSlackUnsafe, "Slack itself may be compromised", func(f *workflow.Facts) *workflow.Answer { return &f.SlackUnsafe }},
	{workflow.FieldDeceased, "It is only about people who have died", func(f *workflow.Facts) *workflow.Answer { return &f.Deceased }},
}

const nearMissApplies = "This was a near miss"

func appliesNow(f workflow.Facts) *slack.CheckboxGroupsBlockElement {
	var all []*slack.OptionBlockObject
	var now []string
	for _, a := range applies {
		all = append(all, option(string(a.field), a.label, ""))
		if *a.at(&f) == workflow.Yes {
			now = append(now, string(a.field))
		}
	}
	all = append(all, option(string(workflow.FieldNearMiss), nearMissApplies, ""))
	if f.NearMiss {
		now = append(now, string(workflow.FieldNearMiss))
	}
	return ticks(all, now...)
}

// readApplies answers each of them: whoever sent the form saw the question.
func readApplies(v Values, f *workflow.Facts) error {
	for _, a := range applies {
		*a.at(f) = workflow.No
		if v.ticked(workflow.FieldApplies, string(a.field)) {
			*a.at(f) = workflow.Yes
		}
	}
	f.NearMiss = v.ticked(workflow.FieldApplies, string(workflow.FieldNearMiss))
	return nil
}

// appliesSaid is which of them apply, once each is answered.
func appliesSaid(f workflow.Facts, _ *workflow.Incident) string {
	var yes []string
	for _, a := range applies {
		switch *a.at(&f) {
		case workflow.Yes:
			yes = append(yes, escape(a.label))
		case workflow.No:
		default:
			return ""
		}
	}
	if f.NearMiss {
		yes = append(yes, nearMissApplies)
	}
	if len(yes) == 0 {
		return "none"
	}
	return strings.Join(yes, "; ")
}

// summary is the top of a form about an incident: its reference, what was reported
// and the 72-hour clock.
func summary(inc *workflow.Incident, zone *time.Location) []slack.Block {
	blocks := []slack.Block{section("*" + string(inc.ID) + "* · " + escape(inc.Step().Label()) + "\n" + clockLine(inc, zone))}
	blocks = append(blocks, words(inc.Title())...)
	return blocks
}
