package workflow

import (
	"maps"
	"reflect"
	"slices"
)

// Replay folds a whole journal. An empty journal gives nil.
func Replay(records []Record) *Incident {
	if len(records) == 0 {
		return nil
	}
	i := &Incident{}
	for _, r := range records {
		i.Apply(r)
	}
	return i
}

// Apply folds one record into the incident. It never fails: what the journal
// holds has happened. It never looks at the configuration, so a replay years
// later gives the same incident.
func (i *Incident) Apply(r Record) {
	if i.ID == "" {
		i.ID = r.Incident
	}
	i.Version = r.Seq
	if r.Event == nil {
		return // erased: the Erased event that follows brings what was kept
	}
	i.unstall(r)
	before := i.stands()
	switch e := r.Event.(type) {
	case Reported:
		i.Reporter = r.Actor
		i.Report, i.Facts, i.Risk = e.Report, e.Report.Facts, e.Report.Risk
		i.Times = Times{Occurred: e.Report.Occurred, Detected: e.Report.Detected, Reported: r.At}
		i.DeadlineSeq = r.Seq
		i.material(r.Seq)
	case TimesCorrected:
		before := i.Times.Deadline()
		c := Correction{Seq: r.Seq, By: r.Actor, At: r.At, Before: e.Before, After: e.After, Reason: e.Reason}
		if e.Aware != i.Times.Aware {
			c.AwareReason = e.Aware.Reason
		}
		i.Corrections = append(slices.Clip(i.Corrections), c)
		i.Times.Occurred, i.Times.Detected = e.Occurred, e.Detected
		i.Times.Aware, i.Times.ProcessorTold = e.Aware, e.ProcessorTold
		i.FactsVersion = r.Seq
		after := i.Times.Deadline()
		if !after.Equal(before) {
			i.DeadlineSeq = r.Seq
		}
		if after.After(before) {
			i.unsay(Countdown(after.Sub(r.At)))
		}
		i.loud(r)
	case Triaged:
		i.Severity, i.Risk, i.Facts = e.Severity, e.Risk, e.Facts
		g := Grade{Seq: r.Seq, By: r.Actor, At: r.At, Severity: e.Severity, Risk: e.Risk, Reason: e.Reason}
		i.Triages = append(slices.Clip(i.Triages), g)
		if e.Systems != "" {
			i.TriageSystems = e.Systems
		}
		i.material(r.Seq)
		i.loud(r)
	case Assessed:
		a := e.Assessment
		a.Seq, a.By, a.At = r.Seq, r.Actor, r.At
		i.Assessments = append(slices.Clip(i.Assessments), a)
		i.Asking = r.Seq
		i.material(r.Seq)
		i.loud(r)
	case Decided:
		before = stands{} // whoever decides anew asks nobody
		d := e.Decision
		d.Seq, d.By, d.At = r.Seq, r.Actor, r.At
		i.Decisions = append(slices.Clip(i.Decisions), d)
		i.loud(r)
	case Notified:
		n := e.Notification
		n.Seq, n.By, n.At = r.Seq, r.Actor, r.At
		i.Notifications = append(slices.Clip(i.Notifications), n)
		i.loud(r)
	case Noted:
		i.Notes = append(slices.Clip(i.Notes), Note{Seq: r.Seq, By: r.Actor, At: r.At, Text: e.Text})
	case RoleAssigned:
		h := Handover{Seq: r.Seq, By: r.Actor, At: r.At, Role: e.Role, User: e.User, Note: e.Note}
		i.Handovers = append(slices.Clip(i.Handovers), h)
		if e.Role == RoleLead {
			i.Lead = e.User
		} else if !slices.Contains(i.Responders, e.User) {
			i.Responders = append(slices.Clip(i.Responders), e.User)
		}
		i.loud(r)
	case WasResolved:
		i.Resolved = i.turn(r, e.Reason, e.RootCause)
		i.loud(r)
	case WasClosed:
		i.Closed = i.turn(r, e.Reason, "")
		i.loud(r)
	case WasDismissed:
		i.Dismissed = i.turn(r, e.Reason, "")
		i.loud(r)
	case Reopened:
		i.turn(r, e.Reason, "")
		i.Resolved, i.Closed, i.Dismissed, i.Duplicate = nil, nil, nil, ""
		i.loud(r)
	case ContainmentRecorded:
		i.applyContainment(r, e)
	case Investigated:
		i.applyInvestigation(r, e)
	case RecoveryRecorded:
		i.applyRecovery(r, e)
	case Reviewed:
		i.applyReview(r, e)
	case ActionAdded:
		i.applyActionAdded(r, e)
	case ActionFinished:
		i.applyActionFinished(r, e)
	case Linked:
		i.applyLink(r, e)
	case DeputyCalled:
		i.applyDeputyCalled(r, e)
	case Erased:
		kept := e.Kept
		kept.Version, kept.Erased = r.Seq, r.At
		kept.CardSeq, kept.AskSeq = r.Seq, r.Seq // they still show the words
		*i = kept

	case ChannelOpened:
		i.Room = Room{Channel: e.Channel, Name: e.Name}
	case ChannelRefused:
		i.Room.Refused = e.Code
	case Invited:
		i.Invited = with(i.Invited, e.Principal, true)
		for user, code := range e.Refused {
			i.Left = with(i.Left, user, code)
			i.CardSeq = r.Seq
		}
	case CardPosted:
		i.Card = Card(e)
	case MessagePosted:
		i.Posts = with(i.Posts, e.Task, Post{Shows: e.Shows, Target: e.Target, Places: e.Places})
		i.toldHelp(r, e.Task)
	case Nudged:
		if e.Deadline.Equal(i.Times.Deadline()) { // else it was about a deadline that has moved since
			i.Said = with(i.Said, e.Target, e.Milestone)
		}
	case FollowUpNudged:
		i.FollowUp = r.At
	case Reminded:
		i.applyReminded(e)
	case DeliveryStalled:
		stall := Stall{Code: e.Code, Attempts: e.Attempts, Since: r.At}
		i.Stalls = with(i.Stalls, e.Task, stall)
		i.CardSeq = r.Seq
	case EvidenceAdded:
		i.addEvidence(r, e)
	case EvidenceEdited:
		i.changeEvidence(e.Place, Change{Seq: r.Seq, At: e.Edited, Text: e.Text})
	case EvidenceDeleted:
		i.changeEvidence(e.Place, Change{Seq: r.Seq, At: e.Deleted, Deleted: true})
	case MemberJoined:
		i.move(Move{Seq: r.Seq, User: e.User, At: e.When, Joined: true})
	case MemberLeft:
		i.move(Move{Seq: r.Seq, User: e.User, At: e.When})
	case ChannelExposed:
		i.expose(r, e)
	case HelpAsked:
		i.askHelp(r, e)
	case HelpGiven:
		i.giveHelp(r, e)
	}
	i.act(r)
	if now := i.stands(); before.regulator && !now.regulator || before.people && !now.people {
		i.Asking = r.Seq
	}
	if topic := (Topic{i.Times.Deadline(), i.Clock().State, i.Step().Over()}); topic != i.Topic {
		if i.TopicSeq > 0 && i.Topic.Clock != ClockRunning && topic.Clock == ClockRunning {
			i.Resumed = r.At
		}
		i.Topic, i.TopicSeq = topic, r.Seq
	}
}

// stands tells of the law's two questions whether a decision is in force.
type stands struct{ regulator, people bool }

func (i *Incident) stands() stands {
	return stands{i.Standing(Regulator) != nil, i.Standing(DataSubjects) != nil}
}

// unstall ends the stall of a delivery that got through after all.
func (i *Incident) unstall(r Record) {
	task := TaskKey("")
	switch e := r.Event.(type) {
	case ChannelOpened:
		task = TaskChannel
	case CardPosted:
		task = TaskCard
	case Invited:
		task = Subject{Kind: KindInvite, To: Target(e.Principal)}.Key()
	case MessagePosted:
		task = e.Task
	case Nudged:
		task = e.Task
	case FollowUpNudged:
		task = e.Task
	case Reminded:
		task = e.Task
	case DeliveryRecovered:
		task = e.Task
	}
	if _, stalled := i.Stalls[task]; stalled {
		i.Stalls = without(i.Stalls, task)
		i.CardSeq = r.Seq
	}
}

// turn keeps how the work ended or was resumed.
func (i *Incident) turn(r Record, reason, cause string) *Ending {
	end := Ending{Seq: r.Seq, By: r.Actor, At: r.At, Reason: reason, RootCause: cause}
	i.Turns = append(slices.Clip(i.Turns), Turn{r.Event.Kind(), end})
	return &end
}

// material marks an event that may change what is decided.
func (i *Incident) material(seq int) {
	i.FactsVersion, i.RiskVersion, i.CardSeq, i.AskSeq = seq, seq, seq, seq
}

// learn takes in facts. Only facts that differ may change what is decided.
func (i *Incident) learn(r Record, now Facts) {
	if reflect.DeepEqual(now, i.Facts) {
		return
	}
	i.Facts = now
	i.material(r.Seq)
}

// loud marks an event that the cards show and the channel is told of.
func (i *Incident) loud(r Record) {
	i.CardSeq, i.AskSeq = r.Seq, r.Seq
	i.Loud = append(slices.Clip(i.Loud), Loud{Seq: r.Seq, Kind: r.Event.Kind()})
}

// unsay makes the milestones that lie ahead again due again, after the deadline
// has moved later and left is the time to it now.
func (i *Incident) unsay(left Countdown) {
	said := maps.Clone(i.Said)
	for target, milestone := range said {
		if milestone < left {
			said[target] = left
		}
	}
	i.Said = said
}

// with and without copy before they change, so that an incident handed out
// earlier stays as it was.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	c := maps.Clone(m)
	if c == nil {
		c = map[K]V{}
	}
	c[k] = v
	return c
}

func without[K comparable, V any](m map[K]V, k K) map[K]V {
	c := maps.Clone(m)
	delete(c, k)
	return c
}
