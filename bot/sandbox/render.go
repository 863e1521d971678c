package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // readers' zones, also on machines without a zone database
)

// renderer writes things as one reader sees them.
type renderer struct {
	ws     *Workspace
	reader string
	now    time.Time
}

func (r renderer) zone() *time.Location {
	if u := r.ws.users[r.reader]; u != nil {
		return zoneNamed(u.TZ)
	}
	return time.UTC
}

// zones are the time zones met so far, by name: reading one takes long, and a
// page asks for it with every date.
var zones sync.Map

// zoneNamed is a time zone, or UTC when there is none of that name.
func zoneNamed(name string) *time.Location {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		z = time.UTC
	}
	zones.Store(name, z)
	return z
}

func (r renderer) name(id string) string {
	if u := r.ws.users[id]; u != nil {
		return u.RealName
	}
	return id
}

// mrkdwn resolves references and dates and decodes the three entities. Marks such as *bold* stay as they are.
func (r renderer) mrkdwn(text string) string {
	return unescape(angle.ReplaceAllStringFunc(text, func(s string) string {
		ref, label, labelled := strings.Cut(s[1:len(s)-1], "|")
		switch {
		case strings.HasPrefix(ref, "@"):
			return "@" + r.name(ref[1:])
		case strings.HasPrefix(ref, "#"):
			ch := r.ws.channels[ref[1:]]
			if ch == nil || !r.ws.visibleTo(ch, r.reader) {
				return "#private-channel"
			}
			return "#" + ch.name
		case strings.HasPrefix(ref, "!subteam^"):
			if g := r.ws.groups[strings.TrimPrefix(ref, "!subteam^")]; g != nil {
				return "@" + g.handle
			}
			return "@group"
		case strings.HasPrefix(ref, "!date^"):
			return r.date(strings.Split(strings.TrimPrefix(ref, "!date^"), "^"), label)
		case strings.HasPrefix(ref, "!"):
			return "@" + ref[1:]
		case labelled:
			return label + " (" + ref + ")"
		}
		return ref
	}))
}

// date renders a date token in the reader's zone, as a British client does (Slack: Formatting text, dates).
func (r renderer) date(parts []string, fallback string) string {
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || len(parts) < 2 {
		return fallback
	}
	at, now := time.Unix(seconds, 0).In(r.zone()), r.now.In(r.zone())
	day := map[string]string{
		"date_num": at.Format("2006-01-02"), "date": at.Format("2 January 2006"), "date_short": at.Format("2 Jan 2006"),
		"date_long": at.Format("Monday 2 January 2006"),
	}
	pairs := []string{"{time}", at.Format("15:04"), "{time_secs}", at.Format("15:04:05"), "{ago}", ago(at.Sub(now))}
	for token, text := range day {
		pretty := text
		switch {
		case sameDay(at, now):
			pretty = "today"
		case sameDay(at, now.AddDate(0, 0, 1)):
			pretty = "tomorrow"
		case sameDay(at, now.AddDate(0, 0, -1)):
			pretty = "yesterday"
		}
		pairs = append(pairs, "{"+token+"}", text, "{"+token+"_pretty}", pretty)
	}
	return strings.NewReplacer(pairs...).Replace(parts[1])
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

func ago(d time.Duration) string {
	size, word := d.Abs(), ""
	switch {
	case size < time.Minute:
		return "now"
	case size < time.Hour:
		word = plural(int(size.Minutes()), "minute")
	case size < 48*time.Hour:
		word = plural(int(size.Hours()), "hour")
	default:
		word = plural(int(size.Hours()/24), "day")
	}
	if d > 0 {
		return "in " + word
	}
	return word + " ago"
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// textObject renders plain_text and mrkdwn objects.
func (r renderer) textObject(v any) string {
	o := asObj(v)
	if str(o["type"]) == "mrkdwn" {
		return r.mrkdwn(str(o["text"]))
	}
	return str(o["text"])
}

func (r renderer) message(m Message) string {
	head := r.name(m.User)
	if m.ByApp {
		head += " (app)"
	}
	head += " " + tsTime(m.TS).In(r.zone()).Format("15:04")
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		head += ", in thread"
	}
	if m.Ephemeral {
		head += ", only visible to you"
	}
	var lines []string
	if len(m.Blocks) > 0 {
		for _, b := range m.Blocks {
			lines = append(lines, r.block(b, nil)...)
		}
	} else {
		lines = strings.Split(r.mrkdwn(m.Text), "\n")
	}
	if m.Edited {
		lines[len(lines)-1] += " (edited)"
	}
	for _, f := range m.Files {
		lines = append(lines, "[file: "+f+"]")
	}
	return head + "\n" + indent(lines, "  ")
}

func indent(lines []string, by string) string {
	var out strings.Builder
	for i, l := range lines {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(strings.TrimRight(by+l, " "))
	}
	return out.String()
}

func (r renderer) view(v *View) string {
	var lines []string
	for _, b := range v.Blocks {
		lines = append(lines, r.block(b, v)...)
	}
	if v.Kind == "home" {
		return "Home\n" + indent(lines, "| ")
	}
	if v.Banner != "" {
		lines = append([]string{"! " + v.Banner}, lines...)
	}
	buttons := "[Cancel]"
	if v.Close != "" {
		buttons = "[" + v.Close + "]"
	}
	if v.Submit != "" {
		buttons += " [" + v.Submit + "]"
	}
	return "Modal: " + v.Title + "\n" + indent(append(lines, buttons), "| ")
}

// block renders a block to lines; view gives the state of inputs, nil in messages.
func (r renderer) block(b Block, view *View) []string {
	split := func(s string) []string { return strings.Split(s, "\n") }
	switch kind := str(b["type"]); kind {
	case "header":
		return []string{"== " + r.textObject(b["text"]) + " =="}
	case "divider":
		return []string{"----"}
	case "section":
		var lines []string
		if b["text"] != nil {
			lines = split(r.textObject(b["text"]))
		}
		for _, f := range asList(b["fields"]) {
			lines = append(lines, "- "+strings.ReplaceAll(r.textObject(f), "\n", " "))
		}
		if e := asObj(b["accessory"]); e != nil {
			lines[len(lines)-1] += "  " + r.element(e, r.entered(b, e, view))
		}
		return lines
	case "context":
		var parts []string
		for _, e := range asList(b["elements"]) {
			if str(asObj(e)["type"]) == "image" {
				parts = append(parts, "[image: "+str(asObj(e)["alt_text"])+"]")
			} else {
				parts = append(parts, r.textObject(e))
			}
		}
		return split("· " + strings.Join(parts, " · "))
	case "actions":
		var parts []string
		for _, e := range asList(b["elements"]) {
			parts = append(parts, r.element(asObj(e), r.entered(b, asObj(e), view)))
		}
		return []string{strings.Join(parts, " ")}
	case "input":
		e := asObj(b["element"])
		label := r.textObject(b["label"])
		if optional, _ := b["optional"].(bool); optional {
			label += " (optional)"
		}
		lines := []string{label + ": " + r.element(e, r.entered(b, e, view))}
		if b["hint"] != nil {
			lines = append(lines, "  "+r.textObject(b["hint"]))
		}
		if view != nil && view.Errors[str(b["block_id"])] != "" {
			lines = append(lines, "  ! "+view.Errors[str(b["block_id"])])
		}
		return lines
	case "image":
		return []string{"[image: " + str(b["alt_text"]) + "]"}
	case "rich_text":
		return split(r.richText(asList(b["elements"])))
	case "markdown":
		return split(str(b["text"]))
	case "table":
		var lines []string
		for _, row := range asList(b["rows"]) {
			var cells []string
			for _, c := range asList(row) {
				if asObj(c)["elements"] != nil {
					cells = append(cells, r.richText(asList(asObj(c)["elements"])))
				} else {
					cells = append(cells, str(asObj(c)["text"]))
				}
			}
			lines = append(lines, strings.Join(cells, " | "))
		}
		return lines
	default:
		return []string{"[block of type " + kind + "]"}
	}
}

func (r renderer) entered(b Block, e obj, view *View) obj {
	if view == nil {
		return untouched(e)
	}
	return view.State[str(b["block_id"])][str(e["action_id"])]
}

// element renders a button as [Label] and a field as [what is in it].
func (r renderer) element(e, entered obj) string {
	kind := str(e["type"])
	hintOf := func() string {
		if p := str(asObj(e["placeholder"])["text"]); p != "" {
			return "[" + p + "…]"
		}
		return "[          ]"
	}
	names := func(list []any, name func(any) string) string {
		var out []string
		for _, v := range list {
			out = append(out, name(v))
		}
		if len(out) == 0 {
			return hintOf()
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	label := func(v any) string { return r.textObject(asObj(v)["text"]) }
	switch kind {
	case "button":
		return "[" + r.textObject(e["text"]) + "]"
	case "overflow":
		var out []string
		for _, o := range options(e) {
			out = append(out, label(o))
		}
		return "[… " + strings.Join(out, " / ") + "]"
	case "checkboxes", "radio_buttons":
		chosen := asList(entered["selected_options"])
		if one := entered["selected_option"]; one != nil {
			chosen = []any{one}
		}
		var out []string
		for _, o := range options(e) {
			mark := "( )"
			if kind == "checkboxes" {
				mark = "[ ]"
			}
			for _, c := range chosen {
				if sameOption(o, asObj(c)) {
					mark = strings.Replace(mark, " ", "x", 1)
				}
			}
			out = append(out, mark+" "+label(o))
		}
		return strings.Join(out, "  ")
	}
	field := stateField[kind]
	switch v := entered[field].(type) {
	case nil:
		return hintOf()
	case []any:
		return names(v, func(x any) string {
			switch field {
			case "selected_options":
				return label(x)
			case "selected_users":
				return "@" + r.name(str(x))
			default:
				return str(x)
			}
		})
	case string:
		if field == "selected_user" {
			return "[@" + r.name(v) + "]"
		}
		return "[" + v + "]"
	case map[string]any:
		if field == "rich_text_value" {
			return "[" + r.richText(asList(v["elements"])) + "]"
		}
		return "[" + label(v) + "]"
	default:
		if seconds, ok := unixSeconds(v); ok && field == "selected_date_time" {
			return "[" + time.Unix(seconds, 0).In(r.zone()).Format("2 Jan 2006 15:04") + "]"
		}
		return fmt.Sprintf("[%v]", v)
	}
}

func unixSeconds(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), true
	}
	return 0, false
}

// richText flattens rich text.
func (r renderer) richText(items []any) string {
	var out strings.Builder
	for i, item := range items {
		o := asObj(item)
		if i > 0 && strings.HasPrefix(str(o["type"]), "rich_text_") {
			out.WriteByte('\n')
		}
		switch kind := str(o["type"]); kind {
		case "rich_text_list":
			for j, line := range asList(o["elements"]) {
				if j > 0 {
					out.WriteByte('\n')
				}
				out.WriteString("• " + r.richText(asList(asObj(line)["elements"])))
			}
		case "rich_text_section", "rich_text_preformatted":
			out.WriteString(r.richText(asList(o["elements"])))
		case "rich_text_quote":
			out.WriteString("> " + r.richText(asList(o["elements"])))
		case "text":
			out.WriteString(str(o["text"]))
		case "link":
			out.WriteString(firstOf(str(o["text"]), str(o["url"])))
		case "user":
			out.WriteString("@" + r.name(str(o["user_id"])))
		case "usergroup":
			out.WriteString(r.mrkdwn("<!subteam^" + str(o["usergroup_id"]) + ">"))
		case "channel":
			out.WriteString(r.mrkdwn("<#" + str(o["channel_id"]) + ">"))
		case "broadcast":
			out.WriteString("@" + str(o["range"]))
		case "emoji":
			out.WriteString(":" + str(o["name"]) + ":")
		case "date":
			seconds, _ := unixSeconds(o["timestamp"])
			out.WriteString(r.date([]string{strconv.FormatInt(seconds, 10), str(o["format"])}, str(o["fallback"])))
		}
	}
	return out.String()
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
