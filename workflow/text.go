package workflow

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths in code points. Slack: a text input takes at most 3,000; a header
// shows at most 150.
const (
	MaxTitle = 150
	MaxText  = 3000
	MaxLine  = 255
)

// MaxCount is more people than live in the United Kingdom. A larger number is a
// typing mistake.
const MaxCount = 100_000_000

// Clean makes typed text safe to keep: it repairs invalid UTF-8, removes
// control characters (line breaks and tabs stay) and the invisible marks that
// reverse the order of what follows, and trims the ends. Letters of every
// script, combining marks and emoji stay as typed.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return -1
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
			return -1 // embeddings, overrides, isolates and marks (Unicode Annex 9)
		case r == 0xFEFF, r >= 0xE0000 && r <= 0xE0FFF:
			return -1 // invisible tags
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// OneLine is Clean with every run of white space turned into one space.
func OneLine(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// Cut shortens s to at most n code points, ending in "…" where it had to cut.
func Cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	return string([]rune(s)[:n-1]) + "…"
}

// text cleans s. It refuses s at field when it is required but empty, or longer
// than max.
func text(field Field, s string, required bool, max int, name string) (string, error) {
	s = Clean(s)
	if required && !visible(s) {
		return "", Invalid(field, "Please fill in "+name+".")
	}
	if n := utf8.RuneCountInString(s); n > max {
		return "", Invalid(field, fmt.Sprintf("This is %s characters long. The limit is %s. Please shorten it. Nothing you typed is lost.", digits(n), digits(max)))
	}
	return s, nil
}

// visible tells whether s shows at least one letter, digit, symbol or mark.
func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}
