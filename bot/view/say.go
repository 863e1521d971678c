package view

import (
	"cmp"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Say tells the channel what somebody must act on or know now. Reasons and other typed words stay
// behind a button. To somebody who is not in the channel, and so does not see the card,
// it is a direct message that also says what comes next.
func Say(inc *workflow.Incident, about int, to workflow.Target, rules workflow.Rules) Message {
	id := string(inc.ID)
	lines := []string{said(scene{inc, rules}, about)}
	buttons := []slack.BlockElement{button(ActTimeline, "Show the timeline", id)}
	if about == inc.RiskVersion && rules.Outdated(inc) != nil {
		lines = append(lines, "*The facts have changed*, so the risk must be assessed again before anybody decides.")
	}
	if to != workflow.InChannel {
		lines[0] = "*Incident " + id + "* · " + lines[0]
		if next := nextLine(inc, rules); next != "" {
			lines = append(lines, next)
		}
		buttons = append(nextButton(inc, rules), buttons...)
	}
	if inc.Drill() && inc.Closed != nil && inc.Closed.Seq == about {
		lines = append(lines, paceLines(inc, rules)...)
		buttons = append(buttons, button(ActPace, "How fast was each step?", id))
	}
	return practice(inc, Message{
		Text:   "Incident " + id + " was updated",
		Blocks: []slack.Block{section(strings.Join(lines, "\n")), actions("say", buttons...)},
		Calls:  given(inc, about),
	})
}

// given is the person to whom somebody else gave a role with this event, and who must
// act now. It is nobody if they took it themselves.
func given(inc *workflow.Incident, about int) []workflow.Principal {
	for _, h := range inc.Handovers {
		if h.Seq == about && h.User != h.By {
			return []workflow.Principal{workflow.Principal(h.User)}
		}
	}
	return nil
}

// said is what has happened, in words. It says only that the incident was updated if
// the event has since been erased, or was announced together with others.
func said(s scene, about int) string {
	line := "The incident was updated."
	kind := announcedAs(s.inc, about)
	w, known := eventWordsOf(kind)
	switch {
	case known && w.said != nil:
		line = cmp.Or(w.said(s, about), line)
	case kind != "" && !known:
		line = unknownEvent
	}
	return line
}

// announcedAs is the kind of the event that is announced. It is empty if the
// incident no longer holds the event.
func announcedAs(inc *workflow.Incident, about int) string {
	for _, a := range inc.Alarms {
		if a.Seq == about {
			return workflow.ChannelExposed{}.Kind()
		}
	}
	for _, l := range inc.Loud {
		if l.Seq == about {
			return l.Kind
		}
	}
	return ""
}
