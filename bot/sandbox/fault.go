package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// FaultKind names what goes wrong.
type FaultKind string

// The kinds of faults. "After the act" means that Slack did what was asked and only the answer is spoilt.
const (
	FaultError         FaultKind = "error"           // ok:false with Fault.Error; nothing done
	FaultRateLimit     FaultKind = "rate_limit"      // 429 with Retry-After; nothing done
	FaultRateLimitBare FaultKind = "rate_limit_bare" // 429 without Retry-After; nothing done
	FaultStatus        FaultKind = "status"          // HTTP Fault.Status (default 503); nothing done
	FaultStatusAfter   FaultKind = "status_after"    // HTTP Fault.Status (default 500), after the act
	FaultNoErrorCode   FaultKind = "no_error_code"   // {"ok":false} without a code; nothing done
	FaultDropBefore    FaultKind = "drop_before"     // connection closed, nothing done
	FaultDropAfter     FaultKind = "drop_after"      // connection closed after the act
	FaultUndecodable   FaultKind = "undecodable"     // 200 that is no JSON, after the act
	FaultTruncated     FaultKind = "truncated"       // 200 cut in the middle, after the act
	FaultInternalAfter FaultKind = "internal_after"  // ok:false internal_error, after the act
	FaultDelay         FaultKind = "delay"           // waits Fault.Delay of real time, then answers normally
	FaultOddShape      FaultKind = "odd_shape"       // 200 with fields of unexpected types, after the act
)

// Fault is an order to spoil coming calls. See [Workspace.Fault].
type Fault struct {
	// Method is an exact name, or a prefix ending in "*"; empty means every method. "response_url" and "files.upload"
	// name the posts to those URLs.
	Method     string
	Channel    string // only calls whose channel argument is this; empty means any
	Next       int    // how many calls; zero means one, negative means all until [Workspace.ClearFaults]
	Kind       FaultKind
	Error      string        // for FaultError: restricted_action, unknown_method, ratelimited, …
	RetryAfter time.Duration // for FaultRateLimit; default 1 s
	Status     int
	Delay      time.Duration // may accompany any kind
}

// Fault orders a fault. Several wait in line; the first that matches a call is used.
func (ws *Workspace) Fault(f Fault) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if f.Next == 0 {
		f.Next = 1
	}
	ws.faults = append(ws.faults, &f)
}

// Faults returns the faults that wait, with how often each is still to come.
func (ws *Workspace) Faults() []Fault {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var out []Fault
	for _, f := range ws.faults {
		out = append(out, *f)
	}
	return out
}

// ClearFaults takes back all faults.
func (ws *Workspace) ClearFaults() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.faults = nil
}

func (ws *Workspace) takeFaultLocked(method string, a args) *Fault {
	for i, f := range ws.faults {
		prefix, wild := strings.CutSuffix(f.Method, "*")
		if f.Method != "" && f.Method != method && !(wild && strings.HasPrefix(method, prefix)) {
			continue
		}
		if f.Channel != "" && f.Channel != a.str("channel") {
			continue
		}
		taken := *f
		if f.Next > 0 {
			f.Next--
		}
		if f.Next == 0 {
			ws.faults = append(ws.faults[:i:i], ws.faults[i+1:]...)
		}
		return &taken
	}
	return nil
}

// acts reports whether the call is executed all the same.
func (f *Fault) acts() bool {
	switch f.Kind {
	case FaultDropAfter, FaultUndecodable, FaultTruncated, FaultStatusAfter, FaultInternalAfter, FaultDelay,
		FaultOddShape:
		return true
	}
	return false
}

func (f *Fault) status() int {
	switch f.Kind {
	case FaultDropBefore, FaultDropAfter:
		return 0
	case FaultRateLimit, FaultRateLimitBare:
		return http.StatusTooManyRequests
	case FaultStatus:
		if f.Status == 0 {
			return http.StatusServiceUnavailable
		}
		return f.Status
	case FaultStatusAfter:
		if f.Status == 0 {
			return http.StatusInternalServerError
		}
		return f.Status
	}
	return http.StatusOK
}

// write answers as the fault wants; body is the true answer when the call was executed.
func (f *Fault) write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	switch f.Kind {
	case FaultDropBefore, FaultDropAfter:
		panic(http.ErrAbortHandler) // closes the connection without an answer
	case FaultRateLimit:
		wait := f.RetryAfter
		if wait <= 0 {
			wait = time.Second
		}
		writeLimited(w, wait)
	case FaultRateLimitBare:
		writeLimited(w, -1)
	case FaultStatus, FaultStatusAfter:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.status())
		_, _ = w.Write([]byte("upstream connect error"))
	case FaultError:
		b, _ := json.Marshal(obj{"ok": false, "error": f.Error}) // a map of plain values always encodes
		_, _ = w.Write(b)
	case FaultNoErrorCode:
		_, _ = w.Write([]byte(`{"ok":false}`))
	case FaultInternalAfter:
		_, _ = w.Write([]byte(`{"ok":false,"error":"internal_error"}`))
	case FaultUndecodable:
		_, _ = w.Write([]byte("<html>an error page with status 200</html>"))
	case FaultTruncated:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	case FaultOddShape:
		_, _ = w.Write([]byte(`{"ok":true,"message":{"blocks":42},"view":{"blocks":42},"channel":42}`))
	default:
		_, _ = w.Write(body)
	}
}
