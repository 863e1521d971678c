package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"breachbot/bot/sandbox"
)

// What a long life may cost a process between the middle and the end of the soak.
const (
	soakMemory     = 8 << 20 // resident, in bytes
	soakHeap       = 2 << 20 // alive after a collection, in bytes
	soakGoroutines = 10
)

// reading is what a process uses.
type reading struct{ resident, heap, goroutines float64 }

// A process that lives long uses no more memory and no more goroutines than one
// that has just warmed up.
func TestChaosSoak(t *testing.T) {
	t.Parallel()
	envelopes := 3000
	if *longTrials {
		envelopes = 200_000
	}
	a := newArena(t, 0, map[string]string{"BREACHBOT_LOG_LEVEL": "error"})
	a.ws.SetRateLimits(false)
	a.start()
	a.serving(2)
	people := &crowd{arena: a}
	nia := &resident{Person: a.ws.As(sandbox.Nia), crowd: people, dice: rand.New(rand.NewPCG(1, 1))}
	nia.insists("Letter to the wrong address", time.Now().Add(-time.Hour))
	a.calm(30 * time.Second)
	room := ""
	for _, c := range a.ws.Channels() {
		if c.CreatedByApp && !c.DM {
			room = c.ID
		}
	}
	began := time.Now()
	var sent, failed atomic.Int64
	until := func(n int64) {
		var all sync.WaitGroup
		for _, id := range []string{sandbox.Rob, sandbox.Ivy, sandbox.Cal, sandbox.Dee, sandbox.Dan, sandbox.Rob, sandbox.Ivy, sandbox.Cal} {
			who := a.ws.As(id)
			all.Go(func() {
				for {
					k := sent.Add(1)
					if k > n {
						sent.Add(-1)
						return
					}
					if !a.soaks(t.Context(), who, room, k) {
						failed.Add(1)
					}
				}
			})
		}
		all.Wait()
		_ = a.ws.WaitFor(t.Context(), func() bool { return a.ws.Waiting() == 0 })
	}
	var at []reading
	for _, percent := range []int{10, 50, 100} {
		until(int64(envelopes * percent / 100))
		at = append(at, a.replicas[0].uses(t))
	}
	took := time.Since(began)
	a.stop(syscall.SIGTERM)
	figures := []figure{plainly("envelopes", sent.Load()), {
		what: "not acknowledged within three seconds", target: "0", got: fmt.Sprint(failed.Load()), missed: failed.Load() > 0, // on a busy machine some are
	}}
	row := func(what, unit string, scale, most float64, of func(reading) float64) {
		for n, percent := range []int{10, 50, 100} {
			figures = append(figures, plainly(fmt.Sprintf("%s at %d %%", what, percent), fmt.Sprintf("%.1f%s", of(at[n])/scale, unit)))
		}
		more := of(at[2]) - of(at[1])
		figures = append(figures, figure{
			what: what + ", from 50 % to 100 %", target: fmt.Sprintf("at most +%.0f%s", most/scale, unit),
			got: fmt.Sprintf("%+.1f%s", more/scale, unit), missed: more > most,
		})
	}
	row("resident memory", " MiB", 1<<20, soakMemory, func(r reading) float64 { return r.resident })
	row("heap after a collection", " MiB", 1<<20, soakHeap, func(r reading) float64 { return r.heap })
	row("goroutines", "", 1, soakGoroutines, func(r reading) float64 { return r.goroutines })
	figures = append(figures, plainly("time", seconds(took)), plainly("envelopes a second", fmt.Sprintf("%.0f", float64(envelopes)/took.Seconds())))
	show(t, "Soak", figures)
}

// soaks sends one envelope: messages in an incident's channel and elsewhere, edits,
// commands and clicks. It tells whether it was acknowledged; of an event nobody is
// told.
func (a *arena) soaks(ctx context.Context, who *sandbox.Person, room string, n int64) bool {
	switch n % 4 {
	case 0:
		out, err := who.Slash(ctx, "/breach", "help")
		return err == nil && out.Failed == ""
	case 1:
		out, err := who.SlashIn(ctx, room, "/breach", "")
		ok := err == nil && out.Failed == ""
		if who.Modal() != nil {
			_ = who.CloseModal(ctx)
		}
		return ok
	}
	_, err := who.Post(room, "The letter is on its way back.")
	return err == nil
}

// uses reads what the process uses, once the collector has run.
func (r *replica) uses(t *testing.T) reading {
	t.Helper()
	look := func() map[string]float64 {
		m, err := r.metrics()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	var m reading
	collected := look()["go_memstats_last_gc_time_seconds"]
	for range 600 { // it runs every two minutes even when nothing happens
		now := look()
		m = reading{resident: r.resident(t), heap: now["go_gc_heap_live_bytes"], goroutines: now["go_goroutines"]}
		if now["go_memstats_last_gc_time_seconds"] != collected {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return m
}

// resident is the process's memory in bytes.
func (r *replica) resident(t *testing.T) float64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.pid()))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	line, _, _ := strings.Cut(after, " kB")
	kib, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib * 1024
}
