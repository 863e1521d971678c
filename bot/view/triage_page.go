package view

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// ActTriagePage turns to another page of the triage form: the questions that matter,
// or one of the pages of other details.
const ActTriagePage Action = "triage_page"

// triageMost is how many inputs triage shows at once (product rule: more than ten
// are not filled in at night).
const triageMost = 10

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
