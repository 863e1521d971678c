package workflow

import (
	"cmp"
	"slices"
	"time"
)

// patience is how long messages wait for the channel, so that they can link to
// it, before they go out without a link. Product rule.
const patience = time.Minute

// PlanFingerprint tells one way of planning from another: it is a hash over
// what Plan makes of a fixed set of incidents. A store remembers the
// fingerprint it was planned with, and plans again when it starts with a
// different one. A test computes it, and says what to write here when Plan
// changes.
const PlanFingerprint = "d7ad6dbd814d7e29"

// Plan derives what an incident still owes: the acts its state calls for that
// no event reports as done, and the next nudge for each target. It depends only
// on the incident and the rules, not on the time of day, so the stored tasks
// can be derived again from the journal at any time. Acts that may be repeated
// without harm (topic, pin, refresh) leave no event. Their key holds the
// version they are about, and they stay planned, as done, until the next
// version.
func (r Rules) Plan(i *Incident) []Task {
	p := &planner{rules: r, inc: i}
	if i.Step() == StepNone {
		return nil
	}
	p.room()
	p.messages()
	p.untaken()
	p.holding()
	p.decisions()
	p.news()
	p.announcements()
	p.nudges()
	p.reminders()
	p.alarms()
	p.helps()
	p.files()
	p.mails()
	return p.tasks
}

type planner struct {
	rules Rules
	inc   *Incident
	tasks []Task
	sent  *sentPosts // read by sentPosts
}

// add plans what a key names. A task without a time of its own is due at once.
func (p *planner) add(s Subject, t Task) {
	t.Key, t.Kind = s.Key(), s.Kind
	if t.Due.IsZero() {
		t.Due = p.inc.Times.Reported
	}
	if mayWait(s, t.Target) {
		t.Due = p.rules.quiet(p.inc, t.Due)
	}
	p.tasks = append(p.tasks, t)
}

// room plans the channel, its topic, members, card and pin.
func (p *planner) room() {
	i := p.inc
	over := i.Step().Over()
	if !i.Room.Ready() {
		if !over {
			p.add(Subject{Kind: KindChannel}, Task{})
		}
		return
	}
	p.add(Subject{Kind: KindTopic, About: i.TopicSeq}, Task{About: i.TopicSeq})
	switch {
	case i.Card.TS == "" && i.Card.Nth == 0:
		p.add(Subject{Kind: KindCard}, Task{Target: InChannel})
	case i.Card.TS == "": // once it is over, nobody needs another
		if !over {
			p.add(Subject{Kind: KindCard, Nth: i.Card.Nth}, Task{Target: InChannel, Due: i.Card.At.Add(anewAfter)})
		}
	default:
		p.add(Subject{Kind: KindPin, TS: i.Card.TS}, Task{})
		if i.CardSeq > i.Card.Shows {
			p.add(Subject{Kind: KindCardRefresh, About: i.CardSeq}, Task{About: i.CardSeq})
		}
	}
	if over {
		return
	}
	for _, who := range p.members() {
		if !i.Invited[who] {
			p.add(Subject{Kind: KindInvite, To: Target(who)}, Task{Target: Target(who)})
		}
	}
}

// members are the people who belong in the channel; those who act come first.
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

// messages plans what people are told in person: the reporter gets the
// reference and later the outcome, role-holders get the report.
func (p *planner) messages() {
	i := p.inc
	due := i.Times.Reported
	if !i.Room.Ready() && i.Room.Refused == "" {
		due = due.Add(patience)
	}
	p.receipt(Task{Due: due, Target: Target(i.Reporter)})
	if i.Dismissed == nil && i.Erased.IsZero() { // the actions of a review outlive the incident
		for _, a := range i.OpenActions() {
			p.post(Subject{Kind: KindGiven, About: a.Seq}, Task{Due: a.At, Target: Target(a.Owner), About: a.Seq})
		}
	}
	if end := cmp.Or(i.Closed, i.Dismissed); end != nil {
		p.post(Subject{Kind: KindOutcome, About: end.Seq}, Task{Due: end.At, Target: Target(i.Reporter), About: end.Seq})
		return
	}
	for _, who := range p.rules.principals(p.alerted()...) {
		if !p.sentPosts().asked[Target(who)] { // the decision-maker already knows
			p.post(Subject{Kind: KindAlert, To: Target(who)}, Task{Due: due, Target: Target(who)})
		}
	}
}

// posted tells whether a message was sent.
func (i *Incident) posted(s Subject) bool {
	_, sent := i.Posts[s.Key()]
	return sent
}

// asked tells whether somebody was asked in person for a decision.
func (i *Incident) asked(who Principal) bool {
	for key, post := range i.Posts {
		if s := key.Says(); s.Kind == KindAsk && s.To == Target(who) && post.reached() {
			return true
		}
	}
	return false
}

// alerted are the roles told about a report in person: the IG lead, Caldicott
// Guardian, DPO and board on receipt (Data Breach Notification Procedure v1.1),
// and the responders, who contain it (incident response plan). Product rules: the
// responders are told until somebody has it and of every severity 1 or 2, the board
// may choose to be told at once of some severities only, near misses never among
// them, and the SIRO is told about severities 1 and 2 and every breach that is
// notified.
func (p *planner) alerted() []Role {
	i := p.inc
	roles := p.rules.onReceipt(i)
	grave := i.Severity == 1 || i.Severity == 2
	if grave || !i.Taken() {
		roles = append(roles, RoleResponder)
	}
	d := i.Standing(Regulator)
	if grave || d != nil && d.Verdict == Notify {
		roles = append(roles, RoleSIRO)
	}
	return roles
}

// onReceipt are the roles told about a report at once.
func (r Rules) onReceipt(i *Incident) []Role {
	roles := []Role{RoleIGLead, RoleCaldicott, RoleDPO, RoleDeputy}
	if r.hearsAtOnce(i) {
		roles = append(roles, RoleBoard)
	}
	return roles
}

// post plans a message unless it has been sent, and whoever of a group is still owed
// it.
func (p *planner) post(s Subject, t Task) {
	if !p.inc.posted(s) {
		p.add(s, t)
		return
	}
	p.owes(s.Key(), t)
}

// decisions plans the DPO's card while a decision is open. It also keeps the
// cards already sent up to date: the current one whenever something on it
// changes, older ones once.
func (p *planner) decisions() {
	i := p.inc
	a := i.Assessment()
	if a == nil {
		return
	}
	if i.Pending() {
		if p.rules.Outdated(i) == nil { // otherwise they are asked once the risk has been assessed again
			for _, to := range p.deciders() {
				s, due := p.ask(i.Asking, to.Target, i.riskAt().Add(to.after))
				p.post(s, Task{Due: due, Target: to.Target, About: i.Asking})
			}
		}
		p.answers()
	}
	current := p.rules.Request(i)
	for _, key := range sortedKeys(i.Posts) {
		post, since := i.Posts[key], key.AskedSince()
		if since == 0 || post.Shows >= i.AskSeq || post.gone() {
			continue
		}
		if since == current {
			p.add(Subject{Kind: KindAskRefresh, About: i.AskSeq, Asked: key}, Task{Target: post.Target, About: since})
		} else {
			p.add(Subject{Kind: KindAskRefresh, Asked: key}, Task{Target: post.Target})
		}
	}
}

// answers plans telling the person who asked for more facts that somebody has
// written a note or amended the report since, once for each question. A new assessment brings a new
// card anyway.
func (p *planner) answers() {
	i := p.inc
	asked := 0
	for _, about := range []Recipient{Regulator, DataSubjects} {
		d := i.Latest(about)
		if d == nil || d.Verdict != NeedMore || d.Seq < i.RiskVersion {
			continue
		}
		first := i.alike(d) // asked about both at once is one question
		if first == asked {
			continue
		}
		asked = first
		if h, said := i.answerTo(d); said {
			p.post(Subject{Kind: KindAnswer, About: first}, Task{Due: h.at, Target: Target(d.By), About: first})
		}
	}
}

// Pending tells whether an assessed incident is still waiting for a decision.
// Nothing waits for one that is the controller's.
func (i *Incident) Pending() bool {
	if i.Assessment() == nil || i.Step().Over() {
		return false
	}
	return !i.OnlyProcessor() && (i.Standing(Regulator) == nil || i.Standing(DataSubjects) == nil)
}

// Request is the event that led to the current request for a decision, and 0
// before there is an assessment. While the risk has to be assessed again first,
// the current request is the newest that was sent; the next one follows the
// assessment.
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

// asked is who is asked for a decision, and how long after the assessment.
type askedAfter struct {
	Target
	after time.Duration
}

// deciders are asked for the decision: in the channel, and in person. In person
// it is the DPO and, if the DPO has not answered for a while or is away, the
// deputy.
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

// StandIn are the holders of the first of the roles that somebody holds.
func (r Rules) StandIn(roles ...Role) []Principal {
	for _, role := range roles {
		if who := r.principals(role); len(who) > 0 {
			return who
		}
	}
	return nil
}

// announcements plans telling the channel what somebody must act on or know now
// or, without a channel, and so without a card, telling the people who would be in
// it whatever happened. Somebody who is asked for a decision because of it, or is
// sent it as news, is not told twice.
func (p *planner) announcements() {
	for _, loud := range p.inc.Loud {
		if loud.Shown && p.inc.Room.Ready() || loud.Kind == (Decided{}).Kind() && len(p.inc.Together(loud.Seq)) == 0 {
			continue
		}
		for _, to := range p.everybody() {
			if !p.told(loud.Seq, to) && !p.hears(loud.Seq, to.Target) {
				p.post(Subject{Kind: KindSay, About: loud.Seq, To: to.Target}, Task{Target: to.Target, About: loud.Seq})
			}
		}
	}
}

// told tells whether somebody needs no announcement of an event: it was made in the
// channel while they were in it or, before there was one, to somebody in its place.
func (p *planner) told(seq int, to absent) bool {
	_, inRoom := p.inc.Posts[Subject{Kind: KindSay, About: seq, To: InChannel}.Key()]
	switch {
	case inRoom && to.Target == InChannel:
		return true
	case inRoom:
		return seq <= to.after
	case p.inc.Room.Ready() && seq < p.inc.Room.Seq:
		return len(p.sentPosts().said[seq]) > 0
	}
	return false
}

// everybody is whom something reaches that all must know who handle the incident: the
// channel, and in person those who are not in it. While there is no channel, it is all
// of them in person, and nobody while it is still being opened.
func (p *planner) everybody() []absent {
	var to []absent
	switch {
	case p.inc.Room.Ready():
		return append([]absent{{Target: InChannel}}, p.absents()...)
	case p.inc.Room.Refused == "":
		return nil
	}
	for _, who := range p.inPerson() {
		to = append(to, absent{Target: who})
	}
	return to
}

// anybody is one place where a repeated reminder to send something is read: by the
// lead if they are not in the channel, and nowhere while it is still being opened.
func (p *planner) anybody() (to Target, ok bool) {
	all := p.everybody()
	if len(all) == 0 {
		return "", false
	}
	if out := p.absents(); len(out) > 0 {
		if lead := slices.IndexFunc(out, func(a absent) bool { return a.Target == Target(p.inc.Lead) }); lead >= 0 {
			return out[lead].Target, true
		}
		if p.inc.Lead == "" && len(out) >= len(p.inPerson()) {
			return out[0].Target, true
		}
	}
	return all[0].Target, true
}

// inPerson are the people who handle the incident, for when the channel cannot
// be used. Once an incident has ended, they are only those who heard about it
// before: somebody who takes over later is not told everything again.
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
		if post.Target == who && post.reached() {
			return true
		}
	}
	return false
}

// nudges plans the next countdown nudge for every target while the clock runs,
// and the next reminder that further information is due.
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
				due = first // nobody is reminded of something they have not been told about
			}
			p.add(Subject{Kind: KindNudge, About: i.DeadlineSeq, Left: m, To: rung.target},
				Task{Due: due, Target: rung.target, Milestone: m, Deadline: c.Deadline})
			p.owesLast(Subject{Kind: KindNudge, To: rung.target}, func(last Subject) (Task, bool) {
				return Task{Due: c.Deadline.Add(-time.Duration(last.Left)), Milestone: last.Left, Deadline: c.Deadline}, last.About == i.DeadlineSeq
			})
		}
	}
	if due := i.FollowUpDue(p.rules.FollowUpEvery); !due.IsZero() {
		if to, ok := p.anybody(); ok { // one place is enough for a reminder; it repeats
			about := i.lastSent(Regulator).Seq
			p.add(Subject{Kind: KindFollowUp, About: about, Deadline: due}, Task{Due: due, Target: to, About: about})
			p.owesLast(Subject{Kind: KindFollowUp}, func(last Subject) (Task, bool) { return Task{Due: last.Deadline, About: about}, last.About == about })
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
