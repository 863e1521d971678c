package view

import (
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Receipt tells the reporter in person the reference and what happens next.
func Receipt(inc *workflow.Incident) Message {
	id := string(inc.ID)
	where := "The people who handle breaches have been told. They will come to you with questions."
	if member(inc, workflow.Principal(inc.Reporter)) {
		where = "It is worked on in " + channel(inc.Room.Channel) + ". Please answer questions there."
	}
	return practice(inc, Message{
		Text: "Your report was received as " + id,
		Blocks: []slack.Block{
			section("*Your report was received.* Its reference is *" + id + "*.\n" + where),
			section("*What happens next:* somebody looks at how serious it is and contains what can be contained; the data protection officer (DPO) decides who must be told. You will hear how it ended."),
			section("*Please* keep what you have and delete nothing. If something new comes up, add a note, without names or details of the people concerned."),
			actions("receipt", button(ActNote, "Add a note", id), button(ActDetails, "Show my report", id)),
		},
	})
}

// where tells a person in which channel an incident is worked on, if they are in
// it; for others Slack would show a link to nowhere.
func where(inc *workflow.Incident, to workflow.Target) []slack.Block {
	switch {
	case member(inc, to.Principal()):
		return []slack.Block{section("It is worked on in " + channel(inc.Room.Channel) + ".")}
	case inc.Room.Ready():
		return []slack.Block{section("It is worked on in a private channel. You are not in it, and can see the report here.")}
	case inc.Room.Refused != "":
		return []slack.Block{section("Its channel could not be opened (Slack says " + escape(inc.Room.Refused) + "). It is handled in direct messages until it can.")}
	}
	return nil
}

// member tells whether a person or group is in the incident's channel. Who could
// not be invited is not.
func member(inc *workflow.Incident, p workflow.Principal) bool {
	return inc.Room.Ready() && inc.Invited[p] && inc.Left[workflow.UserID(p)] == ""
}
