package workflow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
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
	}
	// TimesCorrected holds the new times whole, and the deadline before and after.
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
	// Erased replaces the content of every earlier event by what may be kept:
	// the register line without free text.
	Erased struct {
		Reason string   `json:"reason"`
		Kept   Incident `json:"kept"`
	}

	// ChannelOpened and what follows report what became of deliveries.
	ChannelOpened struct {
		Channel ChannelID `json:"channel"`
		Name    string    `json:"name"`
	}
	ChannelRefused struct {
		Code string `json:"code"` // Slack's error code
	}
	// Invited tells how inviting one configured principal went, person by person.
	Invited struct {
		Principal Principal         `json:"principal"`
		Joined    []UserID          `json:"joined,omitempty"`
		Refused   map[UserID]string `json:"refused,omitempty"` // with Slack's code
	}
	// CardPosted and MessagePosted say where a message stands and which version
	// of the incident it was written from.
	CardPosted struct {
		Place
		Shows int `json:"shows"`
	}
	MessagePosted struct {
		Task   TaskKey `json:"task"`
		Shows  int     `json:"shows"`
		Target Target  `json:"target"`
		Places []Place `json:"places"`
	}
	// Nudged records a countdown nudge, and the earlier milestones it stands
	// for because they could not be said in time.
	Nudged struct {
		Task      TaskKey     `json:"task"`
		Target    Target      `json:"target"`
		Deadline  time.Time   `json:"deadline"`
		Milestone Countdown   `json:"milestone"`
		Missed    []Countdown `json:"missed,omitempty"`
		Places    []Place     `json:"places"`
	}
	// FollowUpNudged records a reminder that information is to follow.
	FollowUpNudged struct {
		Task   TaskKey `json:"task"`
		Target Target  `json:"target"`
		Places []Place `json:"places"`
	}
	// DeliveryStalled makes a failing delivery visible to those who handle the incident.
	DeliveryStalled struct {
		Task     TaskKey `json:"task"`
		Code     string  `json:"code"`
		Attempts int     `json:"attempts"`
	}
	// DeliveryRecovered ends the stall of a delivery that leaves no fact of its own.
	DeliveryRecovered struct {
		Task TaskKey `json:"task"`
	}
)

func (Reported) Kind() string          { return "reported" }
func (TimesCorrected) Kind() string    { return "times_corrected" }
func (Triaged) Kind() string           { return "triaged" }
func (Assessed) Kind() string          { return "assessed" }
func (Decided) Kind() string           { return "decided" }
func (Notified) Kind() string          { return "notified" }
func (Noted) Kind() string             { return "noted" }
func (RoleAssigned) Kind() string      { return "role_assigned" }
func (WasResolved) Kind() string       { return "resolved" }
func (WasClosed) Kind() string         { return "closed" }
func (WasDismissed) Kind() string      { return "dismissed" }
func (Reopened) Kind() string          { return "reopened" }
func (Erased) Kind() string            { return "erased" }
func (ChannelOpened) Kind() string     { return "channel_opened" }
func (ChannelRefused) Kind() string    { return "channel_refused" }
func (Invited) Kind() string           { return "invited" }
func (CardPosted) Kind() string        { return "card_posted" }
func (MessagePosted) Kind() string     { return "message_posted" }
func (Nudged) Kind() string            { return "nudged" }
func (FollowUpNudged) Kind() string    { return "follow_up_nudged" }
func (DeliveryStalled) Kind() string   { return "delivery_stalled" }
func (DeliveryRecovered) Kind() string { return "delivery_recovered" }

// decoders make an event of its stored kind.
var decoders = map[string]func([]byte) (Event, error){}

func init() {
	register[Reported]()
	register[TimesCorrected]()
	register[Triaged]()
	register[Assessed]()
	register[Decided]()
	register[Notified]()
	register[Noted]()
	register[RoleAssigned]()
	register[WasResolved]()
	register[WasClosed]()
	register[WasDismissed]()
	register[Reopened]()
	register[Erased]()
	register[ContainmentRecorded]()
	register[Investigated]()
	register[RecoveryRecorded]()
	register[Reviewed]()
	register[ActionAdded]()
	register[ActionFinished]()
	register[Linked]()
	register[DeputyCalled]()
	register[Reminded]()
	register[ChannelOpened]()
	register[ChannelRefused]()
	register[Invited]()
	register[CardPosted]()
	register[MessagePosted]()
	register[Nudged]()
	register[FollowUpNudged]()
	register[DeliveryStalled]()
	register[DeliveryRecovered]()
	register[EvidenceAdded]()
	register[EvidenceEdited]()
	register[EvidenceDeleted]()
	register[MemberJoined]()
	register[MemberLeft]()
	register[ChannelExposed]()
	register[HelpAsked]()
	register[HelpGiven]()
}

// Kinds are the kinds of all events, in order.
func Kinds() []string { return slices.Sorted(maps.Keys(decoders)) }

func register[E Event]() {
	var zero E
	decoders[zero.Kind()] = func(payload []byte) (Event, error) {
		var e E
		err := json.Unmarshal(payload, &e)
		return e, err
	}
}

// Encode gives the canonical payload of an event: JSON with sorted keys, no
// insignificant space and no HTML escapes. Encoding what Decode made of it
// gives the same bytes.
func Encode(e Event) ([]byte, error) {
	plain, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Kind(), err)
	}
	return Canonical(plain)
}

// Canonical rewrites JSON with sorted keys, no insignificant space and no HTML
// escapes, numbers as written. It is what the journal's hashes are made over,
// so that an engine may store the payload in a form of its own.
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

// Decode makes an event of its stored kind and payload.
func Decode(kind string, payload []byte) (Event, error) {
	decode, ok := decoders[kind]
	if !ok {
		return nil, fmt.Errorf("decode event: unknown kind %q (written by a newer version?)", kind)
	}
	e, err := decode(payload)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", kind, err)
	}
	return e, nil
}
