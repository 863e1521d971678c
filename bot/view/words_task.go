package view

import (
	"cmp"

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
	// done is the event that says the task was done, if that event has words of its
	// own.
	done workflow.Event
}

// taskRows is the one table of what people read about tasks.
var taskRows = []taskWords{
	{kind: workflow.KindChannel, waiting: "the incident's channel", done: workflow.ChannelOpened{}},
	{kind: workflow.KindTopic, waiting: "the channel's topic"},
	{kind: workflow.KindCard, waiting: "the card in the channel", done: workflow.CardPosted{}},
	{kind: workflow.KindPin, waiting: "the pin on the card"},
	{kind: workflow.KindCardRefresh, waiting: "the card in the channel"},
	{kind: workflow.KindInvite, waiting: "an invitation to the channel", done: workflow.Invited{}},
	{kind: workflow.KindReceipt, waiting: "the message to the reporter", sent: as("receipt of the report")},
	{kind: workflow.KindOutcome, waiting: "the message to the reporter", sent: as("how it ended")},
	{kind: workflow.KindAlert, waiting: "the message to a role-holder", sent: as("news of the report")},
	{kind: workflow.KindAsk, waiting: "the request for a decision", sent: as("request for the decision")},
	{kind: workflow.KindAskRefresh, waiting: "the request for a decision"},
	{kind: workflow.KindAnswer, waiting: "the request for a decision", sent: as("news of an answer")},
	{kind: workflow.KindHelp, waiting: "a question to somebody", awaited: questionTo, sent: questionSent},
	{kind: workflow.KindHelped, waiting: "the news of an answer", sent: as("news of an answer")},
	{kind: workflow.KindGiven, waiting: "the message to the owner of an action", awaited: actionOf, sent: as("news of an action")},
	{kind: workflow.KindSay, waiting: "an announcement", sent: as("announcement")},
	{kind: workflow.KindRemind, waiting: "a reminder", done: workflow.Reminded{}},
	{kind: workflow.KindFollowUp, waiting: "a reminder", done: workflow.FollowUpNudged{}},
	{kind: workflow.KindNudge, waiting: "a reminder", done: workflow.Nudged{}},
	{kind: workflow.KindAnchor, waiting: "the register's check value", sent: as("check value of the register")},
}

// as says the same about every task of a kind.
func as(words string) func(workflow.Subject) string {
	return func(workflow.Subject) string { return words }
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
	about, _ := key.Subject()
	for _, w := range taskRows {
		if w.kind == about.Kind {
			return w, about, true
		}
	}
	return taskWords{}, about, false
}

// waitingWords say what has not been delivered, inside a sentence.
func waitingWords(key workflow.TaskKey) string {
	if w, _, known := taskWordsOf(key); known {
		return w.waiting
	}
	return "something " + notKnown
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
