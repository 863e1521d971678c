package workflow_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	. "breachbot/workflow"
)

func TestCleanKeepsWhatPeopleTypeAndTakesWhatHides(t *testing.T) {
	t.Parallel()
	for _, v := range []struct{ name, in, want string }{
		{"plain", "A letter.", "A letter."},
		{"ends trimmed", " \n\t A \u00a0\n", "A"},
		{"line breaks and tabs stay", "a\r\nb\n\tc", "a\nb\n\tc"},
		{"NUL and bells", "a\x00b\x07c\x7fd\u0085e", "abcde"},
		{"invalid UTF-8", "a\xff\xfeb", "a\uFFFDb"},
		{"half a surrogate", "a\xed\xa0\x80b", "a\uFFFDb"},
		{"emoji with joiners", "👩🏽‍⚕️ 👨‍👩‍👧", "👩🏽‍⚕️ 👨‍👩‍👧"},
		{"combining marks", "e\u0301 Zo\u0308e", "e\u0301 Zo\u0308e"},
		{"Arabic and Hebrew", "رسالة מכתב", "رسالة מכתב"},
		{"bidi override", "invoice\u202efdp.exe\u202c", "invoicefdp.exe"},
		{"bidi isolates and marks", "a\u2066b\u2067c\u2068d\u2069e\u200ef\u200fg\u061ch", "abcdefgh"},
		{"byte order mark", "\ufeffa", "a"},
		{"invisible tags", "a\U000e0041\U000e0042b", "ab"},
		{"Persian zero-width non-joiner", "می\u200cخواهم", "می\u200cخواهم"},
		{"only hidden", "\u202e\x00\ufeff", ""},
	} {
		if got := Clean(v.in); got != v.want {
			t.Errorf("%s: %q, want %q", v.name, got, v.want)
		}
	}
}

func TestOneLineHasNoBreaks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" a\r\n\tb\u2028c\u00a0 d ": "a b c d",
		"a\u2029b":                  "a b",
		"\n":                        "",
		"🏥 ward  7":                 "🏥 ward 7",
	} {
		if got := OneLine(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCutCountsCodePointsAndShowsThatItCut(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		in   string
		n    int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"éééé", 3, "éé…"}, {"🔥🔥🔥", 2, "🔥…"}, {"رسالة", 3, "رس…"},
		{"abc", 1, "…"}, {"abc", 0, ""}, {"abc", -1, ""}, {"", 0, ""}, {"a\xffbc", 2, "a…"},
	} {
		if got := Cut(v.in, v.n); got != v.want || !utf8.ValidString(got) {
			t.Errorf("Cut(%q, %d) = %q, want %q", v.in, v.n, got, v.want)
		}
	}
}

func hides(r rune) bool {
	return unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFEFF
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a\r\nb", "\r\r\n\n", "\x00\xff\u202e", " \u2066x\u2069 ", "👩🏽‍⚕️", "e\u0301", "\u061c\u200f", "\r\x00\n", "\ufeff \ufeff", "\u200b", "\xf0\x9f"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		once := Clean(s)
		if again := Clean(once); again != once {
			t.Errorf("cleaned again: %q, once: %q", again, once)
		}
		if !utf8.ValidString(once) || strings.ContainsFunc(once, hides) || strings.TrimSpace(once) != once {
			t.Errorf("Clean(%q) = %q", s, once)
		}
		line := OneLine(s)
		if OneLine(line) != line || strings.ContainsAny(line, "\n\t\u2028\u2029") || Clean(line) != line {
			t.Errorf("OneLine(%q) = %q", s, line)
		}
		if cut := Cut(s, n); utf8.RuneCountInString(cut) > max(n, 0) || utf8.ValidString(s) && !utf8.ValidString(cut) {
			t.Errorf("Cut(%q, %d) = %q", s, n, cut)
		}
	})
}
