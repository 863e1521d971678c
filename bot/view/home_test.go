package view_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// under is the story's incident under another reference.
func (s *story) under(id workflow.IncidentID) *workflow.Incident {
	inc := *s.inc
	inc.ID = id
	return &inc
}

// homes are Home tabs of different people.
func homes(t testing.TB, says wording) map[string]slack.HomeTabViewRequest {
	t.Helper()
	reported := newStory(t, says).report().room()
	led := reported.fork().after(5 * time.Minute).lead("U0ROB")
	assessed := led.fork().triage(3).after(time.Hour).aware().assess(3, 3, workflow.No)
	acted := led.fork().action()
	home := func(by workflow.Actor, after time.Duration, incidents ...*workflow.Incident) view.Home {
		return view.Home{Rules: reported.rules, Now: friday.Add(after), By: by, Incidents: incidents}
	}
	everybodys := []*workflow.Incident{assessed.under("BR-2026-0003"), acted.under("BR-2026-0002"), reported.under("BR-2026-0001")}
	who := func(u workflow.UserID, roles ...workflow.Role) workflow.Actor {
		return workflow.Actor{User: u, Roles: roles}
	}

	dpos := home(who("U0DPO", workflow.RoleDPO), 80*time.Hour, everybodys...)
	dpos.Rules.DPOContact = "01792 496 0123 & dpo@riverside.example"
	dpos.Rules.Procedure = workflow.Procedure{Version: "1.1", Owner: "Medical Director", Review: friday.AddDate(0, 0, -10)}
	dpos.Since = friday.AddDate(0, -1, 0)
	dpos.Register = &view.RegisterCount{Open: 3, All: 12, Trend: "3 reported in the last 30 days, 2 in the 30 before, 12 in 12 months."}
	boards := home(who("U0BOARD", workflow.RoleBoard), time.Hour, everybodys...)
	boards.Register = &view.RegisterCount{}
	return map[string]slack.HomeTabViewRequest{
		"home_empty":     home(who("U0NEW"), time.Hour).View(),
		"home_reporter":  home(nurse, time.Hour, everybodys...).View(),
		"home_lead":      home(who("U0ROB"), time.Hour, everybodys...).View(),
		"home_owner":     home(who("U0OWNER"), time.Hour, everybodys...).View(),
		"home_dpo_late":  dpos.View(),
		"home_board":     boards.View(),
		"home_stranger":  home(who("U0NEW"), time.Hour, everybodys...).View(),
		"home_refused":   view.HomeRefused("Guests cannot use this. Please tell a colleague who is a full member, or your information governance lead, at once."),
		"home_responder": home(who("U0ANN", workflow.RoleResponder), time.Hour, everybodys...).View(),
	}
}

func TestHomeOfSomebodyUninvolvedIsThatOfANewcomer(t *testing.T) {
	t.Parallel()
	all := homes(t, plainly)
	stranger, newcomer := all["home_stranger"], all["home_empty"]
	if a, b := string((shown{home: &stranger}).json(t)), string((shown{home: &newcomer}).json(t)); a != b {
		t.Errorf("they differ:\n%s\n%s", a, b)
	}
}

// Forty incidents, each with thirty actions of the same person, are far more
// than fits: what is most pressing is there, and Home says that there is more.
func TestACrowdedHomeStaysFarBelowSlacksLimits(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().lead("U0ROB").triage(1)
	for range 30 {
		s.do(rob, workflow.AddAction{What: "W", Owner: "U0ROB", Due: s.now.AddDate(0, 1, 0)})
	}
	h := view.Home{Rules: s.rules, Now: s.now, By: workflow.Actor{User: "U0ROB", Roles: []workflow.Role{workflow.RoleDPO}}, Beyond: true,
		Register: &view.RegisterCount{Open: 900, All: 1000, More: true, Trend: strings.Repeat("W", 300)}}
	for n := range 40 {
		h.Incidents = append(h.Incidents, s.under(workflow.NewIncidentID(workflow.SeriesReal, 2026, n+1)))
	}
	v := h.View()
	sh := shown{name: "crowded", home: &v}
	for _, fault := range faults(sh.decoded(t)) {
		t.Error(fault)
	}
	if n := len(v.Blocks.BlockSet); n > 100 { // Slack: at most 100 blocks in a Home tab
		t.Errorf("%d blocks", n)
	}
	raw := string(sh.json(t))
	for _, more := range []string{fmt.Sprintf("and %d more: use", 40*30-10), "and 20 more: use", "More than 1000 incidents", "There are more open incidents than Home covers"} {
		if !strings.Contains(raw, more) {
			t.Errorf("does not say %q", more)
		}
	}
}

func TestADrillIsMarkedInHome(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	v := view.Home{Rules: s.rules, Now: s.now, By: nurse, Incidents: []*workflow.Incident{s.under(workflow.NewIncidentID(workflow.SeriesDrill, 2026, 1))}}.View()
	if raw := string((shown{home: &v}).json(t)); !strings.Contains(raw, "*Drill*") {
		t.Errorf("a drill looks like a breach: %s", raw)
	}
}

// underHeads are the incidents that a Home shows under each heading, one line of text
// and one button for each.
func underHeads(t testing.TB, v slack.HomeTabViewRequest) map[string][]*slack.SectionBlock {
	t.Helper()
	under, head := map[string][]*slack.SectionBlock{}, ""
	for _, b := range v.Blocks.BlockSet {
		switch b := b.(type) {
		case *slack.HeaderBlock:
			head = b.Text.Text
		case *slack.SectionBlock:
			if strings.HasPrefix(b.BlockID, "home_BR-") {
				under[head] = append(under[head], b)
			}
		}
	}
	return under
}

func label(b *slack.SectionBlock) string {
	if b.Accessory == nil {
		return ""
	}
	return b.Accessory.ButtonElement.Text.Text
}

// A responder with several incidents wants to see at one glance what is gravest, how
// long there is, who has it, and the one thing to press. None is there twice.
func TestHomeShowsEachIncidentOnceTheMostUrgentFirstWithOneButton(t *testing.T) {
	t.Parallel()
	fresh := newStory(t, plainly).report().room()
	ransomware := fresh.fork().known(func(f *workflow.Facts) { f.Category = "ransomware" }).triage(1)
	miss := newStory(t, plainly).do(nurse, workflow.SubmitReport{Report: workflow.Report{
		Title: "A near miss.", What: "A near miss.", Detected: friday, Risk: workflow.RiskCritical, Facts: workflow.Facts{NearMiss: true}}})
	mine := fresh.fork().lead("U0ROB").triage(3)
	anns := fresh.fork().lead("U0ANN").do(igLead, workflow.Triage{Facts: fresh.inc.FactsVersion, Severity: 2, Risk: workflow.RiskHigh, Reason: "Grave.", Known: fresh.inc.Facts})
	h := view.Home{Rules: fresh.rules, Now: friday.Add(41 * time.Hour), By: rob, Incidents: []*workflow.Incident{
		miss.under("BR-2026-0001"), mine.under("BR-2026-0002"), anns.under("BR-2026-0003"), ransomware.under("BR-2026-0004")}}
	all := underHeads(t, h.View())
	for head, want := range map[string][][2]string{
		"Waiting for me": {
			{"*BR-2026-0004* · *1 Critical* · Ransomware\n▰▰▰▱▱▱ *31 h left*, updated <!date^1795340100^{date_short_pretty} at {time}|22 Nov 2026 09:35 UTC> · No lead yet\n*Next:* contain it, and keep the evidence. <#C0ROOM>\nContainment: *overdue*,", "I have it"},
			{"*BR-2026-0002* · *3 Medium* · Letter or fax to the wrong recipient\n▰▰▰▱▱▱ *31 h left*, updated <!date^1795340100^{date_short_pretty} at {time}|22 Nov 2026 09:35 UTC> · Lead: <@U0ROB>\n*Next:* contain it", "Contain"},
			{"*BR-2026-0001* · *Not graded yet, first guess critical* · Kind not known yet (near miss)\n", "I have it"},
		},
		"Other open incidents": {{"*BR-2026-0003* · *2 High* · ", "Show the report"}},
	} {
		got := all[head]
		if len(got) != len(want) {
			t.Fatalf("%s: %d incidents, want %d", head, len(got), len(want))
		}
		for n, w := range want {
			if s := got[n]; !strings.HasPrefix(s.Text.Text, w[0]) || label(s) != w[1] {
				t.Errorf("%s, place %d: %q [%s]\nwant %q [%s]", head, n+1, s.Text.Text, label(s), w[0], w[1])
			}
		}
	}
	seen := map[string]bool{}
	for _, lines := range all {
		for _, s := range lines {
			if seen[s.BlockID] {
				t.Errorf("%s is there twice", s.BlockID)
			}
			seen[s.BlockID] = true
		}
	}
}

// Whoever triaged an incident goes on being asked for its next step, also when
// somebody else has the lead.
func TestWhatITriagedWaitsForMe(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().lead("U0ANN").triage(3) // by Rob
	for by, want := range map[workflow.UserID]int{"U0ROB": 1, "U0ANN": 1, "U0SUE": 0} {
		who := workflow.Actor{User: by, Roles: []workflow.Role{workflow.RoleResponder}}
		got := underHeads(t, view.Home{Rules: s.rules, Now: s.now, By: who, Incidents: []*workflow.Incident{s.inc}}.View())
		if n := len(got["Waiting for me"]); n != want || len(got["Other open incidents"]) != 1-want {
			t.Errorf("%s: %d waiting, want %d", by, n, want)
		}
	}
}
