package page

import (
	"cmp"
	"encoding/json"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"breachbot/bot/sandbox"
)

// drawer writes Block Kit as HTML for one reader at one place.
type drawer struct {
	markup
	r     reader
	base  string                               // address of the reader's pages
	where sandbox.Place                        // of what is drawn
	id    string                               // of the message or view, to build element ids from
	state map[string]map[string]map[string]any // what is entered
	view  *sandbox.View                        // when a view is drawn
}

// blocks draws blocks one after the other.
func (d *drawer) blocks(blocks []sandbox.Block) {
	for _, b := range blocks {
		d.block(b)
	}
}

func (d *drawer) block(b sandbox.Block) {
	switch kind := str(b["type"]); kind {
	case "header":
		d.open("h3", "class", "b-header")
		d.textObject(b["text"])
		d.close("h3")
	case "divider":
		d.open("hr")
	case "section":
		d.section(b)
	case "context":
		d.open("div", "class", "b-context")
		for _, e := range asList(b["elements"]) {
			if o := asObj(e); str(o["type"]) == "image" {
				d.image(o, "")
			} else {
				d.open("span")
				d.textObject(e)
				d.close("span")
			}
		}
		d.close("div")
	case "actions":
		d.form(func() {
			d.open("div", "class", "b-actions")
			for _, e := range asList(b["elements"]) {
				d.element(b, asObj(e))
			}
			d.close("div")
		})
	case "input":
		if d.view != nil {
			d.input(b)
			return
		}
		d.form(func() { d.input(b) })
	case "image":
		d.image(b, textIn(b["title"]))
	case "rich_text":
		d.open("div", "class", "b-rich")
		d.richText(asList(b["elements"]))
		d.close("div")
	case "markdown":
		d.open("div", "class", "b-markdown")
		d.WriteString(string(plainHTML(str(b["text"]))))
		d.close("div")
	case "table":
		d.table(b)
	case "alert":
		d.alert(b)
	case "container":
		d.container(b)
	case "data_table":
		d.dataTable(b)
	case "data_visualization":
		d.chart(b)
	default:
		d.unknown("block", kind, b)
	}
}

// unknown is a box that says what is there and cannot be shown.
func (d *drawer) unknown(what, kind string, v obj) {
	d.open("div", "class", "unknown")
	d.el("strong", "A "+what+" of type “"+kind+"” that this page cannot show")
	d.el("pre", pretty(v), "tabindex", "0")
	d.close("div")
}

func pretty(v any) string {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// textObject draws a plain_text or mrkdwn object.
func (d *drawer) textObject(v any) {
	o := asObj(v)
	if str(o["type"]) == "mrkdwn" {
		verbatim, _ := o["verbatim"].(bool)
		d.WriteString(string(mrkdwnHTML(str(o["text"]), verbatim, d.r)))
		return
	}
	d.WriteString(string(plainHTML(str(o["text"]))))
}

func (d *drawer) section(b sandbox.Block) {
	draw := func() {
		d.open("div", "class", "b-section")
		d.open("div", "class", "b-text")
		if b["text"] != nil {
			d.open("p")
			d.textObject(b["text"])
			d.close("p")
		}
		if fields := asList(b["fields"]); len(fields) > 0 {
			d.open("div", "class", "b-fields")
			for _, f := range fields {
				d.open("div")
				d.textObject(f)
				d.close("div")
			}
			d.close("div")
		}
		d.close("div")
		if e := asObj(b["accessory"]); e != nil {
			d.open("div", "class", "b-accessory")
			if str(e["type"]) == "image" {
				d.image(e, "")
			} else {
				d.element(b, e)
			}
			d.close("div")
		}
		d.close("div")
	}
	if e := asObj(b["accessory"]); e != nil && str(e["type"]) != "image" {
		d.form(draw)
		return
	}
	draw()
}

// form wraps elements that act. In a modal there is one form around everything,
// so that what is typed travels with every click.
func (d *drawer) form(draw func()) {
	if d.where.Kind == "modal" {
		draw()
		return
	}
	d.open("form", "method", "post", "action", d.base+"do/press", "class", "plain")
	d.hidden("where", d.where.Kind)
	d.hidden("channel", d.where.Channel)
	d.hidden("ts", d.where.TS)
	draw()
	d.close("form")
}

func (d *drawer) hidden(name, value string) {
	d.open("input", "type", "hidden", "name", name, "value", value)
}

// image draws a picture that the workspace holds. Others are not fetched: the
// page asks nothing of the network.
func (d *drawer) image(o obj, title string) {
	alt := str(o["alt_text"])
	d.open("figure", "class", "b-image")
	if title != "" {
		d.el("figcaption", title)
	}
	address := str(o["image_url"])
	switch id := str(asObj(o["slack_file"])["id"]); {
	case id != "" && d.r.HasFile(id):
		d.open("img", "src", d.base+"file/"+url.PathEscape(id), "alt", alt)
	case strings.HasPrefix(address, "data:image/"):
		d.open("img", "src", address, "alt", alt)
	default:
		d.open("span", "class", "b-noimage")
		d.text("Picture: " + alt)
		d.close("span")
	}
	d.close("figure")
}

func (d *drawer) table(b sandbox.Block) {
	d.open("div", "class", "b-table", "tabindex", "0", "role", "region", "aria-label", "Table")
	d.open("table")
	settings := asList(b["column_settings"])
	for i, row := range asList(b["rows"]) {
		d.open("tr")
		for n, c := range asList(row) {
			tag, attrs := "td", []string{}
			if i == 0 {
				tag, attrs = "th", []string{"scope", "col"}
			}
			if n < len(settings) {
				if a := str(asObj(settings[n])["align"]); a == "right" || a == "center" {
					attrs = append(attrs, "class", "align-"+a)
				}
			}
			d.open(tag, attrs...)
			if cell := asObj(c); cell["elements"] != nil {
				d.richText(asList(cell["elements"]))
			} else {
				d.text(str(cell["text"]))
			}
			d.close(tag)
		}
		d.close("tr")
	}
	d.close("table")
	d.close("div")
}

// richText draws the parts of rich text and what is in them.
func (d *drawer) richText(items []any) {
	for _, item := range items {
		o := asObj(item)
		inner := asList(o["elements"])
		switch kind := str(o["type"]); kind {
		case "rich_text_section":
			d.open("p")
			d.richText(inner)
			d.close("p")
		case "rich_text_preformatted":
			d.open("pre")
			d.richText(inner)
			d.close("pre")
		case "rich_text_quote":
			d.open("blockquote")
			d.richText(inner)
			d.close("blockquote")
		case "rich_text_list":
			tag := "ul"
			if str(o["style"]) == "ordered" {
				tag = "ol"
			}
			d.open(tag)
			for _, line := range inner {
				d.open("li")
				d.richText(asList(asObj(line)["elements"]))
				d.close("li")
			}
			d.close(tag)
		case "text":
			d.styled(asObj(o["style"]), func() { d.WriteString(string(plainHTML(str(o["text"])))) })
		case "link":
			w := &mrkdwnWriter{refs: d.r}
			w.link(strings.NewReplacer("&", "&amp;").Replace(str(o["url"])), cmp.Or(str(o["text"]), str(o["url"])))
			d.styled(asObj(o["style"]), func() { d.WriteString(w.String()) })
		case "user":
			d.reference("@" + str(o["user_id"]))
		case "usergroup":
			d.reference("!subteam^" + str(o["usergroup_id"]))
		case "channel":
			d.reference("#" + str(o["channel_id"]))
		case "broadcast":
			d.reference("!" + str(o["range"]))
		case "emoji":
			d.WriteString(string(mrkdwnHTML(":"+str(o["name"])+":", true, d.r)))
		case "date":
			seconds, _ := sandbox.UnixSeconds(o["timestamp"])
			d.el("time", d.r.Date([]string{strconv.FormatInt(seconds, 10), str(o["format"])}, str(o["fallback"])))
		case "color":
			d.text(str(o["value"]))
		default:
			d.unknown("piece", kind, o)
		}
	}
}

func (d *drawer) reference(s string) {
	w := &mrkdwnWriter{refs: d.r}
	w.reference(s)
	d.WriteString(w.String())
}

// styled wraps a piece of rich text in its styles.
func (d *drawer) styled(style obj, draw func()) {
	var open []string
	for _, one := range [][2]string{{"bold", "strong"}, {"italic", "em"}, {"strike", "s"}, {"code", "code"}} {
		if on, _ := style[one[0]].(bool); on {
			d.open(one[1])
			open = append(open, one[1])
		}
	}
	draw()
	for i := len(open) - 1; i >= 0; i-- {
		d.close(open[i])
	}
}

// drawView draws the blocks of a modal or the Home tab.
func drawView(r reader, base string, v *sandbox.View) template.HTML {
	d := &drawer{r: r, base: base, id: v.ID, state: v.State, view: v, where: sandbox.InHome()}
	if v.Kind == "modal" {
		d.where = sandbox.InModal()
	}
	d.blocks(v.Blocks)
	return d.html()
}
