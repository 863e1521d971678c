package workflow

import "slices"

// A message to a group is one delivery for each person in it. The first one goes to
// everybody who can be written to at that moment; whoever could not be has a task of
// their own from then on, and keeps nobody waiting.

// Reach tells who of a group a message reached. It is empty for the channel, and for
// one person who was written to.
type Reach struct {
	// To are the people written to, in the order of the places.
	To []UserID `json:"to,omitempty"`
	// Owed are those who could not be written to yet, with the code of why.
	Owed map[UserID]string `json:"owed,omitempty"`
	// Never are those who cannot be written to at all, with Slack's code. Nobody
	// tries again until there is something else to tell them.
	Never map[UserID]string `json:"never,omitempty"`
	// Nowhere is Slack's code if it was for the channel of an incident that is over,
	// and nobody can write there any more.
	Nowhere string `json:"nowhere,omitempty"`
	// Late says that it got through, which was only learned when it was no longer
	// needed. It changes nothing of what came after it.
	Late bool `json:"late,omitempty"`
}

// LeftGroup is the code of somebody who was to be sent a message as one of a group
// and is no longer in it.
const LeftGroup = "left_group"

// NotMember is the code of somebody who is told nothing, because Slack says that they
// are no full member of the workspace.
const NotMember = "not_a_full_member"

// reaches takes in whom a message reached. It tells whether that settles what one
// person of a group was owed; then nothing else is known about the group.
func (i *Incident) reaches(r Record, key TaskKey, to Target, reach Reach) (onePerson bool) {
	s, _ := key.Subject()
	if onePerson = s.Kind == KindPerson; onePerson {
		left := without(i.Owed[s.Asked], UserID(s.To))
		if i.Owed = without(i.Owed, s.Asked); len(left) > 0 {
			i.Owed = with(i.Owed, s.Asked, left)
		}
	} else if !reach.Late {
		for old := range i.Owed {
			if o, _ := old.Subject(); o.followedBy(s) {
				i.Owed = without(i.Owed, old)
			}
		}
		for old := range i.Unsaid {
			if o, _ := old.Subject(); o.followedBy(s) {
				i.Unsaid = without(i.Unsaid, old)
			}
		}
		if len(reach.Owed) > 0 {
			i.Owed = with(i.Owed, key, reach.Owed)
		}
	}
	for _, user := range sortedKeys(reach.Never) {
		code := reach.Never[user]
		if code == LeftGroup {
			continue
		}
		i.lacks(r, key, user)
		if i.Unreached[user] != code {
			i.Unreached = with(i.Unreached, user, code)
			i.CardSeq = r.Seq
			i.giveUp(r, key, user, code)
		}
	}
	written := reach.To
	if p := to.Principal(); len(reach.Never) == 0 && p != "" && !p.IsGroup() {
		written = []UserID{UserID(p)}
	}
	for _, user := range written {
		if _, lost := i.Unreached[user]; lost {
			i.Unreached = without(i.Unreached, user)
			i.takeBack(func(g GivenUp) bool { return g.Who == user })
			i.CardSeq = r.Seq
		}
	}
	return onePerson
}

// followedBy tells whether a message says anew what an earlier one said, so that
// nobody has to be sent the earlier one any more.
func (s Subject) followedBy(next Subject) bool {
	if s.Kind != next.Kind || s.To != next.To {
		return false
	}
	switch s.Kind {
	case KindNudge, KindFollowUp, KindUntaken:
		return true
	case KindRemind:
		return s.Clock == next.Clock
	}
	return false
}

// settled tells whether one person of a group is owed nothing of a message any more.
func (i *Incident) settled(s Subject) bool {
	_, owed := i.Owed[s.Asked][UserID(s.To)]
	return !owed
}

// owes plans what single people are still owed of a message that was sent. t is its
// task.
func (p *planner) owes(key TaskKey, t Task) {
	for _, user := range sortedKeys(p.inc.Owed[key]) {
		t.Target = Target(user)
		p.add(Subject{Kind: KindPerson, To: t.Target, Asked: key}, t)
	}
	p.mailUnsaid(key, t)
}

// owesLast does so of the last message of a row of them, which all have keys of their
// own. It is no longer owed if it is about something that has changed.
func (p *planner) owesLast(next Subject, task func(last Subject) (t Task, still bool)) {
	for _, key := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(sortedKeys(p.inc.Owed), sortedKeys(p.inc.Unsaid))))) {
		if last, _ := key.Subject(); last.followedBy(next) {
			if t, still := task(last); still {
				p.owes(key, t)
			}
		}
	}
}

// reached tells whether a message is with anybody at all.
func (p Post) reached() bool {
	return len(p.Never) == 0 && p.Nowhere == "" || len(p.Places) > 0
}

// Unwritten are the people who cannot be written to, in a fixed order.
func (i *Incident) Unwritten() []UserID { return slices.Clone(sortedKeys(i.Unreached)) }
