package workflow_test

import (
	"testing"

	. "breachbot/workflow"
)

func TestAnIncidentIsFoundByAllItsWords(t *testing.T) {
	t.Parallel()
	e := Entry{ID: "BR-2026-0014", Title: "Wrong letter to Llŷr's ŵyr", Summary: "100% sure: ΣΊΣΥΦΟΣ opened it_now."}
	for words, want := range map[string]bool{
		"":                   true,
		"wrong letter":       true,
		"letter WRONG":       true,
		"opened wrong":       true, // one in the title, one in the summary
		"LLŶR Ŵyr":           true,
		"σίσυφος":            true,
		"100%":               true,
		"it_now":             true,
		"100_":               false, // no wildcards
		"w%g":                false,
		"wrong parcel":       false,
		"BR-2026-0014":       true,
		"br 2026 14":         true,
		"0014 letter":        true,
		"BR-2026-0015":       false,
		"dr 2026 14":         false,
		"letter\n\t  wrong ": true,
	} {
		if got := e.Mentions(words); got != want {
			t.Errorf("%q: %v", words, got)
		}
	}
}
