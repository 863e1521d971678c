// Package bot is breachbot's side of Slack. It turns what comes in over Socket
// Mode into commands to the workflow, and what the workflow owes into Web API
// calls.
//
// It decides nothing. On the way in, it authorises each act again, reads it into a
// command and gives that to workflow.Service. Slack gets its answer only once the
// result is stored. On the way out, Deliver carries out one stored task and reports
// what became of it; the scheduler records that.
package bot
