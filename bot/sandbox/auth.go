package sandbox

import (
	"net/http"
	"strings"
)

// tokenKind is the token a method takes.
type tokenKind int

const (
	botToken tokenKind = iota // xoxb
	appToken                  // xapp
)

// authorizeLocked checks the token and the scopes of a call and sets the scope headers Slack answers with.
func (ws *Workspace) authorizeLocked(spec method, token string, header http.Header) error {
	switch {
	case token == "":
		return fail("not_authed")
	case token != ws.BotToken && token != ws.AppToken:
		return fail("invalid_auth")
	case ws.revoked:
		return fail("token_revoked")
	case ws.uninstalled:
		return fail("account_inactive")
	}
	granted := ws.app.BotScopes
	if token == ws.AppToken {
		granted = []string{"connections:write"}
	}
	header.Set("X-Oauth-Scopes", strings.Join(granted, ","))
	if len(spec.scopes) > 0 {
		header.Set("X-Accepted-Oauth-Scopes", strings.Join(spec.scopes, ","))
	}
	if (token == ws.AppToken) != (spec.token == appToken) {
		return fail("not_allowed_token_type")
	}
	if len(spec.scopes) == 0 {
		return nil
	}
	for _, s := range spec.scopes {
		if contains(granted, s) {
			return nil
		}
	}
	return ws.missingScope(spec.scopes[0], granted)
}

// missingScope names what was needed and what the token has (Slack: Web API, errors).
func (ws *Workspace) missingScope(needed string, granted []string) error {
	return failWith("missing_scope", obj{"needed": needed, "provided": strings.Join(granted, ",")})
}

func (ws *Workspace) hasScope(s string) bool { return contains(ws.app.BotScopes, s) }

// need refuses the call unless the bot token carries one of the scopes.
func (c *call) need(scopes ...string) error {
	for _, s := range scopes {
		if c.ws.hasScope(s) {
			return nil
		}
	}
	return c.ws.missingScope(scopes[0], c.ws.app.BotScopes)
}

func authTest(c *call) (obj, error) {
	ws := c.ws
	answer := obj{
		"url": "https://sandbox.slack.com/", "team": ws.TeamName, "user": ws.app.Name, "team_id": ws.TeamID,
		"user_id": ws.BotUserID, "bot_id": ws.BotID, "is_enterprise_install": false,
	}
	if ws.Enterprise != "" {
		answer["enterprise_id"] = ws.Enterprise
	}
	return answer, nil
}

func teamInfo(c *call) (obj, error) {
	if id := c.args.str("team"); id != "" && id != c.ws.TeamID {
		return nil, fail("team_not_found")
	}
	return obj{"team": obj{
		"id": c.ws.TeamID, "name": c.ws.TeamName, "domain": "sandbox", "email_domain": "", "icon": obj{"image_default": true},
	}}, nil
}
