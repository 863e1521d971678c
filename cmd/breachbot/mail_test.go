package main

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"breachbot/bot/mail"
	"breachbot/bot/mail/mailtest"
	"breachbot/workflow"
)

// mailEnv are the settings of e-mail through a server.
func mailEnv(t *testing.T, post *mailtest.Server, env map[string]string) {
	t.Helper()
	for name, v := range map[string]string{
		"BREACHBOT_SMTP_HOST": post.Host, "BREACHBOT_SMTP_PORT": strconv.Itoa(post.Port),
		"BREACHBOT_SMTP_USER": mailtest.User, "BREACHBOT_SMTP_PASSWORD": mailtest.Password, "BREACHBOT_SMTP_CA": post.CA(t),
		"BREACHBOT_MAIL_FROM": "breachbot@brynteg.example", "BREACHBOT_MAIL_TO": env["BREACHBOT_DPO"] + "=dpo@brynteg.example",
	} {
		env[name] = v
	}
}

// Slack does not answer when breachbot starts. What is owed is looked for all the same,
// so that it goes by e-mail; no sign of life is given.
func TestTheSchedulerRunsWhileSlackDoesNotAnswerAtTheStart(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	env["SLACK_API_URL"] = "http://" + nobody(t) + "/api/"
	r := newReceiver(t)
	env["BREACHBOT_PING_URL"] = r.URL
	mailEnv(t, mailtest.Listen(t, mail.StartTLS), env)
	s := begin(t, env)
	s.says(t, "not ready yet; trying again")
	for end := time.Now().Add(20 * time.Second); !strings.Contains(metricsOf(t, s.url), `breachbot_ticks_total{result="done"}`); {
		if time.Now().After(end) {
			t.Fatalf("the scheduler does not run\n%s", s.said)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if code, _ := s.answers(t, "/readyz"); code != http.StatusServiceUnavailable || r.calls.Load() > 0 {
		t.Errorf("/readyz answers %d, %d signs of life", code, r.calls.Load())
	}
	if code := s.stop(); code != exitOK {
		t.Errorf("exit status %d\n%s", code, s.said)
	}
}

// A mail server that cannot be used shows before it is needed, with cause and cure, and
// once in the log. So does everybody with a role who has no address.
func TestAMailServerThatCannotBeUsedIsRedWithACure(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	env["BREACHBOT_IG_LEAD"], env["BREACHBOT_SIRO"] = "U03IVY", "S0614TZR7"
	mailEnv(t, mailtest.Listen(t, mail.StartTLS), env)
	env["BREACHBOT_SMTP_PASSWORD"] = "another secret"
	s := begin(t, env)
	s.says(t, "no e-mail can be sent now", "somebody with a role has no e-mail address", "a user group with a role has no e-mail address of its own")
	var body string
	for end := time.Now().Add(20 * time.Second); !strings.Contains(body, `"mail"`) && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		_, body = s.answers(t, "/readyz")
	}
	for _, words := range []string{"it refuses the account or password", "check BREACHBOT_SMTP_USER and BREACHBOT_SMTP_PASSWORD", "mail_auth"} {
		if !strings.Contains(body, words) {
			t.Errorf("/readyz lacks %q:\n%s", words, body)
		}
	}
	if said := s.said.String(); strings.Contains(said, "another secret") || strings.Contains(said, "dpo@brynteg.example") || strings.Count(said, "no e-mail can be sent now") != 1 {
		t.Errorf("the log:\n%s", said)
	}
	if code := s.stop(); code != exitOK {
		t.Errorf("exit status %d\n%s", code, s.said)
	}
}

func TestThePostboxSaysAnOutageOnce(t *testing.T) {
	t.Parallel()
	post := mailtest.Listen(t, mail.StartTLS)
	m := mailConfig{Host: post.Host, Port: post.Port, Security: mail.StartTLS, User: mailtest.User, Password: NewSecret(mailtest.Password), Roots: post.Roots,
		From: "breachbot@brynteg.example", Addresses: map[workflow.Principal]string{"U024BE7LH": "dpo@brynteg.example"}}
	said := &output{}
	p := &postbox{server: m.server(time.Now), log: slog.New(slog.NewJSONHandler(said, nil))}
	p.look(t.Context())
	if err := p.check(t.Context()); err != nil {
		t.Errorf("all is well, but %v", err)
	}
	m.Port = 1
	well := p.server
	p.server = m.server(time.Now)
	p.look(t.Context())
	p.look(t.Context())
	if err := p.check(t.Context()); err == nil || !strings.Contains(err.Error(), "it cannot be reached") || !strings.Contains(err.Error(), "BREACHBOT_SMTP_HOST") {
		t.Errorf("it is down, and the check says %v", err)
	}
	p.server = well
	p.look(t.Context())
	if err := p.check(t.Context()); err != nil {
		t.Errorf("it is back, but %v", err)
	}
	if down, up := strings.Count(said.String(), "no e-mail can be sent now"), strings.Count(said.String(), "can be sent again"); down != 1 || up != 1 {
		t.Errorf("said %d and %d times:\n%s", down, up, said)
	}
}
