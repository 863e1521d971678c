package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// enter turns what a test gives into the state of an element, as a person's client would. Only what the element offers
// can be chosen.
func (p *Person) enter(s spot, value any) (obj, error) {
	e := s.element
	kind := str(e["type"])
	field, ok := stateField[kind]
	if !ok {
		return nil, fmt.Errorf("sandbox: nothing can be entered into a %s", kind)
	}
	out := obj{"type": kind, field: nil}
	if kind == "timepicker" && e["timezone"] != nil {
		out["timezone"] = e["timezone"]
	}
	if value == nil {
		if strings.HasSuffix(field, "s") {
			out[field] = []any{}
		}
		return out, nil
	}
	var err error
	switch field {
	case "value":
		var text string
		if text, err = scalar(value); text != "" {
			out[field] = text
		}
	case "rich_text_value":
		var text string
		text, err = scalar(value)
		out[field] = obj{"type": "rich_text", "elements": []any{obj{
			"type": "rich_text_section", "elements": []any{obj{"type": "text", "text": text}},
		}}}
	case "selected_option":
		out[field], err = p.choose(s, value)
	case "selected_user":
		out[field], err = p.userID(value)
	case "selected_conversation", "selected_channel":
		out[field], err = p.channelID(value)
	case "selected_options", "selected_users", "selected_conversations", "selected_channels":
		out[field], err = p.several(s, field, value)
	case "selected_date":
		out[field], err = p.when(value, "2006-01-02")
	case "selected_time":
		out[field], err = p.when(value, "15:04")
	case "selected_date_time":
		switch v := value.(type) {
		case time.Time:
			out[field] = v.Unix()
		case int64:
			out[field] = v
		case int:
			out[field] = int64(v)
		case float64:
			out[field] = int64(v)
		default:
			err = fmt.Errorf("sandbox: %T is no instant", value)
		}
	default:
		err = fmt.Errorf("sandbox: a %s cannot be filled", kind)
	}
	return out, err
}

func scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int:
		return strconv.Itoa(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	return "", fmt.Errorf("sandbox: %T cannot be typed into a text field", v)
}

// choose finds an option by its text or its value; of a select whose options come from the app, among those it has
// offered ([Person.Suggest]).
func (p *Person) choose(s spot, value any) (obj, error) {
	var offered []string
	all, block, action := options(s.element), str(s.block["block_id"]), str(s.element["action_id"])
	if isExternal(s.element) {
		all = lookedUp(p.ws.offered[offerKey(p.ID, block, action)], s.element, s.state[block][action])
	}
	for _, o := range all {
		label := str(asObj(o["text"])["text"])
		if v, _ := value.(string); v == label || v == str(o["value"]) {
			return cloneObj(o), nil
		}
		offered = append(offered, strconv.Quote(label))
	}
	return nil, fmt.Errorf("sandbox: %v is not offered; there are: %s", value, strings.Join(offered, ", "))
}

// offerKey is under what the options are kept that the app has offered a person
// for an element.
func offerKey(person, block, action string) string { return person + "/" + block + "/" + action }

// lookedUp are the options of a select whose options come from the app: those it
// has offered last, and those that are chosen already.
func lookedUp(offered []obj, e, entered obj) []obj {
	out := slices.Clone(offered)
	chosen := append(initialOptions(e), asObj(entered["selected_option"]))
	for _, o := range asList(entered["selected_options"]) {
		chosen = append(chosen, asObj(o))
	}
	for _, o := range chosen {
		if o != nil && !slices.ContainsFunc(out, func(x obj) bool { return sameOption(x, o) }) {
			out = append(out, o)
		}
	}
	return out
}

// initialOptions are the options an element was given as chosen.
func initialOptions(e obj) []obj {
	var out []obj
	for _, o := range append(slices.Clone(asList(e["initial_options"])), e["initial_option"]) {
		if asObj(o) != nil {
			out = append(out, asObj(o))
		}
	}
	return out
}

func (p *Person) several(s spot, field string, value any) ([]any, error) {
	var wanted []any
	switch v := value.(type) {
	case []string:
		wanted = anys(v)
	case []any:
		wanted = v
	default:
		wanted = []any{value}
	}
	out := []any{}
	for _, w := range wanted {
		var one any
		var err error
		switch field {
		case "selected_options":
			one, err = p.choose(s, w)
		case "selected_users":
			one, err = p.userID(w)
		default:
			one, err = p.channelID(w)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// userID finds a person by id, handle or real name. Everybody visible can be picked, bots and guests too.
func (p *Person) userID(v any) (string, error) {
	s := strings.TrimPrefix(str(v), "@")
	for _, id := range p.ws.order {
		if u := p.ws.users[id]; s != "" && (u.ID == s || u.Name == s || u.RealName == s) && u.Kind != Hidden {
			return id, nil
		}
	}
	return "", fmt.Errorf("sandbox: nobody is called %v", v)
}

func (p *Person) channelID(v any) (string, error) {
	ch, err := p.channelFor(str(v))
	if err != nil {
		return "", err
	}
	return ch.id, nil
}

func (p *Person) when(v any, layout string) (string, error) {
	switch v := v.(type) {
	case time.Time:
		return v.In(p.reader().zone).Format(layout), nil
	case string:
		if _, err := time.Parse(layout, v); err != nil {
			return "", fmt.Errorf("sandbox: %q is not of the form %s", v, layout)
		}
		return v, nil
	}
	return "", fmt.Errorf("sandbox: %T is no date or time", v)
}
