package bot_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breachbot/bot/sandbox"
	"breachbot/bot/sandbox/script"
)

// heard is what a story pushed at people and wrote into channels.
type heard struct {
	pushes map[string]int // by user: direct messages, and mentions in a channel
	posts  map[string]int // by incident channel: messages, and what Slack says there itself
	wrote  map[string]int // by incident channel: messages of the bot alone
}

func TestCount(t *testing.T) {
	files, _ := stories()
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			story, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, worldOf[filepath.Base(file)]...)
			if filepath.Base(file) == "ransomware.txt" {
				w.ws.AddUser(sandbox.User{ID: "U11TOM", Name: "tom", RealName: "Tom Evans"})
			}
			var told strings.Builder
			player := &script.Player{Workspace: w.ws, Out: &told, Settle: w.settle}
			if err := player.Play(t.Context(), string(story)); err != nil {
				t.Fatal(err)
			}
			push := map[string]int{}
			for _, n := range w.ws.Notifications() {
				u, _ := w.ws.User(n.User)
				push[u.Name+" "+n.Why]++
			}
			fmt.Println(filepath.Base(file), "PUSH", push)
			for _, ch := range w.ws.Channels() {
				if !strings.Contains(ch.Name, "br-2") {
					continue
				}
				by := map[string]int{}
				for _, m := range w.as(sandbox.Ivy).Messages(ch.ID) {
					by[m.User+" "+m.Subtype]++
				}
				fmt.Println("   ", ch.Name, ch.Messages, by)
			}
		})
	}
}
