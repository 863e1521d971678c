package sandbox

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// ControlHeader carries [Workspace.ControlToken] in requests to /control/.
const ControlHeader = "X-Sandbox-Token"

// order is the body of POST /control/{verb}: the arguments of all verbs together.
type order struct {
	As       string            `json:"as"` // user id
	Command  string            `json:"command"`
	Text     string            `json:"text"`
	Channel  string            `json:"channel"`
	TS       string            `json:"ts"`
	Thread   string            `json:"thread_ts"`
	Callback string            `json:"callback_id"`
	Where    string            `json:"where"` // modal (default), home, message
	What     string            `json:"what"`
	Value    any               `json:"value"`
	User     *User             `json:"user"`
	Group    string            `json:"group"`
	Members  []string          `json:"members"`
	Seconds  float64           `json:"seconds"`
	Time     time.Time         `json:"time"`
	Fault    *Fault            `json:"fault"`
	Policy   *Policy           `json:"policy"`
	Scopes   []string          `json:"scopes"`
	Reason   DisconnectReason  `json:"reason"`
	Count    int               `json:"count"`
	Wait     map[string]string `json:"wait"` // see the verb wait
}

// controlTimeout limits a verb that waits, in real time.
const controlTimeout = 30 * time.Second

func (ws *Workspace) controlHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		token := r.Header.Get(ControlHeader)
		switch {
		case !net.ParseIP(host).IsLoopback(), subtle.ConstantTimeCompare([]byte(token), []byte(ws.ControlToken)) != 1:
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		case r.Method != http.MethodPost:
			http.Error(w, "POST only", http.StatusMethodNotAllowed)
			return
		}
		var o order
		if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&o); err != nil && err != io.EOF {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), controlTimeout)
		defer cancel()
		verb := r.URL.Path[len("/control/"):]
		do, known := verbs[verb]
		if !known {
			http.Error(w, "no verb "+verb, http.StatusNotFound)
			return
		}
		answer, err := do(ctx, ws, o)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if err != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
			return
		}
		if answer == nil {
			answer = struct{}{}
		}
		_ = json.NewEncoder(w).Encode(answer)
	})
}

func (o order) place() Place {
	switch o.Where {
	case "home":
		return InHome()
	case "message":
		return InMessage(o.Channel, o.TS)
	}
	return InModal()
}

// verbs are the Go API over HTTP: POST /control/{verb} with an order as JSON. The answer is the method's result.
var verbs = map[string]func(context.Context, *Workspace, order) (any, error){
	// What people do.
	"slash": func(ctx context.Context, ws *Workspace, o order) (any, error) {
		if o.Channel == "" {
			return ws.As(o.As).Slash(ctx, o.Command, o.Text)
		}
		return ws.As(o.As).SlashIn(ctx, o.Channel, o.Command, o.Text)
	},
	"shortcut": func(ctx context.Context, ws *Workspace, o order) (any, error) {
		if o.TS != "" {
			return ws.As(o.As).MessageShortcut(ctx, o.Callback, o.Channel, o.TS)
		}
		return ws.As(o.As).Shortcut(ctx, o.Callback)
	},
	"fill": func(_ context.Context, ws *Workspace, o order) (any, error) {
		return nil, ws.As(o.As).Fill(o.What, o.Value)
	},
	"submit": func(ctx context.Context, ws *Workspace, o order) (any, error) { return ws.As(o.As).Submit(ctx) },
	"cancel": func(ctx context.Context, ws *Workspace, o order) (any, error) { return nil, ws.As(o.As).Cancel(ctx) },
	"close_modal": func(ctx context.Context, ws *Workspace, o order) (any, error) {
		return nil, ws.As(o.As).CloseModal(ctx)
	},
	"press": func(ctx context.Context, ws *Workspace, o order) (any, error) {
		return ws.As(o.As).Press(ctx, o.place(), o.What)
	},
	"choose": func(ctx context.Context, ws *Workspace, o order) (any, error) {
		return ws.As(o.As).Choose(ctx, o.place(), o.What, o.Value)
	},
	"open_home": func(_ context.Context, ws *Workspace, o order) (any, error) { return nil, ws.As(o.As).OpenHome() },
	"post": func(_ context.Context, ws *Workspace, o order) (any, error) {
		return ws.As(o.As).PostReply(o.Channel, o.Thread, o.Text)
	},
	"join":  func(_ context.Context, ws *Workspace, o order) (any, error) { return nil, ws.As(o.As).Join(o.Channel) },
	"leave": func(_ context.Context, ws *Workspace, o order) (any, error) { return nil, ws.As(o.As).Leave(o.Channel) },
	"invite": func(_ context.Context, ws *Workspace, o order) (any, error) {
		return nil, ws.As(o.As).Invite(o.Channel, o.What)
	},

	// What people see.
	"modal": func(_ context.Context, ws *Workspace, o order) (any, error) {
		v := ws.As(o.As).Modal()
		return map[string]any{"view": v, "text": ws.As(o.As).RenderView(v)}, nil
	},
	"home": func(_ context.Context, ws *Workspace, o order) (any, error) {
		v := ws.As(o.As).Home()
		return map[string]any{"view": v, "text": ws.As(o.As).RenderView(v)}, nil
	},
	"channels": func(_ context.Context, ws *Workspace, o order) (any, error) { return ws.As(o.As).Channels(), nil },
	"messages": func(_ context.Context, ws *Workspace, o order) (any, error) {
		return ws.As(o.As).rendered(ws.As(o.As).Messages(o.Channel)), nil
	},
	"dms": func(_ context.Context, ws *Workspace, o order) (any, error) {
		return ws.As(o.As).rendered(ws.As(o.As).DMs()), nil
	},
	"notifications": func(_ context.Context, ws *Workspace, o order) (any, error) {
		return ws.As(o.As).Notifications(), nil
	},

	// The workspace.
	"add_user": func(_ context.Context, ws *Workspace, o order) (any, error) {
		if o.User == nil || o.User.ID == "" {
			return nil, fmt.Errorf("user.ID is missing")
		}
		ws.AddUser(*o.User)
		return nil, nil
	},
	"add_group": func(_ context.Context, ws *Workspace, o order) (any, error) {
		ws.AddGroup(o.Group, o.What, o.Members...)
		return nil, nil
	},
	"now": func(_ context.Context, ws *Workspace, _ order) (any, error) {
		return map[string]time.Time{"now": ws.Now()}, nil
	},
	"advance": func(_ context.Context, ws *Workspace, o order) (any, error) {
		ws.Advance(time.Duration(o.Seconds * float64(time.Second)))
		return map[string]time.Time{"now": ws.Now()}, nil
	},
	"set_time": func(_ context.Context, ws *Workspace, o order) (any, error) {
		ws.SetTime(o.Time)
		return map[string]time.Time{"now": ws.Now()}, nil
	},
	"fault": func(_ context.Context, ws *Workspace, o order) (any, error) {
		if o.Fault == nil {
			return nil, fmt.Errorf("fault is missing")
		}
		ws.Fault(*o.Fault)
		return nil, nil
	},
	"clear_faults": func(_ context.Context, ws *Workspace, _ order) (any, error) { ws.ClearFaults(); return nil, nil },
	"policy": func(_ context.Context, ws *Workspace, o order) (any, error) {
		if o.Policy == nil {
			return nil, fmt.Errorf("policy is missing")
		}
		ws.SetPolicy(*o.Policy)
		return nil, nil
	},
	"scopes": func(_ context.Context, ws *Workspace, o order) (any, error) {
		ws.SetScopes(o.Scopes...)
		return nil, nil
	},
	"reserve_name": func(_ context.Context, ws *Workspace, o order) (any, error) {
		ws.ReserveName(o.What)
		return nil, nil
	},
	"share_channel": func(_ context.Context, ws *Workspace, o order) (any, error) {
		return nil, ws.ShareChannel(o.Channel, o.What)
	},
	"sockets": func(_ context.Context, ws *Workspace, _ order) (any, error) {
		return map[string]int{"count": ws.Sockets().Count()}, nil
	},
	"disconnect": func(_ context.Context, ws *Workspace, o order) (any, error) {
		ws.Sockets().Disconnect(o.Reason)
		return nil, nil
	},
	"cut":    func(_ context.Context, ws *Workspace, _ order) (any, error) { ws.Sockets().CutAll(); return nil, nil },
	"stall":  func(_ context.Context, ws *Workspace, _ order) (any, error) { ws.Sockets().Stall(); return nil, nil },
	"refuse": func(_ context.Context, ws *Workspace, _ order) (any, error) { ws.Sockets().Refuse(); return nil, nil },
	"enable": func(_ context.Context, ws *Workspace, _ order) (any, error) { ws.Sockets().Enable(); return nil, nil },
	"revoke": func(_ context.Context, ws *Workspace, _ order) (any, error) { ws.Revoke(); return nil, nil },
	"uninstall": func(_ context.Context, ws *Workspace, _ order) (any, error) {
		ws.Uninstall()
		return nil, nil
	},
	"ghosts": func(_ context.Context, ws *Workspace, o order) (any, error) {
		ws.Sockets().Ghosts(o.Count)
		return nil, nil
	},
	"requests":  func(_ context.Context, ws *Workspace, _ order) (any, error) { return ws.Requests(), nil },
	"envelopes": func(_ context.Context, ws *Workspace, _ order) (any, error) { return ws.Envelopes(), nil },

	// wait returns once something is so: {"wait":{"for":"modal"|"no_modal"|"dm"|"message"|"socket"|"home"}} for the
	// user "as" (and "channel"), with at least "count" of them (default 1).
	"wait": func(ctx context.Context, ws *Workspace, o order) (any, error) {
		want := max(1, o.Count)
		p := ws.As(o.As)
		conditions := map[string]func() bool{
			"modal":    func() bool { return len(p.Modals()) >= want },
			"no_modal": func() bool { return p.Modal() == nil },
			"dm":       func() bool { return len(p.DMs()) >= want },
			"message":  func() bool { return len(p.Messages(o.Channel)) >= want },
			"socket":   func() bool { return ws.Sockets().Count() >= want },
			"home":     func() bool { return p.Home() != nil },
		}
		condition := conditions[o.Wait["for"]]
		if condition == nil {
			return nil, fmt.Errorf("nothing to wait for is called %q", o.Wait["for"])
		}
		return nil, ws.WaitFor(ctx, condition)
	},
}

// rendered pairs each message with the text this person reads.
func (p *Person) rendered(messages []Message) []map[string]any {
	out := []map[string]any{}
	for _, m := range messages {
		out = append(out, map[string]any{"message": m, "text": p.Render(m)})
	}
	return out
}
