package workflow

import (
	"slices"
	"testing"
	"time"
)

// stored are keys as journals and queues hold them, at least one for each form
// of each kind. They are read for ever, so none of them may change.
var stored = map[TaskKey]Subject{
	"channel":                         {Kind: KindChannel},
	"topic:7":                         {Kind: KindTopic, About: 7},
	"card":                            {Kind: KindCard},
	"pin:1795.000100":                 {Kind: KindPin, TS: "1795.000100"},
	"question:9:UDPO":                 {Kind: KindQuestion, About: 9, To: "UDPO"},
	"hash:9:1":                        {Kind: KindHash, About: 9, Nth: 1},
	"progress:12":                     {Kind: KindReceiptRefresh, About: 12},
	"card:12":                         {Kind: KindCardRefresh, About: 12},
	"invite:S0TEAM":                   {Kind: KindInvite, To: "S0TEAM"},
	"receipt":                         {Kind: KindReceipt},
	"outcome:40":                      {Kind: KindOutcome, About: 40},
	"alert:U0DPO":                     {Kind: KindAlert, To: "U0DPO"},
	"untaken:0:U0LEAD":                {Kind: KindUntaken, To: "U0LEAD"},
	"untaken:2:S0TEAM":                {Kind: KindUntaken, Nth: 2, To: "S0TEAM"},
	"holder:9:alert:U0DPO":            {Kind: KindAlertRefresh, About: 9, Asked: "alert:U0DPO", To: "U0DPO"},
	"holder:9:untaken:0:U01":          {Kind: KindAlertRefresh, About: 9, Asked: "untaken:0:U01", To: "U01"},
	"ask:9:channel":                   {Kind: KindAsk, About: 9, To: InChannel},
	"refresh:14:ask:9:U0DPO":          {Kind: KindAskRefresh, About: 14, Asked: "ask:9:U0DPO", To: "U0DPO"},
	"retire:ask:9:channel":            {Kind: KindAskRefresh, Asked: "ask:9:channel", To: InChannel},
	"answer:21":                       {Kind: KindAnswer, About: 21},
	"help:5:0":                        {Kind: KindHelp, About: 5},
	"help:5:3":                        {Kind: KindHelp, About: 5, Nth: 3},
	"helped:5":                        {Kind: KindHelped, About: 5},
	"given:30":                        {Kind: KindGiven, About: 30},
	"say:8:U0LEAD":                    {Kind: KindSay, About: 8, To: "U0LEAD"},
	"follow_up:33:1795000000":         {Kind: KindFollowUp, About: 33, Deadline: time.Unix(1795000000, 0).UTC()},
	"nudge:1:172800:channel":          {Kind: KindNudge, About: 1, Left: Countdown(48 * time.Hour), To: InChannel},
	"nudge:1:-43200:U0DPO":            {Kind: KindNudge, About: 1, Left: Countdown(-12 * time.Hour), To: "U0DPO"},
	"news:grave:8:U0DPO":              {Kind: KindNews, News: NewsGrave, About: 8, To: "U0DPO"},
	"person:U01:ask:9:S0DPO":          {Kind: KindPerson, To: "U01", Asked: "ask:9:S0DPO"},
	"holder:9:person:U01:alert:S0DPO": {Kind: KindAlertRefresh, About: 9, Asked: "person:U01:alert:S0DPO", To: "U01"},
	"mail:U01:ask:9:S0DPO":            {Kind: KindMail, To: "U01", Asked: "ask:9:S0DPO"},
	"mail:S0DPO:nudge:1:-43200:S0DPO": {Kind: KindMail, To: "S0DPO", Asked: "nudge:1:-43200:S0DPO"},
	"card_anew:2":                     {Kind: KindCard, Nth: 2},
	"ask_anew:1:9:U0DPO":              {Kind: KindAsk, Nth: 1, About: 9, To: "U0DPO"},
	"retire:ask_anew:1:9:U0DPO":       {Kind: KindAskRefresh, Asked: "ask_anew:1:9:U0DPO", To: "U0DPO"},
	"anchor:2026-07-22":               {Kind: KindAnchor, Day: "2026-07-22"},
	"digest:2026-11-23":               {Kind: KindDigest, Day: "2026-11-23"},
	"restored:2":                      {Kind: KindRestored, About: 2},
	"remind:triage:1795:0:U01":        {Kind: KindRemind, Clock: ClockTriage, Deadline: time.Unix(1795, 0).UTC(), To: "U01"},
	"remind:action:30:1795:86400:U0OWNER": {Kind: KindRemind, Clock: ActionClock(30), Deadline: time.Unix(1795, 0).UTC(),
		Left: Countdown(24 * time.Hour), To: "U0OWNER"},
	"remind:more_insurers:1795:0:channel": {Kind: KindRemind, Clock: "more_insurers", Deadline: time.Unix(1795, 0).UTC(), To: InChannel},
}

func TestAKeyIsReadAsItWasMade(t *testing.T) {
	t.Parallel()
	for key, want := range stored {
		if got, ok := key.Subject(); !ok || got != want {
			t.Errorf("%s is read as %+v, %v, want %+v", key, got, ok, want)
		}
		if got := want.Key(); got != key {
			t.Errorf("%+v is named %s, want %s", want, got, key)
		}
	}
	for key, kind := range map[TaskKey]TaskKind{TaskChannel: KindChannel, TaskCard: KindCard, TaskReceipt: KindReceipt} {
		if key.Kind() != kind || (Subject{Kind: kind}).Key() != key {
			t.Errorf("%s is the key of %q", key, key.Kind())
		}
	}
}

func TestEveryWayOfNamingATaskIsAmongTheStoredKeys(t *testing.T) {
	t.Parallel()
	for _, row := range taskRows {
		for n, form := range row.forms {
			held := false
			for _, s := range stored {
				held = held || s.Kind == row.kind && row.form(s).word == form.word
			}
			if !held {
				t.Errorf("%s: no stored key shows its form %d (%s)", row.kind, n, form.word)
			}
		}
	}
}

// A key from a newer version is taken as unknown, not as one of the known
// kinds.
func TestAKeyOfNoKindIsNotTakenForAnother(t *testing.T) {
	t.Parallel()
	for _, key := range []TaskKey{"", "novelty:9", "card:", "card:x", "topic", "topic:1:2", "say:8", "ask:9", "nudge:1:channel",
		"help:5", "refresh:1:say:2:channel", "retire:ask:9", "remind:triage:1:2", "receipt:1", "channel:"} {
		if s, ok := key.Subject(); ok {
			t.Errorf("%q is taken for %+v", key, s)
		}
	}
}

func TestTheNewestOfWhatIsBroughtUpToDateCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		now, then TaskKey
		renews    bool
	}{
		{"topic:9", "topic:7", true},
		{"card:9", "card:7", true},
		{"card:9", "card", false},
		{"pin:2.0", "pin:1.0", true},
		{"refresh:9:ask:3:U1", "retire:ask:3:U1", true},
		{"refresh:9:ask:3:U1", "refresh:8:ask:3:U2", false},
		{"say:9:channel", "say:8:channel", false},
	} {
		now, _ := c.now.Subject()
		then, _ := c.then.Subject()
		if now.Renews(then) != c.renews {
			t.Errorf("%s renews %s: %v", c.now, c.then, !c.renews)
		}
	}
}

func TestEveryKindOfTaskIsARowOfItsOwn(t *testing.T) {
	t.Parallel()
	kinds := TaskKinds()
	for n, k := range kinds {
		if k.Order() != n {
			t.Errorf("%s is in two rows", k)
		}
		if row := taskRowOf(k); len(row.forms) == 0 {
			t.Errorf("%s has no key", k)
		}
	}
	if TaskKind("novelty").Order() != -1 || slices.Contains(kinds, "novelty") {
		t.Error("a kind of no row has a place")
	}
}
