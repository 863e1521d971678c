package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"io"
	"strings"
	"text/template"

	"breachbot/bot/sandbox"
	"breachbot/bot/view"
)

// scope is one permission the bot asks a workspace for.
type scope struct{ Name, Why string }

// botScopes are all the permissions the bot needs. The manifest asks for them,
// and serve checks when it starts that they were granted.
var botScopes = []scope{
	{"commands", "/breach and the shortcut"},
	{"chat:write", "cards, nudges and direct messages"},
	{"im:write", "open a direct message, so that a first one can be found again after a crash"},
	{"groups:write", "create the incident's private channel, invite, set its topic"},
	{"groups:read", "who is in it, whether it is shared; find it again after a crash"},
	{"groups:history", "find our own messages after a crash, and read those that are added to a timeline; only in channels the bot is in"},
	{"im:history", "the same in direct messages; people cannot write there"},
	{"users:read", "refuse guests, bots and leavers"},
	{"usergroups:read", "roles given as user groups"},
	{"pins:write", "pin the status card"},
	{"files:read", "read a file that a reporter attached, once, to keep its hash"},
}

// scopeNames are the names of botScopes.
func scopeNames() []string {
	names := make([]string, len(botScopes))
	for n, s := range botScopes {
		names[n] = s.Name
	}
	return names
}

// slackApp is the app the manifest declares: what the bot handles, and nothing
// else. The sandbox takes it as it is, so that a demo or a test meets the same
// app as a real workspace.
func slackApp() sandbox.App {
	return sandbox.App{
		Name:      "breachbot",
		BotScopes: scopeNames(),
		Commands: []sandbox.Command{{
			Name: "/breach", Description: "Report or look up a data breach",
			UsageHint: "[help | list | status | find | note | assign | times | close | reopen | register | drill]", ShouldEscape: true,
		}},
		Shortcuts: []sandbox.Shortcut{{
			CallbackID: view.ShortcutReport, Name: "Report a data breach", Description: "Open the breach report form",
		}, {
			CallbackID: view.ShortcutReportMessage, Name: "Report as data breach", Description: "Start a report from this message", Message: true,
		}, {
			CallbackID: view.ShortcutTimeline, Name: "Add to timeline", Description: "Keep this message in the incident's record", Message: true,
		}},
		BotEvents: []string{
			"app_home_opened",                   // the Home tab is made when somebody opens it
			"tokens_revoked", "app_uninstalled", // nobody can report any more
			"member_joined_channel", "member_left_channel", // who could see an incident's channel when
			"channel_shared", // an incident's channel can be read from outside
			"message.groups", // edits and deletions of messages in a timeline; the rest is dropped unread
		},
		HomeTab:          true,
		MessagesTab:      true,
		MessagesReadOnly: true,
		Interactivity:    true,
	}
}

//go:embed manifest.yaml
var manifestText string

var manifestTemplate = template.Must(template.New("manifest").Funcs(template.FuncMap{"quote": quoteYAML}).Parse(manifestText))

func manifest(_ context.Context, p process, args []string) error {
	f := flags(p, "manifest", "manifest [-name NAME]", `
Prints the manifest of the Slack app. In Slack, choose "Create New App", then
"From a manifest", and paste it in. Afterwards create the app-level token by
hand: under Basic Information, with the scope connections:write.`)
	name := f.String("name", "Breachbot", "the app's name in Slack, at most 35 characters")
	if err := parse(f, args); err != nil {
		return err
	}
	// Slack: app manifest reference, display_information.name.
	if n := len([]rune(*name)); n == 0 || n > 35 {
		return usage("-name has %d characters; Slack allows 1 to 35", n)
	}
	return writeManifest(p.Stdout, *name)
}

func writeManifest(w io.Writer, name string) error {
	return manifestTemplate.Execute(w, map[string]any{"Name": name, "Scopes": botScopes, "App": slackApp()})
}

// quoteYAML writes s as a double-quoted scalar. JSON strings are YAML.
func quoteYAML(s string) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return strings.TrimSpace(b.String()), err
}
