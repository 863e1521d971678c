package workflow_test

import (
	"testing"
	"unicode/utf8"

	. "breachbot/workflow"
)

func options[T ~string](t *testing.T, name string, all []Option[T], word func(T) string) {
	seen := map[T]bool{}
	for _, o := range all {
		if n := utf8.RuneCountInString(o.Label); n == 0 || n > 75 {
			t.Errorf("%s %s: the label has %d characters; Slack takes 1 to 75", name, o.Value, n)
		}
		if o.Value == "" || seen[o.Value] || word(o.Value) != o.Label {
			t.Errorf("%s %q: twice, empty or called %q", name, o.Value, word(o.Value))
		}
		seen[o.Value] = true
	}
}

func TestOptionsFitTheirForms(t *testing.T) {
	t.Parallel()
	options(t, "answer", Answers, Answer.Label)
	options(t, "category", Categories, Category.Label)
	options(t, "aspect", Aspects, Aspect.Label)
	options(t, "data", DataCategories, DataCategory.Label)
	options(t, "subject", SubjectKinds, SubjectKind.Label)
	options(t, "capacity", Capacities, Capacity.Label)
	options(t, "delay", DelayReasons, DelayReason.Label)
	options(t, "ground", Grounds, Ground.Label)
	options(t, "exception", Exceptions, Exception.Label)
	options(t, "method", Methods, Method.Label)
	options(t, "risk", RiskLevels, RiskLevel.Label)
	for n, s := range Severities {
		if int(s.Value) != n+1 || s.Value.Label() != s.Label || !s.Value.Valid() {
			t.Errorf("severity %+v", s)
		}
	}
	if last := Categories[len(Categories)-2:]; last[0].Value != "other" || last[1].Value != "unknown" {
		t.Errorf("other and not known come last: %v", last)
	}
	if Severity(0).Valid() || Severity(5).Valid() {
		t.Error("severities are 1 to 4")
	}
}

func TestABorderNumberGoesToTheHigherBand(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "1 to 9", 9: "1 to 9", 10: "10 to 99", 99: "10 to 99", 100: "100 to 1k", 1000: "1k to 10k", 10_000: "10k to 100k", 100_000: "100k and above"} {
		if got := (Count{Known: true, N: n}).Band(); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if c := (Count{}); c.Band() != "Unknown" || c.String() != "not known yet" {
		t.Errorf("%s %s", c.Band(), c)
	}
}

func TestANumberOfPeopleHasItsComma(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 12: "12", 999: "999", 1000: "1,000", 12_000: "12,000", 123_456: "123,456", 1_234_567: "1,234,567"} {
		if got := (Count{Known: true, N: n}).String(); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
