package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
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

// ends waits until serve ends by itself and gives its exit code.
func (s *serving) ends(t *testing.T) int {
	t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	select {
	case code := <-s.code:
		return code
	case <-limit.C:
		t.Fatalf("serve did not end\n%s", s.said)
		return 0
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
		"database": {"DATABASE_URL", "postgres://clerk:geheim@" + silent + "/breachbot?sslmode=disable", "connecting to the database", "it keeps trying"},
		"Slack":    {"SLACK_API_URL", "http://" + silent + "/api/", "connecting to Slack", "it keeps trying"},
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

// What waiting does not cure ends the start at once. One line names the variable,
// the host, the cause and the cure, and no secret. Exit status 2 says that somebody
// has to change something.
func TestServeSaysAtOnceWhatItCannotHave(t *testing.T) {
	t.Parallel()
	taken := mute(t)
	empty, foreign, file, odd := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "file"), strings.Repeat("words", 100)
	if err := errors.Join(os.WriteFile(filepath.Join(empty, databaseFile), nil, 0o600), os.WriteFile(filepath.Join(foreign, databaseFile), []byte(odd), 0o600), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		env  map[string]string
		says string
	}{
		"a taken port": {map[string]string{"BREACHBOT_HTTP_ADDR": taken},
			"BREACHBOT_HTTP_ADDR: listen at " + taken + ": it is taken by another program, or by another breachbot. To put it right: end that one, or put another port into BREACHBOT_HTTP_ADDR"},
		"an empty file": {map[string]string{"BREACHBOT_DATA": empty},
			"BREACHBOT_DATA: " + filepath.Join(empty, databaseFile) + ": it is an empty file, so the register that was there is missing. To put it right: put the newest backup in its place; delete it only if there has never been a register here"},
		"a file of something else": {map[string]string{"BREACHBOT_DATA": foreign},
			"BREACHBOT_DATA: " + filepath.Join(foreign, databaseFile) + ": it is not a database of breachbot. To put it right: correct BREACHBOT_DATA, or put the newest backup in its place"},
		"no folder": {map[string]string{"BREACHBOT_DATA": file},
			"BREACHBOT_DATA: " + filepath.Join(file, databaseFile) + ": it is not a folder. To put it right: put a folder into BREACHBOT_DATA"},
		"a refused bot token": {map[string]string{"SLACK_BOT_TOKEN": "xoxb-geheim"},
			"SLACK_BOT_TOKEN: Slack refuses this token: invalid_auth. To put it right: put the app's present token into SLACK_BOT_TOKEN and restart"},
		"a refused app-level token": {map[string]string{"SLACK_APP_TOKEN": "xapp-geheim"},
			"SLACK_APP_TOKEN: Slack refuses this token: invalid_auth. To put it right: put the app's present token into SLACK_APP_TOKEN and restart"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ws, server := practice(t)
			env := serveEnv(t, ws, server, t.TempDir())
			for variable, value := range tt.env {
				env[variable] = value
			}
			s := begin(t, env)
			if code := s.ends(t); code != exitUnable || !strings.HasSuffix(s.said.String(), "breachbot serve: "+tt.says+"\n") {
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
	if code := s.ends(t); code != exitUnable || !strings.Contains(s.said.String(), "it has no database of this name") {
		t.Errorf("exit code %d\n%s", code, s.said)
	}
}

// A database that is not there yet is waited for, like Slack: after a power cut
// nobody should have to start the bot by hand. Meanwhile the process is alive and not
// ready, and says the cause and the cure; when the database comes, it serves.
func TestServeWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	db := storetest.PrivatePostgres(t)
	db.Stop()
	env := serveEnv(t, ws, server, t.TempDir())
	env["DATABASE_URL"] = strings.Replace(db.URL(), "postgres@", "postgres:geheim@", 1)
	s := begin(t, env)
	s.says(t, `"not ready yet; trying again"`, `"host":"`+hostOf(NewSecret(db.URL()))+`"`, "nothing listens there (connection refused)")
	if code, _ := s.answers(t, "/healthz"); code != http.StatusOK {
		t.Errorf("/healthz answers %d", code)
	}
	if code, body := s.answers(t, "/readyz"); code != http.StatusServiceUnavailable ||
		!strings.Contains(body, "not ready: connecting to the database: nothing listens there (connection refused)") ||
		!strings.Contains(body, "start it, or correct its address in DATABASE_URL") {
		t.Errorf("/readyz answers %d\n%s", code, body)
	}
	db.Start(t)
	s.isReady(t)
	if code := s.stop(); code != exitOK || strings.Contains(s.said.String(), "geheim") {
		t.Errorf("exit code %d, or a secret\n%s", code, s.said)
	}
}

// A second process on one file waits for the first to end, and then takes over.
func TestServeWaitsForTheProcessBeforeIt(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	data := t.TempDir()
	first := serveAt(t, ws, server, data)
	second := begin(t, serveEnv(t, ws, server, data))
	second.says(t, `"not ready yet; trying again"`, "another breachbot uses it")
	if code := first.stop(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, first.said)
	}
	second.isReady(t)
	if code := second.stop(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, second.said)
	}
}

// What PostgreSQL will never be able to keep is refused, with what to do instead.
func TestServeRefusesAnotherEncoding(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	db := storetest.PrivatePostgres(t)
	conn, err := pgx.Connect(t.Context(), db.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	env["DATABASE_URL"] = strings.Replace(db.URL(), "/postgres?", "/latin?", 1)
	s := begin(t, env)
	if code := s.ends(t); code != exitUnable || !strings.Contains(s.said.String(), "its encoding is not UTF8") || !strings.Contains(s.said.String(), "createdb --encoding=UTF8") {
		t.Errorf("exit code %d\n%s", code, s.said)
	}
}

// Slack that cannot be reached is waited for. Redis is done without.
func TestServeNamesWhatItWaitsForAndWhatItDoesWithout(t *testing.T) {
	t.Parallel()
	closed := nobody(t)
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	env["SLACK_API_URL"] = "http://" + closed + "/api/"
	s := begin(t, env)
	s.says(t, "not ready yet; trying again", `"host":"`+closed+`"`, "nothing listens there (connection refused)")
	if code := s.stop(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, s.said)
	}

	env = serveEnv(t, ws, server, t.TempDir())
	env["REDIS_URL"] = "redis://:geheim@" + closed + "/0"
	s = begin(t, env)
	s.says(t, "Redis cannot be used; the bot goes on without", `"host":"`+closed+`"`, "nothing listens there (connection refused)", `"msg":"serving"`)
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
	s.says(t, "Redis cannot be used", "it refuses this password, or wants one", `"msg":"serving"`)
	if code := s.stop(); code != exitOK || strings.Contains(s.said.String(), "geheim") {
		t.Errorf("exit code %d, or a secret\n%s", code, s.said)
	}
}
