package main

import (
	"context"
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

	DatabaseURL Secret // Postgres; not set means SQLite in Data
	RedisURL    Secret // not set means one process with locks of its own
	Data        string // folder of the embedded store
	HTTPAddr    string // host:port of health and metrics

	Organisation string
	Regulator    string
	Zone         *time.Location
	Teams        []string // workspace (T…) and organisation (E…) ids; empty means the token's own
	Roster       map[workflow.Role][]workflow.Principal

	Nudges         []time.Duration // before the deadline, longest first, each once
	OverdueEvery   time.Duration
	FollowUpEvery  time.Duration
	Grid           workflow.Grid
	InviteReporter bool

	Nation           workflow.Nation
	WorkdayEnds      time.Duration // after midnight, local time
	Targets          map[workflow.Severity]workflow.SeverityTarget
	DeputyAfter      time.Duration
	ControllerWithin time.Duration // 0 means no clock, as with the next two
	CustomersWithin  time.Duration
	BoardWithin      time.Duration
	DPOContact       string // outside Slack
	Procedure        workflow.Procedure

	Tick     time.Duration
	LogLevel slog.Level
}

// Rules are the rules for a breach under this configuration.
func (c Config) Rules() workflow.Rules {
	return workflow.Rules{
		Organisation:   c.Organisation,
		Regulator:      c.Regulator,
		Zone:           c.Zone,
		Grid:           c.Grid,
		Nudges:         c.Nudges,
		OverdueEvery:   c.OverdueEvery,
		FollowUpEvery:  c.FollowUpEvery,
		Roster:         c.Roster,
		InviteReporter: c.InviteReporter,

		Nation:           c.Nation,
		Holidays:         bankHolidays(c.Nation),
		WorkdayEnds:      c.WorkdayEnds,
		Targets:          c.Targets,
		DeputyAfter:      c.DeputyAfter,
		ControllerWithin: c.ControllerWithin,
		CustomersWithin:  c.CustomersWithin,
		BoardWithin:      c.BoardWithin,
		DPOContact:       c.DPOContact,
		Procedure:        c.Procedure,
	}
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

// settings are the variables as the environment has them, all as text, so that
// reading never stops at the first fault. The defaults are here.
type settings struct {
	BotToken    string `env:"SLACK_BOT_TOKEN"`
	AppToken    string `env:"SLACK_APP_TOKEN"`
	SlackAPIURL string `env:"SLACK_API_URL"`
	DatabaseURL string `env:"DATABASE_URL"`
	RedisURL    string `env:"REDIS_URL"`
	Data        string `env:"BREACHBOT_DATA, default=./data"`
	HTTPAddr    string `env:"BREACHBOT_HTTP_ADDR, default=127.0.0.1:8080"`

	Organisation string `env:"BREACHBOT_ORG, default=this organisation"`
	Timezone     string `env:"BREACHBOT_TIMEZONE, default=Europe/London"`
	Regulator    string `env:"BREACHBOT_REGULATOR, default=ICO"`
	Nation       string `env:"BREACHBOT_NATION, default=england"`
	Procedure    string `env:"BREACHBOT_PROCEDURE"`
	TeamIDs      string `env:"BREACHBOT_TEAM_IDS"`

	DPO        string `env:"BREACHBOT_DPO"`
	DeputyDPO  string `env:"BREACHBOT_DEPUTY_DPO"`
	IGLead     string `env:"BREACHBOT_IG_LEAD"`
	Caldicott  string `env:"BREACHBOT_CALDICOTT_GUARDIAN"`
	SIRO       string `env:"BREACHBOT_SIRO"`
	Board      string `env:"BREACHBOT_BOARD"`
	Responders string `env:"BREACHBOT_RESPONDERS"`
	DPOContact string `env:"BREACHBOT_DPO_CONTACT"`

	Nudges         string `env:"BREACHBOT_NUDGES, default=48h,24h,12h,6h,3h,1h"`
	OverdueEvery   string `env:"BREACHBOT_OVERDUE_EVERY, default=12h"`
	FollowUpEvery  string `env:"BREACHBOT_FOLLOW_UP_EVERY, default=168h"`
	GridRegulator  string `env:"BREACHBOT_GRID_REGULATOR, default=3x2"`
	GridDHSC       string `env:"BREACHBOT_GRID_DHSC, default=3x4"`
	GridFloor      string `env:"BREACHBOT_GRID_FLOOR, default=2x2"`
	FloorTriggers  string `env:"BREACHBOT_FLOOR_TRIGGERS, default=vulnerable,wider"`
	InviteReporter string `env:"BREACHBOT_INVITE_REPORTER, default=true"`

	Targets          string `env:"BREACHBOT_TARGETS, default=1=15m/start 1h,2=2h/4h,3=same day/24h,4=none/none"`
	WorkdayEnds      string `env:"BREACHBOT_WORKDAY_ENDS, default=17:00"`
	DeputyAfter      string `env:"BREACHBOT_DEPUTY_AFTER, default=4h"`
	ControllerWithin string `env:"BREACHBOT_CONTROLLER_WITHIN, default=24h"`
	CustomersWithin  string `env:"BREACHBOT_CUSTOMERS_WITHIN, default=0"`
	BoardWithin      string `env:"BREACHBOT_BOARD_WITHIN, default=336h"`

	Tick     string `env:"BREACHBOT_TICK, default=15s"`
	LogLevel string `env:"BREACHBOT_LOG_LEVEL, default=info"`
}

// rosterVariables say which variable names the people who hold each role.
var rosterVariables = []struct {
	role     workflow.Role
	variable string
	holders  func(settings) string
}{
	{workflow.RoleDPO, "BREACHBOT_DPO", func(s settings) string { return s.DPO }},
	{workflow.RoleDeputy, "BREACHBOT_DEPUTY_DPO", func(s settings) string { return s.DeputyDPO }},
	{workflow.RoleIGLead, "BREACHBOT_IG_LEAD", func(s settings) string { return s.IGLead }},
	{workflow.RoleCaldicott, "BREACHBOT_CALDICOTT_GUARDIAN", func(s settings) string { return s.Caldicott }},
	{workflow.RoleSIRO, "BREACHBOT_SIRO", func(s settings) string { return s.SIRO }},
	{workflow.RoleBoard, "BREACHBOT_BOARD", func(s settings) string { return s.Board }},
	{workflow.RoleResponder, "BREACHBOT_RESPONDERS", func(s settings) string { return s.Responders }},
}

// need is the part of the configuration that a command depends on.
type need int

const (
	needAll    need = iota // to serve
	needStore              // the store alone
	needHealth             // the health address alone
)

// checks tells whether a fault in the variable stops the command.
func (n need) checks(variable string) bool {
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
	env = given(env)
	var s settings
	if err := envconfig.ProcessWith(ctx, &envconfig.Config{Target: &s, Lookuper: envconfig.MapLookuper(env)}); err != nil {
		return Config{}, nil, err
	}

	var k checks
	c := Config{
		BotToken:    k.token("SLACK_BOT_TOKEN", s.BotToken, "xoxb-", "the bot token, under OAuth & Permissions in the Slack app"),
		AppToken:    k.token("SLACK_APP_TOKEN", s.AppToken, "xapp-", "the app-level token, under Basic Information in the Slack app"),
		SlackAPIURL: k.apiURL("SLACK_API_URL", s.SlackAPIURL),
		DatabaseURL: k.serverURL("DATABASE_URL", s.DatabaseURL, "postgres://breachbot:PASSWORD@db:5432/breachbot", "postgres", "postgresql"),
		RedisURL:    k.serverURL("REDIS_URL", s.RedisURL, "redis://:PASSWORD@redis:6379/0", "redis", "rediss", "unix"),
		Data:        s.Data,
		HTTPAddr:    k.address("BREACHBOT_HTTP_ADDR", s.HTTPAddr),

		Organisation: k.name("BREACHBOT_ORG", s.Organisation, "Riverside Care Group"),
		Regulator:    k.name("BREACHBOT_REGULATOR", s.Regulator, "ICO"),
		Zone:         k.zone("BREACHBOT_TIMEZONE", s.Timezone),
		Teams:        k.ids("BREACHBOT_TEAM_IDS", s.TeamIDs, "TE", "a workspace id (T…) or organisation id (E…)", "T024BE7LD"),
		Roster:       map[workflow.Role][]workflow.Principal{},

		Nudges:         k.nudges("BREACHBOT_NUDGES", s.Nudges),
		OverdueEvery:   k.duration("BREACHBOT_OVERDUE_EVERY", s.OverdueEvery, time.Minute, 30*24*time.Hour, "12h"),
		FollowUpEvery:  k.duration("BREACHBOT_FOLLOW_UP_EVERY", s.FollowUpEvery, time.Minute, 90*24*time.Hour, "168h"),
		InviteReporter: k.yesNo("BREACHBOT_INVITE_REPORTER", s.InviteReporter),
		Grid: workflow.Grid{
			Regulator: k.cell("BREACHBOT_GRID_REGULATOR", s.GridRegulator, "3x2"),
			DHSC:      k.cell("BREACHBOT_GRID_DHSC", s.GridDHSC, "3x4"),
			Floor:     k.cell("BREACHBOT_GRID_FLOOR", s.GridFloor, "2x2"),
			Triggers:  k.triggers("BREACHBOT_FLOOR_TRIGGERS", s.FloorTriggers),
		},

		Nation:           k.nation("BREACHBOT_NATION", s.Nation),
		Procedure:        k.procedure("BREACHBOT_PROCEDURE", s.Procedure),
		DPOContact:       k.words("BREACHBOT_DPO_CONTACT", s.DPOContact, 200, "01792 496 0123, at weekends 07700 900 456, dpo@riverside.example"),
		Targets:          k.targets("BREACHBOT_TARGETS", s.Targets),
		WorkdayEnds:      k.timeOfDay("BREACHBOT_WORKDAY_ENDS", s.WorkdayEnds, "17:00"),
		DeputyAfter:      k.duration("BREACHBOT_DEPUTY_AFTER", s.DeputyAfter, 5*time.Minute, workflow.NotificationPeriod, "4h"),
		ControllerWithin: k.within("BREACHBOT_CONTROLLER_WITHIN", s.ControllerWithin, "24h"),
		CustomersWithin:  k.within("BREACHBOT_CUSTOMERS_WITHIN", s.CustomersWithin, "48h"),
		BoardWithin:      k.within("BREACHBOT_BOARD_WITHIN", s.BoardWithin, "336h"),

		// A slower tick would send the one-hour nudge too late to help.
		Tick:     k.duration("BREACHBOT_TICK", s.Tick, time.Second, 5*time.Minute, "15s"),
		LogLevel: k.level("BREACHBOT_LOG_LEVEL", s.LogLevel),
	}
	for _, r := range rosterVariables {
		for _, id := range k.ids(r.variable, r.holders(s), "UWS", "a user id (U… or W…) or user-group id (S…)", "U024BE7LH,S0614TZR7") {
			c.Roster[r.role] = append(c.Roster[r.role], workflow.Principal(id))
		}
	}
	if s.DPO == "" && s.DeputyDPO == "" {
		k.fault("BREACHBOT_DPO", "is not set, and neither is BREACHBOT_DEPUTY_DPO, so nobody could decide", "BREACHBOT_DPO=U024BE7LH")
	}
	k.unknown(env)
	return c, k.faults, nil
}
