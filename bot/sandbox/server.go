package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Server serves a workspace on a real listener. Make it with [Listen].
type Server struct {
	URL  string // http://127.0.0.1:port, without a slash at the end
	ws   *Workspace
	http *http.Server
	done chan struct{}
}

// Listen serves ws on addr ("127.0.0.1:0" picks a port).
func Listen(ws *Workspace, addr string) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &Server{
		URL: "http://" + l.Addr().String(), ws: ws, done: make(chan struct{}),
		http: &http.Server{Handler: ws.Handler(), ReadHeaderTimeout: 10 * time.Second},
	}
	ws.mu.Lock()
	ws.baseURL = s.URL
	ws.mu.Unlock()
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // ends with ErrServerClosed when Close is called
	}()
	return s, nil
}

// APIURL is what an SDK wants as its API address, with the slash at the end.
func (s *Server) APIURL() string { return s.URL + "/api/" }

// Close stops the listener, cuts all sockets and waits for everything that ran.
func (s *Server) Close() error {
	s.ws.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	<-s.done
	return err
}

// Handler returns the workspace as HTTP: /api/ the Web API, /socket/ the WebSocket side of Socket Mode, /response/ the
// response_url posts, /files/ uploads, /control/ the control API.
func (ws *Workspace) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", ws.serveAPI)
	mux.HandleFunc("/socket/{ticket}", ws.serveSocket)
	mux.HandleFunc("POST /response/{id}", ws.serveResponse)
	mux.HandleFunc("POST /files/upload/{id}", ws.serveUpload)
	mux.HandleFunc("GET /files/get/{id}", ws.serveDownload)
	mux.Handle("/control/", ws.controlHandler())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws.mu.Lock()
		if ws.baseURL == "" {
			ws.baseURL = "http://" + r.Host
		}
		// Slack's answers tell its own time, by which a caller can know how wrong its clock is.
		w.Header().Set("Date", ws.clock.now().Format(http.TimeFormat))
		ws.mu.Unlock()
		mux.ServeHTTP(w, r)
	})
}

// call is one Web API call while it is being answered, with the workspace locked.
type call struct {
	ws     *Workspace
	method string
	args   args
}

// apiError is an ok:false answer.
type apiError struct {
	code  string
	extra obj
}

func (e *apiError) Error() string { return e.code }

func fail(code string) error { return &apiError{code: code} }

func failWith(code string, extra obj) error { return &apiError{code: code, extra: extra} }

// failValidation is Slack's answer to malformed arguments, with one message per fault.
func failValidation(code string, messages []string) error {
	return failWith(code, obj{"response_metadata": obj{"messages": anys(messages)}})
}

// Request is one Web API call as the log keeps it.
type Request struct {
	Method string
	At     time.Time      // workspace time
	Args   map[string]any // without tokens
	Error  string         // the error answered, or the name of the fault that was played
	Status int            // HTTP status; 0 when the reply was dropped
}

// Requests returns the log of Web API calls in the order they were answered. Name methods to see only theirs.
func (ws *Workspace) Requests(methods ...string) []Request {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var out []Request
	for _, r := range ws.requests {
		if len(methods) == 0 || contains(methods, r.Method) {
			r.Args = cloneObj(r.Args)
			out = append(out, r)
		}
	}
	return out
}

// LastRequests returns the last n calls in the log, and how many there are before them.
func (ws *Workspace) LastRequests(n int) (last []Request, before int) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	before = max(0, len(ws.requests)-n)
	for _, r := range ws.requests[before:] {
		r.Args = cloneObj(r.Args)
		last = append(last, r)
	}
	return last, before
}

// serveAPI answers one Web API call. HTTP status is 200 also for ok:false (Slack: Web API, evaluating responses).
func (ws *Workspace) serveAPI(w http.ResponseWriter, r *http.Request) {
	method := r.PathValue("method")
	a, token, argErr := parseArgs(r)

	ws.mu.Lock()
	fault := ws.takeFaultLocked(method, a)
	ws.mu.Unlock()
	if fault != nil && fault.Delay > 0 {
		select {
		case <-time.After(fault.Delay):
		case <-r.Context().Done():
		}
	}

	ws.mu.Lock()
	entry := Request{Method: method, At: ws.clock.now(), Args: a.logged(), Status: http.StatusOK}
	if fault != nil && !fault.acts() {
		entry.Error, entry.Status = string(fault.Kind), fault.status()
		if fault.Kind == FaultError {
			entry.Error = fault.Error
		}
		ws.logLocked(entry)
		ws.mu.Unlock()
		fault.write(w, nil)
		return
	}
	var answer obj
	err := argErr
	if err == nil {
		answer, err = ws.answerLocked(method, a, token, w.Header())
	}
	if limit := (*limited)(nil); errors.As(err, &limit) {
		entry.Error, entry.Status = "ratelimited", http.StatusTooManyRequests
		ws.logLocked(entry)
		ws.mu.Unlock()
		writeLimited(w, limit.wait)
		return
	}
	if err != nil {
		var refusal *apiError
		if !errors.As(err, &refusal) {
			refusal = &apiError{code: "internal_error"}
		}
		answer = obj{"ok": false, "error": refusal.code}
		for k, v := range refusal.extra {
			answer[k] = v
		}
		entry.Error = refusal.code
	} else {
		if answer == nil {
			answer = obj{}
		}
		answer["ok"] = true
	}
	body, encodeErr := json.Marshal(answer)
	if fault != nil {
		entry.Status = fault.status()
		if entry.Error == "" {
			entry.Error = string(fault.Kind)
		}
	}
	ws.logLocked(entry)
	ws.mu.Unlock()
	if encodeErr != nil {
		http.Error(w, encodeErr.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if fault != nil {
		fault.write(w, body)
		return
	}
	_, _ = w.Write(body)
}

func (ws *Workspace) logLocked(r Request) {
	if len(ws.requests) >= keepLogs {
		ws.requests = append([]Request(nil), ws.requests[keepLogs/2:]...)
	}
	ws.requests = append(ws.requests, r)
	ws.changedLocked()
}

func (ws *Workspace) answerLocked(method string, a args, token string, header http.Header) (obj, error) {
	spec, known := methods[method]
	if !known {
		return nil, fail("unknown_method")
	}
	if err := ws.authorizeLocked(spec, token, header); err != nil {
		return nil, err
	}
	if spec.formOnly && a.json {
		a = args{} // Slack does not read JSON bodies here, so the arguments are simply not there.
	}
	c := &call{ws: ws, method: method, args: a}
	if wait := ws.rates.take(ws.clock.now(), method, spec.perMinute, ws.postTarget(method, a)); wait > 0 {
		return nil, &limited{wait}
	}
	answer, err := spec.handle(c)
	if err == nil {
		ws.changedLocked()
	}
	return answer, err
}

// serveDownload gives the bytes of an upload to the bot (the url_private of a file).
func (ws *Workspace) serveDownload(w http.ResponseWriter, r *http.Request) {
	ws.mu.Lock()
	f := ws.files[r.PathValue("id")]
	allowed := bearer(r) == ws.BotToken && slices.Contains(ws.app.BotScopes, "files:read")
	fault := ws.takeFaultLocked("files.download", args{})
	var content []byte
	if f != nil && f.complete && !f.deleted {
		content = f.content
	}
	ws.mu.Unlock()
	switch {
	case fault != nil:
		fault.write(w, nil)
		return
	case !allowed:
		// Without the token or its scope, Slack sends the page to sign in (Slack: working with files).
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Sign in</title>")
		return
	case content == nil:
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(content)
}

func bearer(r *http.Request) string {
	t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return t
}
