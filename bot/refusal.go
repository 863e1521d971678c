package bot

import (
	"slices"

	"breachbot/workflow"
)

// meaning is what one of Slack's codes says about what we write to.
type meaning int

const (
	aboutUs     meaning = iota // somebody has to change a setting, or it may pass: it is tried again
	noPerson                   // this person cannot be written to, whatever anybody does here
	noMessage                  // the message is gone, or cannot be changed any more
	noRoom                     // the conversation is gone, closed, or not ours any more
	notPinnable                // nothing can be pinned there; the card works without
)

// meanings is the one table of codes. A code that is not in it is about us. Sources:
// Slack's method pages, conversations.open, chat.postMessage, chat.update, pins.add,
// conversations.setTopic.
var meanings = map[string]meaning{
	"user_not_found":   noPerson,
	"users_not_found":  noPerson,
	"user_not_visible": noPerson,
	"user_disabled":    noPerson,
	"cannot_dm_bot":    noPerson,
	"is_bot":           noPerson,
	workflow.NotMember: noPerson,

	"message_not_found":   noMessage,
	"cant_update_message": noMessage,
	"edit_window_closed":  noMessage,

	"channel_not_found": noRoom,
	"not_in_channel":    noRoom,
	"is_archived":       noRoom,
	"is_inactive":       noRoom, // what chat.update says of an archived channel

	"too_many_pins": notPinnable,
	"not_pinnable":  notPinnable,
}

// meaningOf is what an error of a call says. Only a refusal says anything.
func meaningOf(err error) meaning {
	if permanent(err) {
		return meanings[codeOf(err)]
	}
	return aboutUs
}

// lost tells whether a message can never be brought up to date again. An incident's
// channel may be opened again while the incident is open; after that, and in direct
// messages, what cannot be reached is left.
func lost(inc *workflow.Incident, at workflow.Place, err error) bool {
	switch meaningOf(err) {
	case noMessage:
		return true
	case noRoom, noPerson:
		return at.Channel != inc.Room.Channel || inc.Step().Over()
	}
	return false
}

// left is nil for an act on the channel of an incident that is over and that Slack
// refuses: nobody needs it any more.
func left(inc *workflow.Incident, err error) error {
	if permanent(err) && inc.Step().Over() {
		return nil
	}
	return err
}

// aboutInviting picks out the codes of an invitation that are about the channel or the
// app. All others are about the person invited (Slack: conversations.invite).
func aboutInviting(code string) bool {
	return slices.Contains([]string{
		"channel_not_found", "is_archived", "not_in_channel", "restricted_action", "missing_scope", "no_permission",
		"not_allowed_token_type", "method_deprecated", "unknown_method", "not_authed", "invalid_auth", "token_revoked",
		"token_expired", "account_inactive", "access_denied", "enterprise_is_restricted", "org_login_required", "ekm_access_denied",
	}, code)
}
