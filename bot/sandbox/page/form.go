package page

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"breachbot/bot/sandbox"
)

// fieldName is the name of an element in a form: its ids, so that a form that
// has changed meanwhile is understood all the same.
func fieldName(b sandbox.Block, e obj) string {
	return "v:" + url.QueryEscape(str(b["block_id"])) + "/" + url.QueryEscape(str(e["action_id"]))
}

func (d *drawer) fieldID(b sandbox.Block, e obj) string {
	return "f-" + d.id + "-" + url.QueryEscape(str(b["block_id"])) + "-" + url.QueryEscape(str(e["action_id"]))
}

// input draws an input block: its label, what can be entered, a hint and what is
// wrong with it.
func (d *drawer) input(b sandbox.Block) {
	e, id := asObj(b["element"]), d.fieldID(b, asObj(b["element"]))
	label := textIn(b["label"])
	if optional, _ := b["optional"].(bool); optional {
		label += " (optional)"
	}
	fault := ""
	if d.view != nil {
		fault = d.view.Errors[str(b["block_id"])]
	}
	var described []string
	if b["hint"] != nil {
		described = append(described, id+"-hint")
	}
	if fault != "" {
		described = append(described, id+"-error")
	}
	class := "field"
	if fault != "" {
		class += " wrong"
	}
	tells := ""
	if on, _ := b["dispatch_action"].(bool); on {
		tells = d.base + "do/fill"
	}
	d.open("div", "class", class, "data-tells", tells)
	a := about{id: id, described: strings.Join(described, " "), wrong: fault != ""}
	if grouped(e) {
		d.open("fieldset", "id", id, "aria-describedby", a.described)
		d.el("legend", label)
		a.described = ""
		d.control(b, e, a)
		d.close("fieldset")
	} else {
		d.el("label", label, "for", id)
		d.control(b, e, a)
	}
	if fault != "" {
		d.el("p", fault, "class", "fault", "id", id+"-error")
	}
	if b["hint"] != nil {
		d.open("p", "class", "hint", "id", id+"-hint")
		d.textObject(b["hint"])
		d.close("p")
	}
	d.close("div")
}

// about is what an element knows about its surroundings.
type about struct {
	id, label, described string
	wrong                bool
}

// grouped elements are several controls under one name.
func grouped(e obj) bool {
	kind := str(e["type"])
	return kind == "checkboxes" || kind == "radio_buttons" || strings.HasPrefix(kind, "multi_")
}

// entered is what was entered into an element, nil where nothing was.
func (d *drawer) entered(b sandbox.Block, e obj) obj {
	return d.state[str(b["block_id"])][str(e["action_id"])]
}

// offers are the options of an element.
func (d *drawer) offers(b sandbox.Block, e obj) []obj {
	return d.r.Offers(str(b["block_id"]), e, d.entered(b, e))
}

// external elements ask the app for their options.
func external(kind string) bool { return strings.HasSuffix(kind, "external_select") }

// element draws an element that stands outside an input block: it tells the app
// at once.
func (d *drawer) element(b sandbox.Block, e obj) {
	id := d.fieldID(b, e)
	switch kind := str(e["type"]); kind {
	case "button":
		d.button(b, e)
	case "overflow":
		d.open("details", "class", "overflow", "id", id)
		d.el("summary", "More…")
		for _, o := range d.offers(b, e) {
			d.open("button", "type", "submit", "name", "choose", "value", usedName(b, e, str(o["value"])), "formaction", d.base+"do/choose")
			d.textObject(o["text"])
			d.close("button")
		}
		d.close("details")
	default:
		label := cmp.Or(textIn(e["placeholder"]), "Choose")
		if grouped(e) {
			d.open("fieldset", "id", id)
			d.el("legend", label)
			d.control(b, e, about{id: id})
			d.close("fieldset")
		} else {
			d.el("label", label, "for", id, "class", "sr")
			d.control(b, e, about{id: id, label: label})
		}
		d.tell(b, e)
	}
}

// tell is the button that tells the app what was chosen; the script presses it
// as soon as something is.
func (d *drawer) tell(b sandbox.Block, e obj) {
	d.el("button", "Choose", "type", "submit", "name", "choose", "value", usedName(b, e, ""),
		"formaction", d.base+"do/choose", "class", "tell", "data-tell", d.fieldID(b, e))
}

func usedName(b sandbox.Block, e obj, value string) string {
	return url.Values{"block": {str(b["block_id"])}, "action": {str(e["action_id"])}, "value": {value}}.Encode()
}

func (d *drawer) button(b sandbox.Block, e obj) {
	class := "button"
	if style := str(e["style"]); style == "primary" || style == "danger" {
		class += " " + style
	}
	attrs := []string{"type", "submit", "name", "press", "value", usedName(b, e, ""), "formaction", d.base + "do/press",
		"class", class, "id", d.fieldID(b, e), "aria-label", str(e["accessibility_label"])}
	if c := asObj(e["confirm"]); c != nil {
		attrs = append(attrs, "data-confirm", "1")
	}
	d.open("button", attrs...)
	d.textObject(e["text"])
	d.close("button")
}

// control draws what can be entered.
func (d *drawer) control(b sandbox.Block, e obj, a about) {
	kind, name := str(e["type"]), fieldName(b, e)
	value := sandbox.ValueOf(e, d.entered(b, e))
	focus := ""
	if on, _ := e["focus_on_load"].(bool); on {
		focus = "autofocus"
	}
	wrong := ""
	if a.wrong {
		wrong = "true"
	}
	common := []string{"id", a.id, "name", name, "aria-describedby", a.described, "aria-invalid", wrong, "autofocus", focus}
	typed := func(kind, mode, text string) {
		d.open("input", append(common, "type", kind, "inputmode", mode, "value", text, "placeholder", textIn(e["placeholder"]), "autocomplete", "off")...)
	}
	switch kind {
	case "plain_text_input", "rich_text_input":
		text := str(value)
		if kind == "rich_text_input" {
			text = d.r.RichText(asList(asObj(value)["elements"]))
		}
		if multi, _ := e["multiline"].(bool); !multi && kind == "plain_text_input" {
			typed("text", "", text)
			break
		}
		d.open("textarea", append(common, "rows", "4", "placeholder", textIn(e["placeholder"]))...)
		d.text("\n" + text) // browsers drop the first line break
		d.close("textarea")
	case "number_input":
		typed("text", "decimal", str(value))
	case "email_text_input":
		typed("email", "", str(value))
	case "url_text_input":
		typed("url", "", str(value))
	case "datepicker":
		typed("date", "", str(value))
	case "timepicker":
		typed("time", "", str(value))
	case "datetimepicker":
		text := ""
		if seconds, ok := sandbox.UnixSeconds(value); ok {
			text = time.Unix(seconds, 0).In(d.r.Zone()).Format(localInput)
		}
		typed("datetime-local", "", text)
	case "file_input":
		d.open("input", append(common, "type", "file", "accept", accepted(e), "multiple", "multiple")...)
		for _, f := range asList(value) {
			d.el("p", "Attached: "+str(asObj(f)["title"]), "class", "hint")
		}
	case "radio_buttons", "checkboxes":
		d.ticks(e, name, a, d.offers(b, e), chosenOf(value))
	case "multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select":
		d.open("div", "class", "choices")
		if external(kind) {
			d.seek(b, e, a)
		}
		d.ticks(e, name, a, d.offers(b, e), chosenOf(value))
		d.close("div")
	case "static_select", "external_select", "users_select", "conversations_select", "channels_select":
		if external(kind) {
			d.seek(b, e, a)
		}
		if d.where.Kind == "message" { // browsers do not report the same choice twice: each starts again
			value = sandbox.ValueOf(e, nil)
		}
		d.selectOne(b, e, a, common, chosenOf(value))
	default:
		d.unknown("field", kind, e)
	}
}

// localInput is how a browser writes date and time.
const localInput = "2006-01-02T15:04"

func accepted(e obj) string {
	var out []string
	for _, t := range asList(e["filetypes"]) {
		out = append(out, "."+str(t))
	}
	return strings.Join(out, ",")
}

// chosenOf are the values of what is chosen: of options, or ids.
func chosenOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case map[string]any:
		return []string{str(v["value"])}
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, chosenOf(x)...)
		}
		return out
	}
	return nil
}

// optionID names an option by its value: the page keeps what is chosen with it
// when other options come before it.
func optionID(element string, o obj) string {
	return element + "-" + url.QueryEscape(str(o["value"]))
}

// ticks draws options as checkboxes or radio buttons.
func (d *drawer) ticks(e obj, name string, a about, all []obj, chosen []string) {
	kind := "checkbox"
	if str(e["type"]) == "radio_buttons" {
		kind = "radio"
	}
	d.hidden("has:"+strings.TrimPrefix(name, "v:"), "1")
	for _, o := range all {
		id := optionID(a.id, o)
		checked := ""
		if slices.Contains(chosen, str(o["value"])) {
			checked = "checked"
		}
		d.open("div", "class", "tick")
		d.open("input", "type", kind, "id", id, "name", name, "value", str(o["value"]), "checked", checked)
		d.open("label", "for", id)
		d.textObject(o["text"])
		if o["description"] != nil {
			d.open("span", "class", "hint")
			d.textObject(o["description"])
			d.close("span")
		}
		d.close("label")
		d.close("div")
	}
}

func (d *drawer) selectOne(b sandbox.Block, e obj, a about, common []string, chosen []string) {
	d.open("select", common...)
	d.el("option", cmp.Or(textIn(e["placeholder"]), "Choose one"), "value", "")
	draw := func(all []obj) {
		for _, o := range all {
			selected := ""
			if slices.Contains(chosen, str(o["value"])) {
				selected = "selected"
			}
			d.el("option", textIn(o["text"]), "id", optionID(a.id, o), "value", str(o["value"]), "selected", selected)
		}
	}
	if groups := asList(e["option_groups"]); len(groups) > 0 {
		for _, g := range groups {
			d.open("optgroup", "label", textIn(asObj(g)["label"]))
			var grouped []obj
			for _, o := range asList(asObj(g)["options"]) {
				grouped = append(grouped, asObj(o))
			}
			draw(grouped)
			d.close("optgroup")
		}
	} else {
		draw(d.offers(b, e))
	}
	d.close("select")
}

// seek is the field to type into where the app offers the options.
func (d *drawer) seek(b sandbox.Block, e obj, a about) {
	d.open("div", "class", "seek")
	d.el("label", "Search", "for", a.id+"-q", "class", "sr")
	d.open("input", "type", "search", "id", a.id+"-q", "name", "q:"+strings.TrimPrefix(fieldName(b, e), "v:"), "placeholder", "Search", "value", "", "autocomplete", "off")
	d.el("button", "Search", "type", "submit", "name", "seek", "value", usedName(b, e, ""), "formaction", d.base+"do/seek", "class", "button small")
	d.close("div")
}
