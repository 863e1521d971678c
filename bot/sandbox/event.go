package sandbox

import (
	"strings"
	"time"
)

// eventScopes are the scopes without which an event is not sent (Slack: Events reference); any one of the list.
var eventScopes = map[string][]string{
	"app_home_opened": nil, "channel_id_changed": nil, "tokens_revoked": nil, "app_uninstalled": nil,
	"member_joined_channel": {"groups:read", "channels:read"}, "member_left_channel": {"groups:read", "channels:read"},
	"group_left": {"groups:read"}, "group_rename": {"groups:read"}, "group_deleted": {"groups:read"},
	"group_archive": {"groups:read"}, "group_unarchive": {"groups:read"},
	"channel_left": {"channels:read"}, "channel_rename": {"channels:read"}, "channel_deleted": {"channels:read"},
	"channel_archive": {"channels:read"}, "channel_unarchive": {"channels:read"},
	"channel_shared":          {"channels:read", "groups:read"},
	"subteam_members_changed": {"usergroups:read"},
	"user_change":             {"users:read"},
	"message.groups":          {"groups:history"}, "message.im": {"im:history"}, "message.channels": {"channels:history"},
	"message.mpim": {"mpim:history"},
}

// retryAfter are the pauses before the repetitions of an event that was not acknowledged (Slack: Events API, retries).
var retryAfter = []time.Duration{0, time.Minute, 5 * time.Minute}

// emitLocked sends an event, if the app declares it, has the scope, and (where it is about a channel) is in there.
func (ws *Workspace) emitLocked(typ string, inner obj, ch *channel) {
	if ws.uninstalled || !contains(ws.app.BotEvents, typ) {
		return
	}
	scopes, known := eventScopes[typ]
	allowed := len(scopes) == 0
	for _, s := range scopes {
		if ch != nil && !strings.HasPrefix(s, string(ch.kind)+":") {
			continue
		}
		allowed = allowed || ws.hasScope(s)
	}
	if !known || !allowed || ch != nil && !ch.has(ws.BotUserID) {
		return
	}
	name, _, _ := strings.Cut(typ, ".") // message.groups is of type message
	inner["type"] = name
	now := ws.clock.now()
	if inner["event_ts"] == nil {
		inner["event_ts"] = ws.timestamp() // no two are alike, also while the clock stands
	}
	ws.serial++
	payload := obj{
		"token": "verification", "team_id": ws.TeamID, "context_team_id": ws.TeamID, "context_enterprise_id": nil,
		"api_app_id": ws.AppID, "event": inner, "type": "event_callback", "event_id": ws.id("Ev"), "event_time": now.Unix(),
		"authorizations": []any{obj{
			"enterprise_id": nil, "team_id": ws.TeamID, "user_id": ws.BotUserID, "is_bot": true,
			"is_enterprise_install": false,
		}},
		"is_ext_shared_channel": ch != nil && len(ch.shared) > 0,
		"event_context":         "4-" + randomHex(12),
	}
	ws.deliverEventLocked(name, payload, 0)
}

// deliverEventLocked sends an event and arranges its repetition when it is not acknowledged in time.
func (ws *Workspace) deliverEventLocked(kind string, payload obj, attempt int) {
	e := ws.sendLocked("events_api", kind, payload, false, attempt)
	again := func() {
		e.expired = true
		if attempt >= len(retryAfter) {
			return
		}
		next := func() { ws.deliverEventLocked(kind, payload, attempt+1) }
		if pause := retryAfter[attempt]; pause > 0 {
			ws.atLocked(ws.clock.now().Add(pause), next)
		} else {
			next()
		}
	}
	if e.Lost && e.socket == nil && ws.sockets.ghosts == 0 {
		again()
		return
	}
	time.AfterFunc(ws.ackTimeout, func() {
		ws.mu.Lock()
		defer ws.mu.Unlock()
		if !e.Acked && !ws.closed {
			again()
			ws.changedLocked()
		}
	})
}
