package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Failure is a Slack call that did not succeed, sorted by what to do about it.
type Failure struct {
	code      string
	wait      time.Duration
	permanent bool
	err       error
}

func (f *Failure) Error() string { return f.code }
func (f *Failure) Unwrap() error { return f.err }

// Code is Slack's error code, or one of ours: timeout, http_503, unreadable.
func (f *Failure) Code() string { return f.code }

// RetryAfter is how long Slack asks us to wait; zero when it did not say.
func (f *Failure) RetryAfter() time.Duration { return f.wait }

// Permanent says that trying again soon will not help: somebody has to change a
// setting first.
func (f *Failure) Permanent() bool { return f.permanent }

// permanent tells whether Slack refused for good.
func permanent(err error) bool {
	f, ok := errors.AsType[*Failure](err)
	return ok && f.permanent
}

// Codes of faults that may pass. What may have been done is looked for before it is
// done again: "some aspect of the operation may have succeeded" (Slack: errors that
// any method can return).
var (
	notExecuted  = map[string]bool{"ratelimited": true, "rate_limited": true, "team_added_to_org": true, "org_login_required": true}
	perhapsDone  = map[string]bool{"internal_error": true, "fatal_error": true, "service_unavailable": true, "request_timeout": true, noError: true}
	unreadableOK = "unreadable" // HTTP 200 that could not be decoded: Slack did it
)

// failure sorts an error from a Slack call. Nil stays nil. When our own context was
// cancelled, that error is returned as it is.
func failure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) {
		return &Failure{code: "ratelimited", wait: max(limited.RetryAfter, time.Second), err: err}
	}
	var status slack.StatusCodeError
	if errors.As(err, &status) {
		if status.Code == http.StatusTooManyRequests {
			return &Failure{code: "ratelimited", wait: 30 * time.Second, err: err} // no Retry-After was given
		}
		return &Failure{code: "http_" + strconv.Itoa(status.Code), err: err}
	}
	var refused slack.SlackErrorResponse
	if errors.As(err, &refused) {
		switch code := refused.Err; {
		case notExecuted[code]:
			return &Failure{code: code, wait: 5 * time.Second, err: err}
		case perhapsDone[code]:
			return &Failure{code: code, err: err}
		default:
			return &Failure{code: code, permanent: true, err: err}
		}
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return &Failure{code: "unreachable", err: err} // nothing was sent
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &Failure{code: "timeout", err: err}
	}
	return &Failure{code: unreadableOK, err: err} // reset, end of file, or a reply that does not decode
}

// noError is the code of a refusal without one.
const noError = "no_error_given"

// honest is an HTTP client for the library, which mistakes a refusal without a code
// for a success. It gives that refusal a code.
type honest struct{ *http.Client }

func (c honest) Do(r *http.Request) (*http.Response, error) {
	res, err := c.Client.Do(r)
	if err != nil || res.StatusCode != http.StatusOK {
		return res, err
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		return nil, err
	}
	var says struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &says) == nil && says.OK != nil && !*says.OK && says.Error == "" {
		body = []byte(`{"ok":false,"error":"` + noError + `"}`)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// unknownPerson picks out the codes that say there is no such person, from those
// that say nothing about them.
func unknownPerson(code string) bool {
	return code == "user_not_found" || code == "user_not_visible" || code == "users_not_found"
}

// refused tells whether Slack certainly did not do what was asked.
func refused(err error) bool {
	var f *Failure
	return errors.As(err, &f) && (f.permanent || notExecuted[f.code] || f.code == "unreachable")
}

// heldBack tells whether a call was put off, by us or by Slack itself, and for how
// long.
func heldBack(err error) (time.Duration, bool) {
	var held *HeldBack
	var f *Failure
	switch {
	case errors.As(err, &held):
		return held.after, true
	case errors.As(err, &f) && (f.code == "ratelimited" || f.code == "rate_limited"):
		return f.wait, true
	}
	return 0, false
}

// codeOf is Slack's code of an error, empty for nil.
func codeOf(err error) string {
	var f *Failure
	var held *HeldBack
	switch {
	case errors.As(err, &f):
		return f.code
	case errors.As(err, &held):
		return workflow.HeldBack
	}
	if err != nil {
		return "internal"
	}
	return ""
}

// unfulfilled is a reply that says ok but lacks what was asked for, which may have
// been done.
func unfulfilled(what string) error {
	return &Failure{code: "no_" + what, err: errors.New("reply without " + what)}
}

// refusal is a failure of ours that only a person can put right.
func refusal(code string) *Failure {
	return &Failure{code: code, permanent: true, err: errors.New(code)}
}
