package workflow

import (
	"encoding/json"
	"slices"
)

// eventRow is all there is to know about a kind of event except the words for
// it, which belong to the view.
type eventRow struct {
	kind string
	// voice says who hears of events of this kind.
	voice voice
	// calls picks the events of an announced kind that the channel is told about.
	// The cards alone show the others. nil: it is told about all.
	calls func(*Incident, Record) bool
	// keeps names the texts that erasing leaves: ours or Slack's, such as an
	// error code, never anything a person typed. All other texts are emptied.
	keeps  []string
	decode func([]byte) (Event, error)
	fold   func(*Incident, Record)
}

// event makes the row of E. Every part must be given.
func event[E Event](v voice, keeps []string, fold func(*Incident, Record, E)) eventRow {
	var zero E
	if fold == nil {
		return eventRow{kind: zero.Kind()}
	}
	return eventRow{
		kind: zero.Kind(), voice: v, keeps: keeps,
		decode: func(payload []byte) (Event, error) {
			var e E
			err := json.Unmarshal(payload, &e)
			return e, err
		},
		fold: func(i *Incident, r Record) { fold(i, r, r.Event.(E)) },
	}
}

// voice is who hears of an event in the channel. Who is told in person is another
// table, newsRows.
type voice int

const (
	quiet     voice = iota // nobody: the timeline has it
	shown                  // it merely happened: the cards show it, and nothing is posted
	announced              // it is posted, as somebody must act or know now; the cards show it too
)

// when narrows an announced kind to the events that somebody must act on or know
// now. Of the others, the cards are enough.
func when[E Event](row eventRow, calls func(*Incident, E) bool) eventRow {
	row.calls = func(i *Incident, r Record) bool { return calls(i, r.Event.(E)) }
	return row
}

// posts tells whether the channel is told about an event that has been folded.
func (row eventRow) posts(i *Incident, r Record) bool {
	return row.voice == announced && (row.calls == nil || row.calls(i, r))
}

// noWords keeps no text: everything that can be typed in the event is emptied.
var noWords []string

func texts(names ...string) []string { return names }

// eventRows is the one table of events. The rows stand with their events.
var eventRows = slices.Concat(
	courseEvents,
	containmentEvents,
	investigationEvents,
	clarifyEvents,
	recoveryEvents,
	reviewEvents,
	actionEvents,
	linkEvents,
	deputyEvents,
	evidenceEvents,
	amendEvents,
	fileEvents,
	helpEvents,
	presenceEvents,
	deliveryEvents,
)

func eventRowOf(kind string) (eventRow, bool) {
	if n := slices.IndexFunc(eventRows, func(r eventRow) bool { return r.kind == kind }); n >= 0 {
		return eventRows[n], true
	}
	return eventRow{}, false
}

// Kinds are the kinds of all events, sorted.
func Kinds() []string {
	kinds := make([]string, len(eventRows))
	for n, r := range eventRows {
		kinds[n] = r.kind
	}
	slices.Sort(kinds)
	return kinds
}

// Announced tells whether people are told about events of this kind: in the
// channel or, of those that the card in it shows, in person while there is no
// channel.
func Announced(kind string) bool {
	row, _ := eventRowOf(kind)
	return row.voice != quiet
}

// Keeps names the texts that erasing leaves in an event of this kind, as fields
// or paths of fields with dots. Everything below a name is kept with it.
func Keeps(kind string) []string {
	row, _ := eventRowOf(kind)
	return slices.Clone(row.keeps)
}
