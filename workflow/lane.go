package workflow

// Lane says how much hurry a task is in. What is in a lane goes before everything
// in the lanes after it, and never waits for it: the lanes after it may use up only
// a share of the workers and of what Slack allows.
type Lane int

// The lanes. The first two are urgent.
const (
	LaneClock  Lane = iota + 1 // a legal deadline: its reminders, and the request to decide
	LanePeople                 // somebody waits for it: they must be told, or cannot work without it
	LaneBulk                   // nobody waits for it: what brings something up to date, copies and checks
)

// Lanes are all lanes, the most urgent first.
func Lanes() []Lane { return []Lane{LaneClock, LanePeople, LaneBulk} }

// Share is how much of n a lane may have in use together with the lanes after it:
// all, three quarters, or half, rounded down, but at least one. What is left is
// kept for the lanes before it. Product rule.
func (l Lane) Share(n int) int {
	kept := (n*int(l-LaneClock) + 3) / 4
	return max(1, n-kept)
}

// Lane is the lane of a kind. A kind that only a newer version knows cannot be
// carried out here, so it holds up nobody.
func (k TaskKind) Lane() Lane {
	if l := taskRowOf(k).lane; l != 0 {
		return l
	}
	return LaneBulk
}

// HeldBack is the code of a task that was put off before anything was tried: Slack's
// limits would not have allowed it yet, or no worker came to it. It is no failure.
const HeldBack = "held_back"
