package view

import (
	"cmp"
	"time"

	"breachbot/workflow"
)

// taskWords is what people read about one kind of task.
type taskWords struct {
	kind workflow.TaskKind
	// waiting is what has not been delivered, inside a sentence. It does not say who
	// it is for.
	waiting string
	// awaited says the same and names the person who waits, so that somebody can reach
	// them another way. It is empty if the incident does not say who it is. It is nil
	// if no one person waits.
	awaited func(*workflow.Incident, workflow.Subject) string
	// sent is the message that was posted, inside a sentence of the timeline. It is
	// nil if the task posts no message, or if done says so.
	sent func(workflow.Subject) string
	// says is that message. It is nil if the bot delivers the task in a way of its own.
	says func(*workflow.Incident, workflow.Task, workflow.Rules, time.Time) Message
	// done is the event that says the task was done, if that event has words of its
	// own.
	done workflow.Event
}

// taskRows is the one table of what people read about tasks.
var taskRows []taskWords

func init() { // not at the declaration: messages name what was not delivered, which looks here
	taskRows = []taskWords{
		{kind: workflow.KindChannel, waiting: "the incident's channel", done: workflow.ChannelOpened{}},
		{kind: workflow.KindTopic, waiting: "the channel's topic"},
		{kind: workflow.KindCard, waiting: "the card in the channel", done: workflow.CardPosted{}},
		{kind: workflow.KindPin, waiting: "the pin on the card"},
		{kind: workflow.KindCardRefresh, waiting: "the card in the channel"},
		{kind: workflow.KindInvite, waiting: "an invitation to the channel", awaited: invitationOf, done: workflow.Invited{}},
		{kind: workflow.KindReceipt, waiting: "the message to the reporter", sent: as("receipt of the report"),
			says: func(i *workflow.Incident, _ workflow.Task, r workflow.Rules, _ time.Time) Message {
				return Receipt(i, r)
			}},
		{kind: workflow.KindReceiptRefresh, waiting: "the message to the reporter"},
		{kind: workflow.KindOutcome, waiting: "the message to the reporter", sent: as("how it ended"),
			says: func(i *workflow.Incident, _ workflow.Task, _ workflow.Rules, _ time.Time) Message { return Outcome(i) }},
		{kind: workflow.KindAlert, waiting: "the message to a role-holder", sent: as("news of the report"),
			says: func(i *workflow.Incident, t workflow.Task, r workflow.Rules, now time.Time) Message {
				return Alert(i, t.Target, r, now)
			}},
		{kind: workflow.KindUntaken, waiting: "the message that nobody has it", sent: as("news that nobody had it"),
			says: func(i *workflow.Incident, t workflow.Task, r workflow.Rules, now time.Time) Message {
				return Untaken(i, t.Target, r, now)
			}},
		{kind: workflow.KindAlertRefresh, waiting: "the news of who has it"},
		{kind: workflow.KindAsk, waiting: "the request for a decision", sent: as("request for the decision"),
			says: func(i *workflow.Incident, t workflow.Task, r workflow.Rules, now time.Time) Message {
				return Ask(i, t.About, r, now)
			}},
		{kind: workflow.KindAskRefresh, waiting: "the request for a decision"},
		{kind: workflow.KindAnswer, waiting: "the request for a decision", sent: as("news of an answer"),
			says: func(i *workflow.Incident, _ workflow.Task, r workflow.Rules, now time.Time) Message {
				return Answer(i, r, now)
			}},
		{kind: workflow.KindNews, waiting: "news to somebody who must act", sent: as("news to act on"),
			says: func(i *workflow.Incident, t workflow.Task, r workflow.Rules, now time.Time) Message {
				return Tell(i, t, r, now)
			}},
		{kind: workflow.KindHelp, waiting: "a question to somebody", awaited: questionTo, sent: questionSent,
			says: func(i *workflow.Incident, t workflow.Task, _ workflow.Rules, _ time.Time) Message {
				return AskedFor(i, t.About)
			}},
		{kind: workflow.KindQuestion, waiting: "a question to the DPO", sent: as("question of the reporter"),
			says: func(i *workflow.Incident, t workflow.Task, _ workflow.Rules, _ time.Time) Message {
				return QuestionFor(i, t.About)
			}},
		{kind: workflow.KindHelped, waiting: "the news of an answer", sent: as("news of an answer"),
			says: func(i *workflow.Incident, t workflow.Task, _ workflow.Rules, _ time.Time) Message {
				return Helped(i, t.About)
			}},
		{kind: workflow.KindGiven, waiting: "the message to the owner of an action", awaited: actionOf, sent: as("news of an action"),
			says: func(i *workflow.Incident, t workflow.Task, _ workflow.Rules, _ time.Time) Message {
				return Given(i, t.About)
			}},
		{kind: workflow.KindSay, waiting: "an announcement", sent: as("announcement"),
			says: func(i *workflow.Incident, t workflow.Task, r workflow.Rules, _ time.Time) Message {
				return Say(i, t.About, t.Target, r)
			}},
		{kind: workflow.KindRemind, waiting: "a reminder", done: workflow.Reminded{}},
		{kind: workflow.KindFollowUp, waiting: "a reminder", done: workflow.FollowUpNudged{}},
		{kind: workflow.KindNudge, waiting: "a reminder", done: workflow.Nudged{}},
		{kind: workflow.KindPerson, waiting: "a message to one of a group", done: workflow.MessagePosted{}}, // its words are those of what the group was sent
		{kind: workflow.KindMail, waiting: "an e-mail", done: workflow.Mailed{}},
		{kind: workflow.KindHash, waiting: "the hash of an attached file", done: workflow.FileHashed{}},
		{kind: workflow.KindAnchor, waiting: "the register's check value", sent: as("check value of the register")},
		{kind: workflow.KindRestored, waiting: "the news that the register was restored", sent: as("news that the register was restored")},
		{kind: workflow.KindDigest, waiting: "the board's weekly digest", sent: as("weekly digest")},
	}
}

// as says the same about every task of a kind.
func as(words string) func(workflow.Subject) string {
	return func(workflow.Subject) string { return words }
}

func invitationOf(_ *workflow.Incident, about workflow.Subject) string {
	return "the invitation of " + mention(about.To.Principal()) + " to the channel"
}

func questionTo(inc *workflow.Incident, about workflow.Subject) string {
	if h := inc.Request(about.About); h != nil {
		return "the question to " + user(h.User)
	}
	return ""
}

func questionSent(about workflow.Subject) string {
	if about.Nth > 0 {
		return "reminder of the question"
	}
	return "question"
}

func actionOf(inc *workflow.Incident, about workflow.Subject) string {
	if a := inc.Action(about.About); a != nil {
		return "the message to " + user(a.Owner) + " about an action"
	}
	return ""
}

// taskWordsOf are the words for the task of a key, and what the key is about. It is
// false if this version does not know the kind of task.
func taskWordsOf(key workflow.TaskKey) (taskWords, workflow.Subject, bool) {
	about := key.Says()
	for _, w := range taskRows {
		if w.kind == about.Kind {
			return w, about, true
		}
	}
	return taskWords{}, about, false
}

// waitingWords say what has not been delivered, inside a sentence.
func waitingWords(key workflow.TaskKey) string {
	words := "something " + notKnown
	if w, _, known := taskWordsOf(key); known {
		words = w.waiting
	}
	if key.Kind() == workflow.KindMail {
		words = "the e-mail in place of " + words
	}
	return words
}

// undelivered says what has not been delivered, and who is waiting for it if that is
// one person.
func undelivered(inc *workflow.Incident, key workflow.TaskKey) string {
	if w, about, known := taskWordsOf(key); known && w.awaited != nil {
		return cmp.Or(w.awaited(inc, about), w.waiting)
	}
	return waitingWords(key)
}

// sentWords name a message that was posted, inside a sentence. If this version does
// not know the message, they just say "message".
func sentWords(key workflow.TaskKey) string {
	if w, about, known := taskWordsOf(key); known && w.sent != nil {
		return w.sent(about)
	}
	return "message"
}

// MessageOf is what a task that posts once has to say; false of tasks that do
// something else, and of those that this version does not know.
func MessageOf(inc *workflow.Incident, t workflow.Task, rules workflow.Rules, now time.Time) (Message, bool) {
	for _, w := range taskRows {
		if w.kind == t.Kind && w.says != nil {
			return w.says(inc, t, rules, now), true
		}
	}
	return Message{}, false
}
