// Package view holds everything breachbot shows in Slack and everything people
// fill in: every message, card and modal as a pure function of an incident, and
// beside each form the function that reads it back.
//
// What people typed never enters a message: messages stay in Slack for as long
// as Slack likes, are pushed to locked telephones and read by integrations. They
// hold the reference, times, grades from closed lists and Slack ids. Typed words
// are shown only in modals, to those who may see them, and there as plain text,
// so nothing in them can mention, link or format. Every message carries a
// neutral top-level text, because that is what notifications and screen readers
// read.
//
// What people read of a kind of event, task or clock is one row of a table:
// eventRows, taskRows and clockRows. A test names each part that a row leaves
// out. Of what only a newer version knows nothing is claimed but that.
//
// A form field's block id is its workflow.Field, so a refusal of the workflow is
// a form error as it stands.
package view
