package view_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// pressable are the buttons and the choices of a menu in what somebody is shown: each
// with what it says.
func pressable(t *testing.T, shown any) [][2]string {
	t.Helper()
	raw, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var out [][2]string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			act, _ := v["action_id"].(string)
			if value, ok := v["value"].(string); ok && v["type"] == "button" {
				out = append(out, [2]string{act, value})
			}
			if options, ok := v["options"].([]any); ok && act == string(view.ActMore) {
				for _, o := range options {
					chosen, value, _ := strings.Cut(o.(map[string]any)["value"].(string), " ")
					out = append(out, [2]string{chosen, value})
				}
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
	return out
}

// press does with a button what the bot does, and gives why it was refused.
func press(s *story, by workflow.Actor, act view.Action, value string) string {
	ref, part, _ := strings.Cut(value, " ")
	if act == view.ActRegister && !by.MaySeeRegister() {
		return "the register is not for them"
	}
	if workflow.IncidentID(ref) != s.inc.ID || act == view.ActRegister {
		return ""
	}
	form, meta, opens := view.Opens(act, part)
	if !form.Shows(by, s.inc, meta) {
		return "there is no such incident for them"
	}
	if opens && form != view.FormReport {
		if err := s.rules.Permit(form.Command(), s.inc, by); err != nil && !(form == view.FormLink && s.rules.MayGive(workflow.CommandMarkDuplicate, s.inc, by)) {
			return err.Error()
		}
		return ""
	}
	if act == view.ActLead {
		if err := s.rules.Permit(workflow.CommandAssignRole, s.inc, by); err != nil {
			return err.Error()
		}
		return ""
	}
	if _, refused, _ := view.Read(act, s.desk(by), s.inc, 0); refused {
		return "only for the people who handle it"
	}
	return ""
}

// Nobody is shown a button that would only tell them that they may not use it, where
// they alone see it.
func TestNobodyIsShownAButtonThatIsNotForThem(t *testing.T) {
	t.Parallel()
	board := workflow.Actor{User: "U0BOARD", Roles: []workflow.Role{workflow.RoleBoard}}
	siro := workflow.Actor{User: "U0SIRO", Roles: []workflow.Role{workflow.RoleSIRO}}
	reported := newStory(t, plainly).report().room()
	led := reported.fork().lead("U0ROB")
	assessed := led.fork().triage(3).assess(3, 3, workflow.No)
	decided := assessed.fork().decide(workflow.Regulator, workflow.DoNotNotify).decide(workflow.DataSubjects, workflow.DoNotNotify)
	resolved := decided.fork().resolve()
	closed := resolved.fork().close()
	asked := led.fork().question()
	states := map[string]*story{
		"reported": reported, "led": led, "assessed": assessed, "decided": decided, "resolved": resolved, "closed": closed, "asked": asked,
		"dismissed": led.fork().dismiss(), "erased": closed.fork().erase(), "amended": led.fork().amend(),
	}
	pressed := 0
	for name, s := range states {
		s.rules.Roster[workflow.RoleBoard] = []workflow.Principal{"U0BOARD"}
		for _, by := range []workflow.Actor{nurse, rob, igLead, dpo, siro, board} {
			shown := map[string]any{
				"alert": view.Alert(s.inc, workflow.Target(by.User), s.rules, s.now).Blocks,
				"home":  view.Home{Rules: s.rules, Now: s.now, By: by, Incidents: []*workflow.Incident{s.inc}}.View().Blocks,
			}
			if by.User == nurse.User {
				shown["receipt"] = view.Receipt(s.inc, s.rules).Blocks
				shown["outcome"] = view.Outcome(s.inc).Blocks
			}
			if by.MaySeeReport(s.inc) {
				shown["status"] = view.Status(s.inc, s.rules, by.MayRead(s.inc), s.now).For(by, s.inc, s.rules).Blocks
				shown["list"] = view.List([]workflow.Entry{s.inc.Entry()}, false, s.rules, s.now.Add(time.Hour)).Blocks
				for _, act := range []view.Action{view.ActStatus, view.ActDetails, view.ActTimeline, view.ActSteps, view.ActDutyList, view.ActActions, view.ActClocks} {
					if v, refused, _ := view.Read(act, s.desk(by), s.inc, 0); !refused {
						shown[string(act)] = v.Blocks
					}
				}
			}
			for surface, blocks := range shown {
				for _, b := range pressable(t, blocks) {
					pressed++
					if refusal := press(s, by, view.Action(b[0]), b[1]); refusal != "" {
						t.Errorf("%s, %s shows %s the button %q: %s", name, surface, by.User, b[0], refusal)
					}
				}
			}
		}
	}
	if pressed < 200 {
		t.Errorf("only %d buttons were pressed", pressed)
	}
}

func TestTheReporterSeesWhatTheyCanDoAndNothingElse(t *testing.T) {
	t.Parallel()
	open := newStory(t, plainly).report().room()
	closed := open.fork().triage(3).assess(1, 1, workflow.No).decide(workflow.Regulator, workflow.DoNotNotify).decide(workflow.DataSubjects, workflow.DoNotNotify).resolve().close()
	for name, c := range map[string]struct {
		s    *story
		want string
	}{"open": {open, "amend ask_dpo details"}, "closed": {closed, "note details"}} {
		var acts []string
		for _, b := range pressable(t, view.Receipt(c.s.inc, c.s.rules).Blocks) {
			acts = append(acts, b[0])
		}
		if got := strings.Join(acts, " "); got != c.want {
			t.Errorf("%s: the receipt offers %s, want %s", name, got, c.want)
		}
	}
}
