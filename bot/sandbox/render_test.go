package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func unmarshal(raw []byte, v any) error { return json.Unmarshal(raw, v) }

func TestPeopleReadMessagesInTheirOwnZone(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.AddUser(User{ID: "U0KIM", Name: "kim", RealName: "Kim Lee", TZ: "Asia/Tokyo"})
	tw.AddGroup("S0DPO", "dpo-team", anaID)
	ch := tw.room(t, "room", anaID, "U0KIM")
	blocks := `[
	 {"type":"header","text":{"type":"plain_text","text":"BR-1"}},
	 {"type":"section","text":{"type":"mrkdwn","verbatim":true,"text":"Decide by <!date^1794837900^{date_short} {time} ({ago})|x>, <@U0ANA> &amp; <!subteam^S0DPO>"},
	  "accessory":{"type":"button","action_id":"open","text":{"type":"plain_text","text":"Open"}}},
	 {"type":"section","fields":[{"type":"plain_text","text":"Status: new"},{"type":"plain_text","text":"<b>"}]},
	 {"type":"divider"},
	 {"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Seen by "},{"type":"user","user_id":"U0KIM"}]}]},
	 {"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Approve"}},
	  {"type":"static_select","action_id":"s","placeholder":{"type":"plain_text","text":"More"},"options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}]},
	 {"type":"context","elements":[{"type":"mrkdwn","text":"in <#` + ch + `>"}]}]`
	tw.form(t, "chat.postMessage", "channel", ch, "text", "BR-1 needs a decision", "blocks", blocks).must(t)
	read := func(who string) string {
		all := tw.As(who).Messages(ch)
		return tw.As(who).Render(all[len(all)-1])
	}
	want := `breachbot (app) 14:05
  == BR-1 ==
  Decide by 16 Nov 2026 14:05 (in 4 days), @Ana Ng & @dpo-team  [Open]
  - Status: new
  - <b>
  ----
  Seen by @Kim Lee
  [Approve] [More…]
  · in #room`
	if got := read(anaID); got != strings.ReplaceAll(want, "16 Nov 2026 14:05 (in 4 days)", dateIn(t, "Europe/London")) {
		t.Errorf("Ana reads\n%s", got)
	}
	if got := read("U0KIM"); !strings.Contains(got, dateIn(t, "Asia/Tokyo")) || !strings.HasPrefix(got, "breachbot (app) 23:05") {
		t.Errorf("Kim reads\n%s", got)
	}
}

func dateIn(t *testing.T, zone string) string {
	t.Helper()
	at := time.Unix(1794837900, 0)
	days := int(at.Sub(epoch).Hours() / 24)
	return at.In(get(time.LoadLocation(zone))).Format("2 Jan 2006 15:04") + " (in " + plural(days, "day") + ")"
}

func TestTheControlAPIIsGuardedAndDoesWhatTheGoAPIDoes(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.answering(t, func(obj) any { return obj{"text": "help text"} })
	post := func(token, verb string, body any) (int, obj) {
		req := get(http.NewRequest(http.MethodPost, tw.srv.URL+"/control/"+verb, bytes.NewReader(get(json.Marshal(body)))))
		req.Header.Set(ControlHeader, token)
		resp := get(tw.http.Do(req))
		defer resp.Body.Close()
		var o obj
		_ = json.NewDecoder(resp.Body).Decode(&o)
		return resp.StatusCode, o
	}
	if code, _ := post("guess", "now", obj{}); code != http.StatusForbidden {
		t.Errorf("without the token: HTTP %d", code)
	}
	if code, _ := post(tw.ControlToken, "dance", obj{}); code != http.StatusNotFound {
		t.Errorf("an unknown verb: HTTP %d", code)
	}
	_, o := post(tw.ControlToken, "slash", obj{"as": anaID, "command": "/breach", "text": "help"})
	if asObj(o["Message"])["Text"] != "help text" {
		t.Errorf("slash answers %v", o)
	}
	_, o = post(tw.ControlToken, "advance", obj{"seconds": 90})
	if o["now"] != "2026-11-12T14:06:30Z" {
		t.Errorf("advance answers %v", o)
	}
	code, o := post(tw.ControlToken, "fill", obj{"as": anaID, "what": "x"})
	if code != http.StatusUnprocessableEntity || o["error"] == nil {
		t.Errorf("a failing verb: HTTP %d %v", code, o)
	}
}

func TestTheClock(t *testing.T) {
	t.Parallel()
	frozen := New(Options{Start: epoch, Frozen: true})
	defer frozen.Close()
	frozen.Advance(25 * time.Hour)
	if got := frozen.Now(); !got.Equal(epoch.Add(25 * time.Hour)) {
		t.Errorf("frozen clock shows %v", got)
	}
	frozen.SetTime(epoch)
	if got := frozen.Now(); !got.Equal(epoch) {
		t.Errorf("set clock shows %v", got)
	}
	running := New(Options{Start: epoch})
	defer running.Close()
	running.Advance(time.Hour)
	if d := running.Now().Sub(epoch.Add(time.Hour)); d < 0 || d > testTimeout {
		t.Errorf("running clock is off by %v", d)
	}
}
