package workflow

import (
	"slices"
	"time"
)

// MaxEvidence is how much of a message is kept, in code points. A person's
// message has at most 12,000 (Slack: message limits); longer ones are files. What is
// forwarded with it or attached to it may make it longer.
const MaxEvidence = 12_000

// Attachment is a file attached to a message: which one and what kind, never
// its content. Its name is among the words of the message.
type Attachment struct {
	ID   string `json:"id"`
	Type string `json:"type,omitempty"` // MIME
	Size int64  `json:"size,omitempty"` // in bytes; 0 where nobody noted it
}

// The commands about messages that somebody added to the timeline.
type (
	// AddEvidence adds a message from the incident's channel to the timeline,
	// as it is in Slack now.
	AddEvidence struct {
		Place
		Author   UserID // empty for an app's message
		Said     time.Time
		Edited   time.Time // of the last edit before it was added; zero for none
		Text     string
		Files    []Attachment
		Comment  string
		Attached []Attachment // files that whoever adds it puts beside it
	}

	// RecordEdit records that a message was edited or deleted in Slack.
	// breachbot itself gives it, perhaps more than once and in any order.
	RecordEdit struct {
		Place
		At      time.Time // of the edit or the deletion
		Text    string
		Deleted bool
	}
)

// The events about these messages.
type (
	// EvidenceAdded holds the message as it was when it was added.
	EvidenceAdded struct {
		Place
		Author   UserID       `json:"author,omitempty"`
		Said     time.Time    `json:"said"`
		Edited   time.Time    `json:"edited,omitzero"`
		Text     string       `json:"text"`
		Files    []Attachment `json:"files,omitempty"`
		Comment  string       `json:"comment,omitempty"`
		Attached []Attachment `json:"attached,omitempty"`
	}
	// EvidenceEdited holds the new words. The old ones stay in the earlier
	// event.
	EvidenceEdited struct {
		Place
		Edited time.Time `json:"edited"`
		Text   string    `json:"text"`
	}
	// EvidenceDeleted records that the message is gone from Slack. Its words
	// stay here.
	EvidenceDeleted struct {
		Place
		Deleted time.Time `json:"deleted"`
	}
)

func (AddEvidence) Name() CommandName { return CommandAddEvidence }
func (RecordEdit) Name() CommandName  { return CommandRecordEdit }

func (EvidenceAdded) Kind() string   { return "evidence_added" }
func (EvidenceEdited) Kind() string  { return "evidence_edited" }
func (EvidenceDeleted) Kind() string { return "evidence_deleted" }

var evidenceEvents = []eventRow{
	event(quiet, texts("TS", "Files", "Attached"), (*Incident).foldEvidence), // of a file only Slack's id and its type
	event(quiet, texts("TS"), (*Incident).foldEdit),
	event(quiet, texts("TS"), (*Incident).foldDeletion),
}

// Evidence is a message in the timeline, with what has happened to it since.
type Evidence struct {
	Seq int       `json:"seq"`
	By  UserID    `json:"by"` // who added it
	At  time.Time `json:"at"`
	Place
	Author   UserID       `json:"author,omitempty"`
	Said     time.Time    `json:"said"`
	Edited   time.Time    `json:"edited,omitzero"` // before it was added
	Text     string       `json:"text"`
	Files    []Attachment `json:"files,omitempty"`
	Comment  string       `json:"comment,omitempty"`
	Attached int          `json:"attached,omitempty"` // how many files were put beside it
	Changes  []Change     `json:"changes,omitempty"`  // in the order they were made in Slack
}

// Change is one edit of a message in the timeline, or its deletion.
type Change struct {
	Seq     int       `json:"seq"`
	At      time.Time `json:"at"` // at Slack
	Text    string    `json:"text,omitempty"`
	Deleted bool      `json:"deleted,omitempty"`
}

// Before are the words of the message before the nth change.
func (e Evidence) Before(n int) string {
	for n--; n >= 0; n-- {
		if !e.Changes[n].Deleted {
			return e.Changes[n].Text
		}
	}
	return e.Text
}

// Exhibit is the message at a place, as the timeline holds it, or nil.
func (i *Incident) Exhibit(at Place) *Evidence {
	n := slices.IndexFunc(i.Evidence, func(e Evidence) bool { return e.Place == at })
	if n < 0 {
		return nil
	}
	return &i.Evidence[n]
}

func (r Rules) addEvidence(inc *Incident, c AddEvidence, _ Actor, _ time.Time) ([]Event, error) {
	switch {
	case c.Channel == "" || c.TS == "" || c.Channel != inc.Room.Channel:
		return nil, conflict("This message is not in the incident's channel. Only messages from there can be added to its timeline.")
	case inc.Exhibit(c.Place) != nil:
		return nil, conflict("This message is already in the timeline. Nothing was saved twice.")
	}
	comment, err := text(FieldComment, c.Comment, false, MaxText, "the comment")
	if err != nil {
		return nil, err
	}
	if err := checkFiles(inc, c.Attached); err != nil {
		return nil, err
	}
	return []Event{EvidenceAdded{
		Place: c.Place, Author: c.Author, Said: Instant(c.Said), Edited: Instant(c.Edited),
		Text: quoted(c.Text), Files: c.Files, Comment: comment, Attached: c.Attached,
	}}, nil
}

// tooLong ends what was kept of a message that is too long.
const tooLong = "\n[The message goes on. The rest was too long to keep.]"

// quoted are the words of a message as they are kept.
func quoted(s string) string {
	s = Clean(s)
	if kept := Cut(s, MaxEvidence); kept == s {
		return s
	}
	return Cut(s, MaxEvidence-len(tooLong)) + tooLong
}

// recordEdit records what happened to a message in the timeline. It keeps
// nothing about any other message, nothing when nothing changed (as when Slack
// unfurls a link), and nothing twice.
func (r Rules) recordEdit(inc *Incident, c RecordEdit, by Actor, _ time.Time) ([]Event, error) {
	if by.User != System {
		return nil, forbidden("Only breachbot itself records what became of a message.")
	}
	e := inc.Exhibit(c.Place)
	at := Instant(c.At)
	if e == nil || !c.Deleted && !at.After(e.Edited) { // the message was added in the form it had after that edit
		return nil, nil
	}
	if c.Deleted {
		if slices.ContainsFunc(e.Changes, func(ch Change) bool { return ch.Deleted }) {
			return nil, nil
		}
		return []Event{EvidenceDeleted{Place: c.Place, Deleted: at}}, nil
	}
	words := quoted(c.Text)
	before := e.Before(e.after(at))
	if words == before {
		return nil, nil
	}
	return []Event{EvidenceEdited{Place: c.Place, Edited: at, Text: words}}, nil
}

// after is the place of a change among those known: behind every one made at
// the same time or earlier. Slack may report them in another order.
func (e Evidence) after(at time.Time) int {
	n := 0
	for n < len(e.Changes) && !e.Changes[n].At.After(at) {
		n++
	}
	return n
}

func (i *Incident) foldEvidence(r Record, e EvidenceAdded) {
	i.Evidence = append(slices.Clip(i.Evidence), Evidence{
		Seq: r.Seq, By: r.Actor, At: r.At, Place: e.Place, Author: e.Author, Said: e.Said, Edited: e.Edited,
		Text: e.Text, Files: e.Files, Comment: e.Comment, Attached: len(e.Attached),
	})
	i.attach(r, e.Attached)
}

func (i *Incident) foldEdit(r Record, e EvidenceEdited) {
	i.changeEvidence(e.Place, Change{Seq: r.Seq, At: e.Edited, Text: e.Text})
}

func (i *Incident) foldDeletion(r Record, e EvidenceDeleted) {
	i.changeEvidence(e.Place, Change{Seq: r.Seq, At: e.Deleted, Deleted: true})
}

func (i *Incident) changeEvidence(at Place, c Change) {
	all := slices.Clone(i.Evidence)
	for n := range all {
		if e := &all[n]; e.Place == at {
			e.Changes = slices.Insert(slices.Clone(e.Changes), e.after(c.At), c)
		}
	}
	i.Evidence = all
}
