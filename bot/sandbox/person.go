

// interaction is what every interactive payload says about its origin.
func (p *Person) interaction(kind string, u *User) obj {
	return obj{
		"type": kind, "token": "verification", "api_app_id": p.ws.AppID,
		"team":       obj{"id": p.ws.TeamID, "domain": "sandbox"},
		"user":       obj{"id": p.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
		"enterprise": nil, "is_enterprise_install": false,
	}
}
