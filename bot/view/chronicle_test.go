package view_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// clerk has no part in anything but may be asked.
var clerk = workflow.Actor{User: "U0CLERK"}

var exhibit = workflow.Place{Channel: "C0ROOM", TS: "1795192000.000100"}

// quote is a message of the channel.
func (s *story) quote() workflow.AddEvidence {
	return workflow.AddEvidence{
		Place: exhibit, Author: nurse.User, Said: friday, Edited: friday.Add(time.Minute), Text: s.says("message", workflow.MaxEvidence), Comment: s.text("comment"),
		Files: []workflow.Attachment{{ID: "F1", Type: "image/png"}, {ID: "F2", Type: "application/pdf"}, {ID: "F3"}},
	}
}

func (s *story) say() *story { return s.do(rob, s.quote()) }

func (s *story) change(after time.Duration, deleted bool) *story {
	return s.do(workflow.SystemActor(), workflow.RecordEdit{Place: exhibit, At: friday.Add(after), Text: s.says("edited message", workflow.MaxEvidence), Deleted: deleted})
}

func (s *story) ask() *story {
	return s.do(igLead, workflow.AskHelp{User: clerk.User, Question: s.text("question"), Due: s.now.Add(48 * time.Hour)})
}

func (s *story) help() *story {
	return s.do(clerk, workflow.GiveHelp{Request: s.inc.Helps[len(s.inc.Helps)-1].Seq, Text: s.text("answer")})
}

// exposed has everybody in the channel who does not belong there.
func (s *story) exposed() *story {
	s.do(workflow.SystemActor(), workflow.RecordMember{User: "U0GONE", At: friday})
	for n, why := range []workflow.Outsider{"", workflow.OutsiderGuest, workflow.OutsiderForeign, workflow.OutsiderApp, workflow.OutsiderUnknown} {
		s.do(workflow.SystemActor(), workflow.RecordMember{User: workflow.UserID(fmt.Sprint("U0JOINED", n)), At: friday.Add(time.Duration(n+1) * time.Minute), Joined: true, Why: why})
	}
	return s.do(workflow.SystemActor(), workflow.RecordShared{Team: "T0<OTHER>", At: friday.Add(time.Hour)})
}

// acts has breachbot do everything it does.
func (s *story) acts() *story {
	s.slack(workflow.ChannelRefused{Code: "restricted_action"}) // leaves no trace once there is a channel
	s.slack(workflow.CardPosted{Place: exhibit}).slack(workflow.DeliveryStalled{Task: "pin:1", Code: "not_pinnable", Attempts: 8}).slack(workflow.DeliveryRecovered{Task: "pin:1"})
	s.slack(workflow.DeliveryStalled{Task: "alert:U0DPO", Code: "user_not_found", Attempts: 5}).slack(workflow.DeliveryDropped{Task: "alert:U0DPO"})
	s.slack(workflow.DeliveryDropped{Task: "say:4:channel", Code: "channel_not_found"})
	s.slack(workflow.Mailed{Task: "mail:U0DPO:alert:U0DPO", Target: "U0DPO", To: []workflow.Principal{"U0DPO"}, Never: map[workflow.Principal]string{"U0C": workflow.NoAddress}})
	s.slack(workflow.Mailed{Task: "mail:U0DPO:nudge:1:86400:U0DPO", Target: "U0DPO", Milestone: workflow.Countdown(24 * time.Hour), To: []workflow.Principal{"U0DPO"}})
	s.slack(workflow.Mailed{Task: "mail:U0A:ask:9:U0A", Target: "U0A", Never: map[workflow.Principal]string{"U0A": "mail_recipient"}})
	s.slack(workflow.DeliveryStalled{Task: "topic:9", Code: "missing_scope", Attempts: 1, GivenUp: true})
	s.slack(workflow.Invited{Principal: "S0TEAM", Joined: []workflow.UserID{"U0A", "U0B"}, Refused: map[workflow.UserID]string{"U0C": "user_is_restricted"}})
	for n, key := range []workflow.TaskKey{"receipt", "alert:U0DPO", "ask:9:channel", "answer:9", "say:9:channel", "outcome:9", "help:9:0", "help:9:1", "helped:9", "novelty:9"} {
		to := workflow.InChannel
		if n%2 == 1 {
			to = "S0DEPUTIES"
		}
		s.slack(workflow.MessagePosted{Task: key, Target: to})
	}
	deadline := s.inc.Clock().Deadline
	hours := func(n int) workflow.Countdown { return workflow.Countdown(time.Duration(n) * time.Hour) }
	s.slack(workflow.Nudged{Task: "nudge:1", Target: workflow.InChannel, Deadline: deadline, Milestone: hours(12), Missed: []workflow.Countdown{hours(48), hours(24)}})
	s.slack(workflow.Nudged{Task: "nudge:2", Target: "U0DPO", Deadline: deadline})
	s.slack(workflow.Nudged{Task: "nudge:3", Target: "U0SIRO", Deadline: deadline, Milestone: hours(-12)})
	return s.slack(workflow.FollowUpNudged{Task: "follow_up:1", Target: workflow.InChannel})
}

// entries counts the lines of the timeline, on all its pages.
func entries(t *testing.T, inc *workflow.Incident, rules workflow.Rules) int {
	t.Helper()
	n := 0
	for page := 0; ; page++ {
		v := view.Timeline(inc, page, everyDelivery, rules)
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		n += strings.Count(string(raw), `"text":"\u003c!date^`) // each begins with when it was
		if !strings.Contains(string(raw), `"Older"`) {
			return n
		}
	}
}

// The timeline leaves nothing out: for every kind of event the journal can hold
// there is a line. A new kind needs one too, or a reason here why not.
func TestTheTimelineShowsEveryKindOfEvent(t *testing.T) {
	t.Parallel()
	technical := map[string]string{}
	base := newStory(t, plainly).report().room().say().ask().action()
	now := workflow.Instant(base.now)
	samples := []workflow.Event{
		workflow.TimesCorrected{Detected: friday, Reason: "Checked."},
		workflow.Triaged{Severity: 2, Risk: workflow.RiskHigh, Reason: "Many."},
		workflow.Assessed{Assessment: workflow.Assessment{}},
		workflow.Decided{Decision: workflow.Decision{Recipient: workflow.Regulator, Verdict: workflow.Notify}},
		workflow.Notified{Notification: workflow.Notification{Recipient: workflow.Regulator, SentAt: now, Method: "email"}},
		workflow.Noted{Text: "A note."},
		workflow.RoleAssigned{Role: workflow.RoleLead, User: "U0ROB"},
		workflow.WasResolved{Reason: "Done."}, workflow.WasClosed{Reason: "Done."}, workflow.WasDismissed{Reason: "None."}, workflow.Reopened{Reason: "More."},
		workflow.Erased{Kept: *base.inc},
		workflow.ChannelOpened{Channel: "C0ROOM"}, workflow.ChannelRefused{Code: "x"}, workflow.Invited{Principal: "U0ROB"},
		workflow.CardPosted{}, workflow.MessagePosted{Task: "receipt", Target: "U0NURSE"},
		workflow.Nudged{Target: workflow.InChannel}, workflow.FollowUpNudged{Target: workflow.InChannel},
		workflow.DeliveryStalled{Task: "card"}, workflow.DeliveryRecovered{Task: "card"}, workflow.DeliveryDropped{Task: "card", Code: "x"},
		workflow.Mailed{Task: "mail:U0DPO:alert:U0DPO", Target: "U0DPO", To: []workflow.Principal{"U0DPO"}},
		workflow.EvidenceAdded{Place: workflow.Place{Channel: "C0ROOM", TS: "2"}, Said: now}, workflow.EvidenceEdited{Place: exhibit, Edited: now, Text: "x"},
		workflow.EvidenceDeleted{Place: exhibit, Deleted: now},
		workflow.MemberJoined{User: "U0SOMEBODY", When: now}, workflow.MemberLeft{User: "U0SOMEBODY", When: now},
		workflow.ChannelExposed{User: "U0SOMEBODY", Why: workflow.OutsiderGuest, When: now},
		workflow.ContainmentRecorded{State: workflow.Contained, Since: now}, workflow.Investigated{Findings: workflow.Findings{Cause: "An old address."}},
		workflow.Clarified{Answered: []workflow.Field{workflow.FieldRead}, Facts: workflow.Facts{Read: workflow.No}},
		workflow.RecoveryRecorded{Checks: []workflow.RecoveryCheck{"containment"}}, workflow.Reviewed{}, workflow.ActionAdded{What: "x", Owner: "U0OWNER", Due: now},
		workflow.ActionFinished{Action: base.inc.Actions[0].Seq}, workflow.Linked{Other: "BR-2026-0003"}, workflow.DeputyCalled{Reason: "On leave."},
		workflow.Reminded{Clock: workflow.ClockTriage, Target: workflow.InChannel},
		workflow.Amended{Version: 2, Report: workflow.Report{Title: "Another"}}, workflow.FileHashed{Task: "hash:9:0"},
		workflow.HelpAsked{User: "U0CLERK"}, workflow.HelpGiven{Request: base.inc.Helps[0].Seq},
	}
	shown := map[string]bool{"reported": entries(t, newStory(t, plainly).report().inc, base.rules) == 1}
	for _, e := range samples {
		after := *base.inc
		after.Apply(workflow.Record{Incident: ref, Seq: after.Version + 1, At: now, Actor: rob.User, Event: e})
		got, want := entries(t, &after, base.rules), entries(t, base.inc, base.rules)+1
		shown[e.Kind()] = got == want
		if got != want && technical[e.Kind()] == "" {
			t.Errorf("after %s the timeline has %d lines, want %d", e.Kind(), got, want)
		}
		if workflow.Announced(e.Kind()) && strings.Contains(rawOf(t, view.Say(&after, after.Version, workflow.InChannel, base.rules)), "The incident was updated.") {
			t.Errorf("%s is announced, but the channel is not told what it was", e.Kind())
		}
	}
	for _, kind := range workflow.Kinds() {
		if !shown[kind] && technical[kind] == "" {
			t.Errorf("the timeline does not show %s", kind)
		}
	}
}

// The person who was asked sees the question, and nothing else.
func TestTheFormOfAnAnswerShowsTheQuestionAlone(t *testing.T) {
	t.Parallel()
	s := newStory(t, marked).report().room().triage(2).note().ask()
	v := modalOf(s.form(view.FormGiveHelp, clerk, view.Meta{Request: s.inc.Helps[0].Seq}))
	raw := string(v.json(t))
	if got := strings.Count(raw, marker); got != 1 || !strings.Contains(raw, marker+" question") {
		t.Errorf("%d typed texts are shown, want the question alone:\n%s", got, raw)
	}
	for _, other := range []string{"Severity", "72-hour", s.inc.Facts.Category.Label(), "U0NURSE"} {
		if strings.Contains(raw, other) {
			t.Errorf("it tells %q too", other)
		}
	}
}

// A message is never in the metadata of the form that shows it.
func TestAMessageIsNotInTheMetadata(t *testing.T) {
	t.Parallel()
	s := newStory(t, marked).report().room()
	d := s.desk(rob)
	d.Message = s.quote()
	v := view.FormEvidence.Build(d, s.inc, view.Meta{Channel: exhibit.Channel, TS: exhibit.TS, Edited: "1795192000.000200"})
	if strings.Contains(v.PrivateMetadata, marker) {
		t.Error(v.PrivateMetadata)
	}
	cmd, err := view.FormEvidence.Parse(view.Values{}, view.ParseMeta(v.PrivateMetadata), s.rules.Zone)
	if err != nil {
		t.Fatal(err)
	}
	if c := cmd.(workflow.AddEvidence); c.Place != exhibit || c.Text != "" || c.Author != "" || !c.Edited.Equal(workflow.TimeOf("1795192000.000200")) {
		t.Errorf("%+v", c)
	}
}

func TestAnswerButtonsNameTheQuestion(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]int{"7": 7, "": 0, "x": 0} {
		if form, m, ok := view.Opens(view.ActGiveHelp, part); !ok || form != view.FormGiveHelp || m != (view.Meta{Request: want}) {
			t.Errorf("%q: %s, %+v, %v", part, form, m, ok)
		}
	}
}

// A button that opens the report form again names the message it is about, by
// ids alone.
func TestReportButtonsNameTheMessage(t *testing.T) {
	t.Parallel()
	about := view.Meta{Channel: "C1", TS: "1795192000.000100", Author: "U1"}
	for _, m := range []view.Meta{{}, about, {Channel: "C1", TS: "1795192000.000100"}} {
		if got := view.ReportMeta(view.ReportValue(m)); got != m {
			t.Errorf("%+v became %+v", m, got)
		}
	}
	for _, value := range []string{"", "home", "again", "BR-2026-0014", "a b c d"} {
		if got := view.ReportMeta(value); got != (view.Meta{}) {
			t.Errorf("%q: %+v", value, got)
		}
	}
}

// Long messages, edited often, and a busy channel keep within Slack's limits.
func TestACrowdedChronicleKeepsSlacksLimits(t *testing.T) {
	t.Parallel()
	for _, words := range nasty[:3] {
		s := newStory(t, func(_ string, most int) string { return upTo(words, most-1) + "." }).report().room()
		for n := range 3 {
			q := s.quote()
			q.TS = fmt.Sprintf("1795192000.%06d", n)
			s.do(rob, q)
			for m := range 2 {
				text := s.says("edited message", workflow.MaxEvidence-m)
				s.do(workflow.SystemActor(), workflow.RecordEdit{Place: q.Place, At: friday.Add(time.Duration(m+2) * time.Hour), Text: text})
			}
		}
		for n := range 25 {
			u := workflow.UserID(fmt.Sprintf("U0SOMEBODY%02d", n))
			s.do(igLead, workflow.AskHelp{User: u, Question: s.text("question"), Due: s.now.Add(time.Hour)})
			for m := range 4 {
				s.do(workflow.SystemActor(), workflow.RecordMember{User: u, At: friday.Add(time.Duration(m) * time.Minute), Joined: m%2 == 0, Why: workflow.OutsiderGuest})
			}
			s.do(workflow.SystemActor(), workflow.RecordMember{User: u, At: friday.Add(time.Hour), Joined: true, Why: workflow.OutsiderGuest})
		}
		check := func(name string, sh shown) {
			t.Helper()
			for _, fault := range faults(sh.decoded(t)) {
				t.Errorf("%s, with %q typed everywhere: %s", name, words, fault)
			}
		}
		card := view.Card(s.inc, s.rules, s.now)
		check("card", shown{message: &card})
		check("presence", modalOf(view.Presence(s.inc)))
		d := s.desk(rob)
		d.Message = s.quote()
		check("form", modalOf(view.FormEvidence.Build(d, s.inc, view.Meta{})))
		for page := 0; ; page++ {
			v := modalOf(view.Timeline(s.inc, page, everyDelivery, s.rules))
			check(fmt.Sprint("timeline page ", page), v)
			raw := string(v.json(t))
			if len(raw) > 250_000 {
				t.Errorf("timeline page %d has %d bytes", page, len(raw))
			}
			if !strings.Contains(raw, `"Older"`) {
				break
			}
		}
	}
}
