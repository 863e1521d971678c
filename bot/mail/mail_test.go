package mail_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"breachbot/bot/mail"
	"breachbot/bot/mail/mailtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var morning = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// through are the options for a server, with which all is well.
func through(s *mailtest.Server, security mail.Security) mail.Options {
	return mail.Options{
		Host: s.Host, Port: s.Port, Security: security, User: mailtest.User, Password: mailtest.Password, From: "breachbot@riverside.example",
		Roots: s.Roots, Timeout: 2 * time.Second, Now: func() time.Time { return morning },
	}
}

var letter = mail.Letter{ID: "3f2a", To: "dee@riverside.example", Subject: "BR-2026-0014: please decide", Text: "A decision is needed – today.\n"}

func code(err error) string {
	var f *mail.Failure
	if errors.As(err, &f) {
		return f.Code()
	}
	if err != nil {
		return "other: " + err.Error()
	}
	return ""
}

func TestALetterGoesOutOverEachKindOfConnection(t *testing.T) {
	t.Parallel()
	for _, security := range []mail.Security{mail.StartTLS, mail.Implicit, mail.None} {
		t.Run(string(security), func(t *testing.T) {
			t.Parallel()
			s := mailtest.Listen(t, security)
			m := mail.New(through(s, security))
			if err := m.Probe(t.Context()); err != nil {
				t.Errorf("probe: %v, %v", err, errors.Unwrap(err))
			}
			if err := m.Send(t.Context(), letter); err != nil {
				t.Fatalf("%v: %v", err, errors.Unwrap(err))
			}
			all := s.Letters()
			if len(all) != 1 {
				t.Fatalf("%d letters", len(all))
			}
			got := map[string]string{"from": all[0].From, "to": all[0].To, "text": all[0].Text}
			for _, h := range []string{"Subject", "Message-Id", "Date", "To", "From", "Auto-Submitted"} {
				got[h] = all[0].Header.Get(h)
			}
			want := map[string]string{
				"from": "breachbot@riverside.example", "to": letter.To, "text": letter.Text, "Subject": letter.Subject,
				"Message-Id": "<3f2a@riverside.example>", "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
				"To": "<dee@riverside.example>", "From": "<breachbot@riverside.example>", "Auto-Submitted": "auto-generated",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever is wrong, nothing goes out, the reason is named by a code of ours, and
// what is said of it holds neither address nor password.
func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		serves    mail.Security
		wrong     func(*mailtest.Server, *mail.Options, *mail.Letter)
		code      string
		permanent bool
	}{
		{"nothing listens", mail.StartTLS, func(_ *mailtest.Server, o *mail.Options, _ *mail.Letter) { o.Port = 1 }, mail.CodeUnreached, false},
		{"no such host", mail.StartTLS, func(_ *mailtest.Server, o *mail.Options, _ *mail.Letter) { o.Host = "mail.invalid" }, mail.CodeUnreached, false},
		{"the server has no STARTTLS", mail.None, func(_ *mailtest.Server, o *mail.Options, _ *mail.Letter) { o.Security = mail.StartTLS }, mail.CodeTLS, true},
		{"TLS from the first byte is not spoken there", mail.StartTLS, func(_ *mailtest.Server, o *mail.Options, _ *mail.Letter) { o.Security = mail.Implicit }, mail.CodeTLS, true},
		{"nobody vouches for the server", mail.StartTLS, func(_ *mailtest.Server, o *mail.Options, _ *mail.Letter) { o.Roots = nil }, mail.CodeTLS, true},
		{"wrong password", mail.StartTLS, func(_ *mailtest.Server, o *mail.Options, _ *mail.Letter) { o.Password = "wrong" }, mail.CodeAuth, true},
		{"no account", mail.StartTLS, func(_ *mailtest.Server, o *mail.Options, _ *mail.Letter) { o.User = "" }, mail.CodeRefused, true},
		{"recipient refused", mail.StartTLS, func(s *mailtest.Server, _ *mail.Options, l *mail.Letter) { s.Refuse(l.To, 550) }, mail.CodeRecipient, true},
		{"recipient put off", mail.StartTLS, func(s *mailtest.Server, _ *mail.Options, l *mail.Letter) { s.Refuse(l.To, 451) }, mail.CodeDeferred, false},
		{"no address", mail.StartTLS, func(_ *mailtest.Server, _ *mail.Options, l *mail.Letter) { l.To = "dee" }, mail.CodeAddress, true},
		{"hangs", mail.StartTLS, func(s *mailtest.Server, o *mail.Options, l *mail.Letter) {
			s.Hang(l.To)
			o.Timeout = 200 * time.Millisecond
		}, mail.CodeTimeout, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.Listen(t, tt.serves)
			o, l := through(s, tt.serves), letter
			tt.wrong(s, &o, &l)
			err := mail.New(o).Send(t.Context(), l)
			var f *mail.Failure
			if !errors.As(err, &f) || f.Code() != tt.code || f.Permanent() != tt.permanent {
				t.Fatalf("got %s (%v), want %s", code(err), errors.Unwrap(err), tt.code)
			}
			if said := f.Error(); said == "" || strings.Contains(said, l.To) || strings.Contains(said, mailtest.Password) {
				t.Errorf("it says %q", said)
			}
			if n := len(s.Letters()); n > 0 {
				t.Errorf("%d letters went out", n)
			}
		})
	}
}

func TestALetterWhoseAnswerIsLostIsSentAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	s := mailtest.Listen(t, mail.StartTLS)
	s.Lose(1)
	m := mail.New(through(s, mail.StartTLS))
	if err := m.Send(t.Context(), letter); code(err) != mail.CodeBroken {
		t.Fatalf("%v: %v", err, errors.Unwrap(err))
	}
	if err := m.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	all := s.Letters()
	if len(all) != 2 || all[0].Header.Get("Message-Id") != all[1].Header.Get("Message-Id") {
		t.Errorf("%d letters: %v", len(all), all)
	}
}

// A server that takes the connection and says nothing keeps nobody: neither past
// the time-out nor past the end of the context.
func TestAServerThatSaysNothingHoldsNobody(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	o := mail.Options{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: mail.StartTLS, From: "a@b.example",
		Timeout: 200 * time.Millisecond, Now: func() time.Time { return morning }}
	if err := mail.New(o).Send(t.Context(), letter); code(err) != mail.CodeTimeout {
		t.Errorf("%v: %v", err, errors.Unwrap(err))
	}
	o.Timeout = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := mail.New(o).Send(ctx, letter); code(err) != mail.CodeTimeout {
		t.Errorf("%v: %v", err, errors.Unwrap(err))
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := mail.New(o).Send(ctx, letter); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}
