package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// The trials of the promises: real processes on real servers, killed at random
// moments, while Slack loses replies and limits calls, and servers are taken away
// and given back. Each has a short run among the tests and a long one (make chaos).
var (
	longTrials   = flag.Bool("chaos", false, "make the trials of the promises as long as the README's figures want")
	trialsSeed   = flag.Uint64("chaos.seed", 0, "what the trials' dice begin with; 0 for a new `seed`")
	trialsKills  = flag.Int("chaos.kills", 0, "how many `kills` a trial has, instead of as many as usual")
	builtProgram = flag.String("chaos.program", "", "the built `program` to try; empty for the one in the test binary")
)

// seed begins the dice of a trial, and is printed so that they can be thrown again.
func seed(t *testing.T) uint64 {
	t.Helper()
	s := *trialsSeed
	if s == 0 {
		s = rand.Uint64() >> 32
	}
	t.Logf("-chaos.seed=%d", s)
	return s
}

func TestChaosOnPostgres(t *testing.T) { t.Parallel(); killTrial(t, 3) }

func TestChaosOnSQLite(t *testing.T) { t.Parallel(); killTrial(t, 0) }

// killTrial kills processes at random moments while people work and everything
// else breaks, lets things calm down and compares.
func killTrial(t *testing.T, replicas int) {
	kills, reportEvery, actEvery, patience := 12, 2500*time.Millisecond, 300*time.Millisecond, 5*time.Second
	if *longTrials {
		kills, reportEvery, actEvery, patience = 300, 15*time.Second, 1200*time.Millisecond, 100*time.Second
	}
	if *trialsKills > 0 {
		kills = *trialsKills
	}
	s := seed(t)
	a := newArena(t, replicas, map[string]string{
		"BREACHBOT_TICK": "1s", "BREACHBOT_NUDGES": "4m,3m,2m30s,2m,90s,1m,40s,20s", "BREACHBOT_OVERDUE_EVERY": "20m",
		"BREACHBOT_LOG_LEVEL": "warn",
	})
	a.start()
	a.serving(2 * len(a.replicas))
	ctx, goHome := context.WithCancel(t.Context())
	people, home := &crowd{arena: a}, make(chan struct{})
	go func() { defer close(home); people.work(ctx, s, reportEvery, actEvery) }()
	a.harass(rand.New(rand.NewPCG(s, 1)), kills, 10*time.Minute)
	goHome()
	<-home
	harassed := time.Since(a.began)

	a.ws.ClearFaults()
	calm := a.ease(patience, 2)
	at := time.Now()
	a.stop(syscall.SIGTERM)
	d := a.compare(people, at)
	verified := breachbot(t, a.env, "verify")
	store := "SQLite, one process"
	if replicas > 0 {
		store = fmt.Sprintf("PostgreSQL and Redis, %d replicas", replicas)
	}
	all := a.read()
	events, reminders, late := 0, 0, 0
	for _, rs := range all.incidents {
		events += len(rs)
		for _, r := range rs {
			if n, ok := r.Event.(workflow.Nudged); ok {
				reminders++
				if len(n.Missed) > 0 {
					late++
				}
			}
		}
	}
	figures := []figure{
		plainly("kills", a.count("kills at any moment")+a.count("kills between an act at Slack and its answer")),
		plainly("acknowledged reports", len(people.reports)),
		plainly("other acknowledged forms", len(people.forms)),
		plainly("messages in Slack", len(a.posts())),
		plainly("events in the journal", events),
		plainly("reminders of the 72 hours", reminders),
		plainly("of them with what could not be said in time", late),
		none("acknowledged and lost", len(d.lost)),
		none("doubled", len(d.doubled)),
		none("missing", len(d.missing)),
		none("in Slack but not in the journal", len(d.orphans)),
		none("the journal says otherwise than Slack", len(d.untrue)),
		none("messages that show an older state", len(d.outdated)),
		{what: "breachbot verify", target: "exit status 0", got: fmt.Sprintf("exit status %d", verified.code), missed: verified.code != 0, wrong: verified.code != 0},
		plainly("time until the last kill", seconds(harassed)),
		plainly("time in all", seconds(time.Since(a.began))),
	}
	if !calm {
		figures = append(figures, figure{what: "calm again", target: "yes", got: "no", missed: true, wrong: true})
	}
	show(t, "Kills on "+store, figures)
	for _, list := range []struct {
		what  string
		lines []string
	}{{"lost", d.lost}, {"doubled", d.doubled}, {"missing", d.missing}, {"in Slack but not in the journal", d.orphans}, {"untrue", d.untrue}, {"older state", d.outdated}} {
		for _, line := range list.lines {
			t.Logf("%s: %s", list.what, line)
		}
	}
	if verified.code != 0 {
		t.Logf("verify: %s%s", verified.stdout, verified.stderr)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(a.counts)) {
		lines = append(lines, fmt.Sprintf("%5d %s", a.counts[what], what))
	}
	t.Logf("what was done:\n%s", strings.Join(lines, "\n"))
}

// The trials notice what they are there to notice: here is one of each fault.
func TestTheComparisonSeesEachFault(t *testing.T) {
	t.Parallel()
	a := newArena(t, 0, map[string]string{"BREACHBOT_TICK": "1s", "BREACHBOT_LOG_LEVEL": "error"})
	a.start()
	a.serving(2)
	people := &crowd{arena: a}
	nia := &resident{Person: a.ws.As(sandbox.Nia), crowd: people, dice: rand.New(rand.NewPCG(1, 1))}
	nia.insists("Letter to the wrong address", time.Now().Add(-time.Hour))
	if !a.ease(20*time.Second, 3) {
		t.Fatal("it never calmed down")
	}
	at := time.Now()
	a.stop(syscall.SIGTERM)
	if d := a.compare(people, at); !reflect.DeepEqual(d, differences{}) {
		t.Errorf("without any fault: %+v", d)
	}

	people.reports = append(people.reports, sentForm{words: "never stored"})
	people.forms = append(people.forms, sentForm{view: "VNEVER"})
	us := slack.New(a.ws.BotToken, slack.OptionAPIURL(a.server.APIURL()))
	var room sandbox.Channel
	for _, c := range a.ws.Channels() {
		if c.CreatedByApp && !c.DM {
			room = c
		}
	}
	card, _ := a.ws.As(a.ws.BotUserID).Entry(room.ID, room.Pins[0])
	var again slack.SlackMetadata
	if err := json.Unmarshal(card.MetadataRaw, &again); err != nil {
		t.Fatal(err)
	}
	_, _, err := us.PostMessageContext(t.Context(), room.ID, slack.MsgOptionText("the card again", false), slack.MsgOptionMetadata(again))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err = us.UpdateMessageContext(t.Context(), room.ID, card.TS, slack.MsgOptionText("a card without buttons", false)); err != nil {
		t.Fatal(err)
	}
	if err = us.RemovePinContext(t.Context(), room.ID, slack.NewRefToMessage(room.ID, card.TS)); err != nil {
		t.Fatal(err)
	}
	if _, err = us.CreateConversationContext(t.Context(), slack.CreateConversationParams{ChannelName: room.Name + "-2", IsPrivate: true}); err != nil {
		t.Fatal(err)
	}
	if err = a.ws.As(sandbox.Rob).Leave(room.ID); err != nil {
		t.Fatal(err)
	}
	d := a.compare(people, time.Now().Add(4*24*time.Hour)) // by then the reminders are owed
	for what, found := range map[string]bool{
		"a lost report and a lost form":          len(d.lost) == 2,
		"a message and a channel that are twice": len(d.doubled) == 2,
		"the same, which the journal has not":    len(d.orphans) == 2,
		"the pin and the reminders":              len(d.missing) > 5,
		"who is not in the channel":              len(d.untrue) == 1,
		"the card's buttons":                     len(d.outdated) == 1,
	} {
		if !found {
			t.Errorf("not seen: %s", what)
		}
	}
	if t.Failed() {
		t.Logf("%+v", d)
	}
}

// harass kills so many processes, if there is time for it, and breaks other things
// meanwhile.
func (a *arena) harass(dice *rand.Rand, kills int, most time.Duration) {
	lost := []sandbox.FaultKind{
		sandbox.FaultDropAfter, sandbox.FaultTruncated, sandbox.FaultUndecodable, sandbox.FaultStatusAfter, sandbox.FaultInternalAfter, sandbox.FaultOddShape,
	}
	between := func(least, most int) time.Duration {
		return time.Duration(least+dice.IntN(most-least)) * time.Millisecond
	}
	troubles := []struct {
		what string
		make func()
	}{
		{"replies lost", func() {
			a.ws.Fault(sandbox.Fault{Method: changing[dice.IntN(7)], Next: 1 + dice.IntN(4), Kind: lost[dice.IntN(len(lost))]})
		}},
		{"replies lost", func() {
			a.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Next: 1 + dice.IntN(6), Kind: lost[dice.IntN(len(lost))]})
		}},
		{"replies lost", func() { // to any method, so to those that look for what was done too
			a.ws.Fault(sandbox.Fault{Method: "*", Next: 1 + dice.IntN(3), Kind: lost[dice.IntN(len(lost))]})
		}},
		{"storms of 429", func() {
			a.ws.Fault(sandbox.Fault{Method: "c*", Next: 20 + dice.IntN(60), Kind: sandbox.FaultRateLimit, RetryAfter: time.Duration(1+dice.IntN(3)) * time.Second})
		}},
		{"times that Slack was down", func() {
			a.ws.Fault(sandbox.Fault{Next: -1, Kind: sandbox.FaultStatus})
			time.Sleep(between(300, 2500))
			a.ws.ClearFaults()
		}},
		{"times that all sockets were cut", func() { a.ws.Sockets().CutAll() }},
		{"times that Slack asked for new sockets", func() { a.ws.Sockets().Disconnect(sandbox.RefreshRequested) }},
		{"times that Redis was taken away", func() { a.away(a.redis, between(500, 4000)) }},
		{"times that PostgreSQL was taken away", func() { a.away(a.postgres, between(500, 3000)) }},
	}
	done := func() int {
		return a.count("kills at any moment") + a.count("kills between an act at Slack and its answer")
	}
	for begin := time.Now(); done() < kills && time.Since(begin) < most; {
		victim := a.replicas[dice.IntN(len(a.replicas))]
		if dice.IntN(4) > 0 { // one in four is killed at whatever it is doing, as at its start
			for end := time.Now().Add(15 * time.Second); !victim.connected() && time.Now().Before(end); {
				time.Sleep(50 * time.Millisecond)
			}
		}
		time.Sleep(between(50, 1200))
		if dice.IntN(3) > 0 {
			trouble := troubles[dice.IntN(len(troubles))]
			if a.postgres != nil || !strings.Contains(trouble.what, "taken away") {
				trouble.make()
				a.happened(trouble.what)
			}
		}
		victim.kill(dice)
	}
}

// away takes a server away and gives it back.
func (a *arena) away(s interface {
	Stop()
	Start(testing.TB)
}, d time.Duration) {
	s.Stop()
	time.Sleep(d)
	s.Start(a.t)
}
