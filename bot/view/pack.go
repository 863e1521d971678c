package view

import (
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Pack shows the eight facts that a data protection officer needs before giving
// advice. It is plain text that can be copied into an email, because the DPO may be
// an outside firm that is not in Slack.
func Pack(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	contact := "No way to reach the DPO outside Slack has been set up yet. Please ask your information governance lead."
	if rules.DPOContact != "" {
		contact = "How to reach the DPO outside Slack, including at weekends: " + escape(rules.DPOContact)
	}
	v := notice("Advice pack", "*"+string(inc.ID)+"* · Copy this into an email or read it out. Send it as soon as possible, even at a weekend and even if facts are missing.\n"+contact)
	blocks := v.Blocks.BlockSet
	for _, f := range rules.Pack(inc) {
		blocks = append(blocks, words(f.Question+"\n"+f.Answer)...)
	}
	blocks = append(blocks, caution("*Attachments:* "+escape(workflow.RedactionReminder)))
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}
