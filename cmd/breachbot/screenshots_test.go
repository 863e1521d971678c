package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"breachbot/bot/sandbox"
)

var screenshots = flag.String("screenshots", "", "write the pictures of TestScreenshots into this folder")

// scene is a picture: whose window, and how to get there from the scene before.
type scene struct {
	name, who string
	get       func(*window)
}

// scenes are every form, card and state of the page, in the order of an incident.
// A form that is added to the bot gets a line here.
var scenes = []scene{
	{"first-page", sandbox.Nia, func(w *window) { w.see("Something went wrong with personal data?") }},
	{"report", sandbox.Nia, func(w *window) { w.write("/breach"); w.seeForm("Report a data breach") }},
	{"report-with-mistakes", sandbox.Nia, func(w *window) {
		w.fill("In one line", "Discharge letter sent to a previous address")
		w.press("Send report")
		w.see("Please complete this required field.")
	}},
	{"report-narrow-dark", sandbox.Nia, func(w *window) { w.dark(true); w.size(360, 740) }},
	{"report-received", sandbox.Nia, func(w *window) {
		w.dark(false)
		w.size(1280, 900)
		w.fill("What happened", "The new occupant rang us. She had opened the letter and read it.")
		w.choose("How bad", "Medium")
		w.choose("What kind", "Letter")
		w.choose("Which kinds of data", "Health")
		w.fill("About how many", "1")
		w.press("Send report")
		w.seeForm("Report received")
	}},
	{"reporter-told", sandbox.Nia, func(w *window) { w.leave(); w.visit("breachbot"); w.see("Its reference is BR-2026-0001") }},
	{"report-by-shortcut", sandbox.Sam, func(w *window) {
		w.visit("general")
		w.click("open the shortcuts", `document.querySelector("#shortcuts > summary")`)
		w.click("take the first", `document.querySelector("#shortcuts button[name=callback]")`)
		w.seeForm("Report a data breach")
	}},
	{"card-reported", sandbox.Rob, func(w *window) { w.visit("br-2026-0001"); w.see("Take the lead") }},
	{"more-choices", sandbox.Rob, func(w *window) { w.choices() }},
	{"triage", sandbox.Rob, func(w *window) { w.press("Take the lead"); w.see("Lead: @Rob Sharma"); w.form("Triage", "Triage") }},
	{"card-triaged", sandbox.Rob, func(w *window) {
		w.choose("Severity", "3 Medium")
		w.fill("Why", "One letter, opened and read by one person who is helpful.")
		w.choose("Is personal data", "Yes")
		w.press("Save triage")
		w.seeForm("")
		w.see("Triaged, waiting for assessment")
		w.top()
	}},
	{"note", sandbox.Rob, func(w *window) { w.form("Add a note", "Add a note") }},
	{"report-shown", sandbox.Rob, func(w *window) { w.leave(); w.form("Show the report", "BR-2026-0001") }},
	{"role", sandbox.Rob, func(w *window) { w.leave(); w.more("Hand over the lead"); w.seeForm("Give somebody a part") }},
	{"dismiss", sandbox.Dee, func(w *window) {
		w.visit("br-2026-0001")
		w.more("Not a personal data breach")
		w.seeForm("Not a data breach")
	}},
	{"times", sandbox.Dee, func(w *window) { w.leave(); w.more("Correct the times"); w.seeForm("Correct the times") }},
	{"assess", sandbox.Dee, func(w *window) { w.leave(); w.form("Assess the risk", "Assess the risk") }},
	{"assessed", sandbox.Dee, func(w *window) {
		w.choose("How likely", "3 Likely")
		w.choose("How bad would", "3 Adverse")
		w.fill("What is the evidence", "The recipient read it.")
		w.choose("Vulnerable", "No")
		w.choose("Is a high risk", "No")
		w.press("Save assessment")
		w.seeForm("Assessment saved")
	}},
	{"decision-asked", sandbox.Dee, func(w *window) { w.leave(); w.visit("breachbot"); w.see("needs your decision") }},
	{"do-not-notify", sandbox.Dee, func(w *window) { w.form("Do not notify", "Do not notify") }},
	{"ask-for-more", sandbox.Dee, func(w *window) { w.leave(); w.form("Ask for more", "Ask for more") }},
	{"tell", sandbox.Dee, func(w *window) { w.leave(); w.form("Tell the people concerned", "") }},
	{"do-not-tell", sandbox.Dee, func(w *window) { w.leave(); w.form("Do not tell them", "") }},
	{"time", sandbox.Dee, func(w *window) {
		w.leave()
		w.click("open the clock", `document.querySelector("#pop-time > summary")`)
		w.until("see what is next", `document.querySelector("#pop-time .hint").innerText.includes("a nudge")`)
	}},
	{"nudge", sandbox.Dee, func(w *window) {
		w.press("To the next nudge")
		w.visit("br-2026-0001")
		w.see("left to notify the ICO.")
	}},
	{"approve", sandbox.Dee, func(w *window) { w.form("Approve ICO notification", "Approve notification") }},
	{"card-decided", sandbox.Dee, func(w *window) {
		w.fill("Why is it notified", "Health data was read by a neighbour.")
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
		w.see("The 72-hour clock has stopped.")
		w.top()
	}},
	{"resolve", sandbox.Rob, func(w *window) { w.more("Resolve"); w.seeForm("Resolve") }},
	{"timeline", sandbox.Rob, func(w *window) { w.leave(); w.more("Show the timeline"); w.form("", "") }},
	{"list", sandbox.Rob, func(w *window) { w.leave(); w.write("/breach list"); w.see("Open incidents") }},
	{"status", sandbox.Rob, func(w *window) {
		w.write("/breach status BR-2026-0001")
		w.until("see the answer", `document.querySelectorAll("#log .ephemeral").length === 2`)
	}},
	{"help", sandbox.Rob, func(w *window) {
		w.write("/breach help")
		w.until("see the answer", `document.querySelectorAll("#log .ephemeral").length === 3`)
	}},
	{"menu", sandbox.Rob, func(w *window) {
		w.click("open the menu of a message", `document.querySelector("#log .msg .more")`)
		w.until("see the menu", `document.querySelector("#menu[open]")`)
	}},
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
	{"channel-narrow-dark", sandbox.Rob, func(w *window) { w.size(360, 740); w.open(""); w.visitNarrow("br-2026-0001") }},
	{"channel-narrow", sandbox.Rob, func(w *window) { w.dark(false) }},
	{"drawer", sandbox.Rob, func(w *window) { w.click("open the drawer", `document.getElementById("drawer")`) }},
	{"faults", sandbox.Dee, func(w *window) {
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
	{"outsider", sandbox.Olu, func(w *window) { w.see("You are in no conversation") }},
}

// Every form, card and main state of the page, seen once and, with
// -screenshots DIR, kept as a picture to look at.
func TestScreenshots(t *testing.T) {
	folder := *screenshots
	if folder == "" {
		folder = t.TempDir()
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	_, address := openDemo(t)
	windows := map[string]*window{}
	for n, s := range scenes {
		w := windows[s.who]
		if w == nil {
			w = openWindow(t, address, s.who)
			windows[s.who] = w
		}
		s.get(w)
		w.shot(folder, fmt.Sprintf("%02d-%s", n+1, s.name))
	}
}
