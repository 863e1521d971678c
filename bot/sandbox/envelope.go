package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// maxAck is the size from which Slack ignores an acknowledgement (slack-go/slack#1196), in bytes.
const maxAck = 20480

// keepLogs limits the logs of envelopes and requests, so that a long demo does not keep growing.
const keepLogs = 50000

type envelope struct {
	Envelope
	frame   []byte
	accepts bool
	done    chan struct{} // closed when acknowledged in time
	expired bool
	socket  *socket
}

// Envelope is one Socket Mode delivery as the log keeps it.
type Envelope struct {
	ID       string
	Type     string // slash_commands, interactive, events_api
	Kind     string // the interaction's type, the event's type, or the command
	Attempt  int    // retry_attempt of events
	SentAt   time.Time
	Lost     bool // no socket was there, or a ghost got it
	Acked    bool
	Response json.RawMessage // the payload of the acknowledgement
	Note     string          // why an acknowledgement or its payload was ignored
	Payload  json.RawMessage
}

// Envelopes returns the log of deliveries, oldest first.
func (ws *Workspace) Envelopes() []Envelope {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	out := make([]Envelope, len(ws.envelopes))
	for i, e := range ws.envelopes {
		out[i] = e.Envelope
	}
	return out
}

// LastEnvelopes returns the last n deliveries in the log, oldest first.
func (ws *Workspace) LastEnvelopes(n int) []Envelope {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var out []Envelope
	for _, e := range ws.envelopes[max(0, len(ws.envelopes)-n):] {
		out = append(out, e.Envelope)
	}
	return out
}

// sendLocked delivers a payload to exactly one registration, chosen at random among sockets and ghosts.
func (ws *Workspace) sendLocked(typ, kind string, payload obj, accepts bool, attempt int) *envelope {
	ws.serial++
	e := &envelope{accepts: accepts, done: make(chan struct{})}
	e.ID = fmt.Sprintf("%08x-%s-%s-%s-%s", ws.serial, randomHex(2), randomHex(2), randomHex(2), randomHex(6))
	e.Type, e.Kind, e.Attempt, e.SentAt, e.Payload = typ, kind, attempt, ws.clock.now(), encode(payload)
	frame := obj{
		"envelope_id": e.ID, "type": typ, "payload": payload, "accepts_response_payload": accepts,
	}
	if typ == "events_api" {
		frame["retry_attempt"], frame["retry_reason"] = attempt, ""
		if attempt > 0 {
			frame["retry_reason"] = "timeout"
		}
	}
	e.frame = encode(frame)
	if len(ws.envelopes) >= keepLogs {
		ws.envelopes = append([]*envelope(nil), ws.envelopes[keepLogs/2:]...)
	}
	ws.envelopes = append(ws.envelopes, e)
	n := len(ws.sockets.open)
	if all := n + ws.sockets.ghosts; all == 0 {
		e.Lost = true
	} else if pick := rand.IntN(all); pick >= n {
		e.Lost = true
	} else {
		e.socket = ws.sockets.open[pick]
		e.socket.push(e.frame)
	}
	ws.changedLocked()
	return e
}

// ackLocked takes a frame from the app.
func (ws *Workspace) ackLocked(s *socket, frame []byte) {
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	if json.Unmarshal(frame, &ack) != nil {
		return
	}
	for i := len(ws.envelopes) - 1; i >= 0; i-- {
		e := ws.envelopes[i]
		if e.ID != ack.EnvelopeID {
			continue
		}
		switch {
		case len(frame) >= maxAck:
			e.Note = "acknowledgement ignored: 20,480 bytes or more"
		case e.socket != s:
			e.Note = "acknowledgement ignored: came on another socket"
		case e.expired:
			e.Note = "acknowledgement ignored: late"
		case e.Acked:
			e.Note = "acknowledged twice"
		default:
			e.Acked = true
			if len(ack.Payload) > 0 && string(ack.Payload) != "null" && string(ack.Payload) != "{}" {
				if e.accepts {
					e.Response = append(json.RawMessage(nil), ack.Payload...)
				} else {
					e.Note = "payload ignored: not accepted for this envelope"
				}
			}
			close(e.done)
		}
		return
	}
}

// wait returns true when the envelope is acknowledged before the deadline. Nobody listening counts as no answer.
func (ws *Workspace) wait(ctx context.Context, e *envelope) (bool, error) {
	ws.mu.Lock()
	nobody := e.Lost && e.socket == nil && ws.sockets.ghosts == 0
	if nobody {
		e.expired = true
	}
	ws.mu.Unlock()
	if nobody {
		return false, nil
	}
	deadline := time.NewTimer(ws.ackTimeout)
	defer deadline.Stop()
	select {
	case <-e.done:
		return true, nil
	case <-deadline.C:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	e.expired = !e.Acked // it may have come this very moment
	ws.changedLocked()
	return e.Acked, nil
}

// Waiting is how many deliveries the app has been sent and has neither acknowledged nor let pass.
func (ws *Workspace) Waiting() int {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	n := 0
	for _, e := range ws.envelopes {
		if e.socket != nil && !e.Acked && !e.expired && slices.Contains(ws.sockets.open, e.socket) {
			n++
		}
	}
	return n
}

// ReplayLast sends the last envelope of a type ("" for any) again, byte for byte, to one open socket. It reports
// whether there was one.
func (s Sockets) ReplayLast(typ string) bool {
	s.ws.mu.Lock()
	defer s.ws.mu.Unlock()
	if len(s.ws.sockets.open) == 0 {
		return false
	}
	for i := len(s.ws.envelopes) - 1; i >= 0; i-- {
		if e := s.ws.envelopes[i]; typ == "" || e.Type == typ {
			s.ws.sockets.open[rand.IntN(len(s.ws.sockets.open))].push(e.frame)
			return true
		}
	}
	return false
}

// RedeliverLastEvent sends the last event again as Slack's retries do, in a new envelope with the same event_id,
// although it was acknowledged. It reports whether there was one.
func (s Sockets) RedeliverLastEvent() bool {
	s.ws.mu.Lock()
	defer s.ws.mu.Unlock()
	for i := len(s.ws.envelopes) - 1; i >= 0; i-- {
		e := s.ws.envelopes[i]
		if e.Type != "events_api" {
			continue
		}
		var payload obj
		if json.Unmarshal(e.Payload, &payload) != nil {
			return false
		}
		s.ws.sendLocked(e.Type, e.Kind, payload, false, e.Attempt+1)
		return true
	}
	return false
}
