package view

import (
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Receipt tells the reporter in a direct message the reference and what happens
// next.
func Receipt(inc *workflow.Incident) Message {
	id := string(inc.ID)
	where := "The people who handle breaches have been told. They will come to you with questions."
	if member(inc, workflow.Principal(inc.Reporter)) {
		where = "It is being handled in " + channel(inc.Room.Channel) + ". Please answer questions there."
	}
	return practice(inc, Message{
		Text: "Your report was received as " + id,
		Blocks: []slack.Block{
			section("*Your report was received.* Its reference is *" + id + "*.\n" + where),
			section("*What happens next:* somebody will look at how serious it is and contain what can be contained. The data protection officer (DPO) decides who must be told. You will hear how it ended."),
			section("*Please* keep what you have and delete nothing. If something new comes up, add a note, without names or details of the people affected."),
			actions("receipt", button(ActNote, "Add a note", id), button(ActDetails, "Show my report", id)),
		},
	})
}

// where tells a person which channel an incident is handled in. It names the channel
// only if they are in it: for others Slack would show a link to nowhere.
func where(inc *workflow.Incident, to workflow.Target) []slack.Block {
	switch {
	case member(inc, to.Principal()):
		return []slack.Block{section("It is being handled in " + channel(inc.Room.Channel) + ".")}
	case inc.Room.Ready():
		return []slack.Block{section("It is being handled in a private channel. You are not in it, but you can see the report here.")}
	case inc.Room.Refused != "":
		return []slack.Block{section("Its channel could not be opened (Slack says " + escape(inc.Room.Refused) + "). Until it can be, it is handled in direct messages.")}
	}
	return nil
}

// member tells whether a person or group is in the incident's channel. It is false
// for people who could not be invited.
func member(inc *workflow.Incident, p workflow.Principal) bool {
	return inc.Room.Ready() && inc.Invited[p] && inc.Left[workflow.UserID(p)] == ""
}
