package sandbox

// method is one row of the table of Web API methods.
type method struct {
	token     tokenKind
	scopes    []string // any one of them; none means that no scope is needed
	perMinute int      // rate tier
	formOnly  bool     // a JSON body is not read (Slack: the method's page, "accepted content types")
	handle    func(*call) (obj, error)
}

// Calls per minute of Slack's rate tiers (Slack: Rate limits).
const (
	tier2 = 20
	tier3 = 50
	tier4 = 100
	// Special tiers. Posting also has its own limit for each channel; see rates.
	tierPost    = 300
	tierHundred = 600
)

// Scopes that open a method; which of them is needed depends on the kind of channel, and the handler checks that.
var (
	channelWriteScopes = []string{"groups:write", "channels:manage", "im:write", "mpim:write"}
	channelReadScopes  = []string{"groups:read", "channels:read", "im:read", "mpim:read"}
	historyScopes      = []string{"groups:history", "channels:history", "im:history", "mpim:history"}
	topicScopes        = append([]string{"groups:write", "groups:write.topic", "channels:write.topic"}, channelWriteScopes[1:]...)
	inviteScopes       = append([]string{"groups:write", "groups:write.invites", "channels:write.invites"}, channelWriteScopes[1:]...)
	postScopes         = []string{"chat:write"}
)

// methods are all the Web API methods the sandbox knows; any other is unknown_method.
var methods = map[string]method{
	"apps.connections.open": {appToken, []string{"connections:write"}, tier3, false, connectionsOpen},

	"auth.test": {botToken, nil, tierHundred, false, authTest},
	"team.info": {botToken, []string{"team:read"}, tier3, true, teamInfo},

	"chat.postMessage":   {botToken, postScopes, tierPost, false, chatPostMessage},
	"chat.postEphemeral": {botToken, postScopes, tier4, false, chatPostEphemeral},
	"chat.update":        {botToken, postScopes, tier3, false, chatUpdate},
	"chat.delete":        {botToken, postScopes, tier3, false, chatDelete},
	"chat.getPermalink":  {botToken, nil, tierHundred, true, chatGetPermalink},

	"conversations.create":     {botToken, []string{"groups:write", "channels:manage"}, tier2, false, conversationsCreate},
	"conversations.invite":     {botToken, inviteScopes, tier3, false, conversationsInvite},
	"conversations.kick":       {botToken, channelWriteScopes[:2], tier3, false, conversationsKick},
	"conversations.leave":      {botToken, channelWriteScopes, tier3, false, conversationsLeave},
	"conversations.archive":    {botToken, channelWriteScopes, tier2, false, conversationsArchive},
	"conversations.unarchive":  {botToken, channelWriteScopes, tier2, false, conversationsUnarchive},
	"conversations.rename":     {botToken, channelWriteScopes[:2], tier2, false, conversationsRename},
	"conversations.setTopic":   {botToken, topicScopes, tier2, false, conversationsSetTopic},
	"conversations.setPurpose": {botToken, topicScopes, tier2, false, conversationsSetPurpose},
	"conversations.info":       {botToken, channelReadScopes, tier3, true, conversationsInfo},
	"conversations.members":    {botToken, channelReadScopes, tier4, true, conversationsMembers},
	"conversations.history":    {botToken, historyScopes, tier3, true, conversationsHistory},
	"conversations.replies":    {botToken, historyScopes, tier3, true, conversationsReplies},
	"conversations.open":       {botToken, []string{"im:write", "mpim:write"}, tier3, false, conversationsOpen},
	"conversations.list":       {botToken, channelReadScopes, tier2, true, conversationsList},

	"users.conversations":   {botToken, channelReadScopes, tier3, true, usersConversations},
	"users.info":            {botToken, []string{"users:read"}, tier4, true, usersInfo},
	"users.list":            {botToken, []string{"users:read"}, tier2, true, usersList},
	"usergroups.list":       {botToken, []string{"usergroups:read"}, tier2, true, usergroupsList},
	"usergroups.users.list": {botToken, []string{"usergroups:read"}, tier2, true, usergroupsUsersList},

	"views.open":    {botToken, nil, tier4, false, viewsOpen},
	"views.push":    {botToken, nil, tier4, false, viewsPush},
	"views.update":  {botToken, nil, tier4, false, viewsUpdate},
	"views.publish": {botToken, nil, tier4, false, viewsPublish},

	"pins.add":    {botToken, []string{"pins:write"}, tier2, false, pinsAdd},
	"pins.remove": {botToken, []string{"pins:write"}, tier2, false, pinsRemove},
	"pins.list":   {botToken, []string{"pins:read"}, tier2, true, pinsList},

	"files.info":                   {botToken, []string{"files:read"}, tier4, true, filesInfo},
	"files.getUploadURLExternal":   {botToken, []string{"files:write"}, tier4, true, filesGetUploadURL},
	"files.completeUploadExternal": {botToken, []string{"files:write"}, tier4, false, filesComplete},
}
