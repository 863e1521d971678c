package workflow

import (
	"slices"
	"time"
)

// Outsider says why somebody in the incident's channel does not belong there.
type Outsider string

const (
	OutsiderGuest   Outsider = "guest"
	OutsiderForeign Outsider = "other_organisation"
	OutsiderApp     Outsider = "app"     // another app, which can read what is written
	OutsiderUnknown Outsider = "unknown" // Slack does not say who it is
	OutsiderShared  Outsider = "shared"  // the channel itself, with another organisation
)

// The commands about who can see the incident's channel. breachbot itself gives
// them when it hears from Slack, perhaps more than once and in any order.
type (
	// RecordMember records that somebody joined or left.
	RecordMember struct {
		User   UserID
		At     time.Time
		Joined bool
		Why    Outsider // of somebody who does not belong there
	}
	// RecordShared records that the channel was shared with another
	// organisation.
	RecordShared struct {
		Team string
		At   time.Time
	}
)

// The events about who can see the channel.
type (
	// MemberJoined and MemberLeft tell when, by Slack's clock.
	MemberJoined struct {
		User UserID    `json:"user"`
		When time.Time `json:"when"`
	}
	MemberLeft struct {
		User UserID    `json:"user"`
		When time.Time `json:"when"`
	}
	// ChannelExposed is an alarm: somebody who does not belong there can see the
	// channel.
	ChannelExposed struct {
		User UserID    `json:"user,omitempty"`
		Team string    `json:"team,omitempty"` // of the organisation it was shared with
		Why  Outsider  `json:"why"`
		When time.Time `json:"when"`
	}
)

func (RecordMember) Name() CommandName { return CommandRecordMember }
func (RecordShared) Name() CommandName { return CommandRecordShared }

func (MemberJoined) Kind() string   { return "member_joined" }
func (MemberLeft) Kind() string     { return "member_left" }
func (ChannelExposed) Kind() string { return "channel_exposed" }

var presenceEvents = []eventRow{
	event(quiet, noWords, (*Incident).foldJoined),
	event(quiet, noWords, (*Incident).foldLeft),
	event(quiet, texts("Team"), (*Incident).foldExposed), // Slack's id of an organisation
}

// Move is one time somebody joined or left the incident's channel.
type Move struct {
	Seq    int       `json:"seq"`
	User   UserID    `json:"user"`
	At     time.Time `json:"at"` // at Slack
	Joined bool      `json:"joined,omitempty"`
}

// Alarm is one warning about who can see the channel.
type Alarm struct {
	Seq  int       `json:"seq"`
	User UserID    `json:"user,omitempty"`
	Team string    `json:"team,omitempty"`
	Why  Outsider  `json:"why"`
	At   time.Time `json:"at"` // at Slack
}

// Presence is a time during which somebody could see the incident's channel.
type Presence struct {
	User  UserID
	From  time.Time // zero: since before breachbot could tell
	Until time.Time // zero: still there
}

// Presence is who could see the incident's channel and when, in the order they
// came, as far as Slack has said.
func (i *Incident) Presence() []Presence {
	var all []Presence
	for _, m := range i.Moves { // in the order they were made
		n := slices.IndexFunc(all, func(p Presence) bool { return p.User == m.User && p.Until.IsZero() })
		switch {
		case m.Joined && n < 0:
			all = append(all, Presence{User: m.User, From: m.At})
		case m.Joined: // told twice
		case n >= 0:
			all[n].Until = m.At
		default:
			all = append(all, Presence{User: m.User, Until: m.At})
		}
	}
	return all
}

// Exposed are the alarms still in force: about people who are there, and about
// organisations the channel was shared with.
func (i *Incident) Exposed() []Alarm {
	present := i.Presence()
	var out []Alarm
	for _, e := range i.Alarms {
		there := slices.ContainsFunc(present, func(p Presence) bool { return p.User == e.User && p.Until.IsZero() })
		again := slices.ContainsFunc(out, func(o Alarm) bool { return o.User == e.User && o.Team == e.Team })
		if (e.User == "" || there) && !again {
			out = append(out, e)
		}
	}
	return out
}

var errOnlySlack = forbidden("Only breachbot itself records who is in the channel.")

func (r Rules) recordMember(inc *Incident, c RecordMember, by Actor, _ time.Time) ([]Event, error) {
	if by.User != System {
		return nil, errOnlySlack
	}
	m := Move{User: c.User, At: Instant(c.At), Joined: c.Joined}
	known := slices.ContainsFunc(inc.Moves, func(k Move) bool {
		return k.User == m.User && k.At.Equal(m.At) && k.Joined == m.Joined
	})
	switch {
	case m.User == "" || m.At.IsZero() || known:
		return nil, nil
	case !m.Joined:
		return []Event{MemberLeft{User: m.User, When: m.At}}, nil
	case c.Why == "":
		return []Event{MemberJoined{User: m.User, When: m.At}}, nil
	}
	return []Event{
		MemberJoined{User: m.User, When: m.At},
		ChannelExposed{User: m.User, Why: c.Why, When: m.At},
	}, nil
}

func (r Rules) recordShared(inc *Incident, c RecordShared, by Actor, _ time.Time) ([]Event, error) {
	if by.User != System {
		return nil, errOnlySlack
	}
	e := Alarm{Team: c.Team, Why: OutsiderShared, At: Instant(c.At)}
	known := slices.ContainsFunc(inc.Alarms, func(k Alarm) bool { return k.Team == e.Team && k.Why == e.Why && k.At.Equal(e.At) })
	if known || e.At.IsZero() {
		return nil, nil
	}
	return []Event{ChannelExposed{Team: e.Team, Why: e.Why, When: e.At}}, nil
}

func (i *Incident) foldJoined(r Record, e MemberJoined) {
	i.move(Move{Seq: r.Seq, User: e.User, At: e.When, Joined: true})
}

func (i *Incident) foldLeft(r Record, e MemberLeft) {
	i.move(Move{Seq: r.Seq, User: e.User, At: e.When})
}

// move keeps the moves in the order they were made; Slack may report them in
// another order.
func (i *Incident) move(m Move) {
	n := 0
	for n < len(i.Moves) && !i.Moves[n].At.After(m.At) {
		n++
	}
	was := i.Inside(m.User)
	_, known := i.Entered[m.User]
	i.Moves = slices.Insert(slices.Clone(i.Moves), n, m)
	if known && i.Inside(m.User) != was {
		i.CardSeq = m.Seq // the card names whom the channel does not reach
	}
	if slices.ContainsFunc(i.Alarms, func(e Alarm) bool { return e.User == m.User }) {
		i.CardSeq = m.Seq // the card warns about the people who are there
	}
}

func (i *Incident) foldExposed(r Record, e ChannelExposed) {
	i.Alarms = append(slices.Clip(i.Alarms), Alarm{Seq: r.Seq, User: e.User, Team: e.Team, Why: e.Why, At: e.When})
	i.CardSeq = r.Seq
}

// alarms plans the warnings that the channel was exposed: in the channel and,
// because the channel is no longer safe, in person to the people who handle the
// incident. A closed incident's channel still holds what was written.
func (p *planner) alarms() {
	for _, e := range p.inc.Alarms {
		for _, to := range append([]Target{InChannel}, p.inPerson()...) {
			if to != InChannel || p.inc.Room.Ready() {
				p.post(Subject{Kind: KindSay, About: e.Seq, To: to}, Task{Due: e.At, Target: to, About: e.Seq})
			}
		}
	}
}
