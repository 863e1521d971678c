package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breachbot/workflow"
)

// As gov.uk/bank-holidays lists them. 26 December 2026 is a Saturday, 25 and 26
// December 2027 are a weekend.
func TestBankHolidaysOfTheFourNations(t *testing.T) {
	t.Parallel()
	england := map[string]string{
		"2026": "2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28",
		"2027": "2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28",
	}
	for nation, want := range map[workflow.Nation]map[string]string{
		workflow.England: england,
		workflow.Wales:   england,
		workflow.Scotland: {
			"2026": "2026-01-01 2026-01-02 2026-04-03 2026-05-04 2026-05-25 2026-06-15 2026-08-03 2026-11-30 2026-12-25 2026-12-28",
			"2027": "2027-01-01 2027-01-04 2027-03-26 2027-05-03 2027-05-31 2027-08-02 2027-11-30 2027-12-27 2027-12-28",
		},
		workflow.NorthernIreland: {
			"2026": "2026-01-01 2026-03-17 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-07-13 2026-08-31 2026-12-25 2026-12-28",
			"2027": "2027-01-01 2027-03-17 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-07-12 2027-08-30 2027-12-27 2027-12-28",
		},
	} {
		all := bankHolidays(nation)
		if !slices.IsSorted(all) || !strings.HasPrefix(all[0], "2024-01-01") || !strings.HasPrefix(all[len(all)-1], "2036-12-26") {
			t.Errorf("%s: from %s to %s", nation, all[0], all[len(all)-1])
		}
		for year, days := range want {
			var got []string
			for _, d := range all {
				if strings.HasPrefix(d, year) {
					got = append(got, d)
				}
			}
			if diff := cmp.Diff(strings.Fields(days), got); diff != "" {
				t.Errorf("%s %s (-gov.uk +ours):\n%s", nation, year, diff)
			}
		}
	}
}

func TestHolidaysOnAWeekendMoveToADayOfTheirOwn(t *testing.T) {
	t.Parallel()
	for nation, days := range map[workflow.Nation][]string{
		workflow.England:         {"2028-01-03", "2033-12-26", "2033-12-27"}, // Saturday; Sunday and Monday
		workflow.Scotland:        {"2028-01-03", "2028-01-04", "2034-01-02", "2034-01-03", "2024-12-02"},
		workflow.NorthernIreland: {"2024-03-18", "2025-07-14"},
	} {
		all := bankHolidays(nation)
		for _, d := range days {
			if _, there := slices.BinarySearch(all, d); !there {
				t.Errorf("%s: %s is missing", nation, d)
			}
		}
	}
}

func TestEveryNationHasACalendar(t *testing.T) {
	t.Parallel()
	for _, n := range workflow.Nations {
		if len(bankHolidays(n.Value)) < 8*(holidaysTo-holidaysFrom+1) {
			t.Errorf("%s has too few", n.Label)
		}
	}
}
