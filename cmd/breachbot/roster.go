package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"breachbot/bot"
	"breachbot/workflow"
)

// rosterEvery is how often the holders of roles are looked up: people leave.
const rosterEvery = time.Hour

// roster keeps an eye on the people who have roles. Somebody who has left does
// not stop the bot, because reports must still come in; but the bot says so.
type roster struct {
	holders map[workflow.Role][]workflow.Principal
	bot     *bot.Bot
	log     *slog.Logger

	mu     sync.Mutex
	absent []string
}

// watch looks everybody up at once and then every hour, until ctx ends.
func (r *roster) watch(ctx context.Context) {
	every := time.NewTicker(rosterEvery)
	defer every.Stop()
	for {
		r.look(ctx)
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

func (r *roster) look(ctx context.Context) {
	var absent []string
	deciders := 0
	for _, s := range ruleSettings {
		for _, p := range r.holders[s.names] { // most settings name nobody
			why, err := r.bot.Absent(ctx, p)
			if ctx.Err() != nil {
				return
			}
			switch {
			case err == nil && why != "":
				absent = append(absent, fmt.Sprintf("%s names %s: %s", s.name, p, strings.TrimSuffix(why, ".")))
				r.log.Error("somebody with a role is not available", "variable", s.name, "id", string(p), "why", why)
			case s.names == workflow.RoleDPO, s.names == workflow.RoleDeputy:
				deciders++ // when Slack cannot say, we assume they are there
			}
		}
	}
	if deciders == 0 {
		absent = append([]string{"nobody who may decide is there"}, absent...)
		r.log.Error("nobody in BREACHBOT_DPO or BREACHBOT_DEPUTY_DPO is available, so nobody could decide")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.absent = absent
}

// check says who is not there, for /readyz.
func (r *roster) check(context.Context) *trouble {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.absent) == 0 {
		return nil
	}
	return &trouble{strings.Join(r.absent, "; "), "name people who are there and restart"}
}
