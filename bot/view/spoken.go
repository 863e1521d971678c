package view

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Spoken is all that a message at Slack says, as text: its own words, those of its
// blocks, of messages forwarded with it and of what else is attached, and the names of
// its files. What has no words is named in square brackets, so that whoever reads the
// record later knows that something is missing. Previews of links are left out: Slack
// adds them afterwards, and the link itself is among the words.
func Spoken(m slack.Msg) string {
	s := &speech{}
	s.say(unescape(m.Text))
	s.text = strings.Join(s.lines, "")
	s.blocks(m.Blocks, m.Text != "")
	for _, a := range m.Attachments {
		s.attachment(a)
	}
	s.files(m.Files)
	return strings.Join(s.lines, "\n")
}

// speech is what has been read of a message so far.
type speech struct {
	text  string // of the message itself
	lines []string
}

// say adds words, unless they are the text of the message: that is often one of its
// blocks too. It tells whether there were any.
func (s *speech) say(words string) bool {
	words = strings.TrimSpace(words)
	if words == "" {
		return false
	}
	if words != s.text {
		s.lines = append(s.lines, words)
	}
	return true
}

func (s *speech) files(files []slack.File) {
	for _, f := range files {
		name := f.Name
		if f.Title != "" {
			name = f.Title
		}
		if name == "" {
			name = "without a name"
		}
		s.lines = append(s.lines, "[File: "+name+"]")
	}
}

// attachment reads what is attached to a message: another message that was forwarded,
// or a part of an app's message.
func (s *speech) attachment(a slack.Attachment) {
	if !a.IsShare && (a.FromURL != "" || a.OriginalURL != "") {
		return // a preview of a link (Slack: unfurling links)
	}
	if a.IsShare {
		who := a.AuthorName
		if a.AuthorID != "" {
			who = user(workflow.UserID(a.AuthorID))
		}
		if who == "" {
			who = "somebody"
		}
		line := "[Forwarded, from " + who
		if ts := workflow.TimeOf(a.Ts.String()); !ts.IsZero() {
			line += ", " + utc(ts)
		}
		s.lines = append(s.lines, line+"]")
	}
	inside := &speech{}
	inside.say(unescape(a.Pretext))
	if !a.IsShare {
		inside.say(a.AuthorName)
	}
	inside.say(unescape(a.Title))
	inside.say(unescape(a.Text))
	for _, f := range a.Fields {
		inside.say(strings.TrimSpace(unescape(f.Title) + ": " + unescape(f.Value)))
	}
	inside.blocks(a.Blocks, a.Text != "")
	if a.ImageURL != "" || a.ThumbURL != "" {
		inside.lines = append(inside.lines, "[An image]")
	}
	inside.files(a.Files)
	if !a.IsShare {
		inside.say(unescape(a.Footer))
	}
	if len(inside.lines) == 0 && a.Fallback != noPreview {
		inside.say(unescape(a.Fallback))
	}
	if len(inside.lines) == 0 {
		inside.lines = []string{"[Something is attached of which Slack gives no words]"}
	}
	s.lines = append(s.lines, inside.lines...)
}

// noPreview is what Slack says in place of words that it did not put together.
const noPreview = "[no preview available]"

// blocks reads blocks of any kind, also ones that came after this version. If the text
// of the message is known, it says what its rich text says.
func (s *speech) blocks(blocks slack.Blocks, known bool) {
	for _, b := range blocks.BlockSet {
		kind := string(b.BlockType())
		if kind == string(slack.MBTDivider) || known && kind == string(slack.MBTRichText) {
			continue
		}
		var part map[string]any
		raw, err := json.Marshal(b)
		if err != nil || json.Unmarshal(raw, &part) != nil || !s.part(part) {
			s.lines = append(s.lines, fmt.Sprintf("[A part that is not text: %s]", strings.ReplaceAll(kind, "_", " ")))
		}
	}
}

// wordsIn are the fields in which Slack's blocks and elements hold words, or other
// elements, in the order in which they are read (Slack: Block Kit).
var wordsIn = []string{
	"title", "subtitle", "caption", "label", "header", "text", "body", "subtext", "fields", "columns", "rows", "elements", "child_blocks", "children", "cards",
	"blocks", "tasks", "details", "output", "accessory", "element", "options", "fallback", "hero_image", "alt_text",
}

// part reads one block or element. It tells whether it had any words.
func (s *speech) part(o map[string]any) (said bool) {
	kind, _ := o["type"].(string)
	switch kind {
	case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
		return s.say(inline(o))
	case "rich_text_list":
		items, _ := o["elements"].([]any)
		for _, item := range items {
			if item, is := item.(map[string]any); is {
				said = s.say("• "+inline(item)) || said
			}
		}
		return said
	case "mrkdwn":
		text, _ := o["text"].(string)
		return s.say(unescape(text))
	case "button", "workflow_button":
		text, _ := o["text"].(map[string]any)
		label, _ := text["text"].(string)
		return s.say("[Button: " + label + "]")
	case "image":
		alt, _ := o["alt_text"].(string)
		return s.say("[Image: " + alt + "]")
	}
	for _, name := range wordsIn {
		said = s.value(o[name]) || said
	}
	return said
}

func (s *speech) value(v any) (said bool) {
	switch v := v.(type) {
	case string:
		return s.say(v)
	case float64:
		return s.say(fmt.Sprint(v))
	case map[string]any:
		return s.part(v)
	case []any:
		for _, one := range v {
			said = s.value(one) || said
		}
	}
	return said
}

// inline is one paragraph of rich text (Slack: rich text block, element types).
func inline(o map[string]any) string {
	var b strings.Builder
	elements, _ := o["elements"].([]any)
	for _, e := range elements {
		e, _ := e.(map[string]any)
		field := func(name string) string { f, _ := e[name].(string); return f }
		switch field("type") {
		case "text":
			b.WriteString(field("text"))
		case "link":
			b.WriteString(field("text"))
			if url := field("url"); url != field("text") {
				b.WriteString(" (" + url + ")")
			}
		case "user":
			b.WriteString("<@" + field("user_id") + ">")
		case "usergroup":
			b.WriteString("<!subteam^" + field("usergroup_id") + ">")
		case "channel":
			b.WriteString("<#" + field("channel_id") + ">")
		case "broadcast":
			b.WriteString("@" + field("range"))
		case "emoji":
			b.WriteString(":" + field("name") + ":")
		case "date":
			b.WriteString(field("fallback"))
		case "color":
			b.WriteString(field("value"))
		default:
			b.WriteString("[" + strings.ReplaceAll(field("type"), "_", " ") + "]")
		}
	}
	return strings.TrimSpace(b.String())
}
