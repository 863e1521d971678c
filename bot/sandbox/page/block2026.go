package page

import (
	"fmt"
	"strconv"

	"breachbot/bot/sandbox"
)

// The blocks of 2026: alert, container, data table, data visualization.

// alert draws a warning in a form. Its level is said in words too.
func (d *drawer) alert(b sandbox.Block) {
	level := str(b["level"])
	word, known := map[string]string{"info": "Note", "warning": "Warning", "error": "Error", "success": "Done"}[level]
	class := "b-alert"
	if known {
		class += " b-alert-" + level
	}
	d.open("div", "class", class, "role", "note")
	if known {
		d.el("span", word+": ", "class", "sr")
	}
	d.open("p")
	d.textObject(b["text"])
	d.close("p")
	d.close("div")
}

// container draws blocks under a title, open or folded away.
func (d *drawer) container(b sandbox.Block) {
	children := func() {
		for _, child := range asList(b["child_blocks"]) {
			d.block(asObj(child))
		}
	}
	if folds, _ := b["is_collapsible"].(bool); !folds {
		d.open("section", "class", "b-container")
		d.el("h3", textIn(b["title"]), "class", "b-header")
		children()
		d.close("section")
		return
	}
	attrs := []string{"class", "b-container"}
	if closed, _ := b["default_collapsed"].(bool); !closed {
		attrs = append(attrs, "open", "")
	}
	d.open("details", attrs...)
	d.el("summary", textIn(b["title"]))
	if b["subtitle"] != nil {
		d.open("p", "class", "hint")
		d.textObject(b["subtitle"])
		d.close("p")
	}
	children()
	d.close("details")
}

// pageSize is how many rows Slack shows at first, if the table does not say (Slack:
// data table block).
const pageSize = 5

// dataTable draws a table whose columns can be sorted. It shows the first page, and
// all rows when asked. Without the script it shows them all.
func (d *drawer) dataTable(b sandbox.Block) {
	caption := str(b["caption"])
	name := 0
	if n, ok := b["row_header_column_index"].(float64); ok {
		name = int(n)
	}
	rows, first := asList(b["rows"]), pageSize
	if n, ok := b["page_size"].(float64); ok {
		first = int(n)
	}
	id := "s-" + d.id + "-" + str(b["block_id"])
	d.form(func() {
		d.open("div", "class", "b-table", "tabindex", "0", "role", "region", "aria-label", caption)
		d.open("table", "class", "sorts", "id", id, "data-page", strconv.Itoa(first))
		d.el("caption", caption)
		for i, row := range rows {
			if i < 2 {
				d.open([]string{"thead", "tbody"}[i])
			}
			attrs := []string{"data-row", strconv.Itoa(i)}
			if i > first {
				attrs = append(attrs, "class", "beyond")
			}
			d.open("tr", attrs...)
			for n, v := range asList(row) {
				cell := asObj(v)
				switch {
				case i == 0:
					d.open("th", "scope", "col")
					d.open("button", "type", "button", "class", "sort", "data-sort", strconv.Itoa(n))
					d.text(str(cell["text"]))
					d.close("button")
					d.close("th")
				case n == name:
					d.cell("th", b, cell, "scope", "row")
				default:
					d.cell("td", b, cell)
				}
			}
			d.close("tr")
			if i == 0 {
				d.close("thead")
			}
		}
		if len(rows) > 1 {
			d.close("tbody")
		}
		d.close("table")
		d.close("div")
		if len(rows)-1 > first {
			d.el("button", fmt.Sprintf("Show all %d rows", len(rows)-1), "type", "button", "class", "button small all-rows", "data-all", id)
		}
	})
}

func (d *drawer) cell(tag string, b, cell sandbox.Block, attrs ...string) {
	if n, ok := sandbox.Number(cell); ok {
		attrs = append(attrs, "data-n", strconv.FormatFloat(n, 'f', -1, 64))
	}
	d.open(tag, attrs...)
	switch str(cell["type"]) {
	case "rich_text":
		d.richText(asList(cell["elements"]))
	case "action_cell":
		d.element(b, asObj(cell["element"]))
	default:
		d.text(d.r.CellText(cell))
	}
	d.close(tag)
}

// chart draws a chart as a table with a bar beside each figure, so that it can be
// read without seeing it.
func (d *drawer) chart(b sandbox.Block) {
	chart, title := asObj(b["chart"]), str(b["title"])
	var heads []string
	var names []string
	figures := map[string][]float64{}
	most := 0.0
	add := func(name string, v any) {
		n, _ := v.(float64)
		if _, there := figures[name]; !there {
			names = append(names, name)
		}
		figures[name], most = append(figures[name], n), max(most, n)
	}
	for _, s := range asList(chart["segments"]) {
		add(str(asObj(s)["label"]), asObj(s)["value"])
	}
	for _, s := range asList(chart["series"]) {
		heads = append(heads, str(asObj(s)["name"]))
		for _, p := range asList(asObj(s)["data"]) {
			add(str(asObj(p)["label"]), asObj(p)["value"])
		}
	}
	axis := asObj(chart["axis_config"])
	d.open("div", "class", "b-table b-chart", "tabindex", "0", "role", "region", "aria-label", title)
	d.open("table")
	d.el("caption", title)
	if len(heads) > 0 {
		d.open("thead")
		d.open("tr")
		d.el("th", str(axis["x_label"]), "scope", "col")
		for _, h := range heads {
			d.el("th", h, "scope", "col")
		}
		d.close("tr")
		d.close("thead")
	}
	d.open("tbody")
	for _, name := range names {
		d.open("tr")
		d.el("th", name, "scope", "row")
		for k, n := range figures[name] {
			d.open("td")
			d.el("span", strconv.FormatFloat(n, 'f', -1, 64), "class", "n")
			if n > 0 {
				d.WriteString(fmt.Sprintf(`<svg class="bar bar-%d" aria-hidden="true"><rect width="%.0f%%" height="100%%"/></svg>`, k%6, 100*n/most))
			}
			d.close("td")
		}
		d.close("tr")
	}
	d.close("tbody")
	d.close("table")
	d.close("div")
}
