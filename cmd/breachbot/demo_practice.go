package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// past is one incident of the practice's past: what was reported, when before the
// demo's clock, and what people did about it since.
type past struct {
	name   string // by which another row may speak of it
	by     workflow.UserID
	ago    time.Duration // reported so long before now
	report workflow.Report
	then   []act
}

// act is one thing somebody did, so long after the report.
type act struct {
	after time.Duration
	by    workflow.UserID
	give  func(pastScene) workflow.Command // nil when there is nothing to do
}

// pastScene is what an act is given: the incident as it is, and the rest of the past.
type pastScene struct {
	*workflow.Incident
	rules workflow.Rules
	now   time.Time
	named func(string) *workflow.Incident
}

// practised is the past: enough that lists, trends and the Home tab can be
// judged. Everything in it is made up.
var practised = []past{
	{"letter", sandbox.Nia, days(84) + hours(6), told("letter_wrong", workflow.RiskMedium, "Clinic letter sent to a previous address",
		"A clinic letter went to the address before last. The new occupant rang us and brought it back, opened.", about("patients", 1, "health", "contact")),
		whole(3, graded(2, 3, workflow.No), quietly("The letter came back, and the reader is known and helpful."), "The address was changed in one system only.",
			does(days(9), sandbox.Ivy, func(s pastScene) workflow.Command {
				return workflow.AddAction{What: "Let the letter system take addresses from the patient record", Owner: sandbox.Rob, Due: s.now.Add(days(30))}
			}))},
	{"mailbox", sandbox.Ivy, days(66) + hours(8), told("phishing", workflow.RiskHigh, "Shared mailbox opened by an outsider",
		"A password was typed into a false page. Somebody read the referrals mailbox for two hours.", about("patients", 240, "health", "basic_identifiers")),
		whole(2, graded(4, 3, workflow.Yes), openly("The messages hold diagnoses, and an outsider has read them."), "A colleague typed the password into a false page.")},
	{"corridor", sandbox.Rob, days(47) + hours(3), nearly(told("paper_lost", workflow.RiskLow, "Handover sheets left in the corridor",
		"Handover sheets lay on a trolley by the ward door. A porter saw them at once and nobody else was there.", about("patients", 12, "health"))),
		whole(4, graded(1, 1, workflow.No), quietly("Nobody but a colleague saw them."), "The sheets have no place of their own on the trolley.")},
	{"leaflet", sandbox.Nia, days(41) + hours(5), told("other", workflow.RiskLow, "Box of leaflets is missing",
		"A box with leaflets is gone from the waiting room. Perhaps there was a list in it.", about("unknown", 0)),
		course(4, workflow.RiskLow, does(hours(20), sandbox.Dee, func(s pastScene) workflow.Command {
			return workflow.Dismiss{Facts: s.FactsVersion, Reason: "The box was found. It held printed leaflets and no personal data."}
		}))},
	{"late", sandbox.Rob, days(34) + hours(7), told("email_wrong", workflow.RiskMedium, "Rota with sickness notes sent to everybody",
		"The rota went to the whole practice by email, with a column that says why people are away.", about("employees", 41, "staff_health")),
		course(3, workflow.RiskMedium, contained(hours(3)), assessed(hours(60), graded(3, 2, workflow.No)), investigated(hours(61), "The column was hidden, not deleted."),
			decided(hours(80), workflow.Regulator, workflow.Notify, "Health data of 41 colleagues, read by some."), decided(hours(80), workflow.DataSubjects, workflow.DoNotNotify, "They were told in a meeting, and no high risk is likely."),
			sent(hours(81), workflow.Regulator, "facts_unclear"), resolved(days(15), "The message was recalled and deleted."))},
	{"ransom", sandbox.Ivy, days(24) + hours(9), told("ransomware", workflow.RiskCritical, "Files encrypted on the scanning server",
		"Scanned letters of the last year cannot be opened. A note on the screen asks for money.", about("patients", 5200, "health", "basic_identifiers")),
		course(1, workflow.RiskCritical, contained(hours(1)), assessed(hours(5), graded(4, 4, workflow.Yes)), investigated(hours(30), "An account without a second factor was used from outside."),
			decided(hours(8), workflow.Regulator, workflow.Notify, "Health data of many people is out of reach, and may have been copied."), decided(hours(8), workflow.DataSubjects, workflow.Notify, "A high risk is likely."),
			first(hours(9), workflow.Regulator), sent(hours(48), workflow.DataSubjects, ""), recovered(days(6)))},
	{"fax", sandbox.Nia, days(19) + hours(4), told("letter_wrong", workflow.RiskLow, "Prescription faxed to the wrong pharmacy",
		"A prescription went to the pharmacy next door. They rang, and destroyed it.", about("patients", 1, "health")),
		whole(4, graded(2, 2, workflow.No), quietly("A pharmacy is bound to secrecy and has destroyed it."), "Two numbers differ by one digit.",
			does(days(1)+hours(2), workflow.System, func(s pastScene) workflow.Command {
				return workflow.LinkBack{Other: s.named("twice").ID, Duplicate: true}
			}))},
	{"twice", sandbox.Sam, days(18) + hours(5), told("letter_wrong", workflow.RiskLow, "Pharmacy says it had a fax that was not theirs",
		"The pharmacy rang the desk about a prescription that was not for them.", about("patients", 1, "health")),
		[]act{does(hours(2), sandbox.Dee, func(s pastScene) workflow.Command {
			other := s.named("fax")
			return workflow.LinkTo{Other: other.ID, Duplicate: true, Reason: "It is the same fax.", OtherDeadline: other.Clock().Deadline}
		})}},
	{"laptop", sandbox.Sam, days(5) + hours(2), told("device_lost", workflow.RiskMedium, "Laptop missing after a home visit",
		"A laptop was left in a taxi. The disk should be encrypted.", about("patients", 30, "health")),
		course(3, workflow.RiskMedium, assessed(hours(20), graded(2, 3, workflow.No)),
			decided(hours(24), workflow.Regulator, workflow.NeedMore, "Was the disk encrypted, and is the key safe?"),
			does(hours(25), sandbox.Ivy, func(s pastScene) workflow.Command {
				return workflow.AskHelp{User: sandbox.Nia, Question: "Was the laptop locked when you left the taxi?", Due: s.now.Add(hours(24))}
			}))},
	{"overdue", sandbox.Nia, days(4) + hours(1), told("email_wrong", workflow.RiskMedium, "Test results sent to the wrong Jane Smith",
		"Two patients have the same name. The results of one went to the other.", about("patients", 1, "health", "contact")),
		course(3, workflow.RiskMedium, contained(hours(4)), assessed(hours(26), graded(3, 3, workflow.Unknown)))},
	{"portal", sandbox.Ivy, hours(44), told("portal_wrong", workflow.RiskHigh, "Patients saw each other's appointments in the portal",
		"For an hour after the update some people saw the appointments of others.", about("patients", 85, "health")),
		course(2, workflow.RiskHigh, contained(hours(2)), assessed(hours(10), graded(4, 2, workflow.No)),
			decided(hours(30), workflow.Regulator, workflow.Notify, "Appointments tell of illness, and they were seen."), decided(hours(30), workflow.DataSubjects, workflow.DoNotNotify, "No high risk is likely."))},
	{"waiting", sandbox.Rob, hours(27), told("email_wrong", workflow.RiskMedium, "Discharge summary sent to the wrong care home",
		"The summary went to a care home of a similar name. They have confirmed in writing that it is deleted.", about("residents", 1, "health", "basic_identifiers")),
		course(3, workflow.RiskMedium, contained(hours(2)), assessed(hours(20), graded(3, 2, workflow.No)))},
	{"hosted", sandbox.Rob, hours(21), processed(told("misconfiguration", workflow.RiskHigh, "Booking system we run for another practice was open",
		"We run the booking system of another practice. A folder could be read without a password since the update.", about("patients", 600, "basic_identifiers", "contact"))),
		course(2, workflow.RiskHigh, contained(hours(2)))},
	{"own", sandbox.Dee, hours(7), told("viewed_without_need", workflow.RiskMedium, "Record opened by somebody outside the team",
		"The audit shows that a record was opened by a colleague who does not treat this patient.", about("patients", 1, "mental_health")),
		course(3, workflow.RiskMedium, assessed(hours(4), graded(3, 3, workflow.No)))},
	{"new", sandbox.Nia, 35 * time.Minute, unsure(told("told_wrong", workflow.RiskLow, "Results told to a caller who was not the patient",
		"Somebody rang and gave a name and a date of birth. It may have been her sister.", about("patients", 1, "sexual_health"))), nil},
	{"drill", sandbox.Ivy, days(11) + hours(6), drilled(told("account_entered", workflow.RiskHigh, "Exercise: the phone of a manager is stolen",
		"A phone that shows the shared mailbox is stolen from a car.", about("patients", 90, "health"))),
		course(2, workflow.RiskHigh, assessed(hours(3), graded(3, 3, workflow.No)))},
}

func days(n int) time.Duration  { return time.Duration(n) * 24 * time.Hour }
func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// told is a report of a breach of ours that was noticed an hour before.
func told(kind workflow.Category, risk workflow.RiskLevel, title, what string, facts workflow.Facts) workflow.Report {
	facts.Category = kind
	facts.PersonalData = workflow.Yes
	facts.Capacity = workflow.Controller
	return workflow.Report{Title: title, What: what, Risk: risk, Facts: facts}
}

// about says whose data and which; no number means that it is not known.
func about(who workflow.SubjectKind, n int, data ...workflow.DataCategory) workflow.Facts {
	return workflow.Facts{Subjects: []workflow.SubjectKind{who}, Count: workflow.Count{Known: n > 0, N: n}, Data: data, Aspects: []workflow.Aspect{"confidentiality"}}
}

func nearly(r workflow.Report) workflow.Report    { r.Facts.NearMiss = true; return r }
func unsure(r workflow.Report) workflow.Report    { r.Facts.Unsure = true; return r }
func processed(r workflow.Report) workflow.Report { r.Facts.Capacity = workflow.Processor; return r }
func drilled(r workflow.Report) workflow.Report   { r.Drill = true; return r }

func does(after time.Duration, by workflow.UserID, give func(pastScene) workflow.Command) act {
	return act{after, by, give}
}

// triaged is the first look, half an hour after the report.
func triaged(severity workflow.Severity, risk workflow.RiskLevel) act {
	return does(30*time.Minute, sandbox.Rob, func(s pastScene) workflow.Command {
		return workflow.Triage{Facts: s.FactsVersion, Severity: severity, Risk: risk, Reason: "By what is known so far.", Known: s.Facts}
	})
}

// course is the first look and what followed it. Somebody takes the lead before.
func course(severity workflow.Severity, risk workflow.RiskLevel, then ...act) []act {
	leads := does(10*time.Minute, sandbox.Rob, func(pastScene) workflow.Command {
		return workflow.AssignRole{Role: workflow.RoleLead, User: sandbox.Rob}
	})
	return append([]act{leads, triaged(severity, risk)}, then...)
}

func contained(after time.Duration) act {
	return does(after, sandbox.Rob, func(s pastScene) workflow.Command {
		return workflow.Contain{Facts: s.FactsVersion, Steps: []workflow.ContainStep{workflow.EvidencePreserved, "source_corrected"},
			State: workflow.Contained, Evidence: "Checked with those who had it."}
	})
}

// graded is a grading of the grid: likelihood, effect, and whether a high risk to
// people is likely.
func graded(likelihood, effect int, high workflow.Answer) workflow.Grading {
	return workflow.Grading{Cell: workflow.Cell{Likelihood: likelihood, Effect: effect}, HighRisk: high, Vulnerable: workflow.No, Evidence: "What containment has shown."}
}

func assessed(after time.Duration, g workflow.Grading) act {
	return does(after, sandbox.Ivy, func(s pastScene) workflow.Command {
		return workflow.Assess{Facts: s.FactsVersion, Grading: g, Consequences: "Distress, if it became known.", Why: "It is what we know of those who had the data."}
	})
}

func investigated(after time.Duration, cause string) act {
	return does(after, sandbox.Rob, func(s pastScene) workflow.Command {
		return workflow.Investigate{Facts: s.FactsVersion, Findings: workflow.Findings{Cause: cause, Certainty: workflow.Established, Origin: "internal"}}
	})
}

func decided(after time.Duration, to workflow.Recipient, v workflow.Verdict, reason string) act {
	return does(after, sandbox.Dee, func(s pastScene) workflow.Command {
		c := workflow.Decide{Facts: s.FactsVersion, Recipient: to, Verdict: v, Reason: reason}
		if latest := s.Latest(to); latest != nil {
			c.Supersedes = latest.Seq
		}
		return c
	})
}

// sent is a complete notice; first is one with more to follow. A late one needs a
// reason.
func sent(after time.Duration, to workflow.Recipient, late workflow.DelayReason) act {
	return notified(after, to, true, late)
}

func first(after time.Duration, to workflow.Recipient) act { return notified(after, to, false, "") }

func notified(after time.Duration, to workflow.Recipient, complete bool, late workflow.DelayReason) act {
	return does(after, sandbox.Dee, func(s pastScene) workflow.Command {
		c := workflow.RecordNotification{Recipient: to, SentAt: s.now, Method: "dspt", Complete: complete, Delay: late}
		if to == workflow.DataSubjects {
			c.Method = "letter"
		}
		if late != "" {
			c.DelayReason = "It took three days to learn who had opened the message."
		}
		return c
	})
}

func recovered(after time.Duration) act {
	return does(after, sandbox.Rob, func(pastScene) workflow.Command {
		var all []workflow.RecoveryCheck
		for _, o := range workflow.RecoveryChecks {
			all = append(all, o.Value)
		}
		return workflow.Recover{Checks: all, Note: "Nothing of it has come back."}
	})
}

func resolved(after time.Duration, summary string) act {
	return does(after, sandbox.Ivy, func(pastScene) workflow.Command {
		return workflow.Resolve{Summary: summary, RootCause: "As the investigation found."}
	})
}

// answers are the decisions of a whole course.
type answers struct {
	notify bool
	reason string
}

func quietly(reason string) answers { return answers{false, reason} }
func openly(reason string) answers  { return answers{true, reason} }

// whole is the course of an incident that is closed after nine days, with what else
// was done.
func whole(severity workflow.Severity, g workflow.Grading, a answers, cause string, more ...act) []act {
	risk := map[workflow.Severity]workflow.RiskLevel{1: workflow.RiskCritical, 2: workflow.RiskHigh, 3: workflow.RiskMedium, 4: workflow.RiskLow}[severity]
	acts := course(severity, risk, contained(hours(3)), assessed(hours(6), g), investigated(hours(7), cause))
	acts = append(acts, decided(hours(22), workflow.Regulator, verdictOf(a.notify), a.reason), decided(hours(22), workflow.DataSubjects, verdictOf(a.notify), a.reason))
	if a.notify {
		acts = append(acts, sent(hours(23), workflow.Regulator, ""), sent(hours(30), workflow.DataSubjects, ""))
	}
	acts = append(acts, recovered(days(2)), resolved(days(3), "Nothing of it is out any more."),
		does(days(8), sandbox.Dee, func(s pastScene) workflow.Command {
			var open []workflow.Recipient
			for _, d := range s.rules.Duties(s.Incident) {
				if d.Stand == workflow.DutyOpen && !d.Recipient.Core() {
					open = append(open, d.Recipient)
				}
			}
			if len(open) == 0 {
				return nil
			}
			return workflow.AnswerDuties{Recipients: open, Reason: "It goes into the next summary, and nobody else needs to act."}
		}),
		does(days(8), sandbox.Ivy, func(pastScene) workflow.Command {
			return workflow.Review{Findings: workflow.ReviewFindings{What: "It happened as reported.", Impact: "Small.", RootCause: cause,
				WentWell: "It was reported at once.", Slowed: "Nothing.", Documents: "None."}}
		}))
	acts = append(acts, more...)
	return append(acts, does(days(9), sandbox.Dee, func(pastScene) workflow.Command { return workflow.Close{Reason: "Reviewed."} }))
}

func verdictOf(notify bool) workflow.Verdict {
	if notify {
		return workflow.Notify
	}
	return workflow.DoNotNotify
}

// newPracticeDemo is a demo with a past. The bot lived through it on the demo's own
// clock, so channels, messages and reminders are those of a real one.
func newPracticeDemo(ctx context.Context) (_ *demonstration, err error) {
	begin := storyStart
	for _, p := range practised {
		if at := storyStart.Add(-p.ago); at.Before(begin) {
			begin = at
		}
	}
	d, err := newDemoAt(ctx, begin, true)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if err := d.relive(ctx); err != nil {
		return nil, err
	}
	// From here on it is as fast as Slack lets a bot be.
	d.kill()
	d.workspace.SetRateLimits(true)
	d.hasPast, d.unhurried = true, false
	return d, d.start(ctx)
}

// relive does everything of the past, in the order of time, up to the demo's now.
func (d *demonstration) relive(ctx context.Context) error {
	type moment struct {
		at  time.Time
		row int
		act *act // nil for the report
	}
	var all []moment
	for row, p := range practised {
		reported := storyStart.Add(-p.ago)
		all = append(all, moment{reported, row, nil})
		for n := range p.then {
			all = append(all, moment{reported.Add(p.then[n].after), row, &p.then[n]})
		}
	}
	slices.SortStableFunc(all, func(a, b moment) int { return a.at.Compare(b.at) })

	service := d.app.service
	ids := make([]workflow.IncidentID, len(practised))
	for n, m := range all {
		if m.at.After(storyStart) {
			return fmt.Errorf("%s: something happens after now", practised[m.row].name)
		}
		d.workspace.SetTime(m.at)
		key, p := workflow.CommandKey(fmt.Sprintf("practice-%d", n)), practised[m.row]
		if m.act == nil {
			report := p.report
			report.Detected = m.at.Add(-time.Hour)
			done, err := service.Report(ctx, key, workflow.SubmitReport{Report: report}, d.actor(p.by))
			if err != nil {
				return fmt.Errorf("%s: report: %w", p.name, err)
			}
			ids[m.row] = done.Incident.ID
		} else if err := d.act(ctx, ids, m.row, key, *m.act); err != nil {
			return err
		}
		if err := d.settle(ctx); err != nil {
			return err
		}
	}
	d.workspace.SetTime(storyStart)
	return d.settle(ctx)
}

// act does one thing somebody did.
func (d *demonstration) act(ctx context.Context, ids []workflow.IncidentID, row int, key workflow.CommandKey, a act) error {
	service, p := d.app.service, practised[row]
	var missing error
	incident := func(row int) *workflow.Incident {
		inc, err := service.Incident(ctx, ids[row])
		missing = errors.Join(missing, err)
		return inc
	}
	s := pastScene{Incident: incident(row), rules: service.Rules, now: d.workspace.Now(), named: func(name string) *workflow.Incident {
		return incident(slices.IndexFunc(practised, func(p past) bool { return p.name == name }))
	}}
	if missing != nil {
		return missing
	}
	command := a.give(s)
	if missing != nil || command == nil {
		return missing
	}
	if _, err := service.Do(ctx, ids[row], key, command, d.actor(a.by)); err != nil {
		return fmt.Errorf("%s: %s: %w", p.name, command.Name(), err)
	}
	return nil
}

// actor is a person of the practice with the roles of the settings.
func (d *demonstration) actor(id workflow.UserID) workflow.Actor {
	a := workflow.Actor{User: id}
	for _, s := range ruleSettings {
		if slices.Contains(d.app.config.Roster[s.names], workflow.Principal(id)) {
			a.Roles = append(a.Roles, s.names)
		}
	}
	return a
}

// unlimited is a limiter that holds nothing back, for a past that need not take as
// long as it did.
type unlimited struct{}

// Take implements bot.Limiter.
func (unlimited) Take(context.Context, bot.Caller, ...bot.Budget) time.Duration { return 0 }

// Empty implements bot.Limiter.
func (unlimited) Empty(context.Context, bot.Budget, time.Duration) {}
