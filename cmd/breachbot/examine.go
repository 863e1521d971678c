package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"breachbot/bot"
	"breachbot/scheduler"
	"breachbot/store"
	"breachbot/store/postgres"
	"breachbot/store/sqlite"
	"breachbot/workflow"
)

// trial is one thing that must be so for serve to do its job, and that can be
// found out without serving. It changes nothing that a bot at work would notice.
type trial struct {
	name  string
	needs []string // variables without which it cannot be tried
	tried func(Config) string
	run   func(context.Context, *examination) (found string, err error)
}

// trials are in the order in which serve needs them.
var trials = []trial{
	{"address", []string{"BREACHBOT_HTTP_ADDR"}, func(c Config) string { return "listen at " + c.HTTPAddr }, tryAddress},
	{"database", []string{"DATABASE_URL", "BREACHBOT_DATA"}, func(c Config) string { return "connect to " + c.StoreName() + " and read the version of its schema" }, tryDatabase},
	{"redis", []string{"REDIS_URL"}, redisTried, tryRedis},
	{"bot token", []string{"SLACK_BOT_TOKEN", "SLACK_API_URL"}, func(c Config) string { return "ask " + c.slackHost() + " who SLACK_BOT_TOKEN belongs to" }, tryBotToken},
	{"scopes", []string{"SLACK_BOT_TOKEN", "SLACK_API_URL"}, func(Config) string { return "compare the scopes of SLACK_BOT_TOKEN with those the manifest asks for" }, tryScopes},
	{"app token", []string{"SLACK_APP_TOKEN", "SLACK_API_URL"}, func(c Config) string { return "ask " + c.slackHost() + " for a connection with SLACK_APP_TOKEN" }, tryAppToken},
	{"people", []string{"SLACK_BOT_TOKEN", "SLACK_API_URL"}, func(Config) string { return "look up everybody who has a role" }, tryPeople},
	{"roles", nil, func(Config) string { return "look for one person in several roles" }, tryRoles},
}

// trialTimeout limits one trial. All run side by side, so it limits the whole.
const trialTimeout = 6 * time.Second

// What may come of a trial besides success and failure.
type (
	warning  string // serve works, and somebody should know
	notTried string // something else must be put right first
)

func (w warning) Error() string  { return string(w) }
func (n notTried) Error() string { return string(n) }

// examination is what the trials share.
type examination struct {
	config Config
	bot    *bot.Bot
	app    *bot.Bot     // the same, for a trial that does not wait until Slack has said who we are
	greet  func() error // asks Slack once who we are
}

func newExamination(ctx context.Context, c Config, p process) *examination {
	options := bot.Options{
		BotToken: c.BotToken.Reveal(), AppToken: c.AppToken.Reveal(), APIURL: c.SlackAPIURL, Teams: c.Teams, Scopes: scopeNames(),
		Service: &workflow.Service{Rules: c.Rules, Now: p.Now}, Limiter: bot.NewLocal(time.Now), Now: p.Now, Log: slog.New(slog.DiscardHandler),
	}
	e := &examination{config: c, bot: bot.New(options), app: bot.New(options)}
	e.greet = sync.OnceValue(func() error {
		ctx, cancel := context.WithTimeout(ctx, trialTimeout)
		defer cancel()
		return e.bot.Connect(ctx)
	})
	return e
}

// examine tries everything, says of each what was tried and what came of it, and
// leaves out what the faults of the configuration make impossible. The error is
// those faults, or says how much failed.
func examine(ctx context.Context, p process) error {
	c, faults, err := readConfig(ctx, p.Env)
	if err != nil {
		return err
	}
	configured := error(nil)
	if len(faults) > 0 {
		configured = fmt.Errorf("%s, listed below", count(len(faults), "fault"))
	}
	writeTrial(p.Stdout, "configuration", "read the environment", "every variable is right", configured)

	e := newExamination(ctx, c, p)
	type outcome struct {
		tried, found string
		err          error
	}
	done := make([]chan outcome, len(trials))
	for n, t := range trials {
		done[n] = make(chan outcome, 1)
		if f := slices.IndexFunc(faults, func(f Fault) bool { return slices.Contains(t.needs, f.Variable) }); f >= 0 {
			done[n] <- outcome{tried: faults[f].Variable, err: notTried("it must be put right first")}
			continue
		}
		go func() {
			ctx, cancel := context.WithTimeout(ctx, trialTimeout)
			defer cancel()
			found, err := t.run(ctx, e)
			done[n] <- outcome{t.tried(c), found, err}
		}()
	}
	failed := 0
	for n, t := range trials {
		o := <-done[n]
		writeTrial(p.Stdout, t.name, o.tried, o.found, o.err)
		if o.err != nil && !as[warning](o.err) {
			failed++
		}
	}
	switch {
	case ctx.Err() != nil:
		return unable{errors.New("the check was stopped")}
	case len(faults) > 0:
		return faults
	case failed > 0:
		return fmt.Errorf("%s of %d did not succeed", count(failed, "check"), len(trials)+1)
	}
	return nil
}

// writeTrial writes the line of a trial; each further line of a warning gets a
// line of its own.
func writeTrial(w io.Writer, name, tried, found string, err error) {
	state := "ok"
	switch {
	case as[warning](err):
		state = "warning"
	case as[notTried](err):
		state = "not tried"
	case err != nil:
		state = "failed"
	}
	if err != nil {
		found = err.Error()
	}
	for line := range strings.SplitSeq(found, "\n") {
		fmt.Fprintf(w, "%-9s  %-13s  %s: %s\n", state, name, tried, line)
	}
}

func tryAddress(ctx context.Context, e *examination) (string, error) {
	l, err := listenHealth(ctx, e.config.HTTPAddr)
	if err != nil {
		return "", errors.New(because(err))
	}
	return "free", l.Close()
}

func tryDatabase(ctx context.Context, e *examination) (string, error) {
	c := e.config
	var found, known int64
	var err error
	if c.DatabaseURL.Set() {
		found, known, err = postgres.Schema(ctx, c.DatabaseURL.Reveal())
	} else {
		found, known, err = sqlite.Schema(ctx, filepath.Join(c.Data, databaseFile))
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is none yet; serve makes it", mayMake(c.Data)
	case err != nil:
		return "", errors.New(because(err))
	case found > known:
		return "", errors.New(because(&store.NewerSchema{Found: found, Known: known}))
	case found < known:
		return fmt.Sprintf("version %d; serve brings it up to version %d", found, known), nil
	}
	return fmt.Sprintf("version %d, which is this program's", found), nil
}

// mayMake tells whether the embedded store could be made: whether the folder, or
// the nearest one above that exists, can be written to.
func mayMake(folder string) error {
	for {
		info, err := os.Stat(folder)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s is not a folder", folder)
		}
		if err == nil {
			break
		}
		if above := filepath.Dir(folder); !errors.Is(err, fs.ErrNotExist) || above == folder {
			return errors.New(because(err))
		} else {
			folder = above
		}
	}
	f, err := os.CreateTemp(folder, ".breachbot-check-")
	if err != nil {
		return fmt.Errorf("%s cannot be written to: %s", folder, because(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func redisTried(c Config) string {
	if !c.RedisURL.Set() {
		return "REDIS_URL"
	}
	return "take a lock at " + hostOf(c.RedisURL) + " and give it back"
}

func tryRedis(ctx context.Context, e *examination) (string, error) {
	if !e.config.RedisURL.Set() {
		return "not set; the lock and the rate limits are inside the one process", nil
	}
	client, err := redisClient(e.config)
	if err != nil {
		return "", err
	}
	defer client.Close()
	if err := scheduler.NewRedisLocker(client, 0).Try(ctx); err != nil {
		return "", errors.New(because(err))
	}
	return "it can lock", nil
}

func tryBotToken(_ context.Context, e *examination) (string, error) {
	if err := e.greet(); err != nil && !as[bot.MissingScopes](err) {
		return "", errors.New(because(err))
	}
	return "accepted", nil
}

func tryScopes(_ context.Context, e *examination) (string, error) {
	err := e.greet()
	switch {
	case as[bot.MissingScopes](err):
		return "", err
	case err != nil:
		return "", notTried("SLACK_BOT_TOKEN was not accepted")
	}
	return fmt.Sprintf("all %d are there", len(botScopes)), nil
}

func tryAppToken(ctx context.Context, e *examination) (string, error) {
	if err := e.app.MayConnect(ctx); err != nil {
		return "", errors.New(because(err))
	}
	return "accepted", nil
}

func tryPeople(ctx context.Context, e *examination) (string, error) {
	if e.greet() != nil {
		return "", notTried("SLACK_BOT_TOKEN was not accepted, or lacks scopes")
	}
	r := &roster{holders: e.config.Roster, bot: e.bot, log: slog.New(slog.DiscardHandler)}
	r.look(ctx)
	if ctx.Err() != nil {
		return "", errors.New(because(ctx.Err()))
	}
	if t := r.check(ctx); t != nil {
		return "", t
	}
	return "all are there", nil
}

func tryRoles(_ context.Context, e *examination) (string, error) {
	var lines []string
	for _, o := range ownReports(e.config.Rules) {
		lines = append(lines, o.String())
	}
	if len(lines) > 0 {
		return "", warning(strings.Join(lines, "\n"))
	}
	return "there is none; who is in user groups was not looked at", nil
}
