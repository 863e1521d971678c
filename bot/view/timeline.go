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

// Timeline shows what happened a page at a time, newest first. Page 0 is the newest.
func Timeline(inc *workflow.Incident, page int, rules workflow.Rules) slack.ModalViewRequest {
	all := pages(timeline(inc, rules))
	page = min(max(page, 0), len(all)-1)
	v := notice(string(inc.ID), fmt.Sprintf("*Timeline*, newest first. Page %d of %d.", page+1, len(all)))
	blocks := v.Blocks.BlockSet
	for _, e := range all[page] {
		blocks = append(blocks, section(when(e.at)+" · "+e.line))
		blocks = append(blocks, e.texts...)
	}
	var turn []slack.BlockElement
	if page > 0 {
		turn = append(turn, pageButton("Newer", inc.ID, page-1))
	}
	if page < len(all)-1 {
		turn = append(turn, pageButton("Older", inc.ID, page+1))
	}
	if len(turn) > 0 {
		blocks = append(blocks, actions("pages", turn...))
	}
	blocks = append(blocks, actions("who", button(ActPresence, "Who could see this channel", string(inc.ID))))
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

func pageButton(label string, id workflow.IncidentID, page int) *slack.ButtonBlockElement {
	b := button(ActTimeline, label, string(id)+" "+strconv.Itoa(page))
	b.ActionID = string(ActTimeline) + "_" + strings.ToLower(label)
	return b
}

// TimelineTurn tells whether an action turns a page of the timeline, and to which
// page.
func TimelineTurn(actionID, value string) (workflow.IncidentID, int, bool) {
	if !strings.HasPrefix(actionID, string(ActTimeline)+"_") {
		return "", 0, false
	}
	id, page, _ := strings.Cut(value, " ")
	n, err := strconv.Atoi(page)
	return workflow.IncidentID(id), n, err == nil
}

type entry struct {
	seq   int
	at    time.Time
	line  string
	texts []slack.Block
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
