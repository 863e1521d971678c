package bot

import "breachbot/workflow"

// person are the codes by which Slack says that somebody cannot be written to,
// whatever anybody does here (Slack: conversations.open, chat.postMessage). What an
// administrator may put right for everybody, such as a missing scope, is not among
// them: that is tried again.
var person = map[string]bool{
	"user_not_found": true, "users_not_found": true, "user_not_visible": true, "user_disabled": true, "cannot_dm_bot": true, "is_bot": true,
	workflow.NotMember: true,
}

// neverWritten tells whether a failure to write to somebody is for good.
func neverWritten(f *Failure) bool { return f.permanent && person[f.code] }
