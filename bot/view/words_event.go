package view

import (
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// scene is what the words about an event are made from: the incident as it is now
// and the rules.
type scene struct {
	inc   *workflow.Incident
	rules workflow.Rules
}

// eventWords is what people read about one kind of event.
type eventWords struct {
	kind string
	// said is what the channel is told about one event. It is empty if the incident no
	// longer holds the event. It is nil if the channel is never told of the kind.
	said func(s scene, seq int) string
	// told is what the timeline shows of all events of the kind.
	told func(s scene) []entry
	// delivers is what such an event delivers. The timeline folds deliveries into one
	// line a day. It is empty for what people did and decided.
	delivers delivered
}

// delivered is something that breachbot sends, and how the timeline counts it.
type delivered struct{ one, many string }

var (
	aMessage    = delivered{"message delivered", "messages delivered"}
	anInvite    = delivered{"invitation sent", "invitations sent"}
	aChannel    = delivered{"channel opened", "channels opened"}
	aFile       = delivered{"attached file read", "attached files read"}
	aProblem    = delivered{"delivery problem", "delivery problems"}
	aResolution = delivered{"delivery problem solved", "delivery problems solved"}
	aLetter     = delivered{"e-mail", "e-mails"}
	anEnd       = delivered{"delivery no longer needed", "deliveries no longer needed"}
)

func (d delivered) count(n int) string {
	if n == 1 {
		return "1 " + d.one
	}
	return strconv.Itoa(n) + " " + d.many
}

// parts gives the events of one kind as the incident keeps them: each with its
// number, its time and the part of the incident that it became.
type parts[T any] func(inc *workflow.Incident, each func(seq int, at time.Time, part T))

// row holds the words for a kind of event. said is nil if the channel is never told
// of it. told gives a line in our own words, and what people typed.
func row[T any](e workflow.Event, from parts[T], said func(scene, T) string, told func(scene, T) (string, []pair)) eventWords {
	w := eventWords{kind: e.Kind()}
	if said != nil {
		w.said = func(s scene, about int) (line string) {
			from(s.inc, func(seq int, _ time.Time, part T) {
				if seq == about {
					line = said(s, part)
				}
			})
			return line
		}
	}
	if told != nil {
		w.told = func(s scene) (all []entry) {
			from(s.inc, func(seq int, at time.Time, part T) {
				line, typed := told(s, part)
				all = append(all, entry{seq: seq, at: at, line: line, texts: typedWords(typed)})
			})
			return all
		}
	}
	return w
}

// turn holds the words for a kind of event that ends or resumes the work. act holds
// the words for something done to the record, and delivery those for what breachbot
// itself does.
func turn(e workflow.Event, said func(scene, workflow.Turn) string, told func(scene, workflow.Turn) (string, []pair)) eventWords {
	return row(e, turnsOf(e.Kind()), said, told)
}

func act(e workflow.Event, told func(scene, workflow.Act) (string, []pair)) eventWords {
	return row(e, actsOf(e.Kind()), nil, told)
}

func delivery(of delivered, e workflow.Event, told func(scene, workflow.Act) (string, []pair)) eventWords {
	w := act(e, told)
	w.delivers = of
	plain := w.told
	w.told = func(s scene) []entry {
		all := plain(s)
		for n := range all {
			all[n].delivers = of
		}
		return all
	}
	return w
}

// eventRows is the one table of what people read about events, in the order in which
// they usually happen.
var eventRows = []eventWords{
	row(workflow.Reported{}, reports, nil, toldReport),
	row(workflow.TimesCorrected{}, corrections, saidCorrection, toldCorrection),
	row(workflow.Triaged{}, triages, saidTriage, toldTriage),
	row(workflow.Assessed{}, assessments, saidAssessment, toldAssessment),
	row(workflow.Decided{}, decisions, saidDecision, toldDecision),
	row(workflow.Notified{}, notices, saidNotice, toldNotice),
	row(workflow.Noted{}, notes, nil, toldNote),
	row(workflow.Amended{}, amendments, saidAmendment, toldAmendment),
	row(workflow.RoleAssigned{}, handovers, saidRole, toldRole),
	turn(workflow.DeputyCalled{}, saidDeputy, turned("The deputy was asked to stand in for the DPO", "Why")),
	row(workflow.ContainmentRecorded{}, containments, saidContainment, toldContainment),
	row(workflow.Investigated{}, investigations, saidInvestigation, toldInvestigation),
	row(workflow.Clarified{}, clarifications, saidClarification, toldClarification),
	row(workflow.RecoveryRecorded{}, recoveries, saidRecovery, toldRecovery),
	turn(workflow.WasResolved{}, saidResolved, turned("Resolved", "How")),
	row(workflow.Reviewed{}, reviews, saidReview, toldReview),
	row(workflow.ActionAdded{}, actionsSet, saidActionSet, toldActionSet),
	row(workflow.ActionFinished{}, actionsDone, saidActionDone, toldActionDone),
	turn(workflow.WasClosed{}, saidClosed, turned("Closed", "What was learned")),
	turn(workflow.WasDismissed{}, saidDismissed, turned("Found not to be a personal data breach", "Reason")),
	turn(workflow.Reopened{}, saidReopened, turned("Reopened", "Reason")),
	row(workflow.Linked{}, links, saidLink, toldLink),
	act(workflow.Erased{}, toldErased),

	row(workflow.EvidenceAdded{}, evidence, nil, toldEvidence),
	row(workflow.EvidenceEdited{}, edits, nil, toldEdit),
	row(workflow.EvidenceDeleted{}, deletions, nil, toldDeletion),
	row(workflow.HelpAsked{}, questions, nil, toldQuestion),
	row(workflow.HelpGiven{}, answers, nil, toldAnswer),

	delivery(aChannel, workflow.ChannelOpened{}, toldOpened),
	delivery(aProblem, workflow.ChannelRefused{}, toldRefused),
	delivery(aMessage, workflow.CardPosted{}, toldCard),
	delivery(anInvite, workflow.Invited{}, toldInvited),
	row(workflow.MemberJoined{}, joinings, nil, toldJoining),
	row(workflow.MemberLeft{}, leavings, nil, toldLeaving),
	row(workflow.ChannelExposed{}, exposures, saidExposure, toldExposure),

	delivery(aFile, workflow.FileHashed{}, toldHashed),
	delivery(aMessage, workflow.MessagePosted{}, toldMessage),
	delivery(aMessage, workflow.Nudged{}, toldReminder),
	delivery(aMessage, workflow.Reminded{}, toldReminder),
	delivery(aMessage, workflow.FollowUpNudged{}, toldFollowUp),
	delivery(aProblem, workflow.MessageGone{}, toldGone),
	delivery(aProblem, workflow.DeliveryStalled{}, toldStalled),
	delivery(aResolution, workflow.DeliveryRecovered{}, toldRecovered),
	delivery(anEnd, workflow.DeliveryDropped{}, toldDropped),
	delivery(aLetter, workflow.Mailed{}, toldMailed),
}

// eventWordsOf are the words for a kind of event. It is false if this version does
// not know the kind.
func eventWordsOf(kind string) (eventWords, bool) {
	for _, w := range eventRows {
		if w.kind == kind {
			return w, true
		}
	}
	return eventWords{}, false
}

// notKnown is what we say about anything that a newer version left behind. The store
// refuses events that this version cannot read. But an erased incident is kept
// folded, with everything that the newer version knew.
const notKnown = "that this version of breachbot does not know"

// unknownEvent is what we say about an event of that sort. It claims nothing.
const unknownEvent = "Something was recorded " + notKnown + "."

// unknownEntries are the lines for what is in the incident but in no other line of
// the timeline.
func unknownEntries(inc *workflow.Incident, told []entry) []entry {
	known := map[int]bool{}
	for _, e := range told {
		known[e.seq] = true
	}
	var all []entry
	for _, t := range inc.Turns {
		if !known[t.Seq] {
			all = append(all, entry{seq: t.Seq, at: t.At, line: unknownEvent, texts: typedWords([]pair{{"What was written", t.Reason}, {"Root cause", t.RootCause}})})
		}
	}
	for _, a := range inc.Acts {
		if !known[a.Seq] {
			all = append(all, entry{seq: a.Seq, at: a.At, line: unknownEvent})
		}
	}
	return all
}

// typedWords shows what people typed, each text after its name.
func typedWords(texts []pair) []slack.Block {
	var blocks []slack.Block
	for _, t := range texts {
		if t.value != "" {
			blocks = append(blocks, words(t.name+": "+t.value)...)
		}
	}
	return blocks
}
