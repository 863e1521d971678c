// Package view holds everything breachbot shows in Slack and everything people
// fill in: every message, card and modal as a pure function of an incident, and
// beside each form the function that reads it back.
//
// What people typed never enters a message. Slack keeps messages for as long as
// it likes, pushes them to locked telephones and lets integrations read them. A
// message holds the reference, times, grades from closed lists and Slack ids.
// Typed words are shown only in modals, to people who may see them, and there as
// plain text, so nothing in them can mention, link or format. Every message has a
// neutral top-level text, because notifications and screen readers read that.
//
// What people read about a kind of event, task or clock is one row of a table:
// eventRows, taskRows and clockRows. A test names each part that a row leaves
// out. If only a newer version knows a kind, this one says that and claims
// nothing else.
//
// The block id of a form field is its workflow.Field, so a refusal by the workflow
// is already a form error.
//
// # Glossary
//
// Plain British English in short active sentences, as NHS and GOV.UK write it. One
// word for one thing, everywhere:
//
//   - The people affected are the people in the data. Customers have a contract with
//     us. They are a recipient of their own, so the word never means the people
//     affected.
//   - An incident is what breachbot keeps of one report. It is a breach, a near
//     miss, a drill or found not to be a breach.
//   - A report is what the reporter sent. A second report of the same breach is a
//     duplicate.
//   - The reporter reports, the lead leads, responders help. The data protection
//     officer (DPO) decides, or the deputy standing in.
//   - The regulator is named as in the settings, for example the ICO. Everybody
//     else who may have to be told is a recipient.
//   - We notify the regulator and tell everybody else. A notice is recorded as sent
//     or as told. It can be withdrawn.
//   - The organisation becomes aware. Somebody notices. The 72 hours run from
//     awareness.
//   - A clock runs and stops. It ends at its deadline.
//   - Severity says how fast we must act. Risk says how bad it could be for the
//     people affected.
//   - The rules suggest. A person assesses the risk. The grid gives advice. The DPO
//     decides, and decides again if the facts change.
//   - An action is something to do afterwards. It has an owner and a date.
//   - The card is the pinned message in the incident's channel. The timeline is
//     everything that happened. The register is the list of all incidents except
//     drills (Art. 33(5)).
//   - People can be identified from data. Faults are fixed. Numbers have a comma:
//     12,000.
package view
