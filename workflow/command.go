package workflow

import "time"

// Command asks for something to be done to an incident. Rules.Handle decides.
type Command interface{ Name() CommandName }

// CommandName is a command's row in the transition table.
type CommandName string

// The commands people give.
type (
	// SubmitReport opens an incident.
	SubmitReport struct{ Report Report }

	// CorrectTimes sets the times whole. Making the deadline later, also by
	// setting awareness for the first time, is for the DPO or deputy.
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

	// Triage grades pace and risk, and corrects the facts.
	Triage struct {
		Facts    int
		Severity Severity
		Risk     RiskLevel
		Reason   string
		Known    Facts
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

	// RecordNotification records a notice as sent.
	RecordNotification struct {
		Recipient   Recipient
		SentAt      time.Time
		Method      Method
		Reference   string
		Complete    bool
		Delay       DelayReason
		DelayReason string
	}

	// AddNote writes in the log.
	AddNote struct{ Text string }

	// AssignRole makes somebody lead or a responder.
	AssignRole struct {
		Role Role
		User UserID
		Note string
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

	// Erase removes the words of a finished incident under the retention policy.
	Erase struct{ Reason string }
)

// Deliver reports what became of a task. It is the only way back from Slack
// into the journal.
type Deliver struct{ Outcome Event }

func (SubmitReport) Name() CommandName       { return "Report" }
func (CorrectTimes) Name() CommandName       { return "CorrectTimes" }
func (Triage) Name() CommandName             { return "Triage" }
func (Assess) Name() CommandName             { return "Assess" }
func (Decide) Name() CommandName             { return "Decide" }
func (RecordNotification) Name() CommandName { return "RecordNotification" }
func (AddNote) Name() CommandName            { return "AddNote" }
func (AssignRole) Name() CommandName         { return "AssignRole" }
func (Resolve) Name() CommandName            { return "Resolve" }
func (Close) Name() CommandName              { return "Close" }
func (Dismiss) Name() CommandName            { return "Dismiss" }
func (Reopen) Name() CommandName             { return "Reopen" }
func (Erase) Name() CommandName              { return "Erase" }
func (Deliver) Name() CommandName            { return "Deliver" }
