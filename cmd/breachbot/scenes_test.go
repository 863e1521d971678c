package main

import (
	"strconv"

	"breachbot/bot/sandbox"
)

// scene is a picture: whose window, and how to get there from the scene before.
type scene struct {
	name, who string
	get       func(*window)
}

// scenes are every form, card and state of the page, in the order of an incident.
// A form that is added to the bot gets a line here.
var scenes = [][]scene{reporting, grading, helping, listing, deciding, ending, asking, practising, looking}

var reporting = []scene{
	{"first-page", sandbox.Nia, func(w *window) { w.see("Something went wrong with personal data?") }},
	{"home-reporter-empty", sandbox.Nia, func(w *window) { w.home("Nothing is waiting for you.") }},
	{"report", sandbox.Nia, func(w *window) { w.visit("general"); w.write("/breach"); w.seeForm("Report a data breach") }},
	{"report-with-mistakes", sandbox.Nia, func(w *window) {
		w.fill("In one line", "Discharge letter sent to a previous address")
		w.press("Send report")
		w.see("Please complete this required field.")
	}},
	{"report-narrow-dark", sandbox.Nia, func(w *window) { w.narrow(); w.dark(true) }},
	{"report-resumed", sandbox.Nia, func(w *window) {
		w.wide()
		w.leave()
		w.write("/breach")
		w.see("We kept what you typed")
	}},
	{"report-received", sandbox.Nia, func(w *window) {
		w.fill("What happened", "The new occupant rang us. She had opened the letter and read it.")
		w.choose("How bad", "Medium")
		w.press("I know more")
		w.choose("What kind", "Letter")
		w.choose("Which kinds of data", "Health")
		w.fill("About how many", "1")
		w.press("Send report")
		w.seeForm("Report received")
	}},
	{"reporter-told", sandbox.Nia, func(w *window) { w.leave(); w.visit("breachbot"); w.see("Its reference is BR-2026-0001") }},
	{"reporter-told-narrow-dark", sandbox.Nia, func(w *window) { w.narrow(); w.dark(true) }},
	{"home-reporter", sandbox.Nia, func(w *window) { w.wide(); w.dark(false); w.home("You reported it.") }},
	{"role-holder-told", sandbox.Cal, func(w *window) { w.visit("breachbot"); w.see("nobody has it yet") }},
	{"report-by-shortcut", sandbox.Sam, func(w *window) {
		w.click("open the shortcuts", `document.querySelector("#shortcuts > summary")`)
		w.click("take the first", `document.querySelector("#shortcuts button[name=callback]")`)
		w.seeForm("Report a data breach")
	}},
	{"report-from-a-message", sandbox.Sam, func(w *window) {
		w.leave()
		w.write("Somebody has left a ward list in the car park. I have it here.")
		w.menu("Somebody has left a ward list")
		w.press("Report as data breach")
		w.see("which message it is about")
	}},
}

var grading = []scene{
	{"home-responder", sandbox.Rob, func(w *window) { w.home("triage it") }},
	{"card-reported", sandbox.Rob, func(w *window) { w.visit("br-2026-0001"); w.see("I have it") }},
	{"more-choices", sandbox.Rob, func(w *window) { w.choices() }},
	{"triage", sandbox.Rob, func(w *window) { w.press("I have it"); w.see("Lead: Rob Sharma"); w.form("Triage", "Triage") }},
	{"triage-narrow-dark", sandbox.Rob, func(w *window) { w.narrow(); w.dark(true) }},
	{"card-triaged", sandbox.Rob, func(w *window) {
		w.wide()
		w.dark(false)
		w.choose("Severity", "3 Medium")
		w.fill("Why", "One letter, opened and read by one person who is helpful.")
		w.choose("Is personal data", "Yes")
		w.press("Save triage")
		w.seeForm("")
		w.see("Triaged, waiting for assessment")
		w.top()
	}},
	{"contain", sandbox.Rob, func(w *window) { w.form("Contain", "Contain") }},
	{"contain-evidence-first", sandbox.Rob, func(w *window) {
		w.choose("And to systems", "Took the system offline")
		w.choose("How far", "Contained")
		w.press("Save")
		w.see("destroys evidence")
	}},
	{"contain-narrow-dark", sandbox.Rob, func(w *window) { w.narrow(); w.dark(true) }},
	{"card-contained", sandbox.Rob, func(w *window) {
		w.wide()
		w.choose("And to systems", "Took the system offline")
		w.choose("What has been done", "Preserved the evidence")
		w.choose("What has been done", "Retrieved the paper")
		w.choose("Who got the data", "A wrong recipient who is known")
		w.choose("Did the data reach", "Yes")
		w.fill("How do you know", "A colleague has collected it. It had been opened.")
		w.press("Save")
		w.seeForm("")
		w.see("Assess the risk")
		w.top()
	}},
	{"note", sandbox.Rob, func(w *window) { w.form("Add a note", "Add a note") }},
	{"report-shown", sandbox.Rob, func(w *window) { w.leave(); w.form("Show the report", "BR-2026-0001") }},
	{"role", sandbox.Rob, func(w *window) { w.leave(); w.more("Hand over the lead"); w.seeForm("Give somebody a role") }},
	{"dismiss", sandbox.Dee, func(w *window) {
		w.visit("br-2026-0001")
		w.more("Not a personal data breach")
		w.seeForm("Not a data breach")
	}},
	{"times", sandbox.Dee, func(w *window) { w.leave(); w.more("Correct the times"); w.seeForm("Correct the times") }},
	{"assess", sandbox.Dee, func(w *window) { w.leave(); w.form("Assess the risk", "Assess the risk") }},
	{"assess-otherwise", sandbox.Dee, func(w *window) {
		w.choose("How likely", "3 Likely")
		w.choose("How bad would", "3 Adverse")
		w.fill("What is the evidence", "The recipient read it.")
		w.choose("Vulnerable", "No")
		w.choose("Is a high risk", "No")
		w.press("Save assessment")
		w.see("Please say why you see it differently")
	}},
	{"assess-narrow-dark", sandbox.Dee, func(w *window) { w.narrow(); w.dark(true) }},
	{"assessed", sandbox.Dee, func(w *window) {
		w.wide()
		w.fill("Why is this different", "One reader, who is known and has given it back.")
		w.press("Save assessment")
		w.seeForm("Assessment saved")
	}},
}

var helping = []scene{
	{"ask-to-contribute", sandbox.Rob, func(w *window) { w.leave(); w.more("Ask somebody to contribute"); w.seeForm("Ask somebody") }},
	{"asked", sandbox.Nia, func(w *window) {
		rob := w.beside(sandbox.Rob)
		rob.choose("Who", "Nia Bevan")
		rob.fill("What do you need", "Which address did the letter system hold on the day it was printed?")
		rob.press("Ask")
		rob.seeForm("")
		w.visit("breachbot")
		w.see("You have been asked to help")
	}},
	{"answer", sandbox.Nia, func(w *window) { w.form("Answer", "Your answer") }},
	{"answer-saved", sandbox.Nia, func(w *window) {
		w.fill("Answer", "The old one. The new one had been in the patient record since June.")
		w.press("Send answer")
		w.seeForm("Answer saved")
	}},
	{"answered", sandbox.Rob, func(w *window) { w.visit("breachbot"); w.see("has answered your question") }},
	{"evidence", sandbox.Rob, func(w *window) {
		w.visit("br-2026-0001")
		w.write("The recipient has rung again: she has shown the letter to nobody.")
		w.menu("The recipient has rung again")
		w.press("Add to timeline")
		w.seeForm("Add to the timeline")
	}},
	{"action", sandbox.Rob, func(w *window) {
		w.press("Add it")
		w.seeForm("")
		w.more("Actions")
		w.form("Add an action", "Add an action")
	}},
	{"actions", sandbox.Rob, func(w *window) {
		w.fill("What is to be done", "Have the letter system take the address from the patient record.")
		w.choose("Who does it", "Nia Bevan")
		w.press("Add it")
		w.seeForm("")
		w.more("Actions")
		w.see("1 action still to do")
	}},
	{"action-given", sandbox.Nia, func(w *window) { w.leave(); w.see("You have been given an action") }},
	{"action-finish", sandbox.Nia, func(w *window) { w.form("Show it, and say when it is done", "Action") }},
	{"home-reporter-action", sandbox.Nia, func(w *window) { w.leave(); w.home("You own corrective action 1.") }},
	{"link", sandbox.Rob, func(w *window) { w.leave(); w.more("Link to another incident"); w.seeForm("Link to another incident") }},
}

var listing = []scene{
	{"steps", sandbox.Rob, func(w *window) { w.leave(); w.more("Steps and checklists"); w.see("The eight steps") }},
	{"steps-narrow-dark", sandbox.Rob, func(w *window) { w.narrow(); w.dark(true) }},
	{"clocks", sandbox.Rob, func(w *window) { w.wide(); w.leave(); w.more("All clocks"); w.see("Every clock") }},
	{"duties", sandbox.Rob, func(w *window) { w.leave(); w.more("Who must be told?"); w.see("Answer each question wit") }},
	{"duties-narrow", sandbox.Rob, func(w *window) { w.narrow() }},
	{"duty", sandbox.Rob, func(w *window) { w.wide(); w.form("Decide", "Must they be told?") }},
	{"duty-of-another", sandbox.Rob, func(w *window) {
		w.leave()
		w.more("Who must be told?")
		w.more("Police")
		w.seeForm("Must they be told?")
	}},
	{"duties-not-needed", sandbox.Rob, func(w *window) {
		w.leave()
		w.more("Who must be told?")
		w.form("Several are not needed", "Not needed")
	}},
	{"recover", sandbox.Rob, func(w *window) { w.leave(); w.more("Recover safely"); w.seeForm("Recover safely") }},
	{"pack", sandbox.Rob, func(w *window) { w.leave(); w.more("Advice pack"); w.seeForm("Advice pack") }},
}

var deciding = []scene{
	{"home-dpo", sandbox.Dee, func(w *window) { w.leave(); w.home("decide whether to notify") }},
	{"home-dpo-narrow-dark", sandbox.Dee, func(w *window) { w.narrow(); w.dark(true) }},
	{"home-board", sandbox.Bea, func(w *window) { w.home("The register") }},
	{"decision-asked", sandbox.Dee, func(w *window) { w.wide(); w.visit("breachbot"); w.see("needs your decision") }},
	{"decision-asked-narrow", sandbox.Dee, func(w *window) { w.narrow() }},
	{"do-not-notify", sandbox.Dee, func(w *window) { w.form("Do not notify", "Decide") }},
	{"decide", sandbox.Dee, func(w *window) { w.wide(); w.leave(); w.form("Decide", "Decide") }},
	{"decide-aware", sandbox.Dee, func(w *window) {
		w.choose("Notify the ICO?", "Notify")
		w.fill("Reason about the ICO", "A neighbour has read it.")
		w.choose("When did we become aware?", "At another time")
		w.click("send", `document.getElementById("modal-submit")`)
		w.see("Aware since")
	}},
	{"dpo-away", sandbox.Rob, func(w *window) { w.leave(); w.more("The DPO is away"); w.seeForm("The DPO is away") }},
	{"list-busy", sandbox.Ivy, func(w *window) { w.visit("general"); w.write("/breach list"); w.answers(1) }},
	{"time", sandbox.Dee, func(w *window) {
		w.leave()
		w.click("open the clock", `document.querySelector("#pop-time > summary")`)
		w.until("see what is next", `document.querySelector("#pop-time .hint").innerText.includes("a nudge")`)
	}},
	{"nudge", sandbox.Dee, func(w *window) {
		w.visit("br-2026-0001")
		for w.evaluate(`document.getElementById("log").innerText.includes("left to notify the ICO.") ? "" : "not yet"`) != "" {
			if w.evaluate(`document.getElementById("pop-time").open ? "open" : ""`) == "" {
				w.press("Time")
			}
			then := w.evaluate(`document.getElementById("clock").innerText`)
			w.click("move the clock", `document.getElementById("to-next")`)
			w.until("see time pass", `document.getElementById("clock").innerText !== `+strconv.Quote(then))
		}
		w.see("left to notify the ICO.")
	}},
	{"approve", sandbox.Dee, func(w *window) { w.form("Approve ICO notification", "Decide") }},
	{"approve-narrow-dark", sandbox.Dee, func(w *window) { w.narrow(); w.dark(true) }},
	{"card-decided", sandbox.Dee, func(w *window) {
		w.wide()
		w.fill("Reason about the ICO", "Health data was read by a neighbour.")
		w.click("approve", `document.getElementById("modal-submit")`)
		w.seeForm("")
		w.see("Decided: notify the ICO.")
		w.top()
	}},
	{"record-sent", sandbox.Rob, func(w *window) { w.leave(); w.form("Record as sent", "Record as sent") }},
	{"card-notified", sandbox.Rob, func(w *window) {
		w.choose("How?", "Telephone")
		w.choose("Is that all", "Yes")
		w.press("Record")
		w.seeForm("")
		w.see("stopped. Notified")
		w.top()
	}},
	{"record-told", sandbox.Rob, func(w *window) {
		dee := w.beside(sandbox.Dee)
		dee.press("Tell the people affected")
		dee.form("", "")
		dee.fill("Reason about the people affected", "One patient, who may meet the recipient.")
		dee.click("save", `document.getElementById("modal-submit")`)
		dee.seeForm("")
		w.form("Record as told", "Record as told")
	}},
	{"withdraw", sandbox.Rob, func(w *window) {
		w.choose("How?", "Telephone")
		w.choose("Is that all", "Yes")
		w.press("Record")
		w.seeForm("")
		w.more("Record a notice to the regulator")
		w.seeForm("Record as sent")
		w.see("Why is it withdrawn?")
	}},
}

var ending = []scene{
	{"investigate", sandbox.Rob, func(w *window) { w.leave(); w.form("Investigate", "Investigate") }},
	{"investigate-narrow", sandbox.Rob, func(w *window) { w.narrow() }},
	{"card-duties", sandbox.Rob, func(w *window) {
		w.wide()
		w.fill("Root cause", "The address was changed in the patient record but not in the letter system.")
		w.choose("How sure", "Root cause")
		w.fill("Which systems", "The letter system; one letter.")
		w.press("Save findings")
		w.seeForm("")
		w.see("answer who else must be told")
		w.top()
	}},
	{"duty-record", sandbox.Rob, func(w *window) {
		w.press("Who must be told?")
		w.see("Answer each question wit")
		w.form("Decide", "Must they be told?")
		w.choose("Must they", "Yes")
		w.fill("Why", "The board hears of every breach.")
		w.press("Save")
		w.seeForm("")
		w.see("tell them as decided")
		w.form("Record as told", "Record as told")
	}},
	{"card-told", sandbox.Rob, func(w *window) {
		w.choose("How?", "In person")
		w.choose("Is that all", "Yes")
		w.press("Record")
		w.seeForm("")
		w.see("resolve it once everything")
		w.top()
	}},
	{"duties-answered", sandbox.Rob, func(w *window) { w.more("Who must be told?"); w.see("More, or withdraw") }},
	{"resolve", sandbox.Rob, func(w *window) { w.leave(); w.form("Resolve", "Resolve") }},
	{"card-resolved", sandbox.Rob, func(w *window) {
		w.fill("How was it resolved", "The letter is back and was destroyed.")
		w.press("Resolve")
		w.seeForm("")
		w.see("review it: what went well")
		w.top()
	}},
	{"review", sandbox.Rob, func(w *window) { w.form("Review", "Review") }},
	{"close", sandbox.Rob, func(w *window) {
		for label, text := range map[string]string{
			"What happened": "A discharge letter went to a previous address and was read.", "What was the impact": "Distress of one patient, who was told.",
			"What went well": "The recipient rang at once.", "What slowed us": "Nothing.", "Which documents": "The procedure for changes of address.",
		} {
			w.fill(label, text)
		}
		w.press("Complete review")
		w.seeForm("")
		w.form("Close", "Close the incident")
	}},
	{"card-closed", sandbox.Rob, func(w *window) {
		w.fill("What was learned", "Letters take the address from the patient record alone.")
		w.press("Close it")
		w.seeForm("")
		w.see("· Closed ·") // in the channel's topic
		w.top()
	}},
	{"reopen", sandbox.Rob, func(w *window) { w.more("Reopen"); w.seeForm("Reopen the incident") }},
	{"timeline", sandbox.Rob, func(w *window) { w.leave(); w.more("Show the timeline"); w.see("newest first") }},
	{"timeline-deliveries", sandbox.Rob, func(w *window) { w.press("Show deliveries"); w.see("Hide deliveries") }},
	{"timeline-older", sandbox.Rob, func(w *window) { w.press("Older"); w.see("Page 2 of") }},
	{"presence", sandbox.Rob, func(w *window) { w.press("Who could see this channel"); w.see("as Slack reported it") }},
	{"outcome-told", sandbox.Nia, func(w *window) { w.visit("breachbot"); w.see("has been closed") }},
	{"home-reporter-closed", sandbox.Nia, func(w *window) { w.home("You own corrective action 1.") }},
	{"home-responder-closed", sandbox.Rob, func(w *window) { w.leave(); w.home("Nothing is waiting for you.") }},
	{"home-dpo-closed", sandbox.Dee, func(w *window) { w.home("The register") }},
}

var asking = []scene{
	{"list", sandbox.Rob, func(w *window) { w.visit("br-2026-0001"); w.write("/breach list"); w.answers(1) }},
	{"list-narrow-dark", sandbox.Rob, func(w *window) { w.narrow(); w.dark(true); w.bottom() }},
	{"status", sandbox.Rob, func(w *window) { w.wide(); w.write("/breach status BR-2026-0001"); w.answers(2) }},
	{"help", sandbox.Rob, func(w *window) { w.write("/breach help"); w.answers(3) }},
	{"clocks-table", sandbox.Rob, func(w *window) { w.write("/breach clocks BR-2026-0001"); w.answers(4) }},
	{"duties-table", sandbox.Rob, func(w *window) { w.write("/breach duties BR-2026-0001"); w.answers(5) }},
	{"timeline-table", sandbox.Rob, func(w *window) { w.write("/breach timeline BR-2026-0001"); w.answers(6) }},
	{"timeline-table-narrow-dark", sandbox.Rob, func(w *window) { w.narrow(); w.dark(true); w.bottom() }},
	{"more-help", sandbox.Dee, func(w *window) {
		w.visit("general")
		w.write("/breach help")
		w.answers(1)
		w.form("More", "Help")
	}},
	{"more-help-narrow-dark", sandbox.Dee, func(w *window) { w.narrow(); w.dark(true) }},
	{"find", sandbox.Dee, func(w *window) { w.wide(); w.leave(); w.form("Find", "Find an incident") }},
	{"found", sandbox.Dee, func(w *window) { w.fill("Words", "discharge"); w.press("Find"); w.see("Found: 1 incident") }},
	{"register", sandbox.Dee, func(w *window) { w.leave(); w.write("/breach register"); w.answers(2) }},
	{"register-narrow-dark", sandbox.Dee, func(w *window) { w.narrow(); w.dark(true); w.bottom() }},
	{"which-incident", sandbox.Dee, func(w *window) { w.wide(); w.leave(); w.write("/breach note"); w.seeForm("Which incident?") }},
}

var practising = []scene{
	{"drill", sandbox.Rob, func(w *window) { w.wide(); w.visit("general"); w.write("/breach drill"); w.seeForm("Practice report") }},
	{"drill-card", sandbox.Rob, func(w *window) {
		w.fill("In one line", "Ransomware on the appointment system")
		w.fill("What happened", "Every screen at reception shows the same demand.")
		w.choose("How bad", "High")
		w.press("Start the drill")
		w.form("", "")
		w.leave()
		w.visit("dr-2026-0001")
		w.see("I have it")
		w.top()
	}},
	{"drill-pace", sandbox.Rob, func(w *window) { w.more("How fast was each step?"); w.seeForm("How fast was each step?") }},
	{"drill-told", sandbox.Bea, func(w *window) { w.visit("breachbot"); w.see("DR-2026-0001"); w.bottom() }},
	{"home-responder-drill", sandbox.Rob, func(w *window) { w.leave(); w.home("Drill") }},
}

var looking = []scene{
	{"menu", sandbox.Rob, func(w *window) { w.visit("br-2026-0001"); w.menu("") }},
	{"thread", sandbox.Rob, func(w *window) {
		w.press("Reply in a thread")
		w.until("see the thread", `document.getElementById("reply-text")`)
	}},
	{"builders", sandbox.Rob, func(w *window) {
		w.click("open the builders' panel", `document.getElementById("build-toggle")`)
		w.see("Calls of the app")
	}},
	{"channel-dark", sandbox.Rob, func(w *window) {
		w.click("close the builders' panel", `document.getElementById("build-toggle")`)
		w.until("see it go", `!document.querySelector("#r-build aside")`)
		w.dark(true)
	}},
	{"channel-narrow-dark", sandbox.Rob, func(w *window) { w.narrow(); w.open(""); w.visitNarrow("br-2026-0001"); w.top() }},
	{"channel-narrow", sandbox.Rob, func(w *window) { w.dark(false) }},
	{"drawer", sandbox.Rob, func(w *window) { w.click("open the drawer", `document.getElementById("drawer")`) }},
	{"faults", sandbox.Dee, func(w *window) {
		w.leave()
		w.click("open the faults", `document.querySelector("#pop-fault > summary")`)
		w.press("Slack is down")
		w.until("see the fault", `document.querySelector("#pop-fault li")`)
	}},
	{"people", sandbox.Dee, func(w *window) {
		w.press("Clear all faults")
		w.click("look at the people", `document.querySelector("#people > summary")`)
	}},
	{"notifications", sandbox.Dee, func(w *window) { w.visit("Notifications") }},
	{"guest", sandbox.Gus, func(w *window) { w.see("You are in no conversation") }},
	{"home-guest", sandbox.Gus, func(w *window) { w.home("Refresh") }},
	{"outsider", sandbox.Olu, func(w *window) { w.see("You are in no conversation") }},
}
