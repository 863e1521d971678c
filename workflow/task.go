package workflow

import (
	"slices"
	"time"
)

// TaskKind says what a task asks of Slack.
type TaskKind string

const (
	KindChannel        TaskKind = "channel"         // open the private channel
	KindTopic          TaskKind = "topic"           // set its topic
	KindCard           TaskKind = "card"            // post the card
	KindPin            TaskKind = "pin"             // pin it
	KindCardRefresh    TaskKind = "card_refresh"    // bring the card up to date
	KindInvite         TaskKind = "invite"          // invite one principal
	KindReceipt        TaskKind = "receipt"         // tell the reporter the reference
	KindReceiptRefresh TaskKind = "receipt_refresh" // bring that message up to date
	KindOutcome        TaskKind = "outcome"         // tell the reporter how it ended
	KindAlert          TaskKind = "alert"           // tell a role-holder about the report
	KindUntaken        TaskKind = "untaken"         // tell somebody in person that nobody has it yet
	KindAlertRefresh   TaskKind = "alert_refresh"   // say in a message already sent who has it
	KindAsk            TaskKind = "ask"             // ask for the decision: the DPO's card
	KindAskRefresh     TaskKind = "ask_refresh"     // bring the DPO's card up to date
	KindAnswer         TaskKind = "answer"          // tell the person who asked for more facts that there is an answer
	KindNews           TaskKind = "news"            // tell those who must act on what happened
	KindHelp           TaskKind = "help"            // ask somebody to contribute, and remind them
	KindHelped         TaskKind = "helped"          // tell the person who asked that there is an answer
	KindQuestion       TaskKind = "question"        // put a question of the reporter to those who decide
	KindGiven          TaskKind = "given"           // tell the owner about a new action
	KindSay            TaskKind = "say"             // tell the channel about an event
	KindRemind         TaskKind = "remind"          // send a reminder of another clock
	KindFollowUp       TaskKind = "follow_up"       // remind that further information is due
	KindNudge          TaskKind = "nudge"           // count down to the deadline
	KindPerson         TaskKind = "person"          // send one person of a group what it was sent
	KindMail           TaskKind = "mail"            // send by e-mail what Slack did not take
	KindHash           TaskKind = "hash"            // read an attached file to take its hash
	KindDigest         TaskKind = "digest"          // tell the board what there was in a week; of no incident
	KindRestored       TaskKind = "restored"        // tell people that the store was restored from a copy; of no incident
	KindAnchor         TaskKind = "anchor"          // show the register's anchor to the DPO; of no incident
)

// taskRow is all there is to know about a kind of task except how it is carried
// out.
type taskRow struct {
	kind  TaskKind
	forms []keyForm
	// recorded marks kinds that are owed until an event says they were done.
	// The others may be repeated without harm and leave no event: they stay
	// planned.
	recorded bool
	// renewed marks kinds that bring something up to date, so the newest
	// replaces the others.
	renewed bool
	// leaves is what a task leaves at Slack, by which one whose outcome is not
	// known is found again.
	leaves Left
	// lane is how much hurry it is in.
	lane Lane
	// mailed tells which messages of the kind go by e-mail when Slack does not take
	// them in time. nil: none.
	mailed func(Subject) bool
}

// Left is what an attempt at a task leaves at Slack. Before a task is given up that
// may have left something, it is looked for.
type Left int

// What tasks leave.
const (
	LeavesNothing Left = iota // or what may be done again without harm
	LeavesChannel
	LeavesMessage // that carries the task's stamp
)

// keyForm is one way to make the keys of a kind: a word and the parts after it.
// A kind with several forms says which one a subject takes.
type keyForm struct {
	word  string
	parts []part
	takes func(Subject) bool // nil: every subject
}

// first takes subjects of which there was none before.
func first(s Subject) bool { return s.Nth == 0 }

func key(word string, parts ...part) []keyForm { return []keyForm{{word, parts, nil}} }

const (
	recorded, unrecorded = true, false
	renewed, lasting     = true, false
)

// slackOnly is for kinds of which none goes by e-mail.
var slackOnly func(Subject) bool

// taskRows is the one table of tasks. When tasks of an incident are due
// together, they are carried out in this order: the room before what is said in
// it, the reminders of other clocks before the countdown. An e-mail comes before all:
// it is owed because Slack does not take things, and must not wait until each of them
// has failed again.
var taskRows []taskRow

func init() { // not at the declaration: reading a key that holds a key looks here
	taskRows = []taskRow{
		{KindMail, key("mail", keyTo, keyOf), recorded, lasting, LeavesNothing, LaneClock, slackOnly},
		{KindChannel, key("channel"), recorded, lasting, LeavesChannel, LanePeople, slackOnly},
		{KindTopic, key("topic", keyAbout), unrecorded, renewed, LeavesNothing, LaneBulk, slackOnly},
		{KindCard, []keyForm{
			{"card", nil, first},
			{"card_anew", []part{keyNth}, nil},
		}, recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindPin, key("pin", keyTS), unrecorded, renewed, LeavesNothing, LaneBulk, slackOnly},
		{KindCardRefresh, key("card", keyAbout), unrecorded, renewed, LeavesNothing, LaneBulk, slackOnly},
		{KindInvite, key("invite", keyTo), recorded, lasting, LeavesNothing, LanePeople, slackOnly},
		{KindReceipt, key("receipt"), recorded, lasting, LeavesMessage, LaneBulk, slackOnly},
		{KindReceiptRefresh, key("progress", keyAbout), unrecorded, renewed, LeavesNothing, LaneBulk, slackOnly},
		{KindOutcome, key("outcome", keyAbout), recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindAlert, key("alert", keyTo), recorded, lasting, LeavesMessage, LanePeople, anyOf},
		{KindUntaken, key("untaken", keyNth, keyTo), recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindAlertRefresh, key("holder", keyAbout, keySent), unrecorded, renewed, LeavesNothing, LaneBulk, slackOnly},
		{KindAsk, []keyForm{
			{"ask", []part{keyAbout, keyTo}, first},
			{"ask_anew", []part{keyNth, keyAbout, keyTo}, nil},
		}, recorded, lasting, LeavesMessage, LaneClock, anyOf},
		{KindAskRefresh, []keyForm{ // the request that counts, whenever it changes; an older one, once
			{"refresh", []part{keyAbout, keyAsked}, func(s Subject) bool { return s.About > 0 }},
			{"retire", []part{keyAsked}, func(s Subject) bool { return s.About == 0 }},
		}, unrecorded, renewed, LeavesNothing, LaneBulk, slackOnly},
		{KindAnswer, key("answer", keyAbout), recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindNews, key("news", keyNews, keyAbout, keyTo), recorded, lasting, LeavesMessage, LanePeople, ofGivenUp},
		{KindHelp, key("help", keyAbout, keyNth), recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindQuestion, key("question", keyAbout, keyTo), recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindHelped, key("helped", keyAbout), recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindGiven, key("given", keyAbout), recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindSay, key("say", keyAbout, keyTo), recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindRemind, key("remind", keyClock, keyDeadline, keyLeft, keyTo), recorded, lasting, LeavesMessage, LaneClock, ofTheLaw},
		{KindFollowUp, key("follow_up", keyAbout, keyDeadline), recorded, lasting, LeavesMessage, LaneClock, slackOnly},
		{KindNudge, key("nudge", keyAbout, keyLeft, keyTo), recorded, lasting, LeavesMessage, LaneClock, anyOf},
		{KindPerson, key("person", keyTo, keyOf), recorded, lasting, LeavesMessage, LaneClock, slackOnly}, // whatever it is, it is late already
		{KindHash, key("hash", keyAbout, keyNth), recorded, lasting, LeavesNothing, LaneBulk, slackOnly},
		{KindAnchor, key("anchor", keyDay), recorded, lasting, LeavesMessage, LaneBulk, slackOnly},
		{KindRestored, key("restored", keyAbout), recorded, lasting, LeavesMessage, LanePeople, slackOnly},
		{KindDigest, key("digest", keyDay), recorded, lasting, LeavesMessage, LaneBulk, slackOnly},
	}
}

func taskRowOf(k TaskKind) taskRow {
	if n := slices.IndexFunc(taskRows, func(r taskRow) bool { return r.kind == k }); n >= 0 {
		return taskRows[n]
	}
	return taskRow{kind: k}
}

// form is the form of a subject's key.
func (r taskRow) form(s Subject) keyForm {
	for _, f := range r.forms {
		if f.takes == nil || f.takes(s) {
			return f
		}
	}
	return keyForm{word: string(r.kind)}
}

// TaskKinds are all kinds of task, in the order in which tasks of an incident
// that are due together are carried out.
func TaskKinds() []TaskKind {
	kinds := make([]TaskKind, len(taskRows))
	for n, r := range taskRows {
		kinds[n] = r.kind
	}
	return kinds
}

// Order is the place of a kind among the tasks of an incident that are due
// together. It is -1 for a kind that only a newer version knows.
func (k TaskKind) Order() int {
	return slices.IndexFunc(taskRows, func(r taskRow) bool { return r.kind == k })
}

// ByMail tells whether messages of this kind may go by e-mail when Slack does not take
// them.
func (k TaskKind) ByMail() bool { return taskRowOf(k).mailed != nil }

// Recorded tells whether an event says that a task of this kind was done. The
// other kinds may be repeated without harm.
func (k TaskKind) Recorded() bool { return taskRowOf(k).recorded }

// Renewed tells whether a task of this kind gives way to a newer one with the
// same purpose: it brings something up to date, and the newest version counts.
func (k TaskKind) Renewed() bool { return taskRowOf(k).renewed }

// Leaves is what a task of this kind leaves at Slack. It is nothing for kinds that
// only a newer version knows.
func (k TaskKind) Leaves() Left { return taskRowOf(k).leaves }

// Target is who a message is for: the channel, or a principal in person.
type Target string

// InChannel is the incident's channel.
const InChannel Target = "channel"

// Principal is the person or group a target names; empty for the channel.
func (t Target) Principal() Principal {
	if t == InChannel {
		return ""
	}
	return Principal(t)
}

// Task is one act that an incident's state calls for. Key names it within the
// incident; a task with the same key is the same task.
type Task struct {
	Key       TaskKey
	Kind      TaskKind
	Due       time.Time // UTC; tasks to be done at once are due since the report
	Target    Target
	About     int       // seq of the event it is about, where there is one
	Milestone Countdown // of a nudge or a reminder
	Deadline  time.Time // of a nudge or a reminder
}

// Covers tells whether this task is the one with the key, or does again what that
// one was to do.
func (t Task) Covers(key TaskKey) bool {
	if t.Key == key {
		return true
	}
	now, known := t.Key.Subject()
	then, _ := key.Subject()
	return known && now.Renews(then)
}

// Keys of tasks that exist once.
const (
	TaskChannel TaskKey = "channel"
	TaskCard    TaskKey = "card"
	TaskReceipt TaskKey = "receipt"
)

// AskedSince is the seq of the event that led to this DPO's card. It is 0 for
// other tasks.
func (k TaskKey) AskedSince() int {
	if s := k.Says(); s.Kind == KindAsk {
		return s.About
	}
	return 0
}

// Says is the message that a task sends: what the group was sent, if the task sends
// it to one person of the group, what Slack did not take, if it sends an e-mail, and
// else the task's own subject.
func (k TaskKey) Says() Subject {
	s, _ := k.Subject()
	if s.Kind == KindPerson || s.Kind == KindMail {
		s, _ = s.Asked.Subject()
	}
	return s
}

// Message is the task as whoever writes its message sees it: what the group was
// sent, if it goes to one person of the group; what Slack did not take, if it goes by
// e-mail.
func (t Task) Message() Task {
	if s, _ := t.Key.Subject(); t.Kind == KindPerson || t.Kind == KindMail {
		of := t.Key.Says()
		t.Key, t.Kind = s.Asked, of.Kind
		if of.To != "" {
			t.Target = of.To
		}
	}
	return t
}

// AskOf is the message that a refresh brings up to date: a DPO's card, or one
// that says who has the incident.
func (t Task) AskOf() TaskKey {
	s, _ := t.Key.Subject()
	return s.Asked
}

// NewsOf is what a piece of news says.
func (t Task) NewsOf() News {
	s, _ := t.Key.Subject()
	return s.News
}

// ClockOf is the clock a reminder is about.
func (t Task) ClockOf() ClockName {
	s, _ := t.Key.Subject()
	return s.Clock
}
