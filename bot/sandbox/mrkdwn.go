package sandbox

import (
	"regexp"
	"strings"
)

// parsing says how far Slack goes in a message's top-level text (Slack: Formatting message text).
type parsing struct {
	full      bool // parse=full: bare @channel and names count
	linkNames bool // link_names: the same for names
}

// mention is a reference that asks for somebody's attention.
type mention struct {
	user, group string
	broadcast   string // channel, here or everyone
}

var (
	angle         = regexp.MustCompile(`<([^<>]+)>`)
	bareBroadcast = regexp.MustCompile(`(?:^|[^\w<!])@(channel|here|everyone)\b`)
	bareName      = regexp.MustCompile(`(?:^|[^\w<])@([a-z0-9._-]+)`)
)

// mentionsIn finds what a mrkdwn text mentions. Escaped text (&lt;!channel&gt;) mentions nobody; a bare @channel does
// where Slack parses it, so that a smuggled one shows.
func (ws *Workspace) mentionsIn(text string, bare, names bool) []mention {
	var out []mention
	for _, hit := range angle.FindAllStringSubmatch(text, -1) {
		ref, _, _ := strings.Cut(hit[1], "|")
		switch {
		case strings.HasPrefix(ref, "@"):
			out = append(out, mention{user: ref[1:]})
		case strings.HasPrefix(ref, "!subteam^"):
			out = append(out, mention{group: strings.TrimPrefix(ref, "!subteam^")})
		case ref == "!channel" || ref == "!here" || ref == "!everyone":
			out = append(out, mention{broadcast: ref[1:]})
		}
	}
	if bare {
		for _, hit := range bareBroadcast.FindAllStringSubmatch(text, -1) {
			out = append(out, mention{broadcast: hit[1]})
		}
	}
	if names {
		for _, hit := range bareName.FindAllStringSubmatch(text, -1) {
			for id, u := range ws.users {
				if u.Name == hit[1] {
					out = append(out, mention{user: id})
				}
			}
		}
	}
	return out
}

// mentions finds what a whole message mentions: its text, its mrkdwn objects (which parse bare broadcasts unless they
// are verbatim) and its rich text.
func (ws *Workspace) mentions(m *message, how parsing) []mention {
	out := ws.mentionsIn(m.text, how.full || how.linkNames, how.full || how.linkNames)
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			switch str(v["type"]) {
			case "mrkdwn":
				verbatim, _ := v["verbatim"].(bool)
				out = append(out, ws.mentionsIn(str(v["text"]), !verbatim, false)...)
			case "markdown":
				out = append(out, ws.mentionsIn(str(v["text"]), true, false)...)
			case "user":
				out = append(out, mention{user: str(v["user_id"])})
			case "usergroup":
				out = append(out, mention{group: str(v["usergroup_id"])})
			case "broadcast":
				out = append(out, mention{broadcast: str(v["range"])})
			}
			for _, k := range sortedKeys(v) {
				walk(v[k])
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	for _, b := range m.blocks {
		walk(b)
	}
	walk(anys(m.attachments))
	return out
}

// Followable tells whether an address is one that Slack, and a browser, should follow.
func Followable(address string) bool {
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if rest, ok := strings.CutPrefix(strings.ToLower(address), scheme); ok && rest != "" {
			return true
		}
	}
	return false
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// Unescape decodes the three entities Slack decodes, and no other.
func Unescape(s string) string { return entities.Replace(s) }
