package page

import (
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"breachbot/bot/sandbox"
)

// buildData is the panel for builders: what went over the wire, of the whole
// workspace, whoever looks; and what is on the screen as Block Kit.
type buildData struct {
	Requests, Envelopes template.HTML
	View                template.HTML
}

// kept is how many requests and envelopes the panel shows.
const kept = 30

func (p *Page) build(r reader, who *sandbox.Person, s *screen) *buildData {
	out := &buildData{}
	m := &markup{}
	requests, before := p.ws.LastRequests(kept)
	for i, req := range slices.Backward(requests) {
		state := "ok"
		if req.Error != "" {
			state = req.Error
		}
		drawWire(m, fmt.Sprintf("%s %s", req.At.In(r.Zone()).Format("15:04:05"), req.Method), state, fmt.Sprintf("q-%d", before+i), readable(req.Args))
	}
	out.Requests = m.html()
	m = &markup{}
	for _, e := range slices.Backward(p.ws.LastEnvelopes(kept)) {
		state := "acknowledged"
		switch {
		case e.Lost:
			state = "lost"
		case !e.Acked:
			state = "not acknowledged"
		}
		var payload any
		_ = json.Unmarshal(e.Payload, &payload)
		v := obj{"payload": payload}
		if len(e.Response) > 0 {
			var response any
			_ = json.Unmarshal(e.Response, &response)
			v["answer"] = response
		}
		if e.Note != "" {
			v["note"] = e.Note
		}
		drawWire(m, fmt.Sprintf("%s %s", e.SentAt.In(r.Zone()).Format("15:04:05"), e.Kind), state, "e-"+e.ID, v)
	}
	out.Envelopes = m.html()
	m = &markup{}
	if v := who.Modal(); v != nil {
		drawBuilder(m, v.ID, "The modal “"+v.Title+"”", builderView(v))
	}
	if v := who.Home(); v != nil && s.Kind == "home" {
		drawBuilder(m, v.ID, "The Home tab", builderView(v))
	}
	out.View = m.html()
	return out
}

func drawWire(m *markup, title, state, id string, v any) {
	m.open("details", "id", id)
	m.open("summary")
	m.text(title)
	m.el("span", " "+state, "class", "when")
	m.close("summary")
	m.el("pre", pretty(v), "tabindex", "0")
	m.close("details")
}

// readable shows JSON that travelled as text, as forms carry it, as JSON.
func readable(args map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range args {
		if s, ok := v.(string); ok && (strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[")) {
			var parsed any
			if json.Unmarshal([]byte(s), &parsed) == nil {
				v = parsed
			}
		}
		out[k] = v
	}
	return out
}

// drawBuilder draws JSON for Slack's Block Kit Builder, with a button that
// copies it.
func drawBuilder(m *markup, id, title string, v any) {
	m.open("details", "class", "json", "id", "j-"+id)
	m.el("summary", title)
	m.el("label", "For the Block Kit Builder", "for", "jt-"+id)
	m.open("textarea", "id", "jt-"+id, "readonly", "readonly", "rows", "8", "spellcheck", "false")
	m.text("\n" + pretty(v))
	m.close("textarea")
	m.el("button", "Copy", "type", "button", "class", "button small", "data-copy", "jt-"+id)
	m.close("details")
}

// builderView is a view as the Block Kit Builder takes it.
func builderView(v *sandbox.View) obj {
	o := obj{"type": v.Kind, "blocks": v.Blocks}
	for name, words := range map[string]string{"title": v.Title, "submit": v.Submit, "close": v.Close} {
		if words != "" && v.Kind == "modal" {
			o[name] = obj{"type": "plain_text", "text": words}
		}
	}
	return o
}
