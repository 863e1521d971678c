package workflow

import "time"

// Claim is a due task held by one worker until its lease ends. If the task is
// not finished by then, any worker may claim it again.
type Claim struct {
	Incident IncidentID // empty for tasks without an incident, such as an anchor
	Task     Task
	Attempt  int       // from 1; above 1 an earlier attempt's outcome may be unknown
	Code     string    // why the last attempt failed, in Slack's or our code
	Token    string    // proves the claim
	Stored   time.Time // when the task first came to be owed
	Until    time.Time // end of the lease
	Dropped  bool      // it is no longer owed: all there is to do is to find out whether it got through
}

// Lane is how much hurry it is in. Nobody waits for what is no longer owed.
func (c Claim) Lane() Lane {
	if c.Dropped {
		return LaneBulk
	}
	return c.Task.Kind.Lane()
}

// Command is the key under which the delivery is recorded.
func (c Claim) Command() CommandKey { return TaskCommand(c.Incident, c.Task.Key) }

// Anchor is a commitment to the whole journal at one instant. The DPO is shown
// one each day, so that it is noticed if an incident is later removed from the
// store.
type Anchor struct {
	Day       string    // the organisation's calendar day, 2006-01-02
	At        time.Time // UTC
	Upto      int64     // last journal position it covers
	Incidents int
	Events    int
	Heads     string // SHA-256 over every incident's last hash, in hexadecimal
	Hash      string // SHA-256 over the anchor before and this one, in hexadecimal
}
