package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/store"
	"breachbot/workflow"
)

// promise is one of the product's promises and why it was not kept, empty when
// it was.
type promise struct{ words, broken string }

// promises checks after a story that every promise was kept: against the
// journal, and against what the people of the workspace received.
func (d *demonstration) promises(ctx context.Context, broken *store.Fault) []promise {
	all, err := d.records(ctx)
	if err != nil {
		return []promise{{"The journal can be read", err.Error()}}
	}
	check := func(words string, f func([]workflow.Record) string) promise {
		p := promise{words: words}
		for _, records := range all {
			if p.broken == "" {
				p.broken = f(records)
			}
		}
		if len(all) == 0 {
			p.broken = "there is no incident"
		}
		return p
	}
	return []promise{
		check("No report is lost: every word of it is in the journal, under the person's id", d.reportKept),
		check("No reminder is missed and none is sent twice", d.remindersOnce),
		check("The clock is right: 72 elapsed hours from awareness, stopped when the notification is sent", clockRight),
		check("Every decision has a person, a time, a reason and the facts it is based on", decisionsWhole),
		{"Only those who need it see it: no typed word in a push text, name, topic, metadata or log; nothing for guests and outsiders", d.leak(all)},
		{"The journal and the register agree and nothing else has changed them", fault(broken)},
	}
}

func fault(broken *store.Fault) string {
	if broken != nil {
		return broken.String()
	}
	return ""
}

func (d *demonstration) reportKept(records []workflow.Record) string {
	first, ok := records[0].Event.(workflow.Reported)
	switch {
	case !ok || records[0].Actor != sandbox.Nia:
		return "the first event is not her report"
	case !strings.Contains(story, first.Report.Title) || !strings.Contains(story, first.Report.What):
		return "the report is not what was typed"
	}
	return ""
}

// remindersOnce compares what the journal says with what Slack has: each
// milestone of the configuration that passed while the clock ran was posted to
// the channel once.
func (d *demonstration) remindersOnce(records []workflow.Record) string {
	said := map[workflow.Countdown]int{}
	covered := map[workflow.Countdown]bool{}
	for _, r := range records {
		if n, ok := r.Event.(workflow.Nudged); ok && n.Target == workflow.InChannel {
			said[n.Milestone]++
			covered[n.Milestone] = true
			for _, m := range n.Missed {
				covered[m] = true
			}
		}
	}
	inc := workflow.Replay(records)
	for _, every := range d.app.config.Nudges {
		at := inc.Clock().Deadline.Add(-every)
		passed := at.Before(inc.Clock().Stopped)
		if m := workflow.Countdown(every); passed != covered[m] || said[m] > 1 {
			return fmt.Sprintf("the reminder %s before the deadline was sent %d times", every, said[m])
		}
	}
	stamps := map[string]bool{}
	for _, req := range d.workspace.Requests("chat.postMessage") {
		plain, _ := json.Marshal(req.Args["metadata"])
		key := fmt.Sprint(req.Args["channel"]) + string(plain)
		if req.Error == "" && stamps[key] {
			return "a message was posted twice"
		}
		stamps[key] = true
	}
	return ""
}

func clockRight(records []workflow.Record) string {
	inc := workflow.Replay(records)
	c := inc.Clock()
	sent := inc.Sent(workflow.Regulator)
	switch {
	case c.Deadline.Sub(inc.Times.Aware.At) != 72*time.Hour:
		return "the deadline is not 72 hours after awareness"
	case c.Running() || sent == nil || !c.Stopped.Equal(sent.SentAt):
		return "sending the notification did not stop the clock"
	}
	return ""
}

func decisionsWhole(records []workflow.Record) string {
	inc := workflow.Replay(records)
	if len(inc.Decisions) == 0 {
		return "there is no decision"
	}
	for _, d := range inc.Decisions {
		if d.By == "" || d.At.IsZero() || d.Reason == "" || d.Facts == 0 || d.Assessment == 0 || d.Role == "" {
			return fmt.Sprintf("decision %d is incomplete", d.Seq)
		}
	}
	return ""
}

// leak looks for typed words where none may be, and for anything that reached a
// guest or an outsider.
func (d *demonstration) leak(all map[workflow.IncidentID][]workflow.Record) string {
	var typed []string
	for _, line := range strings.Split(story, "\n") {
		if _, words, ok := strings.Cut(line, ": "); ok && strings.Contains(line, " fills ") && len(words) > 20 && strings.Contains(words, ".") {
			typed = append(typed, words)
		}
	}
	for _, records := range all {
		typed = append(typed, workflow.Replay(records).Report.Title)
	}
	var open []string
	for _, c := range d.workspace.Channels() {
		open = append(open, c.Name, c.Topic, c.Purpose)
	}
	for _, n := range d.workspace.Notifications() {
		open = append(open, n.Text)
	}
	for _, req := range d.workspace.Requests("chat.postMessage", "chat.update") {
		plain, _ := json.Marshal(req.Args["metadata"])
		open = append(open, string(plain), fmt.Sprint(req.Args["text"]))
	}
	open = append(open, d.log.String())
	for _, words := range typed {
		for _, o := range open {
			if strings.Contains(o, words) {
				return "typed words were found where they must not be"
			}
		}
	}
	for _, id := range []string{sandbox.Gus, sandbox.Olu} {
		person := d.workspace.As(id)
		if len(person.Notifications()) > 0 || len(person.DMs()) > 0 {
			return "a guest or an outsider was told something"
		}
		for _, c := range person.Channels() {
			if strings.HasPrefix(c.Name, "br-") {
				return "a guest or an outsider is in an incident's channel"
			}
		}
	}
	return ""
}

// calls counts the Slack calls from a submitted report to a ready channel (made,
// topic set, card posted and pinned) and the reporter's message. It counts the
// invitations separately.
func (d *demonstration) calls(id workflow.IncidentID) (calls, invitations int) {
	channel, ok := d.workspace.Channel(id.ChannelName(1))
	if !ok {
		return 0, 0
	}
	reporter := ""
	for _, m := range d.workspace.As(sandbox.Nia).DMs() {
		reporter = m.Channel
		break
	}
	once := map[string]bool{}
	for _, req := range d.workspace.Requests() {
		key := req.Method
		switch arg := func(name string) string { return fmt.Sprint(req.Args[name]) }; req.Method {
		case "conversations.create":
			if arg("name") != channel.Name {
				continue
			}
		case "conversations.setTopic", "pins.add":
			if arg("channel") != channel.ID {
				continue
			}
		case "conversations.open":
			if arg("users") != sandbox.Nia {
				continue
			}
		case "chat.postMessage":
			if arg("channel") != channel.ID && arg("channel") != reporter {
				continue
			}
			key += arg("channel")
		case "conversations.invite":
			if arg("channel") == channel.ID {
				invitations++
			}
			continue
		default:
			continue
		}
		if once[key] && req.Error == "" {
			continue // a later message or topic, not part of the beginning
		}
		once[key] = true
		calls++
	}
	return calls, invitations
}

// lockedWriter lets several goroutines write a log.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
