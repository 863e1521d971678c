package bot

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"breachbot/bot/view"
	"breachbot/workflow"
)

const (
	openMost      = 500  // open incidents of which Home and lists find the most urgent
	homeLoads     = 20   // of these, how many Home reads: the person's own, and all
	registerMost  = 1000 // lines of the register that Home counts at most
	maxHomes      = 10_000
	homeFollowing = 2 // tries, when Home changes meanwhile
)

// homes remembers whose Home this process has published, so that it keeps up with
// what they do. It is a courtesy: another replica's Home is as old as it says.
type homes struct {
	mu   sync.Mutex
	seen map[workflow.UserID]bool
}

func (h *homes) add(id workflow.UserID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen == nil || len(h.seen) >= maxHomes {
		h.seen = map[workflow.UserID]bool{}
	}
	h.seen[id] = true
}

func (h *homes) has(id workflow.UserID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen[id]
}

// inModal tells whether a button is in a modal. A press in Home comes with a view
// too, but a modal cannot take Home's place.
func inModal(c slack.InteractionCallback) bool {
	return c.View.ID != "" && c.View.Type != slack.VTHomeTab
}

// homeOpened publishes the Home of somebody who opens the app's Home tab.
func (in *inbound) homeOpened(ctx context.Context, e *slackevents.AppHomeOpenedEvent) {
	if e.Tab != "home" || e.User == "" {
		return // the Messages tab
	}
	hash := ""
	if e.View != nil {
		hash = e.View.Hash
	}
	in.publish(ctx, workflow.UserID(e.User), hash)
}

// follow publishes the Home of somebody who has just done something, if they
// have one.
func (in *inbound) follow(ctx context.Context, id workflow.UserID) {
	if in.bot.homes.has(id) {
		in.publish(courtesy(ctx), id, "")
	}
}

// publish shows a person their Home as things are now. With the hash of the Home
// they see, it gives way to one published meanwhile, and looks again.
func (in *inbound) publish(ctx context.Context, id workflow.UserID, hash string) {
	b := in.bot
	b.homes.add(id)
	for range homeFollowing {
		req := slack.PublishViewContextRequest{UserID: string(id), View: in.home(ctx, id)}
		if hash != "" {
			req.Hash = &hash
		}
		err := b.shaped(view.HomeTab, req.View.Blocks.BlockSet, func(blocks []slack.Block) error {
			req.View.Blocks.BlockSet = blocks
			return b.call(ctx, "views.publish", "", func() error {
				_, err := b.front.PublishViewContext(ctx, req)
				return err
			})
		})
		if err == nil {
			return
		}
		if hash = ""; codeOf(err) != newer {
			b.measures.failures.WithLabelValues("views.publish").Inc()
			b.Log.Error("a Home could not be published", "code", codeOf(err))
			return
		}
	}
}

// home is what a person's Home shows now: a refusal for people who may not use
// breachbot.
func (in *inbound) home(ctx context.Context, id workflow.UserID) slack.HomeTabViewRequest {
	b := in.bot
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	person, err := in.person(ctx, id)
	if err == nil {
		var h view.Home
		if h, err = in.gather(ctx, person); err == nil {
			return h.View()
		}
		b.alarm("gather what Home shows", err)
		if ctx.Err() != nil {
			err = errors.Join(workflow.ErrUnavailable, err)
		}
	}
	return view.HomeRefused(b.sentence(err))
}

// gather reads what a person's Home is made of: the most urgent open incidents, and
// the person's own, as they may take part in less urgent ones or have an action from
// one that has ended.
func (in *inbound) gather(ctx context.Context, p who) (view.Home, error) {
	b := in.bot
	h := view.Home{Rules: b.rules, Now: b.Now(), By: p.actor}
	seen := map[workflow.IncidentID]bool{}
	for _, look := range []struct {
		at  func(context.Context, workflow.UserID, int) ([]workflow.Entry, error)
		who workflow.UserID
	}{{b.Index.Newest, p.scope()}, {b.Index.Newest, p.id}, {b.Index.Owing, p.id}} {
		entries, err := look.at(ctx, look.who, openMost)
		if err != nil {
			return h, err
		}
		slices.SortStableFunc(entries, workflow.ByUrgency)
		if len(entries) > homeLoads {
			entries = entries[:homeLoads]
			h.Beyond = true
		}
		for _, e := range entries {
			if seen[e.ID] {
				continue
			}
			seen[e.ID] = true
			inc, err := b.Service.Incident(ctx, e.ID)
			if err != nil {
				return h, err
			}
			if p.actor.MaySeeReport(inc) || p.actor.MaySeeRegister() || owns(inc, p.id) {
				h.Incidents = append(h.Incidents, inc)
			}
		}
	}
	if p.actor.MaySeeRegister() {
		entries, err := b.Index.Register(ctx, workflow.Page{}, registerMost+1)
		if err != nil {
			return h, err
		}
		r := view.RegisterCount{Trend: workflow.Trends(entries, h.Now, b.rules.Zone).Line()}
		if len(entries) > registerMost {
			entries, r.More = entries[:registerMost], true
		}
		r.All = len(entries)
		for _, e := range entries {
			if !e.Step.Over() {
				r.Open++
			}
		}
		h.Register = &r
	}
	var err error
	h.Since, err = b.SettingsSince(ctx)
	return h, err
}

// owns tells whether somebody still has an action to do from the incident.
func owns(inc *workflow.Incident, id workflow.UserID) bool {
	return slices.ContainsFunc(inc.OpenActions(), func(a workflow.Action) bool { return a.Owner == id })
}
