package workflow

import (
	"encoding/json"
	"slices"
)

// eventRow is all there is to know about a kind of event except the words for
// it, which belong to the view.
type eventRow struct {
	kind string
	// announced marks kinds that the channel is told about and the cards show.
	announced bool
	// keeps names the texts that erasing leaves: ours or Slack's, such as an
	// error code, never anything a person typed. All other texts are emptied.
	keeps  []string
	decode func([]byte) (Event, error)
	fold   func(*Incident, Record)
}

// event makes the row of E. Every part must be given.
func event[E Event](announced bool, keeps []string, fold func(*Incident, Record, E)) eventRow {
	var zero E
	if fold == nil {
		return eventRow{kind: zero.Kind()}
	}
	return eventRow{
		kind: zero.Kind(), announced: announced, keeps: keeps,
		decode: func(payload []byte) (Event, error) {
			var e E
			err := json.Unmarshal(payload, &e)
			return e, err
		},
		fold: func(i *Incident, r Record) { fold(i, r, r.Event.(E)) },
	}
}

const (
	announced = true
	quiet     = false
)

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

// Announced tells whether the channel is told about events of this kind.
func Announced(kind string) bool {
	row, _ := eventRowOf(kind)
	return row.announced
}

// Keeps names the texts that erasing leaves in an event of this kind, as fields
// or paths of fields with dots. Everything below a name is kept with it.
func Keeps(kind string) []string {
	row, _ := eventRowOf(kind)
	return slices.Clone(row.keeps)
}
