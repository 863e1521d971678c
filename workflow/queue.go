package workflow

import "time"

// Claim is a due task in the hands of one worker until its lease ends. A task
// not finished by then is claimed again, by anybody.
type Claim struct {
	Incident IncidentID // empty for tasks of no incident, such as an anchor
	Task     Task
	Attempt  int       // from 1; above 1 an earlier attempt's outcome may be unknown
	Code     string    // why the last attempt failed, in Slack's or our code
	Token    string    // proves the claim
	Stored   time.Time // when the task first came to be owed
	Until    time.Time // end of the lease
}

// Command is the key under which the delivery is recorded.
func (c Claim) Command() CommandKey { return TaskCommand(c.Incident, c.Task.Key) }

// Anchor is a commitment to the whole journal at an instant: shown to the DPO
// once a day, so that an incident removed from the store later is missed.
type Anchor struct {
	Day       string    // the organisation's calendar day, 2006-01-02
	At        time.Time // UTC
	Upto      int64     // last journal position it covers
	Incidents int
	Events    int
	Heads     string // SHA-256 over every incident's last hash, in hexadecimal
	Hash      string // SHA-256 over the anchor before and this one, in hexadecimal
}
