package page

import (
	"html"
	"html/template"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"breachbot/bot/sandbox"
)

// markup builds HTML. Everything that comes from outside goes in through text
// or as the value of an attribute, and is escaped there; tags and names of
// attributes are constants of this package.
type markup struct{ strings.Builder }

// open begins an element; attrs are names and values in turn. A name whose
// value is "" is left out, except value and alt; flags such as checked are given
// as themselves.
func (m *markup) open(tag string, attrs ...string) {
	m.WriteString("<" + tag)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] == "" && attrs[i] != "value" && attrs[i] != "alt" {
			continue
		}
		m.WriteString(" " + attrs[i] + `="` + html.EscapeString(attrs[i+1]) + `"`)
	}
	m.WriteString(">")
}

func (m *markup) close(tag string) { m.WriteString("</" + tag + ">") }

// el is an element that holds nothing but text.
func (m *markup) el(tag, text string, attrs ...string) {
	m.open(tag, attrs...)
	m.text(text)
	m.close(tag)
}

func (m *markup) text(s string) { m.WriteString(html.EscapeString(s)) }

// html is what was built.
func (m *markup) html() template.HTML { return template.HTML(m.String()) }

// references resolves what a text refers to, for one reader.
type references interface {
	Name(id string) string                         // of a person
	Channel(id string) (name string, visible bool) // of a channel
	Group(id string) string
	Date(parts []string, fallback string) string
}

// mrkdwnHTML is a text in Slack's markup as HTML: bold, italic, struck, code,
// quotes, references, dates and links (Slack: Formatting message text). The
// three entities are decoded and nothing else; what looks like HTML is text. In
// a text that is not verbatim, bare addresses become links and a bare @channel
// counts, as at Slack.
func mrkdwnHTML(text string, verbatim bool, refs references) template.HTML {
	w := &mrkdwnWriter{refs: refs, bare: !verbatim}
	w.blocks(strings.ToValidUTF8(text, "\uFFFD"))
	return w.html()
}

// plainHTML is a text without markup, its line breaks kept.
func plainHTML(text string) template.HTML {
	m := &markup{}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			m.open("br")
		}
		m.text(line)
	}
	return m.html()
}

type mrkdwnWriter struct {
	markup
	refs references
	bare bool
}

const fence = "```"

// blocks writes fenced code and everything between.
func (w *mrkdwnWriter) blocks(text string) {
	for {
		before, rest, found := strings.Cut(text, fence)
		code, after, closed := strings.Cut(rest, fence)
		if !found || !closed || strings.Trim(code, "\n") == "" {
			w.lines(text)
			return
		}
		w.lines(strings.TrimSuffix(before, "\n"))
		w.open("pre")
		w.text(sandbox.Unescape(w.flat(strings.Trim(code, "\n"))))
		w.close("pre")
		text = strings.TrimPrefix(after, "\n")
		if text == "" {
			return
		}
	}
}

// lines writes lines, those that begin with > as a quotation.
func (w *mrkdwnWriter) lines(text string) {
	if text == "" {
		return
	}
	quoting, first := false, true
	for _, line := range strings.Split(text, "\n") {
		inner, quoted := strings.CutPrefix(line, "&gt;")
		if quoted != quoting {
			if quoted {
				w.open("blockquote")
			} else {
				w.close("blockquote")
			}
			quoting, first = quoted, true
		}
		if !first {
			w.open("br")
		}
		first = false
		if quoted {
			line = strings.TrimPrefix(inner, " ")
		}
		w.inline(line, 0)
	}
	if quoting {
		w.close("blockquote")
	}
}

var marks = map[byte]string{'*': "strong", '_': "em", '~': "s"}

// maxNesting is how deep marks may stand in one another; there are three.
const maxNesting = 4

// inline writes a piece of a line.
func (w *mrkdwnWriter) inline(s string, depth int) {
	start := 0 // of the text that is not written yet
	flush := func(end int) {
		w.plain(s[start:end])
	}
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case '<':
			end := strings.IndexByte(s[i:], '>')
			if end < 2 {
				i++
				continue
			}
			flush(i)
			w.reference(s[i+1 : i+end])
			i += end + 1
			start = i
		case '`':
			end := strings.IndexByte(s[i+1:], '`')
			if end < 1 {
				i++
				continue
			}
			flush(i)
			w.el("code", sandbox.Unescape(w.flat(s[i+1:i+1+end])))
			i += end + 2
			start = i
		case '*', '_', '~':
			end := closing(s, i)
			if end < 0 || depth >= maxNesting {
				i++
				continue
			}
			flush(i)
			w.open(marks[c])
			w.inline(s[i+1:end], depth+1)
			w.close(marks[c])
			i = end + 1
			start = i
		default:
			i++
		}
	}
	flush(len(s))
}

// maxMarked is how many bytes a mark can reach, so that a long line full of
// marks is drawn in no time.
const maxMarked = 3000

// closing is where the mark that opens at i is closed, or -1. A mark opens
// before and closes after something that is no space, and stands at the edge of
// a word.
func closing(s string, i int) int {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	if i > 0 && isWord(before) || i+1 >= len(s) || unicode.IsSpace(after) || after == rune(s[i]) {
		return -1
	}
	for j := i + 1; j < min(len(s), i+maxMarked); j++ {
		switch s[j] {
		case '<', '`':
			over := map[byte]byte{'<': '>', '`': '`'}[s[j]]
			if end := strings.IndexByte(s[j+1:], over); end > 0 {
				j += end + 1
			}
		case s[i]:
			last, _ := utf8.DecodeLastRuneInString(s[:j])
			next, _ := utf8.DecodeRuneInString(s[j+1:])
			if j > i+1 && !unicode.IsSpace(last) && (j+1 == len(s) || !isWord(next)) {
				return j
			}
		}
	}
	return -1
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// flat is code: references in it are written as what they say.
func (w *mrkdwnWriter) flat(s string) string {
	return angled.ReplaceAllStringFunc(s, func(ref string) string {
		target, label, labelled := strings.Cut(ref[1:len(ref)-1], "|")
		if labelled {
			return label
		}
		return target
	})
}

// reference writes what stands between < and >.
func (w *mrkdwnWriter) reference(s string) {
	ref, label, labelled := strings.Cut(s, "|")
	mention := func(text string) { w.el("span", text, "class", "mention") }
	switch {
	case strings.HasPrefix(ref, "@"):
		mention("@" + w.refs.Name(ref[1:]))
	case strings.HasPrefix(ref, "#"):
		name, visible := w.refs.Channel(ref[1:])
		if !visible {
			mention("private channel")
			return
		}
		w.el("a", "#"+name, "class", "mention", "href", "?c="+ref[1:])
	case strings.HasPrefix(ref, "!subteam^"):
		mention("@" + w.refs.Group(strings.TrimPrefix(ref, "!subteam^")))
	case strings.HasPrefix(ref, "!date^"):
		parts := strings.Split(strings.TrimPrefix(ref, "!date^"), "^")
		words := sandbox.Unescape(w.refs.Date(parts, label))
		w.open("time", "title", sandbox.Unescape(label))
		if len(parts) > 2 {
			w.link(strings.Join(parts[2:], "^"), words)
		} else {
			w.text(words)
		}
		w.close("time")
	case strings.HasPrefix(ref, "!"):
		mention("@" + strings.TrimPrefix(ref, "!"))
	case labelled:
		w.link(ref, sandbox.Unescape(label))
	default:
		w.link(ref, sandbox.Unescape(strings.TrimPrefix(ref, "mailto:")))
	}
}

// link writes a link, or only its words when the address is none that a browser
// should follow.
func (w *mrkdwnWriter) link(address, words string) {
	address = sandbox.Unescape(address)
	if !sandbox.Followable(address) {
		w.text(words)
		return
	}
	w.el("a", words, "href", address, "target", "_blank", "rel", "noopener noreferrer nofollow")
}

var (
	bareThing = regexp.MustCompile(`https?://[^\s<>|]*[^\s<>|.,;:!?)'"]|@(?:channel|here|everyone)\b`)
	angled    = regexp.MustCompile(`<([^<>]+)>`)
	emojiName = regexp.MustCompile(`:[a-z0-9_+-]+:`)
)

// emoji are the names that are seen most; others keep their names.
var emoji = map[string]string{
	":+1:": "👍", ":thumbsup:": "👍", ":eyes:": "👀", ":white_check_mark:": "✅", ":check:": "✔", ":warning:": "⚠️", ":wave:": "👋",
	":tada:": "🎉", ":heart:": "❤️", ":lock:": "🔒", ":bell:": "🔔", ":hourglass:": "⌛", ":question:": "❓",
}

// plain writes text without marks.
func (w *mrkdwnWriter) plain(s string) {
	start := 0
	if w.bare {
		for _, at := range bareThing.FindAllStringIndex(s, -1) {
			if at[0] > 0 && s[at[0]] == '@' && isWord(rune(s[at[0]-1])) {
				continue
			}
			w.words(s[start:at[0]])
			thing := s[at[0]:at[1]]
			if thing[0] == '@' {
				w.el("span", thing, "class", "mention")
			} else {
				w.link(thing, sandbox.Unescape(thing))
			}
			start = at[1]
		}
	}
	w.words(s[start:])
}

func (w *mrkdwnWriter) words(s string) {
	w.text(emojiName.ReplaceAllStringFunc(sandbox.Unescape(s), func(name string) string {
		if e, ok := emoji[name]; ok {
			return e
		}
		return name
	}))
}
