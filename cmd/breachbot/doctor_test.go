package main

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"breachbot/bot/mail"
	"breachbot/bot/mail/mailtest"
	"breachbot/bot/sandbox"
	"breachbot/store/storetest"
)

// With everything in place, doctor says of each thing what was tried and
// what came of it, on real servers, and ends with 0. It changes nothing: a
// database without a schema has none afterwards either.
func TestDoctorSaysWhatWasTriedAndThatAllIsWell(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	env["DATABASE_URL"], env["REDIS_URL"] = storetest.Postgres(t), storetest.Redis(t)
	env["BREACHBOT_DEPUTY_DPO"] = sandbox.Dan
	host := hostOf(NewSecret(env["DATABASE_URL"]))

	want := []string{
		"ok         configuration  read the environment: every variable is right",
		"ok         address        listen at " + env["BREACHBOT_HTTP_ADDR"] + ": free",
		"ok         database       connect to Postgres at " + host, "and read the version of its schema: version 0; serve brings it up to version ",
		"ok         writing        make a change in the database and take it back: to be seen once serve has made its tables",
		"ok         redis          take a lock at " + hostOf(NewSecret(env["REDIS_URL"])) + " and give it back: it can lock and count",
		"ok         bot token      ask " + strings.TrimPrefix(server.URL, "http://") + " who SLACK_BOT_TOKEN belongs to: accepted",
		"ok         scopes         compare the scopes of SLACK_BOT_TOKEN with those the manifest asks for: all 11 are there",
		"ok         app token      ask " + strings.TrimPrefix(server.URL, "http://") + " for a connection with SLACK_APP_TOKEN: accepted",
		"ok         people         look up everybody who has a role: all are there",
		"warning    channels       look whether Slack lets the app create private channels: its scope allows it; whether the workspace does shows with the first one",
		"ok         roles          look for one person in several roles: there is none",
		"ok         time zone      tell the time where the organisation is: Europe/London, where it is ",
		"ok         sign of life   BREACHBOT_PING_URL: not set; nobody is told when breachbot is silent",
		"ok         secrets        look who may read the files with secrets: nobody else, or there is none",
	}
	for range 2 {
		r := breachbot(t, env, "doctor")
		if r.code != exitOK || r.stderr != "" || strings.Count(r.stdout, "\n") != len(trials)+1 {
			t.Errorf("exit %d, stderr %q, stdout\n%s", r.code, r.stderr, r.stdout)
		}
		for _, w := range want {
			if !strings.Contains(r.stdout, w) {
				t.Errorf("it does not say %q\n%s", w, r.stdout)
			}
		}
	}
	if r := breachbot(t, env, "migrate"); r.code != exitOK {
		t.Fatal(r.stderr)
	}
	if r := breachbot(t, env, "doctor"); r.code != exitOK || !strings.Contains(r.stdout, ", which is this program's") || !strings.Contains(r.stdout, "take it back: it can keep what people report") {
		t.Errorf("with the schema: exit %d, stdout\n%s", r.code, r.stdout)
	}

	conn, err := pgx.Connect(t.Context(), env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)"); err != nil {
		t.Fatal(err)
	}
	if r := breachbot(t, env, "doctor"); r.code != exitFailed || !strings.Contains(r.stdout, "failed     database") || !strings.Contains(r.stdout, "its schema has version 999, and this program knows versions up to") {
		t.Errorf("with a newer schema: exit %d, stdout\n%s", r.code, r.stdout)
	}
}

// Everything that is wrong is said in one run, each with its cause and host, and
// no secret. Nothing is tried that cannot work; that is said too.
func TestDoctorSaysEverythingThatIsWrongAtOnce(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	closed, taken := nobody(t), mute(t)
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	go func() { // it hangs up on everybody, once it has heard them
		for {
			c, err := other.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 1024))
			_ = c.Close()
		}
	}()
	rude := other.Addr().String()
	lacking := slackApp()
	lacking.BotScopes = lacking.BotScopes[:len(lacking.BotScopes)-2]
	less := sandbox.New(sandbox.Options{App: lacking})
	lessServer, err := sandbox.Listen(less, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lessServer.Close() })
	standby := storetest.Postgres(t)
	separator := "?"
	if strings.Contains(standby, "?") {
		separator = "&"
	}
	private := redisWithAPassword(t)

	for name, tt := range map[string]struct {
		env   map[string]string
		code  int
		lines []string
		says  string
	}{
		"servers that are not there": {
			map[string]string{"BREACHBOT_HTTP_ADDR": taken, "DATABASE_URL": "postgres://clerk:geheim@" + closed + "/register", "REDIS_URL": "redis://:geheim@" + closed + "/0", "SLACK_API_URL": "http://" + closed + "/api/", "BREACHBOT_PING_URL": "http://" + closed + "/geheim"},
			exitFailed,
			[]string{
				"failed     address        listen at " + taken + ": it is taken by another program, or by another breachbot",
				"failed     database       connect to Postgres at " + closed + "/register and read the version of its schema: nothing listens there (connection refused)",
				"failed     redis          take a lock at " + closed + " and give it back: ",
				"failed     bot token      ask " + closed + " who SLACK_BOT_TOKEN belongs to: nothing listens there (connection refused)",
				"not tried  scopes ",
				"failed     app token      ask " + closed + " for a connection with SLACK_APP_TOKEN: nothing listens there (connection refused)",
				"not tried  people ",
				"not tried  channels ",
				"failed     sign of life   connect to " + closed + ", without a sign of life: nothing listens there (connection refused)",
			},
			"breachbot doctor: 11 checks of ",
		},
		"tokens and passwords that are refused": {
			map[string]string{"SLACK_BOT_TOKEN": "xoxb-geheim", "SLACK_APP_TOKEN": "xapp-geheim", "REDIS_URL": strings.Replace(private, "redis://", "redis://:geheim@", 1)},
			exitFailed,
			[]string{"who SLACK_BOT_TOKEN belongs to: Slack says invalid_auth. To put it right: put the app's present token into SLACK_BOT_TOKEN and restart", "with SLACK_APP_TOKEN: Slack says invalid_auth", "replicas share: it refuses this password, or wants one. To put it right: correct the account or password in REDIS_URL"},
			"7 checks of ",
		},
		"servers of another kind": {
			map[string]string{"DATABASE_URL": "postgres://clerk:geheim@" + rude + "/register?sslmode=disable", "SLACK_API_URL": strings.TrimSuffix(server.APIURL(), "api/") + "elsewhere/"},
			exitFailed,
			[]string{"of its schema: it ends the connection; is this the right port?", "belongs to: it answers with HTTP status 404"},
			"8 checks of ",
		},
		"a database that takes no changes": {
			map[string]string{"DATABASE_URL": standby + separator + "default_transaction_read_only=on"},
			exitFailed,
			[]string{"of its schema: it takes no changes: it is read-only, perhaps a standby", "not tried  writing "},
			"2 checks of ",
		},
		"scopes that are missing": {
			map[string]string{"SLACK_BOT_TOKEN": less.BotToken, "SLACK_APP_TOKEN": less.AppToken, "SLACK_API_URL": lessServer.APIURL()},
			exitFailed,
			[]string{"ok         bot token ", "failed     scopes ", "the Slack app lacks the scopes pins:write, files:read: add them"},
			"3 checks of ",
		},
		"somebody who has left": {
			map[string]string{"BREACHBOT_DEPUTY_DPO": "U0NOBODY"},
			exitFailed,
			[]string{"failed     people         look up everybody who has a role: BREACHBOT_DEPUTY_DPO names U0NOBODY: Slack does not know this person"},
			"1 check of ",
		},
		"a configuration with faults, where the rest is tried all the same": {
			map[string]string{"DATABASE_URL": "mysql://clerk:geheim@db", "BREACHBOT_NUDGES": "never", "BREACHBOT_TIKC": "1s"},
			exitUnable,
			[]string{
				"failed     configuration  read the environment: 3 faults, listed below",
				"not tried  database       DATABASE_URL: it must be put right first",
				"ok         bot token ",
			},
			"The configuration needs attention:\n  DATABASE_URL: ",
		},
		"one person in several roles, which is a warning": {
			map[string]string{"BREACHBOT_IG_LEAD": sandbox.Dee, "BREACHBOT_DEPUTY_DPO": sandbox.Dan},
			exitOK,
			[]string{"warning    roles          look for one person in several roles: " + sandbox.Dee + " is data protection officer (DPO) and information governance lead; about a report of their own decides " + sandbox.Dan + " (deputy DPO)"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := serveEnv(t, ws, server, filepath.Join(t.TempDir(), "data"))
			env["BREACHBOT_DEPUTY_DPO"] = sandbox.Dan
			maps.Copy(env, tt.env)
			r := breachbot(t, env, "doctor")
			if r.code != tt.code || !strings.Contains(r.stderr, tt.says) || tt.says == "" && r.stderr != "" {
				t.Errorf("exit %d, stderr %q, want %d and %q; stdout\n%s", r.code, r.stderr, tt.code, tt.says, r.stdout)
			}
			for _, line := range tt.lines {
				if !strings.Contains(r.stdout, line) {
					t.Errorf("it does not say %q\n%s", line, r.stdout)
				}
			}
			if all := r.stdout + r.stderr; strings.Contains(all, "geheim") || strings.Contains(all, "clerk") || strings.Contains(all, ws.BotToken) {
				t.Errorf("it says a secret\n%s", all)
			}
			if _, err := os.Stat(env["BREACHBOT_DATA"]); err == nil {
				t.Error("the check made the folder of the embedded store")
			}
		})
	}
}

// Beside a bot at work, doctor says that it holds the address and the embedded store,
// and disturbs neither.
func TestDoctorBesideABotAtWork(t *testing.T) {
	ws, server := practice(t)
	data := t.TempDir()
	s := serveAt(t, ws, server, data)
	env := serveEnv(t, ws, server, data)
	env["BREACHBOT_HTTP_ADDR"] = strings.TrimPrefix(s.url, "http://")
	r := breachbot(t, env, "doctor")
	for _, want := range []string{
		"warning    address        listen at " + env["BREACHBOT_HTTP_ADDR"] + ": a breachbot is at work there, and well; a second one cannot listen there",
		"warning    database       connect to SQLite in " + data + " and read the version of its schema: a breachbot is at work with it; a second one cannot start",
		"ok         writing        make a change in the database and take it back: the breachbot at work with it does so all the time",
	} {
		if r.code != exitOK || !strings.Contains(r.stdout, want) {
			t.Errorf("exit %d, want %q, stdout\n%s", r.code, want, r.stdout)
		}
	}
	if code, body := s.answers(t, "/readyz"); code != 200 {
		t.Errorf("the bot is no longer ready: %d\n%s", code, body)
	}
	if code := s.stop(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, s.said)
	}
	r = breachbot(t, env, "doctor")
	for range 50 { // a process that is just being started beside this has the open files for a moment
		if strings.Contains(r.stdout, ", which is this program's") {
			break
		}
		time.Sleep(100 * time.Millisecond)
		r = breachbot(t, env, "doctor")
	}
	if r.code != exitOK || !strings.Contains(r.stdout, ", which is this program's") {
		t.Errorf("once it has stopped: exit %d, stdout\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// Whether the app may create private channels is told from what became of earlier
// ones: trying would leave one behind. How far the clocks are apart is told from the
// date of Slack's answers.
func TestDoctorTellsOfChannelsAndClocks(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	report(t, env, "2026-10-24T12:00:00Z")
	says := func(code int, want string) {
		t.Helper()
		before := len(ws.As(sandbox.Dee).Channels())
		if r := breachbot(t, env, "doctor"); r.code != code || !strings.Contains(r.stdout, want) {
			t.Errorf("exit %d, want %d and %q\n%s", r.code, code, want, r.stdout)
		}
		if after := len(ws.As(sandbox.Dee).Channels()); after != before {
			t.Errorf("it left %d channels", after-before)
		}
	}
	says(exitOK, "warning    channels ")
	ws.Fault(sandbox.Fault{Method: "conversations.create", Kind: sandbox.FaultError, Error: "restricted_action", Next: 1})
	l := live(t, ws, env)
	eventually(t, ws, "the news of the channel", func() bool { return seen(ws, sandbox.Dee, "", "BR-2026-0001") > 0 })
	l.stop()
	says(exitFailed, "failed     channels       look whether Slack lets the app create private channels: the channel of BR-2026-0001 could not be made: Slack says restricted_action. To put it right: let the app create private channels")
	ws.Advance(2 * time.Hour)
	l = live(t, ws, env)
	eventually(t, ws, "the channel", func() bool { return seen(ws, sandbox.Dee, "br-2026-0001", "BR-2026-0001") > 0 })
	l.stop()
	says(exitFailed, "ok         channels       look whether Slack lets the app create private channels: it made that of BR-2026-0001")
	says(exitFailed, "failed     clock          compare the clock of this machine with that of "+strings.TrimPrefix(server.URL, "http://")+": this machine is 2h0m0s behind. To put it right: set it by network time (NTP)")
	ws.Advance(20*time.Second - 2*time.Hour)
	says(exitOK, "warning    clock ")
	ws.Advance(-40 * time.Second)
	says(exitOK, "s ahead; set it by network time (NTP)")
	ws.Advance(20 * time.Second)
	says(exitOK, "ok         clock          compare the clock of this machine with that of "+strings.TrimPrefix(server.URL, "http://")+": they agree")
}

// Files with secrets that everybody can read are a warning: in a container they are
// handed out like that.
func TestDoctorWarnsOfOpenSecrets(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, filepath.Join(t.TempDir(), "data"))
	maps.Copy(env, secretsIn(t, 0o644, "SLACK_BOT_TOKEN="+env["SLACK_BOT_TOKEN"]+"\n"))
	env["BREACHBOT_DPO"] = sandbox.Dee
	delete(env, "SLACK_BOT_TOKEN")
	r := breachbot(t, env, "doctor")
	if want := "warning    secrets        look who may read the files with secrets: every user of this machine can read what SLACK_BOT_TOKEN_FILE names"; r.code != exitOK || !strings.Contains(r.stdout, want) {
		t.Errorf("exit %d, want %q\n%s", r.code, want, r.stdout)
	}
	env["SLACK_BOT_TOKEN_FILE"] = filepath.Join(t.TempDir(), "none")
	r = breachbot(t, env, "doctor")
	if want := "not tried  bot token      SLACK_BOT_TOKEN_FILE: it must be put right first"; r.code != exitUnable || !strings.Contains(r.stdout, want) {
		t.Errorf("exit %d, want %q\n%s", r.code, want, r.stdout)
	}
}

// A database that answers and keeps nothing is found out.
func TestDoctorMakesAChangeInTheDatabase(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	env["DATABASE_URL"] = storetest.Postgres(t)
	if r := breachbot(t, env, "migrate"); r.code != exitOK {
		t.Fatal(r.stderr)
	}
	conn, err := pgx.Connect(t.Context(), env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for _, query := range []string{
		`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$`,
		"CREATE TRIGGER full_disk BEFORE INSERT ON settings FOR EACH ROW EXECUTE FUNCTION full_disk()",
	} {
		if _, err := conn.Exec(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	r := breachbot(t, env, "doctor")
	if want := "failed     writing        make a change in the database and take it back: its disk is full. To put it right: free space on the database's disk"; r.code != exitFailed || !strings.Contains(r.stdout, want) {
		t.Errorf("exit %d, want %q\n%s", r.code, want, r.stdout)
	}
}

// The mail server is greeted as for a letter, and gets none; whom no e-mail would reach
// is named by id, and no address is shown.
func TestDoctorGreetsTheMailServer(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	smtp := mailtest.Listen(t, mail.StartTLS)
	env := serveEnv(t, ws, server, filepath.Join(t.TempDir(), "data"))
	maps.Copy(env, map[string]string{
		"BREACHBOT_SMTP_HOST": smtp.Host, "BREACHBOT_SMTP_PORT": fmt.Sprint(smtp.Port), "BREACHBOT_SMTP_CA": smtp.CA(t),
		"BREACHBOT_SMTP_USER": mailtest.User, "BREACHBOT_SMTP_PASSWORD": mailtest.Password,
		"BREACHBOT_MAIL_FROM": "bot@riverside.example", "BREACHBOT_MAIL_TO": sandbox.Dee + "=dee@riverside.example", "BREACHBOT_DEPUTY_DPO": sandbox.Dan,
	})
	says := func(code int, want string) {
		t.Helper()
		r := breachbot(t, env, "doctor")
		if r.code != code || !strings.Contains(r.stdout, want) {
			t.Errorf("exit %d, want %d and %q\n%s%s", r.code, code, want, r.stdout, r.stderr)
		}
		if strings.Contains(r.stdout, "riverside.example") || strings.Contains(r.stdout, mailtest.Password) {
			t.Errorf("it shows an address or the password\n%s", r.stdout)
		}
	}
	at := fmt.Sprintf("%s:%d", smtp.Host, smtp.Port)
	says(exitOK, "ok         mail           greet "+at+" as for a letter, and send none: it would take one")
	says(exitOK, "warning    addresses      look who has a role and no e-mail address: BREACHBOT_MAIL_TO has no address for "+sandbox.Dan+" (BREACHBOT_DEPUTY_DPO)")
	env["BREACHBOT_MAIL_TO"] += "," + sandbox.Dan + "=dan@riverside.example"
	says(exitOK, "ok         addresses      look who has a role and no e-mail address: nobody")
	env["BREACHBOT_SMTP_PASSWORD"] = "another"
	says(exitFailed, "failed     mail           greet "+at+" as for a letter, and send none: ")
	if got := smtp.Letters(); len(got) > 0 {
		t.Errorf("it sent %d letters", len(got))
	}
}

// Every trial fails, or warns, in a test of this file: a new one that nobody has seen
// fail proves nothing.
func TestEveryTrialIsSeenToFail(t *testing.T) {
	t.Parallel()
	words, err := os.ReadFile("doctor_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range trials {
		if !strings.Contains(string(words), "\"failed     "+trial.name+" ") && !strings.Contains(string(words), "\"warning    "+trial.name+" ") && trial.name != "time zone" {
			t.Errorf("no test sees %q fail", trial.name)
		}
	}
}
