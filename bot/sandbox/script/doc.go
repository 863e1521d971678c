// Package script plays stories in a [sandbox.Workspace]: who does what, when, and what each person then sees. A story
// is written so that people who are not developers can read it.
//
//	at 2026-11-20 16:45              the clock, in UTC
//	+25h                             time passes
//	@nia types /breach               a command
//	@nia fills What happened: …      an input of the form, by the beginning of its label or its block id
//	@nia attaches Screenshots: a.png; b.pdf
//	                                 files of those names to a file input
//	@nia sends                       the form
//	@nia closes                      the form
//	@rob presses Triage              the newest button of that label in sight
//	@rob presses Decide, Board       or, of several alike, as it is read out
//	@rob chooses More: Resolve       an option of the newest such select in sight
//	@rob writes in #br-2026-0001: …  a message
//	@dee uses breach_report          a global shortcut
//	@rob uses breach_timeline on "They have rung"
//	                                 a message shortcut, on the newest message in sight with those words
//	@rob edits "They have rung": …   an own message, found in the same way
//	@rob deletes "They have rung"
//	@ivy invites @gus to #br-2026-0001
//	@ivy removes @gus from #br-2026-0001
//	@rob leaves #br-2026-0001
//	share #br-2026-0001 with T0OTHER an organisation, by its team id
//	@dee opens Home                  the app's Home tab
//	@dee presses Triage in Home      the first button of that label there
//
// Lines that begin with # are remarks. Lines that begin with "  | " say what was seen, and are skipped when a story is
// played. Nothing else is understood.
//
// A [Player] plays a story. What it writes to its Out is the story again with what was seen now, so a story is its own
// golden file: tests compare the two. A [Stage] is for watching a story while it is played, as the page does.
//
// The package uses the workspace only as a person or a test can, through what [sandbox] exports. It never reads the
// clock of the machine.
package script
