package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Restoration is that the store was found to be another, earlier one: restored from
// a copy, or moved. What Slack was told meanwhile is not on record.
type Restoration struct {
	At      time.Time      `json:"at"`                // when it was found
	Last    time.Time      `json:"last,omitzero"`     // of the last event on record then; zero when there was none
	Missing []Missing      `json:"missing,omitempty"` // incidents that Slack knows and the journal does not
	Given   map[string]int `json:"given,omitempty"`   // by series and year (Counter): the highest number that counts as given
}

// Missing is an incident that was reported, and is not in the journal any more.
type Missing struct {
	ID      IncidentID `json:"id"`
	Channel ChannelID  `json:"channel,omitempty"` // where people worked on it, if it is known
}

// GapAfterRestoring is how many references count as given beyond the highest that
// is known: a reporter may have been shown one by a form and nowhere else. Product
// rule.
const GapAfterRestoring = 10

// NewRestoration is one with the references that count as given. last is the highest
// number on record of a series in a year, 0 for none; the year is that in which it
// was found, in the organisation's zone.
func NewRestoration(at, lastEvent time.Time, missing []Missing, year int, last func(Series, int) (int, error)) (Restoration, error) {
	r := Restoration{At: Instant(at), Last: lastEvent, Missing: slices.Clone(missing), Given: map[string]int{}}
	slices.SortFunc(r.Missing, func(a, b Missing) int { return cmp.Compare(a.ID, b.ID) })
	for _, series := range []Series{SeriesReal, SeriesDrill} {
		n, err := last(series, year)
		if err != nil {
			return Restoration{}, err
		}
		r.Given[Counter(series, year)] = n
	}
	for _, m := range r.Missing {
		counter := Counter(m.ID.Series(), m.ID.Year())
		r.Given[counter] = max(r.Given[counter], m.ID.Number())
	}
	for counter := range r.Given {
		r.Given[counter] += GapAfterRestoring
	}
	return r, nil
}

// Counter names what the references of a series count up in, in a year.
func Counter(series Series, year int) string { return fmt.Sprintf("%s-%04d", series, year) }

// IncidentOfChannel is the incident whose channel has this name (ChannelName). ok is
// false for a name that no incident's channel has.
func IncidentOfChannel(name string) (id IncidentID, ok bool) {
	parts := strings.Split(name, "-")
	if len(parts) < 3 || len(parts) > 4 {
		return "", false
	}
	id, err := ParseIncidentID(strings.Join(parts[:3], "-"))
	if err != nil {
		return "", false
	}
	for attempt := 1; attempt <= MaxChannelNames; attempt++ {
		if id.ChannelName(attempt) == name {
			return id, true
		}
	}
	return "", false
}

// MaxChannelNames is how many names an incident's channel may try when names are
// taken.
const MaxChannelNames = 9
