package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// maxSockets is the number of connections an app may hold (Slack: Using Socket Mode).
	maxSockets = 10
	// connectionLife is told in hello, in seconds (Slack: Using Socket Mode).
	connectionLife = 3600
	// warningTime is how long a socket lives on after a disconnect frame with reason warning
	// (Slack: Using Socket Mode). Workspace time.
	warningTime = 10 * time.Second
	writeTime   = 5 * time.Second
)

// DisconnectReason is the reason in a disconnect frame.
type DisconnectReason string

// The reasons Slack gives. LinkDisabled also refuses new connections until [Sockets.Enable].
const (
	Warning          DisconnectReason = "warning" // the socket closes ten seconds later, traffic goes on until then
	RefreshRequested DisconnectReason = "refresh_requested"
	LinkDisabled     DisconnectReason = "link_disabled"
	tooMany          DisconnectReason = "too_many_websockets"
)

type sockets struct {
	open     []*socket
	ghosts   int
	tickets  map[string]bool // unused socket URLs
	disabled bool            // Socket Mode is switched off
	refuse   bool            // handshakes fail
	serial   int
}

// socket is one open connection. Frames go through out, so that sending never blocks the workspace.
type socket struct {
	ws      *Workspace
	id      int
	conn    *websocket.Conn
	out     chan []byte
	bye     chan struct{} // closed: say goodbye properly
	gone    chan struct{} // closed: drop the connection
	once    sync.Once
	byeOnce sync.Once
	stalled bool // guarded by Workspace.mu
}

func (s *socket) cut() { s.once.Do(func() { close(s.gone) }) }

// end closes the connection with a close frame after what is queued.
func (s *socket) end() { s.byeOnce.Do(func() { close(s.bye) }) }

// push queues a frame; a client that does not read loses its connection.
func (s *socket) push(frame []byte) {
	if s.stalled {
		return
	}
	select {
	case s.out <- frame:
	default:
		s.cut()
	}
}

func connectionsOpen(c *call) (obj, error) {
	ws := c.ws
	if ws.sockets.disabled {
		return nil, fail("link_disabled")
	}
	if ws.sockets.tickets == nil {
		ws.sockets.tickets = map[string]bool{}
	}
	ticket := randomHex(16)
	ws.sockets.tickets[ticket] = true
	base := "ws" + strings.TrimPrefix(ws.baseURL, "http")
	return obj{"url": base + "/socket/link?ticket=" + ticket + "&app_id=" + ws.AppID}, nil
}

// serveSocket is the WebSocket side: one connection per URL that apps.connections.open gave out.
func (ws *Workspace) serveSocket(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	ws.mu.Lock()
	known := ws.sockets.tickets[ticket]
	refused := ws.sockets.refuse || ws.closed
	if !refused {
		delete(ws.sockets.tickets, ticket) // good for one connection
	}
	ws.mu.Unlock()
	switch {
	case refused:
		http.Error(w, "service unavailable", http.StatusServiceUnavailable)
		return
	case !known:
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // SDKs name Slack's origin
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	defer conn.Close()
	s := &socket{ws: ws, conn: conn, out: make(chan []byte, 4096), bye: make(chan struct{}), gone: make(chan struct{})}

	ws.mu.Lock()
	if ws.closed {
		ws.mu.Unlock()
		return
	}
	ws.background.Add(1)
	defer ws.background.Done()
	if len(ws.sockets.open)+ws.sockets.ghosts >= maxSockets {
		ws.mu.Unlock()
		_ = conn.SetWriteDeadline(time.Now().Add(writeTime))
		_ = conn.WriteMessage(websocket.TextMessage, disconnectFrame(tooMany))
		return
	}
	ws.sockets.serial++
	s.id = ws.sockets.serial
	ws.sockets.open = append(ws.sockets.open, s)
	s.push(encode(obj{
		"type": "hello", "num_connections": len(ws.sockets.open) + ws.sockets.ghosts,
		"debug_info":      obj{"host": "sandbox", "build_number": 1, "approximate_connection_time": connectionLife},
		"connection_info": obj{"app_id": ws.AppID},
	}))
	ws.changedLocked()
	ws.mu.Unlock()

	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write()
		_ = conn.Close() // also ends the reader
	}()
	s.read()
	s.cut()
	<-written

	ws.mu.Lock()
	ws.sockets.open = slices.DeleteFunc(ws.sockets.open, func(x *socket) bool { return x == s })
	ws.changedLocked()
	ws.mu.Unlock()
}

func encode(o obj) []byte {
	b, _ := json.Marshal(o) // plain values always encode
	return b
}

func disconnectFrame(why DisconnectReason) []byte {
	return encode(obj{"type": "disconnect", "reason": string(why), "debug_info": obj{"host": "sandbox"}})
}

// write sends queued frames and pings until the socket ends.
func (s *socket) write() {
	ping := time.NewTicker(s.ws.pingPeriod)
	defer ping.Stop()
	send := func(frame []byte) bool {
		_ = s.conn.SetWriteDeadline(time.Now().Add(writeTime))
		return s.conn.WriteMessage(websocket.TextMessage, frame) == nil
	}
	if s.conn.WriteControl(websocket.PingMessage, []byte("hello"), time.Now().Add(writeTime)) != nil {
		return
	}
	for {
		select {
		case <-s.gone:
			return
		case frame := <-s.out:
			if !send(frame) {
				return
			}
		case <-ping.C:
			s.ws.mu.Lock()
			stalled := s.stalled
			s.ws.mu.Unlock()
			if !stalled && s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime)) != nil {
				return
			}
		case <-s.bye:
			for {
				select {
				case frame := <-s.out:
					if !send(frame) {
						return
					}
					continue
				default:
				}
				break
			}
			_ = s.conn.WriteControl(websocket.CloseMessage,
				websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(writeTime))
			return
		}
	}
}

// read takes acknowledgements until the connection ends.
func (s *socket) read() {
	for {
		_, frame, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		s.ws.mu.Lock()
		if !s.stalled {
			s.ws.ackLocked(s, frame)
			s.ws.changedLocked()
		}
		s.ws.mu.Unlock()
	}
}

// Sockets is the test's hand on the connections of the app.
type Sockets struct{ ws *Workspace }

// Sockets gives control of the app's connections.
func (ws *Workspace) Sockets() Sockets { return Sockets{ws} }

// Count returns the number of open connections, ghosts not counted.
func (s Sockets) Count() int {
	s.ws.mu.Lock()
	defer s.ws.mu.Unlock()
	return len(s.ws.sockets.open)
}

func (s Sockets) each(do func(*socket)) {
	s.ws.mu.Lock()
	defer s.ws.mu.Unlock()
	for _, open := range s.ws.sockets.open {
		do(open)
	}
	s.ws.changedLocked()
}

// Disconnect sends every socket a disconnect frame and closes it: at once, or after ten seconds of workspace time for
// [Warning], during which the socket still gets its share of the traffic.
func (s Sockets) Disconnect(why DisconnectReason) {
	s.each(func(open *socket) {
		open.push(disconnectFrame(why))
		if why == Warning {
			s.ws.atLocked(s.ws.clock.now().Add(warningTime), open.end)
		} else {
			open.end()
		}
	})
	if why == LinkDisabled {
		s.ws.mu.Lock()
		s.ws.sockets.disabled = true
		s.ws.mu.Unlock()
	}
}

// Enable switches Socket Mode on again after [LinkDisabled], and handshakes after Refuse.
func (s Sockets) Enable() {
	s.ws.mu.Lock()
	defer s.ws.mu.Unlock()
	s.ws.sockets.disabled, s.ws.sockets.refuse = false, false
}

// CutAll drops every connection without a close frame.
func (s Sockets) CutAll() { s.each((*socket).cut) }

// Stall makes every open connection fall silent without closing: nothing more arrives either way, pings included.
func (s Sockets) Stall() { s.each(func(open *socket) { open.stalled = true }) }

// Refuse makes new WebSocket handshakes fail with HTTP 503 until Enable. Open sockets stay.
func (s Sockets) Refuse() {
	s.ws.mu.Lock()
	defer s.ws.mu.Unlock()
	s.ws.sockets.refuse = true
}

// Refusing tells whether new connections are refused, for any reason.
func (s Sockets) Refusing() bool {
	s.ws.mu.Lock()
	defer s.ws.mu.Unlock()
	return s.ws.sockets.refuse || s.ws.sockets.disabled
}

// Ghosts sets the number of registrations that have no connection behind them but still receive their share
// (slackapi/python-slack-sdk#1940). They count towards num_connections and towards the ten.
func (s Sockets) Ghosts(n int) {
	s.ws.mu.Lock()
	defer s.ws.mu.Unlock()
	s.ws.sockets.ghosts = n
	s.ws.changedLocked()
}

// SendRaw sends a frame, whatever it is, to one open socket. It reports whether there was one.
func (s Sockets) SendRaw(frame []byte) bool {
	s.ws.mu.Lock()
	defer s.ws.mu.Unlock()
	if len(s.ws.sockets.open) == 0 {
		return false
	}
	s.ws.sockets.open[0].push(slices.Clone(frame))
	return true
}
