package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strconv"
	"time"

	"breachbot/workflow"
)

const saltSize = 16

// Genesis is the previous hash of an incident's first event and of the first
// anchor.
func Genesis() []byte { return make([]byte, sha256.Size) }

// Seal makes the row of a record: pos is its place in the whole journal, prev
// the hash of the incident's event before it, or Genesis.
func Seal(r workflow.Record, pos int64, prev []byte) (EventRow, error) {
	payload, err := workflow.Encode(r.Event)
	if err != nil {
		return EventRow{}, err
	}
	row := EventRow{
		Pos: pos, Incident: r.Incident, Seq: r.Seq, At: workflow.Instant(r.At),
		Actor: r.Actor, Key: r.Key, Kind: r.Event.Kind(),
		Payload: payload, Salt: make([]byte, saltSize), Prev: prev,
	}
	rand.Read(row.Salt) // never fails
	row.PayloadHash = row.payloadHash()
	row.Hash = row.hash()
	return row, nil
}

// payloadHash commits to the content: SHA-256 over salt and payload. The salt keeps a short content from being
// guessed from its hash once it has been erased.
func (r EventRow) payloadHash() []byte {
	h := sha256.New()
	h.Write(r.Salt)
	h.Write(r.Payload)
	return h.Sum(nil)
}

// hash commits to the event, to its place and to all events before it: SHA-256
// over the word "event", the hash before, place, incident, seq, instant in
// microseconds since 1970, actor, kind, command key and payload hash; numbers
// in decimal digits, each field after its length in bytes as eight bytes, the
// highest first. The command key is in it so that an auditor can tell which
// submission led to the event.
func (r EventRow) hash() []byte {
	d := digest{sha256.New()}
	d.text("event")
	d.bytes(r.Prev)
	d.number(r.Pos)
	d.text(string(r.Incident))
	d.number(int64(r.Seq))
	d.instant(r.At)
	d.text(string(r.Actor))
	d.text(r.Kind)
	d.text(string(r.Key))
	d.bytes(r.PayloadHash)
	return d.Sum(nil)
}

// Heads combines the last hash of every incident into one. Add them in the byte
// order of their ids.
type Heads struct {
	Incidents int
	Events    int
	sum       digest
}

// NewHeads starts with no incident.
func NewHeads() *Heads { return &Heads{sum: digest{sha256.New()}} }

// Add takes in an incident: how many events it has and the hash of the last.
func (h *Heads) Add(id workflow.IncidentID, events int, last []byte) {
	h.Incidents++
	h.Events += events
	h.sum.text(string(id))
	h.sum.bytes(last)
}

// String is the hash of what was added, in hexadecimal.
func (h *Heads) String() string { return hex.EncodeToString(h.sum.Sum(nil)) }

// Anchor makes the anchor of what was added. prev is the anchor before it in
// hexadecimal, empty for the first.
func (h *Heads) Anchor(day string, at time.Time, upto int64, prev string) workflow.Anchor {
	a := workflow.Anchor{
		Day: day, At: workflow.Instant(at), Upto: upto,
		Incidents: h.Incidents, Events: h.Events, Heads: h.String(),
	}
	a.Hash = anchorHash(a, prev)
	return a
}

func anchorHash(a workflow.Anchor, prev string) string {
	if prev == "" {
		prev = hex.EncodeToString(Genesis())
	}
	d := digest{sha256.New()}
	d.text("anchor")
	d.text(prev)
	d.text(a.Day)
	d.instant(a.At)
	d.number(a.Upto)
	d.number(int64(a.Incidents))
	d.number(int64(a.Events))
	d.text(a.Heads)
	return hex.EncodeToString(d.Sum(nil))
}

// digest hashes fields each with its length before it, so that no two rows
// read the same.
type digest struct{ hash.Hash }

func (d digest) bytes(b []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(b)))
	d.Write(n[:])
	d.Write(b)
}

func (d digest) text(s string)       { d.bytes([]byte(s)) }
func (d digest) number(n int64)      { d.text(strconv.FormatInt(n, 10)) }
func (d digest) instant(t time.Time) { d.number(t.UnixMicro()) }
