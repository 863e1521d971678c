package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"breachbot/store"
	"breachbot/store/postgres"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

func TestMain(m *testing.M) {
	storetest.Main(m, func(ctx context.Context, address string) (store.Store, error) {
		return postgres.Open(ctx, address, postgres.Options{Migrate: true})
	})
}

func TestStore(t *testing.T) { storetest.Run(t, create) }

func open(t testing.TB, url string) *postgres.Store { return openWith(t, url, 8) }

func openWith(t testing.TB, url string, connections int32) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, postgres.Options{Migrate: true, MaxConns: connections})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func exec(url string, queries ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, q := range queries {
		if _, err := conn.Exec(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func create(t testing.TB) storetest.Database {
	url := storetest.Postgres(t)
	return storetest.Database{
		Address: url,
		Open:    func(t testing.TB) store.Store { return open(t, url) },
		Reopen: func() error {
			s, err := postgres.Open(t.Context(), url, postgres.Options{Migrate: true})
			if err == nil {
				s.Close()
			}
			return err
		},
		Exec: func(query string) error { return exec(url, query) },
		Tamper: func(t testing.TB, query string) {
			t.Helper()
			// As a replica applying changes, Postgres fires no trigger and
			// checks no reference.
			if err := exec(url, "SET session_replication_role = replica", query); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		},
		Columns: func(t testing.TB) map[string][]storetest.Column { return columns(t, url) },
	}
}

func columns(t testing.TB, url string) map[string][]storetest.Column {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `
		SELECT table_name,
		       column_name,
		       data_type
		FROM information_schema.columns
		WHERE table_schema = 'public'
		ORDER BY table_name, ordinal_position`)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string][]storetest.Column{}
	var table, name, kind string
	_, err = pgx.ForEachRow(rows, []any{&table, &name, &kind}, func() error {
		changed := ""
		switch {
		case name == "state":
			changed = "'dropped'"
		case kind == "bytea":
			changed = "set_byte(" + name + ", 0, get_byte(" + name + ", 0) # 1)"
		case kind == "jsonb":
			changed = name + ` || '{"added": 1}'`
		case kind == "boolean":
			changed = "NOT " + name
		case strings.HasPrefix(kind, "timestamp"):
			changed = "coalesce(" + name + ", 'epoch') + interval '1 microsecond'"
		case kind == "smallint" || kind == "integer" || kind == "bigint":
			changed = name + " + 1000"
		default:
			changed = name + " || 'x'"
		}
		tables[table] = append(tables[table], storetest.Column{Name: name, Changed: changed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestTruncateIsRefused(t *testing.T) {
	url := storetest.Postgres(t)
	s := open(t, url)
	if _, _, err := s.Anchor(t.Context(), "2026-07-10", time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"TRUNCATE events CASCADE", "TRUNCATE anchors"} {
		if err := exec(url, q); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", q, err)
		}
	}
}

func TestServerStopped(t *testing.T) {
	t.Parallel()
	server := storetest.PrivatePostgres(t)
	s := open(t, server.URL())
	svc := &workflow.Service{Rules: workflow.DefaultRules(), Journal: s, Now: time.Now}
	r, err := svc.Report(t.Context(), "first", workflow.SubmitReport{Report: workflow.Report{
		Title: "Lost bag", What: "On the bus.", Detected: time.Now().Add(-time.Hour), Risk: workflow.RiskLow,
	}}, workflow.Actor{User: "U0ANA"})
	if err != nil {
		t.Fatal(err)
	}
	claims, err := storetest.Claims(t.Context(), s, "w", time.Now(), time.Minute, 1)
	if err != nil || len(claims) != 1 {
		t.Fatal(claims, err)
	}
	records, err := s.Load(t.Context(), r.Incident.ID)
	if err != nil {
		t.Fatal(err)
	}
	c := svc.Rederive(records)

	server.Stop()
	storetest.Unavailable(t, s, c, claims[0])
	if _, err := postgres.Open(t.Context(), server.URL(), postgres.Options{}); !errors.Is(err, workflow.ErrUnavailable) {
		t.Errorf("open: %v", err)
	}

	server.Start(t)
	got, err := svc.Do(t.Context(), r.Incident.ID, "second", workflow.AddNote{Text: "Found."}, workflow.Actor{User: "U0ANA"})
	if err != nil || got.Incident.Version != 2 {
		t.Errorf("after the restart: %v", err)
	}
	if report, err := store.Verify(t.Context(), s, svc.Rederive); err != nil || report.Broken != nil {
		t.Errorf("after the restart: %v, %v", report.Broken, err)
	}
}

func TestPasswordsStaySecret(t *testing.T) {
	for _, url := range []string{
		"postgres://breachbot:hunter2@127.0.0.1:1/x",
		"postgres://breachbot:hunter2@127.0.0.1:port/x",
		"postgres://breachbot:hunter2@[::1/x",
		"postgres://breachbot:hunter2%zz@db/x",
		"host=127.0.0.1 port=1 user=breachbot password=hunter2",
		"host=127.0.0.1 password=hunter2 sslmode=nonsense",
	} {
		_, err := postgres.Open(t.Context(), url, postgres.Options{})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
	}
}

func TestMigrateSeparately(t *testing.T) {
	url := storetest.Postgres(t)
	var older *store.OlderSchema
	if _, err := postgres.Open(t.Context(), url, postgres.Options{}); !errors.As(err, &older) {
		t.Errorf("open before migrating: %v", err)
	}
	errs := make(chan error)
	for range 3 {
		go func() { errs <- postgres.Migrate(t.Context(), url) }()
	}
	for range 3 {
		if err := <-errs; err != nil {
			t.Errorf("migrate: %v", err)
		}
	}
	s, err := postgres.Open(t.Context(), url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}
