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
