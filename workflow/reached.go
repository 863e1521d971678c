package workflow

import (
	"slices"
	"time"
)

// Who is reached by what is said in the channel: those who are in it. Whoever must act
// and is not in it is told in person instead.

// Entrance is an invitation to the channel that worked.
type Entrance struct {
	Seq int       `json:"seq"`
	At  time.Time `json:"at"`
}

// Inside tells whether somebody is in the incident's channel, as far as Slack has
// said: they were invited or joined, and have not left since.
func (i *Incident) Inside(u UserID) bool {
	in, _ := i.inside(u)
	return in
}

// inside also tells how somebody who was in the channel left it; nothing if they never
// were.
func (i *Incident) inside(u UserID) (in bool, left Move) {
	entered, invited := i.Entered[u]
	for n := len(i.Moves) - 1; n >= 0; n-- { // the latest at Slack
		m := i.Moves[n]
		if m.User != u {
			continue
		}
		// Slack may tell late that they left, after they were invited again.
		back := invited && (entered.Seq > m.Seq || entered.At.Sub(m.At) > movesTold)
		if m.Joined || back {
			return i.Room.Ready(), Move{}
		}
		return false, m
	}
	return i.Room.Ready() && invited, Move{}
}

// movesTold is how much later than Slack's time of a move our own clock may say that
// it was before an invitation, without being wrong about the order. Product rule.
const movesTold = 5 * time.Minute

// absent is somebody who must act and is not reached by the channel.
type absent struct {
	Target
	since time.Time // when they left, or were to come
	after int       // seq of the event since which they are not reached
}

// absents are the people who handle the incident and are not reached by what is said
// in the channel: they could not be invited, or have left, or it cannot be written to.
// It is nobody while invitations are merely under way.
func (p *planner) absents() []absent {
	if !p.inc.Room.Ready() {
		return nil
	}
	mute, since := p.mute()
	var out []absent
	add := func(a absent) {
		if !slices.ContainsFunc(out, func(o absent) bool { return o.Target == a.Target }) {
			out = append(out, a)
		}
	}
	for _, to := range p.inPerson() {
		who := to.Principal()
		if mute { // what could be said before was said to them
			add(absent{to, since, p.inc.Version})
			continue
		}
		_, stalled := p.inc.Stalls[Subject{Kind: KindInvite, To: to}.Key()]
		switch invited := p.inc.Invited[who]; {
		case !invited && (stalled || !slices.Contains(p.members(), who)):
			at, seq := p.belongs(who)
			add(absent{to, at, seq})
		case invited:
			at, seq := p.belongs(who)
			for _, u := range p.inc.peopleOf(who) {
				if _, lost := p.inc.Unreached[u]; lost && who.IsGroup() {
					continue // nothing reaches them; the card says so, and the others of the group act
				}
				if in, left := p.inc.inside(u); !in {
					add(absent{Target(u), latest(left.At, at), max(left.Seq, seq)})
				}
			}
		}
	}
	return out
}

// peopleOf are the people a principal stood for when it was invited.
func (i *Incident) peopleOf(who Principal) []UserID {
	if !who.IsGroup() {
		return []UserID{UserID(who)}
	}
	return i.Guests[who]
}

// belongs is since when, and since which event, somebody has had a part in the
// incident.
func (p *planner) belongs(who Principal) (at time.Time, seq int) {
	at = p.inc.Times.Reported
	if p.inc.Lead == UserID(who) && !slices.Contains(p.rules.principals(RoleIGLead, RoleDPO), who) {
		for _, h := range p.inc.Handovers {
			if h.Role == RoleLead && h.User == UserID(who) {
				at, seq = h.At, h.Seq-1 // they are told of that too
			}
		}
	}
	return at, seq
}

// mute tells whether messages to the channel keep failing, for example because
// it was archived or breachbot was removed from it, and since when.
func (p *planner) mute() (is bool, since time.Time) {
	for key, stall := range p.inc.Stalls {
		s, _ := key.Subject()
		if said := s.To == InChannel && !s.Kind.Renewed(); said || s.Kind == KindCard {
			at := stall.Since
			if due := p.inc.Clock().Deadline.Add(-time.Duration(s.Left)); s.Kind == KindNudge && due.Before(at) {
				at = due // the reminder that failed has reached nobody
			}
			if !is || at.Before(since) {
				is, since = true, at
			}
		}
	}
	return is, since
}

// Absent are the people who handle an incident and are told in person what is said in
// its channel, because they are not in it. It is empty while there is no channel.
func (r Rules) Absent(i *Incident) []Principal {
	var who []Principal
	for _, a := range (&planner{rules: r, inc: i}).absents() {
		who = append(who, a.Principal())
	}
	return who
}

// Members are the people in the channel, as far as Slack has said, in a fixed order.
func (i *Incident) Members() []UserID {
	var in []UserID
	add := func(u UserID) {
		if i.Inside(u) && !slices.Contains(in, u) {
			in = append(in, u)
		}
	}
	for _, u := range sortedKeys(i.Entered) {
		add(u)
	}
	for _, m := range i.Moves {
		add(m.User)
	}
	slices.Sort(in)
	return in
}
