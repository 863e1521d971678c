package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	netmail "net/mail"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"breachbot/bot/mail"
	"breachbot/workflow"
)

// mailConfig is which mail server to use, as whom, and who has which address. The zero
// value sends nothing.
type mailConfig struct {
	Host      string
	Port      int
	Security  mail.Security
	User      string
	Password  Secret
	Roots     *x509.CertPool // nil: whom the machine trusts
	From      string
	Addresses map[workflow.Principal]string
}

// Set tells whether e-mails are sent.
func (m mailConfig) Set() bool { return m.Host != "" }

// people are those who have an address, without the address.
func (m mailConfig) people() []workflow.Principal {
	return slices.Sorted(maps.Keys(m.Addresses))
}

func (m mailConfig) server(now func() time.Time) *mail.Server {
	return mail.New(mail.Options{
		Host: m.Host, Port: m.Port, Security: m.Security, User: m.User, Password: m.Password.Reveal(), From: m.From, Roots: m.Roots, Now: now,
	})
}

// unencrypted is the word for a connection in the open that leaves this machine.
const unencrypted = "unencrypted"

// mail reads the settings of e-mail, which belong together.
func (k *checks) mail(s settings) mailConfig {
	m := mailConfig{
		Host: k.host("BREACHBOT_SMTP_HOST", s.SMTPHost), Password: NewSecret(k.oneLine("BREACHBOT_SMTP_PASSWORD", s.SMTPPassword)),
		User: k.oneLine("BREACHBOT_SMTP_USER", s.SMTPUser), Roots: k.certificates("BREACHBOT_SMTP_CA", s.SMTPCA),
		From: k.mailAddress("BREACHBOT_MAIL_FROM", s.MailFrom), Addresses: k.addresses("BREACHBOT_MAIL_TO", s.MailTo),
	}
	m.Security = k.security("BREACHBOT_SMTP_TLS", s.SMTPTLS, m)
	m.Port = m.Security.Port()
	if s.SMTPPort != "" {
		m.Port = k.port("BREACHBOT_SMTP_PORT", s.SMTPPort)
	}
	given := map[string]string{"BREACHBOT_SMTP_HOST": s.SMTPHost, "BREACHBOT_MAIL_FROM": s.MailFrom, "BREACHBOT_MAIL_TO": s.MailTo}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		for _, other := range slices.Sorted(maps.Keys(given)) {
			if given[name] == "" && given[other] != "" {
				k.fault(name, "is not set, though "+other+" is", name+"="+exampleOf(name))
				break
			}
		}
	}
	for name, other := range map[string]string{"BREACHBOT_SMTP_USER": "BREACHBOT_SMTP_PASSWORD", "BREACHBOT_SMTP_PASSWORD": "BREACHBOT_SMTP_USER"} {
		both := map[string]string{"BREACHBOT_SMTP_USER": s.SMTPUser, "BREACHBOT_SMTP_PASSWORD": s.SMTPPassword}
		if both[name] == "" && both[other] != "" {
			k.fault(name, "is not set, though "+other+" is", "both, or neither for a server that asks for nobody")
		}
	}
	return m
}

// security reads how the connection is kept from being read. In the open nothing
// leaves the machine by mistake, and a password never does.
func (k *checks) security(variable, v string, m mailConfig) mail.Security {
	switch away := !thisMachine(m.Host); {
	case v == string(mail.StartTLS), v == string(mail.Implicit):
		return mail.Security(v)
	case v == string(mail.None) && away && m.Host != "":
		k.fault(variable, "would send e-mails in the open to another machine", fmt.Sprintf("%s=%s, or %s=%s if whoever listens may read along", variable, mail.StartTLS, variable, unencrypted))
	case v == string(mail.None), v == unencrypted && m.User == "":
		return mail.None
	case v == unencrypted:
		k.fault(variable, "would send BREACHBOT_SMTP_PASSWORD in the open", variable+"="+string(mail.StartTLS))
	default:
		k.fault(variable, quote(v)+" is not one of starttls, implicit, none, unencrypted", variable+"="+string(mail.StartTLS))
	}
	return mail.StartTLS
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$`)

func (k *checks) host(variable, v string) string {
	if v != "" && !hostName.MatchString(v) {
		k.fault(variable, quote(v)+" is not the name or address of a host, without a port", variable+"="+exampleOf(variable))
		return ""
	}
	return v
}

func (k *checks) port(variable, v string) int {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 65535 {
		k.fault(variable, quote(v)+" is not a port number from 1 to 65535", variable+"="+exampleOf(variable))
		return 0
	}
	return n
}

// oneLine checks an account or password. It never repeats the value.
func (k *checks) oneLine(variable, v string) string {
	if strings.ContainsAny(v, "\r\n\x00") {
		k.fault(variable, "has a line break in it", variable+"="+exampleOf(variable))
		return ""
	}
	return v
}

// certificates reads a file of those who vouch for a server.
func (k *checks) certificates(variable, path string) *x509.CertPool {
	if path == "" {
		return nil
	}
	words, err := os.ReadFile(path)
	pool := x509.NewCertPool()
	switch {
	case err != nil:
		k.fault(variable, "names a file that cannot be read: "+because(err), "a file of certificates in PEM, one after the other")
	case !pool.AppendCertsFromPEM(words):
		k.fault(variable, "names a file without a certificate in PEM", "a file of certificates in PEM, one after the other")
	default:
		return pool
	}
	return nil
}

func (k *checks) mailAddress(variable, v string) string {
	if v != "" && !isAddress(v) {
		k.fault(variable, "is not one plain e-mail address", variable+"="+exampleOf(variable))
		return ""
	}
	return v
}

// isAddress tells whether it is a plain address, such as dpo@riverside.example.
func isAddress(v string) bool {
	a, err := netmail.ParseAddress(v)
	return err == nil && a.Address == v && a.Name == "" && strings.Contains(v, "@")
}

// addresses reads who has which address. A fault names the id and not the address.
func (k *checks) addresses(variable, v string) map[workflow.Principal]string {
	all := map[workflow.Principal]string{}
	for _, part := range list(v) {
		id, address, _ := strings.Cut(part, "=")
		who := workflow.Principal(strings.TrimSpace(id))
		switch {
		case !slackID.MatchString(string(who)) || !strings.Contains("UWS", string(who[:1])):
			k.fault(variable, quote(id)+" is not a user id (U… or W…) or user-group id (S…)", variable+"="+exampleOf(variable))
		case all[who] != "":
			k.fault(variable, quote(id)+" is named twice", variable+"="+exampleOf(variable))
		case !isAddress(strings.TrimSpace(address)):
			k.fault(variable, "has no plain e-mail address behind "+quote(id), variable+"="+exampleOf(variable))
		default:
			all[who] = strings.TrimSpace(address)
		}
	}
	if v != "" && len(list(v)) == 0 {
		k.fault(variable, "names nobody", variable+"="+exampleOf(variable))
	}
	return all
}

// unaddressed are the people and groups with a role for whom no address is set, with
// the variable that names them. A group's people may have addresses of their own.
func (c Config) unaddressed() map[workflow.Principal]string {
	without := map[workflow.Principal]string{}
	for _, s := range ruleSettings {
		for _, p := range c.Roster[s.names] {
			if c.Mail.Addresses[p] == "" {
				without[p] = s.name
			}
		}
	}
	return without
}

// warnUnaddressed says at the start whom no e-mail could reach.
func warnUnaddressed(c Config, log *slog.Logger) {
	if !c.Mail.Set() {
		return
	}
	without := c.unaddressed()
	for _, p := range slices.Sorted(maps.Keys(without)) {
		words := "somebody with a role has no e-mail address: what Slack does not take does not reach them"
		if p.IsGroup() {
			words = "a user group with a role has no e-mail address of its own: only its members who have one are reached, and only once Slack has said who they are"
		}
		log.Warn(words, "id", string(p), "variable", without[p], "set", "BREACHBOT_MAIL_TO")
	}
}

// mailEvery is how often the mail server is tried: it is needed when Slack is down,
// which is too late to find out.
const mailEvery = 5 * time.Minute

// postbox keeps an eye on the mail server.
type postbox struct {
	server *mail.Server
	log    *slog.Logger

	mu  sync.Mutex
	err error
}

// watch tries the server at once and then every few minutes, until ctx ends.
func (p *postbox) watch(ctx context.Context) {
	every := time.NewTicker(mailEvery)
	defer every.Stop()
	for {
		p.look(ctx)
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

func (p *postbox) look(ctx context.Context) {
	err := p.server.Probe(ctx)
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil && p.err == nil:
		p.log.Error("no e-mail can be sent now, so what Slack does not take reaches nobody; trying again every five minutes", "server", p.server.Address(), "why", err.Error())
	case err == nil && p.err != nil:
		p.log.Info("e-mails can be sent again")
	}
	p.err = err
}

// check says for /readyz why no e-mail can be sent.
func (p *postbox) check(context.Context) *trouble {
	p.mu.Lock()
	defer p.mu.Unlock()
	return mailTrouble(p.server, p.err)
}

// mailTrouble explains an error of the mail server; nil for none.
func mailTrouble(server *mail.Server, err error) *trouble {
	var f *mail.Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		why, cure, found := strings.Cut(f.Error(), "; ")
		if !found {
			cure = "it is tried again every five minutes"
		}
		return &trouble{server.String() + ": " + why + " (" + f.Code() + ")", cure}
	}
	return &trouble{server.String() + " cannot be used", "see the log"}
}
