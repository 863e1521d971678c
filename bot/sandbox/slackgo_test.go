package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

func reportForm() slack.ModalViewRequest {
	plain := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	what := slack.NewInputBlock("what", plain("What happened?"), plain("No names of patients, please"),
		&slack.PlainTextInputBlockElement{Type: slack.METPlainTextInput, ActionID: "text", Multiline: true, MinLength: 5})
	kind := slack.NewInputBlock("kind", plain("What kind?"), nil, slack.NewOptionsSelectBlockElement(
		slack.OptTypeStatic, plain("Choose one"), "choice",
		slack.NewOptionBlockObject("email", plain("Misdirected e-mail"), nil),
		slack.NewOptionBlockObject("loss", plain("Lost device"), nil)))
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: "report", Title: plain("Report a breach"), Submit: plain("Report"),
		Close: plain("Cancel"), PrivateMetadata: "m1", NotifyOnClose: true,
		Blocks: slack.Blocks{BlockSet: []slack.Block{what, kind}},
	}
}

// The whole path through the real slack-go: command, modal, field error, success, private channel, card, button.
func TestSlackGoWalksFromCommandToUpdatedCard(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	note := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	tries := 0
	tw.app(t, func(c *socketmode.Client, e socketmode.Event) {
		switch data := e.Data.(type) {
		case slack.SlashCommand:
			_, err := tw.api.OpenView(data.TriggerID, reportForm())
			note(err)
			note(c.AckCtx(ctx, e.Request.EnvelopeID, nil))
		case slack.InteractionCallback:
			switch data.Type {
			case slack.InteractionTypeViewSubmission:
				if tries++; tries == 1 {
					note(c.AckCtx(ctx, e.Request.EnvelopeID, slack.NewErrorsViewSubmissionResponse(map[string]string{
						"what": "Please say which system.",
					})))
					return
				}
				note(c.AckCtx(ctx, e.Request.EnvelopeID, nil))
				ch, err := tw.api.CreateConversation(slack.CreateConversationParams{ChannelName: "breach-br-1", IsPrivate: true})
				note(err)
				_, err = tw.api.InviteUsersToConversation(ch.ID, data.User.ID)
				note(err)
				_, _, err = tw.api.PostMessage(ch.ID, slack.MsgOptionText("BR-1 needs your decision", false),
					slack.MsgOptionBlocks(
						slack.NewSectionBlock(slack.NewTextBlockObject(slack.PlainTextType,
							data.View.State.Values["what"]["text"].Value, false, false), nil, nil),
						slack.NewActionBlock("decide", slack.NewButtonBlockElement("approve", "br-1",
							slack.NewTextBlockObject(slack.PlainTextType, "Approve", false, false)))),
					slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "outbox", EventPayload: map[string]any{"id": "7"}}))
				note(err)
			case slack.InteractionTypeBlockActions:
				note(c.AckCtx(ctx, e.Request.EnvelopeID, nil))
				_, _, _, err := tw.api.UpdateMessage(data.Channel.ID, data.Container.MessageTs,
					slack.MsgOptionText("BR-1 approved by <@"+data.User.ID+">", false), slack.MsgOptionBlocks())
				note(err)
			}
		}
	})
	ana := tw.As(anaID)
	out := get(ana.Slash(ctx, "/breach", ""))
	if out.Failed != "" {
		t.Fatalf("command failed: %s", out.Failed)
	}
	check(t, tw.WaitFor(ctx, func() bool { return ana.Modal() != nil }))
	want := "Modal: Report a breach\n" +
		"| What happened?: [          ]\n|   No names of patients, please\n| What kind?: [Choose one…]\n| [Cancel] [Report]"
	if got := ana.RenderView(ana.Modal()); got != want {
		t.Errorf("modal reads\n%s\nwant\n%s", got, want)
	}
	r := get(ana.Submit(ctx))
	if r.Status != Refused || r.Errors["what"] == "" || r.Errors["kind"] == "" {
		t.Fatalf("an empty form is %+v", r)
	}
	check(t, ana.Fill("What happened?", "Letter sent to the wrong person"))
	check(t, ana.Fill("kind", "Misdirected e-mail"))
	if r = get(ana.Submit(ctx)); r.Status != Faulty || r.Errors["what"] != "Please say which system." {
		t.Fatalf("first submission: %+v", r)
	}
	if r = get(ana.Submit(ctx)); r.Status != Closed || r.View != nil {
		t.Fatalf("second submission: %+v", r)
	}
	has := func(text string) func() bool {
		return func() bool {
			for _, m := range ana.Messages("breach-br-1") {
				if strings.Contains(ana.Render(m), text) {
					return true
				}
			}
			return false
		}
	}
	check(t, tw.WaitFor(ctx, has("[Approve]")))
	messages := ana.Messages("breach-br-1")
	card := messages[len(messages)-1]
	if string(card.MetadataRaw) != `{"event_payload":{"id":"7"},"event_type":"outbox"}` {
		t.Errorf("metadata is %s", card.MetadataRaw)
	}
	if out := get(ana.PressMessage(ctx, card.Channel, card.TS, "Approve")); out.Failed != "" {
		t.Fatal(out)
	}
	check(t, tw.WaitFor(ctx, has("BR-1 approved by @Ana Ng")))
}

// Every event and interaction the sandbox sends decodes in slack-go, which is picky about types.
func TestSlackGoDecodesEveryEnvelope(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t, func(o *Options) {
		o.App = DefaultApp()
		for name := range eventScopes {
			if !slices.Contains(o.App.BotEvents, name) {
				o.App.BotEvents = append(o.App.BotEvents, name)
			}
		}
	}), testContext(t)
	client := socketmode.New(tw.api)
	run, stop := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	seen := map[string]int{}
	go func() { defer func() { done <- struct{}{} }(); _ = client.RunContext(run) }()
	go func() {
		defer func() { done <- struct{}{} }()
		for {
			select {
			case e := <-client.Events:
				if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok {
					t.Errorf("%v: %s", bad.Cause, bad.Message)
				}
				if e.Request == nil || e.Request.EnvelopeID == "" {
					continue
				}
				switch d := e.Data.(type) {
				case slackevents.EventsAPIEvent:
					seen[d.InnerEvent.Type]++
				case slack.InteractionCallback:
					seen[string(d.Type)]++
				case slack.SlashCommand:
					seen["slash"]++
				}
				_ = client.AckCtx(ctx, e.Request.EnvelopeID, nil)
			case <-run.Done():
				return
			}
		}
	}()
	check(t, tw.WaitFor(ctx, func() bool { return tw.Sockets().Count() == 1 }))
	ana := tw.As(anaID)
	ch := tw.room(t, "room", anaID, benID)
	post := get(ana.Post(ch, "typed"))
	check(t, tw.As(benID).Leave(ch))
	check(t, ana.RenameChannel(ch, "renamed"))
	check(t, ana.Archive(ch))
	check(t, ana.Unarchive(ch))
	check(t, tw.ShareChannel(ch, "T0OTHER"))
	ch = get(tw.ChangeChannelID(ch))
	tw.json(t, "views.publish", obj{"user_id": anaID, "view": obj{"type": "home", "blocks": []any{}}}).must(t)
	check(t, ana.OpenHome())
	tw.AddGroup("S0DPO", "dpo", anaID)
	tw.AddGroup("S0DPO", "dpo", benID)
	tw.AddUser(User{ID: benID, Name: "ben", RealName: "Ben O.", Kind: Deactivated})
	get(ana.MessageShortcut(ctx, "breach_report_message", ch, post.TS))
	get(ana.Shortcut(ctx, "breach_report"))
	tw.opened(t, ctx, simpleModal("Form"))
	get(ana.Press(ctx, InModal(), "Next"))
	get(ana.Choose(ctx, InModal(), "sel", "1"))
	check(t, ana.Fill("what", "entered"))
	get(ana.Submit(ctx))
	tw.opened(t, ctx, simpleModal("Form"))
	check(t, ana.Cancel(ctx))
	card := tw.form(t, "chat.postMessage", "channel", anaID, "text", "x", "blocks",
		`[{"type":"actions","elements":[{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]}]`).must(t)
	get(ana.PressMessage(ctx, card.at("channel"), card.at("ts"), "Go"))
	check(t, tw.DeleteChannel(ch))
	other := tw.room(t, "other", anaID)
	check(t, ana.Remove(other, tw.BotUserID))
	tw.Revoke()
	settled := func() bool {
		return !slices.ContainsFunc(tw.Envelopes(), func(e Envelope) bool { return !e.Acked })
	}
	check(t, tw.WaitFor(ctx, settled))
	stop()
	<-done
	<-done
	for _, kind := range []string{
		"slash", "shortcut", "message_action", "block_actions", "view_submission", "view_closed", "app_home_opened",
		"member_joined_channel", "member_left_channel", "group_left", "group_rename", "group_deleted", "group_archive",
		"group_unarchive", "channel_shared", "channel_id_changed", "subteam_members_changed", "tokens_revoked",
		"user_change", "message",
	} {
		if seen[kind] == 0 {
			t.Errorf("no %s arrived", kind)
		}
	}
}

// A refresh and a cut both end in a new connection of the same client.
func TestSlackGoReconnects(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.app(t, func(c *socketmode.Client, e socketmode.Event) { _ = c.AckCtx(ctx, e.Request.EnvelopeID, nil) })
	connected := func() (everSeen, now int) {
		tw.mu.Lock()
		defer tw.mu.Unlock()
		return tw.sockets.serial, len(tw.sockets.open)
	}
	for i, disturb := range []func(){
		func() { tw.Sockets().Disconnect(RefreshRequested) }, tw.Sockets().CutAll,
		func() { tw.Sockets().Disconnect(Warning) },
	} {
		disturb()
		check(t, tw.WaitFor(ctx, func() bool { all, now := connected(); return all == i+2 && now == 1 }))
		if out := get(tw.As(anaID).Slash(ctx, "/breach", "")); out.Failed != "" {
			t.Errorf("after disturbance %d: %+v", i, out)
		}
	}
}

// The answers of the Web API decode into slack-go's types and say what they should.
func TestSlackGoReadsEveryAnswer(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	api := tw.api
	if me := get(api.AuthTestContext(ctx)); me.UserID != tw.BotUserID || me.TeamID != tw.TeamID || me.BotID != tw.BotID {
		t.Errorf("auth.test: %+v", me)
	}
	if team := get(api.GetTeamInfoContext(ctx)); team.ID != tw.TeamID {
		t.Errorf("team.info: %+v", team)
	}
	if u := get(api.GetUserInfoContext(ctx, guestID)); !u.IsRestricted || u.TZ != "Europe/London" {
		t.Errorf("users.info: %+v", u)
	}
	if users := get(api.GetUsersContext(ctx, slack.GetUsersOptionLimit(2))); len(users) != 5 {
		t.Errorf("users.list has %d", len(users))
	}
	tw.AddGroup("S0DPO", "dpo", anaID)
	if groups := get(api.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))); len(groups) != 1 ||
		groups[0].Users[0] != anaID {
		t.Errorf("usergroups.list: %+v", groups)
	}
	if members := get(api.GetUserGroupMembersContext(ctx, "S0DPO")); members[0] != anaID {
		t.Errorf("usergroups.users.list: %v", members)
	}
	ch := get(api.CreateConversationContext(ctx, slack.CreateConversationParams{ChannelName: "room", IsPrivate: true}))
	if !ch.IsPrivate || ch.Name != "room" {
		t.Errorf("conversations.create: %+v", ch)
	}
	get(api.InviteUsersToConversationContext(ctx, ch.ID, anaID))
	get(api.SetTopicOfConversationContext(ctx, ch.ID, "the topic"))
	get(api.SetPurposeOfConversationContext(ctx, ch.ID, "the purpose"))
	get(api.RenameConversationContext(ctx, ch.ID, "room-2"))
	info := get(api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: ch.ID, IncludeNumMembers: true}))
	if info.Topic.Value != "the topic" || info.Name != "room-2" || info.NumMembers != 2 || info.IsExtShared {
		t.Errorf("conversations.info: %+v", info)
	}
	people, _, err := api.GetUsersInConversationContext(ctx, &slack.GetUsersInConversationParameters{ChannelID: ch.ID})
	check(t, err)
	if len(people) != 2 {
		t.Errorf("conversations.members: %v", people)
	}
	mine, _, err := api.GetConversationsForUserContext(ctx, &slack.GetConversationsForUserParameters{Types: []string{"private_channel"}})
	check(t, err)
	if len(mine) != 1 || mine[0].ID != ch.ID {
		t.Errorf("users.conversations: %+v", mine)
	}
	_, ts, err := api.PostMessageContext(ctx, ch.ID, slack.MsgOptionText("hello", false),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionMetadata(slack.SlackMetadata{
			EventType: "outbox", EventPayload: map[string]any{"id": "7"},
		}))
	check(t, err)
	_, _, err = api.PostMessageContext(ctx, ch.ID, slack.MsgOptionText("reply", false), slack.MsgOptionTS(ts))
	check(t, err)
	history := get(api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
		ChannelID: ch.ID, IncludeAllMetadata: true, Limit: 200,
	}))
	if m := history.Messages[0]; m.Timestamp != ts || m.Metadata.EventPayload["id"] != "7" || m.ReplyCount != 1 || m.BotID != tw.BotID {
		t.Errorf("conversations.history: %+v", m)
	}
	thread, _, _, err := api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{ChannelID: ch.ID, Timestamp: ts})
	check(t, err)
	if len(thread) != 2 || thread[1].Text != "reply" {
		t.Errorf("conversations.replies: %+v", thread)
	}
	if link := get(api.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: ch.ID, Ts: ts})); !strings.Contains(link, ch.ID) {
		t.Errorf("chat.getPermalink: %s", link)
	}
	check(t, api.AddPinContext(ctx, ch.ID, slack.NewRefToMessage(ch.ID, ts)))
	check(t, api.RemovePinContext(ctx, ch.ID, slack.NewRefToMessage(ch.ID, ts)))
	dm, _, _, err := api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{anaID}})
	check(t, err)
	if !strings.HasPrefix(dm.ID, "D") {
		t.Errorf("conversations.open: %+v", dm)
	}
	file := get(api.UploadFileContext(ctx, slack.UploadFileParameters{
		Content: "a decision", FileSize: 10, Filename: "pack.txt", Title: "Pack", Channel: ch.ID,
	}))
	if name, content, ok := tw.File(file.ID); !ok || name != "pack.txt" || string(content) != "a decision" {
		t.Errorf("upload: %s %q %v", name, content, ok)
	}
	view := get(api.PublishViewContext(ctx, slack.PublishViewContextRequest{
		UserID: anaID, View: slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewDividerBlock(),
		}}},
	}))
	if view.Hash == "" || tw.As(anaID).Home() == nil {
		t.Errorf("views.publish: %+v", view)
	}
	check(t, api.KickUserFromConversationContext(ctx, ch.ID, anaID))
	_, _, err = api.DeleteMessageContext(ctx, ch.ID, ts)
	check(t, err)
	check(t, api.ArchiveConversationContext(ctx, ch.ID))
	_, err = api.OpenViewContext(ctx, "1.2."+strings.Repeat("a", 32), slack.ModalViewRequest{Type: slack.VTModal})
	var refusal slack.SlackErrorResponse
	if !errors.As(err, &refusal) || refusal.Err != "invalid_trigger_id" {
		t.Errorf("views.open: %v", err)
	}
}

// Every input slack-go can build passes the validator, so nothing legitimate is refused.
func TestSlackGoInputsPassTheValidator(t *testing.T) {
	t.Parallel()
	words := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	option := slack.NewOptionBlockObject("v", words("Choice"), words("described"))
	multi := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, words("p"), "a", option)
	multi.MaxSelectedItems = new(3)
	elements := []slack.BlockElement{
		slack.NewPlainTextInputBlockElement(words("p"), "a"), slack.NewEmailTextInputBlockElement(words("p"), "a"),
		slack.NewURLTextInputBlockElement(words("p"), "a"), slack.NewNumberInputBlockElement(words("p"), "a", true),
		slack.NewRichTextInputBlockElement(words("p"), "a"), slack.NewFileInputBlockElement("a"),
		slack.NewDatePickerBlockElement("a"), slack.NewTimePickerBlockElement("a"), slack.NewDateTimePickerBlockElement("a"),
		slack.NewCheckboxGroupsBlockElement("a", option), slack.NewRadioButtonsBlockElement("a", option), multi,
		slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, words("p"), "a", option),
		slack.NewOptionsSelectBlockElement(slack.OptTypeUser, words("p"), "a"),
		slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, words("p"), "a"),
		slack.NewOptionsSelectBlockElement(slack.OptTypeChannels, words("p"), "a"),
		slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, words("p"), "a"),
		slack.NewOptionsGroupSelectBlockElement(slack.OptTypeStatic, words("p"), "a",
			slack.NewOptionGroupBlockElement(words("Group"), option)),
	}
	var set []slack.Block
	for _, e := range elements {
		set = append(set, slack.NewInputBlock("", words("Label"), words("hint"), e))
	}
	raw := get(json.Marshal(slack.ModalViewRequest{
		Type: slack.VTModal, Title: words("All"), Submit: words("Send"), Blocks: slack.Blocks{BlockSet: set},
	}))
	var v obj
	check(t, json.Unmarshal(raw, &v))
	if _, faults := checkView(v, surfaceModal, ""); len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
}
