package bot_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/workflow"
)

// answers are what somebody types into a form, by field.
type answers map[workflow.Field]any

// letter is a report with the four answers that are asked for.
func letter(change ...answers) answers {
	a := answers{
		workflow.FieldTitle: "Letter to the wrong address", workflow.FieldWhat: "The new occupant rang us.",
		workflow.FieldRisk: "medium",
	}
	return a.but(change...)
}

func (a answers) but(change ...answers) answers {
	out := answers{}
	for _, c := range append([]answers{a}, change...) {
		for k, v := range c {
			out[k] = v
		}
	}
	return out
}

const first = workflow.IncidentID("BR-2026-0001")

// form waits until a person has a form in front of them.
func (w *world) form(who string) *sandbox.View {
	w.tb.Helper()
	w.bot.Settle() // a draft is looked for after the form has opened
	w.wait("a form for "+who, func() bool { m := w.as(who).Modal(); return m != nil && m.Submit != "" })
	return w.as(who).Modal()
}

// notice waits until a person is shown a modal that only says something, and
// gives its words.
func (w *world) notice(who string) string {
	w.tb.Helper()
	w.bot.Settle()
	w.wait("a notice for "+who, func() bool {
		m := w.as(who).Modal()
		return m != nil && m.Submit == "" && m.Title != "One moment"
	})
	return w.as(who).RenderView(w.as(who).Modal())
}

// fill enters answers into the form in front of a person. Who knows more says so
// first, and a near miss is not asked how bad it could be.
func (w *world) fill(who string, a answers) {
	w.tb.Helper()
	if near, ok := a[workflow.FieldNearMiss]; ok && w.asks(who, workflow.FieldNearMiss) {
		if err := w.as(who).Fill(string(workflow.FieldNearMiss), near); err != nil {
			w.tb.Fatal(err)
		}
		w.bot.Settle()
		a = a.but()
		delete(a, workflow.FieldNearMiss)
		if !w.asks(who, workflow.FieldRisk) {
			delete(a, workflow.FieldRisk)
		}
	}
	for field := range a {
		if m := w.as(who).Modal(); m != nil && m.CallbackID == string(view.FormReport) && !w.asks(who, field) {
			w.presses(who, "I know more")
			break
		}
	}
	for field, value := range a {
		if err := w.as(who).Fill(string(field), value); err != nil {
			w.tb.Fatalf("%s fills %s: %v", who, field, err)
		}
	}
}

// asks tells whether the form in front of a person has an input.
func (w *world) asks(who string, field workflow.Field) bool {
	m := w.as(who).Modal()
	return m != nil && slices.ContainsFunc(m.Blocks, func(b sandbox.Block) bool {
		id, _, _ := strings.Cut(fmt.Sprint(b["block_id"]), "~")
		return b["type"] == "input" && (id == string(field) || b["block_id"] == string(field))
	})
}

func (w *world) submit(who string) sandbox.SubmitResult {
	w.tb.Helper()
	res, err := w.as(who).Submit(w.tb.Context())
	if err != nil {
		w.tb.Fatalf("%s submits: %v", who, err)
	}
	return res
}

// send fills in the form in front of a person and submits it, which must
// succeed.
func (w *world) send(who string, a answers) {
	w.tb.Helper()
	w.form(who)
	w.fill(who, a)
	switch res := w.submit(who); res.Status {
	case sandbox.Cleared, sandbox.Closed:
	case sandbox.Updated:
		if res.View.Submit != "" {
			w.tb.Fatalf("%s got the form back:\n%s", who, w.as(who).RenderView(res.View))
		}
	default:
		w.tb.Fatalf("%s could not send it: %+v", who, res)
	}
	if w.as(who).Modal() != nil {
		if err := w.as(who).CloseModal(w.tb.Context()); err != nil {
			w.tb.Fatal(err)
		}
	}
}

func (w *world) slash(who, text string) sandbox.Outcome {
	w.tb.Helper()
	before := w.answer(who)
	out, err := w.as(who).Slash(w.tb.Context(), "/breach", text)
	if err != nil {
		w.tb.Fatalf("%s types /breach %s: %v", who, text, err)
	}
	if word, _, _ := strings.Cut(text, " "); out.Message == nil && tabled[word] { // answered after the acknowledgement
		w.bot.Settle()
		if m := w.answer(who); m != nil && (before == nil || m.TS > before.TS) {
			out.Message = m
		}
	}
	return out
}

// tabled are the words after /breach that are answered with a table. Until Slack has
// shown one, the answer comes after the acknowledgement.
var tabled = map[string]bool{"list": true, "status": true, "register": true, "find": true, "clocks": true, "duties": true, "actions": true, "timeline": true}

// answer is the newest message that only this person sees; nil if there is none.
func (w *world) answer(who string) *sandbox.Message {
	var best *sandbox.Message
	for _, c := range w.as(who).Channels() {
		for _, m := range w.as(who).Messages(c.ID) {
			if m.Ephemeral && (best == nil || m.TS > best.TS) {
				best = &m
			}
		}
	}
	return best
}

// report has the nurse report, and everything delivered.
func (w *world) report(change ...answers) workflow.IncidentID {
	w.tb.Helper()
	before, _, err := w.store.NextNumber(w.tb.Context(), workflow.SeriesReal, w.ws.Now().Year())
	if err != nil {
		w.tb.Fatal(err)
	}
	w.slash(sandbox.Nia, "")
	w.send(sandbox.Nia, letter(change...))
	w.deliver()
	return workflow.NewIncidentID(workflow.SeriesReal, w.ws.Now().Year(), before)
}

// press presses the newest button of an action that a person can see.
func (w *world) press(who, action string) sandbox.Outcome {
	w.tb.Helper()
	m, id := w.button(who, action)
	if id == "" {
		w.tb.Fatalf("%s sees no button %q", who, action)
	}
	out, err := w.as(who).PressMessage(w.tb.Context(), m.Channel, m.TS, id)
	if err != nil {
		w.tb.Fatalf("%s presses %s: %v", who, action, err)
	}
	return out
}

// presses presses a button of the modal in front of a person, by its label.
func (w *world) presses(who, label string) {
	w.tb.Helper()
	w.bot.Settle()
	if _, err := w.as(who).Press(w.tb.Context(), sandbox.InModal(), label); err != nil {
		w.tb.Fatalf("%s presses %s: %v", who, label, err)
	}
	w.bot.Settle()
}

func (w *world) button(who, action string) (best sandbox.Message, id string) {
	for _, c := range w.as(who).Channels() {
		for _, m := range w.as(who).Messages(c.ID) {
			for _, b := range m.Blocks {
				elements, _ := b["elements"].([]any)
				for _, e := range elements {
					element, _ := e.(map[string]any)
					if element["type"] == "button" && element["action_id"] == action && (best.TS == "" || m.TS > best.TS) {
						best, id = m, fmt.Sprint(b["block_id"], "/", action)
					}
				}
			}
		}
	}
	return best, id
}

// chooses picks an option of the newest More list that a person can see.
func (w *world) chooses(who, option string) {
	w.tb.Helper()
	var best sandbox.Message
	for _, c := range w.as(who).Channels() {
		for _, m := range w.as(who).Messages(c.ID) {
			if raw, _ := json.Marshal(m.Blocks); strings.Contains(string(raw), `"action_id":"more"`) && m.TS > best.TS {
				best = m
			}
		}
	}
	if _, err := w.as(who).Choose(w.tb.Context(), sandbox.InMessage(best.Channel, best.TS), "more", option); err != nil {
		w.tb.Fatalf("%s chooses %s: %v", who, option, err)
	}
}

// do gives a command as somebody in a role, without Slack.
func (w *world) do(id workflow.IncidentID, who string, role workflow.Role, c workflow.Command) {
	w.tb.Helper()
	by := workflow.Actor{User: workflow.UserID(who), Roles: []workflow.Role{role}}
	key := workflow.CommandKey(fmt.Sprintf("test/%s/%s/%d", id, c.Name(), w.incident(id).Version))
	if _, err := w.service.Do(w.tb.Context(), id, key, c, by); err != nil {
		w.tb.Fatalf("%s: %v", c.Name(), err)
	}
}

// take makes Rob the lead, which the others are told.
func (w *world) take(id workflow.IncidentID) {
	w.tb.Helper()
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.AssignRole{Role: workflow.RoleLead, User: sandbox.Rob})
}

func (w *world) triage(id workflow.IncidentID) {
	w.tb.Helper()
	inc := w.incident(id)
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.Triage{Facts: inc.FactsVersion, Severity: 3, Risk: workflow.RiskMedium, Reason: "One letter.", Known: inc.Facts})
}

func (w *world) assess(id workflow.IncidentID) {
	w.tb.Helper()
	w.do(id, sandbox.Ivy, workflow.RoleIGLead, workflow.Assess{Facts: w.incident(id).FactsVersion, Why: "The recipient is known.", Grading: workflow.Grading{
		Cell: workflow.Cell{Likelihood: 3, Effect: 3}, Vulnerable: workflow.No, HighRisk: workflow.No}})
}

func (w *world) decide(id workflow.IncidentID, to workflow.Recipient, v workflow.Verdict) {
	w.tb.Helper()
	inc, seen := w.incident(id), 0
	if d := inc.Latest(to); d != nil {
		seen = d.Seq
	}
	w.do(id, sandbox.Dee, workflow.RoleDPO, workflow.Decide{Facts: inc.FactsVersion, Supersedes: seen, Recipient: to, Verdict: v, Reason: "On the evidence."})
}

// end sees a decided incident through: contained, recovered, resolved, every
// recipient answered, reviewed, closed.
func (w *world) end(id workflow.IncidentID) {
	w.tb.Helper()
	ivy := func(c workflow.Command) { w.tb.Helper(); w.do(id, sandbox.Ivy, workflow.RoleIGLead, c) }
	ivy(workflow.Contain{Facts: w.incident(id).FactsVersion, Steps: []workflow.ContainStep{workflow.EvidencePreserved}, State: workflow.Contained, Evidence: "It came back."})
	ivy(workflow.Resolve{Summary: "Collected.", RootCause: "Old address."})
	if owed := w.owed(id); len(owed) > 0 {
		w.do(id, sandbox.Dee, workflow.RoleDPO, workflow.AnswerDuties{Recipients: owed, Reason: "Not concerned."})
	}
	ivy(workflow.Review{Findings: workflow.ReviewFindings{What: "A letter went astray.", Impact: "None.", RootCause: "Old address.", WentWell: "It was rung through.", Slowed: "Nothing.", Documents: "None."}})
	ivy(workflow.Close{Reason: "Ask for the address."})
}

// owed are the recipients besides the two core ones that are still asked about.
func (w *world) owed(id workflow.IncidentID) []workflow.Recipient {
	w.tb.Helper()
	var owed []workflow.Recipient
	for _, d := range w.service.Rules.Duties(w.incident(id)) {
		if d.Owed() && !d.Recipient.Core() {
			owed = append(owed, d.Recipient)
		}
	}
	return owed
}

// later lets time pass and delivers what then is due.
func (w *world) later(d time.Duration) {
	w.tb.Helper()
	w.ws.Advance(d)
	w.deliver()
}

// recover lets time pass in small steps until nothing is failing any more.
func (w *world) recover() {
	w.tb.Helper()
	for range 80 {
		w.deliver()
		failing, err := w.store.Failing(w.tb.Context(), 1)
		if err != nil {
			w.tb.Fatal(err)
		}
		if len(failing) == 0 {
			return
		}
		w.ws.Advance(2 * time.Minute)
	}
	failing, _ := w.store.Failing(w.tb.Context(), 1)
	w.tb.Fatalf("never delivered: %+v", failing)
}

// posts are the messages of the app in every conversation, joins left out.
func (w *world) posts() []sandbox.Message {
	var out []sandbox.Message
	seen := map[string]bool{}
	for _, who := range everybody {
		for _, c := range w.as(who).Channels() {
			for _, m := range w.as(who).Messages(c.ID) {
				if key := m.Channel + m.TS; m.ByApp && m.Subtype == "" && !seen[key] {
					seen[key] = true
					out = append(out, m)
				}
			}
		}
	}
	return out
}

var everybody = []string{
	sandbox.Nia, sandbox.Rob, sandbox.Ivy, sandbox.Cal, sandbox.Dee, sandbox.Dan, sandbox.Sam, sandbox.Bea, sandbox.Gus, sandbox.Olu,
}

// room is the one private channel of the app.
func (w *world) room() sandbox.Channel {
	w.tb.Helper()
	var mine []sandbox.Channel
	for _, c := range w.ws.Channels() {
		if c.CreatedByApp && !c.DM {
			mine = append(mine, c)
		}
	}
	if len(mine) != 1 || !mine[0].Private {
		w.tb.Fatalf("the app's channels are %+v", mine)
	}
	return mine[0]
}

// said are the notification texts of the app's messages in one person's direct
// messages, or in the room.
func (w *world) said(where string) []string {
	w.tb.Helper()
	var out []string
	var messages []sandbox.Message
	if where == "room" {
		messages = w.as(sandbox.Ivy).Messages(w.room().ID)
	} else {
		messages = w.as(where).DMs()
	}
	for _, m := range messages {
		if m.ByApp && m.Subtype == "" {
			out = append(out, m.Text)
		}
	}
	return out
}

func (w *world) count(where, text string) int {
	w.tb.Helper()
	n := 0
	for _, s := range w.said(where) {
		if strings.Contains(s, text) {
			n++
		}
	}
	return n
}

// picture is all that people have at Slack of the app's doing: what was said in
// each conversation in no particular order, who is in the room, what is pinned.
func (w *world) picture() map[string][]string {
	w.tb.Helper()
	out := map[string][]string{}
	for _, who := range everybody {
		said := w.said(who)
		slices.Sort(said)
		out[who] = said
	}
	room := w.room()
	out["room"] = w.said("room")
	slices.Sort(out["room"])
	out["members"] = slices.Sorted(slices.Values(room.Members))
	out["topic"] = []string{room.Name, room.Topic, fmt.Sprint(len(room.Pins), " pinned")}
	return out
}

// onceEach fails when a message was posted twice: each carries the mark of the
// one task it was posted for.
func (w *world) onceEach() {
	w.tb.Helper()
	marks := map[string]string{}
	for _, m := range w.posts() {
		if m.Ephemeral {
			continue
		}
		var meta struct {
			Payload struct {
				ID string `json:"id"`
			} `json:"event_payload"`
		}
		if err := json.Unmarshal(m.MetadataRaw, &meta); err != nil || meta.Payload.ID == "" {
			w.tb.Errorf("%q carries no mark: %s", m.Text, m.MetadataRaw)
		}
		if other, twice := marks[meta.Payload.ID]; twice {
			w.tb.Errorf("posted twice: %q and %q", other, m.Text)
		}
		marks[meta.Payload.ID] = m.Text
	}
}

func same(tb testing.TB, want, got map[string][]string) {
	tb.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("people have something else than without the fault (-without +with):\n%s", diff)
	}
}

// metric is a counter's value, summed over the labels not named.
func (w *world) metric(name string, labels ...string) float64 {
	w.tb.Helper()
	families, err := w.metrics.Gather()
	if err != nil {
		w.tb.Fatal(err)
	}
	total := 0.0
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			has := map[string]string{}
			for _, l := range m.GetLabel() {
				has[l.GetName()] = l.GetValue()
			}
			fits := true
			for n := 0; n+1 < len(labels); n += 2 {
				fits = fits && has[labels[n]] == labels[n+1]
			}
			if fits {
				total += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return total
}
