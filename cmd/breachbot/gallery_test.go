package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"breachbot/bot/sandbox"
	"breachbot/bot/sandbox/page"
)

// gallery is a workspace with an app that shows everything an app may show,
// more than breachbot uses today: all inputs, stacked forms, Home, shortcuts.
type gallery struct {
	*sandbox.Workspace
	address string // of the page
	apiURL  string
	heard   chan string // what the app was sent, as JSON
}

func openGallery(t testing.TB) *gallery {
	t.Helper()
	ws := sandbox.New(sandbox.Options{App: sandbox.DefaultApp(), Start: storyStart, Frozen: true, NoRateLimits: true})
	ws.Practice()
	server, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	page := page.New(ws, page.Options{People: cast})
	g := &gallery{Workspace: ws, apiURL: server.APIURL(), heard: make(chan string, 100)}
	if g.address, err = page.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	api := slack.New(ws.BotToken, slack.OptionAPIURL(server.APIURL()), slack.OptionAppLevelToken(ws.AppToken))
	client := socketmode.New(api)
	ctx, cancel := context.WithCancel(context.Background())
	var ended [2]chan struct{}
	for n, run := range []func(){
		func() { _ = client.RunContext(ctx) }, // ends with the context
		func() {
			for {
				select {
				case e := <-client.Events:
					if e.Request != nil && e.Request.EnvelopeID != "" {
						g.answer(t, api, client, e.Request)
					}
				case <-ctx.Done():
					return
				}
			}
		},
	} {
		ended[n] = make(chan struct{})
		go func() { defer close(ended[n]); run() }()
	}
	t.Cleanup(func() {
		page.Close()
		cancel()
		<-ended[0]
		<-ended[1]
		_ = server.Close()
	})
	if err := ws.WaitFor(t.Context(), func() bool { return ws.Sockets().Count() > 0 }); err != nil {
		t.Fatal(err)
	}
	return g
}

// answer is the app. It finds fault with the word "wrong" and takes the rest.
func (g *gallery) answer(t testing.TB, api *slack.Client, client *socketmode.Client, r *socketmode.Request) {
	var in struct {
		Type      string
		TriggerID string `json:"trigger_id"`
		Value     string
		Event     struct{ Type, User string }
		Actions   []struct {
			ActionID string `json:"action_id"`
		}
		View struct {
			CallbackID string `json:"callback_id"`
			State      struct{ Values json.RawMessage }
		}
	}
	if err := json.Unmarshal(r.Payload, &in); err != nil {
		t.Error(err)
	}
	modal := func(raw string) (v slack.ModalViewRequest) {
		if err := json.Unmarshal([]byte(raw), &v); err != nil {
			t.Error(err)
		}
		return v
	}
	var err error
	switch kind := in.Type; {
	case r.Type == "slash_commands":
		client.Ack(*r)
		_, err = api.OpenView(in.TriggerID, modal(allInputs))
	case kind == "shortcut" || kind == "message_action":
		client.Ack(*r)
		_, err = api.OpenView(in.TriggerID, modal(strings.ReplaceAll(plainForm, "Second", "Opened by "+strings.ReplaceAll(kind, "_", " "))))
	case kind == "block_suggestion":
		option := map[string]any{"text": map[string]any{"type": "plain_text", "text": "Found " + in.Value}, "value": "x-" + in.Value}
		client.Ack(*r, map[string]any{"options": []any{option}})
	case kind == "block_actions":
		client.Ack(*r)
		if in.Actions[0].ActionID == "push" {
			_, err = api.PushView(in.TriggerID, modal(plainForm))
		}
		g.heard <- in.Actions[0].ActionID
	case kind == "view_submission" && strings.Contains(string(in.View.State.Values), "wrong"):
		client.Ack(*r, map[string]any{"response_action": "errors", "errors": map[string]string{"line": "Not that word, please."}})
	case kind == "view_submission":
		client.Ack(*r)
		g.heard <- string(in.View.State.Values)
	case in.Event.Type == "app_home_opened":
		client.Ack(*r)
		var home slack.HomeTabViewRequest
		if err := json.Unmarshal([]byte(homeTab), &home); err != nil {
			t.Error(err)
		}
		_, err = api.PublishView(in.Event.User, home, "")
	default:
		client.Ack(*r)
	}
	if err != nil {
		t.Errorf("%s: %v", in.Type, err)
	}
}

const (
	plainForm = `{"type":"modal","title":{"type":"plain_text","text":"Second"},"submit":{"type":"plain_text","text":"Done"},"blocks":[
{"type":"input","block_id":"second","label":{"type":"plain_text","text":"One more"},"optional":true,"element":{"type":"plain_text_input","action_id":"v"}}]}`

	homeTab = `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"Your incidents"}},
{"type":"actions","block_id":"home","elements":[{"type":"button","action_id":"from-home","text":{"type":"plain_text","text":"Refresh the list"}}]}]}`

	twoOptions = `"options":[{"text":{"type":"plain_text","text":"Red"},"value":"red"},{"text":{"type":"plain_text","text":"Blue"},"value":"blue"}]`
)

// allInputs is a form with every kind of input.
var allInputs = func() string {
	field := func(id, label, element string) string {
		return `{"type":"input","block_id":"` + id + `","label":{"type":"plain_text","text":"` + label + `"},"element":{"action_id":"v",` + element + `}}`
	}
	blocks := []string{
		field("line", "A line", `"type":"plain_text_input"`),
		field("area", "Several lines", `"type":"plain_text_input","multiline":true`),
		field("number", "A number", `"type":"number_input","is_decimal_allowed":false`),
		field("mail", "An email address", `"type":"email_text_input"`),
		field("date", "A date", `"type":"datepicker"`),
		field("time", "A time of day", `"type":"timepicker"`),
		field("when", "Date and time", `"type":"datetimepicker"`),
		field("one", "One of two", `"type":"static_select",`+twoOptions),
		field("many", "Some of two", `"type":"multi_static_select",`+twoOptions),
		field("found", "One that is looked up", `"type":"external_select","min_query_length":1`),
		field("founds", "Several that are looked up", `"type":"multi_external_select","min_query_length":1`),
		field("who", "A person", `"type":"users_select"`),
		field("whos", "Several people", `"type":"multi_users_select"`),
		field("ticks", "Tick boxes", `"type":"checkboxes",`+twoOptions),
		field("radio", "A choice", `"type":"radio_buttons",`+twoOptions),
		field("file", "A file", `"type":"file_input"`),
		`{"type":"actions","block_id":"more","elements":[{"type":"button","action_id":"push","text":{"type":"plain_text","text":"A form on top"}},
{"type":"button","action_id":"risky","style":"danger","text":{"type":"plain_text","text":"Risky"},"confirm":{"title":{"type":"plain_text","text":"Are you sure?"},
"text":{"type":"mrkdwn","text":"It *cannot* be undone."},"confirm":{"type":"plain_text","text":"Do it"},"deny":{"type":"plain_text","text":"Leave it"}}}]}`,
	}
	return `{"type":"modal","callback_id":"all","title":{"type":"plain_text","text":"Everything"},"submit":{"type":"plain_text","text":"Send it"},"blocks":[` + strings.Join(blocks, ",") + `]}`
}()

// Every input an app may use is filled in by hand, survives a mistake, a question
// and a form on top, and reaches the app as Slack would send it.
func TestTypingIntoEveryInput(t *testing.T) {
	g := openGallery(t)
	nia := openWindow(t, g.address, sandbox.Nia)
	nia.write("/breach")
	nia.seeForm("Everything")
	file := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(file, []byte("Dear all"), 0o600); err != nil {
		t.Fatal(err)
	}
	nia.fill("A line", "wrong")
	nia.fill("Several lines", "one\ntwo")
	nia.fill("A number", "twelve")
	nia.fill("An email", "dpo@example.org")
	nia.set("A date", "2026-11-23")
	nia.set("A time of day", "08:30")
	nia.set("Date and time", "2026-11-23T16:40")
	nia.choose("One of two", "Blue")
	nia.choose("Some of two", "Red")
	nia.choose("Some of two", "Blue")
	nia.lookUp("One that", "abc")
	nia.choose("One that", "Found abc")
	nia.lookUp("One that", "def") // and thought better of it
	nia.until("see what else there is", `[...document.querySelectorAll("#modal option")].some((o) => o.innerText === "Found abcdef")`)
	nia.lookUp("Several that", "de")
	nia.choose("Several that", "Found de")
	nia.lookUp("Several that", "fg") // what was chosen stays
	nia.choose("Several that", "Found defg")
	nia.choose("A person", "Rob Sharma")
	nia.choose("Several people", "Dee Kowalska")
	nia.choose("Tick boxes", "Red")
	nia.choose("A choice", "Blue")
	nia.attach(`[type=file][id^="f-"]`, file)

	// What the browser can tell by itself, then what only the app knows.
	nia.press("Send it")
	nia.see("Please check 1 field.")
	nia.clear("A number")
	nia.fill("A number", "12")
	nia.press("Send it")
	nia.see("Not that word, please.")

	nia.press("Risky")
	nia.see("It cannot be undone.")
	nia.press("Leave it")
	nia.press("Risky")
	nia.press("Do it")
	if got := <-g.heard; got != "risky" {
		t.Errorf("the app hears %s", got)
	}
	nia.press("A form on top")
	nia.seeForm("Second")
	<-g.heard
	nia.see("On top of “Everything”")
	nia.fill("One more", "a detail")
	nia.press("Done")
	if got := <-g.heard; !strings.Contains(got, "a detail") {
		t.Errorf("from the form on top the app hears %s", got)
	}
	nia.seeForm("Everything")
	nia.clear("A line")
	nia.fill("A line", "right")
	nia.press("Send it")
	nia.seeForm("")
	state := <-g.heard
	for _, want := range []string{
		`"value":"right"`, `"value":"one\ntwo"`, `"value":"12"`, `"value":"dpo@example.org"`, `"selected_date":"2026-11-23"`, `"selected_time":"08:30"`,
		`"selected_date_time":1795452000`, `"value":"blue"`, `"value":"x-abc"`, `"value":"x-de"`, `"value":"x-defg"`, `"selected_user":"` + sandbox.Rob + `"`,
		`"selected_users":["` + sandbox.Dee + `"]`, `"name":"letter.txt"`,
	} {
		if !strings.Contains(state, want) {
			t.Errorf("the app does not hear %s in\n%s", want, state)
		}
	}
}

// What people do with messages, by clicking: shortcuts, threads, changes,
// reactions, pins, bookmarks, the topic, files and pictures, Home.
func TestClickingAroundMessages(t *testing.T) {
	g := openGallery(t)
	nia, rob := openWindow(t, g.address, sandbox.Nia), openWindow(t, g.address, sandbox.Rob)
	menu := func(w *window) {
		t.Helper()
		w.click("open the menu of the last message", `[...document.querySelectorAll("#log .msg .more")].pop()`)
		w.until("see the menu", `document.querySelector("#menu[open]")`)
	}
	nia.write("good mornin")
	rob.see("good mornin")
	nia.see("good mornin") // only then is it the last message in her window too
	menu(nia)
	nia.click("go to the text", `document.getElementById("edit-text")`)
	nia.insert("g")
	nia.press("Save the change")
	rob.see("good morning (edited)")
	menu(rob)
	rob.press("👀 eyes")
	nia.until("see the reaction", `document.querySelector("#log .reactions button")?.innerText.includes("1")`)
	menu(rob)
	rob.press("Pin to the channel")
	nia.until("see the pin", `document.querySelector("#r-head .pins")?.innerText.includes("good morning")`)
	menu(rob)
	rob.press("Reply in a thread")
	rob.click("go to the reply", `document.getElementById("reply-text")`)
	rob.insert("and to you")
	rob.press("Reply")
	nia.press("1 reply")
	nia.until("see the thread", `document.getElementById("thread-log")?.innerText.includes("and to you")`)

	rob.press("About")
	rob.click("go to the topic", `document.querySelector("[name=topic]")`)
	rob.insert("what we talk of")
	rob.press("Set")
	nia.see("what we talk of")
	rob.click("go to the bookmark", `document.querySelector("[name=title]")`)
	rob.insert("The policy")
	rob.click("go to the link", `document.querySelector("[name=link]")`)
	rob.insert("https://example.org/policy")
	rob.press("Add")
	nia.until("see the bookmark", `document.querySelector("#r-head .pins a[href^='https://example.org/']")?.innerText.includes("The policy")`)

	picture := filepath.Join(t.TempDir(), "dot.png")
	dot, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(picture, dot, 0o600); err != nil {
		t.Fatal(err)
	}
	rob.attach("#file-"+sandbox.General, picture)
	rob.write("a picture")
	nia.until("see the picture", `(() => { const i = document.querySelector("#log .file img"); return i?.complete && i.naturalWidth === 1 && i.alt; })()`)

	menu(nia)
	nia.press("Report as data breach")
	nia.seeForm("Opened by message action")
	nia.press("Cancel")
	nia.seeForm("")
	nia.click("open the shortcuts", `document.querySelector("#shortcuts > summary")`)
	nia.click("take the first", `document.querySelector("#shortcuts button[name=callback]")`)
	nia.seeForm("Opened by shortcut")
	nia.press("Cancel")
	nia.seeForm("")

	nia.write("not for long")
	rob.see("not for long")
	nia.see("not for long")
	menu(nia)
	nia.press("Delete the message")
	rob.until("see it go", `!document.getElementById("log").innerText.includes("not for long")`)

	nia.visit("Home of")
	nia.see("Your incidents")
	nia.press("Refresh the list")
	if got := <-g.heard; got != "from-home" {
		t.Errorf("the app hears %s", got)
	}
}

// A channel of 2,000 messages is shown in parts, and stays where one looks.
func TestClickingThroughAFullChannel(t *testing.T) {
	g := openGallery(t)
	for range 2000 {
		if _, err := g.As(sandbox.Rob).Post(sandbox.General, "one of many"); err != nil {
			t.Fatal(err)
		}
	}
	nia := openWindow(t, g.address, sandbox.Nia)
	nia.see("1900 more")
	nia.until("see a hundred", `document.querySelectorAll("#log .msg").length === 100`)
	nia.press("Show older messages")
	nia.see("1800 more")
	nia.until("see two hundred", `document.querySelectorAll("#log .msg").length === 200`)
	if _, err := g.As(sandbox.Rob).Post(sandbox.General, "the newest"); err != nil {
		t.Fatal(err)
	}
	nia.see("the newest")
}

// No click is lost: not when the page moves between the button going down and
// coming up, and not when several come faster than they are answered.
func TestClicksAreNotLost(t *testing.T) {
	d, address := openDemo(t)
	nia := openWindow(t, address, sandbox.Nia)
	nia.write("first")
	nia.see("first")
	menu := `document.querySelector("#log .msg .more")`
	at := script[[2]float64](nia, "aim", `(() => { const r = `+menu+`.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	nia.mouse("mousePressed", at)
	answers := script[int](nia, "count the answers", `performance.getEntriesByType("resource").filter((r) => r.name.includes("/live")).length`)
	for range 40 { // the first message leaves the screen
		if _, err := d.workspace.As(sandbox.Rob).Post(sandbox.General, "another one"); err != nil {
			t.Fatal(err)
		}
	}
	nia.until("have the answer", `performance.getEntriesByType("resource").filter((r) => r.name.includes("/live")).length > `+strconv.Itoa(answers))
	nia.mouse("mouseReleased", at)
	nia.until("see the menu", `document.querySelector("#menu[open]")?.innerText.includes("Nia Bevan")`)
	nia.see("another one")
	nia.press("Close")

	before := d.workspace.Now()
	script[bool](nia, "click thrice", `(() => { for (let i = 0; i < 3; i++) document.getElementById("plus1").click(); return true; })()`)
	if err := d.workspace.WaitFor(t.Context(), func() bool { return d.workspace.Now().Sub(before) >= 3*time.Hour }); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"one after", "the other", "quickly"} {
		nia.write(words)
	}
	nia.until("see all three", `[...document.querySelectorAll("#log .msg .content")].slice(-3).map((m) => m.innerText.trim()).join(" ") === "one after the other quickly"`)
}
