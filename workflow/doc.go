// Package workflow holds the rules of a personal data breach: what an incident
// is, who may do what to it and when, how the clock to the regulator runs, what
// the assessment grid advises, and which messages and nudges each state calls
// for.
//
// It follows one pattern, and every function of it is pure:
//
//   - Rules.Handle decides: a command, an incident and an instant in; events or
//     a refusal out.
//   - Incident.Apply evolves: it folds one event into the incident and never
//     fails.
//   - Rules.Plan plans: it derives from an incident the tasks (Slack acts and
//     nudges) that are still owed.
//
// Service.Do joins the three to a Journal: it appends events, tasks and register
// rows in one transaction, under a key that makes a repeated command a
// no-op. Nothing here reads a clock, talks to Slack or imports anything outside
// the standard library; a test checks this.
//
// All instants are UTC and cut to the microsecond; a time zone matters only where
// a person reads or types a time. The 72 hours are elapsed hours (UK GDPR
// Art. 33(1)).
package workflow
