package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/store"
	"breachbot/workflow"
)

// differences are what Slack and the journal do not agree about, by what kind of
// fault it is. Each has a line for people to look into.
type differences struct{ lost, doubled, missing, orphans, untrue, outdated []string }

// place is where a message is in Slack.
type place struct{ channel, ts string }

// comparison is the two sides while they are compared.
type comparison struct {
	*differences
	arena  *arena
	all    records
	posts  map[place]sandbox.Message
	placed map[place]bool                 // the places that the journal names
	rooms  map[string]workflow.IncidentID // the channels that the journal names
}

// compare holds what people have in Slack against the journal, once nothing is
// owed any more. At is when the last process was told to end.
func (a *arena) compare(people *crowd, at time.Time) differences {
	a.t.Helper()
	c := &comparison{&differences{}, a, a.read(), a.posts(), map[place]bool{}, map[string]workflow.IncidentID{}}
	for id, rs := range c.all.incidents {
		for _, r := range rs {
			plain, err := json.Marshal(r.Event)
			if err != nil {
				a.t.Fatal(err)
			}
			var tree any
			_ = json.Unmarshal(plain, &tree) // it was just made
			collect(tree, c.placed)
		}
		c.rooms[string(workflow.Replay(rs).Room.Channel)] = id
	}
	c.received(people)
	c.messages()
	c.channels()
	for _, id := range slices.Sorted(maps.Keys(c.all.incidents)) {
		c.owed(id, at)
		c.milestones(id)
		c.current(workflow.Replay(c.all.incidents[id]))
	}
	return *c.differences
}

// received notes what Slack said was received and is not recorded.
func (c *comparison) received(people *crowd) {
	for _, f := range people.reports {
		n := 0
		for _, rs := range c.all.incidents {
			if e, ok := rs[0].Event.(workflow.Reported); ok && e.Report.Title == f.words {
				n++
			}
		}
		switch n {
		case 1:
		case 0:
			c.lost = append(c.lost, fmt.Sprintf("%+v", f))
		default:
			c.doubled = append(c.doubled, fmt.Sprintf("%+v is there %d times", f, n))
		}
	}
	for _, f := range people.forms {
		if !slices.ContainsFunc(c.all.keys, func(k workflow.CommandKey) bool { return strings.Contains(string(k), f.view) }) {
			c.lost = append(c.lost, fmt.Sprintf("%+v", f))
		}
	}
}

// messages notes those that are there twice, those that the journal does not know
// of, and those that it knows of and that are not there.
func (c *comparison) messages() {
	stamps := stampsOf(c.all, c.arena.ws.Channels())
	seen := map[string]place{}
	for at, m := range c.posts {
		stamp := stampIn(m)
		kind := cmp.Or(stamps[stamp], "of no task")
		line := fmt.Sprintf("%s: %q in %s at %s", kind, m.Text, at.channel, at.ts)
		if other, twice := seen[stamp]; twice && stamp != "" {
			c.doubled = append(c.doubled, line+", also in "+other.channel+" at "+other.ts)
		}
		seen[stamp] = at
		if !c.placed[at] && !strings.HasPrefix(kind, loose) {
			c.orphans = append(c.orphans, line)
		}
	}
	us := c.arena.ws.As(c.arena.ws.BotUserID)
	for at := range c.placed {
		if _, there := us.Entry(at.channel, at.ts); !there && c.rooms[at.channel] != "" {
			c.untrue = append(c.untrue, "the journal has a message in "+at.channel+" at "+at.ts+" that is not there")
		}
	}
}

// channels notes those that the journal does not know of, second ones of an
// incident, and those without the one pinned card.
func (c *comparison) channels() {
	named := map[workflow.IncidentID]string{}
	for _, ch := range c.arena.ws.Channels() {
		if !ch.CreatedByApp || ch.DM {
			continue
		}
		if c.rooms[ch.ID] == "" {
			c.orphans = append(c.orphans, "channel: "+ch.Name)
		} else if len(ch.Pins) != 1 {
			c.missing = append(c.missing, fmt.Sprintf("pin: %s has %d", ch.Name, len(ch.Pins)))
		}
		for id := range c.all.incidents {
			for n := 1; n <= 9; n++ {
				if ch.Name != id.ChannelName(n) {
					continue
				}
				if named[id] != "" {
					c.doubled = append(c.doubled, "channel: "+ch.Name+" and "+named[id])
				}
				named[id] = ch.Name
			}
		}
	}
}

// posts are the bot's messages in all conversations, what only one person sees for
// a moment left out.
func (a *arena) posts() map[place]sandbox.Message {
	out := map[place]sandbox.Message{}
	us := a.ws.As(a.ws.BotUserID)
	for _, c := range a.ws.Channels() {
		for _, m := range us.Messages(c.ID) {
			if m.ByApp && m.Subtype == "" && !m.Ephemeral {
				out[place{m.Channel, m.TS}] = m
			}
		}
	}
	return out
}

// stampIn is the mark of the task that a message was posted for.
func stampIn(m sandbox.Message) string {
	var meta struct {
		Payload struct {
			ID string `json:"id"`
		} `json:"event_payload"`
	}
	_ = json.Unmarshal(m.MetadataRaw, &meta) // none, or not ours: no mark
	return meta.Payload.ID
}

// stampsOf tells the kind of task behind a stamp. A stamp is a hash over the task
// and the channel. Tasks of no incident leave nothing in the journal, and are
// called loose.
func stampsOf(all records, channels []sandbox.Channel) map[string]string {
	kinds := map[string]string{}
	for id, tasks := range all.tasks {
		for _, t := range tasks {
			word := string(t.Task.Kind)
			if id == "" {
				word = loose + word
			}
			for _, c := range channels {
				sum := sha256.Sum256([]byte(string(workflow.TaskCommand(id, t.Task.Message().Key)) + "\x00" + c.ID))
				kinds[hex.EncodeToString(sum[:16])] = fmt.Sprintf("%s of %s (%s, %s)", word, orNone(id), t.Task.Key, t.State)
			}
		}
	}
	return kinds
}

// loose begins the kind of a task that belongs to no incident.
const loose = "loose "

// collect gathers the places in the payload of an event.
func collect(tree any, places map[place]bool) {
	switch v := tree.(type) {
	case []any:
		for _, one := range v {
			collect(one, places)
		}
	case map[string]any:
		channel, _ := v["channel"].(string)
		ts, _ := v["ts"].(string)
		if channel != "" && ts != "" {
			places[place{channel, ts}] = true
		}
		for _, one := range v {
			collect(one, places)
		}
	}
}

// owed notes what the plan still calls for.
func (c *comparison) owed(id workflow.IncidentID, at time.Time) {
	plan := c.arena.config.Plan(workflow.Replay(c.all.incidents[id]))
	for _, t := range c.all.tasks[id] {
		n := slices.IndexFunc(plan, func(p workflow.Task) bool { return p.Key == t.Task.Key })
		if n >= 0 && t.State == store.Pending && !t.Task.Due.Equal(plan[n].Due) {
			c.untrue = append(c.untrue, fmt.Sprintf("%s of %s is due %s in the queue, planned for %s", t.Task.Key, id, t.Task.Due, plan[n].Due))
		}
	}
	for _, t := range plan {
		if t.Kind.Recorded() && !t.Due.After(at) {
			c.missing = append(c.missing, fmt.Sprintf("%s of %s: %s, due %s", t.Kind, id, t.Key, t.Due.Format(time.TimeOnly)))
		}
	}
	for _, t := range c.all.tasks[id] {
		if t.State == store.Pending && !t.Task.Kind.Recorded() && !t.Task.Due.After(at) {
			c.missing = append(c.missing, fmt.Sprintf("%s of %s: %s, tried %d times, %s", t.Task.Kind, id, t.Task.Key, t.Attempts, t.Code))
		}
	}
}

// milestones notes those of the countdown that were owed to somebody who is counted
// down to, and were neither said nor said as missed; those said twice; and messages
// that say something else than the journal.
func (c *comparison) milestones(id workflow.IncidentID) {
	type who struct {
		target   workflow.Target
		deadline time.Time
	}
	said, told := map[who][]workflow.Countdown{}, map[who]map[workflow.Countdown]bool{}
	for _, r := range c.all.incidents[id] {
		n, ok := r.Event.(workflow.Nudged)
		if !ok {
			continue
		}
		w := who{n.Target, n.Deadline.UTC()}
		if told[w] == nil {
			told[w] = map[workflow.Countdown]bool{}
		}
		if slices.Contains(said[w], n.Milestone) {
			c.doubled = append(c.doubled, fmt.Sprintf("milestone: %s %s to %s", id, time.Duration(n.Milestone), n.Target))
		}
		said[w] = append(said[w], n.Milestone)
		told[w][n.Milestone] = true
		for _, m := range n.Missed {
			told[w][m] = true
		}
		for _, p := range n.Places {
			m, there := c.posts[place{string(p.Channel), p.TS}]
			if !there {
				c.untrue = append(c.untrue, fmt.Sprintf("nudge of %s: %s is not in %s", id, n.Task, p.Channel))
				continue
			}
			if late := strings.Contains(c.arena.ws.As(c.arena.ws.BotUserID).Render(m), "Not sent at the time"); late != (len(n.Missed) > 0) {
				c.untrue = append(c.untrue, fmt.Sprintf("nudge of %s: %s says that some were missed: %t; the journal has %d", id, n.Task, late, len(n.Missed)))
			}
		}
	}
	for w, all := range told {
		first, last := slices.Max(slices.Collect(maps.Keys(all))), slices.Min(slices.Collect(maps.Keys(all)))
		for _, every := range append(slices.Clone(c.arena.config.Nudges), 0) {
			m := workflow.Countdown(every)
			if m > first || m < last || all[m] || !owedAt(c.all.incidents[id], w.deadline, w.deadline.Add(-every)) {
				continue
			}
			c.missing = append(c.missing, fmt.Sprintf("milestone: %s %s to %s neither said nor said as missed", id, every, w.target))
		}
	}
}

// owedAt tells whether the countdown to a deadline ran at an instant.
func owedAt(rs []workflow.Record, deadline, at time.Time) bool {
	n := 0
	for n < len(rs) && !rs[n].At.After(at) {
		n++
	}
	if n == 0 {
		return true // it had passed before the report: said as missed
	}
	inc := workflow.Replay(rs[:n])
	return inc.Clock().Running() && inc.Clock().Deadline.Equal(deadline) && !inc.Step().Over()
}

// current notes messages that are kept up to date and whose buttons are not those
// of the incident as it is, and the topic and the members of its channel.
func (c *comparison) current(inc *workflow.Incident) {
	now, rules := time.Now(), c.arena.config.Rules
	look := func(what string, at workflow.Place, want view.Message) {
		m, there := c.posts[place{string(at.Channel), at.TS}]
		if !there {
			return // said elsewhere
		}
		plain, err := json.Marshal(want.Blocks)
		if err != nil {
			c.arena.t.Fatal(err)
		}
		var blocks []sandbox.Block
		if err := json.Unmarshal(plain, &blocks); err != nil {
			c.arena.t.Fatal(err)
		}
		if got, want := buttons(m.Blocks), buttons(blocks); got != want {
			c.outdated = append(c.outdated, fmt.Sprintf("%s of %s offers %s instead of %s", what, inc.ID, got, want))
		}
	}
	if room, there := c.arena.ws.Channel(string(inc.Room.Channel)); inc.Room.Ready() && there {
		if want := view.Topic(inc, rules.Zone); room.Topic != want {
			c.outdated = append(c.outdated, fmt.Sprintf("topic of %s is %q instead of %q", inc.ID, room.Topic, want))
		}
		for who := range inc.Invited {
			if _, refused := inc.Left[workflow.UserID(who)]; !refused && !slices.Contains(room.Members, string(who)) {
				c.untrue = append(c.untrue, fmt.Sprintf("the journal has %s invited to %s, who is not there", who, room.Name))
			}
		}
	}
	if inc.Card.TS != "" {
		look("card", inc.Card.Place, view.Card(inc, rules, now))
	}
	for key, post := range inc.Posts {
		for _, at := range post.Places {
			switch s, _ := key.Subject(); s.Kind {
			case workflow.KindAsk:
				look(string(key), at, view.Ask(inc, s.About, rules, now))
			case workflow.KindReceipt:
				look(string(key), at, view.Receipt(inc, rules))
			}
		}
	}
}

// buttons are what a message offers to do.
func buttons(blocks []sandbox.Block) string {
	var all []string
	for _, e := range sandbox.Acting(blocks) {
		all = append(all, fmt.Sprint(e["action_id"]))
	}
	return strings.Join(all, " ")
}
