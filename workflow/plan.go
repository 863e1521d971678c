package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TaskKind says what a task asks of Slack.
type TaskKind string

const (
	KindChannel     TaskKind = "channel"      // open the private channel
	KindTopic       TaskKind = "topic"        // set its topic
	KindInvite      TaskKind = "invite"       // invite one principal
	KindCard        TaskKind = "card"         // post the card
	KindCardRefresh TaskKind = "card_refresh" // bring the card up to date
	KindPin         TaskKind = "pin"          // pin it
	KindReceipt     TaskKind = "receipt"      // tell the reporter the reference
	KindAlert       TaskKind = "alert"        // tell a role-holder of the report
	KindAsk         TaskKind = "ask"          // ask for the decision: the DPO's card
	KindAskRefresh  TaskKind = "ask_refresh"  // bring the DPO's card up to date
	KindAnswer      TaskKind = "answer"       // tell whoever asked for more that there is an answer
	KindSay         TaskKind = "say"          // tell the channel of an event
	KindNudge       TaskKind = "nudge"        // count down to the deadline
	KindFollowUp    TaskKind = "follow_up"    // more information is to follow
	KindGiven       TaskKind = "given"        // tell the owner of a new action
	KindRemind      TaskKind = "remind"       // remind of another clock
	KindOutcome     TaskKind = "outcome"      // tell the reporter how it ended
	KindHelp        TaskKind = "help"         // ask somebody to contribute, and remind them
	KindHelped      TaskKind = "helped"       // tell whoever asked that there is an answer
	KindAnchor      TaskKind = "anchor"       // show the register's anchor to the DPO; of no incident
)

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
// incident; a task whose key stays the same is the same task.
type Task struct {
	Key       TaskKey
	Kind      TaskKind
	Due       time.Time // UTC; tasks to be done at once are due since the report
	Target    Target
	About     int       // seq of the event it is about, where there is one
	Milestone Countdown // of a nudge or a reminder
	Deadline  time.Time // of a nudge or a reminder
}

// Keys of tasks that exist once.
const (
	TaskChannel TaskKey = "channel"
	TaskCard    TaskKey = "card"
	TaskReceipt TaskKey = "receipt"
)

func inviteKey(p Principal) TaskKey { return TaskKey("invite:" + string(p)) }

func sayKey(seq int, to Target) TaskKey { return TaskKey(fmt.Sprintf("say:%d:%s", seq, to)) }

func askKey(since int, to Target) TaskKey { return TaskKey(fmt.Sprintf("ask:%d:%s", since, to)) }

// TaskCommand is the command key under which a task's delivery is recorded, so
// that it is recorded once.
func TaskCommand(id IncidentID, key TaskKey) CommandKey {
	return CommandKey("task/" + string(id) + "/" + string(key))
}

// patience is how long messages wait for the channel, so that they can link to
// it, before they go out without. Product rule.
const patience = time.Minute

// Plan derives what an incident still owes: the acts its state calls for and
// that no event reports as done, and the next nudge of each target. It depends
// on the incident and the rules alone, not on the hour, so the tasks stored can
// at any time be derived again from the journal. Acts that may be repeated
// without harm (topic, pin, refresh) leave no event; they carry in their key the
// version they are about and stay planned, done, until the next one.
func (r Rules) Plan(i *Incident) []Task {
	p := &planner{rules: r, inc: i}
	if i.Step() == StepNone {
		return nil
	}
	p.room()
	p.messages()
	p.announcements()
	p.decisions()
	p.nudges()
	p.reminders()
	p.alarms()
	p.helps()
	return p.tasks
}

type planner struct {
	rules Rules
	inc   *Incident
	tasks []Task
}

func (p *planner) add(t Task) {
	if t.Due.IsZero() {
		t.Due = p.inc.Times.Reported
	}
	p.tasks = append(p.tasks, t)
}

// room plans the channel, its topic, members, card and pin.
func (p *planner) room() {
	i := p.inc
	over := i.Step().Over()
	if !i.Room.Ready() {
		if !over {
			p.add(Task{Key: TaskChannel, Kind: KindChannel})
		}
		return
	}
	p.add(Task{Key: TaskKey(fmt.Sprintf("topic:%d", i.TopicSeq)), Kind: KindTopic, About: i.TopicSeq})
	if i.Card.TS == "" {
		p.add(Task{Key: TaskCard, Kind: KindCard, Target: InChannel})
	} else {
		p.add(Task{Key: TaskKey("pin:" + i.Card.TS), Kind: KindPin})
		if i.CardSeq > i.Card.Shows {
			p.add(Task{Key: TaskKey(fmt.Sprintf("card:%d", i.CardSeq)), Kind: KindCardRefresh, About: i.CardSeq})
		}
	}
	if over {
		return
	}
	for _, who := range p.members() {
		if !i.Invited[who] {
			p.add(Task{Key: inviteKey(who), Kind: KindInvite, Target: Target(who)})
		}
	}
}

// members are those who belong in the channel, first those who act.
func (p *planner) members() []Principal {
	members := p.rules.principals(RoleIGLead, RoleResponder, RoleDPO, RoleDeputy, RoleCaldicott)
	join := func(u UserID) {
		if u != "" && !slices.Contains(members, Principal(u)) {
			members = append(members, Principal(u))
		}
	}
	if p.rules.InviteReporter {
		join(p.inc.Reporter)
	}
	join(p.inc.Lead)
	for _, u := range p.inc.Responders {
		join(u)
	}
	return members
}

// messages plans what people are told in person: the reporter the reference
// and later the outcome, role-holders the report.
func (p *planner) messages() {
	i := p.inc
	due := i.Times.Reported
	if !i.Room.Ready() && i.Room.Refused == "" {
		due = due.Add(patience)
	}
	p.post(Task{Key: TaskReceipt, Kind: KindReceipt, Due: due, Target: Target(i.Reporter)})
	if i.Dismissed == nil && i.Erased.IsZero() { // the actions of a review outlive the incident
		for _, a := range i.OpenActions() {
			p.post(Task{Key: TaskKey(fmt.Sprintf("given:%d", a.Seq)), Kind: KindGiven, Due: a.At, Target: Target(a.Owner), About: a.Seq})
		}
	}
	if end := cmp.Or(i.Closed, i.Dismissed); end != nil {
		p.post(Task{Key: TaskKey(fmt.Sprintf("outcome:%d", end.Seq)), Kind: KindOutcome, Due: end.At, Target: Target(i.Reporter), About: end.Seq})
		return
	}
	for _, who := range p.rules.principals(p.alerted()...) {
		if !i.asked(who) { // who is to decide knows already
			p.post(Task{Key: TaskKey("alert:" + string(who)), Kind: KindAlert, Due: due, Target: Target(who)})
		}
	}
}

// asked tells whether somebody was asked in person for a decision.
func (i *Incident) asked(who Principal) bool {
	for key := range i.Posts {
		if strings.HasPrefix(string(key), "ask:") && strings.HasSuffix(string(key), ":"+string(who)) {
			return true
		}
	}
	return false
}

// alerted are the roles told of a report in person. IG lead, Caldicott
// Guardian, DPO and board on receipt (Data Breach Notification Procedure v1.1);
// product rules: near misses do not go to the board, the SIRO hears of
// severities 1 and 2 and of every breach that is notified.
func (p *planner) alerted() []Role {
	i := p.inc
	roles := i.onReceipt()
	d := i.Standing(Regulator)
	if i.Severity == 1 || i.Severity == 2 || d != nil && d.Verdict == Notify {
		roles = append(roles, RoleSIRO)
	}
	return roles
}

// onReceipt are the roles that hear of a report at once.
func (i *Incident) onReceipt() []Role {
	roles := []Role{RoleIGLead, RoleCaldicott, RoleDPO, RoleDeputy}
	if !i.Facts.NearMiss {
		roles = append(roles, RoleBoard)
	}
	return roles
}

// post plans a message unless it has been sent.
func (p *planner) post(t Task) {
	if _, sent := p.inc.Posts[t.Key]; !sent {
		p.add(t)
	}
}

// decisions plans the DPO's card while a decision is open, and keeps the cards
// sent true: the current one whenever something on it changes, older ones once.
func (p *planner) decisions() {
	i := p.inc
	a := i.Assessment()
	if a == nil {
		return
	}
	if i.Pending() {
		if p.rules.Outdated(i) == nil { // else they are asked when it has been assessed again
			for _, to := range p.deciders() {
				p.post(Task{Key: askKey(i.Asking, to.Target), Kind: KindAsk, Due: i.riskAt().Add(to.after), Target: to.Target, About: i.Asking})
			}
		}
		p.answers()
	}
	current := p.rules.Request(i)
	for _, key := range sortedKeys(i.Posts) {
		post, since := i.Posts[key], key.AskedSince()
		if since == 0 || post.Shows >= i.AskSeq {
			continue
		}
		if since == current {
			p.add(Task{Key: TaskKey(fmt.Sprintf("refresh:%d:%s", i.AskSeq, key)), Kind: KindAskRefresh, Target: post.Target, About: since})
		} else {
			p.add(Task{Key: TaskKey("retire:" + string(key)), Kind: KindAskRefresh, Target: post.Target})
		}
	}
}

// answers plans telling whoever asked for more facts that somebody has written a
// note since, once for each question. A new assessment brings a new card anyway.
func (p *planner) answers() {
	i := p.inc
	for _, about := range []Recipient{Regulator, DataSubjects} {
		d := i.Latest(about)
		if d == nil || d.Verdict != NeedMore || d.Seq < i.RiskVersion {
			continue
		}
		n := slices.IndexFunc(i.Notes, func(n Note) bool { return n.Seq > d.Seq && n.By != d.By })
		if n >= 0 {
			p.post(Task{Key: TaskKey(fmt.Sprintf("answer:%d", d.Seq)), Kind: KindAnswer, Due: i.Notes[n].At, Target: Target(d.By), About: d.Seq})
		}
	}
}

// Pending tells whether an assessed incident still waits for a decision.
func (i *Incident) Pending() bool {
	if i.Assessment() == nil || i.Step().Over() {
		return false
	}
	return i.Standing(Regulator) == nil || i.Standing(DataSubjects) == nil
}

// Request is the event since which the request for a decision that counts asks, 0
// before there is an assessment. While the risk has to be assessed again first, it
// is the newest that was sent: the next one follows the assessment.
func (r Rules) Request(i *Incident) int {
	a := i.Assessment()
	if a == nil || r.Outdated(i) == nil {
		return i.Asking
	}
	newest := a.Seq
	for key := range i.Posts {
		newest = max(newest, key.AskedSince())
	}
	return newest
}

// AskedSince is the event since which a DPO's card asks, 0 of other tasks.
func (k TaskKey) AskedSince() int {
	rest, ask := strings.CutPrefix(string(k), "ask:")
	since, _, _ := strings.Cut(rest, ":")
	n, err := strconv.Atoi(since)
	if !ask || err != nil {
		return 0
	}
	return n
}

// AskOf is the task a refresh of a DPO's card is about.
func (t Task) AskOf() TaskKey {
	_, key, _ := strings.Cut(string(t.Key), "ask:")
	return TaskKey("ask:" + key)
}

// asked is who is asked for a decision, and how long after the assessment.
type askedAfter struct {
	Target
	after time.Duration
}

// deciders are asked for the decision: in the channel, and in person the DPO
// and, when the DPO has not answered for a while or is away, the deputy.
func (p *planner) deciders() []askedAfter {
	var to []askedAfter
	if p.inc.Room.Ready() {
		to = append(to, askedAfter{InChannel, 0})
	}
	first := except(p.rules.principals(RoleDPO), Principal(p.inc.Reporter))
	for _, who := range p.rules.Deciders(p.inc) {
		var wait time.Duration
		if len(first) > 0 && !slices.Contains(first, who) && p.inc.Away == nil {
			wait = p.rules.DeputyAfter
		}
		to = append(to, askedAfter{Target(who), wait})
	}
	return to
}

// StandIn are the holders of the first of the roles that anybody holds.
func (r Rules) StandIn(roles ...Role) []Principal {
	for _, role := range roles {
		if who := r.principals(role); len(who) > 0 {
			return who
		}
	}
	return nil
}

// announcements plans telling the channel what happened; without a channel, the
// people who would be in it.
func (p *planner) announcements() {
	for _, loud := range p.inc.Loud {
		if p.told(loud.Seq) || p.asked(loud) || loud.Kind == (Decided{}).Kind() && len(p.inc.Together(loud.Seq)) == 0 {
			continue
		}
		for _, to := range p.everybody() {
			p.post(Task{Key: sayKey(loud.Seq, to), Kind: KindSay, Target: to, About: loud.Seq})
		}
	}
}

// asked tells whether the DPO's card in the channel says already what there is
// to say: that the risk was assessed.
func (p *planner) asked(l Loud) bool {
	if l.Kind != (Assessed{}).Kind() {
		return false
	}
	_, posted := p.inc.Posts[askKey(l.Seq, InChannel)]
	return posted || p.inc.Room.Ready() && p.inc.Pending() && p.inc.Assessment().Seq == l.Seq
}

// told tells whether an event has reached the channel, or, while there was
// none, anybody in its place.
func (p *planner) told(seq int) bool {
	if _, said := p.inc.Posts[sayKey(seq, InChannel)]; said {
		return true
	}
	if !p.inc.Room.Ready() {
		return false
	}
	prefix := fmt.Sprintf("say:%d:", seq)
	for key := range p.inc.Posts {
		if strings.HasPrefix(string(key), prefix) {
			return true
		}
	}
	return false
}

// everybody is the channel, or while there is none those who handle the
// incident, in person. Nobody while it is still being opened.
func (p *planner) everybody() []Target {
	switch {
	case p.inc.Room.Ready():
		return []Target{InChannel}
	case p.inc.Room.Refused == "":
		return nil
	}
	return p.inPerson()
}

// inPerson are those who handle the incident when the channel cannot be used.
// Of one that has ended only those who heard of it before: whoever takes over
// later is not told of it all again.
func (p *planner) inPerson() []Target {
	who := p.rules.principals(RoleIGLead, RoleDPO)
	if lead := Principal(p.inc.Lead); lead != "" && !slices.Contains(who, lead) {
		who = append(who, lead)
	}
	if len(who) == 0 {
		who = p.rules.StandIn(RoleDeputy, RoleCaldicott, RoleResponder, RoleSIRO)
	}
	var to []Target
	for _, w := range who {
		if !p.inc.Step().Over() || p.inc.heard(Target(w)) {
			to = append(to, Target(w))
		}
	}
	return to
}

// heard tells whether somebody was sent any message about the incident.
func (i *Incident) heard(who Target) bool {
	for _, post := range i.Posts {
		if post.Target == who {
			return true
		}
	}
	return false
}

// nudges plans the next countdown nudge of every target while the clock runs,
// and the next reminder that information is to follow.
func (p *planner) nudges() {
	i := p.inc
	if i.Step().Over() {
		return
	}
	if c := i.Clock(); c.Running() {
		for _, rung := range p.ladder() {
			m := p.rules.next(rung, i.Said)
			due := c.Deadline.Add(-time.Duration(m))
			if first := i.Times.Reported.Add(patience); !i.Room.Ready() && i.Room.Refused == "" && due.Before(first) {
				due = first // nobody is reminded of what they have not been told of
			}
			p.add(Task{
				Key:  TaskKey(fmt.Sprintf("nudge:%d:%d:%s", i.DeadlineSeq, time.Duration(m)/time.Second, rung.target)),
				Kind: KindNudge, Due: due, Target: rung.target, Milestone: m, Deadline: c.Deadline,
			})
		}
	}
	if due := i.FollowUpDue(p.rules.FollowUpEvery); !due.IsZero() {
		for n, to := range p.everybody() {
			if n > 0 {
				break // one place is enough for a reminder; it repeats
			}
			about := i.lastSent(Regulator).Seq
			p.add(Task{Key: TaskKey(fmt.Sprintf("follow_up:%d:%d", about, due.Unix())), Kind: KindFollowUp, Due: due, Target: to, About: about})
		}
	}
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
