package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Options is what a bot is made of. Every field is required unless it says
// otherwise.
type Options struct {
	BotToken string
	AppToken string
	APIURL   string   // empty for Slack itself; else a base ending in /api/
	Teams    []string // workspaces whose people are served; empty for the token's own
	Scopes   []string // scopes the token must have; empty checks nothing

	Service *workflow.Service
	Limiter Limiter
	Now     func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil keeps the metrics to itself

	// SettingsSince is when the settings were last changed; zero when that is not
	// known.
	SettingsSince func(ctx context.Context) (time.Time, error)
	// Anchor gives the register's anchor of a day. The error wraps
	// workflow.ErrNotFound when there is none.
	Anchor func(ctx context.Context, day string) (workflow.Anchor, error)

	// Restorations are those on record, the oldest first. Nil is none.
	Restorations func(ctx context.Context) ([]workflow.Restoration, error)

	// Index answers what people ask the register.
	Index Index

	// Drafts keeps what people type into the report form until they send it. Nil
	// keeps nothing.
	Drafts Drafts

	// Mailer sends by e-mail what Slack does not take, to these addresses; those of
	// groups reach everybody in them. Nil sends nothing.
	Mailer    Mailer
	Addresses map[workflow.Principal]string

	// Sockets is how many Socket Mode connections are kept, so that refreshing one
	// leaves no gap. 0 means 2. Slack allows 10 for each app.
	Sockets int
	// Workers limits how many acts of people are handled at the same time. 0 means 64.
	Workers int
}

// Timeouts of Slack calls and of handling. A trigger lives 3 seconds and an
// acknowledgement is due within 3 (Slack: handling user interaction).
const (
	interactiveTimeout = 2 * time.Second
	backgroundTimeout  = 10 * time.Second
	storeTimeout       = 2 * time.Second
	answerTimeout      = 2500 * time.Millisecond // everything that comes before an acknowledgement
	ackTimeout         = 2 * time.Second
	handleTimeout      = 10 * time.Second
)

// Bot serves one Slack app. Safe for concurrent use after Connect.
type Bot struct {
	Options
	rules workflow.Rules

	front *slack.Client // when a person is waiting: short time-out, no retry
	back  *slack.Client // deliveries
	hook  *http.Client  // response URLs
	files *http.Client  // attached files

	team, enterprise, user, botID string
	connected                     atomic.Bool // Connect has succeeded

	people   *people
	roster   *roster
	names    *names
	seen     *seen
	pens     pens
	takings  takings
	homes    homes
	shapes   shapes
	dms      sync.Map // workflow.UserID -> workflow.ChannelID
	state    state
	handlers handlers
	crowd    crowd
	invited  sync.Map // workflow.CommandKey -> workflow.Invited: people invited so far

	slackTime slackClock
	measures  measures
}

// New makes a bot. It calls nothing yet.
func New(o Options) *Bot {
	o.Sockets = orDefault(o.Sockets, 2)
	o.Workers = orDefault(o.Workers, 64)
	b := &Bot{Options: o, rules: o.Service.Rules, seen: newSeen(), measures: newMeasures(o.Metrics)}
	b.slackTime.gauge = b.measures.ahead
	listen := slack.OptionOnResponseHeaders(func(_ string, h http.Header) { b.slackTime.heard(h, b.Now()) })
	b.front = o.client(interactiveTimeout, listen)
	b.back = o.client(backgroundTimeout, listen)
	b.hook = &http.Client{Timeout: interactiveTimeout, Transport: transport()}
	b.files = &http.Client{Timeout: downloadTimeout, Transport: transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	b.people = newPeople(b)
	b.roster = newRoster(b)
	b.names = newNames(b)
	return b
}

func orDefault(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// client makes a Web API client that waits for an answer for at most the timeout.
func (o Options) client(timeout time.Duration, more ...slack.Option) *slack.Client {
	options := []slack.Option{
		slack.OptionHTTPClient(honest{&http.Client{Timeout: timeout, Transport: transport()}}),
		slack.OptionAppLevelToken(o.AppToken),
	}
	if o.APIURL != "" {
		options = append(options, slack.OptionAPIURL(o.APIURL))
	}
	return slack.New(o.BotToken, append(options, more...)...)
}

// transport keeps enough idle connections that a burst of commands does not
// wait for handshakes; Go's default keeps two.
func transport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// Connect finds out who the token belongs to and whether it may do everything the
// bot needs. It must succeed before Run. The error is MissingScopes, or
// wraps a *Failure.
func (b *Bot) Connect(ctx context.Context) error {
	var granted string
	var mu sync.Mutex
	probe := b.client(10*time.Second, slack.OptionOnResponseHeaders(func(method string, h http.Header) {
		mu.Lock()
		defer mu.Unlock()
		granted = h.Get("X-OAuth-Scopes")
		b.slackTime.heard(h, b.Now())
	}))
	id, err := probe.AuthTestContext(ctx)
	if err != nil {
		switch err := failure(ctx, err); codeOf(err) {
		case "unreachable", "timeout":
			return fmt.Errorf("Slack cannot be reached: %w", err)
		default:
			return fmt.Errorf("ask Slack who SLACK_BOT_TOKEN belongs to: %w", err)
		}
	}
	b.team, b.enterprise, b.user, b.botID = id.TeamID, id.EnterpriseID, id.UserID, id.BotID
	if len(b.Teams) == 0 {
		b.Teams = []string{id.TeamID}
	}
	mu.Lock()
	defer mu.Unlock()
	if granted != "" {
		has := strings.FieldsFunc(granted, func(r rune) bool { return r == ',' || r == ' ' })
		var missing MissingScopes
		for _, s := range b.Scopes {
			if !slices.Contains(has, s) {
				missing = append(missing, s)
			}
		}
		if len(missing) > 0 {
			return missing
		}
	}
	b.connected.Store(true)
	return nil
}

// MayConnect asks Slack whether the app-level token may have a connection. The
// address it is given for one stays unused and runs out. The error is a *Failure.
func (b *Bot) MayConnect(ctx context.Context) error {
	_, _, err := b.client(10 * time.Second).StartSocketModeContext(ctx)
	return failure(ctx, err)
}

// MissingScopes are permissions that the app needs and has not been given.
type MissingScopes []string

func (m MissingScopes) Error() string {
	return "the Slack app lacks the scopes " + strings.Join(m, ", ") + ": add them (breachbot manifest prints them all) and reinstall the app"
}

// ourTeam tells whether we serve a workspace.
func (b *Bot) ourTeam(id string) bool { return id != "" && slices.Contains(b.Teams, id) }

// desk is what a form or a page to read is made with for a person.
func (b *Bot) desk(by workflow.Actor) view.Desk {
	return view.Desk{Rules: b.rules, Now: b.Now(), By: by}
}

// errShutdown ends handling when the bot stops.
var errShutdown = errors.New("breachbot is stopping")
