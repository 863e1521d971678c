package page

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"breachbot/bot/sandbox"
)

// everything is a modal with every kind of input.
const everything = `{"type":"modal","callback_id":"all","title":{"type":"plain_text","text":"Everything"},"submit":{"type":"plain_text","text":"Send"},"blocks":[
{"type":"input","block_id":"line","label":{"type":"plain_text","text":"A line"},"hint":{"type":"plain_text","text":"Short."},"element":{"type":"plain_text_input","action_id":"v"}},
{"type":"input","block_id":"area","label":{"type":"plain_text","text":"Lines"},"element":{"type":"plain_text_input","action_id":"v","multiline":true,"initial_value":"\nfirst"}},
{"type":"input","block_id":"number","label":{"type":"plain_text","text":"A number"},"element":{"type":"number_input","action_id":"v","is_decimal_allowed":false}},
{"type":"input","block_id":"mail","label":{"type":"plain_text","text":"Mail"},"optional":true,"element":{"type":"email_text_input","action_id":"v"}},
{"type":"input","block_id":"url","label":{"type":"plain_text","text":"Address"},"optional":true,"element":{"type":"url_text_input","action_id":"v"}},
{"type":"input","block_id":"date","label":{"type":"plain_text","text":"Date"},"element":{"type":"datepicker","action_id":"v"}},
{"type":"input","block_id":"time","label":{"type":"plain_text","text":"Time"},"element":{"type":"timepicker","action_id":"v"}},
{"type":"input","block_id":"when","label":{"type":"plain_text","text":"When"},"element":{"type":"datetimepicker","action_id":"v","initial_date_time":1782907261}},
{"type":"input","block_id":"one","label":{"type":"plain_text","text":"One"},"element":{"type":"static_select","action_id":"v","options":[{"text":{"type":"plain_text","text":"Red"},"value":"r"},{"text":{"type":"plain_text","text":"Blue"},"value":"b"}]}},
{"type":"input","block_id":"many","label":{"type":"plain_text","text":"Many"},"element":{"type":"multi_static_select","action_id":"v","options":[{"text":{"type":"plain_text","text":"Red"},"value":"r"},{"text":{"type":"plain_text","text":"Blue"},"value":"b"}]}},
{"type":"input","block_id":"who","label":{"type":"plain_text","text":"Who"},"element":{"type":"users_select","action_id":"v"}},
{"type":"input","block_id":"ticks","label":{"type":"plain_text","text":"Ticks"},"optional":true,"element":{"type":"checkboxes","action_id":"v","options":[{"text":{"type":"mrkdwn","text":"*Yes*"},"value":"y"}],"initial_options":[{"text":{"type":"mrkdwn","text":"*Yes*"},"value":"y"}]}},
{"type":"input","block_id":"radio","label":{"type":"plain_text","text":"Radio"},"element":{"type":"radio_buttons","action_id":"v","options":[{"text":{"type":"plain_text","text":"On"},"value":"on"},{"text":{"type":"plain_text","text":"Off"},"value":"off"}]}},
{"type":"input","block_id":"out","label":{"type":"plain_text","text":"From outside"},"element":{"type":"external_select","action_id":"outside"}},
{"type":"input","block_id":"file","label":{"type":"plain_text","text":"File"},"element":{"type":"file_input","action_id":"v"}},
{"type":"actions","block_id":"more","elements":[{"type":"button","action_id":"push","text":{"type":"plain_text","text":"Push"}},
{"type":"button","action_id":"risky","text":{"type":"plain_text","text":"Risky"},"confirm":{"title":{"type":"plain_text","text":"Sure?"},"text":{"type":"mrkdwn","text":"*Really* &lt;b&gt;"},"confirm":{"type":"plain_text","text":"Yes"},"deny":{"type":"plain_text","text":"No"},"style":"danger"}}]}
]}`

// formApp opens everything on /breach, offers options, pushes a second modal and
// finds a fault in the first submission.
func formApp(t *testing.T, tw *town) (submitted chan string) {
	t.Helper()
	submitted = make(chan string, 10)
	first := true
	tw.app(t, func(c *socketmode.Client, e socketmode.Event) {
		var payload struct {
			Type      string
			TriggerID string `json:"trigger_id"`
			Value     string
			Actions   []struct {
				ActionID string `json:"action_id"`
			}
			View struct{ State json.RawMessage }
		}
		_ = json.Unmarshal(e.Request.Payload, &payload)
		open := func(method func(string, slack.ModalViewRequest) error, raw string) {
			var view slack.ModalViewRequest
			if err := json.Unmarshal([]byte(raw), &view); err != nil {
				t.Error(err)
			}
			if err := method(payload.TriggerID, view); err != nil {
				t.Error(err)
			}
		}
		switch {
		case e.Request.Type == "slash_commands":
			c.Ack(*e.Request)
			open(func(id string, v slack.ModalViewRequest) error { _, err := tw.api.OpenView(id, v); return err }, everything)
		case payload.Type == "block_suggestion":
			c.Ack(*e.Request, map[string]any{"options": []any{map[string]any{"text": map[string]any{"type": "plain_text", "text": "Found " + payload.Value}, "value": "x-" + payload.Value}}})
		case payload.Type == "block_actions":
			c.Ack(*e.Request)
			submitted <- payload.Actions[0].ActionID + string(payload.View.State)
			if payload.Actions[0].ActionID == "push" {
				open(func(id string, v slack.ModalViewRequest) error { _, err := tw.api.PushView(id, v); return err },
					`{"type":"modal","title":{"type":"plain_text","text":"Second"},"blocks":[{"type":"divider"}]}`)
			}
		case payload.Type == "view_submission":
			submitted <- string(payload.View.State)
			if first {
				first = false
				c.Ack(*e.Request, map[string]any{"response_action": "errors", "errors": map[string]string{"line": "Not that <word>."}})
				return
			}
			c.Ack(*e.Request)
		}
	})
	return submitted
}

// post sends a form with a file as a browser does.
func post(t *testing.T, address string, form url.Values, file string) string {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, vs := range form {
		for _, v := range vs {
			check(t, w.WriteField(k, v))
		}
	}
	if file != "" {
		part, err := w.CreateFormFile(file, "letter.txt")
		check(t, err)
		_, err = part.Write([]byte("Dear all"))
		check(t, err)
	}
	check(t, w.Close())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, &b)
	check(t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-Page", "1")
	res, body := ask(t, r)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", address, body)
	}
	return body
}

// Every kind of input makes the round trip from the browser to the app, and what
// was entered is still there after a mistake, in a second modal's shadow and
// after a look elsewhere.
func TestPageForm(t *testing.T) {
	tw := newTown(t)
	submitted := formApp(t, tw)
	_, address := pageFor(t, tw.Workspace, Options{})
	base := address + "as/" + anaID + "/"
	do(t, base+"do/send", url.Values{"channel": {sandbox.General}, "text": {"/breach"}})
	check(t, tw.WaitFor(t.Context(), func() bool { return tw.As(anaID).Modal() != nil }))
	id := tw.As(anaID).Modal().ID
	body := look(t, base)
	for _, want := range []string{
		`aria-describedby="f-` + id + `-line-v-hint"`, "Mail (optional)", "\n\nfirst</textarea>", `value="2026-07-01T13:01"`, `value="` + benID + `">Ben Okoro</option>`,
		`<label for="f-` + id + `-ticks-v-y"><strong>Yes</strong></label>`, `type="file"`, `value="y" checked="checked"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the form does not hold %s", want)
		}
	}
	form := url.Values{
		"view": {id}, "where": {"modal"},
		"v:line/v": {"hello <b>"}, "v:area/v": {"one\r\ntwo"}, "v:number/v": {"3"}, "v:mail/v": {""}, "v:url/v": {""},
		"v:date/v": {"2026-07-02"}, "v:time/v": {"08:30"}, "v:when/v": {"2026-07-01T13:01"}, "v:one/v": {"b"},
		"has:many/v": {"1"}, "v:many/v": {"r", "b"}, "v:who/v": {benID}, "has:ticks/v": {"1"}, "has:radio/v": {"1"}, "v:radio/v": {"off"},
		"q:out/outside": {"abc"}, "seek": {"action=outside&block=out"},
	}
	if got := post(t, base+"do/seek", form, ""); !strings.Contains(got, "1 option found.") {
		t.Fatalf("seeking says %s", got)
	}
	if !strings.Contains(look(t, base), `value="x-abc">Found abc</option>`) {
		t.Error("what the app offers is not there to choose")
	}
	form.Set("v:out/outside", "x-abc")

	// A button that asks first, and a modal on top.
	form.Set("press", "action=risky&block=more")
	if got := post(t, base+"do/press", form, ""); !strings.Contains(got, `"title":"Sure?"`) || !strings.Contains(got, `\u003cstrong\u003eReally\u003c/strong\u003e \u0026lt;b\u0026gt;`) {
		t.Fatalf("the question is %s", got)
	}
	form.Set("confirmed", "1")
	post(t, base+"do/press", form, "")
	if got := <-submitted; !strings.HasPrefix(got, "risky") || !strings.Contains(got, `"value":"hello \u003cb\u003e"`) {
		t.Errorf("with the button the app hears %s", got)
	}
	form.Set("press", "action=push&block=more")
	post(t, base+"do/press", form, "")
	<-submitted
	check(t, tw.WaitFor(t.Context(), func() bool { return len(tw.As(anaID).Modals()) == 2 }))
	if body := look(t, base); !strings.Contains(body, "On top of “Everything”") {
		t.Error("the second modal does not tell of the first")
	}
	if got := post(t, base+"do/submit", form, ""); !strings.Contains(got, "no longer open") {
		t.Errorf("a form below another was sent: %s", got)
	}
	do(t, base+"do/cancel", nil)
	body = look(t, base)
	for _, want := range []string{`value="hello &lt;b&gt;"`, "one\ntwo</textarea>", `value="r" checked="checked"`, `value="off" checked="checked"`, `value="b" selected="selected">`} {
		if !strings.Contains(body, want) {
			t.Errorf("after the second modal the form does not hold %s", want)
		}
	}

	// Slack's own rules, then the app's, then it is taken.
	if got := post(t, base+"do/submit", form, ""); !strings.Contains(got, "Please check 1 field.") {
		t.Errorf("without the file: %s", got)
	}
	post(t, base+"do/submit", form, "v:file/v")
	state := <-submitted
	for _, want := range []string{
		`"value":"one\ntwo"`, `"value":"3"`, `"selected_date":"2026-07-02"`, `"selected_time":"08:30"`, `"selected_date_time":1782907261`, `"selected_user":"` + benID + `"`,
		`"value":"x-abc"`, `"name":"letter.txt"`, `"ticks":{"v":{"selected_options":[]`,
	} {
		if !strings.Contains(state, want) {
			t.Errorf("the app does not hear %s in\n%s", want, state)
		}
	}
	body = look(t, base)
	for _, want := range []string{`<p class="fault" id="f-` + id + `-line-v-error">Not that &lt;word&gt;.</p>`, `aria-invalid="true"`, `value="hello &lt;b&gt;"`, "Attached: letter.txt"} {
		if !strings.Contains(body, want) {
			t.Errorf("after the mistake the form does not hold %s", want)
		}
	}
	form.Set("v:line/v", "better")
	post(t, base+"do/submit", form, "")
	<-submitted
	if tw.As(anaID).Modal() != nil {
		t.Error("the form is still open")
	}
}

// Blocks are drawn as Slack draws them; what is unknown is said.
func TestPageBlocks(t *testing.T) {
	tests := []struct{ name, block, want string }{
		{"header", `{"type":"header","text":{"type":"plain_text","text":"A <b>"}}`, `<h3 class="b-header">A &lt;b&gt;</h3>`},
		{"section with fields", `{"type":"section","fields":[{"type":"mrkdwn","text":"*a*\nb"}]}`, `<div class="b-fields"><div><strong>a</strong><br>b</div></div>`},
		{"context", `{"type":"context","elements":[{"type":"mrkdwn","text":"_x_"},{"type":"image","image_url":"https://x.example/x.png","alt_text":"a \"dot\""}]}`, `<span><em>x</em></span><figure class="b-image"><span class="b-noimage">Picture: a &#34;dot&#34;</span></figure>`},
		{"picture of its own", `{"type":"image","image_url":"data:image/png;base64,AAAA","alt_text":"dot"}`, `<img src="data:image/png;base64,AAAA" alt="dot">`},
		{"table", `{"type":"table","rows":[[{"type":"raw_text","text":"Head"}],[{"type":"raw_text","text":"<1>"}]],"column_settings":[{"align":"right"}]}`, `<th scope="col" class="align-right">Head</th></tr><tr><td class="align-right">&lt;1&gt;</td>`},
		{"rich text", `{"type":"rich_text","elements":[{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"<b>","style":{"bold":true}},{"type":"user","user_id":"U01NIA"}]}]}]}`,
			`<ol><li><strong>&lt;b&gt;</strong><span class="mention">@Nia &lt;Bevan&gt;</span></li></ol>`},
		{"rich text link", `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"javascript:x","text":"y"}]}]}`, `<p>y</p>`},
		{"button", `{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"a","style":"danger","text":{"type":"plain_text","text":"Go"}}]}`, `class="button danger"`},
		{"alert", `{"type":"alert","level":"warning","text":{"type":"mrkdwn","text":"*a*"}}`, `<div class="b-alert b-alert-warning" role="note"><span class="sr">Warning: </span><p><strong>a</strong></p></div>`},
		{"container", `{"type":"container","title":{"type":"plain_text","text":"Why <"},"is_collapsible":true,"default_collapsed":true,"child_blocks":[{"type":"divider"}]}`, `<details class="b-container"><summary>Why &lt;</summary><hr></details>`},
		{"data table", `{"type":"data_table","block_id":"t","caption":"Things","rows":[[{"type":"raw_text","text":"Name"},{"type":"raw_text","text":"Size"}],[{"type":"raw_text","text":"<1>"},{"type":"raw_number","value":5,"text":"5 big"}]]}`,
			`data-page="5"><caption>Things</caption><thead><tr data-row="0"><th scope="col"><button type="button" class="sort" data-sort="0">Name</button></th><th scope="col"><button type="button" class="sort" data-sort="1">Size</button></th></tr></thead><tbody><tr data-row="1"><th scope="row">&lt;1&gt;</th><td data-n="5">5 big</td></tr></tbody>`},
		{"button in a table", `{"type":"data_table","block_id":"t","caption":"Things","rows":[[{"type":"raw_text","text":"Name"},{"type":"raw_text","text":"Open"}],[{"type":"raw_text","text":"One"},{"type":"action_cell","element":{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Show"},"accessibility_label":"Show One"}}]]}`, `aria-label="Show One"`},
		{"chart", `{"type":"data_visualization","title":"By month","chart":{"type":"bar","series":[{"name":"Late","data":[{"label":"Jan","value":2},{"label":"Feb","value":0}]}],"axis_config":{"categories":["Jan","Feb"],"x_label":"Month"}}}`,
			`<caption>By month</caption><thead><tr><th scope="col">Month</th><th scope="col">Late</th></tr></thead><tbody><tr><th scope="row">Jan</th><td><span class="n">2</span><svg class="bar bar-0" aria-hidden="true"><rect width="100%" height="100%"/></svg></td></tr><tr><th scope="row">Feb</th><td><span class="n">0</span></td></tr></tbody>`},
		{"unknown block", `{"type":"holo\"gram","x":"<y>"}`, `A block of type “holo&#34;gram” that this page cannot show</strong><pre tabindex="0">`},
		{"unknown element", `{"type":"actions","elements":[{"type":"dial","action_id":"a"}]}`, `A field of type “dial”`},
	}
	nia, _ := village(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b sandbox.Block
			check(t, json.Unmarshal([]byte(tt.block), &b))
			d := &drawer{r: nia, where: sandbox.InMessage("C1", "1.0")}
			d.block(b)
			if !strings.Contains(d.String(), tt.want) {
				t.Errorf("got  %s\nwant %s", d.String(), tt.want)
			}
		})
	}
}
