package sandbox

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The validator of Block Kit: a table of shapes, each property with its rule. Unknown properties are refused, lengths
// are counted in code points. Numbers are those of Slack's reference (Slack: Block Kit, blocks; block elements;
// composition objects; Views).

type surface string

const (
	surfaceMessage surface = "message"
	surfaceModal   surface = "modal"
	surfaceHome    surface = "home"
)

// checker collects faults while it walks a value.
type checker struct {
	surface  surface
	faults   []string
	blockIDs map[string]bool
	actions  map[string]bool // action ids of the block being looked at
	has      Blocks2026
	cells    int // characters in the cells of data tables
}

func (c *checker) fault(ptr, format string, args ...any) {
	c.faults = append(c.faults, "[ERROR] "+fmt.Sprintf(format, args...)+" [json-pointer:"+ptr+"]")
}

// rule checks one value at a json-pointer.
type rule func(c *checker, v any, ptr string)

// shape is what a JSON object may hold.
type shape struct {
	required []string
	props    map[string]rule
	also     rule // rules across properties
}

func (s shape) check(c *checker, v any, ptr string) {
	o, ok := v.(obj)
	if !ok {
		c.fault(ptr, "must provide an object")
		return
	}
	for _, name := range s.required {
		if o[name] == nil {
			c.fault(ptr, "missing required field: %s", name)
		}
	}
	for _, name := range sortedKeys(o) {
		r, known := s.props[name]
		switch {
		case !known:
			c.fault(ptr, "invalid additional property: %s", name)
		case o[name] == nil && slices.Contains(s.required, name):
			// told above
		default:
			r(c, o[name], ptr+"/"+name)
		}
	}
	if s.also != nil {
		s.also(c, o, ptr)
	}
}

func text(lo, hi int) rule {
	return func(c *checker, v any, ptr string) {
		s, ok := v.(string)
		n := utf8.RuneCountInString(s)
		switch {
		case !ok:
			c.fault(ptr, "must provide a string")
		case n < lo:
			c.fault(ptr, "must be more than %d characters", lo-1)
		case n > hi:
			c.fault(ptr, "must be less than %d characters", hi+1)
		}
	}
}

func boolean(c *checker, v any, ptr string) {
	if _, ok := v.(bool); !ok {
		c.fault(ptr, "must provide a boolean")
	}
}

func integer(lo, hi int) rule {
	return func(c *checker, v any, ptr string) {
		f, ok := v.(float64)
		switch {
		case !ok || f != math.Trunc(f):
			c.fault(ptr, "must provide an integer")
		case f < float64(lo):
			c.fault(ptr, "must be greater than or equal to %d", lo)
		case f > float64(hi):
			c.fault(ptr, "must be less than or equal to %d", hi)
		}
	}
}

func oneOf(values ...string) rule {
	return func(c *checker, v any, ptr string) {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			c.fault(ptr, "failed to match all allowed schemas: one of %s", strings.Join(values, ", "))
		}
	}
}

func matching(pattern *regexp.Regexp, what string) rule {
	return func(c *checker, v any, ptr string) {
		if s, ok := v.(string); !ok || !pattern.MatchString(s) {
			c.fault(ptr, "must be %s", what)
		}
	}
}

func list(lo, hi int, item rule) rule {
	return func(c *checker, v any, ptr string) {
		l, ok := v.([]any)
		switch {
		case !ok:
			c.fault(ptr, "must provide an array")
			return
		case len(l) < lo:
			c.fault(ptr, "no fewer than %d items allowed", lo)
		case len(l) > hi:
			c.fault(ptr, "no more than %d items allowed", hi)
			return
		}
		for i, x := range l {
			item(c, x, fmt.Sprintf("%s/%d", ptr, i))
		}
	}
}

func anything(*checker, any, string) {}

// exactlyOne demands one of two properties.
func exactlyOne(a, b string) rule {
	return func(c *checker, v any, ptr string) {
		o := asObj(v)
		if (o[a] == nil) == (o[b] == nil) {
			c.fault(ptr, "must provide exactly one of %s or %s", a, b)
		}
	}
}

// initialKnown demands that an initial choice is one of the options, value and text alike.
func initialKnown(c *checker, v any, ptr string) {
	o := asObj(v)
	known := func(choice any) bool {
		return slices.ContainsFunc(options(o), func(x obj) bool { return sameOption(x, asObj(choice)) })
	}
	if one := o["initial_option"]; one != nil && !known(one) {
		c.fault(ptr+"/initial_option", "must be one of the provided options")
	}
	for i, one := range asList(o["initial_options"]) {
		if !known(one) {
			c.fault(fmt.Sprintf("%s/initial_options/%d", ptr, i), "must be one of the provided options")
		}
	}
	seen := map[string]bool{}
	for i, x := range asList(o["options"]) {
		value := str(asObj(x)["value"])
		if value != "" && seen[value] {
			c.fault(fmt.Sprintf("%s/options/%d/value", ptr, i), "option values must be unique: %s", value)
		}
		seen[value] = true
	}
}

func sameOption(a, b obj) bool {
	return str(a["value"]) == str(b["value"]) && str(asObj(a["text"])["text"]) == str(asObj(b["text"])["text"])
}

// options are all the options of an element, groups flattened.
func options(element obj) []obj {
	var out []obj
	for _, x := range asList(element["options"]) {
		out = append(out, asObj(x))
	}
	for _, g := range asList(element["option_groups"]) {
		for _, x := range asList(asObj(g)["options"]) {
			out = append(out, asObj(x))
		}
	}
	return out
}

func both(rules ...rule) rule {
	return func(c *checker, v any, ptr string) {
		for _, r := range rules {
			r(c, v, ptr)
		}
	}
}

// inOrder demands lower <= upper where both are given.
func inOrder(lower, upper string) rule {
	return func(c *checker, v any, ptr string) {
		lo, okLo := number(asObj(v)[lower])
		hi, okHi := number(asObj(v)[upper])
		if okLo && okHi && lo > hi {
			c.fault(ptr+"/"+lower, "must be less than or equal to %s", upper)
		}
	}
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

// place checks an element where it is.
func place(where string, allowed func(elementKind) bool) rule {
	return func(c *checker, v any, ptr string) {
		o := asObj(v)
		if o == nil {
			c.fault(ptr, "must provide an object")
			return
		}
		kind := str(o["type"])
		e, known := elements[kind]
		if !known || !allowed(e) || e.modalOnly && c.surface != surfaceModal {
			c.fault(ptr+"/type", "unsupported type: %s in %s", kind, where)
			return
		}
		e.check(c, o, ptr)
		if id := str(o["action_id"]); id != "" {
			if c.actions[id] {
				c.fault(ptr+"/action_id", "action_id `%s` already exists in this block", id)
			}
			c.actions[id] = true
		}
	}
}

// maxBlocks per surface (Slack: Block Kit, blocks).
func maxBlocks(s surface) int {
	if s == surfaceMessage {
		return 50
	}
	return 100
}

// checkBlocks validates blocks for a surface. It returns them as objects, and the faults with pointers below ptr.
func checkBlocks(in []any, s surface, ptr string, has Blocks2026) ([]Block, []string) {
	c := &checker{surface: s, blockIDs: map[string]bool{}, has: has}
	return c.blocks(in, ptr), c.faults
}

// blocks checks a list of blocks, each with its own pointer.
func (c *checker) blocks(in []any, ptr string) []Block {
	if most := maxBlocks(c.surface); len(in) > most {
		c.fault(ptr, "no more than %d items allowed", most)
		return nil
	}
	var out []Block
	for i, v := range in {
		if b := c.block(v, fmt.Sprintf("%s/%d", ptr, i)); b != nil {
			out = append(out, b)
		}
	}
	c.whole(out, ptr)
	return out
}

// block checks one block. It returns nil if it is none that this surface shows.
func (c *checker) block(v any, at string) Block {
	b, ok := v.(obj)
	if !ok {
		c.fault(at, "must provide an object")
		return nil
	}
	kind, known := blocks[str(b["type"])]
	if !known || !slices.Contains(kind.surfaces, c.surface) || c.has.lacks(str(b["type"]), c.surface) {
		c.fault(at+"/type", "unsupported type: %v", b["type"])
		return nil
	}
	c.actions = map[string]bool{}
	kind.check(c, b, at)
	if id := str(b["block_id"]); id != "" {
		if c.blockIDs[id] {
			c.fault(at+"/block_id", "block_id `%s` already exists", id)
		}
		c.blockIDs[id] = true
	}
	return b
}

// Limits on views (Slack: Views; views.open).
const (
	maxViewTitle    = 24
	maxViewMetadata = 3000
	maxViewSize     = 250 * 1024
	maxStack        = 3
)

// checkView validates a whole view; the pointers start at /view.
func checkView(v obj, want surface, has Blocks2026) ([]Block, []string) {
	c := &checker{surface: want, blockIDs: map[string]bool{}, has: has}
	nothing := rule(anything)
	common := map[string]rule{
		"type": oneOf(string(want)), "blocks": nothing, "private_metadata": text(0, maxViewMetadata),
		"callback_id": text(0, 255), "external_id": text(0, 255),
	}
	s := shape{required: []string{"type", "blocks"}, props: common}
	if want == surfaceModal {
		s.required = append(s.required, "title")
		common["title"], common["submit"], common["close"] = plain(maxViewTitle), plain(maxViewTitle), plain(maxViewTitle)
		common["clear_on_close"], common["notify_on_close"] = boolean, boolean
	}
	s.check(c, v, "/view")
	in, ok := v["blocks"].([]any)
	if !ok {
		if v["blocks"] != nil {
			c.fault("/view/blocks", "must provide an array")
		}
		return nil, c.faults
	}
	out := c.blocks(in, "/view/blocks")
	focused := 0
	for _, b := range out {
		if str(b["type"]) == "input" && want == surfaceModal && v["submit"] == nil {
			c.fault("/view", "missing required field: submit")
			break
		}
	}
	for i, b := range out {
		if on, _ := asObj(b["element"])["focus_on_load"].(bool); on {
			if focused++; focused > 1 {
				c.fault(fmt.Sprintf("/view/blocks/%d/element/focus_on_load", i), "only one element may have focus_on_load")
			}
		}
	}
	return out, c.faults
}
