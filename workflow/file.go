package workflow

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What may be attached to a report. Slack's file input takes at most 10 files
// (Slack: file input element); the rest are product rules: a form at three in the
// morning needs few, and each is read once to take its hash.
const (
	MaxFiles    = 5
	MaxFileSize = 20 << 20 // bytes
)

// FileTypes are the kinds of file that may be attached, as Slack's file input names
// them: pictures, documents, tables and e-mail.
var FileTypes = []string{"png", "jpg", "jpeg", "gif", "heic", "pdf", "txt", "csv", "doc", "docx", "xls", "xlsx", "eml", "msg"}

// AttachedFile is a file that somebody attached, to their report or to a message in
// the timeline: where Slack keeps it and, once
// it was read, its hash. breachbot keeps neither its content nor its name.
type AttachedFile struct {
	Seq int       `json:"seq"` // of the event that attached it
	By  UserID    `json:"by"`
	At  time.Time `json:"at"`
	Attachment
	SHA256   string    `json:"sha256,omitempty"` // in hexadecimal
	HashedAt time.Time `json:"hashed_at,omitzero"`
	Unhashed string    `json:"unhashed,omitempty"` // why it has no hash
}

// Hashed tells whether its hash was taken, or it is known that it cannot be.
func (f AttachedFile) Hashed() bool { return f.SHA256 != "" || f.Unhashed != "" }

// FileHashed says what reading an attached file gave: its hash, or why there is
// none. Which file it was is in the key of the task.
type FileHashed struct {
	Task TaskKey `json:"task"`
	Filed
	Size   int64  `json:"size,omitempty"` // in bytes, as read
	SHA256 string `json:"sha256,omitempty"`
	Why    string `json:"why,omitempty"` // not hashed: in our words
}

func (FileHashed) Kind() string { return "file_hashed" }

var fileEvents = []eventRow{
	event(quiet, texts("SHA256", "Why"), (*Incident).foldHashed), // neither was typed
}

func (e FileHashed) task() TaskKey          { return e.Task }
func (FileHashed) fate() fate               { return carriedOut }
func (e FileHashed) known(i *Incident) bool { f := i.FileOf(e.Task); return f == nil || f.Hashed() }
func (e FileHashed) trace() Act             { return Act{Task: e.Task} }
func (e FileHashed) filed() Event           { e.Filed = filed(e.Task); return e }

// FileOf is the attached file that a task of KindHash is about, or nil.
func (i *Incident) FileOf(key TaskKey) *AttachedFile {
	s, _ := key.Subject()
	if s.Kind != KindHash {
		return nil
	}
	nth := 0
	for n := range i.Files {
		if i.Files[n].Seq != s.About {
			continue
		}
		if nth == s.Nth {
			return &i.Files[n]
		}
		nth++
	}
	return nil
}

// checkFiles refuses files that may not be attached. What Slack says of a file was
// passed on by its owner's client, so it is looked at again when the file is read.
func checkFiles(inc *Incident, files []Attachment) error {
	if len(files) > MaxFiles {
		return Invalid(FieldFiles, fmt.Sprintf("At most %d files at a time, please. You can attach more afterwards.", MaxFiles))
	}
	for _, f := range files {
		switch {
		case strings.TrimSpace(f.ID) == "":
			return Invalid(FieldFiles, "Slack has not finished uploading a file. Please wait a moment and send again.")
		case f.Size > MaxFileSize:
			return Invalid(FieldFiles, fmt.Sprintf("A file is larger than %d MB. Please attach a smaller one, or keep it safe and say where it is.", MaxFileSize>>20))
		case slices.ContainsFunc(inc.Files, func(a AttachedFile) bool { return a.ID == f.ID }):
			return Invalid(FieldFiles, "A file is attached already. Please take it out and send again.")
		}
	}
	return nil
}

// files plans reading the attached files once, to take their hashes.
func (p *planner) files() {
	nth := map[int]int{}
	for _, f := range p.inc.Files {
		if !f.Hashed() {
			p.add(Subject{Kind: KindHash, About: f.Seq, Nth: nth[f.Seq]}, Task{Due: f.At, About: f.Seq})
		}
		nth[f.Seq]++
	}
}

// attach keeps the files that came with an event.
func (i *Incident) attach(r Record, files []Attachment) {
	for _, f := range files {
		i.Files = append(slices.Clip(i.Files), AttachedFile{Seq: r.Seq, By: r.Actor, At: r.At, Attachment: f})
	}
}

func (i *Incident) foldHashed(r Record, e FileHashed) {
	i.Files = slices.Clone(i.Files)
	if f := i.FileOf(e.Task); f != nil {
		f.SHA256, f.Unhashed, f.HashedAt = e.SHA256, e.Why, r.At
		if e.Size > 0 {
			f.Size = e.Size
		}
	}
}
