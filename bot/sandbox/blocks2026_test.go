package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// goodNew is a message that holds each of the blocks of 2026 that messages may hold.
const goodNew = `[
 {"type":"container","title":{"type":"plain_text","text":"Why"},"is_collapsible":true,"default_collapsed":true,"child_blocks":[
  {"type":"section","text":{"type":"mrkdwn","text":"Because"}},
  {"type":"actions","block_id":"inside","elements":[{"type":"button","action_id":"in","text":{"type":"plain_text","text":"Inside"}}]}]},
 {"type":"data_table","caption":"Things","page_size":10,"rows":[
  [{"type":"raw_text","text":"Name"},{"type":"raw_text","text":"Open"},{"type":"raw_text","text":"Size"},{"type":"raw_text","text":"Who"}],
  [{"type":"raw_text","text":"One"},{"type":"action_cell","element":{"type":"button","action_id":"row__0","text":{"type":"plain_text","text":"Show"},"accessibility_label":"Show One"},"fallback":{"type":"raw_text","text":"Show"}},
   {"type":"raw_number","value":5,"text":"5 big"},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U0ANA"}]}]}]]},
 {"type":"data_visualization","title":"By month","chart":{"type":"bar","series":[{"name":"In time","data":[{"label":"Jan","value":2},{"label":"Feb","value":0}]}],
  "axis_config":{"categories":["Jan","Feb"],"x_label":"Month","y_label":"Reports"}}},
 {"type":"data_visualization","title":"By kind","chart":{"type":"pie","segments":[{"label":"Letters","value":3}]}}
]`

func TestTheBlocksOf2026KeepTheirPublishedLimits(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	cell := func(s string) obj { return obj{"type": "raw_text", "text": s} }
	row := func(n int) func(int) any {
		return func(int) any { return repeat(n, func(int) any { return cell("x") }) }
	}
	for name, c := range map[string]struct {
		place string
		value any
		want  string // "" when it is accepted
	}{
		"as it is":                  {"0/title/text", long(150), ""},
		"no title":                  {"0/title", nil, "missing required field: title"},
		"title too long":            {"0/title/text", long(151), "must be less than 151 characters"},
		"no children":               {"0/child_blocks", []any{}, "no fewer than 1 items"},
		"eleven children":           {"0/child_blocks", repeat(11, divider), "no more than 10 items"},
		"a table in a container":    {"0/child_blocks/0/type", "data_table", "unsupported type: data_table in container"},
		"a container in one":        {"0/child_blocks/0/type", "container", "unsupported type: container in container"},
		"a bad child":               {"0/child_blocks/0/text/text", "", "must be more than 0 characters [json-pointer:/blocks/0/child_blocks/0/text/text]"},
		"closed and not collapsing": {"0/is_collapsible", false, "requires is_collapsible"},
		"no caption":                {"1/caption", nil, "missing required field: caption"},
		"an empty caption":          {"1/caption", "", "must be more than 0 characters"},
		"a header alone":            {"1/rows", repeat(1, row(2)), "no fewer than 2 items"},
		"101 rows":                  {"1/rows", repeat(101, row(2)), ""},
		"102 rows":                  {"1/rows", repeat(102, row(2)), "no more than 101 items"},
		"21 columns":                {"1/rows/0", row(21)(0), "no more than 20 items"},
		"rows of different lengths": {"1/rows/1", row(3)(0), "all rows must have the same number of values"},
		"a header that is rich":     {"1/rows/0/0/type", "rich_text", "the header holds raw_text only"},
		"an empty cell":             {"1/rows/1/0/text", "", "must be more than 0 characters"},
		"too many characters":       {"1/rows/1/0/text", long(10_000), "all cells together must be less than 10001 characters"},
		"a page of 101":             {"1/page_size", 101.0, "must be less than or equal to 100"},
		"a number as text":          {"1/rows/1/2/value", "5", "must provide a number"},
		"a select in a cell":        {"1/rows/1/1/element/type", "static_select", "unsupported type: static_select in action_cell"},
		"a rich fallback":           {"1/rows/1/1/fallback/type", "rich_text", "unsupported type: rich_text in fallback"},
		"a chart's title too long":  {"2/title", long(51), "must be less than 51 characters"},
		"an unknown chart":          {"2/chart/type", "radar", "unsupported type: radar"},
		"a label too long":          {"2/chart/axis_config/x_label", long(51), "must be less than 51 characters"},
		"a place too long":          {"3/chart/segments/0/label", long(21), "must be less than 21 characters"},
		"a slice of nothing":        {"3/chart/segments/0/value", 0.0, "must be greater than 0"},
		"a place without a value":   {"2/chart/series/0/data", []any{obj{"label": "Jan", "value": 1.0}}, "must contain exactly one point for every category"},
		"a place that is not there": {"2/chart/series/0/data/0/label", "March", "must contain exactly one point for every category"},
		"two series of one name": {"2/chart/series", repeat(2, func(int) any {
			return obj{"name": "A", "data": []any{obj{"label": "Jan", "value": 1.0}, obj{"label": "Feb", "value": 1.0}}}
		}), "series names must be unique: A"},
		"a third chart": {"1", obj{"type": "data_visualization", "title": "x", "chart": obj{"type": "pie", "segments": []any{obj{"label": "a", "value": 1.0}}}}, "no more than 2 data_visualization blocks"},
		"an alert":      {"1", obj{"type": "alert", "text": label("x")}, "unsupported type: alert"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v []any
			check(t, json.Unmarshal([]byte(goodNew), &v))
			at(t, obj{"blocks": v}, "blocks/"+c.place, c.value)
			_, faults := checkBlocks(v, surfaceMessage, "/blocks", AllBlocks2026)
			switch {
			case c.want == "" && len(faults) == 0:
			case c.want == "" || len(faults) == 0 || !strings.Contains(faults[0], c.want):
				t.Errorf("faults are %q, want first one with %q", faults, c.want)
			}
		})
	}
}

// Slack gives the blocks of 2026 to workspaces one after the other.
func TestAWorkspaceMayLackTheBlocksOf2026(t *testing.T) {
	t.Parallel()
	alert := `{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[{"type":"alert","level":"warning","text":{"type":"mrkdwn","text":"x"}}]}`
	for has, want := range map[Blocks2026]struct{ message, modal bool }{
		AllBlocks2026: {true, true}, MessageBlocks2026: {true, false}, NoBlocks2026: {false, false},
	} {
		tw := newTown(t)
		tw.SetPolicy(Policy{Blocks2026: has})
		ch := tw.room(t, "room", anaID)
		r := tw.form(t, "chat.postMessage", "channel", ch, "text", "x", "blocks", goodNew)
		if (r.code() == "") != want.message || !want.message && r.code() != "invalid_blocks" {
			t.Errorf("%q: a message: %q", has, r.code())
		}
		var v obj
		check(t, json.Unmarshal([]byte(alert), &v))
		if _, faults := checkView(v, surfaceModal, has); (len(faults) == 0) != want.modal {
			t.Errorf("%q: a modal: %v", has, faults)
		}
	}
}

func TestTablesAndContainersAreReadAndPressed(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	tw.form(t, "chat.postMessage", "channel", ch, "text", "x", "blocks", goodNew).must(t)
	all := tw.As(anaID).Messages(ch)
	m := all[len(all)-1]
	want := `
  > Why (folded away)
    Because
    [Inside]
  [table: Things]
  Name | Open | Size | Who
  One | [Show] | 5 big | @Ana Ng
  [chart: By month]
  In time: Jan 2, Feb 0
  [chart: By kind]
  Letters: 3`
	if got := tw.As(anaID).Render(m); !strings.HasSuffix(got, want) {
		t.Errorf("Ana reads\n%s", got)
	}
	for button, action := range map[string]string{"Show One": "row__0", "Inside": "in"} {
		e, there := tw.As(anaID).Element(InMessage(ch, m.TS), button)
		if !there || str(e["action_id"]) != action {
			t.Errorf("%s: %v", button, e)
		}
	}
	if n := len(Acting(m.Blocks)); n != 2 {
		t.Error(fmt.Sprint(n, " elements act"))
	}
}
