package sandbox

import (
	"slices"
	"time"
)

// Options describe a workspace. The zero value is a usable workspace on the real clock with rate limits on.
type Options struct {
	// App is the installed app. The zero value means [DefaultApp].
	App App
	// Enterprise is the id of the organisation that the workspace belongs to (Slack: auth.test, Enterprise Grid);
	// default none.
	Enterprise string
	// TeamName is shown to people; default "Sandbox".
	TeamName string
	// TeamID, AppID and BotUserID default to fixed ids, so that golden files stay stable.
	TeamID, AppID, BotUserID string
	// BotToken, AppToken and ControlToken default to random ones.
	BotToken, AppToken, ControlToken string
	// Start is the workspace's time at the beginning; zero means the real time now.
	Start time.Time
	// Frozen stops the clock: it moves only by Advance and SetTime. Otherwise it runs with real time.
	Frozen bool
	// AckTimeout is how long Slack waits for an acknowledgement, in real time; default 3 s
	// (Slack: Handling user interaction, acknowledgement response). Raise it where a slow machine is not the subject.
	AckTimeout time.Duration
	// PingInterval is the pause between WebSocket pings; default 5 s.
	PingInterval time.Duration
	// NoRateLimits switches all rate limits off.
	NoRateLimits bool
	// Policy is the workspace's initial policy; see [Workspace.SetPolicy].
	Policy Policy
}

// App is what an app manifest declares.
type App struct {
	Name      string // the bot's name, default "breachbot"
	BotScopes []string
	Commands  []Command
	Shortcuts []Shortcut
	BotEvents []string // names as in the manifest: app_home_opened, message.groups, …
	HomeTab   bool
	// MessagesTab lets the app hold direct messages; off, posting a DM answers messages_tab_disabled.
	MessagesTab bool
	// MessagesReadOnly keeps people from writing to the app in its Messages tab.
	MessagesReadOnly bool
	// Interactivity off means that no button, form or shortcut reaches the app.
	Interactivity bool
}

// Command is a slash command of the app.
type Command struct {
	Name         string // with the slash
	Description  string
	UsageHint    string
	ShouldEscape bool // people and channels in the text arrive as <@U…> and <#C…|name>
}

// Shortcut is a global or a message shortcut of the app.
type Shortcut struct {
	CallbackID  string
	Name        string
	Description string
	Message     bool // a message shortcut, else global
}

// App returns what the app declares.
func (ws *Workspace) App() App {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	a := ws.app
	a.BotScopes, a.Commands = slices.Clone(a.BotScopes), slices.Clone(a.Commands)
	a.Shortcuts, a.BotEvents = slices.Clone(a.Shortcuts), slices.Clone(a.BotEvents)
	return a
}

// DefaultApp is the app as its own manifest declares it.
func DefaultApp() App {
	return App{
		Name: "breachbot",
		BotScopes: []string{
			"commands", "chat:write", "im:write", "groups:write", "groups:read", "groups:history", "im:history",
			"users:read", "usergroups:read", "pins:write", "files:read", "files:write", "team:read",
		},
		Commands: []Command{{
			Name: "/breach", Description: "Report or look up a data breach",
			UsageHint: "[help | register | status]", ShouldEscape: true,
		}},
		Shortcuts: []Shortcut{
			{CallbackID: "breach_report", Name: "Report a data breach", Description: "Open the breach report form"},
			{
				CallbackID: "breach_report_message", Name: "Report as data breach",
				Description: "Start a report from this message", Message: true,
			},
			{CallbackID: "breach_timeline", Name: "Add to timeline", Description: "Keep this message in the incident's record", Message: true},
		},
		BotEvents: []string{
			"app_home_opened", "member_joined_channel", "member_left_channel", "group_left", "group_rename",
			"group_deleted", "channel_shared", "channel_id_changed", "subteam_members_changed", "tokens_revoked",
			"app_uninstalled", "message.groups",
		},
		HomeTab: true, MessagesTab: true, MessagesReadOnly: true, Interactivity: true,
	}
}

func (a App) clone() App {
	a.BotScopes = slices.Clone(a.BotScopes)
	a.Commands = slices.Clone(a.Commands)
	a.Shortcuts = slices.Clone(a.Shortcuts)
	a.BotEvents = slices.Clone(a.BotEvents)
	return a
}

// Policy is what the administrators of the workspace allow and what the plan includes. The zero value allows all.
type Policy struct {
	NoPrivateChannels bool // conversations.create of a private channel answers restricted_action
	NoPins            bool // pins.add answers restricted_action
	NoUploads         bool // file uploads answer file_uploads_disabled
	NoUserGroups      bool // usergroups.* answer plan_upgrade_required
	// Blocks2026 is where the workspace has the blocks of 2026. Others are refused: invalid_blocks by chat methods,
	// invalid_arguments by views.
	Blocks2026 Blocks2026
	// RacyCreate lets conversations.create succeed for a name already taken by a channel made within the last second,
	// as concurrent creates do at Slack (slackapi/node-slack-sdk#1589).
	RacyCreate bool
	// EditWindow is how long a message may be changed; zero means for ever.
	EditWindow time.Duration
}

// SetPolicy replaces the workspace's policy.
func (ws *Workspace) SetPolicy(p Policy) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.policy = p
	ws.changedLocked()
}

// SetScopes replaces the scopes the bot token carries, as a reinstallation does.
func (ws *Workspace) SetScopes(scopes ...string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.app.BotScopes = slices.Clone(scopes)
	ws.changedLocked()
}

func (o Options) withDefaults() Options {
	if o.App.Name == "" && len(o.App.BotScopes) == 0 {
		o.App = DefaultApp()
	}
	o.App = o.App.clone()
	setDefault(&o.App.Name, "breachbot")
	setDefault(&o.TeamName, "Sandbox")
	setDefault(&o.TeamID, "T0SANDBOX")
	setDefault(&o.AppID, "A0SANDBOX")
	setDefault(&o.BotUserID, "U0BREACHBOT")
	setDefault(&o.BotToken, "xoxb-sandbox-"+randomHex(12))
	setDefault(&o.AppToken, "xapp-1-"+o.AppID+"-"+randomHex(12))
	setDefault(&o.ControlToken, randomHex(16))
	if o.AckTimeout <= 0 {
		o.AckTimeout = 3 * time.Second
	}
	if o.PingInterval <= 0 {
		o.PingInterval = 5 * time.Second
	}
	return o
}

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}
