package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/bot/mail"
	"breachbot/bot/mail/mailtest"
	"breachbot/workflow"
)

// enough is the least that serves.
func enough(more ...string) map[string]string {
	env := map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-1-topsecret",
		"SLACK_APP_TOKEN": "xapp-1-topsecret",
		"BREACHBOT_DPO":   "U024BE7LH",
	}
	for _, pair := range more {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return env
}

func TestDefaultsAreTheRulesOfTheField(t *testing.T) {
	t.Parallel()
	c, err := loadConfig(t.Context(), enough(), needAll)
	if err != nil {
		t.Fatal(err)
	}
	want := workflow.DefaultRules()
	want.Roster[workflow.RoleDPO] = []workflow.Principal{"U024BE7LH"}
	want.Holidays = bankHolidays(workflow.England) // workflow has no calendar of its own
	zone := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, c.Rules, zone); diff != "" {
		t.Errorf("rules (-workflow's defaults +configuration's):\n%s", diff)
	}
	if c.Data != "./data" || c.HTTPAddr != "127.0.0.1:8080" || c.Tick != 15*time.Second || c.LogLevel != slog.LevelInfo || c.SlackAPIURL != "" {
		t.Errorf("other defaults: %+v", c)
	}
	if c.BotToken.Reveal() != "xoxb-1-topsecret" || c.AppToken.Reveal() != "xapp-1-topsecret" {
		t.Error("the tokens cannot be revealed")
	}
	if got := c.StoreName(); got != "SQLite in ./data" {
		t.Errorf("StoreName() = %q", got)
	}
}

func TestEveryVariableIsRead(t *testing.T) {
	t.Parallel()
	env := enough(
		"SLACK_API_URL=http://127.0.0.1:9000/api",
		"DATABASE_URL=postgres://bot:hunter2@db:5432/breaches?sslmode=require",
		"REDIS_URL=rediss://:hunter2@redis:6379/0",
		"REDIS_CA_FILE="+newAuthority(t).file,
		"BREACHBOT_DATA=/srv/data",
		"BREACHBOT_HTTP_ADDR=[::1]:9090",
		"BREACHBOT_ORG=Riverside Care Group",
		"BREACHBOT_TIMEZONE=Europe/Jersey",
		"BREACHBOT_REGULATOR=JOIC",
		"BREACHBOT_TEAM_IDS=T024BE7LD, E012ABCDE",
		"BREACHBOT_DPO=U024BE7LH,S0614TZR7",
		"BREACHBOT_DEPUTY_DPO=W012A3CDE",
		"BREACHBOT_IG_LEAD=U0000001",
		"BREACHBOT_CALDICOTT_GUARDIAN=U0000002",
		"BREACHBOT_SIRO=U0000003",
		"BREACHBOT_BOARD=S0000004",
		"BREACHBOT_RESPONDERS=S0000005",
		"BREACHBOT_NUDGES=1h, 36h ,90m",
		"BREACHBOT_OVERDUE_EVERY=6h",
		"BREACHBOT_FOLLOW_UP_EVERY=72h",
		"BREACHBOT_GRID_REGULATOR=2x3",
		"BREACHBOT_GRID_DHSC=4X5",
		"BREACHBOT_GRID_FLOOR=1x2",
		"BREACHBOT_FLOOR_TRIGGERS=special",
		"BREACHBOT_INVITE_REPORTER=no",
		"BREACHBOT_NATION=Scotland",
		"BREACHBOT_PROCEDURE=1.1 ; Medical Director; 2027-02-01",
		"BREACHBOT_DPO_CONTACT=01792 496 0123, at weekends 07700 900 456",
		"BREACHBOT_TARGETS=1=30m/start 2h, 3 = same day / none,4=48h/72h",
		"BREACHBOT_WORKDAY_ENDS=18:30",
		"BREACHBOT_DEPUTY_AFTER=90m",
		"BREACHBOT_CONTROLLER_WITHIN=0",
		"BREACHBOT_CUSTOMERS_WITHIN=48h",
		"BREACHBOT_BOARD_WITHIN=720h",
		"BREACHBOT_TICK=2s",
		"BREACHBOT_PING_URL=https://hc-ping.com/topsecret",
		"BREACHBOT_SMTP_HOST=mail.riverside.example",
		"BREACHBOT_SMTP_PORT=2525",
		"BREACHBOT_SMTP_TLS=starttls",
		"BREACHBOT_SMTP_USER=breachbot",
		"BREACHBOT_SMTP_PASSWORD=top secret",
		"BREACHBOT_SMTP_CA="+mailtest.Listen(t, mail.None).CA(t),
		"BREACHBOT_MAIL_FROM=breachbot@riverside.example",
		"BREACHBOT_MAIL_TO=U024BE7LH=dpo@riverside.example, S0614TZR7 = ig@riverside.example",
		"BREACHBOT_LOG_LEVEL=DEBUG",
	)
	missing := slices.DeleteFunc(variables(), func(v string) bool {
		_, ok := env[v] // each setting of the rules is read in TestEachSettingOfTheRulesIsInTheChangeRegister
		return ok || slices.ContainsFunc(ruleSettings, func(s ruleSetting) bool { return s.name == v })
	})
	if len(missing) > 0 {
		t.Fatalf("this test forgets %v", missing)
	}
	c, err := loadConfig(t.Context(), env, needAll)
	if err != nil {
		t.Fatal(err)
	}
	if c.RedisCA == nil {
		t.Error("REDIS_CA_FILE was not read")
	}
	rules := c.Rules
	if got := rules.Zone.String(); got != "Europe/Jersey" {
		t.Errorf("zone %s", got)
	}
	rules.Zone = nil
	want := workflow.DefaultRules() // a setting that is not above keeps its default
	want.Zone, want.ControllerWithin, want.InviteReporter = nil, 0, false
	want.Organisation = "Riverside Care Group"
	want.Regulator = "JOIC"
	want.Grid = workflow.Grid{
		Regulator: workflow.Cell{Likelihood: 2, Effect: 3},
		DHSC:      workflow.Cell{Likelihood: 4, Effect: 5},
		Floor:     workflow.Cell{Likelihood: 1, Effect: 2},
		Triggers:  []workflow.Trigger{workflow.TriggerSpecial},
	}
	want.Nudges = []time.Duration{36 * time.Hour, 90 * time.Minute, time.Hour}
	want.OverdueEvery = 6 * time.Hour
	want.FollowUpEvery = 72 * time.Hour
	want.Roster = map[workflow.Role][]workflow.Principal{
		workflow.RoleDPO:       {"U024BE7LH", "S0614TZR7"},
		workflow.RoleDeputy:    {"W012A3CDE"},
		workflow.RoleIGLead:    {"U0000001"},
		workflow.RoleCaldicott: {"U0000002"},
		workflow.RoleSIRO:      {"U0000003"},
		workflow.RoleBoard:     {"S0000004"},
		workflow.RoleResponder: {"S0000005"},
	}
	want.Nation = workflow.Scotland
	want.Holidays = bankHolidays(workflow.Scotland)
	want.Procedure = workflow.Procedure{Version: "1.1", Owner: "Medical Director", Review: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)}
	want.DPOContact = "01792 496 0123, at weekends 07700 900 456"
	want.WorkdayEnds = 18*time.Hour + 30*time.Minute
	want.Targets = map[workflow.Severity]workflow.SeverityTarget{
		1: {Triage: 30 * time.Minute, Contain: 2 * time.Hour, Started: true},
		2: workflow.DefaultTargets()[2],
		3: {SameDay: true},
		4: {Triage: 48 * time.Hour, Contain: 72 * time.Hour},
	}
	want.DeputyAfter = 90 * time.Minute
	want.CustomersWithin = 48 * time.Hour
	want.BoardWithin = 720 * time.Hour
	want.Mailable = []workflow.Principal{"S0614TZR7", "U024BE7LH"}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if c.SlackAPIURL != "http://127.0.0.1:9000/api/" {
		t.Errorf("SlackAPIURL = %q, want one slash at the end", c.SlackAPIURL)
	}
	if diff := cmp.Diff([]string{"T024BE7LD", "E012ABCDE"}, c.Teams); diff != "" {
		t.Errorf("teams:\n%s", diff)
	}
	if c.Data != "/srv/data" || c.HTTPAddr != "[::1]:9090" || c.Tick != 2*time.Second || c.LogLevel != slog.LevelDebug {
		t.Errorf("others: %+v", c)
	}
	if got := c.StoreName(); got != "Postgres at db:5432/breaches" {
		t.Errorf("StoreName() = %q", got)
	}
}

func TestNoTriggersIsAChoice(t *testing.T) {
	t.Parallel()
	c, err := loadConfig(t.Context(), enough("BREACHBOT_FLOOR_TRIGGERS=none"), needAll)
	if err != nil || len(c.Grid.Triggers) != 0 {
		t.Errorf("triggers %v, error %v", c.Grid.Triggers, err)
	}
}

func TestEachFault(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 81)
	tests := []struct{ pair, wrong string }{
		{"SLACK_BOT_TOKEN=", "is not set"},
		{"SLACK_BOT_TOKEN=xapp-1-topsecret", "does not begin with xoxb-: this looks like an app-level token"},
		{"SLACK_BOT_TOKEN=topsecret", "does not begin with xoxb-"},
		{"SLACK_BOT_TOKEN=xoxb-", "is cut short"},
		{"SLACK_BOT_TOKEN=xoxb-top secret", "is cut short, or contains spaces"},
		{"SLACK_APP_TOKEN=", "is not set"},
		{"SLACK_APP_TOKEN=xoxb-1-topsecret", "this looks like a bot token"},
		{"SLACK_API_URL=slack.example.org", "is not the plain address of a Web API"},
		{"SLACK_API_URL=ftp://slack.example.org/", "is not the plain address"},
		{"SLACK_API_URL=https://u:topsecret@slack.example.org/", "is not the plain address"},
		{"DATABASE_URL=mysql://u:topsecret@db/x", "is not a URL that begins with postgres:// or postgresql://"},
		{"DATABASE_URL=host=db password=topsecret", "is not a URL"},
		{"DATABASE_URL=postgres://u:topsecret%zz@db/x", "is not a URL"},
		{"DATABASE_URL=postgres://", "is not a URL"},
		{"REDIS_URL=:topsecret@redis:6379", "is not a URL that begins with redis:// or rediss:// or unix://"},
		{"BREACHBOT_HTTP_ADDR=8080", `"8080" is not host:port`},
		{"BREACHBOT_HTTP_ADDR=localhost:http", `"http" is not a port number`},
		{"BREACHBOT_HTTP_ADDR=localhost:70000", `"70000" is not a port number`},
		{"BREACHBOT_ORG=" + long, "is longer than 80 characters"},
		{"BREACHBOT_REGULATOR=I\nCO", "contains a line break"},
		{"BREACHBOT_TIMEZONE=London", `"London" is not the name of a time zone`},
		{"BREACHBOT_TIMEZONE=Local", `"Local" is not the name of a time zone`},
		{"BREACHBOT_TEAM_IDS=C024BE7LD", `"C024BE7LD" is not a workspace id (T…) or organisation id (E…)`},
		{"BREACHBOT_DPO=", "is not set, and neither is BREACHBOT_DEPUTY_DPO"},
		{"BREACHBOT_DPO=@ana", `"@ana" is not a user id (U… or W…) or user-group id (S…)`},
		{"BREACHBOT_DEPUTY_DPO=u024be7lh", `"u024be7lh" is not a user id`},
		{"BREACHBOT_IG_LEAD=C024BE7LH", "is not a user id"},
		{"BREACHBOT_CALDICOTT_GUARDIAN=U1,U024BE7LH", `"U1" is not a user id`},
		{"BREACHBOT_SIRO=U024BE7LH,U024BE7LH", `"U024BE7LH" is named twice`},
		{"BREACHBOT_BOARD=board", "is not a user id"},
		{"BREACHBOT_RESPONDERS=U024BE7LH;U024BE7LJ", "is not a user id"},
		{"BREACHBOT_NUDGES=48", `"48" is not a length of time`},
		{"BREACHBOT_NUDGES=48h,72h", `"72h" is not between 0 and 72h before the deadline`},
		{"BREACHBOT_NUDGES=0s", `"0s" is not between 0 and 72h`},
		{"BREACHBOT_NUDGES=1h,60m", `"60m" is named twice`},
		{"BREACHBOT_NUDGES=,", "names no milestone"},
		{"BREACHBOT_OVERDUE_EVERY=daily", `"daily" is not a length of time`},
		{"BREACHBOT_OVERDUE_EVERY=-1h", `"-1h" is not between 1m and 720h`},
		{"BREACHBOT_FOLLOW_UP_EVERY=7d", `"7d" is not a length of time`},
		{"BREACHBOT_GRID_REGULATOR=6", `"6" is not likelihood x effect, each from 1 to 5`},
		{"BREACHBOT_GRID_DHSC=3x6", `"3x6" is not likelihood x effect`},
		{"BREACHBOT_GRID_FLOOR=0x2", `"0x2" is not likelihood x effect`},
		{"BREACHBOT_FLOOR_TRIGGERS=children", `"children" is not one of vulnerable, wider, special`},
		{"BREACHBOT_FLOOR_TRIGGERS=wider,wider", `"wider" is named twice`},
		{"BREACHBOT_FLOOR_TRIGGERS=none,wider", `"none" is not one of`},
		{"BREACHBOT_FLOOR_TRIGGERS=,", "names no ground"},
		{"BREACHBOT_INVITE_REPORTER=maybe", `"maybe" is neither true nor false`},
		{"BREACHBOT_NATION=britain", `"britain" is not one of england, scotland, wales, northern_ireland`},
		{"BREACHBOT_WORKDAY_ENDS=5pm", `"5pm" is not a time of day`},
		{"BREACHBOT_WORKDAY_ENDS=00:00", `"00:00" is not a time of day`},
		{"BREACHBOT_TARGETS=2h/4h", `"2h/4h" is not SEVERITY=TRIAGE/CONTAINMENT`},
		{"BREACHBOT_TARGETS=5=2h/4h", `"5=2h/4h" is not SEVERITY=TRIAGE/CONTAINMENT with a severity from 1 to 4`},
		{"BREACHBOT_TARGETS=2=2h", `"2=2h" is not SEVERITY=TRIAGE/CONTAINMENT`},
		{"BREACHBOT_TARGETS=2=soon/4h", `"soon" is not a length of time`},
		{"BREACHBOT_TARGETS=2=2h/start none of it", `"none of it" is not a length of time`},
		{"BREACHBOT_TARGETS=2=2h/4h,2=1h/4h", "severity 2 is named twice"},
		{"BREACHBOT_TARGETS=2=2h/1000h", `"1000h" is not between 1m and 720h`},
		{"BREACHBOT_TARGETS=,", "names no severity"},
		{"BREACHBOT_TAKEN_WITHIN=5m", `"5m" is not SEVERITY=WAIT with a severity from 1 to 4`},
		{"BREACHBOT_TAKEN_WITHIN=1=none", `"none" is not a length of time`},
		{"BREACHBOT_TAKEN_WITHIN=3=30h", `"30h" is not between 1m and 24h`},
		{"BREACHBOT_TAKEN_WITHIN=4=morning,4=2h", "severity 4 is named twice"},
		{"BREACHBOT_QUIET_HOURS=night", `"night" is not two times of day`},
		{"BREACHBOT_QUIET_HOURS=22:00-7", `"22:00-7" is not two times of day`},
		{"BREACHBOT_QUIET_HOURS=22:00-22:00", `"22:00-22:00" is not from one minute to 12h long`},
		{"BREACHBOT_QUIET_HOURS=18:00-07:00", `"18:00-07:00" is not from one minute to 12h long`},
		{"BREACHBOT_DEPUTY_AFTER=80h", `"80h" is not between 5m and 72h`},
		{"BREACHBOT_CONTROLLER_WITHIN=10m", `"10m" is not between 1h and 2160h`},
		{"BREACHBOT_CUSTOMERS_WITHIN=off", `"off" is not a length of time`},
		{"BREACHBOT_BOARD_WITHIN=-1h", `"-1h" is not between 1h and 2160h`},
		{"BREACHBOT_BOARD_AT_ONCE=critical", `"critical" is not a severity from 1 to 4`},
		{"BREACHBOT_BOARD_AT_ONCE=0", `"0" is not a severity from 1 to 4`},
		{"BREACHBOT_BOARD_AT_ONCE=,", "names no severity"},
		{"BREACHBOT_DPO_CONTACT=" + strings.Repeat("0", 201), "is longer than 200 characters"},
		{"BREACHBOT_PROCEDURE=1.1, Medical Director, 2027-02-01", "is not VERSION; OWNER; DATE OF REVIEW"},
		{"BREACHBOT_PROCEDURE=1.1; ; 2027-02-01", "is not VERSION; OWNER; DATE OF REVIEW"},
		{"BREACHBOT_PROCEDURE=1.1; Medical Director; 1 February 2027", `"1 February 2027" is not a date`},
		{"BREACHBOT_PROCEDURE=" + long + "; " + long + "; 2027-02-01", "is longer than 160 characters"},
		{"BREACHBOT_SMTP_PORT=0", `"0" is not a port number`},
		{"BREACHBOT_SMTP_TLS=ssl", `"ssl" is not one of starttls, implicit, none, unencrypted`},
		{"BREACHBOT_SMTP_CA=/nowhere/top secret.pem", "names a file that cannot be read"},
		{"BREACHBOT_MAIL_AFTER=10s", `"10s" is not between 1m and 24h`},
		{"BREACHBOT_PING_URL=http://hc-ping.com/top-secret", "is not an address that begins with https://"},
		{"BREACHBOT_PING_URL=hc-ping.com", "is not an address that begins with https://"},
		{"BREACHBOT_TICK=1h", `"1h" is not between 1s and 5m`},
		{"BREACHBOT_LOG_LEVEL=loud", `"loud" is not one of debug, info, warn, error`},
		{"BREACHBOT_DATE=/srv", "is not a variable of breachbot"},
	}
	for _, tt := range tests {
		t.Run(tt.pair, func(t *testing.T) {
			t.Parallel()
			_, err := loadConfig(t.Context(), enough(tt.pair), needAll)
			var faults Faults
			if !errors.As(err, &faults) || len(faults) != 1 {
				t.Fatalf("want one fault, got %v", err)
			}
			variable, _, _ := strings.Cut(tt.pair, "=")
			if f := faults[0]; f.Variable != variable || !strings.Contains(f.Wrong, tt.wrong) || f.Right == "" {
				t.Errorf("fault %+v, want %s %s", f, variable, tt.wrong)
			}
			if strings.Contains(err.Error(), "topsecret") || strings.Contains(err.Error(), "top secret") {
				t.Errorf("the fault shows a secret: %v", err)
			}
		})
	}
}

// What belongs together is asked for together, and nothing goes out in the open by
// mistake.
func TestTheSettingsOfEMail(t *testing.T) {
	t.Parallel()
	all := []string{"BREACHBOT_SMTP_HOST=mail.riverside.example", "BREACHBOT_MAIL_FROM=breachbot@riverside.example", "BREACHBOT_MAIL_TO=U024BE7LH=dpo@riverside.example,S0614TZR7=ig@riverside.example"}
	for _, tt := range []struct {
		name  string
		pairs []string
		wrong string // variable and words; empty when all is right
		port  int
	}{
		{"the least", all, "", 587},
		{"TLS from the first byte", append(all[:3:3], "BREACHBOT_SMTP_TLS=implicit"), "", 465},
		{"a relay on the machine itself", append(all[1:3:3], "BREACHBOT_SMTP_HOST=localhost", "BREACHBOT_SMTP_TLS=none"), "", 25},
		{"in the open to another machine", append(all[:3:3], "BREACHBOT_SMTP_TLS=none"), "BREACHBOT_SMTP_TLS: would send e-mails in the open", 0},
		{"in the open, and meant so", append(all[:3:3], "BREACHBOT_SMTP_TLS=unencrypted"), "", 25},
		{"a password in the open", append(all[:3:3], "BREACHBOT_SMTP_TLS=unencrypted", "BREACHBOT_SMTP_USER=u", "BREACHBOT_SMTP_PASSWORD=topsecret"), "BREACHBOT_SMTP_TLS: would send BREACHBOT_SMTP_PASSWORD in the open", 0},
		{"no server", all[1:], "BREACHBOT_SMTP_HOST: is not set, though BREACHBOT_MAIL_FROM is", 0},
		{"no sender", append(all[2:3:3], all[0]), "BREACHBOT_MAIL_FROM: is not set, though BREACHBOT_MAIL_TO is", 0},
		{"nobody to send to", all[:2], "BREACHBOT_MAIL_TO: is not set, though BREACHBOT_MAIL_FROM is", 0},
		{"an account without a password", append(all[:3:3], "BREACHBOT_SMTP_USER=u"), "BREACHBOT_SMTP_PASSWORD: is not set, though BREACHBOT_SMTP_USER is", 0},
		{"somebody without an address", append(all[:2:2], "BREACHBOT_MAIL_TO=U024BE7LH"), `BREACHBOT_MAIL_TO: has no plain e-mail address behind "U024BE7LH"`, 0},
		{"an address with a name", append(all[:2:2], "BREACHBOT_MAIL_TO=U024BE7LH=Dee <dee@riverside.example>"), `BREACHBOT_MAIL_TO: has no plain e-mail address behind "U024BE7LH"`, 0},
		{"a name for an id", append(all[:2:2], "BREACHBOT_MAIL_TO=dee=dee@riverside.example"), `BREACHBOT_MAIL_TO: "dee" is not a user id`, 0},
		{"twice", append(all[:2:2], "BREACHBOT_MAIL_TO=U024BE7LH=a@b.example,U024BE7LH=c@d.example"), `BREACHBOT_MAIL_TO: "U024BE7LH" is named twice`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := loadConfig(t.Context(), enough(tt.pairs...), needAll)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) || strings.Contains(err.Error(), "topsecret") || strings.Contains(err.Error(), "dee@") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.Mail.Port != tt.port || !slices.Equal(c.Mailable, []workflow.Principal{"S0614TZR7", "U024BE7LH"}) || c.Mail.Addresses["U024BE7LH"] != "dpo@riverside.example" {
				t.Errorf("port %d, mailable %v, %v", c.Mail.Port, c.Mailable, c.Mail.Addresses)
			}
		})
	}
	if c, err := loadConfig(t.Context(), enough(), needAll); err != nil || c.Mail.Set() || len(c.Mailable) > 0 {
		t.Errorf("by default: %+v, %v", c.Mail, err)
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	env := map[string]string{}
	for _, v := range variables() {
		env[v] = "?\n!" // right nowhere
	}
	delete(env, "BREACHBOT_DATA") // any text is a folder
	env["BREACHBOT_DATAA"] = "x"
	env["BREACHBOT_WEATHER_FORECAST"] = "x"
	_, err := loadConfig(t.Context(), env, needAll)
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("want faults, got %v", err)
	}
	at := map[string]bool{}
	for _, f := range faults {
		at[f.Variable] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(env)), slices.Sorted(maps.Keys(at))); diff != "" {
		t.Errorf("variables at fault (-want +got):\n%s", diff)
	}
	if n := strings.Count(err.Error(), "\n"); n != len(env) {
		t.Errorf("%d lines for %d faults:\n%v", n, len(env), err)
	}
	if !strings.Contains(err.Error(), "BREACHBOT_DATAA: is not a variable of breachbot. Use: BREACHBOT_DATA\n") {
		t.Errorf("no hint at the slip:\n%v", err)
	}
}

func TestACommandIsStoppedOnlyByWhatItNeeds(t *testing.T) {
	t.Parallel()
	env := map[string]string{"SLACK_BOT_TOKEN": "wrong", "BREACHBOT_NUDGES": "never", "REDIS_URL": "wrong"}
	if _, err := loadConfig(t.Context(), env, needStore); err != nil {
		t.Errorf("the store alone: %v", err)
	}
	var faults Faults
	if _, err := loadConfig(t.Context(), env, needAll); !errors.As(err, &faults) || len(faults) != 5 {
		t.Errorf("to serve: want the faults of both tokens, Redis, nudges and DPO, got %v", err)
	}
	env["BREACHBOT_DATAA"] = "x"
	if _, err := loadConfig(t.Context(), env, needStore); !errors.As(err, &faults) || len(faults) != 1 || faults[0].Variable != "BREACHBOT_DATAA" {
		t.Errorf("a mistyped folder: got %v", err)
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	c, err := loadConfig(t.Context(), enough(
		"DATABASE_URL=postgres://bot:topsecret@db/x", "REDIS_URL=redis://:topsecret@redis:6379"), needAll)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t"} {
		fmt.Fprintf(&b, verb+"\n", c)
		fmt.Fprintf(&b, verb+"\n", &c)
		fmt.Fprintf(&b, verb+"\n", c.BotToken)
		fmt.Fprintf(&b, verb+"\n", struct{ hidden Secret }{c.AppToken})
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "config", c, "token", c.BotToken)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "config", c, "token", c.BotToken)
	encoded, err := json.Marshal(map[string]any{"s": []Secret{c.BotToken, c.AppToken, c.DatabaseURL, c.RedisURL}})
	if err != nil {
		t.Fatal(err)
	}
	b.Write(encoded)
	b.WriteString(c.StoreName())
	for _, clear := range []string{"topsecret", fmt.Sprintf("%x", "topsecret"), fmt.Sprintf("%X", "topsecret")} {
		if strings.Contains(b.String(), clear) {
			t.Errorf("%q is printed:\n%s", clear, b.String())
		}
	}
	if got := fmt.Sprintf("%v %v", c.BotToken, Secret{}); got != "(secret) (not set)" {
		t.Errorf("got %q", got)
	}
}

func TestTargetsAreWrittenAsTheyAreRead(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"1=15m/start 1h,2=2h/4h,3=same day/24h,4=none/none", "1=1h30m/none,2=none/start 4h,3=24h/48h,4=same day/72h"} {
		var k checks
		if got := targetWords(k.targets("X", words, "")); got != words || len(k.faults) > 0 {
			t.Errorf("%s reads as %s, faults %v", words, got, k.faults)
		}
	}
}

// secretsIn writes each secret to a file of its own and gives the environment that
// names the files.
func secretsIn(t *testing.T, mode os.FileMode, pairs ...string) map[string]string {
	t.Helper()
	env := map[string]string{"BREACHBOT_DPO": "U024BE7LH"}
	dir := t.TempDir()
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		path := filepath.Join(dir, strings.ToLower(name))
		if err := os.WriteFile(path, []byte(value), mode); err != nil {
			t.Fatal(err)
		}
		env[name+fileSuffix] = path
	}
	return env
}

// Every secret may be in a file, with or without a line break at its end. Whether a
// value is a secret is seen by its type, so a new one cannot be left out.
func TestEverySecretMayBeInAFile(t *testing.T) {
	t.Parallel()
	c, err := loadConfig(t.Context(), secretsIn(t, 0o600, "SLACK_BOT_TOKEN=xoxb-1-topsecret\n", "SLACK_APP_TOKEN=xapp-1-topsecret\r\n",
		"DATABASE_URL=postgres://bot:topsecret@db/x", "REDIS_URL=redis://:topsecret@redis:6379\n\n"), needAll)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []struct {
		secret Secret
		want   string
	}{{c.BotToken, "xoxb-1-topsecret"}, {c.AppToken, "xapp-1-topsecret"}, {c.DatabaseURL, "postgres://bot:topsecret@db/x"}, {c.RedisURL, "redis://:topsecret@redis:6379"}} {
		if got.secret.Reveal() != got.want {
			t.Errorf("read %q, want %q", got.secret.Reveal(), got.want)
		}
	}
	secrets, files := 0, 0
	for _, part := range []reflect.Type{reflect.TypeFor[Config](), reflect.TypeFor[mailConfig]()} {
		for f := range part.Fields() {
			if f.Type == reflect.TypeFor[Secret]() {
				secrets++
			}
		}
	}
	for _, v := range described() {
		if v.secret {
			files++
		}
	}
	if secrets != files {
		t.Errorf("the configuration has %d secrets, %d of the variables may be files: tag the new one with secret", secrets, files)
	}
}

// A secret that is given twice and a file that gives none are faults, said with all
// others at once, and only once each.
func TestFaultsOfSecretsInFiles(t *testing.T) {
	t.Parallel()
	env := secretsIn(t, 0o600, "SLACK_BOT_TOKEN=xoxb-1-topsecret", "SLACK_APP_TOKEN= \n", "DATABASE_URL="+strings.Repeat("topsecret", 9000), "REDIS_URL=topsecret")
	env["SLACK_BOT_TOKEN"] = "xoxb-2-topsecret"
	env["BREACHBOT_ORG_FILE"] = "/etc/hostname" // not a secret, so it is no variable
	_, err := loadConfig(t.Context(), env, needAll)
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("want faults, got %v", err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.Variable+" "+f.Wrong)
	}
	want := []string{
		"SLACK_BOT_TOKEN_FILE is set, and so is SLACK_BOT_TOKEN",
		"SLACK_APP_TOKEN_FILE names a file with nothing in it",
		"DATABASE_URL_FILE names a file that is larger than any secret",
		"REDIS_URL is not a URL that begins with redis:// or rediss:// or unix://",
		"BREACHBOT_ORG_FILE is not a variable of breachbot: only secrets are read from files",
	}
	if diff := cmp.Diff(want, got); diff != "" || strings.Contains(err.Error(), "topsecret") {
		t.Errorf("faults (-want +got):\n%s\n%v", diff, err)
	}

	env = map[string]string{"BREACHBOT_DPO": "U024BE7LH", "SLACK_BOT_TOKEN_FILE": "xoxb-topsecret", "SLACK_APP_TOKEN_FILE": t.TempDir()}
	_, err = loadConfig(t.Context(), env, needAll)
	for _, want := range []string{"SLACK_BOT_TOKEN_FILE: names a file that cannot be read: there is none. Use: a file that this user can read, with nothing but the value of SLACK_BOT_TOKEN in it", "it is a folder. Use: "} {
		if err == nil || strings.Contains(err.Error(), "topsecret") || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "\n") != 2 {
			t.Errorf("it does not say %q once: %v", want, err)
		}
	}
	// What a command does not need does not stop it.
	if _, err := loadConfig(t.Context(), env, needStore); err != nil {
		t.Errorf("the store alone: %v", err)
	}
}

// A file that every user of the machine can read is named; nothing is refused for
// it, because containers are handed their secrets like that.
func TestSecretsThatEverybodyCanRead(t *testing.T) {
	t.Parallel()
	env := secretsIn(t, 0o644, "SLACK_APP_TOKEN=xapp-1-topsecret")
	maps.Copy(env, secretsIn(t, 0o600, "SLACK_BOT_TOKEN=xoxb-1-topsecret"))
	if _, err := loadConfig(t.Context(), env, needAll); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"SLACK_APP_TOKEN_FILE"}, openSecrets(env)); diff != "" {
		t.Error(diff)
	}
}
