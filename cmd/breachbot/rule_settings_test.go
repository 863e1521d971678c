package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"breachbot/workflow"
)

// texts has one for each kind of value. A setting of a new kind needs one more.
var texts = []string{"U1234", "2h", "5x5", "18:00", "special", "false", "true", "wales", "Europe/Jersey", "3=4h/24h", "3=2h", "2,1", "23:00-06:30", "1.1; Medical Director; 2027-02-01",
	"telephone 2027-01-05 Until 4pm.; nis_wales 2027-01-05"}

// another is a text that is right for the setting and other than its default.
func another(s ruleSetting) (text string, ok bool) {
	for _, text := range texts {
		if r, faults := ruledBy(s, text); len(faults) == 0 && s.words(r) != s.byDefault() {
			return text, true
		}
	}
	return "", false
}

// ruledBy are the default rules with one setting set.
func ruledBy(s ruleSetting, text string) (workflow.Rules, Faults) {
	var k checks
	r := workflow.DefaultRules()
	s.set(&k, text, &r)
	return r, k.faults
}

// ruleFields are the fields of the rules that people set, and their values. Of a
// group of settings it has each one.
func ruleFields(r workflow.Rules) map[string]any {
	fields := map[string]any{}
	var add func(prefix string, v reflect.Value)
	add = func(prefix string, v reflect.Value) {
		for n := range v.NumField() {
			name, field := prefix+v.Type().Field(n).Name, v.Field(n)
			if field.Type() == reflect.TypeFor[workflow.Grid]() {
				add(name+".", field)
				continue
			}
			fields[name] = field.Interface()
		}
	}
	add("", reflect.ValueOf(r))
	delete(fields, "Holidays") // they follow from the nation
	delete(fields, "Mailable") // they follow from BREACHBOT_MAIL_TO, whose addresses are no rule
	return fields
}

// settingComplaints tells what is missing of the settings. The README says of
// each setting what holds if it is not set.
func settingComplaints(rows []ruleSetting, fields []string, readme map[string]string) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	before := ruleFields(workflow.DefaultRules())
	isSet := map[string]bool{}
	for n, row := range rows {
		if slices.ContainsFunc(rows[:n], func(s ruleSetting) bool { return s.name == row.name }) {
			complain("%s has two rows", row.name)
		}
		if !strings.HasPrefix(row.name, "BREACHBOT_") {
			complain("%q does not begin with BREACHBOT_, so nobody would be told of a slip in it", row.name)
		}
		if row.read == nil {
			complain("%s is read by nothing", row.name)
		}
		if row.words == nil {
			complain("%s has no words", row.name)
		}
		if row.read == nil || row.words == nil {
			continue
		}

		otherwise := row.byDefault()
		if cell, ok := readme[row.name]; !ok {
			complain("%s is not in the README", row.name)
		} else if otherwise != "" && !strings.Contains(cell, "`"+otherwise+"`") {
			complain("%s is %q if not set; the README says %s", row.name, otherwise, cell)
		}
		if r, faults := ruledBy(row, otherwise); otherwise != "" && (len(faults) > 0 || row.words(r) != otherwise) {
			complain("%s is %q if not set, and reads it as %q %v", row.name, otherwise, row.words(r), faults)
		}
		if row.right() == "" {
			complain("%s has no example", row.name)
		} else if _, faults := ruledBy(row, row.right()); len(faults) > 0 {
			complain("%s has an example that is wrong: %v", row.name, faults)
		}

		text, ok := another(row)
		if !ok {
			complain("%s changes by no text of the test", row.name)
			continue
		}
		r, _ := ruledBy(row, text)
		if again, faults := ruledBy(row, row.words(r)); len(faults) > 0 || row.words(again) != row.words(r) {
			complain("%s is not written as it is read: %q is a fault or reads as %q", row.name, row.words(r), row.words(again))
		}
		for field, value := range ruleFields(r) {
			if !reflect.DeepEqual(value, before[field]) {
				isSet[field] = true
			}
		}
	}
	for _, field := range fields {
		if !isSet[field] {
			complain("no setting sets %s of the rules", field)
		}
	}
	return all
}

func TestNothingIsMissingOfTheSettingsOfTheRules(t *testing.T) {
	t.Parallel()
	var fields []string
	for field := range ruleFields(workflow.DefaultRules()) {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	if len(fields) < 20 || !slices.Contains(fields, "Grid.Floor") {
		t.Fatalf("the rules were not read: %v", fields)
	}
	for _, complaint := range settingComplaints(ruleSettings, fields, readmeSettings(t)) {
		t.Error(complaint)
	}
}

// A made-up setting, in memory: whatever is left out is named.
func TestWhatIsLeftOutOfASettingIsNamed(t *testing.T) {
	t.Parallel()
	whole := row("BREACHBOT_MOTTO", "Riverside", func(r *workflow.Rules) *string { return &r.Regulator }, (*checks).name, asItIs[string])
	said := map[string]string{"BREACHBOT_MOTTO": "`ICO`"}
	setting := func(change func(*ruleSetting)) []string {
		s := whole
		change(&s)
		return settingComplaints([]ruleSetting{s}, nil, said)
	}
	for _, c := range []struct {
		name string
		got  []string
		want string
	}{
		{"a whole setting", settingComplaints([]ruleSetting{whole}, []string{"Regulator"}, said), ""},
		{"without a row", settingComplaints(nil, []string{"Motto"}, said), "no setting sets Motto of the rules"},
		{"without a name", setting(func(s *ruleSetting) { s.name = "" }),
			`"" does not begin with BREACHBOT_, so nobody would be told of a slip in it;  is not in the README`},
		{"without a reader", setting(func(s *ruleSetting) { s.read = nil }), "BREACHBOT_MOTTO is read by nothing"},
		{"without words", setting(func(s *ruleSetting) { s.words = nil }), "BREACHBOT_MOTTO has no words"},
		{"without a line in the README", settingComplaints([]ruleSetting{whole}, nil, nil), "BREACHBOT_MOTTO is not in the README"},
		{"with another default in the README", settingComplaints([]ruleSetting{whole}, nil, map[string]string{"BREACHBOT_MOTTO": "`JOIC`"}),
			"BREACHBOT_MOTTO is \"ICO\" if not set; the README says `JOIC`"},
		{"without an example", settingComplaints([]ruleSetting{row("BREACHBOT_MOTTO", asDefault,
			func(r *workflow.Rules) *string { return &r.DPOContact }, (*checks).name, asItIs[string])}, nil, said), "BREACHBOT_MOTTO has no example"},
		{"with a wrong example", setting(func(s *ruleSetting) { s.example = "a\nb" }),
			"BREACHBOT_MOTTO has an example that is wrong: The configuration needs attention:\n" +
				"  BREACHBOT_MOTTO: is longer than 80 characters, or contains a line break. Use: BREACHBOT_MOTTO=a\nb"},
		{"twice", settingComplaints([]ruleSetting{whole, whole}, nil, said), "BREACHBOT_MOTTO has two rows"},
		{"with the words of another field", setting(func(s *ruleSetting) {
			s.words = func(r workflow.Rules) string { return r.Organisation }
		}), "BREACHBOT_MOTTO is \"this organisation\" if not set; the README says `ICO`; BREACHBOT_MOTTO changes by no text of the test"},
		{"read into nothing", setting(func(s *ruleSetting) {
			s.read = func(*checks, string, string, string, *workflow.Rules) {}
		}), "BREACHBOT_MOTTO changes by no text of the test"},
		{"written as nobody can read it", setting(func(s *ruleSetting) {
			s.words = func(r workflow.Rules) string { return r.Regulator + "!" }
		}), "BREACHBOT_MOTTO is \"ICO!\" if not set; the README says `ICO`; BREACHBOT_MOTTO is \"ICO!\" if not set, and reads it as \"ICO!!\" The configuration needs attention:; " +
			`BREACHBOT_MOTTO is not written as it is read: "U1234!" is a fault or reads as "U1234!!"`},
	} {
		if got := strings.Join(c.got, "; "); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestOnlyWhatIsNotVerifiedIsForTheOrganisationToCheck(t *testing.T) {
	t.Parallel()
	row := ruleSettings[slices.IndexFunc(ruleSettings, func(s ruleSetting) bool { return s.name == "BREACHBOT_LAW_CHECKED" })]
	for text, fault := range map[string]string{
		"telephone 2027-01-05":                   "",
		"telephone 2027-01-05; elapsed_hours":    "is not a date",
		"telephone yesterday":                    "is not a date",
		"regulator 2027-01-05 Within a month.":   "is not one of",
		"telephone 2027-01-05; hearsay 2027-1-5": "is not one of",
	} {
		_, faults := ruledBy(row, text)
		if (len(faults) == 0) != (fault == "") || fault != "" && !strings.Contains(faults.Error(), fault) {
			t.Errorf("%s: %v", text, faults)
		}
	}
}
