package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"breachbot/store"
	"breachbot/store/postgres"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// service is the bot's service on a store, by the clock of this test.
func service(s workflow.Journal) *workflow.Service {
	return &workflow.Service{Rules: workflow.DefaultRules(), Journal: s, Now: time.Now}
}

func report(ctx context.Context, s workflow.Journal, key workflow.CommandKey) error {
	_, err := service(s).Report(ctx, key, workflow.SubmitReport{Report: workflow.Report{
		Title: "Letter", What: "Sent to the wrong house.", Detected: time.Now().Add(-time.Hour), Risk: workflow.RiskLow,
	}}, workflow.Actor{User: "U0ANA"})
	return err
}

// readOnly lets a server take changes, or not, in sessions that are there already
// too, as a failover does.
func readOnly(t *testing.T, url, value string) {
	t.Helper()
	if err := exec(url, "SET default_transaction_read_only = off", "ALTER SYSTEM SET default_transaction_read_only = "+value, "SELECT pg_reload_conf()"); err != nil {
		t.Fatal(err)
	}
}

// until waits for the server to follow: a reload takes it a moment.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never %s", what)
		}
	}
}

// A database that has become read-only is not well, though it answers every
// question; when it takes changes again, it is. The trial itself leaves nothing.
func TestReadOnlyIsNotWell(t *testing.T) {
	server := storetest.PrivatePostgres(t)
	s := open(t, server.URL())
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	readOnly(t, server.URL(), "on")
	until(t, "read-only", func() bool { return s.Ping(t.Context()) != nil })
	if err := s.Ping(t.Context()); !errors.Is(err, workflow.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	if _, err := s.Oldest(t.Context(), time.Now()); err != nil {
		t.Errorf("it can still be read: %v", err)
	}
	if _, err := postgres.Open(t.Context(), server.URL(), postgres.Options{Migrate: true}); !errors.Is(err, postgres.ErrReadOnly) {
		t.Errorf("a start: %v", err)
	}
	readOnly(t, server.URL(), "off")
	until(t, "well again", func() bool { return s.Ping(t.Context()) == nil })

	var left int
	conn, err := pgx.Connect(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM settings").Scan(&left); err != nil || left != 0 {
		t.Errorf("the trials left %d rows, %v", left, err)
	}
}

// After a failover the address with both hosts leads to the one that takes changes.
func TestAfterAFailoverTheOtherHostIsFound(t *testing.T) {
	one, two := storetest.PrivatePostgres(t), storetest.PrivatePostgres(t)
	host := func(url string) string {
		_, rest, _ := strings.Cut(url, "@")
		host, _, _ := strings.Cut(rest, "/")
		return host
	}
	open(t, two.URL())
	s := open(t, fmt.Sprintf("postgres://postgres@%s,%s/postgres?sslmode=disable&target_session_attrs=read-write", host(one.URL()), host(two.URL())))
	if err := s.SetSetting(t.Context(), "where", "one"); err != nil {
		t.Fatal(err)
	}
	readOnly(t, one.URL(), "on")
	until(t, "at the other host", func() bool { return s.SetSetting(t.Context(), "where", "two") == nil && s.Ping(t.Context()) == nil })
	if got, err := open(t, two.URL()).Setting(t.Context(), "where"); got != "two" || err != nil {
		t.Errorf("the other host has %q, %v", got, err)
	}
}

// A real change that fails counts, though the trial succeeds; the next one of its
// kind that succeeds ends that.
func TestAFailedChangeIsNotWell(t *testing.T) {
	url := storetest.Postgres(t)
	s := open(t, url)
	if err := exec(url, `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$`,
		"CREATE TRIGGER full_disk BEFORE INSERT ON commands FOR EACH ROW EXECUTE FUNCTION full_disk()"); err != nil {
		t.Fatal(err)
	}
	if err := report(t.Context(), s, "first"); !errors.Is(err, workflow.ErrUnavailable) {
		t.Fatalf("a report: %v", err)
	}
	var failed *store.LastFailed
	if err := s.Ping(t.Context()); !errors.As(err, &failed) || failed.Kind != "append" || !errors.Is(err, workflow.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	if err := exec(url, "DROP TRIGGER full_disk ON commands"); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); !errors.As(err, &failed) {
		t.Errorf("before the next report: %v", err)
	}
	if err := report(t.Context(), s, "first"); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("after the next report: %v", err)
	}
}

// An account that may no longer write events is not well.
func TestATakenRightIsNotWell(t *testing.T) {
	url := storetest.Postgres(t)
	open(t, url)
	clerk := role(t, url, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %s", "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %s")
	s := open(t, clerk.url)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := exec(url, "REVOKE INSERT, UPDATE, DELETE ON events FROM "+clerk.name); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "42501") {
		t.Errorf("ping: %v", err)
	}
}

// An account that may only read can open the store and verify it.
func TestAnAccountThatMayOnlyReadCanVerify(t *testing.T) {
	url := storetest.Postgres(t)
	if err := report(t.Context(), open(t, url), "first"); err != nil {
		t.Fatal(err)
	}
	auditor := role(t, url, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO %s", "ALTER ROLE %s SET default_transaction_read_only = on")
	s, err := postgres.Open(t.Context(), auditor.url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := store.Verify(t.Context(), s, service(s).Rederive); err != nil || got.Broken != nil || got.Incidents != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A database that cannot hold every letter is refused before anything is made.
func TestAnotherEncodingIsRefused(t *testing.T) {
	url := storetest.Postgres(t)
	if err := exec(url, "CREATE DATABASE breachbot_latin1 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { exec(url, "DROP DATABASE breachbot_latin1 WITH (FORCE)") })
	latin := at(url, "breachbot_latin1")
	_, err := postgres.Open(t.Context(), latin, postgres.Options{Migrate: true})
	for _, err := range []error{err, postgres.Migrate(t.Context(), latin)} {
		if !errors.Is(err, postgres.ErrEncoding) || errors.Is(err, workflow.ErrUnavailable) {
			t.Error(err)
		}
	}
	if _, _, err := postgres.Schema(t.Context(), latin); !errors.Is(err, postgres.ErrEncoding) {
		t.Errorf("schema: %v", err)
	}
	if err := exec(latin, "SELECT 1 FROM goose_db_version"); err == nil {
		t.Error("something was made in it")
	}
}

// at is the address of another database of the same server.
func at(address, database string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + database
	return u.String()
}

// account is a role of the server and how it reaches the database.
type account struct{ name, url string }

// role makes an account with these rights, which name it as %s.
func role(t *testing.T, address string, rights ...string) account {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	name := "clerk_of_" + strings.TrimPrefix(u.Path, "/")
	queries := []string{"CREATE ROLE " + name + " LOGIN PASSWORD 'clerk'"}
	for _, r := range rights {
		queries = append(queries, fmt.Sprintf(r, name))
	}
	if err := exec(address, queries...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exec(address, "DROP OWNED BY "+name, "DROP ROLE "+name); err != nil {
			t.Error(err)
		}
	})
	u.User = url.UserPassword(name, "clerk")
	return account{name, u.String()}
}
