package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Codes of what went wrong, in place of the server's words, which may repeat an
// address.
const (
	CodeAddress   = "mail_address"     // one of the two addresses is none
	CodeSettings  = "mail_settings"    // the settings do not fit together
	CodeUnreached = "mail_unreachable" // nothing was sent
	CodeTLS       = "mail_tls"         // no encrypted connection, so nothing was sent
	CodeAuth      = "mail_auth"        // the server refuses the account or password
	CodeRecipient = "mail_recipient"   // the server refuses this recipient for good
	CodeRefused   = "mail_refused"     // the server refuses the sender or the letter for good
	CodeDeferred  = "mail_deferred"    // the server asks to try again later
	CodeTimeout   = "mail_timeout"     // no answer in time; it may have the letter
	CodeBroken    = "mail_broken"      // the connection broke; it may have the letter
)

// cures say of each code what is wrong and what to do.
var cures = map[string]string{
	CodeAddress:   "an address is not one; put it right in BREACHBOT_MAIL_FROM or BREACHBOT_MAIL_TO",
	CodeSettings:  "the settings do not fit together; see BREACHBOT_SMTP_HOST and BREACHBOT_SMTP_PORT",
	CodeUnreached: "it cannot be reached; check BREACHBOT_SMTP_HOST, BREACHBOT_SMTP_PORT and the firewall",
	CodeTLS:       "no encrypted connection comes about; check BREACHBOT_SMTP_TLS, BREACHBOT_SMTP_PORT and the server's certificate (BREACHBOT_SMTP_CA for one of your own)",
	CodeAuth:      "it refuses the account or password; check BREACHBOT_SMTP_USER and BREACHBOT_SMTP_PASSWORD",
	CodeRecipient: "it refuses a recipient; check the address in BREACHBOT_MAIL_TO",
	CodeRefused:   "it refuses the letter; let it take letters from BREACHBOT_MAIL_FROM",
	CodeDeferred:  "it asks to try again later, and breachbot does",
	CodeTimeout:   "it does not answer in time, and breachbot tries again",
	CodeBroken:    "it breaks the connection off, and breachbot tries again",
}

// Failure is a letter that the server did not take, sorted by what to do about it.
type Failure struct {
	code      string
	permanent bool
	err       error
}

// Error says in plain words what is wrong and what to do. It names no recipient.
func (f *Failure) Error() string { return cures[f.code] }

// Unwrap gives the server's own words, which may repeat an address.
func (f *Failure) Unwrap() error { return f.err }

// Code is one of the codes.
func (f *Failure) Code() string { return f.code }

// Permanent says that trying again soon will not help: somebody has to change a
// setting first.
func (f *Failure) Permanent() bool { return f.permanent }

// failure sorts an error of the library.
func (s *Server) failure(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	f := &Failure{code: CodeBroken, err: err}
	var reply *textproto.Error
	var op *net.OpError
	var sending *gomail.SendError
	var network net.Error
	answered := errors.As(err, &reply)
	switch {
	case ctx.Err() != nil, errors.As(err, &network) && network.Timeout(),
		strings.Contains(err.Error(), os.ErrDeadlineExceeded.Error()): // the library keeps only its words
		f.code = CodeTimeout
	case errors.As(err, &sending) && sending.ErrorCode() >= 500:
		f.code, f.permanent = CodeRefused, true
		if sending.Reason == gomail.ErrSMTPRcptTo {
			f.code = CodeRecipient
		}
	case sending != nil && sending.ErrorCode() >= 400:
		f.code = CodeDeferred
	case answered && reply.Code >= 500 && reply.Code != 554: // 554: not here, or not now
		f.code, f.permanent = CodeAuth, true
	case answered:
		f.code = CodeDeferred
	case insecure(err):
		f.code, f.permanent = CodeTLS, true
	case strings.Contains(err.Error(), "AUTH"): // the library has no type for it: the server offers no way to log in
		f.code, f.permanent = CodeAuth, true
	case errors.As(err, &op) && op.Op == "dial":
		f.code = CodeUnreached
	}
	return f
}

// insecure finds what is wrong with the encryption.
func insecure(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) ||
		strings.Contains(err.Error(), "STARTTLS") // the library has no type for a server without it
}

// String names the server, for people who look after it.
func (s *Server) String() string { return fmt.Sprintf("the mail server at %s", s.Address()) }
