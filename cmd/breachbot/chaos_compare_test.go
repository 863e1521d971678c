package main

import (
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

// compare holds what people have in Slack against the journal, once nothing is
// owed any more. At is when the last process was told to end.
func (a *arena) compare(people *crowd, at time.Time) differences {
	a.t.Helper()
	d := &differences{}
	all := a.read()
	posts := a.posts()
	stamps := stampsOf(all, a.ws.Channels())
	placed := map[place]bool{}
	rooms := map[string]workflow.IncidentID{}
	for _, id := range slices.Sorted(maps.Keys(all.incidents)) {
		for _, r := range all.incidents[id] {
			plain, err := json.Marshal(r.Event)
			if err != nil {
				a.t.Fatal(err)
			}
			var tree any
			_ = json.Unmarshal(plain, &tree) // it was just made
			collect(tree, placed)
		}
		rooms[string(workflow.Replay(all.incidents[id]).Room.Channel)] = id
	}

	// Lost: Slack said that it was received, and no command was recorded for it.
	for _, f := range people.reports {
		switch n := reportsOf(all, f.words); n {
		case 1:
		case 0:
			d.lost = append(d.lost, fmt.Sprintf("%+v%s", f, all.under(f.view)))
		default:
			d.doubled = append(d.doubled, fmt.Sprintf("%+v is there %d times", f, n))
		}
	}
	for _, f := range people.forms {
		if !slices.ContainsFunc(all.keys, func(k workflow.CommandKey) bool { return strings.Contains(string(k), f.view) }) {
			d.lost = append(d.lost, fmt.Sprintf("%+v", f))
		}
	}

	// Doubled, and in Slack but not in the journal.
	seen := map[string]place{}
	for at, m := range posts {
		stamp := stampIn(m)
		kind := stamps[stamp]
		line := fmt.Sprintf("%s: %q in %s at %s", orUnknown(kind), m.Text, at.channel, at.ts)
		if other, twice := seen[stamp]; twice && stamp != "" {
			d.doubled = append(d.doubled, line+", also in "+other.channel+" at "+other.ts)
		}
		seen[stamp] = at
		if !placed[at] && !strings.HasPrefix(kind, loose) {
			d.orphans = append(d.orphans, line)
		}
	}
	named := map[workflow.IncidentID]string{}
	for _, c := range a.ws.Channels() {
		if !c.CreatedByApp || c.DM {
			continue
		}
		if rooms[c.ID] == "" {
			d.orphans = append(d.orphans, "channel: "+c.Name)
		}
		for id := range all.incidents {
			for n := 1; n <= 9; n++ {
				if c.Name != id.ChannelName(n) {
					continue
				}
				if named[id] != "" {
					d.doubled = append(d.doubled, "channel: "+c.Name+" and "+named[id])
				}
				named[id] = c.Name
			}
		}
		if rooms[c.ID] != "" && len(c.Pins) != 1 {
			d.missing = append(d.missing, fmt.Sprintf("pin: %s has %d", c.Name, len(c.Pins)))
		}
	}

	for _, id := range slices.Sorted(maps.Keys(all.incidents)) {
		a.owed(d, id, all, at)
		a.milestones(d, id, all.incidents[id], posts)
		a.outdated(d, workflow.Replay(all.incidents[id]), posts)
	}
	for at := range placed {
		if _, there := posts[at]; !there && strings.HasPrefix(at.channel, "C") && rooms[at.channel] != "" {
			if _, by := a.ws.As(a.ws.BotUserID).Entry(at.channel, at.ts); !by {
				d.untrue = append(d.untrue, "the journal has a message in "+at.channel+" at "+at.ts+" that is not there")
			}
		}
	}
	return *d
}

func orUnknown(kind string) string {
	if kind == "" {
		return "of no task"
	}
	return kind
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

func reportsOf(all records, title string) (n int) {
	for _, rs := range all.incidents {
		if e, ok := rs[0].Event.(workflow.Reported); ok && e.Report.Title == title {
			n++
		}
	}
	return n
}

// under tells what was reported with the form of a view.
func (all records) under(view string) string {
	for id, rs := range all.incidents {
		if e, ok := rs[0].Event.(workflow.Reported); ok && strings.Contains(string(rs[0].Key), view) {
			return fmt.Sprintf("; under it there is %s: %q", id, e.Report.Title)
		}
	}
	return ""
}

// owed notes what the plan still calls for.
func (a *arena) owed(d *differences, id workflow.IncidentID, all records, at time.Time) {
	plan := a.config.Plan(workflow.Replay(all.incidents[id]))
	for _, t := range all.tasks[id] {
		n := slices.IndexFunc(plan, func(p workflow.Task) bool { return p.Key == t.Task.Key })
		if n >= 0 && t.State == store.Pending && !t.Task.Due.Equal(plan[n].Due) {
			d.untrue = append(d.untrue, fmt.Sprintf("%s of %s is due %s in the queue, planned for %s", t.Task.Key, id, t.Task.Due, plan[n].Due))
		}
	}
	for _, t := range plan {
		if t.Kind.Recorded() && !t.Due.After(at) {
			d.missing = append(d.missing, fmt.Sprintf("%s of %s: %s, due %s", t.Kind, id, t.Key, t.Due.Format(time.TimeOnly)))
		}
	}
	for _, t := range all.tasks[id] {
		if t.State == store.Pending && !t.Task.Kind.Recorded() && !t.Task.Due.After(at) {
			d.missing = append(d.missing, fmt.Sprintf("%s of %s: %s, tried %d times, %s", t.Task.Kind, id, t.Task.Key, t.Attempts, t.Code))
		}
	}
}

// milestones notes those of the countdown that were owed to somebody who is counted
// down to, and were neither said nor said as missed; those said twice; and messages
// that say something else than the journal.
func (a *arena) milestones(d *differences, id workflow.IncidentID, rs []workflow.Record, posts map[place]sandbox.Message) {
	type who struct {
		target   workflow.Target
		deadline time.Time
	}
	said, told := map[who][]workflow.Countdown{}, map[who]map[workflow.Countdown]bool{}
	for _, r := range rs {
		n, ok := r.Event.(workflow.Nudged)
		if !ok {
			continue
		}
		w := who{n.Target, n.Deadline.UTC()}
		if told[w] == nil {
			told[w] = map[workflow.Countdown]bool{}
		}
		if slices.Contains(said[w], n.Milestone) {
			d.doubled = append(d.doubled, fmt.Sprintf("milestone: %s %s to %s", id, time.Duration(n.Milestone), n.Target))
		}
		said[w] = append(said[w], n.Milestone)
		told[w][n.Milestone] = true
		for _, m := range n.Missed {
			told[w][m] = true
		}
		for _, p := range n.Places {
			m, there := posts[place{string(p.Channel), p.TS}]
			if !there {
				d.untrue = append(d.untrue, fmt.Sprintf("nudge of %s: %s is not in %s", id, n.Task, p.Channel))
				continue
			}
			if late := strings.Contains(a.ws.As(a.ws.BotUserID).Render(m), "Not sent at the time"); late != (len(n.Missed) > 0) {
				d.untrue = append(d.untrue, fmt.Sprintf("nudge of %s: %s says that some were missed: %t; the journal has %d", id, n.Task, late, len(n.Missed)))
			}
		}
	}
	for w, all := range told {
		first, last := slices.Max(slices.Collect(maps.Keys(all))), slices.Min(slices.Collect(maps.Keys(all)))
		for _, every := range append(slices.Clone(a.config.Nudges), 0) {
			m := workflow.Countdown(every)
			if m > first || m < last || all[m] || !owedAt(rs, w.deadline, w.deadline.Add(-every)) {
				continue
			}
			d.missing = append(d.missing, fmt.Sprintf("milestone: %s %s to %s neither said nor said as missed", id, every, w.target))
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

// outdated notes messages that are kept up to date and whose buttons are not those
// of the incident as it is.
func (a *arena) outdated(d *differences, inc *workflow.Incident, posts map[place]sandbox.Message) {
	now, rules := time.Now(), a.config.Rules
	look := func(what string, at workflow.Place, want view.Message) {
		m, there := posts[place{string(at.Channel), at.TS}]
		if !there {
			return // said elsewhere
		}
		plain, err := json.Marshal(want.Blocks)
		if err != nil {
			a.t.Fatal(err)
		}
		var blocks []sandbox.Block
		if err := json.Unmarshal(plain, &blocks); err != nil {
			a.t.Fatal(err)
		}
		if got, want := buttons(m.Blocks), buttons(blocks); got != want {
			d.outdated = append(d.outdated, fmt.Sprintf("%s of %s offers %s instead of %s", what, inc.ID, got, want))
		}
	}
	if room, there := a.ws.Channel(string(inc.Room.Channel)); inc.Room.Ready() && there {
		if want := view.Topic(inc, rules.Zone); room.Topic != want {
			d.outdated = append(d.outdated, fmt.Sprintf("topic of %s is %q instead of %q", inc.ID, room.Topic, want))
		}
		for who := range inc.Invited {
			if _, refused := inc.Left[workflow.UserID(who)]; !refused && !slices.Contains(room.Members, string(who)) {
				d.untrue = append(d.untrue, fmt.Sprintf("the journal has %s invited to %s, who is not there", who, room.Name))
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
