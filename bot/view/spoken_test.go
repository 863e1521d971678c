package view_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"breachbot/bot/view"
)

// What Slack's history gives of messages that have more than a text, or none.
func TestAllThatAMessageSaysIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ slack, want string }{
		"typed by a person, whose words are there twice": {
			`{"text":"Forty letters &lt; fifty","blocks":[{"type":"rich_text","block_id":"x","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Forty letters < fifty"}]}]}]}`,
			"Forty letters < fifty",
		},
		"forwarded without a word": {
			`{"text":"","attachments":[{"id":1,"is_share":true,"is_msg_unfurl":true,"author_id":"U01NIA","author_name":"Nia","ts":"1795192000.000200","from_url":"https://x.slack.com/archives/C1/p1","text":"The list is on the bus &amp; gone.","fallback":"[no preview available]","footer":"Posted in #ward","files":[{"id":"F1","name":"list.xlsx"}]}]}`,
			"[Forwarded, from <@U01NIA>, 20 Nov 2026 16:26 UTC]\nThe list is on the bus & gone.\n[File: list.xlsx]",
		},
		"forwarded with words, of an app that has only blocks": {
			`{"text":"See this","attachments":[{"is_share":true,"author_name":"Alarm","fallback":"[no preview available]","from_url":"https://x.slack.com/archives/C1/p1","blocks":[{"type":"section","block_id":"a","text":{"type":"mrkdwn","text":"*Export* ran &gt; 3 times"}}]}]}`,
			"See this\n[Forwarded, from Alarm]\n*Export* ran > 3 times",
		},
		"forwarded, of which Slack gives nothing": {
			`{"text":"","attachments":[{"is_share":true,"fallback":"[no preview available]"}]}`,
			"[Forwarded, from somebody]\n[Something is attached of which Slack gives no words]",
		},
		"of an app, with blocks only": {
			`{"text":"","blocks":[
				{"type":"header","block_id":"a","text":{"type":"plain_text","text":"Export finished"}},
				{"type":"divider","block_id":"b"},
				{"type":"section","block_id":"c","fields":[{"type":"mrkdwn","text":"*Rows*\n4,000"},{"type":"mrkdwn","text":"*By*\n<@U01NIA>"}],"accessory":{"type":"button","action_id":"x","text":{"type":"plain_text","text":"Open"}}},
				{"type":"image","block_id":"d","image_url":"https://x/y.png","alt_text":"A map of the ward"},
				{"type":"context","block_id":"e","elements":[{"type":"mrkdwn","text":"from the night job"},{"type":"image","image_url":"https://x/z.png","alt_text":"logo"}]},
				{"type":"actions","block_id":"f","elements":[{"type":"button","action_id":"y","text":{"type":"plain_text","text":"Stop"}}]}]}`,
			"Export finished\n*Rows*\n4,000\n*By*\n<@U01NIA>\n[Button: Open]\n[Image: A map of the ward]\nfrom the night job\n[Image: logo]\n[Button: Stop]",
		},
		"of an app, whose text is one of its blocks": {
			`{"text":"Export finished","blocks":[{"type":"section","block_id":"c","text":{"type":"mrkdwn","text":"Export finished"}},{"type":"section","block_id":"d","text":{"type":"mrkdwn","text":"4,000 rows"}}]}`,
			"Export finished\n4,000 rows",
		},
		"rich text without a text": {
			`{"text":"","blocks":[{"type":"rich_text","block_id":"x","elements":[
				{"type":"rich_text_section","elements":[{"type":"text","text":"Ask "},{"type":"user","user_id":"U01NIA"},{"type":"text","text":" in "},{"type":"channel","channel_id":"C1"},{"type":"text","text":", see "},{"type":"link","url":"https://x/y","text":"the list"},{"type":"emoji","name":"fire"}]},
				{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"two"}]}]}]}]}`,
			"Ask <@U01NIA> in <#C1>, see the list (https://x/y):fire:\n• one\n• two",
		},
		"a table": {
			`{"text":"","blocks":[{"type":"table","block_id":"t","rows":[[{"type":"raw_text","text":"Name"},{"type":"raw_text","text":"Ward"}],[{"type":"raw_text","text":"Ward"},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Seven"}]}]}]]}]}`,
			"Name\nWard\nWard\nSeven",
		},
		"of an app of before there were blocks": {
			`{"text":"","attachments":[{"fallback":"Disk full","pretext":"Alarm","author_name":"Monitor","title":"Disk full","title_link":"https://x","text":"91 per cent","fields":[{"title":"Host","value":"web-1"}],"image_url":"https://x/graph.png","footer":"Monitor 2"}]}`,
			"Alarm\nMonitor\nDisk full\n91 per cent\nHost: web-1\n[An image]\nMonitor 2",
		},
		"with files": {
			`{"text":"Here","files":[{"id":"F1","name":"a.pdf","title":"Letter to the parents"},{"id":"F2","name":"b.png"},{"id":"F3"}]}`,
			"Here\n[File: Letter to the parents]\n[File: b.png]\n[File: without a name]",
		},
		"with a preview of its link, which came afterwards": {
			`{"text":"<https://x/y>","attachments":[{"original_url":"https://x/y","from_url":"https://x/y","title":"A page","text":"of somebody else's"},{"is_msg_unfurl":true,"from_url":"https://x.slack.com/archives/C1/p1","text":"linked"}]}`,
			"<https://x/y>",
		},
		"with what no version knows yet": {
			`{"text":"","blocks":[{"type":"hologram","block_id":"h","spin":3},{"type":"new_card","block_id":"i","body":{"type":"mrkdwn","text":"It is blue"}}]}`,
			"[A part that is not text: hologram]\nIt is blue",
		},
		"nothing at all": {`{"text":""}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var m slack.Msg
			if err := json.Unmarshal([]byte(c.slack), &m); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, view.Spoken(m)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
