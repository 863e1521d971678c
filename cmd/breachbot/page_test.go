package main

import (
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/store"
)

// A whole incident by clicking, as three people in windows of their own, with a
// mistake in the form, a reminder and the DPO's approval. The guest and the
// outsider look into everything they have and find nothing.
func TestAnIncidentByClicking(t *testing.T) {
	t.Parallel()
	_, address := openDemo(t)
	nia, rob, dee := openWindow(t, address, sandbox.Nia), openWindow(t, address, sandbox.Rob), openWindow(t, address, sandbox.Dee)

	nia.write("/breach")
	nia.seeForm("Report a data breach")
	nia.fill("In one line", "Discharge letter sent to a previous address")
	nia.press("Send report")
	nia.see("Please complete this required field.")
	if kept := nia.evaluate(`document.getElementById("` + nia.field("In one line") + `").value`); kept != "Discharge letter sent to a previous address" {
		t.Errorf("after the mistake the field holds %q", kept)
	}
	nia.fill("What happened", "The new occupant rang us. She had read it.")
	nia.choose("How bad", "Medium")
	nia.press("I know more")
	nia.choose("Which kinds of data", "Health")
	nia.press("Send report")
	nia.seeForm("Report received")
	nia.see("BR-2026-0001")
	nia.press("Close")
	nia.seeForm("")

	rob.visit("br-2026-0001")
	for range 2 { // the same choice again, after thinking better of it
		rob.more("Correct the times")
		rob.seeForm("Correct the times")
		rob.leave()
	}
	rob.press("I have it")
	rob.press("Triage")
	rob.seeForm("Triage")
	rob.choose("Severity", "3 Medium")
	rob.fill("Why", "One letter, read by one person.")
	rob.choose("Is personal data", "Yes")
	rob.press("Save triage")
	rob.seeForm("")
	rob.press("Contain")
	rob.seeForm("Contain")
	rob.choose("What has been done", "Preserved the evidence")
	rob.choose("What has been done", "Retrieved the paper")
	rob.choose("Who got the data", "A wrong recipient who is known")
	rob.choose("Did the data reach", "Yes")
	rob.choose("How far", "Contained")
	rob.press("Save")
	rob.seeForm("")

	dee.visit("br-2026-0001")
	dee.press("Assess the risk")
	dee.seeForm("Assess the risk")
	dee.choose("How likely", "3 Likely")
	dee.choose("How bad would", "3 Adverse")
	dee.fill("What is the evidence", "The recipient read it.")
	dee.choose("Vulnerable", "No")
	dee.choose("Is a high risk", "No")
	dee.fill("Why is this different", "One reader, who is known.")
	dee.press("Save assessment")
	dee.seeForm("Assessment saved")
	dee.press("Close")
	dee.seeForm("")

	// Time moves past a reminder; it arrives in the other windows by itself.
	dee.click("open the clock", `document.querySelector("#pop-time > summary")`)
	dee.until("see what is next", `document.querySelector("#pop-time .hint").innerText.includes("a nudge")`)
	dee.press("To the next nudge")
	rob.see("left to notify the ICO.")

	dee.press("Approve ICO notification")
	dee.seeForm("Approve notification")
	dee.fill("Why are you notifying them", "Health data was read by a neighbour.")
	dee.press(dee.evaluate(`document.getElementById("modal-submit").innerText`))
	dee.seeForm("")
	rob.see("Decided: notify the ICO.")
	rob.press("Record as sent")
	rob.seeForm("Record as sent")
	rob.press("Cancel")

	rob.write("/breach list")
	rob.see("Only visible to you")
	rob.see("BR-2026-0001")

	for _, person := range []string{sandbox.Gus, sandbox.Olu} {
		w := openWindow(t, address, person)
		for _, name := range strings.Split(w.evaluate(`[...document.querySelectorAll("#r-side a.item")].map((a) => a.innerText.trim()).join("\n")`), "\n") {
			w.visit(name)
			if seen := strings.ToLower(w.evaluate(`document.documentElement.outerHTML`)); strings.Contains(seen, "br-2026-0001") || strings.Contains(seen, "discharge") {
				t.Errorf("%s sees something of the incident under %q", person, name)
			}
		}
		w.open("")
		w.write("/breach list")
		w.until("be refused", `document.body.innerText.includes("not a valid command for you") || document.querySelector(".ephemeral")`)
		if seen := w.evaluate(`document.documentElement.outerHTML`); strings.Contains(strings.ToLower(seen), "br-2026-0001") {
			t.Errorf("%s gets something out of the command", person)
		}
	}
}

// The story is played on the page as it is in the terminal, and every promise
// holds. The bot is killed and started again on the same store; what the dead
// one missed is not lost.
func TestThePagePlaysTheStory(t *testing.T) {
	t.Parallel()
	d, err := newDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	d.pace = time.Millisecond
	address, err := d.open("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := openWindow(t, address, sandbox.Nia)
	w.press("Play the story")
	w.see("The story is told.")
	report, err := store.Verify(t.Context(), d.store, d.app.service.Rederive)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range d.promises(t.Context(), report.Broken) {
		if p.broken != "" {
			t.Errorf("%s: %s", p.words, p.broken)
		}
	}

	w.open("?c=" + sandbox.General)
	w.click("open the faults", `document.querySelector("#pop-fault > summary")`)
	w.press("Kill the bot")
	w.see("The bot is dead")
	w.write("/breach list")
	w.see("The command failed with the error “dispatch_failed”")
	w.click("open the faults", `document.querySelector("#pop-fault > summary")`)
	w.press("Start the bot again")
	w.see("2 sockets")
	w.press("Send") // what could not be sent is still there
	w.see("Only visible to you")
}

// What is being typed stays while the page changes around it, and the keyboard
// alone is enough.
func TestTypingIsLeftAlone(t *testing.T) {
	d, address := openDemo(t)
	nia := openWindow(t, address, sandbox.Nia)
	nia.write("/breach")
	nia.seeForm("Report a data breach")
	if at := nia.evaluate(`document.activeElement.closest(".field")?.querySelector("label").innerText ?? ""`); at != "In one line" {
		t.Errorf("the form opens with the focus on %q", at)
	}
	nia.insert("half a sen")
	if _, err := d.workspace.As(sandbox.Rob).Post(sandbox.General, "good morning"); err != nil {
		t.Fatal(err)
	}
	nia.until("see the message", `document.querySelector("#log").innerText.includes("good morning")`)
	nia.insert("tence")
	if got := nia.evaluate(`document.activeElement.value`); got != "half a sentence" {
		t.Errorf("the field holds %q", got)
	}
	nia.do("leave", escape)
	nia.seeForm("")
	if id := nia.evaluate(`document.activeElement.id`); !strings.HasPrefix(id, "text-") {
		t.Errorf("after the form the focus is on %q", id)
	}
}
