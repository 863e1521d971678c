package workflow

import "time"

// Draft is what somebody has typed into a form and not sent yet. It is theirs
// alone and not part of any incident. Each person has at most one draft of each
// kind.
type Draft struct {
	Person  UserID
	Kind    string     // the form
	At      time.Time  // of the last change
	Form    CommandKey // what sending the form will be committed under
	Entered string     // the inputs as JSON
}

// DraftLife is how long after the last change a draft can be picked up again.
// Product rule: long enough for somebody on a night shift who was called away,
// short enough that a form nobody sent does not become a second record.
const DraftLife = 24 * time.Hour
