package script

import (
	"regexp"
	"time"
)

var moments = regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d\b`)

// Later moves the dates of a story on by whole days, as many as it takes for the
// first not to be before now.
func Later(story string, now time.Time) string {
	first, err := time.Parse(momentShape, moments.FindString(story))
	if err != nil || !first.Before(now) {
		return story
	}
	days := int(now.Sub(first)/(24*time.Hour)) + 1
	return moments.ReplaceAllStringFunc(story, func(s string) string {
		t, err := time.Parse(momentShape, s)
		if err != nil {
			return s
		}
		return t.AddDate(0, 0, days).Format(momentShape)
	})
}
