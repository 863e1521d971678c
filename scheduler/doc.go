// Package scheduler carries out what incidents owe: it claims due tasks from
// the queue, has a courier carry them out at Slack, and brings the outcome back
// into the journal.
//
// Every replica ticks. A tick takes a lock so that replicas do not all ask the
// database for the same rows, but nothing depends on that lock. Only one worker at
// a time has a task, because its row is leased, and its delivery is recorded once,
// because its key is. Without the lock, for example when Redis is down, the work
// goes on and an alarm is raised; for a legal clock, stopping would be worse.
//
// Immediately before a task is carried out it is checked against the incident as
// it is now, so that nothing is sent that is no longer owed. If an earlier attempt
// may have got through, what is no longer owed is looked for before it is dropped,
// and recorded if it is there: what people have, the journal tells. A delivery that fails
// is put off for longer and longer, and the incident shows it when it keeps
// failing. It is never given up and never only logged.
package scheduler
