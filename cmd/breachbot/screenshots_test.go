package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var screenshots = flag.String("screenshots", "", "write the pictures of TestScreenshots into this folder")

// Every form, card and main state of the page, seen once and, with
// -screenshots DIR, kept as a picture to look at.
func TestScreenshots(t *testing.T) {
	t.Parallel()
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
	for n, s := range slices.Concat(scenes...) {
		w := windows[s.who]
		if w == nil {
			w = openWindow(t, address, s.who)
			w.others = windows
			windows[s.who] = w
		}
		s.get(w)
		w.shot(folder, fmt.Sprintf("%03d-%s", n+1, s.name))
	}
}
