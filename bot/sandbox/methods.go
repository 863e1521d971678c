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
	// Special tiers. Posting has its own limit per channel besides; see rates.
	tierPost    = 300
	tierHundred = 600
)

// methods are all the Web API methods the sandbox knows; any other is unknown_method.
var methods map[string]method

func init() { // not a plain literal, because handlers refer back to the table's limits
	channelWrite := []string{"groups:write", "channels:manage", "im:write", "mpim:write"}
	channelRead := []string{"groups:read", "channels:read", "im:read", "mpim:read"}
	history := []string{"groups:history", "channels:history", "im:history", "mpim:history"}
	topic := append([]string{"groups:write", "groups:write.topic", "channels:write.topic"}, channelWrite[1:]...)
	invite := append([]string{"groups:write", "groups:write.invites", "channels:write.invites"}, channelWrite[1:]...)
	post := []string{"chat:write"}
	methods = map[string]method{
		"apps.connections.open": {appToken, []string{"connections:write"}, tier3, false, connectionsOpen},

		"auth.test": {botToken, nil, tierHundred, false, authTest},
		"team.info": {botToken, []string{"team:read"}, tier3, true, teamInfo},

		"chat.postMessage":   {botToken, post, tierPost, false, chatPostMessage},
		"chat.postEphemeral": {botToken, post, tier4, false, chatPostEphemeral},
		"chat.update":        {botToken, post, tier3, false, chatUpdate},
		"chat.delete":        {botToken, post, tier3, false, chatDelete},
		"chat.getPermalink":  {botToken, nil, tierHundred, true, chatGetPermalink},

		"conversations.create":     {botToken, []string{"groups:write", "channels:manage"}, tier2, false, conversationsCreate},
		"conversations.invite":     {botToken, invite, tier3, false, conversationsInvite},
		"conversations.kick":       {botToken, channelWrite[:2], tier3, false, conversationsKick},
		"conversations.leave":      {botToken, channelWrite, tier3, false, conversationsLeave},
		"conversations.archive":    {botToken, channelWrite, tier2, false, conversationsArchive},
		"conversations.unarchive":  {botToken, channelWrite, tier2, false, conversationsUnarchive},
		"conversations.rename":     {botToken, channelWrite[:2], tier2, false, conversationsRename},
		"conversations.setTopic":   {botToken, topic, tier2, false, conversationsSetTopic},
		"conversations.setPurpose": {botToken, topic, tier2, false, conversationsSetPurpose},
		"conversations.info":       {botToken, channelRead, tier3, true, conversationsInfo},
		"conversations.members":    {botToken, channelRead, tier4, true, conversationsMembers},
		"conversations.history":    {botToken, history, tier3, true, conversationsHistory},
		"conversations.replies":    {botToken, history, tier3, true, conversationsReplies},
		"conversations.open":       {botToken, []string{"im:write", "mpim:write"}, tier3, false, conversationsOpen},
		"conversations.list":       {botToken, channelRead, tier2, true, conversationsList},

		"users.conversations":   {botToken, channelRead, tier3, true, usersConversations},
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

		"files.getUploadURLExternal":   {botToken, []string{"files:write"}, tier4, true, filesGetUploadURL},
		"files.completeUploadExternal": {botToken, []string{"files:write"}, tier4, false, filesComplete},
	}
}
