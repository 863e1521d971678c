package view

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Limits of a data table (Slack: data table block). The characters are those of all
// cells of one message together.
const (
	maxTableRows  = 100 // besides the header
	maxTableChars = 10_000
	tablePage     = 10 // rows at a time; Slack shows 5 if nothing is said
)

// cell is what a row of a data table holds in one column.
type cell = slack.DataTableCell

// tabled sets out rows under headings, so that people can sort, filter and turn
// pages. The first column names the row. The caption is what a screen reader says
// first. It is for messages only. Rows beyond Slack's limits are left out, and rest
// is how many. The table has no block id of ours, so it gets a new one whenever its
// message is updated, as Slack asks.
func tabled(caption string, heads []string, rows [][]cell) (b *slack.DataTableBlock, rest int) {
	b = slack.NewDataTableBlock(caption).WithPageSize(tablePage)
	var head []cell
	chars := 0
	for _, h := range heads {
		head = append(head, textCell(h))
		chars += utf8.RuneCountInString(h)
	}
	b.AddRow(head...)
	for n, row := range rows {
		for _, c := range row {
			chars += utf8.RuneCountInString(cellMark(c))
		}
		if n == maxTableRows || chars > maxTableChars {
			return b, len(rows) - n
		}
		b.AddRow(row...)
	}
	return b, 0
}

// textCell is a cell of text. It is shown as it is, so it is safe for what people typed.
func textCell(s string) cell {
	if s == "" {
		s = nothing // Slack refuses an empty cell
	}
	return slack.NewDataTableRawTextCell(s)
}

// nothing stands in a cell that has nothing to say.
const nothing = "none"

// counted is a cell of a number, shown in words. A column of them sorts by number.
func counted(n float64, words string) cell {
	return slack.NewDataTableRawNumberCell(n).WithText(words)
}

// ungraded sorts what has no number after everything that has one.
const ungraded = 1e9

// severityCell sorts by grade, the gravest first.
func severityCell(s workflow.Severity) cell {
	if !s.Valid() {
		return counted(ungraded, s.Label())
	}
	return counted(float64(s), s.Label())
}

// gradeCell is severityCell with the first guess until somebody triages, as it stands
// on the card and in Home.
func gradeCell(e workflow.Entry) cell {
	if !e.Severity.Valid() {
		return counted(ungraded, gradeWords(e.Severity, e.Risk))
	}
	return severityCell(e.Severity)
}

// hoursCell sorts by what is left to a deadline, overdue ones first. Full hours
// only, so that it never promises more than there is.
func hoursCell(left time.Duration) cell {
	h := math.Floor(left.Hours())
	if h < 0 {
		return counted(h, strconv.Itoa(int(-h))+" h over")
	}
	return counted(h, strconv.Itoa(int(h))+" h left")
}

// timeCell sorts by time. It is the organisation's own time: a cell that shows each
// reader's would sort as text.
func timeCell(t time.Time, zone *time.Location) cell {
	if t.IsZero() {
		return counted(ungraded*10, "not known yet")
	}
	return counted(float64(t.Unix()), t.In(zone).Format("2 Jan 2006 15:04"))
}

// dayCell is timeCell for days.
func dayCell(t time.Time, zone *time.Location) cell {
	if t.IsZero() {
		return counted(ungraded*10, "not known yet")
	}
	return counted(float64(t.Unix()), dayIn(t, zone))
}

// personCell names a person.
func personCell(id workflow.UserID) cell { return markCell(user(id)) }

// channelCell leads to a channel.
func channelCell(id workflow.ChannelID) cell {
	if id == "" {
		return textCell(nothing)
	}
	return markCell(channel(id))
}

// markCell is a cell of our own markup: people, channels and times as references,
// and what is bold in bold.
func markCell(s string) cell {
	var pieces []slack.RichTextSectionElement
	rich := false
	add := func(s string, style *slack.RichTextSectionTextStyle) {
		at := 0
		for _, m := range references.FindAllStringIndex(s, -1) {
			if m[0] > at {
				pieces = append(pieces, slack.NewRichTextSectionTextElement(unescape(s[at:m[0]]), style))
			}
			pieces, at, rich = append(pieces, reference(s[m[0]+1:m[1]-1], style)), m[1], true
		}
		if at < len(s) {
			pieces = append(pieces, slack.NewRichTextSectionTextElement(unescape(s[at:]), style))
		}
	}
	at := 0
	for _, m := range bold.FindAllStringIndex(s, -1) {
		add(s[at:m[0]], nil)
		add(s[m[0]+1:m[1]-1], &slack.RichTextSectionTextStyle{Bold: true})
		at, rich = m[1], true
	}
	add(s[at:], nil)
	if !rich {
		return textCell(unescape(s))
	}
	return slack.NewDataTableRichTextCell(slack.NewRichTextSection(pieces...))
}

var (
	bold       = regexp.MustCompile(`\*[^*\n]+\*`)
	references = regexp.MustCompile(`<[^<>]+>`)
)

// unescape undoes escape.
var unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace

// reference is what stands between angle brackets in markup, as rich text (Slack:
// formatting text for app surfaces).
func reference(s string, style *slack.RichTextSectionTextStyle) slack.RichTextSectionElement {
	target, label, _ := strings.Cut(s, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return slack.NewRichTextSectionUserElement(target[1:], style)
	case strings.HasPrefix(target, "#"):
		return slack.NewRichTextSectionChannelElement(target[1:], style)
	case strings.HasPrefix(target, "!subteam^"):
		return slack.NewRichTextSectionUserGroupElement(strings.TrimPrefix(target, "!subteam^"))
	case strings.HasPrefix(target, "!date^"):
		seconds, format, _ := strings.Cut(strings.TrimPrefix(target, "!date^"), "^")
		n, _ := strconv.ParseInt(seconds, 10, 64) // we wrote it
		return slack.NewRichTextSectionDateElement(n, format, nil, &label)
	}
	return slack.NewRichTextSectionLinkElement(target, label, style)
}

// buttonCell holds a button. Every row of a table has one, in one block, so n tells
// their action ids apart. Clients that cannot show it show its label.
func buttonCell(n int, b *slack.ButtonBlockElement) cell {
	b.ActionID = fmt.Sprintf("%s%s%d", b.ActionID, pageMark, n)
	return slack.NewDataTableActionCell(b).WithFallback(textCell(b.Text.Text))
}

// showCell is the button that shows an incident.
func showCell(n int, id workflow.IncidentID) cell {
	b := button(ActStatus, "Show", string(id))
	b.AccessibilityLabel = "Show " + string(id)
	return buttonCell(n, b)
}
