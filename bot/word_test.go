package bot

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// complaints says what is wrong with the words after /breach and with the modals
// they open.
func complaints(modals map[string]view.Action, messages []string) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	rules := workflow.DefaultRules()
	raw, err := json.Marshal([]any{view.Help(rules), view.MoreHelp(rules, workflow.Actor{Roles: []workflow.Role{workflow.RoleDPO, workflow.RoleIGLead}}, time.Now())})
	if err != nil {
		return []string{err.Error()}
	}
	taken := map[string]bool{"report": true}
	for _, word := range slices.Concat(slices.Sorted(maps.Keys(modals)), messages) {
		if _, form := view.Worded(word); form || taken[word] {
			say("the word %q means two things", word)
		}
		taken[word] = true
		if help := "`/breach " + word; !strings.Contains(string(raw), help+"`") && !strings.Contains(string(raw), help+" ") {
			say("the help does not name the word %q", word)
		}
	}
	for word, act := range modals {
		if general[act] == nil {
			say("the word %q opens nothing", word)
		}
	}
	return out
}

func TestEveryWordMeansOneThingAndIsInTheHelp(t *testing.T) {
	t.Parallel()
	messages := slices.Sorted(maps.Keys(messageWords))
	for _, c := range complaints(modalWords, messages) {
		t.Error(c)
	}
	for want, made := range map[string]struct {
		modals   map[string]view.Action
		messages []string
	}{
		`the help does not name the word "rehearse"`: {messages: []string{"rehearse"}},
		`the word "note" means two things`:           {messages: []string{"note"}},
		`the word "report" means two things`:         {messages: []string{"report"}},
		`the word "list" means two things`:           {messages: []string{"list", "list"}},
		`the word "drill" opens nothing`:             {modals: map[string]view.Action{"drill": view.ActTriage}},
	} {
		if got := complaints(made.modals, made.messages); !slices.Contains(got, want) {
			t.Errorf("nobody says %s, only %q", want, got)
		}
	}
}

// A form that goes another way is a form there is, and goes another way.
func TestEveryOtherWayIsOfAForm(t *testing.T) {
	t.Parallel()
	for form, w := range ways {
		if form.Known() == (w.instead != nil) {
			t.Errorf("%s: a form gives a command, or is handled otherwise", form)
		}
		if w.instead == nil && w.complete == nil && w.give == nil && w.accept == nil && w.after == nil {
			t.Errorf("%s: goes no other way", form)
		}
	}
	for act := range general {
		if _, _, ok := view.Opens(act, ""); ok {
			t.Errorf("%s opens a form about an incident, and a modal about none", act)
		}
	}
}
