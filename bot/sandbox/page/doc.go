// Package page shows a [sandbox.Workspace] in a browser: what each of its people sees, with a bar to move time, to break
// Slack and to play a story. [New] makes the page of a workspace and [Page.Listen] serves it.
//
// # How it works
//
//   - A window is a page of one person, named in the address. It consists of regions ("log", "side", "modal", …), each a
//     template in page.html. The script in page.js asks again and again for the regions that have become others; the
//     page answers at the next change of the workspace.
//   - What is shown is made from copies that the workspace gives ([sandbox.Person.Reader], [sandbox.Person.Log] and
//     others). The page holds no lock of the workspace while it draws, and cannot take one.
//   - What a window does goes through the verbs that a test uses: [sandbox.Person] and [sandbox.Workspace]. The table of
//     acts lists all of it.
//   - Blocks and mrkdwn are written as HTML here, and everything from outside is escaped in one place. What the page does
//     not know it shows as such.
//   - A story is what [Options].Story plays on the page's [Stage]; the page does not know how stories are written.
//
// # Who can use it
//
// The address holds a random secret, the caller must be on this machine and name it, and anything that acts or streams must
// come from the page itself. The page loads nothing from elsewhere and lets the browser load nothing either.
package page
