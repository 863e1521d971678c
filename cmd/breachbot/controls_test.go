package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
)

// The clock is moved in every way the page offers.
func TestClickingTheClock(t *testing.T) {
	d, address := openDemo(t)
	nia := openWindow(t, address, sandbox.Nia)
	nia.press("Time")
	shows := func(words string) {
		t.Helper()
		nia.until("see the clock at "+words, `document.getElementById("clock").innerText.includes(`+strconv.Quote(words)+`)`)
	}
	shows("20 Nov 2026, 16:40")
	nia.press("+1 h")
	shows("20 Nov 2026, 17:4")
	nia.press("+6 h")
	shows("20 Nov 2026, 23:4")
	script[bool](nia, "choose an instant", `(() => { const at = document.getElementById("at"); at.value = "2026-11-21T09:30"; at.dispatchEvent(new Event("input", { bubbles: true })); return true; })()`)
	nia.press("Set")
	shows("21 Nov 2026, 09:30")
	nia.see("Nothing is planned.")
	nia.press("72 hours in 3 minutes")
	if err := d.workspace.WaitFor(t.Context(), func() bool {
		return d.workspace.Now().After(time.Date(2026, 11, 21, 9, 50, 0, 0, time.UTC))
	}); err != nil {
		t.Fatal(err)
	}
	nia.press("Stop the fast clock")
	nia.see("72 hours in 3 minutes")
}

// Slack is broken in every way the page offers, and what was said meanwhile gets
// through in the end.
func TestClickingTheFaults(t *testing.T) {
	d, address := openDemo(t)
	nia := openWindow(t, address, sandbox.Nia)
	nia.press("Faults")
	nia.press("Slack is slow")
	nia.until("see it", `document.querySelector("#pop-fault li")?.innerText === "Slack is slow"`)
	nia.press("Clear all faults")
	nia.see("No faults are set.")
	nia.press("Rate limited")
	nia.until("see it", `document.querySelector("#pop-fault li")?.innerText.startsWith("Slack limits the rate")`)
	nia.press("Clear all faults")
	nia.press("Socket: warning")
	nia.press("Socket: refresh")
	nia.press("Cut the sockets")
	nia.press("Slack is down")
	nia.see("new connections are refused")
	nia.write("/breach list")
	nia.see("The command failed with the error “dispatch_failed”")
	nia.click("open the faults", `document.querySelector("#pop-fault > summary")`)
	nia.press("Clear all faults")
	nia.see("No faults are set.")
	if err := d.workspace.WaitFor(t.Context(), func() bool { return d.workspace.Sockets().Count() == 2 }); err != nil {
		t.Fatal(err)
	}
	nia.press("Send") // what could not be sent is still there
	nia.see("Only visible to you")
}

// The panel for builders shows what went over the wire, and each block as Slack's
// Block Kit Builder takes it.
func TestClickingTheBuildersPanel(t *testing.T) {
	d, address := openDemo(t)
	rob := openWindow(t, address, sandbox.Rob)
	rob.write("/breach help")
	rob.see("Only visible to you")
	rob.click("open the panel", `document.getElementById("build-toggle")`)
	rob.see("Envelopes to the app")
	rob.click("look at an envelope", `[...document.querySelectorAll("#r-build details summary")].find((s) => s.innerText.includes("/breach"))`)
	rob.until("see its JSON", `document.querySelector("#r-build details[open] pre")?.innerText.includes('"command": "/breach"')`)
	rob.press("Blocks")
	rob.press("Copy")
	rob.until("hear of it", `/Copied|selected/.test(document.getElementById("toast").innerText)`)
	var copied struct{ Blocks []map[string]any }
	if err := json.Unmarshal([]byte(rob.evaluate(`document.querySelector("#log details[open] textarea").value`)), &copied); err != nil || len(copied.Blocks) == 0 {
		t.Errorf("what is copied is no Block Kit: %v", err)
	}
	rob.write("/breach")
	rob.seeForm("Report a data breach")
	view := rob.evaluate(`document.querySelector("#r-build .json textarea").value`)
	if !strings.Contains(view, `"type": "modal"`) || !json.Valid([]byte(view)) {
		t.Errorf("the form as JSON is %s", view)
	}

	// Somebody writes elsewhere: that is marked, until it is looked at.
	rob.leave()
	rob.visit("Notifications")
	if _, err := d.workspace.As(sandbox.Nia).Post(sandbox.General, "good morning"); err != nil {
		t.Fatal(err)
	}
	unread := `document.querySelector("#r-side .item.public .unread")`
	rob.until("see the mark", unread+`?.innerText.includes("1")`)
	rob.visit("general")
	rob.until("see no mark", "!"+unread)
}
