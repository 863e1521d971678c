package main

import (
	"fmt"
	"time"

	"breachbot/workflow"
)

// ruleSetting is a variable that becomes part of the rules of a breach. What
// holds if it is not set stands in workflow.DefaultRules, and only there.
type ruleSetting struct {
	name    string
	example string        // what a fault says would be right; empty means the default
	names   workflow.Role // whose holders it names; empty for most
	read    func(k *checks, variable, v, right string, r *workflow.Rules)
	words   func(workflow.Rules) string // the value as one would set it; none of them is a secret
}

// byDefault is what holds if the setting is not set, as one would set it.
func (s ruleSetting) byDefault() string { return s.words(workflow.DefaultRules()) }

// right is an example of a value.
func (s ruleSetting) right() string {
	if s.example != "" {
		return s.example
	}
	return s.byDefault()
}

// set reads v into the rules.
func (s ruleSetting) set(k *checks, v string, r *workflow.Rules) {
	s.read(k, s.name, v, s.right(), r)
}

// asDefault is the example of settings whose default shows how to write them.
const asDefault = ""

// ruleSettings are all of them, in the order in which people are told of them.
var ruleSettings = []ruleSetting{
	row("BREACHBOT_ORG", "Riverside Care Group", func(r *workflow.Rules) *string { return &r.Organisation }, (*checks).name, asItIs[string]),
	row("BREACHBOT_TIMEZONE", asDefault, func(r *workflow.Rules) **time.Location { return &r.Zone }, (*checks).zone, zoneWords),
	row("BREACHBOT_REGULATOR", asDefault, func(r *workflow.Rules) *string { return &r.Regulator }, (*checks).name, asItIs[string]),
	row("BREACHBOT_NATION", asDefault, func(r *workflow.Rules) *workflow.Nation { return &r.Nation }, (*checks).nation, asItIs[workflow.Nation]),
	row("BREACHBOT_COMMUNICATIONS_PROVIDER", asDefault, func(r *workflow.Rules) *bool { return &r.CommunicationsProvider }, (*checks).yesNo, yesNoWords),
	row("BREACHBOT_ESSENTIAL_SERVICE", asDefault, func(r *workflow.Rules) *bool { return &r.EssentialService }, (*checks).yesNo, yesNoWords),
	row("BREACHBOT_PROCEDURE", "1.1; Medical Director; 2027-02-01", func(r *workflow.Rules) *workflow.Procedure { return &r.Procedure }, (*checks).procedure, procedureWords),

	holders("BREACHBOT_DPO", workflow.RoleDPO),
	holders("BREACHBOT_DEPUTY_DPO", workflow.RoleDeputy),
	holders("BREACHBOT_IG_LEAD", workflow.RoleIGLead),
	holders("BREACHBOT_CALDICOTT_GUARDIAN", workflow.RoleCaldicott),
	holders("BREACHBOT_SIRO", workflow.RoleSIRO),
	holders("BREACHBOT_BOARD", workflow.RoleBoard),
	holders("BREACHBOT_RESPONDERS", workflow.RoleResponder),
	row("BREACHBOT_DPO_CONTACT", "01792 496 0123, at weekends 07700 900 456, dpo@riverside.example",
		func(r *workflow.Rules) *string { return &r.DPOContact }, upTo(200), asItIs[string]),

	row("BREACHBOT_NUDGES", asDefault, func(r *workflow.Rules) *[]time.Duration { return &r.Nudges }, (*checks).nudges, nudgeWords),
	row("BREACHBOT_OVERDUE_EVERY", asDefault, func(r *workflow.Rules) *time.Duration { return &r.OverdueEvery }, between(time.Minute, 30*24*time.Hour), short),
	row("BREACHBOT_FOLLOW_UP_EVERY", asDefault, func(r *workflow.Rules) *time.Duration { return &r.FollowUpEvery }, between(time.Minute, 90*24*time.Hour), short),
	row("BREACHBOT_GRID_REGULATOR", asDefault, func(r *workflow.Rules) *workflow.Cell { return &r.Grid.Regulator }, (*checks).cell, cellWords),
	row("BREACHBOT_GRID_DHSC", asDefault, func(r *workflow.Rules) *workflow.Cell { return &r.Grid.DHSC }, (*checks).cell, cellWords),
	row("BREACHBOT_GRID_FLOOR", asDefault, func(r *workflow.Rules) *workflow.Cell { return &r.Grid.Floor }, (*checks).cell, cellWords),
	row("BREACHBOT_FLOOR_TRIGGERS", asDefault, func(r *workflow.Rules) *[]workflow.Trigger { return &r.Grid.Triggers }, (*checks).triggers, joinedAs[workflow.Trigger]),
	row("BREACHBOT_INVITE_REPORTER", asDefault, func(r *workflow.Rules) *bool { return &r.InviteReporter }, (*checks).yesNo, yesNoWords),

	row("BREACHBOT_TARGETS", asDefault, func(r *workflow.Rules) *map[workflow.Severity]workflow.SeverityTarget { return &r.Targets }, (*checks).targets, targetWords),
	row("BREACHBOT_WORKDAY_ENDS", asDefault, func(r *workflow.Rules) *time.Duration { return &r.WorkdayEnds }, (*checks).timeOfDay, timeOfDayWords),
	row("BREACHBOT_DEPUTY_AFTER", asDefault, func(r *workflow.Rules) *time.Duration { return &r.DeputyAfter }, between(5*time.Minute, workflow.NotificationPeriod), short),
	row("BREACHBOT_CONTROLLER_WITHIN", asDefault, func(r *workflow.Rules) *time.Duration { return &r.ControllerWithin }, (*checks).within, orOff),
	row("BREACHBOT_CUSTOMERS_WITHIN", "48h", func(r *workflow.Rules) *time.Duration { return &r.CustomersWithin }, (*checks).within, orOff),
	row("BREACHBOT_BOARD_WITHIN", asDefault, func(r *workflow.Rules) *time.Duration { return &r.BoardWithin }, (*checks).within, orOff),
}

// row is the setting of one field of the rules.
func row[T any](name, example string, field func(*workflow.Rules) *T,
	read func(k *checks, variable, v, right string) T, words func(T) string) ruleSetting {
	return ruleSetting{
		name: name, example: example,
		read:  func(k *checks, variable, v, right string, r *workflow.Rules) { *field(r) = read(k, variable, v, right) },
		words: func(r workflow.Rules) string { return words(*field(&r)) },
	}
}

// holders is the setting that names those who hold the role.
func holders(name string, role workflow.Role) ruleSetting {
	return ruleSetting{
		name: name, example: "U024BE7LH,S0614TZR7", names: role,
		read: func(k *checks, variable, v, right string, r *workflow.Rules) {
			for _, id := range k.ids(variable, v, "UWS", "a user id (U… or W…) or user-group id (S…)", right) {
				r.Roster[role] = append(r.Roster[role], workflow.Principal(id))
			}
		},
		words: func(r workflow.Rules) string { return joinedAs(r.Roster[role]) },
	}
}

// between reads a length of time within bounds.
func between(least, most time.Duration) func(k *checks, variable, v, right string) time.Duration {
	return func(k *checks, variable, v, right string) time.Duration {
		return k.duration(variable, v, least, most, right)
	}
}

// upTo reads words that may be so many characters long.
func upTo(longest int) func(k *checks, variable, v, right string) string {
	return func(k *checks, variable, v, right string) string { return k.words(variable, v, longest, right) }
}

func asItIs[T ~string](v T) string { return string(v) }

func joinedAs[T ~string](all []T) string { return joined(all, asItIs[T]) }

func nudgeWords(all []time.Duration) string { return joined(all, short) }

func yesNoWords(v bool) string { return fmt.Sprint(v) }

func zoneWords(zone *time.Location) string {
	if zone == nil {
		return ""
	}
	return zone.String()
}

func timeOfDayWords(since time.Duration) string { return time.Time{}.Add(since).Format("15:04") }
