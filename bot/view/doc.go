// Package view holds everything breachbot shows in Slack and everything people
// fill in: every message, card and modal as a pure function of an incident, and
// beside each form the function that reads it back.
//
// What people typed never enters a message. Slack keeps messages for as long as
// it likes, pushes them to locked telephones and lets integrations read them. A
// message holds the reference, times, grades from closed lists and Slack ids.
// Typed words are shown only to the person who asked and may see them: in modals, and
// in the tables that answer /breach find, register and actions, which nobody else
// sees and Slack does not keep. There they are plain text, so nothing in them can
// mention, link or format. Every message has a neutral top-level text, because
// notifications and screen readers read that.
//
// Slack has blocks since 2026 that not every workspace has yet. A message or modal is
// made of the newest ones, and Plain says the same without them.
//
// What people read about a kind of event, task or clock is one row of a table:
// eventRows, taskRows and clockRows. A test names each part that a row leaves
// out. If only a newer version knows a kind, this one says that and claims
// nothing else.
//
// The block id of a form field is its workflow.Field, so a refusal by the workflow
// is already a form error.
//
// # Our words
//
// One word for one thing, in plain British English as NHS and GOV.UK write it.
//
//	We say                   It means                                        We do not say
//	people affected          those whose data it is                          people concerned, data subjects, customers
//	customers                those we owe a notice by contract               for patients
//	incident                 what is being handled, with its reference       case, ticket
//	report                   what somebody sent at the beginning             for the register
//	register                 the record of all breaches (Art. 33(5))         log, report
//	regulator, or its name   whom the law says to notify: ICO                authority
//	notify                   tell the regulator                              for anybody else: tell
//	tell                     tell the people affected and others             notify, communicate to
//	recorded as sent         somebody wrote down that it went                submitted by breachbot
//	decide again             a decision that is open once more               decide anew
//	plan again, open again   the same of other things                        anew, afresh
//	can be identified        a person is known from the data                 is identifiable
//	fixed                    a fault is no more                              mended
//	near miss                nothing was breached this time                  potential breach
//	clock                    a time limit that runs                          timer, SLA
//	nudge                    a reminder of the 72 hours                      alert
//	reminder                 one of any clock                                chaser
//	drill                    practice, with a reference DR-…                 test, exercise incident
//	lead                     the person who leads one incident               owner, manager
//	owner                    whose a corrective action is                    assignee
//	DPO                      data protection officer; decides                privacy officer
//	deputy                   the DPO's deputy                                vice, second DPO
//	IG lead                  information governance lead                     IG manager
//	SIRO                     senior information risk owner                   risk owner
//	Caldicott Guardian       looks after patients' confidentiality           Caldicott
//	12,000                   with its comma                                  12000, 12.000
package view
