package view

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// Detail is folded into as many containers as it needs, and stands open where Slack
// cannot fold: nothing of it is lost.
func TestFoldedDetailKeepsSlacksLimitsAndLosesNothing(t *testing.T) {
	t.Parallel()
	var detail []slack.Block
	for range 23 {
		detail = append(detail, section("A reason."))
	}
	blocks := folded("Why <this>", detail...)
	if len(blocks) != 3 {
		t.Fatalf("%d containers", len(blocks))
	}
	for _, b := range blocks {
		c := b.(*slack.ContainerBlock)
		if err := c.Validate(); err != nil || !c.IsCollapsible || !c.DefaultCollapsed || c.BlockID != "" {
			t.Errorf("%+v: %v", c, err)
		}
	}
	plain := Plain(Messages, blocks)
	if len(plain) != 23+3 || len(Recent(plain)) > 0 {
		t.Errorf("the plain form has %d blocks", len(plain))
	}
	if head := plain[0].(*slack.SectionBlock).Text.Text; head != "*Why &lt;this&gt;*" {
		t.Errorf("its title is %q", head)
	}
	if len(folded("Why")) != 0 {
		t.Error("nothing is folded into something")
	}
}

// A warning is an alert as long as alerts can hold it.
func TestACautionIsAnAlertIfItFits(t *testing.T) {
	t.Parallel()
	if b, is := caution(strings.Repeat("x", maxAlert)).(*slack.AlertBlock); !is || b.Level != slack.AlertLevelWarning || b.Text.Verbatim != true {
		t.Errorf("a short one is %+v", b)
	}
	if b := caution(strings.Repeat("x", maxAlert+1)); b.BlockType() != slack.MBTSection {
		t.Errorf("a long one is a %s", b.BlockType())
	}
}

// Our markup is the same again after it was a cell of a table.
func TestMarkupSurvivesACell(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"plain", "a &amp; b &lt;c&gt;", "*Overdue:* it was due <!date^1795000000^{date_long_pretty} at {time} ({ago})|21 Nov 2026 10:00 UTC> · 10:00.",
		"decided by <@U0DPO>, and <!subteam^S0TEAM> in <#C0ROOM>.", "*bold* between *two*", "<https://ico.org.uk/x|the page>",
	} {
		if got := cellMark(markCell(s)); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}
