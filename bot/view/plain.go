package view

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Surface is where Slack shows blocks.
type Surface string

// The surfaces.
const (
	Messages Surface = "messages"
	Modals   Surface = "modals"
	HomeTab  Surface = "home"
)

// Surfaces are all of them.
var Surfaces = []Surface{Messages, Modals, HomeTab}

// maxBlocks is how many blocks a surface holds (Slack: Block Kit, blocks).
func (s Surface) maxBlocks() int {
	if s == Messages {
		return 50
	}
	return 100
}

// recent are the kinds of blocks that came in 2026, which not every workspace has
// yet, and the surfaces that have them (Slack: alert, container, data table and data
// visualization block).
var recent = map[slack.MessageBlockType]Surface{
	slack.MBTAlert:             Modals,
	slack.MBTContainer:         Messages,
	slack.MBTDataTable:         Messages,
	slack.MBTDataVisualization: Messages,
}

// tableWithButtons is a data table that holds buttons. They came later than the
// table itself (@slack/types 3.2 has tables without them), so that a workspace has
// the one does not mean that it has the other.
const tableWithButtons = slack.MBTDataTable + " with buttons"

// Recent are the kinds of blocks among these that not every workspace has yet.
func Recent(blocks []slack.Block) []slack.MessageBlockType {
	var kinds []slack.MessageBlockType
	for _, b := range blocks {
		kind := b.BlockType()
		if _, is := recent[kind]; !is {
			continue
		}
		if t, is := b.(*slack.DataTableBlock); is && slices.ContainsFunc(t.Rows, func(row []cell) bool {
			return slices.ContainsFunc(row, func(c cell) bool { return c.DataTableCellType() == slack.DataTableCellAction })
		}) {
			kind = tableWithButtons
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Plain says the same in blocks that every workspace has: a container as its title
// and what is in it, an alert as a section, a table as a section for each row with
// the row's button beside it, a chart as its figures. Of a table that is too long
// for the surface it says how many rows are missing. The blocks it is given stay as
// they are.
func Plain(s Surface, blocks []slack.Block) []slack.Block {
	if len(Recent(blocks)) == 0 {
		return blocks
	}
	var out []slack.Block
	var tables []*slack.DataTableBlock
	for _, b := range blocks {
		switch b := b.(type) {
		case *slack.AlertBlock:
			out = append(out, slack.NewSectionBlock(b.Text, nil, nil))
		case *slack.ContainerBlock:
			if b.Title != nil {
				out = append(out, section("*"+escape(b.Title.Text)+"*"))
			}
			out = append(out, b.ChildBlocks.BlockSet...)
		case *slack.DataVisualizationBlock:
			out = append(out, words(chartWords(b))...)
		case *slack.DataTableBlock:
			out, tables = append(out, b), append(tables, b)
		default:
			out = append(out, b)
		}
	}
	if len(tables) == 0 {
		return out
	}
	left := s.maxBlocks() - (len(out) - len(tables)) // for the tables together
	var whole []slack.Block
	for _, b := range out {
		table, is := b.(*slack.DataTableBlock)
		if !is {
			whole = append(whole, b)
			continue
		}
		rows := plainTable(table, left/len(tables))
		left, tables = left-len(rows), tables[1:]
		whole = append(whole, rows...)
	}
	return whole
}

// plainChars is the most markup that the rows of a table may have, so that a message
// keeps below the sum at which Slack refuses it (bolt-js#2509: about 13,200).
const plainChars = 9_000

// plainTable is a table as its caption and a section for each row.
func plainTable(t *slack.DataTableBlock, most int) []slack.Block {
	out := []slack.Block{section("*" + escape(t.Caption) + "*")}
	heads, rows := t.Rows[0], t.Rows[1:]
	chars := 0
	for n, row := range rows {
		made := plainRow(heads, row, t.RowHeaderColumnIndex)
		for _, b := range made {
			chars += utf8.RuneCountInString(b.(*slack.SectionBlock).Text.Text)
		}
		room := most - len(out) - len(made)
		if n < len(rows)-1 {
			room-- // for the line that says how many are missing
		}
		if room < 0 || chars > plainChars {
			return append(out, small(fmt.Sprintf("And %d more.", len(rows)-n)))
		}
		out = append(out, made...)
	}
	return out
}

// plainRow is a row of a table: its name in bold, then each column with what it
// holds. Text that Slack would take for markup stands in a block of its own, as
// plain text.
func plainRow(heads, row []cell, name int) []slack.Block {
	parts := []string{"*" + cellMark(row[name]) + "*"}
	var beside *slack.Accessory
	var apart []slack.Block
	for n, c := range row {
		if n == name {
			continue
		}
		switch c := c.(type) {
		case *slack.DataTableActionCell:
			beside = slack.NewAccessory(c.Element)
			continue
		case *slack.DataTableRawTextCell:
			if formats.MatchString(c.Text) {
				apart = append(apart, slack.NewSectionBlock(plain(workflow.Cut(cellText(heads[n])+": "+c.Text, maxSection)), nil, nil))
				continue
			}
		}
		parts = append(parts, escape(cellText(heads[n]))+": "+cellMark(c))
	}
	return append([]slack.Block{slack.NewSectionBlock(mark(workflow.Cut(strings.Join(parts, " · "), maxSection)), nil, beside)}, apart...)
}

// formats finds what Slack would take for markup (Slack: formatting text).
var formats = regexp.MustCompile("[*_~`\n]|:[a-z0-9_+-]+:")

// cellText is what a cell says, as text.
func cellText(c cell) string {
	switch c := c.(type) {
	case *slack.DataTableRawTextCell:
		return c.Text
	case *slack.DataTableRawNumberCell:
		if c.Text != "" {
			return c.Text
		}
		return strconv.FormatFloat(c.Value, 'f', -1, 64)
	case *slack.DataTableActionCell:
		return c.Element.Text.Text
	}
	return cellMark(c)
}

// cellMark is what a cell says, as markup.
func cellMark(c cell) string {
	rich, is := c.(*slack.DataTableRichTextCell)
	if !is {
		return escape(cellText(c))
	}
	var out strings.Builder
	for _, e := range rich.Elements {
		part, is := e.(*slack.RichTextSection)
		if !is {
			continue // markCell makes sections only
		}
		inBold := false
		for _, piece := range part.Elements {
			text, style := pieceMark(piece)
			if b := style != nil && style.Bold; b != inBold {
				out.WriteString("*")
				inBold = b
			}
			out.WriteString(text)
		}
		if inBold {
			out.WriteString("*")
		}
	}
	return out.String()
}

// pieceMark is a piece of rich text as markup, with its style. markCell makes these
// pieces only.
func pieceMark(piece slack.RichTextSectionElement) (string, *slack.RichTextSectionTextStyle) {
	switch p := piece.(type) {
	case *slack.RichTextSectionTextElement:
		return escape(p.Text), p.Style
	case *slack.RichTextSectionUserElement:
		return "<@" + p.UserID + ">", p.Style
	case *slack.RichTextSectionChannelElement:
		return "<#" + p.ChannelID + ">", p.Style
	case *slack.RichTextSectionUserGroupElement:
		return "<!subteam^" + p.UsergroupID + ">", nil
	case *slack.RichTextSectionLinkElement:
		return "<" + p.URL + "|" + escape(p.Text) + ">", p.Style
	case *slack.RichTextSectionDateElement:
		return fmt.Sprintf("<!date^%d^%s|%s>", p.Timestamp, p.Format, *p.Fallback), nil
	}
	return "", nil
}

// chartWords are the figures of a chart as lines. We make charts of columns only.
func chartWords(b *slack.DataVisualizationBlock) string {
	lines := []string{b.Title}
	if chart, is := b.Chart.(*slack.DataVisualizationBarChart); is {
		for n, name := range chart.AxisConfig.Categories {
			var says []string
			for _, s := range chart.Series {
				value := strconv.FormatFloat(s.Data[n].Value, 'f', -1, 64)
				if len(chart.Series) > 1 {
					value += " " + s.Name
				}
				says = append(says, value)
			}
			lines = append(lines, "• "+name+": "+strings.Join(says, ", "))
		}
	}
	return strings.Join(lines, "\n")
}
