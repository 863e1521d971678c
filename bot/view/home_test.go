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
	if n := len(v.Blocks.BlockSet); n > 70 {
		t.Errorf("%d blocks", n)
	}
	raw := string(sh.json(t))
	for _, more := range []string{fmt.Sprintf("and %d more: use", 40*31-10), "and 30 more: use", "More than 1000 incidents", "There are more open incidents than Home covers"} {
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
