// Package scheduler carries out what incidents owe: it claims due tasks from
// the queue, has a courier carry them out at Slack, and brings the outcome back
// into the journal.
//
// Every replica ticks. A tick takes a lock so that replicas do not all ask the
// database for the same rows, but nothing rests on that lock: each task is in
// the hands of one worker at a time because its row is leased, and its delivery
// is recorded once because its key is. Without the lock, as when Redis is
// down, the work goes on and an alarm is raised; for a legal clock, stopping
// would be the worse failure.
//
// A task is checked against the incident as it stands immediately before it is
// carried out, so that what is no longer owed is not said. A delivery that
// fails is put off with growing intervals and becomes visible in the incident
// when it keeps failing; it is never given up and never only logged.
package scheduler
