// Package bot is breachbot's side of Slack. It turns what comes in over Socket
// Mode into commands to the workflow, and what the workflow owes into Web API
// calls.
//
// Nothing is decided here. In: a person's act is authorised afresh, read into a
// command and given to workflow.Service, and Slack is answered only once the
// result is stored. Out: Deliver carries out one stored task and reports what
// became of it; the scheduler records that.
//
// # The path of one report
//
//  1. Slack's envelope arrives on one of two sockets. Bot.take hands it to a
//     handler of its own, bounded, recovered and waited for, so that the loop
//     that reads never waits.
//  2. /breach opens the form before anything slow happens, because Slack's
//     trigger lives three seconds. Then the store is asked whether the person
//     typed something before and did not send it. From then on each change of
//     the form is kept there for a day, for its author alone (draft.go).
//  3. Send report reaches submit, which reads in order: who is it and may they,
//     parse, do, answer. The parser stands beside the builder in package view.
//  4. Service.Do asks Rules.Handle. A refusal names a field, and the field is
//     the block id, so it appears beside the input as it stands.
//  5. Service.Do applies the events, plans what is owed, and appends events,
//     tasks and register rows in one transaction. Only then is Slack
//     acknowledged and the reference shown. If the store does not answer, the
//     form stays open with what was typed.
//  6. The commit wakes the scheduler. It claims each due task, asks whether it
//     is still owed, calls Deliver, and records the fact that comes back as a
//     command: the only way in. Channel, topic, card, pin and the reporter's
//     message take six calls to Slack besides the invitations.
//  7. A due reminder is a task like any other. Its words are made when it is
//     said, from what is so then.
//  8. The DPO's button opens a form that is bound to the version of the facts.
//     If they change meanwhile, sending it shows the new ones and records
//     nothing.
//  9. The card, /breach list and the exported register read the same rows.
//
// # Sockets and acknowledgements
//
// Two sockets are open, so that a refresh by Slack leaves no gap. An
// acknowledgement is queued, not sent, when the library returns; that is why
// stopping has an order: take nothing more, finish the handlers, let the
// acknowledgements leave, close. A form that was sent twice has the same view id,
// and so the same command key: it is stored once. An envelope of an unknown kind
// is acknowledged, counted and alarmed. What Slack tells of a channel (joined,
// left, edited, deleted) comes at least once and in any order. It is stored under
// the event's id before it is acknowledged, and folded by Slack's own time
// (channel_event.go). Messages that nobody added to the timeline are let go
// unread (evidence.go).
//
// # Posting once
//
// Slack has no key that makes a repeated post harmless. So a message carries its
// task's stamp as opaque metadata. Before a second attempt history is read for the
// stamp, and a message that is found counts as posted. Price: one more call after
// a failure. A channel that an attempt may have made is
// found among our own by name and time, or by name if nobody else is in it.
//
// What is found is recorded as what it says: the metadata also holds the version of
// the incident that it was written from, so that it is brought up to date, and the
// milestones that it says were missed. If the task is no longer owed by then, Seek
// records it all the same and takes its buttons off (seek.go).
//
// Slack's clock and ours may differ, so history is read from a day before the attempt
// by Slack's own clock, which every answer tells (slacktime.go). Price: a page or two
// more of history. A message of an earlier database is told by the instant of the
// report, which is in the metadata too.
//
// # Slack's limits
//
// Every call goes through Bot.call, which asks the limiter and never waits. The limiter
// counts the calls of the last minute, for each method and for each channel, as Slack
// does, so that Slack has nothing to refuse; replicas count together in Redis
// (limit.lua). The libraries for this, x/time/rate and redis_rate, know neither shares of
// a limit nor places in a line, hence our own. A lane may use up only its share. A
// delivery that is held back goes back to the queue with a place in the line of its
// lane. Of the calls to one conversation only two are under way at a time, and one that
// was not answered closes it for a while, so that a conversation that hangs holds up
// nothing else (call.go). A 429 empties the budget for as long as Slack asks. It is not
// waited out in the client: the task is put off, and others go on.
//
// A person whose form cannot be opened is told so in the acknowledgement, which no limit
// touches, with a button that keeps their place in the line (view.Queued). Slack
// opens a form only within three seconds of an act, so the form cannot come by itself.
// Price: one more click.
//
// # When Slack does not say who somebody is
//
// Slack's last answer about a person holds for a day while it gives no newer one: a
// suspended account cannot act at Slack, and somebody who became a guest meanwhile has
// their old rights for that day at most. About somebody it never told us of, nothing
// is assumed and nothing is shown. But a report is taken from them: promise 1 outranks
// the doubt, and a report gives something and gets nothing. Its author holds no role,
// sees no reference, and is sent nothing and invited nowhere until Slack says that they
// are a full member (mayBeTold). If they are not, the card says so to the people who
// handle the incident. Price: during such a spell a guest can send a report.
//
// # Who is reached
//
// A task for a user group writes to everybody it can and reports whom it could not:
// those are owed a task of their own each (workflow.KindPerson), and whoever can never
// be written to is named on the card. What a code of Slack's means for a person, a
// message or a channel stands in one table (refusal.go). A message that cannot be
// brought up to date any more is a fact, workflow.MessageGone; the plan decides
// whether there is another. Price: a group's first delivery is one task for all, so a
// kill in the middle of it looks for the message in each conversation again; somebody
// who left the group in between keeps a message that the journal does not name.
//
// # Blocks that not every workspace has
//
// Slack gave its blocks of 2026 to one workspace after the other. Everything that
// shows blocks goes through Bot.shaped: it sends them and, only on a definite
// refusal of the blocks, at once the same without those of 2026 (view.Plain),
// under the same stamp. The answer holds for a day, for each surface (shape.go). An
// acknowledgement gets no reply, so Bot.sure leaves those blocks out of it unless
// Slack has shown these kinds within the day; a command's answer then goes through
// the response URL, where Slack does say so. Price: one more call a day.
//
// # Decisions and their price
//
//   - Messages hold nothing that was typed. They outlive a deletion, are pushed to
//     locked telephones and are read by other apps. Price: one click to read a
//     report or a reason.
//   - What is typed into the report form is kept with every letter, because Slack
//     does not say what a form held that was closed. It is in the table drafts,
//     which no event tells of and verify does not look at. Sending the form ends it
//     in the transaction of the report. Price: a write for each change, and unsent
//     words in backups.
//   - Rights are looked up when a form opens and again when it is sent. If the
//     members of a user group cannot be read, its roles are not assumed. Price: two
//     look-ups, cached for a short time, for each act.
//   - The Home tab holds nothing that was typed and is as old as it says. It looks
//     at the 20 newest open incidents and at 20 of the person's own. Price: whoever
//     has more of them uses /breach list.
package bot
