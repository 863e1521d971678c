// Package mailtest is a real SMTP server on the loopback for tests: it speaks TLS,
// asks for a password, keeps what it takes and, when told to, refuses or hangs.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	bot "breachbot/bot/mail"
)

// The account of the server.
const (
	User     = "breachbot"
	Password = "top secret"
)

// Letter is one that the server took.
type Letter struct {
	From, To string // of the envelope
	Header   mail.Header
	Text     string
}

// Server is an SMTP server. What it does is set before it is asked, or with Set.
type Server struct {
	Host  string
	Port  int
	Roots *x509.CertPool // who vouches for it

	listener net.Listener
	smtp     *smtp.Server
	root     []byte
	end      chan struct{}

	mu      sync.Mutex
	letters []Letter
	refuse  map[string]*smtp.SMTPError // by recipient
	hang    string                     // recipient at whose letter it stops answering
	lose    int                        // letters that it takes and whose answer is lost
	more    chan struct{}
}

// Listen starts a server that ends with the test.
func Listen(t testing.TB, security bot.Security) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().(*net.TCPAddr)
	s := &Server{Host: "127.0.0.1", Port: at.Port, end: make(chan struct{}), refuse: map[string]*smtp.SMTPError{}, more: make(chan struct{}, 1)}
	certificate := s.certify(t)
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	s.smtp.Domain = "mail.test"
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	s.listener = l
	switch security {
	case bot.StartTLS:
		s.smtp.TLSConfig = certificate
	case bot.Implicit:
		s.listener = tls.NewListener(l, certificate)
	case bot.None:
		s.smtp.AllowInsecureAuth = true
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.smtp.Serve(s.listener) // it says that it was closed
	}()
	t.Cleanup(func() {
		close(s.end)
		_ = l.Close() // it may have been stopped before it knew of its listener
		_ = s.smtp.Close()
		<-served
	})
	return s
}

// certify makes a certificate for the loopback that vouches for itself.
func (s *Server) certify(t testing.TB) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s.root = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	s.Roots = x509.NewCertPool()
	s.Roots.AppendCertsFromPEM(s.root)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// CA is a file with the certificate.
func (s *Server) CA(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, s.root, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Refuse answers a recipient with a code from now on; 0 takes that back.
func (s *Server) Refuse(recipient string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if delete(s.refuse, recipient); code != 0 {
		s.refuse[recipient] = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "no " + recipient + " here"}
	}
}

// Hang stops answering at the letters of a recipient; empty takes that back.
func (s *Server) Hang(recipient string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hang = recipient
}

// Lose takes the next letters and breaks the connection off before it says so.
func (s *Server) Lose(letters int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lose = letters
}

// Letters are those it took, in order.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.letters)
}

// More gets a signal when a letter was taken.
func (s *Server) More() <-chan struct{} { return s.more }

// session is one connection.
type session struct {
	server *Server
	conn   *smtp.Conn
	named  bool
	letter Letter
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return smtp.ErrAuthFailed
		}
		s.named = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if _, secure := s.conn.TLSConnectionState(); secure && !s.named {
		return smtp.ErrAuthRequired
	}
	s.letter = Letter{From: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	refused, hang := s.server.refuse[to], s.server.hang
	s.server.mu.Unlock()
	if refused != nil {
		return refused
	}
	if hang == to {
		<-s.server.end
	}
	s.letter.To = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	s.letter.Header, s.letter.Text = m.Header, decoded(m.Header, string(text))
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.letters = append(s.server.letters, s.letter)
	select {
	case s.server.more <- struct{}{}:
	default:
	}
	if s.server.lose > 0 {
		s.server.lose--
		_ = s.conn.Conn().Close()
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// decoded is the text as a reader sees it.
func decoded(h mail.Header, text string) string {
	if h.Get("Content-Transfer-Encoding") == "quoted-printable" {
		if plain, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(text))); err == nil {
			text = string(plain)
		}
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}
