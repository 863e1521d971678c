package sandbox

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Text is a piece of mrkdwn as the reader reads it: references by name, dates in words, the three entities decoded.
// Marks such as *bold* stay as they are.
func (r *Reader) Text(text string) string {
	return Unescape(angle.ReplaceAllStringFunc(text, func(s string) string {
		ref, label, labelled := strings.Cut(s[1:len(s)-1], "|")
		switch {
		case strings.HasPrefix(ref, "@"):
			return "@" + r.Name(ref[1:])
		case strings.HasPrefix(ref, "#"):
			if name, visible := r.Channel(ref[1:]); visible {
				return "#" + name
			}
			return "#private-channel"
		case strings.HasPrefix(ref, "!subteam^"):
			return "@" + r.Group(strings.TrimPrefix(ref, "!subteam^"))
		case strings.HasPrefix(ref, "!date^"):
			return r.Date(strings.Split(strings.TrimPrefix(ref, "!date^"), "^"), label)
		case strings.HasPrefix(ref, "!"):
			return "@" + ref[1:]
		case labelled:
			return label + " (" + ref + ")"
		}
		return ref
	}))
}

// Date is a date token as the reader reads it: in their zone, as a British client writes it (Slack: Formatting text,
// dates).
func (r *Reader) Date(parts []string, fallback string) string {
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || len(parts) < 2 {
		return fallback
	}
	at, now := time.Unix(seconds, 0).In(r.zone), r.now.In(r.zone)
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
func (r *Reader) textObject(v any) string {
	o := asObj(v)
	if str(o["type"]) == "mrkdwn" {
		return r.Text(str(o["text"]))
	}
	return str(o["text"])
}

func (r *Reader) message(m Message) string {
	head := r.Name(m.User)
	if m.ByApp {
		head += " (app)"
	}
	head += " " + tsTime(m.TS).In(r.zone).Format("15:04")
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
		lines = strings.Split(r.Text(m.Text), "\n")
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

func (r *Reader) view(v *View) string {
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
func (r *Reader) block(b Block, view *View) []string {
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
		return split(r.RichText(asList(b["elements"])))
	case "markdown":
		return split(str(b["text"]))
	case "table":
		var lines []string
		for _, row := range asList(b["rows"]) {
			var cells []string
			for _, c := range asList(row) {
				if asObj(c)["elements"] != nil {
					cells = append(cells, r.RichText(asList(asObj(c)["elements"])))
				} else {
					cells = append(cells, str(asObj(c)["text"]))
				}
			}
			lines = append(lines, strings.Join(cells, " | "))
		}
		return lines
	case "alert":
		return split("(!) " + r.textObject(b["text"]))
	case "container":
		head := r.textObject(b["title"])
		if closed, _ := b["default_collapsed"].(bool); closed {
			head += " (folded away)"
		}
		lines := []string{"> " + head}
		for _, child := range asList(b["child_blocks"]) {
			for _, l := range r.block(asObj(child), view) {
				lines = append(lines, "  "+l)
			}
		}
		return lines
	case "data_table":
		lines := []string{"[table: " + str(b["caption"]) + "]"}
		for _, row := range asList(b["rows"]) {
			var cells []string
			for _, c := range asList(row) {
				cells = append(cells, cellText(asObj(c), r))
			}
			lines = append(lines, strings.Join(cells, " | "))
		}
		return lines
	case "data_visualization":
		return r.chart(b)
	default:
		return []string{"[block of type " + kind + "]"}
	}
}

// chart is a chart as its figures.
func (r *Reader) chart(b Block) []string {
	chart := asObj(b["chart"])
	lines := []string{"[chart: " + str(b["title"]) + "]"}
	for _, s := range asList(chart["segments"]) {
		lines = append(lines, fmt.Sprintf("%s: %v", str(asObj(s)["label"]), asObj(s)["value"]))
	}
	for _, s := range asList(chart["series"]) {
		var points []string
		for _, p := range asList(asObj(s)["data"]) {
			points = append(points, fmt.Sprintf("%s %v", str(asObj(p)["label"]), asObj(p)["value"]))
		}
		lines = append(lines, str(asObj(s)["name"])+": "+strings.Join(points, ", "))
	}
	return lines
}

func (r *Reader) entered(b Block, e obj, view *View) obj {
	if view == nil {
		return untouched(e)
	}
	return view.State[str(b["block_id"])][str(e["action_id"])]
}

// element renders a button as [Label] and a field as [what is in it].
func (r *Reader) element(e, entered obj) string {
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
				return "@" + r.Name(str(x))
			default:
				return str(x)
			}
		})
	case string:
		if field == "selected_user" {
			return "[@" + r.Name(v) + "]"
		}
		return "[" + v + "]"
	case map[string]any:
		if field == "rich_text_value" {
			return "[" + r.RichText(asList(v["elements"])) + "]"
		}
		return "[" + label(v) + "]"
	default:
		if seconds, ok := UnixSeconds(v); ok && field == "selected_date_time" {
			return "[" + time.Unix(seconds, 0).In(r.zone).Format("2 Jan 2006 15:04") + "]"
		}
		return fmt.Sprintf("[%v]", v)
	}
}

// UnixSeconds is an instant in a view's state or in rich text: a number of seconds, as it was entered or decoded.
func UnixSeconds(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), true
	}
	return 0, false
}

// RichText is rich text as the reader reads it, without its styles.
func (r *Reader) RichText(items []any) string {
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
				out.WriteString("• " + r.RichText(asList(asObj(line)["elements"])))
			}
		case "rich_text_section", "rich_text_preformatted":
			out.WriteString(r.RichText(asList(o["elements"])))
		case "rich_text_quote":
			out.WriteString("> " + r.RichText(asList(o["elements"])))
		case "text":
			out.WriteString(str(o["text"]))
		case "link":
			out.WriteString(cmp.Or(str(o["text"]), str(o["url"])))
		case "user":
			out.WriteString("@" + r.Name(str(o["user_id"])))
		case "usergroup":
			out.WriteString(r.Text("<!subteam^" + str(o["usergroup_id"]) + ">"))
		case "channel":
			out.WriteString(r.Text("<#" + str(o["channel_id"]) + ">"))
		case "broadcast":
			out.WriteString("@" + str(o["range"]))
		case "emoji":
			out.WriteString(":" + str(o["name"]) + ":")
		case "date":
			seconds, _ := UnixSeconds(o["timestamp"])
			out.WriteString(r.Date([]string{strconv.FormatInt(seconds, 10), str(o["format"])}, str(o["fallback"])))
		}
	}
	return out.String()
}
