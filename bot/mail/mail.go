// Package mail sends letters through an SMTP server: what Slack did not take in
// time goes to the people it is for by e-mail.
//
// A letter goes to one person over a connection of its own, so that a recipient
// whom the server refuses, or a server that hangs, keeps it from nobody else.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Security is how the connection to the server is kept from being read.
type Security string

// The ways to do it.
const (
	StartTLS Security = "starttls" // begin in the open, then TLS, or nothing is sent (RFC 3207)
	Implicit Security = "implicit" // TLS from the first byte (RFC 8314)
	None     Security = "none"     // in the open; the configuration says where that may be
)

// Port is where servers listen that use it: submission (RFC 6409), submissions
// (RFC 8314) and, for a relay on the machine itself, SMTP.
func (s Security) Port() int {
	switch s {
	case StartTLS:
		return 587
	case Implicit:
		return 465
	}
	return 25
}

// Options say which server to use, and as whom.
type Options struct {
	Host     string
	Port     int
	Security Security
	User     string // empty: the server asks for nobody
	Password string
	From     string         // the address that letters come from
	Roots    *x509.CertPool // who may vouch for the server; nil: whom the machine trusts
	Timeout  time.Duration  // of one step of the conversation; 0 for DefaultTimeout
	Now      func() time.Time
}

// DefaultTimeout limits each step of the conversation with the server: connecting,
// greeting, and the letter itself.
const DefaultTimeout = 10 * time.Second

// Letter is one message to one person, in words of our own.
type Letter struct {
	// ID names the letter for ever. A letter that is sent again carries the same
	// Message-ID, by which many mail systems drop the second one.
	ID      string
	To      string // the address
	Subject string
	Text    string
}

// Server sends letters. Safe for concurrent use.
type Server struct {
	o      Options
	domain string
}

// New makes a server. It connects to nothing yet.
func New(o Options) *Server {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	_, domain, _ := strings.Cut(o.From, "@")
	return &Server{o, domain}
}

// Address is the server's host and port.
func (s *Server) Address() string { return net.JoinHostPort(s.o.Host, fmt.Sprint(s.o.Port)) }

// Send hands a letter to the server, and returns nil once the server has taken
// responsibility for it. The error is a *Failure, or ctx's if that ended first. It
// may be that the server took the letter all the same: when the connection broke
// before its answer came.
func (s *Server) Send(ctx context.Context, l Letter) error {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From(s.o.From), m.To(l.To)); err != nil {
		return &Failure{code: CodeAddress, permanent: true, err: err}
	}
	m.Subject(l.Subject)
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.SetMessageIDWithValue(l.ID + "@" + s.domain)
	m.SetDateWithValue(s.o.Now())
	m.SetImportance(gomail.ImportanceHigh)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notices, please
	return s.converse(ctx, func(c *gomail.Client) error {
		if err := c.Send(m); err != nil && !m.IsDelivered() { // it has it, whatever it says afterwards
			return err
		}
		return nil
	})
}

// Probe does everything that sending does, except to hand over a letter. The error
// is a *Failure.
func (s *Server) Probe(ctx context.Context) error {
	return s.converse(ctx, func(*gomail.Client) error { return nil })
}

// converse connects, says what to say and hangs up. It returns soon after ctx ends,
// whatever the server does.
func (s *Server) converse(ctx context.Context, say func(*gomail.Client) error) error {
	line := &line{}
	c, err := s.client(line)
	if err != nil {
		return &Failure{code: CodeSettings, permanent: true, err: err}
	}
	defer line.cut()
	defer context.AfterFunc(ctx, line.cut)()
	if err := c.DialWithContext(ctx); err != nil {
		return s.failure(ctx, err)
	}
	if err := say(c); err != nil {
		return s.failure(ctx, err)
	}
	_ = c.Close() // what was said was answered
	return nil
}

func (s *Server) client(line *line) (*gomail.Client, error) {
	secure := &tls.Config{ServerName: s.o.Host, RootCAs: s.o.Roots, MinVersion: tls.VersionTLS12}
	policy := gomail.TLSMandatory
	var dialer dialer = &net.Dialer{Timeout: s.o.Timeout}
	switch s.o.Security {
	case Implicit:
		policy, dialer = gomail.NoTLS, &tls.Dialer{NetDialer: &net.Dialer{Timeout: s.o.Timeout}, Config: secure}
	case None:
		policy = gomail.NoTLS
	}
	options := []gomail.Option{
		gomail.WithPort(s.o.Port), gomail.WithTimeout(s.o.Timeout), gomail.WithTLSConfig(secure), gomail.WithTLSPolicy(policy),
		gomail.WithDialContextFunc(line.dial(dialer)),
	}
	if s.o.User != "" {
		options = append(options, gomail.WithUsername(s.o.User), gomail.WithPassword(s.o.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(s.o.Host, options...)
}

type dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// line is the connection of one conversation. The library leaves a connection open
// when the greeting fails, and heeds no context after connecting; cutting the line
// ends both.
type line struct {
	mu   sync.Mutex
	conn net.Conn
	over bool
}

func (l *line) dial(d dialer) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.conn = conn; l.over {
			_ = conn.Close()
		}
		return conn, nil
	}
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over = true; l.conn != nil {
		_ = l.conn.Close()
	}
}
