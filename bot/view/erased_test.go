package view

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"breachbot/workflow"
	"breachbot/workflow/document"
)

// marker is what somebody typed: it is put into every text of every event that
// the event's row does not keep as ours or Slack's.
const marker = "JaneSmithWasHere"

func markTexts(v reflect.Value, path string, keeps []string) {
	if slices.Contains(keeps, path) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(marker)
		}
	case reflect.Struct:
		for n := range v.NumField() {
			f := v.Type().Field(n)
			if !f.IsExported() {
				continue
			}
			below := path
			if !f.Anonymous {
				below = strings.TrimPrefix(path+"."+f.Name, ".")
			}
			markTexts(v.Field(n), below, keeps)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		markTexts(v.Elem(), path, keeps)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		markTexts(v.Index(0), path, keeps)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		markTexts(value, path, keeps)
		v.SetMapIndex(reflect.Zero(v.Type().Key()), value)
	}
}

// markedJournal is a closed incident in which every kind of event has happened,
// each full of typed words.
func markedJournal(t *testing.T, at time.Time) []workflow.Record {
	t.Helper()
	var journal []workflow.Record
	happens := func(e workflow.Event) {
		journal = append(journal, workflow.Record{Incident: "BR-2026-0001", Seq: len(journal) + 1, At: at, Actor: "UANA", Event: e})
	}
	kinds := workflow.Kinds()
	first := workflow.Reported{}.Kind()
	slices.SortStableFunc(kinds, func(a, b string) int {
		switch first {
		case a:
			return -1
		case b:
			return 1
		}
		return 0
	})
	for _, kind := range kinds {
		if kind == (workflow.Erased{}).Kind() {
			continue
		}
		e, err := workflow.Decode(kind, []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		marked := reflect.New(reflect.TypeOf(e)).Elem()
		markTexts(marked, "", workflow.Keeps(kind))
		happens(marked.Interface().(workflow.Event))
	}
	happens(workflow.Reopened{Reason: marker})
	happens(workflow.Triaged{Severity: 2, Risk: workflow.RiskHigh, Reason: marker, Systems: marker})
	happens(workflow.WasResolved{Reason: marker, RootCause: marker})
	happens(workflow.WasClosed{Reason: marker})
	return journal
}

// surfaces are everything that is shown, owed or written out of an incident.
func surfaces(t *testing.T, inc *workflow.Incident, rules workflow.Rules, now time.Time) map[string]string {
	t.Helper()
	dump := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	out := map[string]string{
		"the state": dump(inc), "the line of the register": dump(inc.Entry()), "what is owed": dump(rules.Plan(inc)), "the clocks": dump(rules.Clocks(inc)),
		"the card": dump(Card(inc, rules, now)), "the DPO's card": dump(Ask(inc, inc.Asking, rules, now)), "the status": dump(Status(inc, rules, true, now)),
		"the topic": Topic(inc, rules.Zone), "the receipt": dump(Receipt(inc, rules)), "the outcome": dump(Outcome(inc)),
		"the alert": dump(Alert(inc, "UDPO", rules, inc.Times.Reported)), "the answer": dump(Answer(inc, rules, inc.Times.Reported)), "the follow-up": dump(FollowUp(inc, rules)),
		"the list": dump(ListModal([]workflow.Entry{inc.Entry()}, false, now)),
	}
	desk := Desk{Rules: rules, Now: now, By: workflow.Actor{User: "UDPO", Roles: []workflow.Role{workflow.RoleDPO}}}
	for _, r := range readings {
		for page := range 6 {
			out[fmt.Sprintf("%s, page %d", r.act, page)] = dump(r.build(desk, inc, page))
		}
		if r.own != nil {
			out[string(r.act)+", the reporter's"] = dump(r.own(desk, inc))
		}
	}
	for seq := 1; seq <= inc.Version; seq++ {
		out[fmt.Sprintf("what is said of event %d", seq)] = dump(Say(inc, seq, workflow.InChannel, rules))
	}
	for _, task := range rules.Plan(inc) {
		out["undelivered "+string(task.Key)] = undelivered(inc, task.Key)
	}
	write := func(name string, f func(*strings.Builder) error) {
		var b strings.Builder
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		out[name] = b.String()
	}
	lines := []workflow.Entry{inc.Entry()}
	write("the export", func(b *strings.Builder) error { return document.RegisterCSV(b, lines, rules.Zone) })
	write("the export in words", func(b *strings.Builder) error { return document.RegisterText(b, lines, rules.Zone) })
	write("the published register", func(b *strings.Builder) error {
		return document.PublishedCSV(b, lines, rules.Regulator, rules.Zone)
	})
	write("the pack", func(b *strings.Builder) error { return document.Pack(b, inc, rules) })
	return out
}

func TestNothingTypedIsLeftOfAnErasedIncident(t *testing.T) {
	t.Parallel()
	rules := workflow.DefaultRules()
	rules.Roster[workflow.RoleDPO] = []workflow.Principal{"UDPO"}
	at := time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)
	journal := markedJournal(t, at)
	inc := workflow.Replay(journal)

	shown := 0
	for _, words := range surfaces(t, inc, rules, at) {
		if strings.Contains(words, marker) {
			shown++
		}
	}
	if shown < 10 {
		t.Fatalf("only %d surfaces show what was typed: the journal proves nothing", shown)
	}

	events, err := rules.Handle(inc, workflow.Erase{Reason: "Retention period over.", Journal: journal},
		workflow.Actor{User: "UDPO", Roles: []workflow.Role{workflow.RoleDPO}}, at)
	if err != nil {
		t.Fatal(err)
	}
	erased := *inc
	for n, e := range events {
		payload, err := workflow.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(payload), marker) {
			t.Errorf("the event of erasing holds what was typed: %s", payload)
		}
		erased.Apply(workflow.Record{Incident: inc.ID, Seq: inc.Version + 1 + n, At: at, Actor: "UDPO", Event: e})
	}
	for what, words := range surfaces(t, &erased, rules, at) {
		if at := strings.Index(words, marker); at >= 0 {
			t.Errorf("%s: …%s…", what, words[max(0, at-120):at+len(marker)])
		}
	}
}
