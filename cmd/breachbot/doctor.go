package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"breachbot/bot"
	"breachbot/store"
	"breachbot/store/postgres"
	"breachbot/store/sqlite"
	"breachbot/workflow"
)

func doctor(ctx context.Context, p process, args []string) error {
	f := flags(p, "doctor", "doctor", doctorAbout)
	if err := parse(f, args); err != nil {
		return err
	}
	return examine(ctx, p)
}

const doctorAbout = `
Tries everything that breachbot needs, side by side and within seconds, and says of
each what was tried and what came of it or what to do. It serves nothing, leaves
nothing behind and shows no secret. It can run before the first start and beside a
bot at work.

The exit code is 0 when all is well, also with warnings; 1 when something failed;
2 when the configuration is wrong.`

// trial is one thing that must be so for breachbot to do its job, and that can be
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
	{"database", storeVariables, func(c Config) string { return "connect to " + c.StoreName() + " and read the version of its schema" }, tryDatabase},
	{"writing", storeVariables, func(Config) string { return "make a change in the database and take it back" }, tryWriting},
	{"redis", []string{"REDIS_URL"}, redisTried, tryRedis},
	{"bot token", botVariables, func(c Config) string { return "ask " + c.slackHost() + " who SLACK_BOT_TOKEN belongs to" }, tryBotToken},
	{"scopes", botVariables, func(Config) string { return "compare the scopes of SLACK_BOT_TOKEN with those the manifest asks for" }, tryScopes},
	{"app token", []string{"SLACK_APP_TOKEN", "SLACK_API_URL"}, func(c Config) string { return "ask " + c.slackHost() + " for a connection with SLACK_APP_TOKEN" }, tryAppToken},
	{"channels", append(slices.Clone(storeVariables), botVariables...), func(Config) string { return "look whether Slack lets the app create private channels" }, tryChannels},
	{"people", botVariables, func(Config) string { return "look up everybody who has a role" }, tryPeople},
	{"roles", nil, func(Config) string { return "look for one person in several roles" }, tryRoles},
	{"clock", botVariables, func(c Config) string { return "compare the clock of this machine with that of " + c.slackHost() }, tryClock},
	{"time zone", []string{"BREACHBOT_TIMEZONE"}, func(Config) string { return "tell the time where the organisation is" }, tryZone},
	{"mail", mailVariables, mailTried, tryMail},
	{"addresses", append(slices.Clone(mailVariables), "BREACHBOT_DPO", "BREACHBOT_DEPUTY_DPO"), func(Config) string { return "look who has a role and no e-mail address" }, tryAddresses},
	{"sign of life", []string{"BREACHBOT_PING_URL"}, pingTried, tryPing},
	{"secrets", nil, func(Config) string { return "look who may read the files with secrets" }, trySecrets},
}

// The variables that several trials need.
var (
	storeVariables = []string{"DATABASE_URL", "BREACHBOT_DATA"}
	botVariables   = []string{"SLACK_BOT_TOKEN", "SLACK_API_URL"}
	mailVariables  = []string{"BREACHBOT_SMTP_HOST", "BREACHBOT_SMTP_PORT", "BREACHBOT_SMTP_TLS", "BREACHBOT_SMTP_USER", "BREACHBOT_SMTP_PASSWORD", "BREACHBOT_SMTP_CA", "BREACHBOT_MAIL_FROM", "BREACHBOT_MAIL_TO"}
)

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
	env    map[string]string
	now    func() time.Time
	bot    *bot.Bot
	app    *bot.Bot     // the same, for a trial that does not wait until Slack has said who we are
	greet  func() error // asks Slack once who we are
}

func newExamination(ctx context.Context, c Config, p process) *examination {
	options := bot.Options{
		BotToken: c.BotToken.Reveal(), AppToken: c.AppToken.Reveal(), APIURL: c.SlackAPIURL, Teams: c.Teams, Scopes: scopeNames(),
		Service: &workflow.Service{Rules: c.Rules, Now: p.Now}, Limiter: bot.NewLocal(time.Now), Now: p.Now, Log: slog.New(slog.DiscardHandler),
	}
	e := &examination{config: c, env: p.Env, now: p.Now, bot: bot.New(options), app: bot.New(options)}
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
		if f := slices.IndexFunc(faults, func(f Fault) bool { return slices.Contains(t.needs, secretOf(f.Variable)) }); f >= 0 {
			done[n] <- outcome{tried: faults[f].Variable, err: notTried("it must be put right first")}
			continue
		}
		go func() {
			ctx, cancel := context.WithTimeout(ctx, trialTimeout)
			defer cancel()
			found, err := t.within(ctx, e)
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

// within runs the trial until ctx ends. One that ignores ctx, or panics, has failed
// and keeps nobody waiting.
func (t trial) within(ctx context.Context, e *examination) (string, error) {
	type outcome struct {
		found string
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() {
			if recover() != nil {
				done <- outcome{err: &trouble{"the trial itself broke", "report this as a fault of breachbot"}}
			}
		}()
		found, err := t.run(ctx, e)
		done <- outcome{found, err}
	}()
	select {
	case o := <-done:
		return o.found, o.err
	case <-ctx.Done():
		return "", &trouble{fmt.Sprintf("no answer within %s", trialTimeout), "look whether it is up and not overloaded"}
	}
}

// wrong is the trouble with something outside the program that a variable names.
func wrong(variable string, err error) error { return &trouble{because(err), cureOf(err, variable)} }

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
	if err == nil {
		return "free", l.Close()
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	answer, asked := askHealth(ctx, e.config.HTTPAddr)
	switch {
	case asked != nil:
		return "", wrong("BREACHBOT_HTTP_ADDR", err)
	case !answer.Ready:
		var not []string
		for _, c := range answer.Checks {
			if c.State != "ok" {
				not = append(not, c.Name)
			}
		}
		return "", &trouble{"the breachbot at work there is not well: " + strings.Join(not, ", "), "breachbot health says what to do"}
	}
	return "", warning("a breachbot is at work there, and well; a second one cannot listen there")
}

func tryDatabase(ctx context.Context, e *examination) (string, error) {
	found, known, err := e.schema(ctx)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is none yet; serve makes it", mayMake(e.config.Data)
	case errors.Is(err, sqlite.ErrInUse):
		return "", warning("a breachbot is at work with it; a second one cannot start")
	case err != nil:
		return "", wrong(e.config.storeVariable(), err)
	case found > known:
		return "", &trouble{fmt.Sprintf("its schema has version %d, and this program knows versions up to %d", found, known), "run the newer breachbot, or restore a backup from before the upgrade"}
	case found < known:
		return fmt.Sprintf("version %d; serve brings it up to version %d", found, known), nil
	}
	return fmt.Sprintf("version %d, which is this program's", found), nil
}

// schema is the version of the database's schema, and the one this program knows.
func (e *examination) schema(ctx context.Context) (found, known int64, err error) {
	if c := e.config; c.DatabaseURL.Set() {
		return postgres.Schema(ctx, c.DatabaseURL.Reveal())
	}
	return sqlite.Schema(ctx, filepath.Join(e.config.Data, databaseFile))
}

func tryWriting(ctx context.Context, e *examination) (string, error) {
	found, known, err := e.schema(ctx)
	switch {
	case errors.Is(err, sqlite.ErrInUse):
		return "the breachbot at work with it does so all the time", nil
	case err == nil && found < known, errors.Is(err, fs.ErrNotExist):
		return "to be seen once serve has made its tables", nil
	case err != nil || found > known:
		return "", notTried("the database cannot be used")
	}
	s, err := openStore(ctx, e.config, slog.New(slog.DiscardHandler)) // its schema is there: nothing is changed
	if err != nil {
		return "", wrong(e.config.storeVariable(), err)
	}
	defer func() { _ = s.Close() }() // what was changed was taken back
	if t := storeCheck(e.config, s).Func(ctx); t != nil {
		return "", t
	}
	return "it can keep what people report", nil
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
	if t := redisCheck(watchRedis(e.config, client, slog.New(slog.DiscardHandler))).Func(ctx); t != nil {
		return "", t
	}
	return "it can lock and count", nil
}

func tryBotToken(_ context.Context, e *examination) (string, error) {
	if err := e.greet(); err != nil && !as[bot.MissingScopes](err) {
		return "", wrong("SLACK_BOT_TOKEN", err)
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
		return "", wrong("SLACK_APP_TOKEN", err)
	}
	return "accepted", nil
}

// tryChannels creates none: Slack keeps a channel for ever, so trying would leave one
// behind. What became of earlier ones tells.
func tryChannels(ctx context.Context, e *examination) (string, error) {
	if e.greet() != nil {
		return "", notTried("SLACK_BOT_TOKEN was not accepted, or lacks scopes")
	}
	const unknown = warning("its scope allows it; whether the workspace does shows with the first one, because Slack would keep one made to try: start a drill (/breach drill)")
	s, err := openExisting(ctx, e.config, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", unknown // another trial says what is wrong with the database
	}
	defer func() { _ = s.Close() }() // only read from
	tried, err := s.Failing(ctx, 1)
	if err != nil {
		return "", unknown
	}
	for _, c := range tried {
		if c.Task.Kind == workflow.KindChannel && c.Code != "" {
			return "", &trouble{fmt.Sprintf("the channel of %s could not be made: Slack says %s", c.Incident, c.Code),
				"let the app create private channels in Slack's settings (Permissions); it is tried again every hour"}
		}
	}
	entries, err := s.Entries(ctx, store.Filter{Newest: true, Drills: store.WithDrills, Limit: 20})
	if n := slices.IndexFunc(entries, func(e workflow.Entry) bool { return e.Channel != "" }); err == nil && n >= 0 {
		return "it made that of " + string(entries[n].ID), nil
	}
	return "", unknown
}

func tryPeople(ctx context.Context, e *examination) (string, error) {
	if e.greet() != nil {
		return "", notTried("SLACK_BOT_TOKEN was not accepted, or lacks scopes")
	}
	r := &roster{holders: e.config.Roster, bot: e.bot, log: slog.New(slog.DiscardHandler)}
	r.look(ctx)
	if ctx.Err() != nil {
		return "", wrong("SLACK_BOT_TOKEN", ctx.Err())
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

// How far the clock of this machine may be from Slack's. A reminder is late or early
// by as much; from a minute on, what was sent may be looked for in the wrong place.
const (
	clockWarned  = 5 * time.Second
	clockAllowed = time.Minute
)

func tryClock(_ context.Context, e *examination) (string, error) {
	if err := e.greet(); err != nil && !as[bot.MissingScopes](err) {
		return "", notTried("Slack did not answer")
	}
	ahead := -e.bot.SlackAhead() // of this machine
	words := fmt.Sprintf("this machine is %s ahead", ahead.Round(time.Second))
	if ahead < 0 {
		words = fmt.Sprintf("this machine is %s behind", -ahead.Round(time.Second))
	}
	const cure = "set it by network time (NTP); deadlines and reminders go by it"
	switch {
	case ahead.Abs() > clockAllowed:
		return "", &trouble{words, cure}
	case ahead.Abs() > clockWarned:
		return "", warning(words + "; " + cure)
	}
	return "they agree", nil
}

func tryZone(_ context.Context, e *examination) (string, error) {
	return e.config.Zone.String() + ", where it is " + e.now().In(e.config.Zone).Format("Monday 2 January 2006 15:04 (UTC-07:00)"), nil
}

const noMail = "not set; no e-mail is sent when Slack does not take a message"

func mailTried(c Config) string {
	if !c.Mail.Set() {
		return "BREACHBOT_SMTP_HOST"
	}
	return "greet " + c.Mail.server(time.Now).Address() + " as for a letter, and send none"
}

func tryMail(ctx context.Context, e *examination) (string, error) {
	if !e.config.Mail.Set() {
		return noMail, nil
	}
	server := e.config.Mail.server(e.now)
	if t := mailTrouble(server, server.Probe(ctx)); t != nil {
		return "", t
	}
	return "it would take one", nil
}

func tryAddresses(_ context.Context, e *examination) (string, error) {
	if !e.config.Mail.Set() {
		return noMail, nil
	}
	without := e.config.unaddressed()
	if len(without) == 0 {
		return "nobody", nil
	}
	var ids []string
	for _, p := range slices.Sorted(maps.Keys(without)) {
		ids = append(ids, fmt.Sprintf("%s (%s)", p, without[p]))
	}
	return "", warning("BREACHBOT_MAIL_TO has no address for " + strings.Join(ids, ", ") + ": what Slack does not take does not reach them; members of a group may have addresses of their own")
}

func pingTried(c Config) string {
	if !c.PingURL.Set() {
		return "BREACHBOT_PING_URL"
	}
	return "connect to " + hostOf(c.PingURL) + ", without a sign of life"
}

// tryPing asks the host for something else: a call of the address would be a sign of
// life of a bot that may be down.
func tryPing(ctx context.Context, e *examination) (string, error) {
	if !e.config.PingURL.Set() {
		return "not set; nobody is told when breachbot is silent", nil
	}
	u, err := url.Parse(e.config.PingURL.Reveal())
	if err != nil || strings.Trim(u.Path, "/") == "" {
		return "", warning("its address is the host alone, so any question would be a sign of life; see whether the first one arrives")
	}
	u.User, u.Path, u.RawPath, u.RawQuery = nil, "/", "", ""
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, u.String(), nil)
	if err != nil {
		return "", wrong("BREACHBOT_PING_URL", err)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return "", wrong("BREACHBOT_PING_URL", err)
	}
	return "it answers; whether it knows the address shows once the bot runs", response.Body.Close()
}

func trySecrets(_ context.Context, e *examination) (string, error) {
	if open := openSecrets(e.env); len(open) > 0 {
		return "", warning("every user of this machine can read what " + strings.Join(open, " and ") + " name" + plural(len(open)) + "; in a container that may be meant, elsewhere: chmod 600")
	}
	return "nobody else, or there is none", nil
}

func plural(n int) string {
	if n == 1 {
		return "s"
	}
	return ""
}
