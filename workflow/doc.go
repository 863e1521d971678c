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
//
// # One row for each thing
//
//	commandrow.go  a command: from which steps, who may, the refusal, what decides it
//	eventrow.go    an event: who hears of it, what erasing keeps of it, its fold;
//	               the rows stand with the events
//	task.go        a task: its key, whether an event records it, whether a newer one replaces it
//	news.go        what somebody must act on: who is told in person, and what still matters of it
//	taken.go       a circle of people who are told in person while nobody has a report
//	clocks.go      a clock: its label, its pace, how it is derived
//	duty.go        a recipient who may have to be told: the question, the nations in which it exists
//	law.go         a statement of law: its source, and the day it was checked there
//	guide_rules.go a principle by which the facts suggest a grade, with its reason and source
//	guide_asks.go  a question that arises only in some incidents, with when it does
//
// Each act has a file of its own with its command, event, rule and fold
// (containment, investigation, clarify, recovery, review, action, link, deputy,
// evidence, presence, help). The steps, the phases, every clock and what comes
// next are derived, so they cannot disagree with what happened. Subject makes and
// reads the keys of tasks; nothing else knows what a key looks like.
//
// # Where a new thing goes
//
// Names (of a command, task, clock, form or action) are declared in the thing's
// own file. Goldens follow with -update.
//
//	Thing           Places  Which                                   What reminds you
//	command + form  4       workflow: its file, commandRows;        TestNothingIsMissingOfWhatTheTablesHold,
//	                        bot/view: its file, forms               the golden of the steps, TestEveryRowIsWhole
//	event           2       workflow: its file, row included;       the compiler: event() takes all parts;
//	                        bot/view: its row of words              TestNothingIsMissingOfWhatTheTablesHold,
//	                                                                TestEverythingHasWords
//	message (task)  3       workflow: what plans it, taskRows;      TestNothingIsMissingOfWhatTheTablesHold,
//	                        bot/view: its row, which says it        TestEverythingHasWords
//	clock           2       workflow: clockRows, with what          TestNothingIsMissingOfWhatTheTablesHold,
//	                        derives it; bot/view: its row of words  TestEverythingHasWords
//	setting         3       workflow: Rules with its default;       TestNothingIsMissingOfTheSettingsOfTheRules,
//	                        cmd/breachbot: ruleSettings; README     TestReadmeHasEverySetting
//	document        3       workflow/document: its file; its        TestReadme names a command that is missing;
//	                        subcommand in cmd/breachbot; README     the rest is by hand
//
// The tests ask for examples besides: a command to give at every step
// (TestEveryCommandHasARow) and a filled-in form, a chronicle in which the event
// happens (TestTheTimelineShowsEveryKindOfEvent), a stored key of the task
// (TestEveryWayOfNamingATaskIsAmongTheStoredKeys). Each names what it lacks.
//
// A store of an earlier version is kept in store/testdata and must read, verify
// and plan as it did; that test tells when a change plans otherwise.
//
// # Clocks, duties and the end
//
// Besides the 72 hours there are clocks for triage and containment by severity,
// from the report; controllers and customers, from awareness; further information
// that was promised, from the last notice; the board's report, from the report;
// the review, 14 days from the resolution; each action, to its date. Each is
// reminded of before and after its deadline, in the channel or, for an action, to
// its owner. Where the settings say that the organisation is bound by them, there
// are the 72 hours of PECR and of the NIS Regulations too.
//
// Where we are only the processor, the regulator and the people affected are the
// controller's questions: there are no 72 hours of ours, nobody is asked to
// decide, and the clock for telling the controller leads. All of that comes back
// when our role changes. While awareness is not decided, the 72 hours run from the
// earlier of when it was noticed and when our processor told us.
//
// Not needed is an answer to a duty, with a reason. The board's report is asked of
// every breach but near misses. Resolving waits for both decisions of the DPO,
// taken and carried out; for containment that is recorded and verified (not at
// severity 4 and for near misses); and for the five checks at severity 1 and 2.
// Closing waits for every duty that is asked to be answered, for those to be told
// whom it was decided to tell, for what is to follow, and for the review. Actions
// may stay open. The refusal says what is missing.
//
// # Decisions and their price
//
//   - Plan takes no clock. So tasks can be derived again at any time and compared
//     with the table: verify does. Missed milestones are put together when they are
//     said. Price: a nudge's words are not known before.
//   - There is one task for each target, and only for its next milestone. The
//     audience widens by targets joining the ladder. Price: a commit plans the
//     reminders of an incident again.
//   - Rules suggest the grade, people give it. Each rule has its reason and its
//     source, and says what is not known yet and what would change the result.
//     Whoever chooses otherwise says why, and both are kept. A rule may not fit one
//     case only, and a worse fact may never lower the advice: the tests hold every
//     rule to that. Price: an assessment asks for facts before a grade.
//   - Triage asks first what the playbook of the kind of event names and nobody has
//     answered. What a form did not show stays as it was: the command says which
//     questions were asked. Price: some answers are a page away.
//   - Each kind of breach is graded apart, and the worst counts, so that loss of care
//     is not lost behind disclosure. Price: effects of two kinds are never added up.
//   - A decision falls back to pending when the risk is assessed or triaged again
//     or its facts change, and the clock runs again. Times may be corrected without
//     that. Whoever decides is asked again, in a new message, once for each time.
//     Price: the DPO is asked again, also when the advice stays what it was.
//   - A notice taken back leaves the law's question open: the DPO decides again, and
//     nothing is closed before. The 72 hours stay as they were, for the first notice
//     was sent; a new one that comes after them says why. Price: a withdrawal needs
//     a decision.
//   - An answer about another recipient falls back only when the facts raise its
//     question again: for police that is bad intent or danger, for the department a higher
//     grade. Each keeps what raised it and the version of the facts it was taken on.
//     Were every change to ask a dozen questions again, nobody would read them.
//     Price: what the table of duties does not name, somebody has to see.
//   - Until triage the first guess sets the pace: critical counts as severity 1, high
//     as 2, everything else as 3. Price: a frightened reporter hurries everybody once.
//   - While nobody has a report, the next people are told in person, and then
//     everybody, until somebody takes it, triages it or ends it. How long nobody may
//     have it follows the severity; near misses wait for the next working morning.
//     What people were told, and when, is in the record, so a restart neither repeats
//     nor forgets it, and after an outage everybody has the whole wait again. Price:
//     one message more for each person who could have pressed and did not.
//   - Messages that say who has it are brought up to date in place, and nobody is
//     sent another one. Of two who take it at once, the first has it. Price: taking it
//     from somebody needs the form.
//   - Quiet hours hold back what can wait, about severities 3 and 4 only: news of a
//     report and reminders of our own targets, in person. Not the 72 hours, not a
//     request for a decision, and nothing in the channel. They are no part of the wait.
//     Price: a report at night that was guessed too low is heard of in the morning.
//   - Same day means the working day, but never later than a third of the way to the
//     regulator's deadline. Only triage has such a target. The morning that a near
//     miss waits for has no such limit, because nothing happened and the countdown of
//     its clock does not wait. Every other clock counts hours or calendar days. Price:
//     triage at weekends.
//   - Nothing is resolved while it may still spread. Price: one more form at every end.
//   - Nothing is closed without a review. Its depth follows the severity. Price:
//     incidents stay open for the fortnight that it may take.
//   - A report belongs to its author, who may amend it until it is closed; every
//     version is kept. An amendment moves the record only where nobody has
//     corrected it, and the clock only as its author could anyway: earlier, while
//     awareness is not set. Otherwise it stands beside the record, and the
//     announcement asks whoever may to look. Price: report and record may differ,
//     and both are shown.
//   - A near miss has no level of risk unless somebody gives one: nobody was
//     affected. Price: a column of the register is empty for it.
//   - An attached file is read after the form is stored, by a task, so that a slow
//     download loses no report. Price: for some seconds there is no hash.
//   - A duplicate's clock goes on in the other incident, and a report with the earlier
//     deadline cannot become the duplicate, so that no hours are lost. Price: the
//     other one's times have to be corrected first.
//   - Erasing keeps of an event what its row names, and nothing typed by default.
//     Price: a text of our own that is not named is lost with the rest.
package workflow
