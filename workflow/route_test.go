package workflow

import (
	"strings"
	"testing"
	"time"
)

func TestEachNationHasItsRouteToTheRegulator(t *testing.T) {
	t.Parallel()
	for nation, want := range map[Nation]string{
		England:         "Data Security and Protection Toolkit",
		Scotland:        "Scottish Government",
		Wales:           "Welsh Ministers",
		NorthernIreland: "Department of Finance",
		"":              "Data Security and Protection Toolkit",
	} {
		r := DefaultRules()
		r.Nation, r.Regulator = nation, "Commissioner"
		got := ""
		for _, l := range r.Route() {
			got += l.Text + " "
		}
		if !strings.Contains(got, want) || !strings.Contains(got, "Commissioner") || !strings.Contains(got, "Monday to Friday, 9am to 5pm") {
			t.Errorf("%s: %s", nation, got)
		}
		if nation != England && nation != "" && (strings.Contains(got, "Toolkit") || !strings.Contains(got, "Commissioner's own online form")) {
			t.Errorf("%s is sent to England's tool: %s", nation, got)
		}
		if strings.Contains(got, "ICO") {
			t.Errorf("%s: the regulator goes by another name: %s", nation, got)
		}
	}
}

func TestTheProcedureIsDueForReviewTheDayAfter(t *testing.T) {
	t.Parallel()
	zone := DefaultRules().Zone
	p := Procedure{Version: "1.1", Owner: "Medical Director", Review: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)}
	for at, want := range map[string]bool{
		"2026-07-31T12:00:00Z": false,
		"2026-08-01T22:59:00Z": false, // 23:59 in London
		"2026-08-01T23:00:00Z": true,  // midnight in London
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.ReviewPassed(now, zone); got != want {
			t.Errorf("at %s passed: %v", at, got)
		}
	}
	if (Procedure{}).ReviewPassed(time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC), zone) {
		t.Error("no review is due of nothing")
	}
}
