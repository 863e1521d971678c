package main

import (
	"fmt"
	"testing"

	"breachbot/bot/sandbox"
)

// A message is on the screen of a real browser this long after it was posted.
func BenchmarkOnScreen(b *testing.B) {
	d, address := openDemo(b)
	w := openWindow(b, address, sandbox.Nia)
	n := 0
	for b.Loop() {
		n++
		words := fmt.Sprintf("message number %d.", n)
		if _, err := d.workspace.As(sandbox.Rob).Post(sandbox.General, words); err != nil {
			b.Fatal(err)
		}
		w.until("see it", fmt.Sprintf(`document.querySelector("#log li:last-child")?.innerText.includes(%q)`, words))
	}
}

// From nothing to the first page: store, bot, workspace and a request.
func BenchmarkFirstPage(b *testing.B) {
	for b.Loop() {
		d, address := openDemo(b)
		if body := fetch(b, address); body == "" {
			b.Fatal("the first page is empty")
		}
		d.close()
	}
}
