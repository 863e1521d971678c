package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"breachbot/bot"
	"breachbot/scheduler"
	"breachbot/store/storetest"
)

// certificates are those of a private authority and of a server at 127.0.0.1.
type certificates struct{ file, server, key string }

func newAuthority(t *testing.T) certificates {
	t.Helper()
	folder := t.TempDir()
	c := certificates{filepath.Join(folder, "ca.pem"), filepath.Join(folder, "server.pem"), filepath.Join(folder, "server.key")}
	write := func(path, kind string, der []byte, err error) {
		if err := errors.Join(err, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Riverside authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "redis"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, key.Public(), key)
	write(c.file, "CERTIFICATE", der, err)
	der, err = x509.CreateCertificate(rand.Reader, server, authority, key.Public(), key)
	write(c.server, "CERTIFICATE", der, err)
	der, err = x509.MarshalPKCS8PrivateKey(key)
	write(c.key, "PRIVATE KEY", der, err)
	return c
}

// watchedRedis is a client as serve has it, with what it says in the log.
func watchedRedis(t *testing.T, c Config) (*redisWatch, *output) {
	t.Helper()
	client, err := redisClient(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	said := &output{}
	return watchRedis(c, client, slog.New(slog.NewTextHandler(said, nil))), said
}

// A Redis that answers and takes no changes is not well: /readyz and the log say why
// and what to do, and when it is put right that is said too.
func TestRedisThatTakesNoChangesIsSaid(t *testing.T) {
	t.Parallel()
	server := storetest.PrivateRedis(t)
	o, err := redis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	admin := redis.NewClient(o)
	defer admin.Close()
	_, port, err := net.SplitHostPort(nobody(t))
	if err != nil {
		t.Fatal(err)
	}
	w, said := watchedRedis(t, Config{RedisURL: NewSecret(server.URL())})
	check := redisCheck(w).Func
	if found := check(t.Context()); found != nil {
		t.Fatal(found)
	}
	for name, tt := range map[string]struct {
		begin, end   []any
		cause, cures string
	}{
		"full memory":         {[]any{"CONFIG", "SET", "maxmemory", "1"}, []any{"CONFIG", "SET", "maxmemory", "0"}, "its memory is full", "maxmemory"},
		"no replicas":         {[]any{"CONFIG", "SET", "min-replicas-to-write", "1"}, []any{"CONFIG", "SET", "min-replicas-to-write", "0"}, "too few of its replicas", "min-replicas-to-write"},
		"a replica":           {[]any{"REPLICAOF", "127.0.0.1", port}, []any{"REPLICAOF", "NO", "ONE"}, "it is a replica", "REDIS_URL"},
		"another key pattern": {[]any{"ACL", "SETUSER", "default", "resetkeys", "~other:*"}, []any{"ACL", "SETUSER", "default", "allkeys"}, "this account may not do that", "breachbot:"},
	} {
		before := len(said.String())
		if err := admin.Do(t.Context(), tt.begin...).Err(); err != nil {
			t.Fatal(name, err)
		}
		if found := check(t.Context()); found == nil || !strings.Contains(found.cause, tt.cause) || !strings.Contains(found.cure, tt.cures) {
			t.Errorf("%s: /readyz says %v", name, found)
		}
		if log := said.String()[before:]; strings.Count(log, "Redis cannot be used") != 1 || !strings.Contains(log, tt.cause) {
			t.Errorf("%s: the log says %q", name, log)
		}
		if err := admin.Do(t.Context(), tt.end...).Err(); err != nil {
			t.Fatal(name, err)
		}
		if found := check(t.Context()); found != nil {
			t.Errorf("after %s: %v", name, found)
		}
		if !strings.HasSuffix(said.String(), "msg=\"Redis can be used again\"\n") {
			t.Errorf("after %s the log says %q", name, said)
		}
	}
}

// What the scheduler and the limiter failed to do counts, though nobody looked at
// the time; and each of the two only ends its own.
func TestWhatFailedInRedisCounts(t *testing.T) {
	t.Parallel()
	server := storetest.PrivateRedis(t)
	w, said := watchedRedis(t, Config{RedisURL: NewSecret(server.URL())})
	locker := scheduler.NewRedisLocker(w.client, 0)
	server.Stop()
	if _, _, err := locker.Lock(t.Context()); err == nil {
		t.Fatal("a lock without Redis")
	}
	limited(t, w)
	if w.acts.Err() == nil || strings.Count(said.String(), "Redis cannot be used") != 1 {
		t.Errorf("the watch knows %v and said %q", w.acts.Err(), said)
	}
	server.Start(t)
	_, release, err := locker.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release()
	if w.acts.Err() == nil {
		t.Error("a lock made up for the limiter")
	}
	limited(t, w)
	if err := w.acts.Err(); err != nil {
		t.Errorf("when both work again: %v", err)
	}
}

// limited takes a call from the shared limiter.
func limited(t *testing.T, w *redisWatch) {
	t.Helper()
	bot.NewShared(w.client, time.Now).Take(t.Context(), bot.Caller{}, bot.Budget{Name: "test", Calls: 1, Window: time.Millisecond})
}

// An account that may only touch keys with our prefix, and only with the commands
// that the README lists, is enough.
func TestAnAccountOfRedisWithOurPrefixIsEnough(t *testing.T) {
	t.Parallel()
	server := storetest.PrivateRedis(t)
	o, err := redis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	admin := redis.NewClient(o)
	defer admin.Close()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rule, _ := strings.Cut(string(readme), "`ACL SETUSER breachbot ")
	rule, _, found := strings.Cut(rule, "`")
	if !found {
		t.Fatal("the README does not say how to make the account")
	}
	args := []any{"ACL", "SETUSER", "breachbot"}
	for _, word := range strings.Fields(strings.Replace(rule, "PASSWORD", "geheim", 1)) {
		args = append(args, word)
	}
	if err := admin.Do(t.Context(), args...).Err(); err != nil {
		t.Fatal(err)
	}
	w, said := watchedRedis(t, Config{RedisURL: NewSecret(strings.Replace(server.URL(), "redis://", "redis://breachbot:geheim@", 1))})
	if found := redisCheck(w).Func(t.Context()); found != nil {
		t.Error(found)
	}
	_, release, err := scheduler.NewRedisLocker(w.client, 0).Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release()
	limited(t, w)
	if said.String() != "" || w.acts.Err() != nil {
		t.Errorf("%v, %s", w.acts.Err(), said)
	}
	if err := w.client.Set(t.Context(), "other", "x", 0).Err(); !redis.HasErrorPrefix(err, "NOPERM") {
		t.Errorf("it may touch other keys: %v", err)
	}
}

// A Redis whose certificate a private authority signed is trusted when that is
// named, and only then.
func TestRedisWithACertificateOfAPrivateAuthority(t *testing.T) {
	t.Parallel()
	made := newAuthority(t)
	address := nobody(t)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	storetest.PrivateRedis(t, "--tls-port", port, "--tls-cert-file", made.server, "--tls-key-file", made.key, "--tls-ca-cert-file", made.file, "--tls-auth-clients", "no")
	env := enough("REDIS_URL=rediss://"+address+"/0", "REDIS_CA_FILE="+made.file)
	c, err := loadConfig(t.Context(), env, needAll)
	if err != nil {
		t.Fatal(err)
	}
	w, _ := watchedRedis(t, c)
	if found := redisCheck(w).Func(t.Context()); found != nil {
		t.Error(found)
	}
	c.RedisCA = nil
	w, _ = watchedRedis(t, c)
	if found := redisCheck(w).Func(t.Context()); found == nil || !strings.Contains(found.cause, "its certificate is not trusted here") || !strings.Contains(found.cure, "REDIS_URL") {
		t.Errorf("without it: %v", found)
	}
}
