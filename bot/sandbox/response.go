package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// A response_url works five times within thirty minutes (Slack: Handling user interaction, message responses).
const (
	responseUses = 5
	responseLife = 30 * time.Minute
)

// responseURL lets the app answer an interaction without being a member of the channel.
type responseURL struct {
	id      string
	user    string
	channel *channel
	source  *message // the message whose button was pressed, if any
	until   time.Time
	left    int
}

func (ws *Workspace) newResponseURL(user string, ch *channel, source *message) string {
	r := &responseURL{
		id: randomHex(12), user: user, channel: ch, source: source,
		until: ws.clock.now().Add(responseLife), left: responseUses,
	}
	ws.responses[r.id] = r
	return ws.baseURL + "/response/" + r.id
}

// serveResponse takes a response_url post. Errors come as text with status 404 or 400, successes as "ok".
func (ws *Workspace) serveResponse(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	var o obj
	if err != nil || json.Unmarshal(raw, &o) != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	a := args{m: o, json: true}
	ws.mu.Lock()
	fault := ws.takeFaultLocked("response_url", a)
	if fault != nil && !fault.acts() {
		ws.logLocked(Request{
			Method: "response_url", At: ws.clock.now(), Args: a.logged(), Error: string(fault.Kind), Status: fault.status(),
		})
		ws.mu.Unlock()
		fault.write(w, nil)
		return
	}
	code := ws.respondLogged(req.PathValue("id"), a)
	ws.mu.Unlock()
	switch {
	case fault != nil:
		fault.write(w, []byte("ok"))
	case code != "":
		http.Error(w, code, statusOf(code))
	default:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "ok")
	}
}

// respondLogged acts on a response_url post and returns the error code, or "".
func (ws *Workspace) respondLogged(id string, a args) string {
	r := ws.responses[id]
	entry := Request{Method: "response_url", At: ws.clock.now(), Args: a.logged(), Status: http.StatusOK}
	code := "used_url"
	if r != nil && r.left > 0 && !ws.clock.now().After(r.until) {
		code = ""
		if err := ws.respond(r, a); err != nil {
			code = err.Error()
		}
	} else if r != nil && r.left > 0 {
		code = "expired_url"
	}
	entry.Error, entry.Status = code, statusOf(code)
	ws.logLocked(entry)
	return code
}

func statusOf(code string) int {
	switch code {
	case "":
		return http.StatusOK
	case "used_url", "expired_url":
		return http.StatusNotFound
	}
	return http.StatusBadRequest
}

// respond posts, replaces or deletes on behalf of a response_url.
func (ws *Workspace) respond(r *responseURL, a args) error {
	if a.bool("delete_original") {
		if r.source == nil {
			return fail("cant_delete_message") // the person's own slash message cannot be touched
		}
		r.left--
		ws.discard(r.source)
		return nil
	}
	// In reply to a button without saying otherwise, Slack replaces the original.
	replace := a.bool("replace_original") || !a.has("replace_original") && !a.has("response_type") && r.source != nil
	if replace && r.source != nil {
		next := *r.source
		got, err := ws.readBody(a, &next)
		if err != nil {
			return err
		}
		if got.text && !got.blocks {
			next.blocks = nil
		}
		if next.empty() {
			return fail("no_text")
		}
		r.left--
		*r.source = next
		return nil
	}
	_, err := ws.reply(r.user, r.channel, a)
	if err == nil {
		r.left--
	}
	return err
}

// reply posts an answer to an interaction: ephemeral unless response_type is in_channel. It needs no membership.
func (ws *Workspace) reply(user string, ch *channel, a args) (*message, error) {
	m := &message{user: ws.BotUserID, byApp: true, onlyFor: user}
	if _, err := ws.readBody(a, m); err != nil {
		return nil, err
	}
	if m.empty() {
		return nil, fail("no_text")
	}
	if a.str("response_type") == "in_channel" {
		m.onlyFor = ""
		if ts := a.str("thread_ts"); ts != "" && ch.find(ts) != nil {
			m.threadTS = ts
		}
	}
	if m.onlyFor == "" {
		ws.post(ch, m, parsing{})
	} else {
		ws.appendMessage(ch, m)
	}
	return m, nil
}

// discard removes a message, ephemeral or not.
func (ws *Workspace) discard(m *message) {
	m.ch.remove(m)
	for i, e := range m.ch.ephemerals {
		if e == m {
			m.ch.ephemerals = append(m.ch.ephemerals[:i:i], m.ch.ephemerals[i+1:]...)
			return
		}
	}
}
