package main

import (
	"fmt"
	"strings"
	"time"

	"breachbot/workflow"
)

// ruleSetting is a variable that becomes part of the rules of a breach. What
// holds if it is not set stands in workflow.DefaultRules, and only there.
type ruleSetting struct {
	name    string
	example string        // what a fault says would be right; empty means the default
	names   workflow.Role // whose holders it names; empty for most
	about   string        // what it is for, in one line
	without string        // in words, what holds if it is not set and has no default
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

// tells gives the setting what people are told of it, and in words what holds
// if it is not set, where it has no default to show.
func (s ruleSetting) tells(about string, without ...string) ruleSetting {
	s.about, s.without = about, strings.Join(without, " ")
	return s
}

// set reads v into the rules.
func (s ruleSetting) set(k *checks, v string, r *workflow.Rules) {
	s.read(k, s.name, v, s.right(), r)
}

// asDefault is the example of settings whose default shows how to write them.
const asDefault = ""

// ruleSettings are all of them, in the order in which people are told of them.
var ruleSettings = []ruleSetting{
	row("BREACHBOT_ORG", "Riverside Care Group", func(r *workflow.Rules) *string { return &r.Organisation }, (*checks).name, asItIs[string]).
		tells("the organisation's name"),
	row("BREACHBOT_TIMEZONE", asDefault, func(r *workflow.Rules) **time.Location { return &r.Zone }, (*checks).zone, zoneWords).
		tells("its time zone"),
	row("BREACHBOT_REGULATOR", asDefault, func(r *workflow.Rules) *string { return &r.Regulator }, (*checks).name, asItIs[string]).
		tells("what the regulator is called"),
	row("BREACHBOT_NATION", asDefault, func(r *workflow.Rules) *workflow.Nation { return &r.Nation }, (*checks).nation, asItIs[workflow.Nation]).
		tells("`england`, `scotland`, `wales` or `northern_ireland`: bank holidays, how the regulator is told and who else may have to be told"),
	row("BREACHBOT_COMMUNICATIONS_PROVIDER", asDefault, func(r *workflow.Rules) *bool { return &r.CommunicationsProvider }, (*checks).yesNo, yesNoWords).
		tells("whether you provide a public electronic communications service, which reports under PECR as well"),
	row("BREACHBOT_ESSENTIAL_SERVICE", asDefault, func(r *workflow.Rules) *bool { return &r.EssentialService }, (*checks).yesNo, yesNoWords).
		tells("whether you operate an essential service under the NIS Regulations 2018, which notifies its authority as well"),
	row("BREACHBOT_LAW_CHECKED", "telephone 2027-01-05 The ICO answers the telephone Monday to Friday, 10am to 4pm.; nis_wales 2027-01-05",
		func(r *workflow.Rules) *map[workflow.StatementKey]workflow.OwnCheck { return &r.OwnChecks }, (*checks).ownChecks, ownCheckWords).
		tells("statements of law that breachbot shows as not verified and that you have checked yourself: name, day and, if it is not right as it stands, what holds; separated by `;`", "those stay marked as not verified"),
	row("BREACHBOT_PROCEDURE", "1.1; Medical Director; 2027-02-01", func(r *workflow.Rules) *workflow.Procedure { return &r.Procedure }, (*checks).procedure, procedureWords).
		tells("version, owner and review date of your procedure", "not mentioned"),

	holders("BREACHBOT_DPO", workflow.RoleDPO).
		tells("who decides: the data protection officer (DPO)", "required, or else BREACHBOT_DEPUTY_DPO"),
	holders("BREACHBOT_DEPUTY_DPO", workflow.RoleDeputy).
		tells("the deputy of the DPO, who may decide at any time", "required, or else BREACHBOT_DPO"),
	holders("BREACHBOT_IG_LEAD", workflow.RoleIGLead).
		tells("the information governance (IG) lead", "nobody"),
	holders("BREACHBOT_CALDICOTT_GUARDIAN", workflow.RoleCaldicott).
		tells("the Caldicott Guardian", "nobody"),
	holders("BREACHBOT_SIRO", workflow.RoleSIRO).
		tells("the senior information risk owner (SIRO)", "nobody"),
	holders("BREACHBOT_BOARD", workflow.RoleBoard).
		tells("the board, who see the register", "nobody"),
	holders("BREACHBOT_RESPONDERS", workflow.RoleResponder).
		tells("who handles incidents", "nobody"),
	row("BREACHBOT_DPO_CONTACT", "01792 496 0123, at weekends 07700 900 456, dpo@riverside.example",
		func(r *workflow.Rules) *string { return &r.DPOContact }, upTo(200), asItIs[string]).
		tells("how to reach the DPO outside Slack, at weekends too", "not mentioned"),

	row("BREACHBOT_NUDGES", asDefault, func(r *workflow.Rules) *[]time.Duration { return &r.Nudges }, (*checks).nudges, nudgeWords).
		tells("when to remind, before the deadline"),
	row("BREACHBOT_OVERDUE_EVERY", asDefault, func(r *workflow.Rules) *time.Duration { return &r.OverdueEvery }, between(time.Minute, 30*24*time.Hour), short).
		tells("how often to remind after the deadline"),
	row("BREACHBOT_FOLLOW_UP_EVERY", asDefault, func(r *workflow.Rules) *time.Duration { return &r.FollowUpEvery }, between(time.Minute, 90*24*time.Hour), short).
		tells("how often to remind people of information still to come"),
	row("BREACHBOT_GRID_REGULATOR", asDefault, func(r *workflow.Rules) *workflow.Cell { return &r.Grid.Regulator }, (*checks).cell, cellWords).
		tells("the lowest cell of the 5x5 grid at which to advise telling the regulator, likelihood x effect"),
	row("BREACHBOT_GRID_DHSC", asDefault, func(r *workflow.Rules) *workflow.Cell { return &r.Grid.DHSC }, (*checks).cell, cellWords).
		tells("the lowest cell at which to advise telling the Department of Health and Social Care, likelihood x effect"),
	row("BREACHBOT_GRID_FLOOR", asDefault, func(r *workflow.Rules) *workflow.Cell { return &r.Grid.Floor }, (*checks).cell, cellWords).
		tells("least grade when a ground of BREACHBOT_FLOOR_TRIGGERS is there, likelihood x effect"),
	row("BREACHBOT_FLOOR_TRIGGERS", asDefault, func(r *workflow.Rules) *[]workflow.Trigger { return &r.Grid.Triggers }, (*checks).triggers, joinedAs[workflow.Trigger]).
		tells("grounds for that least grade: vulnerable people (`vulnerable`), the longer special list (`wider`), Art. 9 data (`special`), or `none`"),
	row("BREACHBOT_INVITE_REPORTER", asDefault, func(r *workflow.Rules) *bool { return &r.InviteReporter }, (*checks).yesNo, yesNoWords).
		tells("whether the reporter joins the incident's channel"),

	row("BREACHBOT_TARGETS", asDefault, func(r *workflow.Rules) *map[workflow.Severity]workflow.SeverityTarget { return &r.Targets }, (*checks).targets, targetWords).
		tells("for each severity, how soon after the report to triage and to contain: a length of time, `none`, `same day` (triage by the end of the working day or, outside it, of the next one, but always within a third of the 72 hours) or `start` (containment need only have begun)"),
	row("BREACHBOT_WORKDAY_ENDS", asDefault, func(r *workflow.Rules) *time.Duration { return &r.WorkdayEnds }, (*checks).timeOfDay, timeOfDayWords).
		tells("when a working day ends; only `same day` and `morning` know working days, the 72 hours never do"),
	row("BREACHBOT_TAKEN_WITHIN", asDefault, func(r *workflow.Rules) *map[workflow.Severity]workflow.Wait { return &r.TakenWithin }, (*checks).waits, waitWords).
		tells("for each severity, how long nobody may have a report before the next people are told in person: a length of time or `morning` (nine o'clock on the next working day). Near misses wait as severity 4"),
	row("BREACHBOT_QUIET_HOURS", "22:00-07:00", func(r *workflow.Rules) *workflow.QuietHours { return &r.Quiet }, (*checks).quietHours, quietWords).
		tells("hours in which nobody is told in person, about severities 3 and 4, of a report or of a target of your own: it waits until they end. Severities 1 and 2, the 72 hours and requests for a decision never wait", "none"),
	row("BREACHBOT_DEPUTY_AFTER", asDefault, func(r *workflow.Rules) *time.Duration { return &r.DeputyAfter }, between(5*time.Minute, workflow.NotificationPeriod), short).
		tells("when the deputy is asked too, if the DPO has not decided"),
	row("BREACHBOT_CONTROLLER_WITHIN", asDefault, func(r *workflow.Rules) *time.Duration { return &r.ControllerWithin }, (*checks).within, orOff).
		tells("how soon after awareness to tell the controller we work for; `0` for no clock"),
	row("BREACHBOT_CUSTOMERS_WITHIN", "48h", func(r *workflow.Rules) *time.Duration { return &r.CustomersWithin }, (*checks).within, orOff).
		tells("how soon after awareness to tell customers, by contract; `0` for no clock"),
	row("BREACHBOT_BOARD_WITHIN", asDefault, func(r *workflow.Rules) *time.Duration { return &r.BoardWithin }, (*checks).within, orOff).
		tells("how soon after the report the board gets the written one; `0` for no clock"),
	row("BREACHBOT_BOARD_AT_ONCE", "1,2", func(r *workflow.Rules) *[]workflow.Severity { return &r.BoardAtOnce }, (*checks).severities, severityWords).
		tells("severities of which the board is told on receipt, or `none`; until triage, as the reporter guesses. It is told of every breach that is notified, and of the rest by its digest"),
	row("BREACHBOT_BOARD_DIGEST", asDefault, func(r *workflow.Rules) *bool { return &r.BoardDigest }, (*checks).yesNo, yesNoWords).
		tells("whether the board gets a digest on Monday morning: how many, how grave, which kinds, near misses, what is open"),
	row("BREACHBOT_MAIL_AFTER", asDefault, func(r *workflow.Rules) *time.Duration { return &r.MailAfter }, between(time.Minute, 24*time.Hour), short).
		tells("how long Slack may take to take a report's alert, a request to decide or a reminder of the law's clocks before it goes by e-mail, to those who have an address in BREACHBOT_MAIL_TO"),
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
