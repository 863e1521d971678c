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

// eventRows is the one table of events, in the order an incident usually meets
// them. Their kinds are stored and never renamed.
var eventRows = []eventRow{
	event(quiet, texts("Report.Source.TS"), (*Incident).foldReported),
	event(announced, noWords, (*Incident).foldTimes),
	event(announced, noWords, (*Incident).foldTriage),
	event(announced, texts("Recommendation", "Suggested"), (*Incident).foldAssessment),
	event(announced, noWords, (*Incident).foldDecision),
	event(announced, noWords, (*Incident).foldNotification),
	event(quiet, noWords, (*Incident).foldNote),
	event(announced, noWords, (*Incident).foldRole),
	event(announced, noWords, (*Incident).foldContainment),
	event(announced, noWords, (*Incident).foldInvestigation),
	event(announced, noWords, (*Incident).foldRecovery),
	event(announced, noWords, (*Incident).foldReview),
	event(announced, noWords, (*Incident).foldActionAdded),
	event(announced, noWords, (*Incident).foldActionFinished),
	event(announced, noWords, (*Incident).foldLink),
	event(announced, noWords, (*Incident).foldDeputyCalled),
	event(announced, noWords, (*Incident).foldResolved),
	event(announced, noWords, (*Incident).foldClosed),
	event(announced, noWords, (*Incident).foldDismissed),
	event(announced, noWords, (*Incident).foldReopened),
	event(quiet, texts("Reason", "Kept"), (*Incident).foldErased), // why it was erased stays

	event(quiet, texts("TS", "Files"), (*Incident).foldEvidence), // only Slack's id and the type of a file
	event(quiet, texts("TS"), (*Incident).foldEdit),
	event(quiet, texts("TS"), (*Incident).foldDeletion),
	event(quiet, noWords, (*Incident).foldHelpAsked),
	event(quiet, noWords, (*Incident).foldHelpGiven),
	event(quiet, noWords, (*Incident).foldJoined),
	event(quiet, noWords, (*Incident).foldLeft),
	event(quiet, texts("Team"), (*Incident).foldExposed), // Slack's id of an organisation

	event(quiet, texts("Name"), (*Incident).foldChannel), // breachbot's own name for it
	event(quiet, texts("Code"), (*Incident).foldRefused),
	event(quiet, texts("Refused"), (*Incident).foldInvited),
	event(quiet, texts("TS"), (*Incident).foldCard),
	event(quiet, texts("Places.TS"), (*Incident).foldMessage),
	event(quiet, texts("Places.TS"), (*Incident).foldNudge),
	event(quiet, texts("Places.TS"), (*Incident).foldFollowUp),
	event(quiet, texts("Places.TS"), (*Incident).foldReminder),
	event(quiet, texts("Code"), (*Incident).foldStall),
	event(quiet, noWords, (*Incident).foldRecovered),
}

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
