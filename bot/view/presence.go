package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// presenceMost is how many lines the list shows; the newest when there are more.
const presenceMost = 70

// Presence lists who could see the incident's channel, and when.
func Presence(inc *workflow.Incident) slack.ModalViewRequest {
	v := notice("Who saw the channel", "*Who could see this channel* of "+string(inc.ID)+", as Slack told it.")
	blocks := v.Blocks.BlockSet
	for _, a := range inc.Exposed() {
		if len(blocks) < 8 {
			blocks = append(blocks, section("*Please note:* "+exposed(a)))
		}
	}
	all := inc.Presence()
	if len(all) == 0 {
		blocks = append(blocks, section("Slack has told of nobody yet."))
	}
	if more := len(all) - presenceMost; more > 0 {
		blocks = append(blocks, section(count(more, "earlier line")+" did not fit here; the timeline holds them."))
		all = all[more:]
	}
	for _, p := range all {
		from, until := "from "+when(p.From), "until "+when(p.Until)
		if p.From.IsZero() {
			from = "from before breachbot could tell"
		}
		if p.Until.IsZero() {
			until = "still there"
		}
		blocks = append(blocks, section(user(p.User)+" · "+from+" · "+until))
	}
	v.Blocks.BlockSet = fit(append(blocks, actions("presence", button(ActTimeline, "Show the timeline", string(inc.ID)))))
	return practiceModal(inc, v)
}

// exposed says who can see the channel who does not belong there.
func exposed(a workflow.Alarm) string {
	switch a.Why {
	case workflow.OutsiderGuest:
		return user(a.User) + " is a guest and can read this channel."
	case workflow.OutsiderForeign:
		return user(a.User) + " is of another organisation and can read this channel."
	case workflow.OutsiderApp:
		return user(a.User) + " is another app and can read this channel."
	case workflow.OutsiderShared:
		return "this channel is shared with another organisation."
	}
	return user(a.User) + " can read this channel, and Slack does not tell who that is."
}

// exposedWords announce it.
func exposedWords(inc *workflow.Incident, a workflow.Alarm) string {
	line := "*The channel of " + string(inc.ID) + " can be read from outside.* " + upperFirst(exposed(a)) + "\n"
	if a.Why == workflow.OutsiderShared {
		return line + "Please write nothing more in there, and have the sharing ended. What was written may itself have to be looked at as a disclosure."
	}
	return line + "Please take them out of the channel, unless they are meant to be there. What was written may itself have to be looked at as a disclosure."
}

// presenceEntries are who came, who went, and the alarms about it. That somebody
// came whom breachbot had just invited is said by the invitation.
func presenceEntries(inc *workflow.Incident, add func(seq int, at time.Time, line string, texts ...pair)) {
	came := map[workflow.UserID]bool{}
	for _, m := range inc.Moves {
		verb := "left"
		if m.Joined {
			verb = "joined"
			first := !came[m.User]
			came[m.User] = true
			if first && slices.ContainsFunc(inc.Acts, func(a workflow.Act) bool { return slices.Contains(a.Joined, m.User) }) {
				continue
			}
		}
		add(m.Seq, m.At, user(m.User)+" "+verb+" the channel.")
	}
	for _, a := range inc.Alarms {
		line := "Alarm: " + exposed(a)
		if a.Team != "" {
			line = strings.TrimSuffix(line, ".") + " (" + escape(workflow.Cut(a.Team, 40)) + ")."
		}
		add(a.Seq, a.At, line)
	}
}

// actEntries are what breachbot itself did: what it said and to whom, and what
// could not be delivered.
func actEntries(inc *workflow.Incident, rules workflow.Rules, add func(seq int, at time.Time, line string, texts ...pair)) {
	for _, a := range inc.Acts {
		add(a.Seq, a.At, actWords(inc, a, rules))
	}
}

func actWords(inc *workflow.Incident, a workflow.Act, rules workflow.Rules) string {
	to := "sent to " + addressee(a.Target) + "."
	switch a.Kind {
	case "erased":
		return "What people wrote was erased under the retention policy, by " + user(a.By) + "."
	case "channel_opened":
		return "The incident's channel was opened."
	case "channel_refused":
		return "The incident's channel could not be opened (Slack says " + escape(a.Code) + ")."
	case "card_posted":
		return "The card was put into the channel."
	case "invited":
		return invitedWords(a)
	case "nudged", "reminded":
		about := ""
		if a.Clock != "" {
			about = escape(a.Clock.Label(rules.Regulator)) + ", "
		}
		line := "Reminder: " + about + Left(time.Duration(a.Milestone)) + ", " + to
		if a.Milestone == 0 {
			line = "Reminder: " + about + "the deadline, " + to
		}
		if len(a.Missed) > 0 {
			line += " Not sent at the time: the reminder " + missedWords(a.Missed) + "."
		}
		return line
	case "follow_up_nudged":
		return "Reminder that more information is to follow, " + to
	case "delivery_stalled":
		return fmt.Sprintf("Could not be delivered: %s (Slack says %s; %s). It was tried on.", escape(taskWords(a.Task)), escape(a.Code), count(a.Attempts, "attempt"))
	case "delivery_recovered":
		return "Delivered after all: " + escape(taskWords(a.Task)) + "."
	}
	return upperFirst(postWords(inc, a.Task)) + ", " + to
}

// postWords names a message that went out once.
func postWords(inc *workflow.Incident, key workflow.TaskKey) string {
	kind, rest, _ := strings.Cut(string(key), ":")
	switch kind {
	case "receipt":
		return "receipt of the report"
	case "outcome":
		return "how it ended"
	case "alert":
		return "news of the report"
	case "ask":
		return "request for the decision"
	case "answer", "helped":
		return "news of an answer"
	case "help":
		if !strings.HasSuffix(rest, ":0") {
			return "reminder of the question"
		}
		return "question"
	case "say":
		return "announcement"
	case "given":
		return "news of an action"
	}
	return "message"
}

// addressee is who a message was for.
func addressee(t workflow.Target) string {
	if t == workflow.InChannel {
		return "the channel"
	}
	return mention(t.Principal())
}

func invitedWords(a workflow.Act) string {
	var who, not []string
	for _, u := range a.Joined {
		who = append(who, user(u))
	}
	for _, u := range sorted(a.Refused) {
		not = append(not, user(workflow.UserID(u))+" (Slack says "+escape(a.Refused[workflow.UserID(u)])+")")
	}
	line := "Invited to the channel: " + mention(a.Target.Principal()) + "."
	if a.Target.Principal().IsGroup() && len(who) > 0 {
		line = strings.TrimSuffix(line, ".") + " (" + strings.Join(who, ", ") + ")."
	}
	if len(not) > 0 {
		line += " Could not be invited: " + strings.Join(not, ", ") + "."
	}
	return line
}
