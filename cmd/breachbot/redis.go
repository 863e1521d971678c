package main

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"breachbot/store"
)

// redisClient makes a client that gives up soon: Redis saves work, but nobody
// should have to wait for it.
func redisClient(c Config) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(c.RedisURL.Reveal())
	if err != nil {
		return nil, unable{errors.New("REDIS_URL is not a valid address")} // the parser's words would repeat the password
	}
	if c.RedisCA != nil && o.TLSConfig != nil {
		o.TLSConfig.RootCAs = c.RedisCA
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = 2*time.Second, time.Second, time.Second
	o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = 1, 1, true
	redis.SetLogger(silent{}) // it would write a line for every attempt; /readyz and the lock's alarm say it once
	return redis.NewClient(o), nil
}

// silent is a logger that says nothing.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// authority reads the certificates that a server's own must be signed by. Nil stands
// for those that the system trusts.
func (k *checks) authority(variable, path, url string) *x509.CertPool {
	if path == "" {
		return nil
	}
	pem, err := os.ReadFile(path)
	pool := x509.NewCertPool()
	switch {
	case err != nil:
		k.fault(variable, "cannot be read: "+because(err), variable+"="+exampleOf(variable))
	case !pool.AppendCertsFromPEM(pem):
		k.fault(variable, "names a file without a certificate", variable+"="+exampleOf(variable)+", a file that has one in PEM")
	case !strings.HasPrefix(url, "rediss:"):
		k.fault(variable, "is set, but REDIS_URL does not ask for TLS", "an address that begins with rediss://, or no "+variable)
	default:
		return pool
	}
	return nil
}

// redisWatch remembers how what the bot asks of Redis went, and says in the log when
// it begins to fail and when that ends: the lock and the limiter go on without
// Redis, so nobody else would. It is a hook of the client.
type redisWatch struct {
	client redis.UniversalClient
	host   string
	log    *slog.Logger
	acts   store.Acts

	mu   sync.Mutex
	down bool
}

// watchRedis makes the watch of a client.
func watchRedis(c Config, client redis.UniversalClient, log *slog.Logger) *redisWatch {
	w := &redisWatch{client: client, host: hostOf(c.RedisURL), log: log}
	client.AddHook(w)
	return w
}

// What Redis is asked for.
const (
	redisLock  = "lock"
	redisLimit = "limit"
)

// redisAct is what a command is part of; empty for those that only keep the
// connection.
func redisAct(cmd redis.Cmder) string {
	args := cmd.Args()
	at := 1
	if name := cmd.Name(); name == "eval" || name == "evalsha" {
		at = 3
	}
	if at >= len(args) {
		return ""
	}
	key, _ := args[at].(string)
	switch {
	case !strings.HasPrefix(key, redisPrefix):
		return ""
	case strings.HasPrefix(key, redisPrefix+"scheduler"):
		return redisLock
	}
	return redisLimit
}

// redisPrefix begins all our keys, so that an account may be limited to them.
const redisPrefix = "breachbot:"

func (w *redisWatch) note(cmd redis.Cmder, err error) {
	act := redisAct(cmd)
	switch {
	case act == "" || redis.HasErrorPrefix(err, "NOSCRIPT"): // the script is sent then
		return
	case errors.Is(err, redis.Nil):
		err = nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acts.Note(act, err)
	failed := w.acts.Err()
	switch down := failed != nil; {
	case down && !w.down:
		w.log.Error("Redis cannot be used; the bot goes on without the lock and the rate limits that replicas share, and keeps trying",
			"variable", "REDIS_URL", "host", w.host, "why", because(failed), "cure", cureOf(failed, "REDIS_URL"))
		w.down = down
	case !down && w.down:
		w.log.Info("Redis can be used again")
		w.down = down
	}
}

// redisTrouble says what follows from Redis not taking a change.
func redisTrouble(err error) *trouble {
	return troubleWith("REDIS_URL", "the bot goes on without the lock and the rate limits that replicas share", err)
}

// DialHook implements redis.Hook.
func (w *redisWatch) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook.
func (w *redisWatch) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		w.note(cmd, err)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (w *redisWatch) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		for _, cmd := range cmds {
			w.note(cmd, errors.Join(cmd.Err(), ctx.Err()))
		}
		return err
	}
}
