package workflow

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// IncidentID is the reference people say aloud, such as "BR-2026-0014". It says
// nothing about what happened, so channel names and notifications may show it.
type IncidentID string

// Series is the first part of a reference. Each series has its own numbers, so
// a drill leaves no gap in those of the register.
type Series string

const (
	SeriesReal  Series = "BR"
	SeriesDrill Series = "DR"
)

// NewIncidentID names the nth incident of a series in a year, both from 1.
func NewIncidentID(series Series, year, n int) IncidentID {
	return IncidentID(fmt.Sprintf("%s-%04d-%04d", series, year, n))
}

var incidentPattern = regexp.MustCompile(`^((?i)BR|DR)[-\s]*(\d{4})[-\s]+(\d{1,7})$`)

// ParseIncidentID reads a reference as people type it: any case, spaces for
// hyphens, leading zeros left out. The error is Invalid.
func ParseIncidentID(s string) (IncidentID, error) {
	m := incidentPattern.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "", Invalid("", "That is not a reference. A reference looks like BR-2026-0014.")
	}
	year, _ := strconv.Atoi(m[2])
	n, _ := strconv.Atoi(m[3])
	return NewIncidentID(Series(strings.ToUpper(m[1])), year, n), nil
}

// ChannelName is the name of the incident's private channel. It is the
// reference and nothing else. When a name is taken, further attempts count from
// 2. Slack: channel names are lower case, at most 80 characters.
func (id IncidentID) ChannelName(attempt int) string {
	name := strings.ToLower(string(id))
	if attempt > 1 {
		name += "-" + strconv.Itoa(attempt)
	}
	return name
}

// Series, Year and Number are the parts of a well-formed reference, and zero
// otherwise.
func (id IncidentID) Series() Series { s, _, _ := id.parts(); return s }
func (id IncidentID) Year() int      { _, y, _ := id.parts(); return y }
func (id IncidentID) Number() int    { _, _, n := id.parts(); return n }

// Drill tells a practice incident from a real one.
func (id IncidentID) Drill() bool { return id.Series() == SeriesDrill }

func (id IncidentID) parts() (series Series, year, n int) {
	if m := incidentPattern.FindStringSubmatch(string(id)); m != nil {
		series = Series(strings.ToUpper(m[1]))
		year, _ = strconv.Atoi(m[2])
		n, _ = strconv.Atoi(m[3])
	}
	return series, year, n
}

// UserID is a Slack user id (U… or W…). The journal holds ids, never names.
type UserID string

// System is the actor of what breachbot itself records, such as a delivery.
const System UserID = "breachbot"

// Principal is a user id or a user-group id (S…), as the configuration names
// the holders of a role.
type Principal string

// IsGroup tells a user group from a single person.
func (p Principal) IsGroup() bool { return strings.HasPrefix(string(p), "S") }

// ChannelID is a Slack conversation id: C… or G… for channels, D… for direct messages.
type ChannelID string

// CommandKey identifies one submission for ever (a view id, a button press, a
// task), so that repeating it changes nothing.
type CommandKey string
