package workflow

import "time"

// Draft is what somebody has typed into a form and not sent yet. It is theirs
// alone, no part of any incident, and never more than one a person and kind.
type Draft struct {
	Person  UserID
	Kind    string     // the form
	At      time.Time  // of the last change
	Form    CommandKey // what sending the form will be committed under
	Entered string     // the inputs as JSON
}

// DraftLife is how long a draft can be taken up again after the last change.
// Product rule: long enough for a night shift that was called away, short
// enough that a form nobody sent leaves no second record.
const DraftLife = 24 * time.Hour
