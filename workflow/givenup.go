package workflow

import (
	"slices"
	"time"
)

// GivenUp is what could not be delivered: a task that Slack refuses for good or has
// not taken for long, or somebody who cannot be written to. The privacy team is told
// of it once, in person, so that somebody does what breachbot could not.
type GivenUp struct {
	Seq  int       `json:"seq"`
	At   time.Time `json:"at"`
	Task TaskKey   `json:"task"`
	Who  UserID    `json:"who,omitempty"` // who cannot be written to; empty for a task
	Code string    `json:"code"`          // Slack's or ours
}

// giveUp notes what was given up, each task and each person once. That the news of
// it cannot be delivered is no news: it would go the same way.
func (i *Incident) giveUp(r Record, task TaskKey, who UserID, code string) {
	same := func(g GivenUp) bool { return g.Who == who && (who != "" || g.Task == task) }
	if who == "" && task.Says().News == NewsGivenUp || slices.ContainsFunc(i.GivenUp, same) {
		return
	}
	i.GivenUp = append(slices.Clip(i.GivenUp), GivenUp{r.Seq, r.At, task, who, code})
}

// takeBack forgets what was given up and has come about after all.
func (i *Incident) takeBack(so func(GivenUp) bool) {
	if slices.ContainsFunc(i.GivenUp, so) {
		i.GivenUp = slices.DeleteFunc(slices.Clone(i.GivenUp), so)
	}
}

// StillGivenUp is what was given up and did not go by e-mail either.
func (i *Incident) StillGivenUp() []GivenUp {
	return slices.DeleteFunc(slices.Clone(i.GivenUp), func(g GivenUp) bool {
		mail := i.MailsOf(g.Task)
		return g.Who == "" && g.Task.Kind() != KindMail && len(mail.To) > 0 && len(mail.Owed)+len(mail.Never) == 0
	})
}

// thePrivacyTeam are those who see to it that what was given up is done another way.
func thePrivacyTeam(p *planner, _ int) []Target {
	who := p.rules.principals(RoleIGLead, RoleDPO)
	if len(who) == 0 {
		who = p.rules.StandIn(RoleDeputy, RoleCaldicott, RoleResponder, RoleSIRO)
	}
	return targets(who)
}

// gaveUp gives what was given up and has not come about since, in Slack or by e-mail.
// Nobody is told that they cannot be written to themselves.
func (p *planner) gaveUp() []happening {
	if !p.inc.Erased.IsZero() {
		return nil
	}
	var all []happening
	for _, g := range p.inc.StillGivenUp() {
		to := g.Who
		if of, _ := g.Task.Subject(); to == "" {
			to = UserID(of.To)
		}
		all = append(all, happening{seq: g.Seq, at: g.At, told: to})
	}
	return all
}
