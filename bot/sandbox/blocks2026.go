package sandbox

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// The blocks that came in 2026: alert, container, data table, data visualization (Slack: Block Kit, blocks).

// Blocks2026 says where a workspace has the blocks of 2026. Slack gives them to workspaces one after the other.
type Blocks2026 string

// The zero value is a workspace that has them all.
const (
	AllBlocks2026     Blocks2026 = ""
	MessageBlocks2026 Blocks2026 = "messages only"
	NoBlocks2026      Blocks2026 = "none"
)

// lacks tells whether the workspace refuses a kind of block at a surface.
func (b Blocks2026) lacks(kind string, s surface) bool {
	return slices.Contains(kinds2026, kind) && (b == NoBlocks2026 || b == MessageBlocks2026 && s != surfaceMessage)
}

var kinds2026 = []string{"alert", "container", "data_table", "data_visualization"}

// Limits on them (Slack: data table, container, data visualization block). The characters are those of all cells of
// one message. Slack's page on alerts has no figure; 200 is the least that anybody gives (slackblocks 2.7,
// alert.text.max_length). That a message holds two charts was found by posting three (vercel/chat#696).
const (
	maxTableRows  = 101 // the header is one
	maxTableCols  = 20
	maxTableChars = 10_000
	maxAlertText  = 200
	maxCharts     = 2
)

// childKinds are the blocks a container may hold: those that Slack's page names and its validator lets through.
var childKinds = []string{"actions", "context", "divider", "header", "image", "section", "table", "video"}

func newBlocks(table map[string]blockKind) {
	message := []surface{surfaceMessage}
	table["alert"] = blockKind{shape{[]string{"type", "text"}, block(map[string]rule{
		"text": either(maxAlertText), "level": oneOf("default", "info", "warning", "error", "success"),
	}), nil}, []surface{surfaceModal}}
	table["container"] = blockKind{shape{[]string{"type", "child_blocks"}, block(map[string]rule{
		"title": plain(150), "rich_text_title": anything, "subtitle": either(150), "icon": anything,
		"width": oneOf("narrow", "standard", "wide", "full"), "is_collapsible": boolean, "default_collapsed": boolean,
		"has_header_divider": boolean, "child_blocks": children,
	}), container}, message}
	table["data_table"] = blockKind{shape{[]string{"type", "caption", "rows"}, block(map[string]rule{
		"caption": text(1, 3000), "page_size": integer(1, 100), "row_header_column_index": integer(0, maxTableCols-1), "rows": rows,
	}), nil}, message}
	table["data_visualization"] = blockKind{shape{[]string{"type", "title", "chart"}, block(map[string]rule{
		"title": text(1, 50), "chart": chart,
	}), nil}, message}
}

func container(c *checker, v any, ptr string) {
	o := asObj(v)
	if o["title"] == nil && o["rich_text_title"] == nil {
		c.fault(ptr, "missing required field: title")
	}
	folds, _ := o["is_collapsible"].(bool)
	if closed, _ := o["default_collapsed"].(bool); closed && !folds {
		c.fault(ptr+"/default_collapsed", "requires is_collapsible")
	}
	if line, _ := o["has_header_divider"].(bool); line && folds {
		c.fault(ptr+"/has_header_divider", "only for containers that do not collapse")
	}
}

func children(c *checker, v any, ptr string) {
	list(1, 10, func(c *checker, v any, ptr string) {
		if kind := str(asObj(v)["type"]); !slices.Contains(childKinds, kind) {
			c.fault(ptr+"/type", "unsupported type: %v in container", kind)
			return
		}
		c.block(v, ptr)
	})(c, v, ptr)
}

// rows checks the rows of a data table.
func rows(c *checker, v any, ptr string) {
	width := -1
	n := -1
	list(2, maxTableRows, func(c *checker, v any, ptr string) {
		n++
		head := n == 0
		list(1, maxTableCols, func(c *checker, v any, ptr string) { c.tableCell(v, ptr, head) })(c, v, ptr)
		if width < 0 {
			width = len(asList(v))
		}
		if len(asList(v)) != width {
			c.fault(ptr, "all rows must have the same number of values")
		}
	})(c, v, ptr)
}

var (
	rawText   = shape{[]string{"type", "text"}, map[string]rule{"type": oneOf("raw_text"), "text": text(1, maxTableChars)}, nil}
	rawNumber = shape{[]string{"type", "value"}, map[string]rule{"type": oneOf("raw_number"), "value": figure, "text": text(1, maxTableChars)}, nil}
	richCell  = shape{[]string{"type", "elements"}, map[string]rule{"type": oneOf("rich_text"), "elements": list(1, 100, richText)}, nil}
)

func (c *checker) tableCell(v any, ptr string, head bool) {
	kind := str(asObj(v)["type"])
	switch {
	case head && kind != "raw_text":
		c.fault(ptr+"/type", "the header holds raw_text only")
		return
	case kind == "raw_text":
		rawText.check(c, v, ptr)
	case kind == "raw_number":
		rawNumber.check(c, v, ptr)
	case kind == "rich_text":
		richCell.check(c, v, ptr)
	case kind == "action_cell":
		shape{[]string{"type", "element"}, map[string]rule{
			"type": oneOf("action_cell"), "fallback": func(c *checker, v any, ptr string) {
				if kind := str(asObj(v)["type"]); kind != "raw_text" && kind != "raw_number" {
					c.fault(ptr+"/type", "unsupported type: %s in fallback", kind)
					return
				}
				c.tableCell(v, ptr, false)
			},
			"element": func(c *checker, v any, ptr string) {
				if kind := str(asObj(v)["type"]); kind != "button" {
					c.fault(ptr+"/type", "unsupported type: %s in action_cell", kind)
					return
				}
				place("action_cell", func(elementKind) bool { return true })(c, v, ptr)
			},
		}, nil}.check(c, v, ptr)
	default:
		c.fault(ptr+"/type", "unsupported type: %s in data_table", kind)
	}
	c.cells += utf8.RuneCountInString(cellText(asObj(v), nil))
}

func figure(c *checker, v any, ptr string) {
	if _, ok := v.(float64); !ok {
		c.fault(ptr, "must provide a number")
	}
}

// chart checks what a data visualization draws.
func chart(c *checker, v any, ptr string) {
	label := text(1, 20)
	switch kind := str(asObj(v)["type"]); kind {
	case "pie":
		segment := shape{[]string{"label", "value"}, map[string]rule{"label": label, "value": func(c *checker, v any, ptr string) {
			if f, ok := v.(float64); !ok || f <= 0 {
				c.fault(ptr, "must be greater than 0")
			}
		}}, nil}
		shape{[]string{"type", "segments"}, map[string]rule{"type": anything, "segments": list(1, 6, segment.check)}, nil}.check(c, v, ptr)
	case "bar", "line", "area":
		point := shape{[]string{"label", "value"}, map[string]rule{"label": label, "value": figure}, nil}
		series := shape{[]string{"name", "data"}, map[string]rule{"name": label, "data": list(1, 20, point.check)}, nil}
		axis := shape{[]string{"categories"}, map[string]rule{
			"categories": list(1, 20, label), "x_label": text(1, 50), "y_label": text(1, 50),
		}, nil}
		shape{[]string{"type", "series", "axis_config"}, map[string]rule{
			"type": anything, "series": list(1, 6, series.check), "axis_config": axis.check,
		}, everyCategory}.check(c, v, ptr)
	default:
		c.fault(ptr+"/type", "unsupported type: %v", kind)
	}
}

// everyCategory demands a value of every series for every category, once, and a name of its own for each series.
func everyCategory(c *checker, v any, ptr string) {
	o := asObj(v)
	wanted := asList(asObj(o["axis_config"])["categories"])
	names := map[string]bool{}
	for i, s := range asList(o["series"]) {
		at := fmt.Sprintf("%s/series/%d", ptr, i)
		if name := str(asObj(s)["name"]); names[name] {
			c.fault(at+"/name", "series names must be unique: %s", name)
		} else {
			names[name] = true
		}
		var got []any
		for _, p := range asList(asObj(s)["data"]) {
			got = append(got, asObj(p)["label"])
		}
		if len(got) != len(wanted) || slices.ContainsFunc(wanted, func(w any) bool { return !slices.Contains(got, w) }) {
			c.fault(at+"/data", "must contain exactly one point for every category")
		}
	}
}

// whole checks what holds for all blocks together.
func (c *checker) whole(in []Block, ptr string) {
	charts := 0
	for _, b := range in {
		if str(b["type"]) == "data_visualization" {
			charts++
		}
	}
	if charts > maxCharts {
		c.fault(ptr, "no more than %d data_visualization blocks allowed", maxCharts)
	}
	if c.cells > maxTableChars {
		c.fault(ptr, "all cells together must be less than %d characters", maxTableChars+1)
	}
}

// flat are blocks with those in containers after the container.
func flat(in []Block) []Block {
	var out []Block
	for _, b := range in {
		out = append(out, b)
		for _, child := range asList(b["child_blocks"]) {
			if o := asObj(child); o != nil {
				out = append(out, o)
			}
		}
	}
	return out
}

// Acting are the elements of blocks that tell the app at once when somebody uses them, in reading order.
func Acting(blocks []Block) []Block {
	var out []Block
	for _, b := range flat(blocks) {
		if str(b["type"]) != "input" {
			out = append(out, elementsOf(b)...)
		}
	}
	return out
}

// Number is the number of a cell of a data table that holds one.
func Number(cell Block) (float64, bool) { f, ok := cell["value"].(float64); return f, ok }

// cellText is what a cell of a data table says. Without a reader it is the text that Slack counts.
func cellText(cell obj, r *Reader) string {
	switch str(cell["type"]) {
	case "raw_number":
		if s := str(cell["text"]); s != "" {
			return s
		}
		return fmt.Sprint(cell["value"])
	case "rich_text":
		if r != nil {
			return r.RichText(asList(cell["elements"]))
		}
		return blocksText([]Block{cell})
	case "action_cell":
		if r != nil {
			return r.element(asObj(cell["element"]), nil)
		}
		return str(asObj(asObj(cell["element"])["text"])["text"])
	}
	return str(cell["text"])
}

// CellText is what a cell of a data table says to the reader.
func (r *Reader) CellText(cell Block) string { return cellText(cell, r) }
