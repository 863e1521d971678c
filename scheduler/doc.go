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
//
// # Lanes
//
// Tasks go in lanes (workflow.Lane). What has a legal deadline is taken first, then
// what somebody waits for, then the bulk. Each lane may use up only its share of the
// claims in hand and of the workers, and the courier's limiter keeps the same shares of
// what Slack allows, so that a wave of reports silences no reminder. Within an
// incident the plan's order holds whatever the lanes: the room comes before what is
// said in it. Price: while urgent work takes all that Slack allows, bulk waits.
//
// No worker waits for Slack's limits. A courier that is held back says until when
// (Hold), and the task goes back to the queue until then, as if it had not been claimed:
// that is no attempt, no failure and no alarm. If the delivery had sent something that
// may not be sent twice, one attempt is remembered, so that it is looked for. Each task
// that is held back is given a time of its own, so that they do not all come at once.
// Between two ticks the scheduler wakes when the next task falls due. Price: one look
// at an index after each pass, and two writes for each time a task is held back.
package scheduler
