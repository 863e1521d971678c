package workflow

import (
	"slices"
	"time"
)

// Rules is the configuration that the rules for a breach depend on. It does not
// change while the program runs, so it is safe for concurrent use.
type Rules struct {
	Organisation     string
	Regulator        string // what the authority is called: "ICO"
	Zone             *time.Location
	Grid             Grid
	Nudges           []time.Duration // before the deadline, longest first
	OverdueEvery     time.Duration   // after the deadline, for as long as the clock runs
	FollowUpEvery    time.Duration   // after an incomplete notification, until one is complete
	Targets          map[Severity]SeverityTarget
	TakenWithin      map[Severity]Wait // how long nobody may have a report before the next people are told
	Quiet            QuietHours        // for severities 3 and 4 only
	WorkdayEnds      time.Duration     // after midnight, local time
	Holidays         []string          // days that are not working days (2006-01-02), in order
	DeputyAfter      time.Duration     // how long after the assessment the deputy is asked too, if no decision was taken
	ControllerWithin time.Duration     // processor to controller, from awareness; 0 for no clock
	CustomersWithin  time.Duration     // to customers, by contract; 0 for no clock
	BoardWithin      time.Duration     // the written report, from the report; 0 for no clock
	BoardAtOnce      []Severity        // of which the board is told on receipt, and not only in its digest
	BoardDigest      bool              // whether the board is told once a week what there was, near misses included
	Roster           map[Role][]Principal
	InviteReporter   bool
	Nation           Nation
	// Two laws that bind few organisations, and so are asked about only where
	// the settings say that this is one.
	CommunicationsProvider bool // of public electronic communications: PECR reg. 5A
	EssentialService       bool // operator: NIS Regulations 2018 reg. 11
	// OwnChecks are statements of law that the organisation has checked itself.
	OwnChecks map[StatementKey]OwnCheck
	// MailAfter is how long Slack may take to take a message before it goes by
	// e-mail, and Mailable whom the settings name an address for: people, and groups
	// with an address of their own. Nobody: no e-mail is sent.
	MailAfter  time.Duration
	Mailable   []Principal
	DPOContact string // how to reach the DPO outside Slack; empty if not given
	Procedure  Procedure
}

// DefaultRules are the rules before anybody configures anything.
func DefaultRules() Rules {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		zone = time.UTC
	}
	return Rules{
		Organisation:     "this organisation",
		Regulator:        "ICO",
		Zone:             zone,
		Grid:             DefaultGrid(),
		Nudges:           []time.Duration{48 * time.Hour, 24 * time.Hour, 12 * time.Hour, 6 * time.Hour, 3 * time.Hour, time.Hour},
		OverdueEvery:     12 * time.Hour,
		FollowUpEvery:    7 * 24 * time.Hour,
		Targets:          DefaultTargets(),
		TakenWithin:      DefaultWaits(),
		WorkdayEnds:      17 * time.Hour,
		DeputyAfter:      4 * time.Hour,
		ControllerWithin: 24 * time.Hour,
		BoardWithin:      14 * 24 * time.Hour,
		BoardAtOnce:      []Severity{1, 2, 3, 4}, // on receipt (Data Breach Notification Procedure v1.1)
		BoardDigest:      true,
		Roster:           map[Role][]Principal{},
		InviteReporter:   true,
		Nation:           England,
		MailAfter:        5 * time.Minute,
	}
}

// principals are the holders of the roles, each once, in the order of the roles.
func (r Rules) principals(roles ...Role) []Principal {
	var out []Principal
	for _, role := range roles {
		for _, p := range r.Roster[role] {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}
