package scheduler

import "breachbot/workflow"

// missing says of each kind of task what is not so while it is not delivered.
var missing = map[workflow.TaskKind]string{
	workflow.KindChannel:        "the incident has no channel; those who must act are told in person",
	workflow.KindTopic:          "the channel's topic is out of date",
	workflow.KindCard:           "the channel has no card",
	workflow.KindPin:            "the card is not pinned",
	workflow.KindCardRefresh:    "the card in the channel is out of date",
	workflow.KindInvite:         "somebody is not in the channel; the card names them",
	workflow.KindReceipt:        "the reporter has no message with the reference",
	workflow.KindReceiptRefresh: "the reporter's message is out of date",
	workflow.KindOutcome:        "the reporter does not know how it ended",
	workflow.KindAlert:          "somebody who must know does not know of the report",
	workflow.KindUntaken:        "somebody does not know that nobody has the report",
	workflow.KindAlertRefresh:   "a message does not say who has the report",
	workflow.KindAsk:            "somebody who may decide was not asked",
	workflow.KindAskRefresh:     "a request for a decision is out of date",
	workflow.KindAnswer:         "somebody does not know of the answer to their question",
	workflow.KindNews:           "somebody who must act does not know what happened",
	workflow.KindHelp:           "somebody was not asked to contribute",
	workflow.KindHelped:         "somebody does not know that a contribution has come",
	workflow.KindQuestion:       "somebody who may decide does not know of the reporter's question",
	workflow.KindGiven:          "the owner of an action does not know of it",
	workflow.KindSay:            "the channel does not know what happened",
	workflow.KindRemind:         "a reminder was not given",
	workflow.KindFollowUp:       "a reminder of further information was not given",
	workflow.KindNudge:          "a reminder of the deadline was not given",
	workflow.KindPerson:         "one person of a group was not told what the others were",
	workflow.KindMail:           "an e-mail, for a message that Slack did not take, was not sent",
	workflow.KindHash:           "an attached file has no fingerprint yet",
	workflow.KindRestored:       "those who must know do not know that the register is from a backup",
	workflow.KindDigest:         "the board has no digest of the week",
	workflow.KindAnchor:         "the DPO has no check value of the day",
}
