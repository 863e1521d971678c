package view

import (
	"slices"
	"strings"

	"breachbot/workflow"
)

// cures are what to do about a failure, by the code of who refused. The first that
// names the code is said.
var cures = []struct {
	codes []string
	do    string
}{
	{[]string{"user_not_found", "users_not_found", "user_not_visible", "user_disabled", "cannot_dm_bot", "is_bot"},
		"Tell them another way now. If they have left, let whoever runs breachbot name somebody else in the settings."},
	{[]string{"restricted_action", "no_permission", "method_not_supported_for_channel_type"},
		"Ask an administrator of Slack to let the app do this. Until then, do it by hand."},
	{[]string{"missing_scope", "not_allowed_token_type", "unknown_method"},
		"Ask whoever runs breachbot to install the app again with every scope of its manifest."},
	{[]string{"channel_not_found", "not_in_channel", "is_archived"},
		"Bring the channel back, or invite breachbot to it again."},
	{[]string{"token_revoked", "token_expired", "invalid_auth", "not_authed", "account_inactive", "access_denied"},
		"Ask whoever runs breachbot for a new token. Until then Slack takes nothing from it."},
	{[]string{"messages_tab_disabled"},
		"Ask whoever runs breachbot to turn on the Messages tab of the app. Until then it can write to nobody in person."},
	{[]string{"empty_user_group"},
		"Put somebody into the user group, or let whoever runs breachbot name somebody else in the settings."},
	{[]string{workflow.NoAddress, "mail_address", "mail_recipient"},
		"Tell them another way now, and let whoever runs breachbot put the address right."},
}

// otherCure is for what nobody foresaw.
const otherCure = "Do it by hand now. Whoever runs breachbot finds the cause at /readyz and in its log."

// cureOf is what to do about a code.
func cureOf(code string) string {
	for _, c := range cures {
		if slices.Contains(c.codes, code) {
			return c.do
		}
	}
	if strings.HasPrefix(code, mailCodes) {
		return "Tell them another way now. Whoever runs breachbot finds what is wrong with the mail server at /readyz."
	}
	return otherCure
}

// mailCodes begin the codes of the mail server's refusals.
const mailCodes = "mail_"

// refusedBy says who refuses and how, inside brackets.
func refusedBy(code string) string {
	switch {
	case code == workflow.NoAddress:
		return "no e-mail address is set"
	case strings.HasPrefix(code, mailCodes):
		return "e-mail: " + escape(code)
	}
	return "Slack says " + escape(code)
}

// undone is what could not be delivered and has the same cure.
type undone struct {
	what []string
	then string
}

// givenUpMost keeps a list of what was given up within one block.
const givenUpMost = 12

// givenUp says what could not be delivered, a line each, and what to do about it.
// name names somebody.
func givenUp(inc *workflow.Incident, name func(workflow.Principal) string) []undone {
	var all []undone
	given := inc.StillGivenUp()
	for _, g := range given[:min(len(given), givenUpMost)] {
		line := "a message to " + name(workflow.Principal(g.Who))
		if g.Who == "" {
			line = waitingWords(g.Task)
			if of, _ := g.Task.Subject(); of.To != "" && of.To != workflow.InChannel {
				line += ", for " + name(of.To.Principal())
			}
		}
		line += " (" + refusedBy(g.Code) + ")"
		cure := cureOf(g.Code)
		if n := slices.IndexFunc(all, func(u undone) bool { return u.then == cure }); n >= 0 {
			all[n].what = append(all[n].what, line)
		} else {
			all = append(all, undone{[]string{line}, cure})
		}
	}
	if more := len(given) - givenUpMost; more > 0 {
		all = append(all, undone{[]string{count(more, "more thing")}, "The timeline has them all."})
	}
	return all
}
