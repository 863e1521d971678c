package workflow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Event is something that happened to an incident. Its kind is stored and never
// renamed; its fields may grow, each new one optional.
type Event interface{ Kind() string }

// Record is an event with its place in the incident's journal.
type Record struct {
	Incident IncidentID
	Seq      int // from 1, without gaps
	At       time.Time
	Actor    UserID
	Key      CommandKey
	Event    Event // nil when its content was erased under the retention policy
}

// The events, in the order an incident usually meets them.
type (
	// Reported opens an incident.
	Reported struct {
		Report Report `json:"report"`
		// Skipped is how many references right before this one are left out: they were
		// given, or may have been, before the store was restored from a copy. It is in
		// the journal so that no other gap can pass for one of these.
		Skipped int `json:"skipped,omitempty"`
	}
	// TimesCorrected holds all the new times, and the deadline before and
	// after.
	TimesCorrected struct {
		Occurred      Occurrence `json:"occurred,omitzero"`
		Detected      time.Time  `json:"detected,omitzero"`
		Aware         Awareness  `json:"aware,omitzero"`
		ProcessorTold time.Time  `json:"processor_told,omitzero"`
		Reason        string     `json:"reason"`
		Before        time.Time  `json:"before"` // deadline
		After         time.Time  `json:"after"`  // deadline
	}
	// Triaged sets severity and risk, and corrects the facts.
	Triaged struct {
		Severity Severity  `json:"severity"`
		Risk     RiskLevel `json:"risk"`
		Reason   string    `json:"reason"`
		Facts    Facts     `json:"facts"`
		Systems  string    `json:"systems,omitempty"`
	}
	// Assessed holds a grading with the recommendation it led to.
	Assessed struct {
		Assessment
	}
	// Decided holds a decision.
	Decided struct {
		Decision
	}
	// Notified records a notice as sent.
	Notified struct {
		Notification
	}
	// Noted is an entry of the log.
	Noted struct {
		Text string `json:"text"`
	}
	// RoleAssigned makes somebody lead, or a responder.
	RoleAssigned struct {
		Role Role   `json:"role"`
		User UserID `json:"user"`
		Note string `json:"note,omitempty"`
	}
	// WasResolved, WasClosed, WasDismissed and Reopened end and resume the work.
	WasResolved struct {
		Reason    string `json:"reason"`
		RootCause string `json:"root_cause"`
	}
	WasClosed struct {
		Reason string `json:"reason"`
	}
	WasDismissed struct {
		Reason string `json:"reason"`
	}
	Reopened struct {
		Reason string `json:"reason"`
	}
	// Erased replaces the content of every earlier event with what may be kept:
	// the register line without free text.
	Erased struct {
		Reason string   `json:"reason"`
		Kept   Incident `json:"kept"`
	}
)

func (Reported) Kind() string       { return "reported" }
func (TimesCorrected) Kind() string { return "times_corrected" }
func (Triaged) Kind() string        { return "triaged" }
func (Assessed) Kind() string       { return "assessed" }
func (Decided) Kind() string        { return "decided" }
func (Notified) Kind() string       { return "notified" }
func (Noted) Kind() string          { return "noted" }
func (RoleAssigned) Kind() string   { return "role_assigned" }
func (WasResolved) Kind() string    { return "resolved" }
func (WasClosed) Kind() string      { return "closed" }
func (WasDismissed) Kind() string   { return "dismissed" }
func (Reopened) Kind() string       { return "reopened" }
func (Erased) Kind() string         { return "erased" }

var courseEvents = []eventRow{
	event(quiet, texts("Report.Source.TS"), (*Incident).foldReported),
	event(shown, noWords, (*Incident).foldTimes),
	event(shown, noWords, (*Incident).foldTriage),
	event(shown, texts("Recommendation", "Suggested"), (*Incident).foldAssessment), // whoever decides is asked
	when(event(announced, noWords, (*Incident).foldDecision), func(_ *Incident, e Decided) bool { return e.Recipient.Core() }),
	event(shown, noWords, (*Incident).foldNotification),
	event(quiet, noWords, (*Incident).foldNote),
	event(announced, noWords, (*Incident).foldRole),
	event(shown, noWords, (*Incident).foldResolved),
	when(event(announced, noWords, (*Incident).foldClosed), func(i *Incident, _ WasClosed) bool { return i.Drill() }), // how fast each step was
	event(announced, noWords, (*Incident).foldDismissed),
	event(announced, noWords, (*Incident).foldReopened),
	event(quiet, texts("Reason", "Kept"), (*Incident).foldErased), // why it was erased stays
}

// Encode gives the canonical payload of an event: JSON with sorted keys, no
// insignificant space and no HTML escapes. Decoding it and encoding it again
// gives the same bytes.
func Encode(e Event) ([]byte, error) {
	plain, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Kind(), err)
	}
	return Canonical(plain)
}

// Canonical rewrites JSON with sorted keys, no insignificant space and no HTML
// escapes, numbers as written. The journal's hashes cover this form, so an
// engine may store the payload in a form of its own.
func Canonical(payload []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("canonical payload: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("canonical payload: more than one value")
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("canonical payload: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Decode makes an event from its stored kind and payload.
func Decode(kind string, payload []byte) (Event, error) {
	row, ok := eventRowOf(kind)
	if !ok {
		return nil, fmt.Errorf("decode event: unknown kind %q (written by a newer version?)", kind)
	}
	e, err := row.decode(payload)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", kind, err)
	}
	return e, nil
}
