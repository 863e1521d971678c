package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// The most entries on a page of the timeline, and the most blocks and bytes for
// their words. They keep a page within Slack's 100 blocks and 250 kB.
const (
	timelinePage       = 15
	timelinePageBlocks = 60
	timelinePageBytes  = 150_000
)

// pages cuts the timeline into pages. There is always at least one.
func pages(all []entry) [][]entry {
	out := [][]entry{nil}
	bytes, blocks := 0, 0
	for _, e := range all {
		last := len(out) - 1
		n := size(e.texts)
		if m := len(out[last]); m == timelinePage || m > 0 && (bytes+n > timelinePageBytes || blocks+len(e.texts) > timelinePageBlocks) {
			out, bytes, blocks, last = append(out, nil), 0, 0, last+1
		}
		out[last], bytes, blocks = append(out[last], e), bytes+n, blocks+len(e.texts)
	}
	return out
}

// TimelineChoice is how somebody chose to see the timeline. The zero value is newest
// first, with the deliveries of a day folded into one line.
type TimelineChoice struct {
	OldestFirst bool
	Deliveries  bool // shown one by one
}

// The choice as the buttons of the timeline carry it, after the page.
const (
	oldestFirst   = "oldest"
	allDeliveries = "deliveries"
)

func (c TimelineChoice) String() string {
	var words []string
	if c.OldestFirst {
		words = append(words, oldestFirst)
	}
	if c.Deliveries {
		words = append(words, allDeliveries)
	}
	return strings.Join(words, " ")
}

// ParseTimelineChoice reads what String wrote. What it does not know it ignores.
func ParseTimelineChoice(s string) TimelineChoice {
	words := strings.Fields(s)
	return TimelineChoice{OldestFirst: slices.Contains(words, oldestFirst), Deliveries: slices.Contains(words, allDeliveries)}
}

// Timeline shows what happened a page at a time, in the order that was chosen. Page 0
// is the first one.
func Timeline(inc *workflow.Incident, page int, choice TimelineChoice, rules workflow.Rules) slack.ModalViewRequest {
	entries := timeline(inc, rules)
	if !choice.Deliveries {
		entries = foldDeliveries(entries, rules.Zone)
	}
	order, earlier, later := "newest first", "Newer", "Older"
	if choice.OldestFirst {
		slices.Reverse(entries)
		order, earlier, later = "oldest first", "Older", "Newer"
	}
	all := pages(entries)
	page = min(max(page, 0), len(all)-1)
	v := notice(string(inc.ID), fmt.Sprintf("*Timeline*, %s. Page %d of %d.", order, page+1, len(all)))
	blocks := append(v.Blocks.BlockSet, actions("choice", choice.buttons(inc.ID)...))
	for _, e := range all[page] {
		at := when(e.at)
		if e.wholeDay {
			at = inOwnZone(e.at, "{date_short_pretty}")
		}
		blocks = append(blocks, section(at+" · "+e.line))
		blocks = append(blocks, e.texts...)
	}
	var turn []slack.BlockElement
	if page > 0 {
		turn = append(turn, timelineButton(strings.ToLower(earlier), earlier, inc.ID, page-1, choice))
	}
	if page < len(all)-1 {
		turn = append(turn, timelineButton(strings.ToLower(later), later, inc.ID, page+1, choice))
	}
	if len(turn) > 0 {
		blocks = append(blocks, actions("pages", turn...))
	}
	blocks = append(blocks, actions("who", button(ActPresence, "Who could see this channel", string(inc.ID))))
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

// buttons offer the other choices. Each begins at the first page again.
func (c TimelineChoice) buttons(id workflow.IncidentID) []slack.BlockElement {
	order, deliveries := c, c
	order.OldestFirst, deliveries.Deliveries = !c.OldestFirst, !c.Deliveries
	orderLabel, deliveriesLabel := "Oldest first", "Show deliveries"
	if c.OldestFirst {
		orderLabel = "Newest first"
	}
	if c.Deliveries {
		deliveriesLabel = "Hide deliveries"
	}
	return []slack.BlockElement{timelineButton("order", orderLabel, id, 0, order), timelineButton("deliveries", deliveriesLabel, id, 0, deliveries)}
}

// timelineButton is a button of the timeline. Its value holds the page and the choice.
func timelineButton(name, label string, id workflow.IncidentID, page int, choice TimelineChoice) *slack.ButtonBlockElement {
	b := button(ActTimeline, label, strings.TrimSpace(string(id)+" "+strconv.Itoa(page)+" "+choice.String()))
	b.ActionID = string(ActTimeline) + "_" + name
	return b
}

// TimelineTurn tells whether an action is of a button of the timeline: one that turns
// a page or chooses how to see it.
func TimelineTurn(actionID string) bool { return strings.HasPrefix(actionID, string(ActTimeline)+"_") }

type entry struct {
	seq      int
	at       time.Time
	line     string
	texts    []slack.Block
	delivers delivered
	wholeDay bool // it is about the day, not the time
}

// foldDeliveries puts one line a day, with their number, in the place of what was
// delivered that day. Entries come newest first, and the line stands where the newest
// delivery of the day stood.
func foldDeliveries(all []entry, zone *time.Location) []entry {
	if zone == nil {
		zone = time.UTC
	}
	day := func(e entry) string { return e.at.In(zone).Format(time.DateOnly) }
	counts := map[string]map[delivered]int{}
	for _, e := range all {
		if e.delivers != (delivered{}) {
			if counts[day(e)] == nil {
				counts[day(e)] = map[delivered]int{}
			}
			counts[day(e)][e.delivers]++
		}
	}
	var out []entry
	for _, e := range all {
		if e.delivers == (delivered{}) {
			out = append(out, e)
			continue
		}
		if today := counts[day(e)]; today != nil {
			var parts []string
			for _, what := range []delivered{aMessage, aLetter, anInvite, aChannel, aFile, aProblem, aResolution, anEnd} {
				if n := today[what]; n > 0 {
					parts = append(parts, what.count(n))
				}
			}
			out = append(out, entry{seq: e.seq, at: e.at, line: strings.Join(parts, ", ") + ".", wholeDay: true})
			delete(counts, day(e))
		}
	}
	return out
}

// timeline is what people and breachbot did, newest first. It is made from the
// incident, so it agrees with the register.
func timeline(inc *workflow.Incident, rules workflow.Rules) []entry {
	var all []entry
	for _, w := range eventRows {
		all = append(all, w.told(scene{inc, rules})...)
	}
	all = append(all, unknownEntries(inc, all)...)
	slices.SortFunc(all, func(a, b entry) int { return b.seq - a.seq })
	return all
}
