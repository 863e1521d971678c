package view

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"breachbot/workflow"
)

// Limits of Block Kit, in code points (Slack: Block Kit reference).
const (
	maxSection     = 3000
	maxField       = 2000
	maxHeader      = 150
	maxButton      = 75
	maxOption      = 75
	maxTopic       = 250
	maxModalTitle  = 24
	maxModalBlocks = 100

	// Slack's page on alerts has no figure. This is the least that anybody gives
	// (slackblocks 2.7: alert.text.max_length).
	maxAlert          = 200
	maxContainerTitle = 150 // Slack: container block
	maxChildren       = 10  // Slack: container block
)

// Message is a Slack message: neutral text for notifications and screen readers,
// and the blocks people see.
type Message struct {
	Text   string
	Blocks []slack.Block
	// Calls are those whom a mention in a channel is meant to alert. Everybody else
	// is named there without one: who did something need not hear of it.
	Calls []workflow.Principal
}

// plain is text without markup, so it is safe for what people typed.
func plain(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// mark is Slack markup that we wrote ourselves. It is verbatim, so Slack does not
// turn names and addresses in it into mentions and links (Slack: formatting text
// for app surfaces).
func mark(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

// escape makes a string harmless inside markup.
func escape(s string) string { return slackutilsx.EscapeMessage(s) }

func header(s string) slack.Block {
	return slack.NewHeaderBlock(plain(workflow.Cut(s, maxHeader)))
}

func section(s string) slack.Block {
	return slack.NewSectionBlock(mark(workflow.Cut(s, maxSection)), nil, nil)
}

// words shows text as it was typed, in as many blocks as it needs.
func words(s string) []slack.Block {
	var blocks []slack.Block
	for _, part := range split(s, maxSection) {
		blocks = append(blocks, slack.NewSectionBlock(plain(part), nil, nil))
	}
	return blocks
}

func split(s string, n int) []string {
	r := []rune(s)
	var parts []string
	for len(r) > 0 {
		m := min(len(r), n)
		if part := string(r[:m]); strings.TrimSpace(part) != "" {
			parts = append(parts, part)
		}
		r = r[m:]
	}
	return parts
}

// pair is a name with its value, for the columns of a section.
type pair struct{ name, value string }

// table sets out pairs in columns, ten to a block (Slack: section fields).
func table(pairs ...pair) []slack.Block {
	var blocks []slack.Block
	for len(pairs) > 0 {
		n := min(len(pairs), 10)
		var fields []*slack.TextBlockObject
		for _, p := range pairs[:n] {
			fields = append(fields, mark(workflow.Cut("*"+p.name+"*\n"+p.value, maxField)))
		}
		blocks = append(blocks, slack.NewSectionBlock(nil, fields, nil))
		pairs = pairs[n:]
	}
	return blocks
}

func small(s string) slack.Block {
	return slack.NewContextBlock("", mark(s))
}

func divider() slack.Block { return slack.NewDividerBlock() }

// button asks the bot for an action. The value is usually the id of the incident
// that it is about.
func button(action Action, label, value string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(string(action), value, plain(workflow.Cut(label, maxButton)))
}

func primary(b *slack.ButtonBlockElement) *slack.ButtonBlockElement {
	b.Style = slack.StylePrimary
	return b
}

// readAs lets people who use a screen reader tell a button from others with the
// same label.
func readAs(b *slack.ButtonBlockElement, of string) *slack.ButtonBlockElement {
	b.AccessibilityLabel = workflow.Cut(b.Text.Text+", "+of, maxButton)
	return b
}

func actions(id string, elements ...slack.BlockElement) slack.Block {
	return slack.NewActionBlock(id, elements...)
}

// user mentions a person by id.
func user(id workflow.UserID) string {
	if id == "" {
		return "nobody yet"
	}
	if id == workflow.System {
		return "breachbot"
	}
	return "<@" + string(id) + ">"
}

func mention(p workflow.Principal) string {
	if p.IsGroup() {
		return "<!subteam^" + string(p) + ">"
	}
	return user(workflow.UserID(p))
}

func mentions(ps []workflow.Principal, between string) string {
	var out []string
	for _, p := range ps {
		out = append(out, mention(p))
	}
	return strings.Join(out, between)
}

func channel(id workflow.ChannelID) string { return "<#" + string(id) + ">" }

// utc is a time in UTC: the fallback of a date, and beside a deadline where local time
// differs from it.
func utc(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04 UTC") }

// beside is the same time in UTC, to stand beside a time in the organisation's zone. It
// is empty while the two agree: in a British winter a time is shown once.
func beside(t time.Time, zone *time.Location) string {
	if zone == nil {
		return ""
	}
	if _, offset := t.In(zone).Zone(); offset == 0 {
		return ""
	}
	return " · " + utc(t)
}

// when shows a time in each reader's own zone (Slack: date formatting).
func when(t time.Time) string { return inOwnZone(t, "{date_short_pretty} {time}") }

// inOwnZone shows a time in each reader's own zone, in a format of Slack.
func inOwnZone(t time.Time, format string) string {
	if t.IsZero() {
		return "not known yet"
	}
	if t.Unix() < 0 { // the year is a slip: Slack's dates begin in 1970
		return utc(t)
	}
	return fmt.Sprintf("<!date^%d^%s|%s>", t.Unix(), format, utc(t))
}

// exactly shows a time in each reader's own zone and, where the organisation's zone
// differs from it, in UTC.
func exactly(t time.Time, zone *time.Location) string { return when(t) + beside(t, zone) }

// deadline is exactly in long words. It never says how far away the deadline is:
// Slack rounds that to whole days.
func deadline(t time.Time, zone *time.Location) string {
	if t.Unix() < 0 {
		return utc(t)
	}
	return inOwnZone(t, "{date_long_pretty} at {time}") + beside(t, zone)
}

// local is a time in the organisation's zone, and in UTC where that differs, for
// places where Slack's date formatting does not work.
func local(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "not known yet"
	}
	s := t.In(zone).Format("Mon 2 Jan 2006 15:04 MST")
	if beside(t, zone) != "" {
		s += " (" + t.UTC().Format("15:04") + " UTC)"
	}
	return s
}

// Left says in words how long is left to a deadline, or how long ago it passed.
func Left(d time.Duration) string {
	if d < 0 {
		return span(-d) + " over the deadline"
	}
	return span(d) + " left"
}

func span(d time.Duration) string {
	switch h := d.Round(time.Minute); {
	case h < time.Minute:
		return "less than a minute"
	case h >= 7*24*time.Hour:
		return count(int(h/(24*time.Hour)), "day")
	case h < 2*time.Hour && h%time.Hour != 0:
		return count(int(h/time.Minute), "minute")
	case h%time.Hour == 0 || h >= 24*time.Hour:
		return count(int(h/time.Hour), "hour")
	default:
		return fmt.Sprintf("%s %s", count(int(h/time.Hour), "hour"), count(int(h%time.Hour/time.Minute), "minute"))
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func yesNo(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

// list joins labels. If there are none it says that they are not known yet.
func list[T interface{ Label() string }](items []T) string {
	if len(items) == 0 {
		return "not known yet"
	}
	var labels []string
	for _, i := range items {
		labels = append(labels, i.Label())
	}
	return strings.Join(labels, "; ")
}

// folded is detail under a title in a message: there for who wants it, not in the way
// of who does not.
func folded(title string, blocks ...slack.Block) []slack.Block {
	var out []slack.Block
	for n := 0; len(blocks) > 0; n++ {
		most := min(len(blocks), maxChildren)
		named := title
		if n > 0 {
			named += ", continued"
		}
		out = append(out, slack.NewContainerBlock(blocks[:most:most]...).
			WithTitle(plain(workflow.Cut(named, maxContainerTitle))).WithCollapsible(true, true))
		blocks = blocks[most:]
	}
	return out
}

// caution is a warning in a form or a reading. It is our own markup. One that is
// too long for an alert stands as it is.
func caution(s string) slack.Block {
	if utf8.RuneCountInString(s) > maxAlert {
		return section(s)
	}
	return slack.NewAlertBlock(mark(s), slack.AlertBlockOptionLevel(slack.AlertLevelWarning))
}
