package workflow

import "errors"

// The kinds of refusal. Test for them with errors.Is. Anything else is an
// internal fault.
var (
	// ErrInvalid means an input cannot be accepted; Field names it.
	ErrInvalid = errors.New("invalid")
	// ErrConflict means the incident is no longer as the person saw it, or its
	// step does not allow the command.
	ErrConflict = errors.New("conflict")
	// ErrStale is the conflict of a form filled in on facts that have changed.
	ErrStale = errors.New("stale")
	// ErrForbidden means this person may not do that.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound means there is no such incident.
	ErrNotFound = errors.New("not found")
	// ErrUnavailable means the store cannot be reached at the moment. Nothing
	// was kept.
	ErrUnavailable = errors.New("unavailable")
)

// Error is a refusal with a sentence for the person who asked. It unwraps to its kind.
type Error struct {
	Kind    error
	Field   Field // the form field at fault; empty when none is
	Message string
}

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.Kind }

// Invalid refuses an input at a field.
func Invalid(field Field, message string) error {
	return &Error{Kind: ErrInvalid, Field: field, Message: message}
}

func conflict(message string) error { return &Error{Kind: ErrConflict, Message: message} }

func forbidden(message string) error { return &Error{Kind: ErrForbidden, Message: message} }

// ErrRepeated means a command key has been committed before.
var ErrRepeated = errors.New("repeated")
