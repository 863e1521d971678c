package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"breachbot/bot/sandbox"
	"breachbot/store/storetest"
)

// says waits until serve has said all of this.
func (s *serving) says(t *testing.T, all ...string) {
	t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		missing := ""
		for _, want := range all {
			if !strings.Contains(s.said.String(), want) {
				missing = want
			}
		}
		if missing == "" {
			return
		}
		select {
		case <-s.said.more:
		case code := <-s.code:
			t.Fatalf("serve ended with %d before it said %q\n%s", code, missing, s.said)
		case <-limit.C:
			t.Fatalf("serve did not say %q\n%s", missing, s.said)
		}
	}
}

// answers asks a path of the address of health until something answers.
func (s *serving) answers(t *testing.T, path string) (int, string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		res, err := http.Get(s.url + path)
		if err != nil {
			continue
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	t.Fatalf("nothing answers at %s\n%s", path, s.said)
	return 0, ""
}

// mute is a server that takes connections and never says a word.
func mute(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String() // the kernel takes the connections
}

func practice(t *testing.T) (*sandbox.Workspace, *sandbox.Server) {
	t.Helper()
	ws := sandbox.New(sandbox.Options{App: slackApp(), NoRateLimits: true})
	ws.Practice()
	server, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return ws, server
}

// Before anything is connected /healthz says that the process is alive and
// /readyz what it waits for. The log says it too, with the host and what happens
// next, and never the password. Asked to stop, it stops, and that is no fault.
func TestReadyzAnswersBeforeAnythingIsConnected(t *testing.T) {
	t.Parallel()
	silent := mute(t)
	for name, tt := range map[string]struct {
		variable, value string
		step, then      string
	}{
		"database": {"DATABASE_URL", "postgres://clerk:geheim@" + silent + "/breachbot?sslmode=disable", "connecting to the database", "ends the start, with exit status 2"},
		"Slack":    {"SLACK_API_URL", "http://" + silent + "/api/", "connecting to Slack", "keeps trying until Slack answers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ws, server := practice(t)
			env := serveEnv(t, ws, server, t.TempDir())
			env[tt.variable] = tt.value
			s := begin(t, env)
			if code, _ := s.answers(t, "/healthz"); code != http.StatusOK {
				t.Errorf("/healthz answers %d", code)
			}
			s.says(t, `"still `+tt.step+`"`, `"host":"`+silent+`"`, tt.then)
			code, body := s.answers(t, "/readyz")
			if code != http.StatusServiceUnavailable || !strings.Contains(body, `"not ready: `+tt.step+`"`) {
				t.Errorf("/readyz answers %d\n%s", code, body)
			}
			if code := s.stop(); code != exitOK {
				t.Errorf("asked to stop while it starts, it ends with %d\n%s", code, s.said)
			}
			if strings.Contains(s.said.String(), "geheim") || strings.Contains(s.said.String(), "clerk") {
				t.Errorf("the log holds the account or its password\n%s", s.said)
			}
		})
	}
}

// Once everything is connected, /readyz asks the checks of a running bot.
func TestReadyzOfAStartedBotNoLongerSpeaksOfTheStart(t *testing.T) {
	ws, server := practice(t)
	s := serveAt(t, ws, server, t.TempDir())
	if code, body := s.answers(t, "/readyz"); code != http.StatusOK || strings.Contains(body, `"start"`) || !strings.Contains(body, `"store"`) {
		t.Errorf("/readyz answers %d\n%s", code, body)
	}
	if code := s.stop(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, s.said)
	}
}

// What cannot be had ends the start at once. One line names the variable, the
// host and the cause, and no secret. Exit status 2 says that it could not run.
func TestServeSaysAtOnceWhatItCannotHave(t *testing.T) {
	t.Parallel()
	taken, closed := mute(t), nobody(t)
	for name, tt := range map[string]struct {
		env  map[string]string
		says string
	}{
		"a taken port": {map[string]string{"BREACHBOT_HTTP_ADDR": taken},
			"BREACHBOT_HTTP_ADDR: listen at " + taken + ": it is taken by another program, or by another breachbot"},
		"no database there": {map[string]string{"DATABASE_URL": "postgres://clerk:geheim@" + closed + "/register?sslmode=disable"},
			"DATABASE_URL: Postgres at " + closed + "/register: nothing listens there (connection refused)"},
		"a refused bot token": {map[string]string{"SLACK_BOT_TOKEN": "xoxb-geheim"},
			"SLACK_BOT_TOKEN: Slack refuses this token: invalid_auth"},
		"a refused app-level token": {map[string]string{"SLACK_APP_TOKEN": "xapp-geheim"},
			"SLACK_APP_TOKEN: Slack refuses this token: invalid_auth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ws, server := practice(t)
			env := serveEnv(t, ws, server, t.TempDir())
			for variable, value := range tt.env {
				env[variable] = value
			}
			s := begin(t, env)
			if code := <-s.code; code != exitUnable || !strings.HasSuffix(s.said.String(), "breachbot serve: "+tt.says+"\n") {
				t.Errorf("exit code %d, want %q\n%s", code, tt.says, s.said)
			}
			if strings.Contains(s.said.String(), "geheim") || strings.Contains(s.said.String(), ws.BotToken) {
				t.Errorf("it says a secret\n%s", s.said)
			}
		})
	}
}

// A real PostgreSQL without the database that is named says so in plain words.
func TestServeNamesARefusedDatabaseName(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	address := storetest.Postgres(t)
	env["DATABASE_URL"] = strings.Replace(address, "?", "_of_nobody?", 1)
	if !strings.Contains(address, "?") {
		env["DATABASE_URL"] = address + "_of_nobody"
	}
	s := begin(t, env)
	if code := <-s.code; code != exitUnable || !strings.Contains(s.said.String(), "it has no database of this name") {
		t.Errorf("exit code %d\n%s", code, s.said)
	}
}

// Slack that cannot be reached is waited for: after a power cut nobody should
// have to start the bot by hand. Redis is done without.
func TestServeNamesWhatItWaitsForAndWhatItDoesWithout(t *testing.T) {
	t.Parallel()
	closed := nobody(t)
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	env["SLACK_API_URL"] = "http://" + closed + "/api/"
	s := begin(t, env)
	s.says(t, "no connection to Slack yet; trying again", `"host":"`+closed+`"`, "nothing listens there (connection refused)")
	if code := s.stop(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, s.said)
	}

	env = serveEnv(t, ws, server, t.TempDir())
	env["REDIS_URL"] = "redis://:geheim@" + closed + "/0"
	s = begin(t, env)
	s.says(t, "Redis cannot be used yet; the bot goes on without", `"host":"`+closed+`"`, "nothing listens there (connection refused)", `"msg":"serving"`)
	if code := s.stop(); code != exitOK || strings.Contains(s.said.String(), "geheim") {
		t.Errorf("exit code %d, or a secret\n%s", code, s.said)
	}
}

// redisWithAPassword is the address of a Redis that wants a password, without it.
func redisWithAPassword(t *testing.T) string {
	t.Helper()
	address := storetest.PrivateRedis(t).URL()
	o, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(o)
	defer client.Close()
	if err := client.ConfigSet(t.Context(), "requirepass", "another").Err(); err != nil {
		t.Fatal(err)
	}
	return address
}

// Redis that wants another password is said as that, by a real Redis.
func TestServeNamesARefusedRedisPassword(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	address := redisWithAPassword(t)
	env["REDIS_URL"] = strings.Replace(address, "redis://", "redis://:geheim@", 1)
	s := begin(t, env)
	s.says(t, "Redis cannot be used yet", "it refuses this password, or wants one", `"msg":"serving"`)
	if code := s.stop(); code != exitOK || strings.Contains(s.said.String(), "geheim") {
		t.Errorf("exit code %d, or a secret\n%s", code, s.said)
	}
}
