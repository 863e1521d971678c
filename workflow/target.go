package workflow

import "time"

// SeverityTarget is how soon after the report a severity needs triage and
// containment (incident response plan). Zero asks for nothing.
type SeverityTarget struct {
	Triage  time.Duration `json:"triage,omitempty"`
	SameDay bool          `json:"same_day,omitempty"` // triage by the end of the working day
	Contain time.Duration `json:"contain,omitempty"`
	Started bool          `json:"started,omitempty"` // containment need only have begun
}

// DefaultTargets are the targets of the incident response plan. Product rule:
// "immediate" is 15 minutes.
func DefaultTargets() map[Severity]SeverityTarget {
	return map[Severity]SeverityTarget{
		1: {Triage: 15 * time.Minute, Contain: time.Hour, Started: true},
		2: {Triage: 2 * time.Hour, Contain: 4 * time.Hour},
		3: {SameDay: true, Contain: 24 * time.Hour},
		4: {},
	}
}
