package main

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"github.com/sethvargo/go-envconfig"

	"breachbot/workflow"
)

// Config is what the environment says, checked. Durations are elapsed time.
type Config struct {
	BotToken    Secret // xoxb-…
	AppToken    Secret // xapp-…
	SlackAPIURL string // ends in a slash; empty means Slack itself

	DatabaseURL Secret         // Postgres; not set means SQLite in Data
	RedisURL    Secret         // not set means one process with locks of its own
	RedisCA     *x509.CertPool // who signs Redis's certificate; nil means those the system trusts
	Data        string         // folder of the embedded store
	HTTPAddr    string         // host:port of health and metrics

	Teams          []string // workspace (T…) and organisation (E…) ids; empty means the token's own
	workflow.Rules          // of a breach, bank holidays included

	Mail mailConfig // what Slack does not take goes there

	Tick     time.Duration
	PingURL  Secret // told at every tick while all is well; not set means nobody
	LogLevel slog.Level
}

// StoreName names the store, without account or password.
func (c Config) StoreName() string {
	if !c.DatabaseURL.Set() {
		return "SQLite in " + c.Data
	}
	u, err := url.Parse(c.DatabaseURL.Reveal())
	if err != nil {
		return "Postgres"
	}
	return "Postgres at " + u.Host + u.Path
}

// settings are the variables that are no part of the rules, as they stand in the
// environment: all text, so that reading never stops at the first fault. Their
// defaults live here, with what people are told of them: what each is for, an
// example, and in words what holds without one that has no default. A secret may be
// given as a file instead (fromFiles). People are
// told of a field, and of those below it, after the setting of the rules that its
// tag names; of the first ones before all.
type settings struct {
	BotToken    string `env:"SLACK_BOT_TOKEN" secret:"yes" about:"the bot token, under OAuth & Permissions in the Slack app" example:"xoxb-…" without:"required"`
	AppToken    string `env:"SLACK_APP_TOKEN" secret:"yes" about:"the app-level token, under Basic Information in the Slack app" example:"xapp-…" without:"required"`
	SlackAPIURL string `env:"SLACK_API_URL" about:"another Slack-compatible server" example:"https://slack.example.org/api/" without:"Slack"`
	DatabaseURL string `env:"DATABASE_URL" secret:"yes" about:"PostgreSQL; if it cannot be reached, the bot waits for it, and no other store is used" example:"postgres://breachbot:PASSWORD@db:5432/breachbot" without:"SQLite in BREACHBOT_DATA, one process"`
	RedisURL    string `env:"REDIS_URL" secret:"yes" about:"the scheduler's lock and the rate limits that replicas share" example:"redis://:PASSWORD@redis:6379/0" without:"both inside the process"`
	RedisCA     string `env:"REDIS_CA_FILE" about:"file with the certificate, in PEM, of the authority that signs that of Redis; for an address that begins with rediss://" example:"/etc/breachbot/redis-ca.pem" without:"those that the system trusts"`
	Data        string `env:"BREACHBOT_DATA, default=./data" about:"folder of the embedded store"`
	HTTPAddr    string `env:"BREACHBOT_HTTP_ADDR, default=127.0.0.1:8080" about:"health and metrics"`

	TeamIDs string `env:"BREACHBOT_TEAM_IDS" after:"BREACHBOT_PROCEDURE" about:"workspaces whose people are served" example:"T024BE7LD" without:"the token's own"`

	SMTPHost     string `env:"BREACHBOT_SMTP_HOST" after:"BREACHBOT_MAIL_AFTER" about:"mail server, for what Slack does not take" example:"smtp.riverside.example" without:"no e-mail is sent"`
	SMTPPort     string `env:"BREACHBOT_SMTP_PORT" about:"its port" example:"587" without:"587, 465 or 25, as BREACHBOT_SMTP_TLS asks for"`
	SMTPTLS      string `env:"BREACHBOT_SMTP_TLS, default=starttls" about:"starttls, implicit (TLS from the first byte), none (in the open, on this machine only) or unencrypted (in the open and over a network, without a password: whoever listens reads along)"`
	SMTPUser     string `env:"BREACHBOT_SMTP_USER" about:"account at the mail server" example:"breachbot@riverside.example" without:"it asks for none"`
	SMTPPassword string `env:"BREACHBOT_SMTP_PASSWORD" secret:"yes" about:"its password" example:"PASSWORD" without:"it asks for none"`
	SMTPCA       string `env:"BREACHBOT_SMTP_CA" about:"file of certificates that vouch for the mail server" example:"/etc/ssl/riverside-ca.pem" without:"those that this machine trusts"`
	MailFrom     string `env:"BREACHBOT_MAIL_FROM" about:"address that e-mails come from" example:"breachbot@riverside.example" without:"no e-mail is sent"`
	MailTo       string `env:"BREACHBOT_MAIL_TO" about:"who gets e-mails at which address: user ids and user-group ids, each with an equals sign and an address that reaches the person or the whole group" example:"U024BE7LH=dpo@riverside.example,S0614TZR7=ig-team@riverside.example" without:"no e-mail is sent"`

	Tick     string `env:"BREACHBOT_TICK, default=15s" about:"how often the scheduler looks"`
	PingURL  string `env:"BREACHBOT_PING_URL" secret:"yes" about:"address to call at every tick while all is well, of a service that raises the alarm when the calls stop" example:"https://hc-ping.com/00000000-0000-0000-0000-000000000000" without:"silence raises no alarm"`
	LogLevel string `env:"BREACHBOT_LOG_LEVEL, default=info" about:"debug, info, warn or error"`
}

// need is what a command depends on of the configuration.
type need int

const (
	needAll    need = iota // to serve
	needStore              // the store alone
	needHealth             // the health address alone
)

// checks tells whether a fault in the variable stops the command.
func (n need) checks(variable string) bool {
	variable = secretOf(variable)
	switch n {
	case needStore:
		return slices.Contains([]string{"DATABASE_URL", "BREACHBOT_DATA", "BREACHBOT_TIMEZONE", "BREACHBOT_LOG_LEVEL"}, variable)
	case needHealth:
		return variable == "BREACHBOT_HTTP_ADDR"
	}
	return true
}

// loadConfig reads and checks what a command needs. The error is Faults and
// names every fault at once. Faults in what the command does not need are
// ignored, and that value is the zero value: an export for the regulator must
// not fail because of a Slack token. Unknown variables are always faults, as one
// of them may be a mistyped BREACHBOT_DATA. An empty variable counts as not set,
// because compose files write it that way.
func loadConfig(ctx context.Context, env map[string]string, n need) (Config, error) {
	c, faults, err := readConfig(ctx, env)
	if err != nil {
		return Config{}, err
	}
	faults = slices.DeleteFunc(faults, func(f Fault) bool { return !f.unknown && !n.checks(f.Variable) })
	if len(faults) > 0 {
		return Config{}, faults
	}
	return c, nil
}

func readConfig(ctx context.Context, env map[string]string) (Config, Faults, error) {
	var k checks
	env = k.fromFiles(given(env))
	var s settings
	if err := envconfig.ProcessWith(ctx, &envconfig.Config{Target: &s, Lookuper: envconfig.MapLookuper(env)}); err != nil {
		return Config{}, nil, err
	}

	c := Config{
		BotToken:    k.token("SLACK_BOT_TOKEN", s.BotToken, "xoxb-"),
		AppToken:    k.token("SLACK_APP_TOKEN", s.AppToken, "xapp-"),
		SlackAPIURL: k.apiURL("SLACK_API_URL", s.SlackAPIURL),
		DatabaseURL: k.serverURL("DATABASE_URL", s.DatabaseURL, exampleOf("DATABASE_URL"), "postgres", "postgresql"),
		RedisURL:    k.serverURL("REDIS_URL", s.RedisURL, exampleOf("REDIS_URL"), "redis", "rediss", "unix"),
		RedisCA:     k.authority("REDIS_CA_FILE", s.RedisCA, s.RedisURL),
		Data:        s.Data,
		HTTPAddr:    k.address("BREACHBOT_HTTP_ADDR", s.HTTPAddr),

		Teams: k.ids("BREACHBOT_TEAM_IDS", s.TeamIDs, "TE", "a workspace id (T…) or organisation id (E…)", exampleOf("BREACHBOT_TEAM_IDS")),
		Rules: workflow.DefaultRules(),
		Mail:  k.mail(s),

		// A slower tick would send the one-hour nudge too late to help.
		Tick:     k.duration("BREACHBOT_TICK", s.Tick, time.Second, 5*time.Minute, "15s"),
		PingURL:  k.pingURL("BREACHBOT_PING_URL", s.PingURL),
		LogLevel: k.level("BREACHBOT_LOG_LEVEL", s.LogLevel),
	}
	for _, rule := range ruleSettings {
		if v := env[rule.name]; v != "" { // otherwise the default stays
			rule.set(&k, v, &c.Rules)
		}
	}
	if c.Mail.Set() {
		c.Mailable = c.Mail.people()
	}
	c.Holidays = bankHolidays(c.Nation)
	if env["BREACHBOT_DPO"] == "" && env["BREACHBOT_DEPUTY_DPO"] == "" {
		k.fault("BREACHBOT_DPO", "is not set, and neither is BREACHBOT_DEPUTY_DPO: without either, nobody could decide", "BREACHBOT_DPO=U024BE7LH")
	}
	k.unknown(env)
	return c, k.faults.withoutEchoes(env).sorted(), nil
}
