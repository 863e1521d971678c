package view

import (
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// evidenceForm shows a message before it is kept, because it may itself contain the
// data that was lost. What is kept is read from Slack again, not from this form.
func evidenceForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	e := d.Message
	blocks := []slack.Block{
		section("*This will be kept in the record of " + string(inc.ID) + "*, and will stay there even if the message is edited or deleted."),
		caution("If it contains names or details of the people affected, please do not add it: add a note in your own words instead."),
		section(author(e.Author) + ", " + when(e.Said)),
	}
	blocks = append(blocks, quote(e.Text)...)
	if len(e.Files) > 0 {
		blocks = append(blocks, section(upperFirst(attached(e.Files))+". Only the name and the type of each file are kept, not what is in it."))
	}
	blocks = append(blocks, input{field: workflow.FieldComment, label: "Comment", optional: true, element: area(workflow.MaxText),
		hint: "Why it matters to people who read this later."}.block(), filesInput())
	return modal(FormEvidence, "Add to the timeline", "Add it", m, blocks...)
}

// parseEvidence reads which message is meant. The caller fetches its words.
func parseEvidence(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	files, err := v.files(workflow.FieldFiles)
	return workflow.AddEvidence{Attached: files,
		Place: workflow.Place{Channel: m.Channel, TS: m.TS}, Edited: workflow.TimeOf(m.Edited), Comment: v.text(workflow.FieldComment),
	}, err
}

// author is who wrote a message.
func author(u workflow.UserID) string {
	if u == "" {
		return "an app"
	}
	return user(u)
}

// quote is what a message says, as typed.
func quote(text string) []slack.Block {
	if shown := words(text); len(shown) > 0 {
		return shown
	}
	return []slack.Block{section("_(no text)_")}
}

// attached says how many files a message had, and their types.
func attached(files []workflow.Attachment) string {
	s := count(len(files), "file")
	types := ""
	for n, f := range files {
		if f.Type == "" {
			continue
		}
		if n == 5 {
			types += ", …"
			break
		}
		if types != "" {
			types += ", "
		}
		types += escape(workflow.Cut(f.Type, 60))
	}
	if types != "" {
		s += " (" + types + ")"
	}
	return s
}
