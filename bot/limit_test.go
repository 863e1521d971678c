package bot_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"breachbot/bot"
	"breachbot/store/storetest"
)

// An allowance of one an hour: whoever comes second waits too long for any test.
func once(name string) bot.Budget { return bot.Budget{Name: name, Every: time.Hour, Burst: 1} }

func allowed(t *testing.T, l bot.Limiter, b bot.Budget) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	return l.Wait(ctx, b) == nil
}

// Replicas share what Slack allows the app; and when Redis cannot be asked, each
// goes on within its own limit, for a reminder must not wait for Redis.
func TestReplicasShareTheirAllowance(t *testing.T) {
	t.Parallel()
	server := storetest.PrivateRedis(t)
	replica := func() bot.Limiter {
		o, err := redis.ParseURL(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = 1, 1, true
		client := redis.NewClient(o)
		t.Cleanup(func() { _ = client.Close() })
		return bot.NewShared(client)
	}
	a, b := replica(), replica()
	if !allowed(t, a, once("post/C1")) {
		t.Error("the first call was held back")
	}
	if allowed(t, b, once("post/C1")) {
		t.Error("the other replica used the same allowance again")
	}
	if !allowed(t, b, once("post/C2")) {
		t.Error("another channel was held back")
	}
	server.Stop()
	if !allowed(t, a, once("post/C3")) || !allowed(t, b, once("post/C3")) {
		t.Error("without Redis a replica was held back")
	}
	if allowed(t, a, once("post/C3")) {
		t.Error("without Redis nothing was held back")
	}
}
