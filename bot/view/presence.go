package view

import (
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// presenceMost is how many lines the list shows. If there are more, it shows the
// newest.
const presenceMost = 70

// Presence lists who could see the incident's channel, and when.
func Presence(inc *workflow.Incident) slack.ModalViewRequest {
	v := notice("Who saw the channel", "*Who could see this channel* of "+string(inc.ID)+", as Slack reported it.")
	blocks := v.Blocks.BlockSet
	for _, a := range inc.Exposed() {
		if len(blocks) < 8 {
			blocks = append(blocks, caution("*Please note:* "+exposed(a)))
		}
	}
	all := inc.Presence()
	if len(all) == 0 {
		blocks = append(blocks, section("Slack has not reported anybody yet."))
	}
	if more := len(all) - presenceMost; more > 0 {
		blocks = append(blocks, section(count(more, "earlier line")+" did not fit here. The timeline has them all."))
		all = all[more:]
	}
	for _, p := range all {
		from, until := "from "+when(p.From), "until "+when(p.Until)
		if p.From.IsZero() {
			from = "since before breachbot could tell"
		}
		if p.Until.IsZero() {
			until = "still there"
		}
		blocks = append(blocks, section(user(p.User)+" · "+from+" · "+until))
	}
	v.Blocks.BlockSet = fit(append(blocks, actions("presence", button(ActTimeline, "Show the timeline", string(inc.ID)))))
	return practiceModal(inc, v)
}

// exposed says who can see the channel but does not belong there.
func exposed(a workflow.Alarm) string {
	switch a.Why {
	case workflow.OutsiderGuest:
		return user(a.User) + " is a guest and can read this channel."
	case workflow.OutsiderForeign:
		return user(a.User) + " is from another organisation and can read this channel."
	case workflow.OutsiderApp:
		return user(a.User) + " is another app and can read this channel."
	case workflow.OutsiderShared:
		return "this channel is shared with another organisation."
	case workflow.OutsiderUnknown:
		return user(a.User) + " can read this channel, and Slack does not say who that is."
	}
	return user(a.User) + " can read this channel and may not belong there."
}
