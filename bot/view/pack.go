package view

import (
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Pack shows the eight facts that a data protection officer asks for before
// giving advice, as plain text that can be copied into an e-mail: the DPO may be
// an outside firm that is not in Slack.
func Pack(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	contact := "How the DPO is reached outside Slack is not set up yet; please ask your information governance lead."
	if rules.DPOContact != "" {
		contact = "Outside Slack, also at weekends, the DPO is reached like this: " + escape(rules.DPOContact)
	}
	v := notice("Advice pack", "*"+string(inc.ID)+"* · Copy this into an e-mail or read it out. Send it as soon as possible, weekends included, also when facts are missing.\n"+contact)
	blocks := v.Blocks.BlockSet
	for _, f := range rules.Pack(inc) {
		blocks = append(blocks, words(f.Question+"\n"+f.Answer)...)
	}
	blocks = append(blocks, section("*Attachments:* "+escape(workflow.RedactionReminder)))
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}
