package workflow

import (
	"slices"
	"time"
)

// Report is what the reporter said. Nobody else changes it: what others find out
// goes into Facts, Times and notes. Each version that its author amends stays in
// the journal.
type Report struct {
	Title    string     `json:"title"`
	What     string     `json:"what"` // what happened and how it was found
	Detected time.Time  `json:"detected"`
	Occurred Occurrence `json:"occurred,omitzero"`
	Risk     RiskLevel  `json:"risk"` // first guess; empty for a near miss that nobody guessed at
	Actions  string     `json:"actions,omitempty"`
	Facts    Facts      `json:"facts,omitzero"`
	Drill    bool       `json:"drill,omitempty"` // practice: none of it happened
	Source   Source     `json:"source,omitzero"` // the message it was made from
}

// Correction is one change of the times. Before and after stay visible.
type Correction struct {
	Seq         int       `json:"seq"`
	By          UserID    `json:"by"`
	At          time.Time `json:"at"`
	Before      time.Time `json:"before"` // deadline
	After       time.Time `json:"after"`  // deadline
	Reason      string    `json:"reason,omitempty"`
	AwareReason string    `json:"aware_reason,omitempty"` // when awareness changed with it
}

// Grade is one triage: severity and risk, with the reason. Every one is kept.
type Grade struct {
	Seq      int       `json:"seq"`
	By       UserID    `json:"by"`
	At       time.Time `json:"at"`
	Severity Severity  `json:"severity"`
	Risk     RiskLevel `json:"risk"`
	Reason   string    `json:"reason,omitempty"`
}

// Assessment is one grading of the risk. Every one is kept.
type Assessment struct {
	Seq            int            `json:"seq,omitempty"`
	By             UserID         `json:"by,omitempty"`
	At             time.Time      `json:"at,omitzero"`
	Grading        Grading        `json:"grading"`
	Consequences   string         `json:"consequences,omitempty"`
	Recommendation Recommendation `json:"recommendation"`
	Suggested      *Suggested     `json:"suggested,omitempty"` // by the rules, on the facts at the time
	Why            string         `json:"why,omitempty"`       // why the person chose differently
}

// Differs tells whether the person chose differently from what the rules
// suggested.
func (a Assessment) Differs() bool { return a.Suggested != nil && !a.Suggested.Same(a.Grading) }

// Recipient is who a decision or a notification is about.
type Recipient string

const (
	Regulator    Recipient = "regulator"
	DataSubjects Recipient = "data_subjects"
)

// Verdict is what was decided.
type Verdict string

const (
	Notify      Verdict = "notify"
	DoNotNotify Verdict = "do_not_notify"
	NeedMore    Verdict = "need_more" // more facts are asked for; undecided
)

// Decision is one decision with its reasons. The next one supersedes it; none
// is deleted (UK GDPR Art. 33(5)).
type Decision struct {
	Seq         int         `json:"seq,omitempty"`
	Recipient   Recipient   `json:"recipient"`
	Verdict     Verdict     `json:"verdict"`
	Reason      string      `json:"reason"`
	Advice      string      `json:"advice,omitempty"` // advice received
	Ground      Ground      `json:"ground,omitempty"` // Art. 34(3), when people are not told although the risk is high
	Delay       DelayReason `json:"delay,omitempty"`  // asked for when it comes after the deadline
	DelayReason string      `json:"delay_reason,omitempty"`
	By          UserID      `json:"by,omitempty"`
	Role        Role        `json:"role"`
	At          time.Time   `json:"at,omitzero"`
	Facts       int         `json:"facts"`           // version of the facts it was based on
	Assessment  int         `json:"assessment"`      // the assessment in force then
	Cause       Cause       `json:"cause,omitempty"` // for the other recipients: what raised the question then
	Against     bool        `json:"against,omitempty"`
	Late        bool        `json:"late,omitempty"`
}

// Notification is one notice recorded as sent.
type Notification struct {
	Seq         int         `json:"seq,omitempty"`
	Recipient   Recipient   `json:"recipient"`
	SentAt      time.Time   `json:"sent_at"`
	Method      Method      `json:"method"`
	Reference   string      `json:"reference,omitempty"`
	FollowUp    bool        `json:"follow_up,omitempty"` // not the first notice
	Complete    bool        `json:"complete"`            // no further information is due
	Delay       DelayReason `json:"delay,omitempty"`
	DelayReason string      `json:"delay_reason,omitempty"`
	Late        bool        `json:"late,omitempty"`
	Withdrawn   bool        `json:"withdrawn,omitempty"` // takes back what was sent before
	Reason      string      `json:"reason,omitempty"`    // why it was withdrawn
	By          UserID      `json:"by,omitempty"`        // who recorded it
	At          time.Time   `json:"at,omitzero"`         // when it was recorded
}

// Note is one entry of the log.
type Note struct {
	Seq  int       `json:"seq"`
	By   UserID    `json:"by"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Ending is a resolution, a closing or a dismissal.
type Ending struct {
	Seq       int       `json:"seq"`
	By        UserID    `json:"by"`
	At        time.Time `json:"at"`
	Reason    string    `json:"reason"`
	RootCause string    `json:"root_cause,omitempty"`
}

// Turn is one time the work ended or was resumed. Every one is kept.
type Turn struct {
	Kind string `json:"kind"` // of the event: resolved, closed, dismissed, reopened
	Ending
}

// Handover is one role given to somebody. Every one is kept.
type Handover struct {
	Seq  int       `json:"seq"`
	By   UserID    `json:"by"`
	At   time.Time `json:"at"`
	Role Role      `json:"role"`
	User UserID    `json:"user"`
	Note string    `json:"note,omitempty"`
}

// Room is where the incident is worked on: its private channel.
type Room struct {
	Channel ChannelID `json:"channel,omitempty"`
	Name    string    `json:"name,omitempty"`
	Refused string    `json:"refused,omitempty"` // Slack's code, while there is no channel
	Seq     int       `json:"seq,omitempty"`     // of the event that opened it
}

// Ready tells whether there is a channel.
func (r Room) Ready() bool { return r.Channel != "" }

// Place is one message in Slack.
type Place struct {
	Channel ChannelID `json:"channel"`
	TS      string    `json:"ts"`
}

// Post is a message breachbot has sent: in one place or, to a user group, in
// several. Shows is the version of the incident it was written from.
type Post struct {
	Shows  int       `json:"shows"`
	Target Target    `json:"target"`
	Places []Place   `json:"places"`
	At     time.Time `json:"at,omitzero"` // when it was recorded as sent
	// Never are the people it was for who cannot be written to, with Slack's code.
	Never map[UserID]string `json:"never,omitempty"`
	// Nowhere is Slack's code if it was for the channel, which nobody can write to any
	// more.
	Nowhere string `json:"nowhere,omitempty"`
	// Gone are the places it was in once.
	Gone []Place `json:"gone,omitempty"`
}

// Card is the pinned message of the channel as it was first posted. Nth is how many
// were posted before it and are gone; without a place, it is still to be posted.
type Card struct {
	Place
	Shows int       `json:"shows"`
	Nth   int       `json:"nth,omitempty"`
	At    time.Time `json:"at,omitzero"` // when the last was recorded as posted
}

// Topic is what the channel's topic shows.
type Topic struct {
	Deadline time.Time  `json:"deadline,omitzero"`
	Clock    ClockState `json:"clock,omitempty"`
	Over     bool       `json:"over,omitempty"`
}

// Stall is a delivery that keeps failing. It is still being tried.
type Stall struct {
	Code     string    `json:"code"`
	Attempts int       `json:"attempts"`
	Since    time.Time `json:"since"`
	GivenUp  bool      `json:"given_up,omitempty"`
}

// Incident is the state of one incident, folded from its events. Only Apply
// makes it. Readers do not change it.
type Incident struct {
	ID       IncidentID `json:"id"`
	Version  int        `json:"version"` // events folded so far
	Reporter UserID     `json:"reporter"`

	Report Report `json:"report"`
	Facts  Facts  `json:"facts"`
	Times  Times  `json:"times"`

	Severity Severity  `json:"severity,omitempty"`
	Risk     RiskLevel `json:"risk,omitempty"`

	Lead       UserID   `json:"lead,omitempty"`
	Responders []UserID `json:"responders,omitempty"`

	Corrections   []Correction   `json:"corrections,omitempty"`
	Triages       []Grade        `json:"triages,omitempty"`
	Assessments   []Assessment   `json:"assessments,omitempty"`
	Decisions     []Decision     `json:"decisions,omitempty"`
	Notifications []Notification `json:"notifications,omitempty"`
	Notes         []Note         `json:"notes,omitempty"`
	Turns         []Turn         `json:"turns,omitempty"`
	Handovers     []Handover     `json:"handovers,omitempty"`
	Evidence      []Evidence     `json:"evidence,omitempty"`
	Helps         []Help         `json:"helps,omitempty"`
	Amendments    []Amendment    `json:"amendments,omitempty"`
	Files         []AttachedFile `json:"files,omitempty"` // attached by people
	Moves         []Move         `json:"moves,omitempty"` // in and out of the channel
	Alarms        []Alarm        `json:"alarms,omitempty"`
	Acts          []Act          `json:"acts,omitempty"` // by breachbot itself

	TriageSystems  string              `json:"triage_systems,omitempty"`
	Containments   []ContainmentRecord `json:"containments,omitempty"`
	Investigations []Investigation     `json:"investigations,omitempty"`
	Clarifications []Clarification     `json:"clarifications,omitempty"`
	Recoveries     []RecoveryRecord    `json:"recoveries,omitempty"`
	Reviews        []ReviewRecord      `json:"reviews,omitempty"`
	Actions        []Action            `json:"actions,omitempty"`
	Links          []Link              `json:"links,omitempty"`

	Resolved  *Ending    `json:"resolved,omitempty"`
	Closed    *Ending    `json:"closed,omitempty"`
	Dismissed *Ending    `json:"dismissed,omitempty"`
	Duplicate IncidentID `json:"duplicate,omitempty"` // what this one is a duplicate of
	Away      *Ending    `json:"away,omitempty"`      // the DPO is away, so the deputy is asked
	Skipped   int        `json:"skipped,omitempty"`   // references left out before this one
	Erased    time.Time  `json:"erased,omitzero"`

	// FactsVersion is the seq of the last event a decision-maker must have
	// seen. RiskVersion is the seq of the last event that may change the
	// answer, and so makes an earlier decision fall back to pending.
	FactsVersion int `json:"facts_version"`
	RiskVersion  int `json:"risk_version"`

	Room    Room `json:"room,omitzero"`
	Card    Card `json:"card,omitzero"`
	CardSeq int  `json:"card_seq"` // seq of the last event the card shows
	AskSeq  int  `json:"ask_seq"`  // seq of the last event the DPO's card shows
	// Resumed is when the regulator's clock last started again after it had
	// stopped; zero if it never did.
	Resumed  time.Time `json:"resumed,omitzero"`
	Topic    Topic     `json:"topic,omitzero"`
	TopicSeq int       `json:"topic_seq"` // seq of the last event that changed it
	// Followed is what the reporter's receipt shows of the incident, and
	// ReceiptSeq the seq of the last event that changed it.
	Followed   Followed `json:"followed,omitzero"`
	ReceiptSeq int      `json:"receipt_seq,omitempty"`
	// DeadlineSeq is the seq of the event that set the deadline. A deadline
	// that moves away and back counts as set again, and its nudges are new
	// tasks.
	DeadlineSeq int `json:"deadline_seq"`
	// HolderSeq is the seq of the last event that changed who has the incident.
	HolderSeq int `json:"holder_seq,omitempty"`
	// Asking is the seq of the event that led to asking for the DPO's answers:
	// an assessment, or an event that put a decision out of force.
	Asking  int                    `json:"asking,omitempty"`
	Invited map[Principal]bool     `json:"invited,omitempty"`
	Left    map[UserID]string      `json:"left,omitempty"`    // could not be invited, with Slack's code
	Entered map[UserID]Entrance    `json:"entered,omitempty"` // who was invited last, and when
	Guests  map[Principal][]UserID `json:"guests,omitempty"`  // the people of each principal that was invited
	Posts   map[TaskKey]Post       `json:"posts,omitempty"`
	// Owed are the people of a group who have not been sent what the others of it
	// have, by the key of the message, with the code of why not.
	Owed map[TaskKey]map[UserID]string `json:"owed,omitempty"`
	// Unreached are the people who cannot be written to, with Slack's code, until
	// somebody can after all.
	Unreached map[UserID]string `json:"unreached,omitempty"`
	// Unsaid are the messages that Slack could not write to somebody and that may go
	// by e-mail, and Mails the e-mails that went; MailSaid is the last milestone of a
	// clock that went to somebody that way.
	Unsaid   map[TaskKey]Unsaid       `json:"unsaid,omitempty"`
	Mails    map[TaskKey]Mail         `json:"mails,omitempty"`
	MailSaid map[ReminderKey]Reminder `json:"mail_said,omitempty"`
	// GivenUp is what the privacy team is told of, in the order it happened.
	GivenUp   []GivenUp                `json:"given_up,omitempty"`
	Said      map[Target]Countdown     `json:"said,omitempty"`
	FollowUp  time.Time                `json:"follow_up,omitzero"` // last follow-up nudge
	Reminders map[ReminderKey]Reminder `json:"reminders,omitempty"`
	Stalls    map[TaskKey]Stall        `json:"stalls,omitempty"`
	Loud      []Loud                   `json:"loud,omitempty"`
}

// Loud is an event that people are told about. If it is only shown, the card in the
// channel is enough, and they are told only while there is no channel.
type Loud struct {
	Seq   int    `json:"seq"`
	Kind  string `json:"kind"`
	Shown bool   `json:"shown,omitempty"`
}

// Assessment is the latest assessment, or nil.
func (i *Incident) Assessment() *Assessment {
	if len(i.Assessments) == 0 {
		return nil
	}
	return &i.Assessments[len(i.Assessments)-1]
}

// Latest is the latest decision about a recipient, or nil.
func (i *Incident) Latest(to Recipient) *Decision {
	for n := len(i.Decisions) - 1; n >= 0; n-- {
		if i.Decisions[n].Recipient == to {
			return &i.Decisions[n]
		}
	}
	return nil
}

// Standing is the decision in force about a recipient, or nil while it is
// undecided: no decision was taken, more facts were asked for, or the risk has
// been assessed again since. A decision that was carried out stays in force
// until what was sent is withdrawn.
func (i *Incident) Standing(to Recipient) *Decision {
	d := i.Latest(to)
	if d == nil || d.Verdict == NeedMore {
		return nil
	}
	if d.Verdict == Notify && i.Notice(to) != nil {
		return d
	}
	if back := i.Withdrawal(to); to.Core() && (d.Facts < i.RiskVersion || back != nil && d.Seq < back.Seq) {
		return nil
	}
	return d
}

// Sent is the first notification recorded as sent to a recipient, or nil.
func (i *Incident) Sent(to Recipient) *Notification {
	n := slices.IndexFunc(i.Notifications, func(n Notification) bool { return n.Recipient == to })
	if n < 0 {
		return nil
	}
	return &i.Notifications[n]
}

// Notice is the first of the notices in force to a recipient. After a
// withdrawal it starts again with the next notice sent. It is nil when nothing
// is in force.
func (i *Incident) Notice(to Recipient) (first *Notification) {
	for n := range i.Notifications {
		switch notice := &i.Notifications[n]; {
		case notice.Recipient != to:
		case notice.Withdrawn:
			first = nil
		case first == nil:
			first = notice
		}
	}
	return first
}

// Withdrawal is the notice that took back what was sent to a recipient. It is
// nil while a notice is in force or if nothing was sent.
func (i *Incident) Withdrawal(to Recipient) *Notification {
	if last := i.lastSent(to); last != nil && last.Withdrawn {
		return last
	}
	return nil
}

// lastSent is the newest notification to a recipient, or nil.
func (i *Incident) lastSent(to Recipient) *Notification {
	for n := len(i.Notifications) - 1; n >= 0; n-- {
		if i.Notifications[n].Recipient == to {
			return &i.Notifications[n]
		}
	}
	return nil
}

// Clock is the clock to the regulator. It stops only when the notification is
// recorded as sent, a decision not to notify is in force, or the report is
// dismissed as not a personal data breach. Approval alone does not stop it. A
// notice withdrawn later was still sent: the question is open again, but the 72
// hours do not start again. While we are only the processor, there are no 72
// hours of ours, whatever was decided; a notice that was sent stays sent.
func (i *Incident) Clock() Clock {
	start, basis := i.Times.Start()
	c := Clock{State: ClockRunning, Start: start, Basis: basis, Deadline: i.Times.Deadline()}
	sent, standing := i.Sent(Regulator), i.Standing(Regulator)
	switch {
	case sent != nil:
		c.State, c.Stopped = ClockSent, sent.SentAt
	case i.Duplicate != "":
		c.State, c.Stopped = ClockElsewhere, i.Dismissed.At
	case i.Dismissed != nil:
		c.State, c.Stopped = ClockNoCase, i.Dismissed.At
	case i.OnlyProcessor():
		c.State = ClockTheirs
	case standing != nil && standing.Verdict == DoNotNotify:
		c.State, c.Stopped = ClockNotDue, standing.At
	}
	return c
}

// Late tells whether the regulator was told, or the decision not to tell was
// taken, after the deadline. While the clock runs, it tells whether now is
// after the deadline.
func (i *Incident) Late(now time.Time) bool {
	c := i.Clock()
	switch c.State {
	case ClockRunning:
		return c.Overdue(now)
	case ClockNoCase, ClockElsewhere, ClockTheirs:
		return false
	}
	return c.Late(c.Stopped)
}

// OnlyProcessor tells whether we are the processor of this data and nothing
// else. A processor tells its controller (UK GDPR Art. 33(2)). Whether the
// regulator and the people affected are told is then the controller's question
// (Art. 33(1) and 34), although our decision-makers may still record an answer,
// for example because the contract asks it of us.
func (i *Incident) OnlyProcessor() bool { return i.Facts.Capacity == Processor }

// FollowUpDue is when the regulator should get further information: a fixed
// time after the last incomplete notice, or after the last nudge about it. It
// is zero when no more is due. Art. 33(4): information may follow in phases.
func (i *Incident) FollowUpDue(every time.Duration) time.Time {
	last := i.lastSent(Regulator)
	if last == nil || last.Complete || i.Closed != nil {
		return time.Time{}
	}
	if !i.FollowUp.Before(last.At) {
		return i.FollowUp.Add(every)
	}
	return last.SentAt.Add(every)
}

// Drill tells whether the incident is practice. A drill is left out of the
// register and of every figure.
func (i *Incident) Drill() bool { return i.Report.Drill }

// Title is the name of the incident where its words may be shown.
func (i *Incident) Title() string {
	if !i.Erased.IsZero() {
		return "(erased under the retention policy)"
	}
	return i.Report.Title
}
