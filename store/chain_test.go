package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"breachbot/workflow"
)

func sample() EventRow {
	return EventRow{
		Pos: 7, Incident: "BR-2026-0014", Seq: 2, At: time.Date(2026, 7, 10, 9, 30, 0, 123456000, time.UTC),
		Actor: "U0ANA", Key: "view-1", Kind: "noted", Payload: []byte(`{"text":"Zoë"}`),
		Salt: []byte("0123456789abcdef"), Prev: Genesis(),
	}
}

// TestHashes holds the formula to its description, computed another way, and to
// bytes that were stored before: both must stay for ever.
func TestHashes(t *testing.T) {
	e := sample()
	e.PayloadHash = e.payloadHash()
	var b bytes.Buffer
	for _, field := range []string{
		"event", string(make([]byte, 32)), "7", "BR-2026-0014", "2", "1783675800123456", "U0ANA", "noted", "view-1", string(e.PayloadHash),
	} {
		fmt.Fprintf(&b, "\x00\x00\x00\x00\x00\x00\x00%c%s", len(field), field)
	}
	want := sha256.Sum256(b.Bytes())
	if got := e.hash(); !bytes.Equal(got, want[:]) {
		t.Errorf("hash %x, want %x", got, want)
	}
	const golden = "487f7e4d8feedb4eafaf3e37d197e81c7b00d0ae387fd4f754ae01f363791929"
	if got := hex.EncodeToString(e.hash()); got != golden {
		t.Errorf("hash %s, stored before as %s", got, golden)
	}
}

// TestNoTwoRowsReadTheSame moves a byte from each field to the next.
func TestNoTwoRowsReadTheSame(t *testing.T) {
	seen := map[string]int{}
	for n, change := range []func(*EventRow){
		func(*EventRow) {},
		func(e *EventRow) { e.Incident, e.Pos = "7BR-2026-0014", 0 },
		func(e *EventRow) { e.Pos, e.Incident = 72, "BR-2026-001" },
		func(e *EventRow) { e.Actor, e.Kind = "U0AN", "Anoted" },
		func(e *EventRow) { e.Kind, e.Key = "note", "dview-1" },
		func(e *EventRow) { e.Kind, e.Key = "notedv", "iew-1" },
		func(e *EventRow) { e.Kind, e.Key = "view-1", "noted" },
		func(e *EventRow) { e.At = e.At.Add(time.Microsecond) },
	} {
		e := sample()
		e.PayloadHash = e.payloadHash()
		change(&e)
		h := string(e.hash())
		if other, twice := seen[h]; twice {
			t.Errorf("rows %d and %d have the same hash", other, n)
		}
		seen[h] = n
	}
}

func TestSaltIsFresh(t *testing.T) {
	r := workflow.Record{Incident: "BR-2026-0014", Seq: 1, At: sample().At, Event: workflow.Noted{Text: "Same."}}
	first, err := Seal(r, 1, Genesis())
	if err != nil {
		t.Fatal(err)
	}
	second, err := Seal(r, 1, Genesis())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first.Salt, second.Salt) || bytes.Equal(first.PayloadHash, second.PayloadHash) || len(first.Salt) != 16 {
		t.Errorf("salts %x and %x", first.Salt, second.Salt)
	}
}
