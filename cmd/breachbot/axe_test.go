package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
)

// axeSource is axe-core as it comes from npm.
func axeSource(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join("testdata", "axe", name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), `"resolved"`) {
			t.Fatalf("%s says where packages were downloaded; recreate it with omit-lockfile-registry-resolved", name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v (`make test` installs npm)\n%s", err, out)
	}
	source, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// axe-core finds no serious or critical fault on the main views, light and dark,
// wide and narrow.
func TestNoBarriers(t *testing.T) {
	t.Parallel()
	source := axeSource(t)
	_, address := openDemo(t)
	nia, rob := openWindow(t, address, sandbox.Nia), openWindow(t, address, sandbox.Rob)
	look := func(w *window, view string) {
		t.Helper()
		for _, dark := range []bool{false, true} {
			w.dark(dark)
			barriers(t, w, source, view)
		}
		w.dark(false)
	}
	look(nia, "the first page")
	nia.click("open the people", `document.querySelector("#people > summary")`)
	nia.click("open the clock", `document.querySelector("#pop-time > summary")`)
	look(nia, "people and time")
	nia.write("/breach")
	nia.seeForm("Report a data breach")
	nia.fill("In one line", "Discharge letter sent to a previous address")
	nia.press("Send report")
	nia.see("Please complete this required field.")
	look(nia, "a form with mistakes")
	nia.size(360, 740)
	look(nia, "a form on a narrow screen")
	nia.size(1280, 900)
	nia.fill("What happened", "The new occupant rang us.")
	nia.choose("How bad", "Medium")
	nia.press("Send report")
	nia.seeForm("Report received")
	nia.press("Close")
	nia.seeForm("")

	rob.home("triage it")
	look(rob, "Home of a responder")
	rob.size(360, 740)
	look(rob, "Home on a narrow screen")
	rob.size(1280, 900)
	rob.visit("br-2026-0001")
	rob.see("I have it")
	for _, list := range []string{"Who must be told?", "Steps and checklists", "All clocks", "Actions", "Show the timeline"} {
		rob.more(list)
		rob.seeForm("BR-2026-0001")
		look(rob, list)
		rob.leave()
	}
	rob.form("Triage", "Triage")
	look(rob, "the form to triage")
	rob.leave()
	rob.click("open the panel", `document.getElementById("build-toggle")`)
	rob.see("Calls of the app")
	look(rob, "a channel with the builders' panel")
	rob.click("close the panel", `document.getElementById("build-toggle")`)
	rob.click("open the menu of a message", `document.querySelector("#log .msg .more")`)
	rob.until("see the menu", `document.querySelector("#menu[open]")`)
	look(rob, "the menu of a message")
	rob.press("Reply in a thread")
	rob.until("see the thread", `document.getElementById("reply-text")`)
	look(rob, "a thread")
	rob.visit("Notifications")
	look(rob, "notifications")
	rob.size(360, 740)
	rob.click("open the drawer", `document.getElementById("drawer")`)
	look(rob, "the drawer")

	dee := openWindow(t, address, sandbox.Dee)
	dee.home("The register")
	look(dee, "Home of the DPO")
	dee.press("Open the register")
	dee.seeForm("Register")
	look(dee, "the register")
	dee.size(360, 740)
	look(dee, "the register on a narrow screen")
	dee.size(1280, 900)
	dee.leave()
	dee.visit("general")
	dee.write("/breach register")
	dee.answers(1)
	look(dee, "the register as a table")
	dee.write("/breach clocks BR-2026-0001")
	dee.answers(2)
	dee.size(360, 740)
	look(dee, "tables on a narrow screen")
	dee.size(1280, 900)
	dee.write("/breach drill")
	dee.seeForm("Practice report")
	look(dee, "a form with an alert")
}

// barriers runs axe-core in a window and reports what is serious.
func barriers(t *testing.T, w *window, source, view string) {
	t.Helper()
	found := script[string](w, "run axe", `(async () => { if (!window.axe) {`+source+`
		}
		const r = await axe.run(document, { resultTypes: ["violations"] });
		return JSON.stringify(r.violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => ({
			rule: v.id + ": " + v.help, where: v.nodes.slice(0, 5).map((n) => n.target.join(" ") + " " + n.failureSummary.replaceAll("\n", " ")),
		})));
	})()`)
	var faults []struct {
		Rule  string
		Where []string
	}
	if err := json.Unmarshal([]byte(found), &faults); err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("%s: %s\n\t%s", view, f.Rule, strings.Join(f.Where, "\n\t"))
	}
}
