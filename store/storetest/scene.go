package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// start is an instant in summer time, with a part below the millisecond.
var start = time.Date(2026, 7, 10, 9, 30, 0, 123456000, time.UTC)

// The people of the scenes.
var (
	ana = workflow.Actor{User: "U0ANA"}
	ivo = workflow.Actor{User: "U0IVO", Roles: []workflow.Role{workflow.RoleIGLead}}
	dpo = workflow.Actor{User: "U0DPO", Roles: []workflow.Role{workflow.RoleDPO}}
	bot = workflow.SystemActor()
)

func rules() workflow.Rules {
	r := workflow.DefaultRules()
	r.Roster = map[workflow.Role][]workflow.Principal{
		workflow.RoleIGLead: {"U0IVO"},
		workflow.RoleDPO:    {"U0DPO"},
		workflow.RoleDeputy: {"U0DEP"},
		workflow.RoleBoard:  {"S0BOARD"},
	}
	return r
}

func service(s workflow.Journal, now func() time.Time) *workflow.Service {
	return &workflow.Service{Rules: rules(), Journal: s, Now: now}
}

// report is the nth report, with letters that an engine might trip over.
func report(n int) workflow.SubmitReport {
	return workflow.SubmitReport{Report: workflow.Report{
		Title:    fmt.Sprintf("Letter %d to the wrong address", n),
		What:     "Bücher & <b>\"Zoë\" \\ 'O''Neill'</b> \u2028 日本 🩺 ?1 $1 %s",
		Detected: start.Add(-2 * time.Hour),
		Risk:     workflow.RiskMedium,
		Actions:  "Asked for it back.",
		Facts: workflow.Facts{
			Category: "letter_wrong", Data: []workflow.DataCategory{"health"}, Subjects: []workflow.SubjectKind{"patients"},
			Count: workflow.Count{Known: true, N: 3},
		},
	}}
}

// scene is a store with the service on top and a clock that goes on a minute
// with every command.
type scene struct {
	store.Store
	t   testing.TB
	svc *workflow.Service

	mu  sync.Mutex
	now time.Time
	n   int
}

func newScene(t testing.TB, s store.Store) *scene {
	sc := &scene{Store: s, t: t, now: start}
	sc.svc = service(s, sc.clock)
	return sc
}

func (s *scene) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *scene) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// key is a command key that was not used before.
func (s *scene) key() workflow.CommandKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	return workflow.CommandKey(fmt.Sprintf("view-%d", s.n))
}

// report opens an incident.
func (s *scene) report() workflow.IncidentID {
	s.t.Helper()
	s.pass(time.Minute)
	key := s.key()
	c := report(s.n)
	c.Report.Detected = s.clock().Add(-2 * time.Hour)
	r, err := s.svc.Report(context.Background(), key, c, ana)
	if err != nil {
		s.t.Fatalf("report: %v", err)
	}
	return r.Incident.ID
}

// do gives a command and wants it accepted.
func (s *scene) do(id workflow.IncidentID, by workflow.Actor, c workflow.Command) *workflow.Incident {
	s.t.Helper()
	s.pass(time.Minute)
	r, err := s.svc.Do(context.Background(), id, s.key(), c, by)
	if err != nil {
		s.t.Fatalf("%s %s: %v", c.Name(), id, err)
	}
	return r.Incident
}

// deliver reports deliveries.
func (s *scene) deliver(id workflow.IncidentID, outcomes ...workflow.Event) {
	s.t.Helper()
	for _, e := range outcomes {
		s.do(id, bot, workflow.Deliver{Outcome: e})
	}
}

// decided brings an incident to a decision of the DPO about both recipients.
func (s *scene) decided(id workflow.IncidentID, verdict workflow.Verdict) *workflow.Incident {
	s.t.Helper()
	i := s.do(id, ivo, workflow.Triage{Facts: 1, Severity: 2, Risk: workflow.RiskHigh, Reason: "Health data.", Known: report(0).Report.Facts})
	i = s.do(id, ivo, workflow.Assess{Facts: i.FactsVersion, Consequences: "Distress.", Why: "The recipient is a colleague.", Grading: workflow.Grading{
		Cell: workflow.Cell{Likelihood: 3, Effect: 3}, Evidence: "Audit trail.", Vulnerable: workflow.No, HighRisk: workflow.No,
	}})
	for _, to := range []workflow.Recipient{workflow.Regulator, workflow.DataSubjects} {
		i = s.do(id, dpo, workflow.Decide{Facts: i.FactsVersion, Recipient: to, Verdict: verdict, Reason: "Likely harm, " + string(to), Advice: "Counsel."})
	}
	return i
}

// breach is an incident from report to closing with every kind of event that
// fits into one.
func (s *scene) breach() workflow.IncidentID {
	s.t.Helper()
	id := s.report()
	place := workflow.Place{Channel: "C0ROOM", TS: "1783.0001"}
	direct := workflow.Place{Channel: "D0ANA", TS: "1783.0002"}
	s.do(id, ana, workflow.AddNote{Text: "It was opened."})
	i := s.amended(id)
	s.deliver(id,
		workflow.ChannelRefused{Code: "name_taken"},
		workflow.ChannelOpened{Channel: "C0ROOM", Name: "br-2026-0001"},
		workflow.CardPosted{Place: place, Shows: 2},
		workflow.Invited{Principal: "U0IVO", Joined: []workflow.UserID{"U0IVO"}, Refused: map[workflow.UserID]string{"U0GONE": "user_is_restricted"}},
		workflow.MessagePosted{Task: workflow.TaskReceipt, Shows: 4, Target: "U0ANA", Places: []workflow.Place{direct}},
		workflow.DeliveryStalled{Task: "alert:U0DPO", Code: "ratelimited", Attempts: 5},
		workflow.MessagePosted{Task: "alert:U0DPO", Shows: 6, Target: "U0DPO", Places: []workflow.Place{direct}},
		workflow.MessagePosted{Task: "untaken:0:U0IVO", Shows: 6, Target: "U0IVO", Places: []workflow.Place{direct}},
		workflow.MessagePosted{Task: "alert:S0TEAM", Shows: 6, Target: "S0TEAM", Places: []workflow.Place{direct}, Reach: workflow.Reach{
			To: []workflow.UserID{"U0ANA"}, Owed: map[workflow.UserID]string{"U0BEA": "ratelimited"}, Never: map[workflow.UserID]string{"U0GONE": "user_disabled"},
		}},
		workflow.MessagePosted{Task: "person:U0BEA:alert:S0TEAM", Shows: 6, Target: "U0BEA", Places: []workflow.Place{direct}},
		workflow.Mailed{Task: "mail:U0GONE:alert:S0TEAM", Target: "U0GONE", To: []workflow.Principal{"U0GONE"}},
		workflow.Mailed{Task: "mail:S0TEAM:alert:S0TEAM", Target: "S0TEAM", Owed: map[workflow.Principal]string{"U0BEA": "mail_deferred"}, Never: map[workflow.Principal]string{"U0ANA": workflow.NoAddress}},
		workflow.MessageGone{Task: "holder:9:alert:S0TEAM", Of: "alert:S0TEAM", Places: []workflow.Place{direct}, Code: "message_not_found"},
		workflow.DeliveryStalled{Task: "topic:1", Code: "not_in_channel", Attempts: 5},
		workflow.DeliveryRecovered{Task: "topic:1"},
		workflow.DeliveryStalled{Task: "say:4:channel", Code: "not_in_channel", Attempts: 5},
		workflow.DeliveryDropped{Task: "say:4:channel", Code: "not_in_channel"},
	)
	i = s.do(id, dpo, workflow.CorrectTimes{
		Facts: i.FactsVersion, Detected: start.Add(-3 * time.Hour), Aware: start.Add(-time.Hour), AwareReason: "Confirmed then.",
		Occurred: workflow.Occurrence{From: start.Add(-48 * time.Hour)}, Reason: "The log says so.",
	})
	s.do(id, ivo, workflow.AssignRole{Role: workflow.RoleLead, User: "U0IVO"})
	deadline := i.Clock().Deadline
	s.now = deadline.Add(-24 * time.Hour)
	s.deliver(id, workflow.Nudged{
		Task:   workflow.TaskKey(fmt.Sprintf("nudge:%d:%d:channel", deadline.UnixMicro(), 48*3600)),
		Target: workflow.InChannel, Deadline: deadline, Milestone: workflow.Countdown(48 * time.Hour), Places: []workflow.Place{place},
	})
	i = s.do(id, ivo, workflow.Triage{Facts: i.FactsVersion, Severity: 2, Risk: workflow.RiskHigh, Reason: "Health data.", Known: report(0).Report.Facts})
	i = s.do(id, ivo, workflow.Clarify{Facts: i.FactsVersion, Known: workflow.Facts{LawfullyPublic: workflow.No}, Evidence: "We asked the library."})
	i = s.do(id, ivo, workflow.Assess{Facts: i.FactsVersion, Consequences: "Distress.", Why: "The recipient is a colleague.", Grading: workflow.Grading{
		Cell: workflow.Cell{Likelihood: 3, Effect: 3}, Evidence: "Audit trail.", Vulnerable: workflow.No, HighRisk: workflow.No,
	}})
	s.do(id, ivo, workflow.CallDeputy{Reason: "In theatre until six."})
	s.worked(id)
	i = s.do(id, dpo, workflow.Decide{Facts: i.FactsVersion, Recipient: workflow.Regulator, Verdict: workflow.Notify, Reason: "Likely harm.", Advice: "Counsel."})
	s.do(id, dpo, workflow.Decide{Facts: i.FactsVersion, Recipient: workflow.DataSubjects, Verdict: workflow.DoNotNotify, Reason: "No high risk."})
	s.now = deadline.Add(time.Hour)
	s.do(id, ivo, workflow.RecordNotification{
		Recipient: workflow.Regulator, SentAt: s.now, Method: "ico_form", Reference: "IC-123", Delay: "facts_unclear", DelayReason: "The count.",
	})
	s.pass(8 * 24 * time.Hour)
	s.deliver(id, workflow.FollowUpNudged{Task: "follow_up:1", Target: workflow.InChannel, Places: []workflow.Place{place}})
	s.do(id, ivo, workflow.RecordNotification{Recipient: workflow.Regulator, SentAt: s.now, Method: "email", Reference: "IC-123", Complete: true})
	s.contained(id)
	s.do(id, ivo, workflow.Resolve{Summary: "Returned unread.", RootCause: "Two addresses."})
	s.do(id, dpo, workflow.Reopen{Reason: "A second letter."})
	s.do(id, ivo, workflow.Resolve{Summary: "Both returned.", RootCause: "Two addresses."})
	s.settled(id)
	s.do(id, ivo, workflow.Close{Reason: "Reviewed."})
	return id
}

// amended is the report put right by its author, with a file.
func (s *scene) amended(id workflow.IncidentID) *workflow.Incident {
	s.t.Helper()
	i, err := s.svc.Incident(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	r := i.Report
	r.What, r.Facts.Count.N = "It was opened, by a neighbour.", 4
	i = s.do(id, ana, workflow.Amend{Report: r, Files: []workflow.Attachment{{ID: "F9", Type: "image/png", Size: 9}}})
	s.deliver(id, workflow.FileHashed{Task: workflow.Subject{Kind: workflow.KindHash, About: i.Version}.Key(), Size: 9, SHA256: "00ff"})
	return i
}

// worked is what people do in the channel, and who was there.
func (s *scene) worked(id workflow.IncidentID) {
	s.t.Helper()
	message := workflow.Place{Channel: "C0ROOM", TS: "1783.0007"}
	s.do(id, ivo, workflow.AddEvidence{
		Place: message, Author: "U0ANA", Said: s.clock(), Text: "The envelope was open.",
		Files: []workflow.Attachment{{ID: "F1", Type: "image/png"}}, Comment: "Photographed.",
	})
	s.do(id, bot, workflow.RecordEdit{Place: message, At: s.clock(), Text: "The envelope was half open."})
	s.do(id, bot, workflow.RecordEdit{Place: message, At: s.clock(), Deleted: true})
	s.do(id, bot, workflow.RecordMember{User: "U0GUEST", At: s.clock(), Joined: true, Why: workflow.OutsiderGuest})
	s.do(id, bot, workflow.RecordMember{User: "U0GUEST", At: s.clock()})
	i := s.do(id, ivo, workflow.AskHelp{User: "U0POST", Question: "Who opened the tray?", Due: s.clock().Add(24 * time.Hour)})
	s.do(id, workflow.Actor{User: "U0POST"}, workflow.GiveHelp{Request: i.Helps[0].Seq, Text: "The day shift."})
	s.do(id, ivo, workflow.LinkTo{Other: "BR-2026-0777", Reason: "The same ward."})
	s.do(id, bot, workflow.LinkBack{Other: "BR-2026-0778"})
}

// contained records what was found out and that nothing spreads any more.
func (s *scene) contained(id workflow.IncidentID) {
	s.t.Helper()
	i, err := s.svc.Incident(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	i = s.do(id, ivo, workflow.Contain{Facts: i.FactsVersion, Steps: []workflow.ContainStep{workflow.EvidencePreserved, "retrieved"}, State: workflow.Contained, Evidence: "It is in the safe."})
	s.do(id, ivo, workflow.Investigate{Facts: i.FactsVersion, Findings: workflow.Findings{Cause: "Two addresses on file.", Certainty: workflow.Established, Origin: "internal", Systems: "Records."}})
	s.do(id, ivo, workflow.Recover{Checks: []workflow.RecoveryCheck{"containment", "integrity", "fix", "monitoring", "communicated"}, Note: "Watched for a week."})
}

// settled answers the other duties, with a notice that is taken back, completes
// the review and sets an action.
func (s *scene) settled(id workflow.IncidentID) {
	s.t.Helper()
	board := s.clock().Add(3 * 24 * time.Hour)
	s.deliver(id, workflow.Reminded{
		Task: "remind:board_report:1:259200:channel", Clock: workflow.ClockBoard, Target: workflow.InChannel, Deadline: board,
		Milestone: workflow.Countdown(3 * 24 * time.Hour), Places: []workflow.Place{{Channel: "C0ROOM", TS: "1783.0009"}},
	})
	s.do(id, ivo, workflow.Decide{Recipient: workflow.Insurers, Verdict: workflow.Notify, Reason: "The policy asks for it.", Advice: "The broker's."})
	s.do(id, ivo, workflow.RecordNotification{Recipient: workflow.Insurers, SentAt: s.clock(), Method: "email", Reference: "POL-7", Complete: true})
	s.do(id, ivo, workflow.RecordNotification{Recipient: workflow.Insurers, SentAt: s.clock(), Method: "telephone", Withdraw: true, Reason: "It was another policy."})
	s.do(id, ivo, workflow.AnswerDuties{Recipients: []workflow.Recipient{workflow.LegalAdvisers, workflow.BoardReport}, Reason: "They sat in the review."})
	s.do(id, ivo, workflow.Review{Findings: workflow.ReviewFindings{
		What: "A letter went astray.", Impact: "None.", RootCause: "Two addresses.", WentWell: "It was reported at once.", Slowed: "Nothing.", Documents: "None.",
		RiskRegister: "R-12", Public: "A letter was sent to a previous address.",
	}})
	i := s.do(id, ivo, workflow.AddAction{What: "Merge the two address books.", Owner: "U0POST", Due: s.clock().Add(30 * 24 * time.Hour)})
	s.do(id, workflow.Actor{User: "U0POST"}, workflow.FinishAction{Action: i.Actions[0].Seq, Note: "Merged."})
}

// erased is an incident that was dismissed and then erased.
func (s *scene) erased() workflow.IncidentID {
	s.t.Helper()
	id := s.report()
	i := s.decided(id, workflow.DoNotNotify)
	s.do(id, dpo, workflow.Dismiss{Facts: i.FactsVersion, Reason: "No personal data."})
	s.do(id, dpo, workflow.Erase{Reason: "Retention period over."})
	return id
}

// verify wants every row as the program left it.
func (s *scene) verify() {
	s.t.Helper()
	r, err := store.Verify(context.Background(), s, s.svc.Rederive)
	if err != nil {
		s.t.Fatal(err)
	}
	if r.Broken != nil {
		s.t.Fatalf("verify: %s", r.Broken)
	}
}
