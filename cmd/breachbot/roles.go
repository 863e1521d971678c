package main

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"breachbot/workflow"
)

// ownReport is a person whom the settings give several roles, or about whose own
// report nobody could decide. It is allowed: in a small practice it may be the
// only way. But the administrator should know what follows.
type ownReport struct {
	person   workflow.Principal
	roles    []workflow.Role
	deciders []workflow.Principal // of a report of their own, in the order they are asked
	named    func(workflow.Principal) []workflow.Role
}

// ownReports are those people, in the order of the settings. Who is in a user
// group only Slack knows, so groups are left out. The rules say who decides.
func ownReports(r workflow.Rules) []ownReport {
	named := func(p workflow.Principal) (roles []workflow.Role) {
		for _, s := range ruleSettings {
			if slices.Contains(r.Roster[s.names], p) {
				roles = append(roles, s.names)
			}
		}
		return roles
	}
	var out []ownReport
	for _, s := range ruleSettings {
		for _, p := range r.Roster[s.names] {
			if p.IsGroup() || slices.ContainsFunc(out, func(o ownReport) bool { return o.person == p }) {
				continue
			}
			o := ownReport{person: p, roles: named(p), named: named}
			o.deciders = r.Deciders(&workflow.Incident{Reporter: workflow.UserID(p)})
			if len(o.roles) > 1 || len(o.deciders) == 0 {
				out = append(out, o)
			}
		}
	}
	return out
}

// String is the warning, on one line.
func (o ownReport) String() string {
	return fmt.Sprintf("%s is %s; %s", o.person, roleWords(o.roles), o.follows())
}

// follows says who decides about a report of their own.
func (o ownReport) follows() string {
	if len(o.deciders) == 0 {
		return "nobody could decide about a report of their own: name somebody else in BREACHBOT_DEPUTY_DPO or BREACHBOT_SIRO"
	}
	var others []string
	for _, p := range o.deciders {
		others = append(others, fmt.Sprintf("%s (%s)", p, roleWords(o.named(p))))
	}
	return "about a report of their own decides " + strings.Join(others, " or ")
}

func roleWords(roles []workflow.Role) string {
	var words []string
	for _, r := range roles {
		words = append(words, r.Name())
	}
	return strings.Join(words, " and ")
}

// warn writes a line for each of these people. It names ids only, as the settings
// do.
func warn(all []ownReport, log *slog.Logger) {
	for _, o := range all {
		words := "one person has several roles"
		if len(o.roles) == 1 {
			words = "nobody could decide about this person's own report"
		}
		log.Warn(words, "id", string(o.person), "roles", roleWords(o.roles), "so", o.follows())
	}
}
