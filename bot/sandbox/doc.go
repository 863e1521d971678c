// Package sandbox is a strict stand-in for Slack in one process: the Web API and Socket Mode over real HTTP and
// WebSocket, and a control API to act as the people of the workspace.
//
// It is stricter than a happy path: where Slack would hurt a careless app, so does the sandbox. Bodies, tokens, scopes
// and Block Kit are checked; a trigger lives three seconds and works once; each envelope reaches exactly one socket and
// must be acknowledged in time; private things are visible only to those who may see them; posts are rate limited; and
// every fault a production bot meets (a dropped reply after the act, a cut socket, a refused method) can be ordered.
//
// # Concepts
//
//   - A [Workspace] is one Slack team with one installed app, described by [App] as a manifest would: only the
//     commands, shortcuts, events and scopes it declares exist. [New] makes one, [Listen] serves it.
//   - A [User] belongs to the workspace (or visits it, see [Kind]). [Workspace.As] gives a [Person]: that user at their
//     Slack client. A person types commands, fills forms, presses buttons, and sees only what they may see.
//   - A [View] is a modal or the Home tab of one person; a [Message] is a message as one person sees it. [Person.Render]
//     and [Person.RenderView] turn them into plain text for demo output and golden files.
//   - The clock is the workspace's own ([Workspace.Now], [Workspace.Advance], [Workspace.SetTime]). Message timestamps,
//     trigger expiry and the redelivery of events follow it. Acknowledgement deadlines and rate windows run on real
//     time, because the app under test waits for them in real time.
//   - [Workspace.Fault], [Workspace.SetPolicy] and [Workspace.Sockets] break things on purpose.
//   - What is shown of the workspace elsewhere, as on a page in a browser, is made from copies taken at one moment:
//     [Person.Reader] (what texts refer to, for one reader), [Person.Log] and [Person.Entry] (messages with what stands
//     around them), [Person.Unread], [Person.Modals], [Workspace.App], [Workspace.Faults], [Workspace.LastRequests] and
//     [Workspace.LastEnvelopes]. None holds a part of the workspace, and nobody outside takes its lock.
//   - [Workspace.WaitFor] waits for a condition and looks again at every change, so tests need no sleeps.
//
// The packages below build on this one, and it knows neither: page shows a workspace in a browser, script plays stories
// in it.
//
// All exported methods are safe for concurrent use. The same verbs are offered as JSON over HTTP under /control/ for
// programs that are not written in Go.
//
// Platform constants name the page of Slack's documentation they come from as "Slack: <page>".
package sandbox
