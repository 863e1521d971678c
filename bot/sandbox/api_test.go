package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTokensAndScopesAreChecked(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	const form = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct{ method, token, body, want string }{
		"no token":              {"auth.test", "", "", "not_authed"},
		"wrong token":           {"auth.test", "xoxb-else", "", "invalid_auth"},
		"app token for posting": {"chat.postMessage", tw.AppToken, "channel=C1&text=x", "not_allowed_token_type"},
		"bot token for socket":  {"apps.connections.open", tw.BotToken, "", "not_allowed_token_type"},
		"unknown method":        {"chat.poke", tw.BotToken, "", "unknown_method"},
		"token as form field":   {"auth.test", "", "token=" + tw.BotToken, ""},
	} {
		if got := tw.send(t, c.method, form, c.token, c.body); got.code() != c.want || got.status != http.StatusOK {
			t.Errorf("%s: %q (HTTP %d), want %q with HTTP 200", name, got.code(), got.status, c.want)
		}
	}
	if got := tw.send(t, "auth.test", "application/json", "", `{"token":"`+tw.BotToken+`"}`); got.code() != "not_authed" {
		t.Errorf("a token in a JSON body counts: %v", got.obj)
	}
	if got := tw.form(t, "auth.test").header.Get("X-OAuth-Scopes"); !strings.Contains(got, "groups:history") {
		t.Errorf("X-OAuth-Scopes is %q", got)
	}
	tw.SetScopes("chat:write")
	got := tw.form(t, "conversations.create", "name", "x", "is_private", "true")
	if got.code() != "missing_scope" || got.at("needed") != "groups:write" || got.at("provided") != "chat:write" {
		t.Errorf("missing scope answers %v", got.obj)
	}
	tw.Revoke()
	if got := tw.form(t, "auth.test"); got.code() != "token_revoked" {
		t.Errorf("after revocation: %v", got.obj)
	}
}

func TestBodiesAreReadAsSlackReadsThem(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	if got := tw.send(t, "chat.postMessage", "application/json", tw.BotToken, "{"); got.code() != "invalid_json" {
		t.Errorf("broken JSON: %v", got.obj)
	}
	if got := tw.send(t, "chat.postMessage", "application/json", tw.BotToken, "[]"); got.code() != "json_not_object" {
		t.Errorf("JSON list: %v", got.obj)
	}
	if got := tw.json(t, "users.info", obj{"user": anaID}); got.code() != "user_not_found" {
		t.Errorf("users.info read a JSON body: %v", got.obj)
	}
	if got := tw.form(t, "conversations.create", "name", "open", "is_private", "false"); got.code() != "missing_scope" {
		t.Errorf("is_private=false in a form is not false: %v", got.obj)
	}
	tw.json(t, "conversations.create", obj{"name": "closed", "is_private": true}).must(t)
}

func TestChannelNames(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.ReserveName("taken-unseen")
	for name, want := range map[string]string{
		"": "invalid_name_required", strings.Repeat("a", 81): "invalid_name_maxlength", "Capital": "invalid_name_specials",
		"with space": "invalid_name_specials", "---": "invalid_name_punctuation", "taken-unseen": "name_taken",
		"br-2026-0001": "", strings.Repeat("a", 80): "",
	} {
		got := tw.form(t, "conversations.create", "name", name, "is_private", "true")
		if got.code() != want {
			t.Errorf("%q: %q, want %q", name, got.code(), want)
		}
		if want == "" && !strings.HasPrefix(got.at("channel", "id"), "C") {
			t.Errorf("private channels have ids with C, got %v", got.obj)
		}
		if want == "name_taken" && got.obj["channel"] != nil {
			t.Error("name_taken gives the channel away")
		}
	}
	tw.SetPolicy(Policy{RacyCreate: true})
	tw.form(t, "conversations.create", "name", "br-2026-0001", "is_private", "true").must(t)
	tw.SetPolicy(Policy{NoPrivateChannels: true})
	if got := tw.form(t, "conversations.create", "name", "other", "is_private", "true"); got.code() != "restricted_action" {
		t.Error(got.obj)
	}
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	for id, kind := range map[string]Kind{
		"U0GONE": Deactivated, "U0SINGLE": SingleChannelGuest, "U0EXT": External, "U0ORG": OrgMember, "U0STR": Stranger,
	} {
		tw.AddUser(User{ID: id, Kind: kind})
	}
	ch := tw.room(t, "room", anaID)
	for id, want := range map[string]string{
		anaID: "already_in_channel", tw.BotUserID: "cant_invite_self", guestID: "user_is_restricted",
		"U0SINGLE": "ura_max_channels", "U0GONE": "cant_invite", "U0EXT": "no_external_invite_permission",
		"U0ORG": "org_user_not_in_team", "U0STR": "user_not_found", "U404": "user_not_found",
	} {
		if got := tw.form(t, "conversations.invite", "channel", ch, "users", id); got.code() != want {
			t.Errorf("%s: %q, want %q", id, got.code(), want)
		}
	}
	if got := tw.form(t, "conversations.invite", "channel", ch, "users", benID+",U404"); got.code() != "user_not_found" {
		t.Errorf("one bad id must fail all: %v", got.obj)
	}
	got := tw.form(t, "conversations.invite", "channel", ch, "users", benID+",U404", "force", "true").must(t)
	if len(asList(got.obj["errors"])) != 1 || len(tw.As(benID).Channels()) != 2 {
		t.Errorf("forced: %v", got.obj)
	}
}

func TestOnlyMembersSeePrivateThings(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	tw.form(t, "chat.postMessage", "channel", ch, "text", "for members").must(t)
	tw.form(t, "chat.postEphemeral", "channel", ch, "user", anaID, "text", "for Ana").must(t)
	if got := len(tw.As(benID).Messages(ch)); got != 0 {
		t.Errorf("an outsider sees %d messages", got)
	}
	// The join line, the message and the ephemeral one.
	if got := tw.As(anaID).Messages(ch); len(got) != 3 || !got[2].Ephemeral {
		t.Errorf("Ana sees %+v", got)
	}
	history := tw.form(t, "conversations.history", "channel", ch).must(t)
	if strings.Contains(fmt.Sprint(history.obj), "for Ana") {
		t.Error("an ephemeral message is in the history")
	}
	if got := tw.form(t, "chat.postEphemeral", "channel", ch, "user", benID, "text", "x"); got.code() != "user_not_in_channel" {
		t.Error(got.obj)
	}
	check(t, tw.As(anaID).Remove(ch, tw.BotUserID))
	for _, method := range []string{"conversations.info", "conversations.history", "chat.postMessage", "conversations.members"} {
		if got := tw.form(t, method, "channel", ch, "text", "x"); got.code() != "channel_not_found" {
			t.Errorf("%s after removal: %q", method, got.code())
		}
	}
}

func TestArchivedChannelsRefuse(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	ts := tw.form(t, "chat.postMessage", "channel", ch, "text", "x").must(t).at("ts")
	tw.form(t, "conversations.archive", "channel", ch).must(t)
	for method, want := range map[string]string{
		"chat.postMessage": "is_archived", "chat.update": "is_inactive", "conversations.archive": "already_archived",
		"conversations.setTopic": "is_archived", "pins.add": "is_archived",
	} {
		got := tw.form(t, method, "channel", ch, "text", "y", "ts", ts, "timestamp", ts, "topic", "t")
		if got.code() != want {
			t.Errorf("%s: %q, want %q", method, got.code(), want)
		}
	}
	if got := tw.form(t, "conversations.create", "name", "room", "is_private", "true"); got.code() != "name_taken" {
		t.Error("an archived channel must keep its name")
	}
	tw.form(t, "conversations.unarchive", "channel", ch).must(t)
	if got := tw.form(t, "conversations.setTopic", "channel", ch, "topic", strings.Repeat("x", 251)); got.code() != "too_long" {
		t.Error(got.obj)
	}
}

func TestUpdateKeepsAndDropsWhatSlackKeepsAndDrops(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	blocks := `[{"type":"section","text":{"type":"plain_text","text":"block"}}]`
	meta := `{"event_type":"outbox","event_payload":{"id":"7"}}`
	ts := tw.form(t, "chat.postMessage", "channel", ch, "text", "first", "blocks", blocks, "metadata", meta).must(t).at("ts")
	look := func() Message {
		all := tw.As(anaID).Messages(ch)
		return all[len(all)-1]
	}
	tw.form(t, "chat.update", "channel", ch, "ts", ts, "text", "second", "blocks", blocks).must(t)
	if m := look(); m.Text != "second" || len(m.Blocks) != 1 || m.MetadataRaw == nil || m.Edited {
		t.Errorf("text and blocks: %+v", m)
	}
	tw.form(t, "chat.update", "channel", ch, "ts", ts, "text", "third").must(t)
	if m := look(); len(m.Blocks) != 0 || m.MetadataRaw == nil || !m.Edited {
		t.Errorf("text alone must drop the blocks, keep the metadata and show as edited: %+v", m)
	}
	tw.form(t, "chat.update", "channel", ch, "ts", ts, "text", "fourth", "metadata", "{}").must(t)
	if m := look(); m.MetadataRaw != nil {
		t.Errorf("{} must remove the metadata: %+v", m)
	}
	own := get(tw.As(anaID).Post(ch, "mine"))
	for name, c := range map[string]struct{ channel, ts, text, want string }{
		"somebody else's":  {ch, own.TS, "x", "cant_update_message"},
		"unknown":          {ch, "1.000001", "x", "message_not_found"},
		"addressed by U":   {anaID, ts, "x", "channel_not_found"},
		"too long":         {ch, ts, strings.Repeat("x", 4001), "msg_too_long"},
		"nothing in it":    {ch, ts, "", "no_text"},
		"other's, deleted": {ch, "", "x", "message_not_found"},
	} {
		if got := tw.form(t, "chat.update", "channel", c.channel, "ts", c.ts, "text", c.text); got.code() != c.want {
			t.Errorf("%s: %q, want %q", name, got.code(), c.want)
		}
	}
	if n := len(tw.As(anaID).Notifications()); n != 0 {
		t.Errorf("updates notified %d times", n)
	}
	tw.SetPolicy(Policy{EditWindow: time.Minute})
	tw.Advance(2 * time.Minute)
	if got := tw.form(t, "chat.update", "channel", ch, "ts", ts, "text", "late"); got.code() != "edit_window_closed" {
		t.Error(got.obj)
	}
}

func TestMetadataIsToldInFullOnlyOnRequest(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room")
	tw.form(t, "chat.postMessage", "channel", ch, "text", "x",
		"metadata", `{"event_type":"outbox","event_payload":{"id":"7"}}`).must(t)
	first := func(pairs ...string) obj {
		r := tw.form(t, "conversations.history", append([]string{"channel", ch}, pairs...)...).must(t)
		return asObj(asObj(asList(r.obj["messages"])[0])["metadata"])
	}
	if m := first(); m["event_type"] != "outbox" || m["event_payload"] != nil {
		t.Errorf("without the flag: %v", m)
	}
	if m := first("include_all_metadata", "1"); asObj(m["event_payload"])["id"] != "7" {
		t.Errorf("with the flag: %v", m)
	}
	if got := tw.form(t, "chat.postMessage", "channel", ch, "text", "x", "metadata",
		`{"event_type":"outbox","event_payload":{"id":"`+strings.Repeat("x", 2000)+`"}}`); got.code() != "metadata_too_large" {
		t.Error(got.obj)
	}
}

func TestHistoryIsCutByTimeAndByPages(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room")
	var ts []string
	for i := range 12 {
		ts = append(ts, tw.form(t, "chat.postMessage", "channel", ch, "text", fmt.Sprint(i)).must(t).at("ts"))
	}
	for i := 1; i < len(ts); i++ {
		if tsMicros(ts[i]) <= tsMicros(ts[i-1]) {
			t.Fatalf("timestamps do not increase: %v", ts)
		}
	}
	count := func(pairs ...string) int {
		r := tw.form(t, "conversations.history", append([]string{"channel", ch}, pairs...)...).must(t)
		return len(asList(r.obj["messages"]))
	}
	if n := count("oldest", ts[3], "latest", ts[6]); n != 2 {
		t.Errorf("exclusive range has %d", n)
	}
	if n := count("oldest", ts[3], "latest", ts[6], "inclusive", "1"); n != 4 {
		t.Errorf("inclusive range has %d", n)
	}
	seen, cursor, pages := 0, "", 0
	for {
		r := tw.form(t, "conversations.history", "channel", ch, "limit", "5", "cursor", cursor).must(t)
		seen += len(asList(r.obj["messages"]))
		pages++
		if cursor = r.at("response_metadata", "next_cursor"); cursor == "" {
			break
		}
	}
	if seen != 12 || pages != 3 {
		t.Errorf("%d messages on %d pages", seen, pages)
	}
	r := tw.form(t, "conversations.history", "channel", ch, "limit", "5").must(t)
	cursor = r.at("response_metadata", "next_cursor")
	if got := tw.form(t, "users.list", "cursor", cursor); got.code() != "invalid_cursor" {
		t.Errorf("a cursor of another method: %v", got.obj)
	}
	tw.Advance(11 * time.Minute)
	if got := tw.form(t, "conversations.history", "channel", ch, "cursor", cursor); got.code() != "invalid_cursor" {
		t.Errorf("an old cursor: %v", got.obj)
	}
}

func TestThreads(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	root := tw.form(t, "chat.postMessage", "channel", ch, "text", "root").must(t).at("ts")
	answer := get(tw.As(anaID).PostReply(ch, root, "answer"))
	tw.form(t, "chat.postMessage", "channel", ch, "text", "more", "thread_ts", answer.TS).must(t)
	r := tw.form(t, "conversations.replies", "channel", ch, "ts", root).must(t)
	if n := len(asList(r.obj["messages"])); n != 3 {
		t.Errorf("thread has %d messages", n)
	}
	if got := tw.form(t, "chat.postMessage", "channel", ch, "text", "x", "thread_ts", "1.000000"); got.code() != "thread_not_found" {
		t.Error(got.obj)
	}
	// Ana took part in the thread, so the reply alerts her.
	if n := tw.As(anaID).Notifications(); len(n) != 1 || n[0].Why != "thread" || n[0].Text != "more" {
		t.Errorf("notifications are %+v", n)
	}
}

func TestDirectMessages(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.AddUser(User{ID: "U0GONE", Kind: Deactivated})
	tw.AddUser(User{ID: "U0HID", Kind: Hidden})
	r := tw.form(t, "chat.postMessage", "channel", anaID, "text", "hello").must(t)
	if !strings.HasPrefix(r.at("channel"), "D") {
		t.Errorf("a DM is in %q", r.at("channel"))
	}
	if id := tw.form(t, "conversations.open", "users", anaID).must(t).at("channel", "id"); id != r.at("channel") {
		t.Errorf("open gave another conversation: %s", id)
	}
	if n := tw.As(anaID).Notifications(); len(n) != 1 || n[0].Text != "hello" || n[0].Why != "direct message" {
		t.Errorf("notifications: %+v", n)
	}
	for id, want := range map[string]string{"U0GONE": "user_disabled", "U0HID": "user_not_visible", "U404": "user_not_found"} {
		if got := tw.form(t, "conversations.open", "users", id); got.code() != want {
			t.Errorf("%s: %q, want %q", id, got.code(), want)
		}
	}
	if _, err := tw.As(anaID).Post(r.at("channel"), "typed"); err == nil {
		t.Error("a person typed into a read-only messages tab")
	}
	off := newTown(t, func(o *Options) { o.App = DefaultApp(); o.App.MessagesTab = false; o.App.HomeTab = false })
	if got := off.form(t, "chat.postMessage", "channel", anaID, "text", "x"); got.code() != "messages_tab_disabled" {
		t.Error(got.obj)
	}
	if got := off.json(t, "views.publish", obj{"user_id": anaID, "view": obj{"type": "home", "blocks": []any{}}}); got.code() != "not_enabled" {
		t.Error(got.obj)
	}
}

func TestASmuggledMentionShows(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	alerts := func(pairs ...string) int {
		before := len(tw.As(anaID).Notifications())
		tw.form(t, "chat.postMessage", append([]string{"channel", ch}, pairs...)...).must(t)
		return len(tw.As(anaID).Notifications()) - before
	}
	block := func(text string, verbatim bool) string {
		return string(get(json.Marshal([]obj{{"type": "section", "text": obj{"type": "mrkdwn", "text": text, "verbatim": verbatim}}})))
	}
	for name, c := range map[string]struct {
		pairs []string
		want  int
	}{
		"raw broadcast":            {[]string{"text", "hi <!channel>"}, 1},
		"escaped broadcast":        {[]string{"text", "hi &lt;!channel&gt;"}, 0},
		"bare word in text":        {[]string{"text", "hi @channel"}, 0},
		"bare word, link_names":    {[]string{"text", "hi @channel", "link_names", "1"}, 1},
		"bare word, parse=full":    {[]string{"text", "hi @here", "parse", "full"}, 1},
		"bare word in mrkdwn":      {[]string{"text", "x", "blocks", block("hi @here", false)}, 1},
		"bare word, verbatim":      {[]string{"text", "x", "blocks", block("hi @here", true)}, 0},
		"raw broadcast, verbatim":  {[]string{"text", "x", "blocks", block("hi <!here>", true)}, 1},
		"mention of Ana":           {[]string{"text", "<@" + anaID + "> please"}, 1},
		"mention of an outsider":   {[]string{"text", "<@" + benID + "> please"}, 0},
		"address with a broadcast": {[]string{"text", "mail me@channel.example"}, 0},
	} {
		if got := alerts(c.pairs...); got != c.want {
			t.Errorf("%s: %d notifications, want %d", name, got, c.want)
		}
	}
	if len(tw.As(benID).Notifications()) != 0 {
		t.Error("a mention reached somebody outside the channel")
	}
	tw.form(t, "chat.postMessage", "channel", anaID, "blocks", block("Patient details", true)).must(t)
	notices := tw.As(anaID).Notifications()
	if got := notices[len(notices)-1].Text; got != "Patient details" {
		t.Errorf("without text the preview must show the blocks, it shows %q", got)
	}
}

func TestPinsAndFiles(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	ts := tw.form(t, "chat.postMessage", "channel", ch, "text", "card").must(t).at("ts")
	tw.form(t, "pins.add", "channel", ch, "timestamp", ts).must(t)
	for stamp, want := range map[string]string{ts: "already_pinned", "1.000000": "message_not_found", "": "no_item_specified"} {
		if got := tw.form(t, "pins.add", "channel", ch, "timestamp", stamp); got.code() != want {
			t.Errorf("pin %q: %q, want %q", stamp, got.code(), want)
		}
	}
	up := tw.form(t, "files.getUploadURLExternal", "filename", "pack.pdf", "length", "4").must(t)
	upload := func(body string) int {
		resp, err := tw.http.Post(up.at("upload_url"), "application/octet-stream", strings.NewReader(body))
		check(t, err)
		defer resp.Body.Close()
		return resp.StatusCode
	}
	complete := func() reply {
		return tw.json(t, "files.completeUploadExternal", obj{
			"files": []obj{{"id": up.at("file_id"), "title": "Pack"}}, "channel_id": ch,
		})
	}
	if got := complete(); got.code() != "file_not_found" {
		t.Errorf("completed before the bytes came: %v", got.obj)
	}
	if got := upload("12345"); got != http.StatusBadRequest {
		t.Errorf("wrong length: HTTP %d", got)
	}
	if got := upload("1234"); got != http.StatusOK {
		t.Errorf("right length: HTTP %d", got)
	}
	got := complete().must(t)
	if f := asObj(asList(got.obj["files"])[0]); len(f) != 2 || f["title"] != "Pack" {
		t.Errorf("the reply must name id and title only: %v", f)
	}
	if got := complete(); got.code() != "file_not_found" {
		t.Errorf("completed twice: %v", got.obj)
	}
	all := tw.As(anaID).Messages(ch)
	if last := all[len(all)-1]; len(last.Files) != 1 || last.Files[0] != "Pack" {
		t.Errorf("the channel shows %+v", last)
	}
	tw.SetPolicy(Policy{NoPins: true, NoUploads: true, NoUserGroups: true})
	for method, want := range map[string]string{
		"pins.add": "restricted_action", "files.getUploadURLExternal": "file_uploads_disabled",
		"usergroups.list": "plan_upgrade_required",
	} {
		if got := tw.form(t, method, "channel", ch, "timestamp", ts, "filename", "x", "length", "1"); got.code() != want {
			t.Errorf("%s: %q, want %q", method, got.code(), want)
		}
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	flags := map[Kind]string{
		Guest: "is_restricted", SingleChannelGuest: "is_ultra_restricted", Deactivated: "deleted", Bot: "is_bot",
		WorkflowBot: "is_workflow_bot", Stranger: "is_stranger", Invited: "is_invited_user",
	}
	for kind, flag := range flags {
		id := "U0" + strings.ToUpper(strings.ReplaceAll(string(kind), "_", ""))
		tw.AddUser(User{ID: id, Kind: kind})
		if r := tw.form(t, "users.info", "user", id).must(t); asObj(r.obj["user"])[flag] != true {
			t.Errorf("%s lacks %s: %v", kind, flag, r.obj)
		}
	}
	tw.AddUser(User{ID: "U0EXT", Kind: External})
	tw.AddUser(User{ID: "U0HID", Kind: Hidden})
	if r := tw.form(t, "users.info", "user", "U0EXT").must(t); r.at("user", "team_id") == tw.TeamID {
		t.Error("an external person has our team id")
	}
	if r := tw.form(t, "users.info", "user", "U0HID"); r.code() != "user_not_visible" {
		t.Error(r.obj)
	}
	if r := tw.form(t, "users.info", "user", "USLACKBOT").must(t); asObj(r.obj["user"])["is_bot"] != false {
		t.Error("Slackbot's is_bot is false at Slack")
	}
	if r := tw.form(t, "users.list").must(t); strings.Contains(fmt.Sprint(r.obj), "U0EXT") {
		t.Error("users.list names people of other teams")
	}
	tw.AddGroup("S0DPO", "dpo-team", anaID)
	tw.AddGroup("S0OLD", "old-team", benID)
	tw.DisableGroup("S0OLD")
	if r := tw.form(t, "usergroups.list").must(t); len(asList(r.obj["usergroups"])) != 1 {
		t.Errorf("groups are %v", r.obj)
	}
	if r := tw.form(t, "usergroups.users.list", "usergroup", "S0OLD"); r.code() != "no_such_subteam" {
		t.Error(r.obj)
	}
}

func TestPostsToOneChannelAreLimited(t *testing.T) {
	t.Parallel()
	tw := newTown(t, func(o *Options) { o.NoRateLimits = false })
	ch, other := tw.room(t, "room"), tw.room(t, "other")
	refused := 0
	for range 10 {
		r := tw.form(t, "chat.postMessage", "channel", ch, "text", "x")
		if r.status == http.StatusTooManyRequests {
			refused++
			if r.header.Get("Retry-After") != "1" || r.code() != "ratelimited" {
				t.Errorf("refusal is %v %v", r.header, r.obj)
			}
		}
	}
	if refused < 4 {
		t.Errorf("of ten posts at once %d were refused", refused)
	}
	tw.form(t, "chat.postMessage", "channel", other, "text", "x").must(t)
	for range 25 {
		if r := tw.form(t, "usergroups.list"); r.status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("a method of tier 2 took 25 calls in a moment")
}

func TestFaultsOnOrder(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	stored := func() int { return len(tw.As(anaID).Messages(ch)) }
	post := func() (reply, error) {
		return tw.try("chat.postMessage", "application/x-www-form-urlencoded", tw.BotToken, "channel="+ch+"&text=x")
	}
	for _, c := range []struct {
		fault   Fault
		done    bool // the message is stored all the same
		decodes bool
		status  int
		code    string
	}{
		{Fault{Kind: FaultError, Error: "restricted_action"}, false, true, 200, "restricted_action"},
		{Fault{Kind: FaultRateLimit, RetryAfter: 7 * time.Second}, false, true, 429, "ratelimited"},
		{Fault{Kind: FaultRateLimitBare}, false, true, 429, "ratelimited"},
		{Fault{Kind: FaultStatus}, false, false, 503, ""},
		{Fault{Kind: FaultStatusAfter}, true, false, 500, ""},
		{Fault{Kind: FaultNoErrorCode}, false, true, 200, ""},
		{Fault{Kind: FaultDropBefore}, false, false, 0, ""},
		{Fault{Kind: FaultDropAfter}, true, false, 0, ""},
		{Fault{Kind: FaultUndecodable}, true, false, 200, ""},
		{Fault{Kind: FaultTruncated}, true, false, 0, ""},
		{Fault{Kind: FaultInternalAfter}, true, true, 200, "internal_error"},
		{Fault{Kind: FaultDelay, Delay: time.Millisecond}, true, true, 200, ""},
	} {
		c.fault.Method = "chat.*"
		tw.Fault(c.fault)
		before := stored()
		r, err := post()
		if (err == nil) != c.decodes || r.status != c.status || r.code() != c.code || (stored() > before) != c.done {
			t.Errorf("%s: %v %v, stored %v", c.fault.Kind, r, err, stored() > before)
		}
		if c.fault.Kind == FaultRateLimit && r.header.Get("Retry-After") != "7" {
			t.Errorf("Retry-After is %q", r.header.Get("Retry-After"))
		}
		if c.fault.Kind == FaultRateLimitBare && r.header.Get("Retry-After") != "" {
			t.Error("Retry-After is there")
		}
	}
	tw.form(t, "chat.postMessage", "channel", ch, "text", "all faults are used up").must(t)
	tw.Fault(Fault{Method: "chat.postMessage", Kind: FaultError, Error: "restricted_action", Next: -1, Channel: ch})
	for range 3 {
		if got := tw.form(t, "chat.postMessage", "channel", ch, "text", "x"); got.code() != "restricted_action" {
			t.Error(got.obj)
		}
	}
	tw.form(t, "chat.postMessage", "channel", anaID, "text", "elsewhere").must(t)
	for _, r := range tw.Requests("chat.postMessage") {
		if strings.Contains(fmt.Sprint(r.Args), tw.BotToken) {
			t.Error("the log holds a token")
		}
	}
}
