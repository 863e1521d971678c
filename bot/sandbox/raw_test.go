package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// reply is a raw Web API answer.
type reply struct {
	obj
	status int
	header http.Header
}

func (r reply) code() string { return str(r.obj["error"]) }

// form calls a method with a form body and the bot token.
func (tw *town) form(t *testing.T, method string, pairs ...string) reply {
	t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return tw.send(t, method, "application/x-www-form-urlencoded", tw.BotToken, v.Encode())
}

// json calls a method with a JSON body and the bot token.
func (tw *town) json(t *testing.T, method string, body any) reply {
	t.Helper()
	return tw.send(t, method, "application/json; charset=utf-8", tw.BotToken, string(get(json.Marshal(body))))
}

func (tw *town) send(t *testing.T, method, kind, token, body string) reply {
	t.Helper()
	r, err := tw.try(method, kind, token, body)
	check(t, err)
	return r
}

func (tw *town) try(method, kind, token, body string) (reply, error) {
	req, err := http.NewRequest(http.MethodPost, tw.srv.APIURL()+method, bytes.NewBufferString(body))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Content-Type", kind)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := tw.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	r := reply{status: resp.StatusCode, header: resp.Header}
	return r, json.Unmarshal(raw, &r.obj)
}

// must is for calls that have to succeed.
func (r reply) must(t *testing.T) reply {
	t.Helper()
	if ok, _ := r.obj["ok"].(bool); !ok {
		t.Fatalf("call refused: %v", r.obj)
	}
	return r
}

func (r reply) at(path ...string) string {
	o := r.obj
	for _, p := range path[:len(path)-1] {
		o = asObj(o[p])
	}
	return str(o[path[len(path)-1]])
}

// room makes a private channel with the bot and these people.
func (tw *town) room(t *testing.T, name string, people ...string) string {
	t.Helper()
	id := tw.form(t, "conversations.create", "name", name, "is_private", "true").must(t).at("channel", "id")
	for _, p := range people {
		tw.form(t, "conversations.invite", "channel", id, "users", p).must(t)
	}
	return id
}

// wire is a raw Socket Mode connection.
type wire struct {
	t      *testing.T
	conn   *websocket.Conn
	frames chan obj
	closed chan error
	pings  chan struct{}
}

func (tw *town) socketURL(t *testing.T) string {
	t.Helper()
	return tw.send(t, "apps.connections.open", "application/x-www-form-urlencoded", tw.AppToken, "").must(t).at("url")
}

// dial opens a raw connection; frames arrive on a channel, the hello first.
func (tw *town) dial(t *testing.T) *wire {
	t.Helper()
	conn, resp, err := websocket.DefaultDialer.DialContext(testContext(t), tw.socketURL(t), nil)
	check(t, err)
	_ = resp.Body.Close()
	w := &wire{t, conn, make(chan obj, 100), make(chan error, 1), make(chan struct{}, 100)}
	pong := conn.PingHandler()
	conn.SetPingHandler(func(s string) error {
		select {
		case w.pings <- struct{}{}:
		default:
		}
		return pong(s)
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			_, raw, err := conn.ReadMessage()
			if err != nil {
				w.closed <- err
				return
			}
			var o obj
			_ = json.Unmarshal(raw, &o)
			w.frames <- o
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return w
}

func (w *wire) next() obj {
	w.t.Helper()
	select {
	case f := <-w.frames:
		return f
	case <-time.After(testTimeout):
		w.t.Fatal("no frame came")
		return nil
	}
}

func (w *wire) hello() obj {
	w.t.Helper()
	f := w.next()
	if f["type"] != "hello" {
		w.t.Fatalf("expected hello, got %v", f)
	}
	return f
}

func (w *wire) ack(envelope obj, payload any) {
	w.t.Helper()
	answer := obj{"envelope_id": envelope["envelope_id"]}
	if payload != nil {
		answer["payload"] = payload
	}
	check(w.t, w.conn.WriteJSON(answer))
}

// answering acknowledges everything with what decide returns, and passes the frames on.
func (tw *town) answering(t *testing.T, decide func(envelope obj) any) {
	t.Helper()
	w := tw.dial(t)
	w.hello()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case f := <-w.frames:
				if f["envelope_id"] != nil {
					answer := obj{"envelope_id": f["envelope_id"]}
					if p := decide(f); p != nil {
						answer["payload"] = p
					}
					_ = w.conn.WriteJSON(answer)
				}
			case <-stop:
				return
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-done })
}
