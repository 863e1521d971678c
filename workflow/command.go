package workflow

import "time"

// Command asks for something to be done to an incident. Rules.Handle decides.
type Command interface{ Name() CommandName }

// CommandName is a command's row in the transition table.
type CommandName string

// The commands' names. AnswerDuty and RecordDuty are Decide and
// RecordNotification about anybody except the regulator and the people
// affected. MarkDuplicate is a link that ends this incident.
const (
	CommandReport             CommandName = "Report"
	CommandCorrectTimes       CommandName = "CorrectTimes"
	CommandTriage             CommandName = "Triage"
	CommandAssess             CommandName = "Assess"
	CommandDecide             CommandName = "Decide"
	CommandRecordNotification CommandName = "RecordNotification"
	CommandAddNote            CommandName = "AddNote"
	CommandAssignRole         CommandName = "AssignRole"
	CommandResolve            CommandName = "Resolve"
	CommandClose              CommandName = "Close"
	CommandDismiss            CommandName = "Dismiss"
	CommandContain            CommandName = "Contain"
	CommandInvestigate        CommandName = "Investigate"
	CommandRecover            CommandName = "Recover"
	CommandReview             CommandName = "Review"
	CommandAddAction          CommandName = "AddAction"
	CommandFinishAction       CommandName = "FinishAction"
	CommandAnswerDuty         CommandName = "AnswerDuty"
	CommandRecordDuty         CommandName = "RecordDuty"
	CommandCallDeputy         CommandName = "CallDeputy"
	CommandLinkTo             CommandName = "LinkTo"
	CommandLinkBack           CommandName = "LinkBack"
	CommandMarkDuplicate      CommandName = "MarkDuplicate"
	CommandReopen             CommandName = "Reopen"
	CommandErase              CommandName = "Erase"
	CommandDeliver            CommandName = "Deliver"
	CommandAddEvidence        CommandName = "AddEvidence"
	CommandRecordEdit         CommandName = "RecordEdit"
	CommandRecordMember       CommandName = "RecordMember"
	CommandRecordShared       CommandName = "RecordShared"
	CommandAskHelp            CommandName = "AskHelp"
	CommandGiveHelp           CommandName = "GiveHelp"
)

// The commands people give.
type (
	// SubmitReport opens an incident.
	SubmitReport struct{ Report Report }

	// CorrectTimes replaces all the times. Only the DPO or deputy may make the
	// deadline later, even by setting awareness for the first time.
	CorrectTimes struct {
		Facts         int // version of the facts the person saw
		Occurred      Occurrence
		Detected      time.Time
		Aware         time.Time // zero leaves awareness unset
		AwareReason   string
		ProcessorTold time.Time
		Reason        string
		OrderIsRight  bool // the person was asked about an unusual order
	}

	// Triage grades severity and risk, and corrects the facts.
	Triage struct {
		Facts    int
		Severity Severity
		Risk     RiskLevel
		Reason   string
		Known    Facts
		Systems  string  // which are affected
		Asked    []Field // the questions the person saw; nil for all that triage asks
	}

	// Assess grades likelihood and effect.
	Assess struct {
		Facts        int
		Grading      Grading
		Consequences string
		Why          string // why it differs from what the rules suggest
	}

	// Decide approves or refuses a notification, or asks for more facts.
	Decide struct {
		Facts       int // version of the facts the person saw
		Supersedes  int // seq of the decision they saw; 0 for none
		Recipient   Recipient
		Verdict     Verdict
		Reason      string
		Advice      string
		Ground      Ground
		Delay       DelayReason
		DelayReason string
	}

	// Decisions answers the law's two questions in one act, and says when the
	// organisation became aware. Each of the three may be left out. Either all of
	// it is recorded or nothing is.
	Decisions struct {
		Facts        int      // version of the facts the person saw; it holds for all answers
		Answers      []Decide // about the regulator and the people affected, each at most once
		From         Reading  // empty leaves awareness as it is
		Aware        time.Time
		AwareReason  string
		OrderIsRight bool // the person was asked about an unusual order
	}

	// RecordNotification records a notice as sent.
	RecordNotification struct {
		Recipient   Recipient
		SentAt      time.Time
		Method      Method
		Reference   string
		Complete    bool
		Delay       DelayReason
		DelayReason string
		Withdraw    bool   // takes back what was sent before
		Reason      string // why
	}

	// AddNote writes in the log.
	AddNote struct{ Text string }

	// AssignRole makes somebody lead or a responder.
	AssignRole struct {
		Role Role
		User UserID
		Note string
		// OnlyIfFree is refused when somebody else has the lead already: of
		// several people who take it at once, the first gets it.
		OnlyIfFree bool
	}

	// Resolve, Close, Dismiss and Reopen end and resume the work.
	Resolve struct {
		Summary   string
		RootCause string
	}
	Close   struct{ Reason string }
	Dismiss struct {
		Facts  int
		Reason string
	}
	Reopen struct{ Reason string }

	// Erase removes the words of a finished incident under the retention
	// policy. Journal is all its records. Service supplies them.
	Erase struct {
		Reason  string
		Journal []Record
	}
)

// Deliver reports the outcome of a task. It is the only way back from Slack
// into the journal.
type Deliver struct{ Outcome Event }

// Name separates the two questions the law asks about every breach from the
// other duties, which more people may answer, and at any step.
func (c Decide) Name() CommandName {
	if c.Recipient.Core() {
		return CommandDecide
	}
	return CommandAnswerDuty
}

// Name separates the same two.
func (c RecordNotification) Name() CommandName {
	if c.Recipient.Core() {
		return CommandRecordNotification
	}
	return CommandRecordDuty
}

// Name is the name of Decide about the same two questions.
func (Decisions) Name() CommandName { return CommandDecide }

func (SubmitReport) Name() CommandName { return CommandReport }
func (CorrectTimes) Name() CommandName { return CommandCorrectTimes }
func (Triage) Name() CommandName       { return CommandTriage }
func (Assess) Name() CommandName       { return CommandAssess }
func (AddNote) Name() CommandName      { return CommandAddNote }
func (AssignRole) Name() CommandName   { return CommandAssignRole }
func (Resolve) Name() CommandName      { return CommandResolve }
func (Close) Name() CommandName        { return CommandClose }
func (Dismiss) Name() CommandName      { return CommandDismiss }
func (Reopen) Name() CommandName       { return CommandReopen }
func (Erase) Name() CommandName        { return CommandErase }
func (Deliver) Name() CommandName      { return CommandDeliver }
