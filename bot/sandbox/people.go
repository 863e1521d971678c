package sandbox

import (
	"slices"
	"strings"
)

// Kind says what sort of account a [User] is.
type Kind string

// The kinds of accounts. The zero value is a full member.
const (
	Member             Kind = ""
	Guest              Kind = "guest"                // multi-channel guest: is_restricted
	SingleChannelGuest Kind = "single_channel_guest" // is_ultra_restricted
	Deactivated        Kind = "deactivated"
	Invited            Kind = "invited" // never signed in
	Bot                Kind = "bot"
	WorkflowBot        Kind = "workflow_bot"
	Slackbot           Kind = "slackbot"   // USLACKBOT, whose is_bot is false
	External           Kind = "external"   // a member of another organisation, met in a shared channel
	Stranger           Kind = "stranger"   // of another organisation, sharing no channel
	OrgMember          Kind = "org_member" // another workspace of the same Enterprise
	Hidden             Kind = "hidden"     // not visible to the app: user_not_visible
)

// User is an account. ID may start with U or W and is opaque.
type User struct {
	ID       string
	Name     string // handle, without @
	RealName string
	TZ       string // IANA name; default Europe/London
	Kind     Kind
	TeamID   string // for External, Stranger and OrgMember; default T0ELSEWHERE
	Admin    bool
}

type group struct {
	id, handle string
	members    []string
	disabled   bool
}

// AddUser adds an account, or replaces the one with the same id.
func (ws *Workspace) AddUser(u User) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	setDefault(&u.TZ, "Europe/London")
	setDefault(&u.Name, strings.ToLower(u.ID))
	setDefault(&u.RealName, u.Name)
	if u.TeamID == "" {
		u.TeamID = ws.TeamID
		if u.Kind == External || u.Kind == Stranger || u.Kind == OrgMember {
			u.TeamID = "T0ELSEWHERE"
		}
	}
	if ws.users[u.ID] == nil {
		ws.order = append(ws.order, u.ID)
		if u.Kind == Member {
			general := ws.channels[General]
			general.members = append(general.members, u.ID)
		}
	} else {
		ws.emitLocked("user_change", obj{"user": ws.userJSON(&u)}, nil)
	}
	ws.users[u.ID] = &u
	ws.changedLocked()
}

// User returns the account with this id.
func (ws *Workspace) User(id string) (User, bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if u := ws.users[id]; u != nil {
		return *u, true
	}
	return User{}, false
}

// People returns the accounts of those who can sit at a screen, by id: everybody but the bots.
func (ws *Workspace) People() []User {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var out []User
	for _, id := range sortedKeys(ws.users) {
		if u := ws.users[id]; u.Kind != Bot && u.Kind != WorkflowBot && u.Kind != Slackbot {
			out = append(out, *u)
		}
	}
	return out
}

// AddGroup adds a user group (or replaces it; then subteam_members_changed is sent). The id starts with S.
func (ws *Workspace) AddGroup(id, handle string, members ...string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	old := ws.groups[id]
	ws.groups[id] = &group{id: id, handle: handle, members: slices.Clone(members)}
	if old != nil {
		var added, removed []any
		for _, m := range members {
			if !contains(old.members, m) {
				added = append(added, m)
			}
		}
		for _, m := range old.members {
			if !contains(members, m) {
				removed = append(removed, m)
			}
		}
		ws.emitLocked("subteam_members_changed", obj{
			"subteam_id": id, "team_id": ws.TeamID,
			"date_previous_update": ws.clock.now().Unix(), "date_update": ws.clock.now().Unix(),
			"added_users": orEmpty(added), "added_users_count": len(added),
			"removed_users": orEmpty(removed), "removed_users_count": len(removed),
		}, nil)
	}
	ws.changedLocked()
}

// DisableGroup disables a user group; it is listed only with include_disabled.
func (ws *Workspace) DisableGroup(id string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if g := ws.groups[id]; g != nil {
		g.disabled = true
	}
	ws.changedLocked()
}

func orEmpty(l []any) []any {
	if l == nil {
		return []any{}
	}
	return l
}

// foreign reports whether the account belongs to another team.
func (d *directory) foreign(u *User) bool { return u.TeamID != d.team }

func (ws *Workspace) userJSON(u *User) obj {
	label, offset := ws.clock.now().In(zoneNamed(u.TZ)).Zone()
	profile := obj{
		"real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.Name,
		"display_name_normalized": u.Name, "avatar_hash": "", "team": u.TeamID, "fields": obj{},
		"status_text": "", "status_emoji": "", "title": "",
	}
	o := obj{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.RealName, "color": "9f69e7",
		"deleted": u.Kind == Deactivated, "is_bot": u.Kind == Bot || u.Kind == WorkflowBot,
		"is_app_user": false, "updated": ws.clock.now().Unix(), "profile": profile,
		"who_can_share_contact_card": "EVERYONE",
	}
	if u.Kind == Bot {
		profile["bot_id"] = "B0" + strings.TrimLeft(u.ID, "UW0")
		profile["api_app_id"] = ws.AppID
		if u.ID != ws.BotUserID {
			profile["api_app_id"] = "A0OTHER"
		}
	}
	if u.Kind == Deactivated { // Slack leaves the rest out for deactivated accounts.
		return o
	}
	o["tz"], o["tz_label"], o["tz_offset"] = u.TZ, label, offset
	o["is_admin"], o["is_owner"], o["is_primary_owner"] = u.Admin, false, false
	o["is_restricted"] = u.Kind == Guest || u.Kind == SingleChannelGuest
	o["is_ultra_restricted"] = u.Kind == SingleChannelGuest
	o["is_email_confirmed"] = u.Kind != Invited
	if u.Kind == Invited {
		o["is_invited_user"] = true
	}
	if u.Kind == WorkflowBot {
		o["is_workflow_bot"] = true
	}
	if ws.foreign(u) {
		o["is_stranger"] = u.Kind == Stranger
	}
	if u.Kind == OrgMember {
		o["enterprise_user"] = obj{
			"id": u.ID, "enterprise_id": "E0SANDBOX", "enterprise_name": "Sandbox Organisation",
			"is_admin": false, "is_owner": false, "teams": []any{u.TeamID},
		}
	}
	return o
}

func usersInfo(c *call) (obj, error) {
	u := c.ws.users[c.args.str("user")]
	switch {
	case c.args.str("user") == "" || u == nil:
		return nil, fail("user_not_found")
	case u.Kind == Hidden:
		return nil, fail("user_not_visible")
	}
	o := c.ws.userJSON(u)
	if c.args.bool("include_locale") && !c.ws.foreign(u) {
		o["locale"] = "en-GB"
	}
	return obj{"user": o}, nil
}

func usersList(c *call) (obj, error) {
	var members []any
	for _, id := range c.ws.order {
		// The list omits people of other workspaces (Slack: users.list).
		if u := c.ws.users[id]; u.Kind != Hidden && !c.ws.foreign(u) {
			members = append(members, c.ws.userJSON(u))
		}
	}
	page, next, err := c.page("users.list", members, 0, 1000)
	if err != nil {
		return nil, err
	}
	return obj{"members": page, "cache_ts": c.ws.clock.now().Unix(), "response_metadata": obj{"next_cursor": next}}, nil
}

func (ws *Workspace) groupJSON(g *group) obj {
	deleted := int64(0)
	if g.disabled {
		deleted = ws.clock.now().Unix()
	}
	return obj{
		"id": g.id, "team_id": ws.TeamID, "is_usergroup": true, "is_subteam": true, "name": g.handle, "handle": g.handle,
		"description": "", "is_external": false, "date_create": int64(0), "date_update": int64(0), "date_delete": deleted,
		"auto_type": nil, "created_by": "USLACKBOT", "updated_by": "USLACKBOT", "user_count": len(g.members),
		"prefs": obj{"channels": []any{}, "groups": []any{}},
	}
}

func usergroupsList(c *call) (obj, error) {
	if c.ws.policy.NoUserGroups {
		return nil, fail("plan_upgrade_required")
	}
	list := []any{}
	for _, id := range sortedKeys(c.ws.groups) {
		g := c.ws.groups[id]
		if g.disabled && !c.args.bool("include_disabled") {
			continue
		}
		o := c.ws.groupJSON(g)
		if c.args.bool("include_users") {
			o["users"] = anys(g.members)
		}
		list = append(list, o)
	}
	return obj{"usergroups": list}, nil
}

func usergroupsUsersList(c *call) (obj, error) {
	if c.ws.policy.NoUserGroups {
		return nil, fail("plan_upgrade_required")
	}
	g := c.ws.groups[c.args.str("usergroup")]
	if g == nil || g.disabled && !c.args.bool("include_disabled") {
		return nil, fail("no_such_subteam")
	}
	return obj{"users": anys(g.members)}, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
