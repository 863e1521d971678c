// Package bot is breachbot's side of Slack: what comes in over Socket Mode
// becomes commands to the workflow, and what the workflow owes becomes Web API
// calls.
//
// Nothing is decided here. In: a person's act is authorised afresh, read into a
// command and given to workflow.Service, and Slack is answered only once the
// result is stored. Out: Deliver carries out one stored task and reports what
// became of it; the scheduler records that.
package bot
