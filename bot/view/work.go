package view

import (
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// The short forms: a note, a role, and the ways an incident ends or is reopened.

func noteForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	return modal(FormNote, "Add a note", "Save note", m, append(summary(inc, d.zone()),
		input{field: workflow.FieldNote, label: "Note", element: area(workflow.MaxText),
			hint: "It is kept with your name and the time, and cannot be changed. No names or details of the people affected."}.block())...)
}

func parseNote(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.AddNote{Text: v.text(workflow.FieldNote)}, nil
}

func roleForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	return modal(FormRole, "Give somebody a role", "Save", m, append(summary(inc, d.zone()),
		section("*Lead now:* "+user(inc.Lead)),
		input{field: workflow.FieldUser, label: "Who?", element: person("")}.block(),
		input{field: workflow.FieldRole, label: "As what?", element: radio([]*slack.OptionBlockObject{
			option(string(workflow.RoleLead), "Incident lead: hand the lead over", "There is one lead at a time"),
			option(string(workflow.RoleResponder), "Responder: helps, and joins the channel", ""),
		}, "")}.block(),
		input{field: workflow.FieldNote, label: "Anything they should know", optional: true, element: area(workflow.MaxText)}.block())...)
}

func parseRole(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.AssignRole{
		Role: workflow.Role(v.choice(workflow.FieldRole)),
		User: workflow.UserID(v.get(workflow.FieldUser).SelectedUser),
		Note: v.text(workflow.FieldNote),
	}, nil
}

func resolveForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	cause := "" // as the investigation found it
	if v := inc.Investigation(); v != nil {
		cause = v.Findings.Cause
	}
	return modal(FormResolve, "Resolve", "Resolve", m, append(summary(inc, d.zone()),
		input{field: workflow.FieldSummary, label: "How was it resolved?", element: area(workflow.MaxText)}.block(),
		input{field: workflow.FieldRootCause, label: "Root cause, or the best guess", element: written(cause),
			hint: "What made it possible, rather than who."}.block())...)
}

func parseResolve(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.Resolve{Summary: v.text(workflow.FieldSummary), RootCause: v.text(workflow.FieldRootCause)}, nil
}

// reasonForm asks only for a reason.
func reasonForm(d Desk, inc *workflow.Incident, f Form, m Meta, title, submit, question, hint string) slack.ModalViewRequest {
	return modal(f, title, submit, m, append(summary(inc, d.zone()),
		input{field: workflow.FieldReason, label: question, element: area(workflow.MaxText), hint: hint}.block())...)
}

func closeForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	return reasonForm(d, inc, FormClose, m, "Close the incident", "Close it", "What was learned?", "The record stays. The incident can be reopened, with a reason.")
}

func parseClose(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.Close{Reason: v.text(workflow.FieldReason)}, nil
}

func dismissForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	return reasonForm(d, inc, FormDismiss, m, "Not a data breach", "Dismiss it", "Why is this not a personal data breach?",
		"The report stays in the register with this reason, and the clock stops.")
}

func parseDismiss(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.Dismiss{Facts: m.Facts, Reason: v.text(workflow.FieldReason)}, nil
}

func reopenForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	return reasonForm(d, inc, FormReopen, m, "Reopen the incident", "Reopen it", "Why are you reopening it?", "The clock runs from the same time as before.")
}

func parseReopen(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.Reopen{Reason: v.text(workflow.FieldReason)}, nil
}
