package workflow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	. "breachbot/workflow"
)

// exhibit is where the message in these tests is.
var exhibit = Place{Channel: "C1", TS: "1795198500.000100"}

// room is a reported incident with its channel.
func room(t testing.TB) *story {
	return reported(t).system(ChannelOpened{Channel: "C1", Name: ref.ChannelName(1)})
}

func aMessage() AddEvidence {
	return AddEvidence{Place: exhibit, Author: "UNURSE", Said: friday, Text: "The occupant rang.", Comment: "First contact."}
}

func (s *story) edited(after time.Duration, words string) *story {
	s.t.Helper()
	return s.do(SystemActor(), RecordEdit{Place: exhibit, At: friday.Add(after), Text: words})
}

func (s *story) deleted(after time.Duration) *story {
	s.t.Helper()
	return s.do(SystemActor(), RecordEdit{Place: exhibit, At: friday.Add(after), Deleted: true})
}

// changes tells each change of the message with the words before it.
func (s *story) changes() string {
	var out []string
	e := s.inc.Exhibit(exhibit)
	for n, c := range e.Changes {
		now := c.Text
		if c.Deleted {
			now = "(deleted)"
		}
		out = append(out, fmt.Sprintf("%s: %s -> %s", c.At.Sub(friday), e.Before(n), now))
	}
	return strings.Join(out, "\n")
}

func TestAMessageBecomesEvidenceOnce(t *testing.T) {
	t.Parallel()
	s := room(t).do(nurse, aMessage())
	e := s.inc.Exhibit(exhibit)
	if e == nil || e.By != nurse.User || e.Author != "UNURSE" || e.Text != "The occupant rang." || e.Comment != "First contact." {
		t.Fatalf("%+v", e)
	}
	s.refused(igLead, aMessage(), ErrConflict, "")
	elsewhere := aMessage()
	elsewhere.Channel = "C2"
	s.refused(igLead, elsewhere, ErrConflict, "")
	s.refused(stranger, aMessage(), ErrForbidden, "")
	s.refused(clerk, aMessage(), ErrForbidden, "")
	long := aMessage()
	long.TS, long.Text, long.Comment = "1795198500.000300", strings.Repeat("ж", MaxEvidence+1), strings.Repeat("x", MaxText+1)
	s.refused(igLead, long, ErrInvalid, FieldComment)
	long.Comment = ""
	s.do(igLead, long)
	if got := s.inc.Exhibit(long.Place).Text; len([]rune(got)) != MaxEvidence || !strings.HasSuffix(got, "too long to keep.]") {
		t.Errorf("%d characters were kept", len([]rune(got)))
	}
}

func TestWithoutAChannelNothingIsEvidence(t *testing.T) {
	t.Parallel()
	c := aMessage()
	reported(t).refused(igLead, c, ErrConflict, "")
	c.Channel = ""
	reported(t).refused(igLead, c, ErrConflict, "")
}

func TestEditsAndDeletionsOfEvidenceAreKeptBesideWhatWasThere(t *testing.T) {
	t.Parallel()
	s := room(t).do(igLead, aMessage())
	s.edited(time.Hour, "The occupant rang twice.").edited(2*time.Hour, "Nobody rang.").deleted(3 * time.Hour)
	want := "1h0m0s: The occupant rang. -> The occupant rang twice.\n2h0m0s: The occupant rang twice. -> Nobody rang.\n3h0m0s: Nobody rang. -> (deleted)"
	if got := s.changes(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := s.inc.Exhibit(exhibit).Text; got != "The occupant rang." {
		t.Errorf("the message as it was added is now %q", got)
	}
	s.refused(dpo, RecordEdit{Place: exhibit, At: friday, Text: "x"}, ErrForbidden, "")
}

// Slack reports a change at least once, and in any order.
func TestEditsToldTwiceAndInAnyOrderComeToTheSame(t *testing.T) {
	t.Parallel()
	s := room(t).do(igLead, aMessage())
	s.deleted(3*time.Hour).edited(2*time.Hour, "Nobody rang.").edited(time.Hour, "The occupant rang twice.")
	events := len(s.records)
	s.edited(time.Hour, "The occupant rang twice.").edited(2*time.Hour, "Nobody rang.").deleted(3 * time.Hour)
	if len(s.records) != events {
		t.Errorf("told again, %d more events were kept", len(s.records)-events)
	}
	want := "1h0m0s: The occupant rang. -> The occupant rang twice.\n2h0m0s: The occupant rang twice. -> Nobody rang.\n3h0m0s: Nobody rang. -> (deleted)"
	if got := s.changes(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatIsNoChangeAndWhatNobodyAddedIsNotKept(t *testing.T) {
	t.Parallel()
	c := aMessage()
	c.Edited = friday.Add(30 * time.Minute)
	s := room(t)
	s.edited(time.Hour, "Of a message nobody added.").deleted(time.Hour)
	s.do(igLead, c)
	events := len(s.records)
	s.edited(2*time.Hour, "  The occupant rang.\u202e ") // Slack unfurled a link
	s.edited(30*time.Minute, "The very edit it was added with.")
	s.edited(20*time.Minute, "An edit from before it was added.")
	s.do(SystemActor(), RecordEdit{Place: Place{Channel: "C1", TS: "1795198500.000900"}, At: friday.Add(time.Hour), Text: "Chat."})
	if len(s.records) != events {
		t.Errorf("%d events were kept, the last %+v", len(s.records)-events, s.last())
	}
}

func TestErasingTakesTheWordsOfEvidenceAndAnswers(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepClosed, roomAndQuestion)
	s.do(igLead, aMessage()).edited(time.Hour, "The occupant rang twice.").do(clerk, GiveHelp{Request: openRequest(s), Text: "The evening shift."})
	s.do(dpo, Erase{Reason: "Retention period over."})
	raw, err := Encode(s.last())
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"occupant", "First contact", "printer", "evening"} {
		if strings.Contains(string(raw), words) {
			t.Errorf("%q is kept", words)
		}
	}
	s.refused(SystemActor(), RecordEdit{Place: exhibit, At: friday.Add(2 * time.Hour), Text: "New words."}, ErrConflict, "")
	if e := s.inc.Exhibit(exhibit); e == nil || len(e.Changes) != 1 || e.Author != "UNURSE" {
		t.Errorf("the frame is gone: %+v", e)
	}
}

func TestASourceIsIDsOrNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, kept Source }{
		{Source{exhibit, "UNURSE"}, Source{exhibit, "UNURSE"}},
		{Source{exhibit, "Mrs Smith"}, Source{exhibit, ""}},
		{Source{Place{"C1", "Mrs Smith"}, "UNURSE"}, Source{}},
		{Source{Place{"Mrs Smith", exhibit.TS}, "UNURSE"}, Source{}},
	} {
		c.given.Channel = ChannelID(strings.Replace(string(c.given.Channel), "C1", "C0ROOM", 1))
		c.kept.Channel = ChannelID(strings.Replace(string(c.kept.Channel), "C1", "C0ROOM", 1))
		r := aReport()
		r.Source = c.given
		if got := newStory(t).do(nurse, SubmitReport{Report: r}).inc.Report.Source; got != c.kept {
			t.Errorf("of %+v is kept %+v", c.given, got)
		}
	}
	if got := (Source{Place: exhibit}).Written(); got.Unix() != 1795198500 {
		t.Error(got)
	}
	if got := TimeOf(""); !got.IsZero() {
		t.Error(got)
	}
}

func TestAMessageThatIsTooLongSaysSo(t *testing.T) {
	t.Parallel()
	s := room(t)
	c := aMessage()
	c.Place, c.Text = exhibit, strings.Repeat("é", MaxEvidence+1)
	s.do(igLead, c)
	got := s.inc.Exhibit(exhibit).Text
	if n := utf8.RuneCountInString(got); n > MaxEvidence || n < MaxEvidence-100 || !strings.HasSuffix(got, "é…\n[The message goes on. The rest was too long to keep.]") {
		t.Errorf("%d characters are kept, ending in %q", n, got[len(got)-80:])
	}
	n := len(s.records)
	s.do(SystemActor(), RecordEdit{Place: exhibit, At: friday.Add(24 * time.Hour), Text: c.Text})
	if len(s.records) != n {
		t.Error("the same words count as an edit")
	}
}
