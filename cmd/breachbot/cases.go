package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"breachbot/store/sqlite"
	"breachbot/workflow"
)

// decidedCase is an incident and what a published document decided about it.
type decidedCase struct {
	Source      string              `json:"source"`
	URL         string              `json:"url"`
	Case        string              `json:"case"`
	Title       string              `json:"title"`
	Description string              `json:"description"`
	Facts       workflow.GuideFacts `json:"facts"`
	Published   published           `json:"published"`
	Evidence    string              `json:"evidence"`
}

type published struct {
	Authority string `json:"notify_authority"`
	People    string `json:"tell_people"`
	Condition string `json:"condition"`
}

const conditional = "conditional"

// cases runs the decided cases of a file as real incidents, in a store that is
// deleted afterwards, and shows the advice beside the published outcome.
func cases(ctx context.Context, p process, file string) (err error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return unable{err}
	}
	all, err := readCases(content)
	if err != nil {
		return unable{fmt.Errorf("%s: %w", file, err)}
	}
	folder, err := os.MkdirTemp("", "breachbot-cases-")
	if err != nil {
		return unable{err}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	st, err := sqlite.Open(ctx, filepath.Join(folder, databaseFile))
	if err != nil {
		return unable{err}
	}
	defer func() { err = errors.Join(err, st.Close()) }()

	service := &workflow.Service{Rules: workflow.DefaultRules(), Journal: st, Now: p.Now}
	advised := tally{name: "The guided assessment"}
	thumbs := slices.Clone(rulesOfThumb)
	for _, c := range all {
		suggestion, inc, err := assessCase(ctx, service, c)
		if err != nil {
			return unable{fmt.Errorf("%s: %w", c.name(), err)}
		}
		advice := inc.Assessment().Recommendation
		authority, people := advice.Regulator, advice.Subjects != workflow.No
		advised.count(c.Published, authority, people)
		for n := range thumbs {
			told := thumbs[n].tells(c.Facts)
			thumbs[n].count(c.Published, told, told)
		}
		showCase(p.Stdout, service.Rules.Regulator, c, suggestion, advice, match(c.Published.Authority, authority), match(c.Published.People, people))
	}
	showTallies(p.Stdout, advised, thumbs)
	fmt.Fprintf(p.Stdout, "Conditional, so matching either way: %d for the authority, %d for the people.\n", advised.authority.either, advised.people.either)
	_, err = fmt.Fprintf(p.Stdout, "%d of %d match for the authority, %d of %d for the people\n", advised.authority.matches, len(all), advised.people.matches, len(all))
	return err
}

// score is how advice compares with what was published about one question.
type score struct{ matches, either, misses, alarms int }

func (s *score) add(outcome string, told bool) {
	switch {
	case outcome == conditional:
		s.either++
		s.matches++
	case match(outcome, told):
		s.matches++
	case told:
		s.alarms++
	default:
		s.misses++
	}
}

// tally is the score of one adviser over a file of cases.
type tally struct {
	name              string
	authority, people score
	tells             func(workflow.GuideFacts) bool // of a rule of thumb: tell both
}

func (t *tally) count(p published, authority, people bool) {
	t.authority.add(p.Authority, authority)
	t.people.add(p.People, people)
}

// rulesOfThumb are what somebody in a hurry might go by. An assessment that does
// not do better than these is not worth its questions.
var rulesOfThumb = []tally{
	{name: "Always tell both", tells: func(workflow.GuideFacts) bool { return true }},
	{name: "Tell both if it reached somebody and was not encrypted", tells: func(f workflow.GuideFacts) bool {
		return f.ExposedTo != workflow.ExposedNobody && f.Exfiltrated != workflow.No && f.Unintelligible != workflow.Yes
	}},
	{name: "Tell both if it is special category data, or of 1,000 people or more", tells: func(f workflow.GuideFacts) bool {
		return f.SpecialCategory == workflow.Yes || slices.Contains([]workflow.Band{workflow.BandThousands, workflow.BandTenThousands, workflow.BandMore}, f.Count)
	}},
}

func showTallies(w io.Writer, advised tally, thumbs []tally) {
	const row = "%-70s %9v %7v %13v %11v %7v %13v\n"
	fmt.Fprintf(w, row, "", "Authority", "", "", "People", "", "")
	fmt.Fprintf(w, row, "", "matches", "misses", "false alarms", "matches", "misses", "false alarms")
	for _, one := range append([]tally{advised}, thumbs...) {
		a, p := one.authority, one.people
		fmt.Fprintf(w, row, one.name, a.matches, a.misses, a.alarms, p.matches, p.misses, p.alarms)
	}
	fmt.Fprintln(w, "A miss is advice not to tell where the published outcome is to tell; a false alarm is the reverse.")
}

func match(outcome string, told bool) bool {
	return outcome == conditional || told == (outcome == "yes")
}

// assessCase takes a case through report, triage and assessment, as the people
// of an organisation would: the reporter says what kind of breach it is, triage
// adds what is known about it, and the DPO confirms what the rules suggest.
func assessCase(ctx context.Context, service *workflow.Service, c decidedCase) (workflow.Suggestion, *workflow.Incident, error) {
	what := c.Description
	if what == "" {
		what = c.Title
	}
	known := c.Facts.Facts()
	receipt, err := service.Report(ctx, "", workflow.SubmitReport{Report: workflow.Report{
		Title: clip(c.Title, workflow.MaxTitle), What: clip(what, workflow.MaxText), Detected: service.Now(), Risk: workflow.RiskMedium,
		Facts: workflow.Facts{Aspects: known.Aspects, Data: known.Data, Count: known.Count},
	}}, workflow.Actor{User: "UREPORTER"})
	if err != nil {
		return workflow.Suggestion{}, nil, err
	}
	id := receipt.Incident.ID
	receipt, err = service.Do(ctx, id, "", workflow.Triage{
		Facts: receipt.Incident.FactsVersion, Severity: 3, Risk: workflow.RiskMedium, Reason: "As published.", Known: known,
	}, workflow.Actor{User: "UDPO", Roles: []workflow.Role{workflow.RoleDPO}})
	if err != nil {
		return workflow.Suggestion{}, nil, err
	}
	suggestion := service.Rules.SuggestFor(receipt.Incident.Facts)
	receipt, err = service.Do(ctx, id, "", workflow.Assess{
		Facts: receipt.Incident.FactsVersion, Grading: suggestion.Grading, Consequences: clip(suggestion.Why(), workflow.MaxText),
	}, workflow.Actor{User: "UDPO", Roles: []workflow.Role{workflow.RoleDPO}})
	return suggestion, receipt.Incident, err
}

func clip(s string, most int) string {
	if letters := []rune(s); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return s
}

func showCase(w io.Writer, regulator string, c decidedCase, s workflow.Suggestion, advice workflow.Recommendation, authority, people bool) {
	fmt.Fprintf(w, "%s\n", c.name())
	floors := ""
	if advice.Cell != advice.Chosen {
		floors = fmt.Sprintf(", raised by the floor from %s", advice.Chosen)
	}
	fmt.Fprintf(w, "  Grade      %s (%s)%s\n", advice.Cell, s.Aspect, floors)
	tell := "do not notify: record only"
	if advice.Regulator {
		tell = "notify the " + regulator
	}
	if advice.ByLaw {
		tell += " (by the law's test, above the grid)"
	}
	fmt.Fprintf(w, "  Authority  %s; published: %s; %s\n", tell, c.Published.Authority, verdict(c.Published.Authority, authority))
	tell = map[workflow.Answer]string{workflow.Yes: "tell them", workflow.No: "need not be told"}[advice.Subjects]
	if tell == "" {
		tell = "tell them unless a high risk is ruled out (not known yet)"
	}
	fmt.Fprintf(w, "  People     %s; published: %s; %s\n", tell, c.Published.People, verdict(c.Published.People, people))
	if c.Published.Condition != "" {
		fmt.Fprintf(w, "  Condition  %s\n", c.Published.Condition)
	}
	for _, a := range s.Applied {
		label := "Also"
		if a.Decisive {
			label = "Why"
		}
		fmt.Fprintf(w, "  %-9s  %s, %s: %s (%s)\n", label, a.Aspect, a.Rule.Name, a.Rule.Why, a.Rule.Source)
	}
	for _, list := range []struct {
		label string
		lines []string
	}{{"Grid", advice.Reasons}, {"Warning", advice.Warnings}, {"Not known", s.Missing}, {"Change", slices.Concat(advice.WouldChange, s.WouldChange)}} {
		for _, line := range list.lines {
			fmt.Fprintf(w, "  %-9s  %s\n", list.label, line)
		}
	}
	fmt.Fprintln(w)
}

func verdict(outcome string, ok bool) string {
	switch {
	case outcome == conditional:
		return "matches either way"
	case ok:
		return "matches"
	}
	return "DIFFERS, because of the rules marked Why"
}

func (c decidedCase) name() string { return fmt.Sprintf("Case %s: %s", c.Case, c.Title) }

// The keys that a case must have. The facts have one for each question, and may
// leave out those that were asked later; elsewhere a file may say more, and that
// is ignored.
var (
	caseKeys      = []string{"case", "title", "facts", "published"}
	publishedKeys = []string{"notify_authority", "tell_people"}
)

// readCases reads the facts strictly: a misspelt key would silently leave a fact
// out.
func readCases(content []byte) ([]decidedCase, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(content, &raw); err != nil {
		return nil, fmt.Errorf("expected a list of cases: %w", err)
	}
	if len(raw) == 0 {
		return nil, errors.New("it holds no cases")
	}
	var factKeys, laterKeys []string
	for _, q := range workflow.GuideQuestions {
		if q.Later {
			laterKeys = append(laterKeys, string(q.Field))
		} else {
			factKeys = append(factKeys, string(q.Field))
		}
	}
	var all []decidedCase
	for n, r := range raw {
		c, err := readCase(r, factKeys, laterKeys)
		if err != nil {
			return nil, fmt.Errorf("case %s (number %d): %w", c.Case, n+1, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func readCase(raw json.RawMessage, factKeys, laterKeys []string) (c decidedCase, err error) {
	var name struct {
		Case string `json:"case"`
	}
	_ = json.Unmarshal(raw, &name) // for the error only; the strict reading follows
	c.Case = name.Case
	var parts map[string]json.RawMessage
	if parts, err = keys(raw, "", caseKeys, nil); err != nil {
		return c, err
	}
	if _, err = keys(parts["facts"], "facts.", factKeys, laterKeys); err != nil {
		return c, err
	}
	if _, err = keys(parts["published"], "published.", publishedKeys, nil); err != nil {
		return c, err
	}
	if err = json.Unmarshal(raw, &c); err != nil {
		return c, err
	}
	if c.Title == "" {
		return c, errors.New("title is empty")
	}
	if err = c.Facts.Check(); err != nil {
		if refusal := (*workflow.Error)(nil); errors.As(err, &refusal) {
			return c, fmt.Errorf("facts.%s: %w", refusal.Field, err)
		}
		return c, err
	}
	for _, o := range []struct{ key, value string }{
		{"notify_authority", c.Published.Authority}, {"tell_people", c.Published.People},
	} {
		if !slices.Contains([]string{"yes", "no", conditional}, o.value) {
			return c, fmt.Errorf("published.%s: %q is not yes, no or conditional", o.key, o.value)
		}
	}
	return c, nil
}

// keys reads an object that must have the wanted keys. Where others are named, it
// may have those too, and no more.
func keys(raw json.RawMessage, prefix string, want, others []string) (map[string]json.RawMessage, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, fmt.Errorf("%sexpected an object: %w", prefix, err)
	}
	var wrong []error
	for k := range object {
		if others != nil && !slices.Contains(want, k) && !slices.Contains(others, k) {
			wrong = append(wrong, fmt.Errorf("%s%s is not a key of the format", prefix, k))
		}
	}
	for _, k := range want {
		if _, ok := object[k]; !ok {
			wrong = append(wrong, fmt.Errorf("%s%s is missing", prefix, k))
		}
	}
	return object, errors.Join(wrong...)
}
