package workflow

import (
	"slices"
	"time"
)

// News names what has happened when somebody in particular must act on it.
type News string

// The news.
const (
	NewsGrave     News = "grave"     // the severity was raised to 1 or 2
	NewsNote      News = "note"      // a note or an answer came while a decision is open
	NewsFell      News = "fell"      // a decision no longer holds: the facts changed, or a notice was withdrawn
	NewsAgain     News = "again"     // the facts changed so that the risk must be assessed again first
	NewsDeadline  News = "deadline"  // the deadline moved
	NewsApproved  News = "approved"  // it was decided to notify
	NewsQuestion  News = "question"  // more facts are wanted for the decision
	NewsUnreached News = "unreached" // nobody who decides could be reached in person
	NewsGivenUp   News = "given_up"  // something could not be delivered, or somebody not be written to
)

// newsEvery is how long after one piece of news of the same sort the next one
// waits, so that several notes in a short time are one push for one decision.
// Product rule.
const newsEvery = time.Hour

// newsRow says who must act on one sort of news, and so is told in person. What
// nobody must act on is no news: the cards and the timeline show it.
type newsRow struct {
	news News
	to   []circle
	// of gives what happened, as far as it still matters.
	of func(*planner) []happening
	// bundled news waits for newsEvery after the last one.
	bundled bool
	// apart news is about breachbot's own work: no other message says it, and it
	// matters after the end of the incident too.
	apart bool
}

// EveryNews is every sort of news.
func EveryNews() []News {
	var all []News
	for _, row := range newsRows {
		all = append(all, row.news)
	}
	return all
}

// happening is what news is about.
type happening struct {
	seq int
	by  UserID // who did it, and so knows
	at  time.Time
	// told is somebody who is sent a message of its own about it.
	told UserID
}

// newsRows is the one table of who hears which news, in person but for the last.
// Product rules. The SIRO hears of severities 1 and 2, and the board of the
// severities it chose, as news of the report (alerted). Nobody is told in person
// what they did themselves, nor what they are asked to decide anyway.
var newsRows []newsRow

func init() { // not at the declaration: some rows look at what the others planned
	newsRows = []newsRow{
		{NewsGrave, []circle{responders, theLead, holders(RoleIGLead), holders(RoleDPO)}, (*planner).raised, false, false},
		{NewsNote, []circle{theAsked}, (*planner).wrote, true, false},
		{NewsFell, []circle{theDeciders, theSender}, (*planner).fell, false, false},
		{NewsAgain, []circle{theLead}, (*planner).outdated, false, false},
		{NewsDeadline, []circle{theLead, theDeciders}, (*planner).moved, false, false},
		{NewsApproved, []circle{theSender}, (*planner).approved, false, false},
		{NewsQuestion, []circle{theLead}, (*planner).questioned, false, false},
		{NewsUnreached, []circle{theChannel}, (*planner).unreached, false, false},
		{NewsGivenUp, []circle{thePrivacyTeam}, (*planner).gaveUp, true, true},
	}
}

// circle is some of the people about an incident, as they were when something
// happened: somebody who takes over later is not told old news.
type circle func(p *planner, seq int) []Target

func holders(role Role) circle {
	return func(p *planner, _ int) []Target { return targets(p.rules.principals(role)) }
}

func responders(p *planner, seq int) []Target {
	to := holders(RoleResponder)(p, seq)
	for _, u := range p.inc.Responders {
		to = append(to, Target(u))
	}
	return to
}

// theLead is the lead or, if nobody had it yet, those who see to it that somebody
// does.
func theLead(p *planner, seq int) []Target {
	if lead := p.inc.leadBefore(seq); lead != "" {
		return []Target{Target(lead)}
	}
	return targets(p.rules.StandIn(RoleIGLead, RoleResponder, RoleCaldicott, RoleDPO, RoleDeputy))
}

// leadBefore is who had the lead when an event happened.
func (i *Incident) leadBefore(seq int) UserID {
	var lead UserID
	for _, h := range i.Handovers {
		if h.Role == RoleLead && h.Seq < seq {
			lead = h.User
		}
	}
	return lead
}

// theSender is the person who sends the notice and records it as sent.
func theSender(p *planner, seq int) []Target { return theLead(p, seq) }

// theDeciders are those who are asked at once when there is something to decide.
func theDeciders(p *planner, _ int) []Target {
	var to []Target
	for _, d := range p.deciders() {
		if d.Target != InChannel && d.after == 0 {
			to = append(to, d.Target)
		}
	}
	return to
}

// theAsked are those who have been asked in person for the decision that is open.
func theAsked(p *planner, _ int) []Target {
	var to []Target
	for _, who := range p.rules.Deciders(p.inc) {
		if post, asked := p.inc.Posts[Subject{Kind: KindAsk, About: p.inc.Asking, To: Target(who)}.Key()]; asked && post.reached() {
			to = append(to, Target(who))
		}
	}
	return to
}

// theChannel is the channel, and those who handle the incident and are not in it.
func theChannel(p *planner, _ int) []Target {
	if !p.inc.Room.Ready() {
		return nil
	}
	var to []Target
	for _, a := range p.everybody() {
		to = append(to, a.Target)
	}
	return to
}

func targets(who []Principal) []Target {
	var to []Target
	for _, w := range who {
		to = append(to, Target(w))
	}
	return to
}

// news plans telling those who must act on what happened.
func (p *planner) news() {
	over := p.inc.Step().Over()
	first := p.inc.Times.Reported
	if !p.inc.Room.Ready() && p.inc.Room.Refused == "" {
		first = first.Add(patience) // as long as the news of the report waits
	}
	for _, row := range newsRows {
		if over && !row.apart {
			continue
		}
		all := row.of(p)
		circles := make([][]Target, len(all))
		for n, h := range all {
			circles[n] = p.circles(row, h.seq)
		}
		for _, to := range audience(circles) {
			var open []happening
			for n, h := range all {
				if slices.Contains(circles[n], to) && !p.knows(row, to, h) {
					open = append(open, h)
				}
			}
			if row.bundled {
				open = p.bundle(row, to, open)
			}
			for _, h := range open {
				due := h.at
				if due.Before(first) {
					due = first
				}
				p.post(Subject{Kind: KindNews, News: row.news, About: h.seq, To: to}, Task{Due: due, Target: to, About: h.seq})
			}
		}
	}
}

// circles are the people in the row's circles, each once.
func (p *planner) circles(row newsRow, seq int) []Target {
	var to []Target
	for _, c := range row.to {
		for _, t := range c(p, seq) {
			if !slices.Contains(to, t) {
				to = append(to, t)
			}
		}
	}
	return to
}

// audience are all who are in any of the circles, each once.
func audience(circles [][]Target) []Target {
	var to []Target
	for _, c := range circles {
		for _, t := range c {
			if !slices.Contains(to, t) {
				to = append(to, t)
			}
		}
	}
	return to
}

// knows tells whether somebody needs no news of it: they did it, or another
// message tells them.
func (p *planner) knows(row newsRow, to Target, h happening) bool {
	if to == InChannel {
		return false
	}
	if to == Target(h.by) || to == Target(h.told) {
		return true
	}
	if row.apart {
		return false
	}
	for _, t := range p.tasks {
		if t.Target == to && (t.Kind == KindAlert || t.Kind == KindAsk && !t.Due.After(h.at)) {
			return true // not sent yet, and so it will say so
		}
	}
	sent := p.sentPosts()
	if seen, any := sent.shows[to]; any && seen >= h.seq {
		return true
	}
	said := sent.said[h.seq]
	return slices.Contains(said, to) || len(said) > 0 && p.shown(h.seq) // by a version that posted it in the channel
}

// sentPosts is what the messages that were sent tell the planner.
type sentPosts struct {
	asked map[Target]bool  // who was asked for a decision
	shows map[Target]int   // the newest version that somebody's alert or request for a decision was written from
	said  map[int][]Target // who was told about an event
	news  map[int][]Target // who was sent news of an event or a request for a decision because of it
}

// sentPosts reads the messages that were sent, once for each plan: an incident may
// have thousands.
func (p *planner) sentPosts() *sentPosts {
	if p.sent == nil {
		p.sent = &sentPosts{map[Target]bool{}, map[Target]int{}, map[int][]Target{}, map[int][]Target{}}
		for key, post := range p.inc.Posts {
			of := key.Says()
			if !post.reached() {
				continue
			}
			if of.Kind == KindAlert || of.Kind == KindAsk {
				p.sent.shows[post.Target] = max(p.sent.shows[post.Target], post.Shows)
			}
			if of.Kind == KindAsk {
				p.sent.asked[of.To] = true
			}
			switch of.Kind {
			case KindSay:
				p.sent.said[of.About] = append(p.sent.said[of.About], post.Target)
			case KindNews, KindAsk:
				p.sent.news[of.About] = append(p.sent.news[of.About], post.Target)
			}
		}
	}
	return p.sent
}

// shown tells whether the cards alone show an event to the channel.
func (p *planner) shown(seq int) bool {
	return slices.ContainsFunc(p.inc.Loud, func(l Loud) bool { return l.Seq == seq && l.Shown })
}

// hears tells whether somebody is sent news of an event, or is asked for a decision
// because of it.
func (p *planner) hears(seq int, to Target) bool {
	if to == InChannel {
		return false
	}
	return slices.Contains(p.sentPosts().news[seq], to) || slices.ContainsFunc(p.tasks, func(t Task) bool {
		return (t.Kind == KindNews || t.Kind == KindAsk) && t.About == seq && t.Target == to
	})
}

// bundle leaves the first of what happens within newsEvery: the message about it is
// sent when the time is over, and says that there is something new, whatever it is.
func (p *planner) bundle(row newsRow, to Target, all []happening) []happening {
	var open []happening
	var last time.Time
	shows := 0
	if !row.apart {
		last, shows = p.answered(to)
	}
	for _, h := range all {
		if h.seq <= shows || !last.IsZero() && !h.at.After(last) {
			continue // the last one said so
		}
		if next := last.Add(newsEvery); !last.IsZero() && h.at.Before(next) {
			h.at = next
		}
		last = h.at
		if post, sent := p.inc.Posts[Subject{Kind: KindNews, News: row.news, About: h.seq, To: to}.Key()]; sent {
			shows = post.Shows
		}
		open = append(open, h)
	}
	return open
}

// answered is when somebody who asked for more facts is told of the first answer,
// which is a message of its own, and what that message shows.
func (p *planner) answered(to Target) (at time.Time, shows int) {
	for _, about := range []Recipient{Regulator, DataSubjects} {
		d := p.inc.Latest(about)
		if d == nil || d.Verdict != NeedMore || d.Seq < p.inc.RiskVersion || Target(d.By) != to {
			continue
		}
		if h, said := p.inc.answerTo(d); said {
			return h.at, max(h.seq, p.inc.Posts[Subject{Kind: KindAnswer, About: p.inc.alike(d)}.Key()].Shows)
		}
	}
	return time.Time{}, 0
}

// raised gives the last time the severity was raised to 1 or 2, if it still is. The
// first triage raises it above what the reporter's guess made of it. Until then the
// reporter raises it by amending the guess, as when a near miss turns out to be none.
func (p *planner) raised() []happening {
	before := assumedFrom(p.inc.Reported().Risk)
	var last []happening
	for _, a := range p.inc.guesses() {
		before = assumedFrom(a.After.Risk)
	}
	if a := p.inc.raisedGuess(); a != nil {
		last = []happening{{seq: a.Seq, by: a.By, at: a.At}}
	}
	for _, g := range p.inc.Triages {
		switch {
		case g.Severity > 2:
			last = nil
		case g.Severity < before:
			last = []happening{{seq: g.Seq, by: g.By, at: g.At}}
		}
		before = g.Severity
	}
	return last
}

// wrote gives the notes, amendments and answers since the open decision was asked for.
func (p *planner) wrote() []happening {
	if !p.inc.Pending() {
		return nil
	}
	all := p.inc.written()
	for _, h := range p.inc.Helps {
		if !h.Open() {
			all = append(all, happening{seq: h.Answered, by: h.User, at: h.GivenAt, told: h.By})
		}
	}
	slices.SortFunc(all, func(a, b happening) int { return a.seq - b.seq })
	return slices.DeleteFunc(all, func(h happening) bool { return h.seq < p.inc.Asking })
}

// fell gives what put a decision to notify or not out of force, until it is decided
// again. When the decision has become the controller's, only what we were about to send
// matters.
func (p *planner) fell() []happening {
	theirs := p.inc.OnlyProcessor()
	if !p.inc.Pending() && !theirs {
		return nil
	}
	for _, about := range []Recipient{Regulator, DataSubjects} {
		d := p.inc.Latest(about)
		if d == nil || d.Verdict == NeedMore || theirs && d.Verdict != Notify {
			continue
		}
		if d.Seq < p.inc.Asking && p.inc.Standing(about) == nil {
			return p.did(p.inc.Asking)
		}
	}
	return nil
}

// outdated gives the assessment that must be done again before anybody decides.
// News that a decision fell says the same, and so does every announcement while
// there is no channel.
func (p *planner) outdated() []happening {
	if p.rules.Outdated(p.inc) == nil || len(p.fell()) > 0 || !p.inc.Room.Ready() {
		return nil
	}
	all := p.did(p.inc.RiskVersion)
	for n := range all {
		all[n].seq = p.inc.Assessment().Seq // once for each assessment, however often the facts change
	}
	return all
}

// moved gives the last change of the deadline. If the same form decided to notify or
// asked for more facts, the lead is told of that, with the deadline as it is now.
func (p *planner) moved() []happening {
	if !p.inc.Clock().Running() || len(p.inc.Corrections) == 0 {
		return nil
	}
	c := p.inc.Corrections[len(p.inc.Corrections)-1]
	if c.Before.Equal(c.After) {
		return nil
	}
	h := happening{seq: c.Seq, by: c.By, at: c.At}
	if slices.ContainsFunc(p.inc.Decisions, func(d Decision) bool {
		return d.Recipient.Core() && d.Verdict != DoNotNotify && d.Seq > c.Seq && d.At.Equal(c.At) && d.By == c.By
	}) {
		h.told = p.inc.leadBefore(c.Seq)
	}
	return []happening{h}
}

// approved gives the decisions to notify that are in force and not yet carried out.
func (p *planner) approved() []happening {
	return p.verdicts(Notify, func(about Recipient, d *Decision) bool {
		return p.inc.Standing(about) == d && p.inc.Notice(about) == nil
	})
}

// questioned gives the questions of whoever decides that nobody has answered yet.
func (p *planner) questioned() []happening {
	return p.verdicts(NeedMore, func(_ Recipient, d *Decision) bool {
		_, said := p.inc.answerTo(d)
		return d.Seq > p.inc.RiskVersion && !said
	})
}

// verdicts gives the latest answers to the law's two questions that are of one sort
// and still matter. One form is one push, whichever of its answers comes to matter
// no more first.
func (p *planner) verdicts(v Verdict, matters func(Recipient, *Decision) bool) []happening {
	var all []happening
	for _, about := range []Recipient{Regulator, DataSubjects} {
		d := p.inc.Latest(about)
		if d == nil || d.Verdict != v || !matters(about, d) {
			continue
		}
		if h := (happening{seq: p.inc.alike(d), by: d.By, at: d.At}); !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	return all
}

// alike is the first answer to the law's two questions that was given in the same
// form as this one and says the same.
func (i *Incident) alike(d *Decision) int {
	n := slices.IndexFunc(i.Decisions, func(o Decision) bool {
		return o.Recipient.Core() && o.Verdict == d.Verdict && o.At.Equal(d.At) && o.By == d.By
	})
	return i.Decisions[n].Seq
}

// unreached gives the request for a decision that has reached nobody in person, nor
// by e-mail.
func (p *planner) unreached() []happening {
	if !p.inc.Pending() || len(theAsked(p, 0)) > 0 {
		return nil
	}
	for _, who := range theDeciders(p, 0) {
		key := Subject{Kind: KindAsk, About: p.inc.Asking, To: who}.Key()
		if len(p.inc.Mails[key].To) > 0 {
			return nil
		}
		if stall, failing := p.inc.Stalls[key]; failing {
			return []happening{{seq: p.inc.Asking, at: stall.Since}}
		}
		if post, tried := p.inc.Posts[key]; tried {
			return []happening{{seq: p.inc.Asking, at: post.At}}
		}
	}
	return nil
}

// did gives an event that may have changed what is decided.
func (p *planner) did(seq int) []happening {
	by, at, known := p.inc.changed(seq)
	if !known {
		return nil
	}
	return []happening{{seq: seq, by: by, at: at}}
}
