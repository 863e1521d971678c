package store_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"breachbot/store"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// begin is when the life of a kept store begins: a Friday in summer time, with a
// part below the millisecond.
var begin = time.Date(2026, 7, 10, 9, 30, 0, 123456000, time.UTC)

// The people of a kept store.
var (
	nurse  = workflow.Actor{User: "U0ANA"}
	clerk  = workflow.Actor{User: "U0POST"}
	lead   = workflow.Actor{User: "U0IVO", Roles: []workflow.Role{workflow.RoleIGLead}}
	dpo    = workflow.Actor{User: "U0DPO", Roles: []workflow.Role{workflow.RoleDPO}}
	deputy = workflow.Actor{User: "U0DEP", Roles: []workflow.Role{workflow.RoleDeputy}}
	bot    = workflow.SystemActor()
)

// letter is what an engine might trip over.
const letter = "Bücher & <b>\"Zoë\" \\ 'O''Neill'</b> \u2028 日本 🩺 ?1 $1 %s"

// keep lives through a store that meets every kind of event, and keeps it.
func keep(t *testing.T, folder string) {
	if _, err := os.Stat(folder); err == nil {
		t.Fatalf("%s is there already, and a journal is never written again", folder)
	}
	e := newSQLite(t)
	l := &life{t: t, Store: e.open(t), now: begin}
	l.svc = &workflow.Service{Rules: keptRules()["house"], Journal: l.Store, Now: func() time.Time { return l.now }}
	l.live()
	verify(t, l.Store, l.svc)

	met := map[string]bool{}
	for _, r := range everything(t, l.Store) {
		for _, event := range r.Events {
			met[event.Kind] = true
		}
	}
	for _, kind := range workflow.Kinds() {
		if !met[kind] {
			t.Errorf("the store lived through no event %s", kind)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	writeLines(t, folder, "journal", e.dump(t, journalTables...))
	writeDerived(t, folder, e, l.Store)
}

// life is a store being lived through, with a Slack that delivers what is due.
type life struct {
	store.Store
	t   *testing.T
	svc *workflow.Service
	now time.Time
	n   int

	refuses bool                                          // no channel can be opened
	fails   func(workflow.IncidentID, workflow.Task) bool // what cannot be delivered
}

// live is the whole life, incident by incident.
func (l *life) live() {
	whole := l.whole()
	l.anchor()
	l.duplicate(whole)
	l.dismissed()
	l.drill()
	l.erased()
	l.anchor()
	l.refused()
	l.silent()
	l.asked()
	l.processor()
	l.anchor()
	l.reopened()
	l.waiting()
	l.report(nurse, func(r *workflow.Report) { r.Title = "Only just reported" })
}

// report opens an incident that is like any other but for what change does.
func (l *life) report(by workflow.Actor, change func(*workflow.Report)) workflow.IncidentID {
	l.t.Helper()
	l.now = l.now.Add(13 * time.Minute)
	l.n++
	r := workflow.Report{
		Title: fmt.Sprintf("Letter %d to the wrong address", l.n), What: letter, Detected: l.now.Add(-2 * time.Hour),
		Risk: workflow.RiskMedium, Actions: "Asked for it back.",
		Facts: workflow.Facts{
			Category: "letter_wrong", Data: []workflow.DataCategory{"health"}, Subjects: []workflow.SubjectKind{"patients"},
			Count: workflow.Count{Known: true, N: 3},
		},
	}
	if change != nil {
		change(&r)
	}
	receipt, err := l.svc.Report(context.Background(), workflow.CommandKey(fmt.Sprintf("view-%d", l.n)), workflow.SubmitReport{Report: r}, by)
	if err != nil {
		l.t.Fatalf("report: %v", err)
	}
	return receipt.Incident.ID
}

// do gives a command, made of the incident as it stands.
func (l *life) do(id workflow.IncidentID, by workflow.Actor, commands ...func(*workflow.Incident) workflow.Command) *workflow.Incident {
	l.t.Helper()
	inc, err := l.svc.Incident(context.Background(), id)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, command := range commands {
		l.now = l.now.Add(7 * time.Minute)
		l.n++
		c := command(inc)
		receipt, err := l.svc.Do(context.Background(), id, workflow.CommandKey(fmt.Sprintf("view-%d", l.n)), c, by)
		if err != nil {
			l.t.Fatalf("%s %s by %s: %v", c.Name(), id, by.User, err)
		}
		inc = receipt.Incident
	}
	return inc
}

// plainly is a command that does not depend on how the incident stands.
func plainly(c workflow.Command) func(*workflow.Incident) workflow.Command {
	return func(*workflow.Incident) workflow.Command { return c }
}

// deliver does what is due now, as a worker does.
func (l *life) deliver() {
	l.t.Helper()
	ctx := context.Background()
	for range 100 {
		claims, err := storetest.Claims(ctx, l, fmt.Sprintf("worker-%d", l.n), l.now, time.Minute, 50)
		if err != nil {
			l.t.Fatal(err)
		}
		if len(claims) == 0 {
			return
		}
		for _, c := range claims {
			l.n++
			var outcome workflow.Event
			if c.Incident != "" {
				inc, task, owed, err := l.svc.Owed(ctx, c.Incident, c.Task.Key)
				if err != nil {
					l.t.Fatal(err)
				}
				if l.fails != nil && l.fails(c.Incident, task) {
					if err := l.Postpone(ctx, c, l.now.Add(time.Hour), "is_archived"); err != nil {
						l.t.Fatal(err)
					}
					if c.Attempt == 2 {
						l.outcome(c.Incident, "stalled/"+c.Task.Key, workflow.DeliveryStalled{Task: task.Key, Code: "is_archived", Attempts: c.Attempt})
					}
					continue
				}
				if owed {
					outcome = l.said(inc, task)
				}
			}
			if outcome != nil {
				l.outcome(c.Incident, c.Task.Key, outcome)
				continue
			}
			if err := l.Finish(ctx, c); err != nil {
				l.t.Fatal(err)
			}
		}
	}
	l.t.Fatal("what is due never ends")
}

// outcome records what became of a task.
func (l *life) outcome(id workflow.IncidentID, key workflow.TaskKey, e workflow.Event) {
	l.t.Helper()
	if _, err := l.svc.Do(context.Background(), id, workflow.TaskCommand(id, key), workflow.Deliver{Outcome: e}, bot); err != nil {
		l.t.Fatalf("%s of %s: %v", key, id, err)
	}
}

// said is what Slack makes of a task; nil where that leaves no event.
func (l *life) said(inc *workflow.Incident, task workflow.Task) workflow.Event {
	channel := workflow.ChannelID("C" + fmt.Sprintf("%s%04d", inc.ID.Series(), inc.ID.Number()))
	at := channel
	if who := task.Target.Principal(); who != "" {
		at = workflow.ChannelID("D" + who[1:])
	}
	places := []workflow.Place{{Channel: at, TS: fmt.Sprintf("%d.%06d", l.now.Unix(), l.n)}}
	switch task.Kind {
	case workflow.KindChannel:
		if l.refuses {
			return workflow.ChannelRefused{Code: "restricted_action"}
		}
		return workflow.ChannelOpened{Channel: channel, Name: inc.ID.ChannelName(1)}
	case workflow.KindInvite:
		e := workflow.Invited{Principal: task.Target.Principal(), Joined: []workflow.UserID{workflow.UserID(task.Target)}}
		if e.Principal[0] == 'S' { // a group
			e.Joined, e.Refused = []workflow.UserID{"U0DAY", "U0NIGHT"}, map[workflow.UserID]string{"U0GONE": "user_is_restricted"}
		}
		return e
	case workflow.KindCard:
		return workflow.CardPosted{Place: places[0], Shows: inc.Version}
	case workflow.KindNudge:
		m, missed := l.svc.Rules.Passed(inc, task, l.now)
		return workflow.Nudged{Task: task.Key, Target: task.Target, Deadline: task.Deadline, Milestone: m, Missed: missed, Places: places}
	case workflow.KindRemind:
		m, missed := l.svc.Rules.PassedReminder(inc, task, l.now)
		return workflow.Reminded{
			Task: task.Key, Clock: task.ClockOf(), Target: task.Target, Deadline: task.Deadline, Milestone: m, Missed: missed, Places: places,
		}
	case workflow.KindFollowUp:
		return workflow.FollowUpNudged{Task: task.Key, Target: task.Target, Places: places}
	case workflow.KindTopic, workflow.KindPin, workflow.KindCardRefresh, workflow.KindReceiptRefresh, workflow.KindAskRefresh:
		return nil
	}
	return workflow.MessagePosted{Task: task.Key, Shows: inc.Version, Target: task.Target, Places: places}
}

// pass lets time go by in steps and delivers what is due after each.
func (l *life) pass(steps int, each time.Duration) {
	l.t.Helper()
	l.deliver()
	for range steps {
		l.now = l.now.Add(each)
		l.deliver()
	}
}

func (l *life) anchor() {
	l.t.Helper()
	if _, _, err := l.Anchor(context.Background(), l.now.Format(time.DateOnly), l.now); err != nil {
		l.t.Fatal(err)
	}
}

// The moves that most incidents share.

func triage(severity workflow.Severity, change func(*workflow.Facts)) func(*workflow.Incident) workflow.Command {
	return func(i *workflow.Incident) workflow.Command {
		facts := i.Facts
		if change != nil {
			change(&facts)
		}
		return workflow.Triage{Facts: i.FactsVersion, Severity: severity, Risk: workflow.RiskHigh, Reason: "Health data.", Known: facts, Systems: "Records."}
	}
}

func assess(likelihood, effect int) func(*workflow.Incident) workflow.Command {
	return func(i *workflow.Incident) workflow.Command {
		return workflow.Assess{Facts: i.FactsVersion, Consequences: "Distress.", Why: "The recipient is a colleague.", Grading: workflow.Grading{
			Cell: workflow.Cell{Likelihood: likelihood, Effect: effect}, Evidence: "Audit trail.", Vulnerable: workflow.No, HighRisk: workflow.No,
		}}
	}
}

func decide(to workflow.Recipient, verdict workflow.Verdict) func(*workflow.Incident) workflow.Command {
	return func(i *workflow.Incident) workflow.Command {
		c := workflow.Decide{Facts: i.FactsVersion, Recipient: to, Verdict: verdict, Reason: "Likely harm, " + string(to), Advice: "Counsel."}
		if last := i.Latest(to); last != nil {
			c.Supersedes = last.Seq
		}
		return c
	}
}

func (l *life) notify(to workflow.Recipient, complete bool) func(*workflow.Incident) workflow.Command {
	return func(i *workflow.Incident) workflow.Command {
		c := workflow.RecordNotification{Recipient: to, SentAt: l.now, Method: "email", Reference: "IC-123", Complete: complete}
		if l.now.After(i.Clock().Deadline) {
			c.Delay, c.DelayReason = "facts_unclear", "The count."
		}
		return c
	}
}

func contain(i *workflow.Incident) workflow.Command {
	return workflow.Contain{
		Facts: i.FactsVersion, Steps: []workflow.ContainStep{workflow.EvidencePreserved, "retrieved"}, State: workflow.Contained, Evidence: "It is in the safe.",
	}
}

func investigate(i *workflow.Incident) workflow.Command {
	return workflow.Investigate{Facts: i.FactsVersion, Findings: workflow.Findings{
		Cause: "Two addresses on file.", Certainty: workflow.Established, Origin: "internal", Systems: "Records.", ThirdParties: "The courier.",
	}}
}

func (l *life) resolve(id workflow.IncidentID) {
	l.t.Helper()
	l.do(id, lead, contain, investigate, plainly(workflow.Recover{
		Checks: []workflow.RecoveryCheck{"containment", "integrity", "fix", "monitoring", "communicated"}, Note: "Watched for a week.",
	}))
	l.decideAgain(id)
	l.do(id, lead, plainly(workflow.Resolve{Summary: "Returned unread.", RootCause: "Two addresses."}))
}

// decideAgain decides where newer facts made a decision fall back.
func (l *life) decideAgain(id workflow.IncidentID) {
	l.t.Helper()
	for _, to := range []workflow.Recipient{workflow.Regulator, workflow.DataSubjects} {
		i, err := l.svc.Incident(context.Background(), id)
		if err != nil {
			l.t.Fatal(err)
		}
		if i.Standing(to) == nil {
			verdict := workflow.DoNotNotify
			if last := i.Latest(to); last != nil && last.Verdict != workflow.NeedMore {
				verdict = last.Verdict
			}
			l.do(id, dpo, decide(to, verdict))
		}
	}
}

// settle answers the duties that are open, reviews and sets two actions.
func (l *life) settle(id workflow.IncidentID) {
	l.t.Helper()
	i, err := l.svc.Incident(context.Background(), id)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, d := range l.svc.Rules.Duties(i) {
		if d.Stand == workflow.DutyOpen && !d.Recipient.Core() {
			l.do(id, dpo, plainly(workflow.AnswerDuties{Recipients: []workflow.Recipient{d.Recipient}, Reason: "They sat in the review."}))
		}
	}
	i = l.do(id, lead,
		plainly(workflow.AddAction{What: "Merge the two address books.", Owner: clerk.User, Due: l.now.AddDate(0, 1, 0)}),
		plainly(workflow.AddAction{What: "Train the day shift.", Owner: lead.User, Due: l.now.AddDate(0, 0, 14)}),
		plainly(workflow.Review{Findings: workflow.ReviewFindings{
			What: "A letter went astray.", Impact: "None.", RootCause: "Two addresses.", WentWell: "It was reported at once.", Slowed: "Nothing.",
			Documents: "None.", RiskRegister: "R-12", Public: "A letter was sent to a previous address.",
		}}),
	)
	l.do(id, clerk, plainly(workflow.FinishAction{Action: i.Actions[0].Seq, Note: "Merged."}))
}

// whole goes all the way: late, with a follow-up, with other recipients, a
// notice taken back, and an action that outlives it.
func (l *life) whole() workflow.IncidentID {
	id := l.report(nurse, nil)
	l.pass(1, time.Minute)
	l.work(id)
	i := l.do(id, dpo, func(i *workflow.Incident) workflow.Command {
		return workflow.CorrectTimes{
			Facts: i.FactsVersion, Detected: begin.Add(-3 * time.Hour), Aware: begin.Add(-time.Hour), AwareReason: "Confirmed then.",
			Occurred: workflow.Occurrence{From: begin.Add(-48 * time.Hour)}, Reason: "The log says so.",
		}
	})
	l.do(id, lead, triage(2, func(f *workflow.Facts) { f.Malicious, f.PatientSafety = workflow.Yes, workflow.Yes }))
	l.pass(2, 5*time.Hour)
	l.do(id, lead, assess(3, 4), plainly(workflow.CallDeputy{Reason: "In theatre until six."}))
	l.pass(2, 5*time.Hour)
	l.do(id, dpo, decide(workflow.Regulator, workflow.Notify), decide(workflow.DataSubjects, workflow.DoNotNotify))
	for l.now.Before(i.Clock().Deadline.Add(5 * time.Hour)) {
		l.pass(1, 8*time.Hour)
	}
	l.do(id, lead, l.notify(workflow.Regulator, false))
	l.pass(2, 5*24*time.Hour)
	l.do(id, lead, l.notify(workflow.Regulator, true), decide(workflow.Insurers, workflow.Notify), l.notify(workflow.Insurers, true),
		func(*workflow.Incident) workflow.Command {
			return workflow.RecordNotification{
				Recipient: workflow.Insurers, SentAt: l.now, Method: "telephone", Withdraw: true, Reason: "It was another policy.",
			}
		})
	l.resolve(id)
	l.do(id, dpo, plainly(workflow.Reopen{Reason: "A second letter."}))
	l.pass(1, time.Hour)
	l.decideAgain(id)
	l.do(id, lead, plainly(workflow.Resolve{Summary: "Both returned.", RootCause: "Two addresses."}))
	l.pass(3, 6*24*time.Hour)
	l.settle(id)
	l.do(id, lead, plainly(workflow.Close{Reason: "Reviewed."}))
	l.pass(2, 20*24*time.Hour)
	return id
}

// work is what people do in the channel, and who is there.
func (l *life) work(id workflow.IncidentID) {
	l.t.Helper()
	i, err := l.svc.Incident(context.Background(), id)
	if err != nil {
		l.t.Fatal(err)
	}
	at := func(n int) workflow.Place {
		return workflow.Place{Channel: i.Room.Channel, TS: fmt.Sprintf("1783.%06d", n)}
	}
	l.do(id, nurse, plainly(workflow.AddNote{Text: letter}))
	l.do(id, lead,
		plainly(workflow.AddEvidence{
			Place: at(7), Author: nurse.User, Said: l.now.Add(-time.Hour), Edited: l.now, Text: "The envelope was open. " + letter,
			Files: []workflow.Attachment{{ID: "F1", Type: "image/png"}}, Comment: "Photographed.",
		}),
		plainly(workflow.AddEvidence{Place: at(8), Said: l.now, Text: "An app said this."}),
		plainly(workflow.AssignRole{Role: workflow.RoleLead, User: lead.User, Note: "On duty."}),
		plainly(workflow.AssignRole{Role: workflow.RoleResponder, User: "U0EVE"}),
	)
	l.do(id, bot,
		plainly(workflow.RecordEdit{Place: at(7), At: l.now.Add(time.Hour), Text: "The envelope was half open."}),
		plainly(workflow.RecordEdit{Place: at(7), At: l.now.Add(2 * time.Hour), Deleted: true}),
		plainly(workflow.RecordMember{User: "U0EVE", At: l.now, Joined: true}),
		plainly(workflow.RecordMember{User: "U0GUEST", At: l.now, Joined: true, Why: workflow.OutsiderGuest}),
		plainly(workflow.RecordMember{User: "U0GUEST", At: l.now.Add(time.Minute)}),
		plainly(workflow.RecordShared{Team: "T0OTHER", At: l.now}),
	)
	i = l.do(id, lead,
		plainly(workflow.AskHelp{User: clerk.User, Question: "Who opened the tray?", Due: l.now.Add(24 * time.Hour)}),
		plainly(workflow.LinkTo{Other: "BR-2026-0777", Reason: "The same ward."}))
	l.pass(1, 30*time.Hour)
	l.do(id, clerk, plainly(workflow.GiveHelp{Request: i.Helps[len(i.Helps)-1].Seq, Text: "The day shift."}))
	l.pass(1, time.Minute)
}

// duplicate is a second report of the same breach.
func (l *life) duplicate(of workflow.IncidentID) {
	id := l.report(clerk, nil)
	l.pass(1, time.Hour)
	l.do(id, deputy, plainly(workflow.LinkTo{Other: of, Duplicate: true, Reason: "The same letter."}))
	l.do(of, bot, plainly(workflow.LinkBack{Other: id, Duplicate: true}))
	l.pass(1, time.Hour)
}

func (l *life) dismissed() {
	id := l.report(nurse, func(r *workflow.Report) { r.Facts.NearMiss, r.Facts.Unsure = true, true })
	l.pass(1, time.Hour)
	l.do(id, lead, triage(4, nil))
	l.do(id, dpo, func(i *workflow.Incident) workflow.Command {
		return workflow.Dismiss{Facts: i.FactsVersion, Reason: "No personal data."}
	})
	l.pass(1, time.Hour)
}

func (l *life) drill() {
	id := l.report(lead, func(r *workflow.Report) { r.Drill = true })
	l.pass(1, time.Hour)
	l.do(id, lead, triage(3, nil), assess(2, 2))
	l.do(id, dpo, decide(workflow.Regulator, workflow.DoNotNotify), decide(workflow.DataSubjects, workflow.DoNotNotify))
	l.resolve(id)
	l.settle(id)
	l.do(id, lead, plainly(workflow.Close{Reason: "Practised."}))
	l.pass(1, time.Hour)
}

// erased has every word erased after it was closed.
func (l *life) erased() {
	id := l.report(nurse, nil)
	l.pass(1, time.Minute)
	l.work(id)
	l.do(id, lead, triage(3, nil), assess(4, 4))
	l.do(id, dpo, decide(workflow.Regulator, workflow.Notify), decide(workflow.DataSubjects, workflow.Notify))
	l.do(id, lead, l.notify(workflow.Regulator, true), l.notify(workflow.DataSubjects, true))
	l.resolve(id)
	l.settle(id)
	l.do(id, lead, plainly(workflow.Close{Reason: letter}))
	l.pass(1, 24*time.Hour)
	l.do(id, dpo, plainly(workflow.Erase{Reason: "Retention period over."}), plainly(workflow.AddNote{Text: "Asked about by the auditors."}))
	l.pass(1, time.Hour)
}

// refused gets no channel, so everything is said in person; the DPO reports it,
// so the deputy decides.
func (l *life) refused() {
	l.refuses = true
	id := l.report(dpo, func(r *workflow.Report) {
		r.Source = workflow.Source{Place: workflow.Place{Channel: "C0WARD", TS: "1783600000.000100"}, Author: "U0EVE"}
		r.Occurred = workflow.Occurrence{From: l.now.Add(-50 * time.Hour), To: l.now.Add(-40 * time.Hour)}
	})
	l.pass(2, time.Minute)
	l.do(id, lead, triage(1, func(f *workflow.Facts) { f.Category, f.Ongoing = "ransomware", workflow.Yes }), assess(5, 4))
	l.pass(6, 13*time.Hour)
	l.do(id, deputy, decide(workflow.Regulator, workflow.NeedMore))
	l.pass(1, time.Hour)
	l.refuses = false
}

// silent has a channel in which nothing can be said; part of that ends.
func (l *life) silent() {
	id := l.report(nurse, nil)
	l.pass(1, time.Minute)
	l.fails = func(in workflow.IncidentID, task workflow.Task) bool {
		return in == id && (task.Target == workflow.InChannel || task.Kind == workflow.KindTopic || task.Target == "U0CAL")
	}
	l.do(id, lead, triage(2, nil), assess(3, 3))
	l.pass(4, 2*time.Hour)
	l.fails = func(in workflow.IncidentID, task workflow.Task) bool {
		return in == id && task.Kind == workflow.KindAsk
	}
	l.pass(3, 2*time.Hour)
	i, err := l.svc.Incident(context.Background(), id)
	if err != nil {
		l.t.Fatal(err)
	}
	var stalled []workflow.TaskKey
	for key := range i.Stalls {
		stalled = append(stalled, key)
	}
	slices.Sort(stalled)
	l.do(id, bot, plainly(workflow.Deliver{Outcome: workflow.DeliveryRecovered{Task: stalled[len(stalled)-1]}}),
		plainly(workflow.Deliver{Outcome: workflow.DeliveryDropped{Task: stalled[0]}}))
	l.pass(2, 6*time.Hour)
	l.fails = nil
}

// asked is decided only after a question, and again on other facts.
func (l *life) asked() {
	id := l.report(nurse, nil)
	l.pass(1, time.Minute)
	l.do(id, lead, triage(3, nil), assess(3, 3))
	l.pass(1, 5*time.Hour)
	l.do(id, dpo, decide(workflow.Regulator, workflow.NeedMore))
	l.do(id, nurse, plainly(workflow.AddNote{Text: "It was the old address."}))
	l.pass(1, time.Hour)
	l.do(id, lead, triage(2, func(f *workflow.Facts) { f.Count.N = 1200 }), assess(4, 4))
	l.pass(1, 5*time.Hour)
	l.do(id, dpo, decide(workflow.Regulator, workflow.Notify), decide(workflow.DataSubjects, workflow.Notify))
	l.do(id, lead, l.notify(workflow.Regulator, true))
	l.do(id, lead, func(i *workflow.Incident) workflow.Command {
		c := contain(i).(workflow.Contain)
		c.ExposedTo, c.Exfiltrated = workflow.ExposedKnown, workflow.Yes
		return c
	})
	l.pass(1, 5*time.Hour)
	l.do(id, lead, func(*workflow.Incident) workflow.Command {
		return workflow.RecordNotification{Recipient: workflow.Regulator, SentAt: l.now, Method: "email", Withdraw: true, Reason: "It was somebody else's breach."}
	})
	l.pass(1, 5*time.Hour)
}

// processor is a breach of data that is handled for others.
func (l *life) processor() {
	id := l.report(clerk, func(r *workflow.Report) {
		r.Facts.Capacity, r.Facts.Subjects, r.Facts.CustomersMustAct = workflow.Both, []workflow.SubjectKind{"patients", "customers"}, workflow.Yes
	})
	l.pass(1, time.Minute)
	l.do(id, lead, triage(3, nil), plainly(workflow.AskHelp{User: "U0EVE", Question: "Which customers?"}))
	l.pass(4, 11*time.Hour)
	l.do(id, lead, decide(workflow.Controllers, workflow.Notify), l.notify(workflow.Controllers, false), decide(workflow.Customers, workflow.Notify))
	l.pass(2, 11*time.Hour)
}

// reopened was dismissed and is being worked on again.
func (l *life) reopened() {
	id := l.report(nurse, nil)
	l.pass(1, time.Minute)
	l.do(id, lead, triage(3, nil), assess(2, 3))
	l.do(id, dpo, decide(workflow.Regulator, workflow.DoNotNotify), func(i *workflow.Incident) workflow.Command {
		return workflow.Dismiss{Facts: i.FactsVersion, Reason: "Nobody's data."}
	})
	l.pass(1, 30*time.Hour)
	l.do(id, deputy, plainly(workflow.Reopen{Reason: "It was somebody's."}))
	l.pass(1, 5*time.Hour)
}

// waiting is resolved, and its review is due.
func (l *life) waiting() {
	id := l.report(nurse, nil)
	l.do(id, lead, triage(4, nil), assess(1, 1))
	l.do(id, dpo, decide(workflow.Regulator, workflow.DoNotNotify), decide(workflow.DataSubjects, workflow.DoNotNotify))
	l.pass(1, time.Minute)
	l.resolve(id)
	l.pass(1, time.Hour)
}
