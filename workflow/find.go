package workflow

import "strings"

// Mentions tells whether all words occur in the line's title, summary or
// reference, whatever their case. A whole reference, as people type it, means
// that incident alone. An empty search matches every line.
func (e Entry) Mentions(words string) bool {
	if id, err := ParseIncidentID(words); err == nil {
		return id == e.ID
	}
	text := fold(e.Title + "\n" + e.Summary + "\n" + string(e.ID))
	for _, word := range strings.Fields(words) {
		if !strings.Contains(text, fold(word)) {
			return false
		}
	}
	return true
}

// fold removes the difference between capitals and small letters. It goes by
// way of the capitals, because some small letters share one.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }
