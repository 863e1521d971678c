package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// figure is something measured, beside what it should be.
type figure struct {
	what, target, got string
	missed            bool
	// wrong is a figure that must be as it should: it fails the test. A time on
	// the clock on the wall never does, as it depends on the machine.
	wrong bool
}

// none is a count that must be 0.
func none(what string, got int) figure {
	return figure{what: what, target: "0", got: fmt.Sprint(got), missed: got != 0, wrong: got != 0}
}

// within is a length of time that should be at most so long.
func within(what string, target, got time.Duration) figure {
	return figure{what: what, target: "at most " + seconds(target), got: seconds(got), missed: got > target}
}

// plainly is a figure without a target.
func plainly(what string, got any) figure { return figure{what: what, got: fmt.Sprint(got)} }

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// printing keeps the tables of trials that run side by side apart.
var printing sync.Mutex

// show prints figures beside their targets as a table, and fails the test if one
// that must be right is not.
func show(t *testing.T, title string, figures []figure) {
	t.Helper()
	head := figure{what: title, target: "target", got: "got"}
	var what, target int
	for _, f := range append(figures, head) {
		what, target = max(what, len(f.what)), max(target, len(f.target))
	}
	var b strings.Builder
	for n, f := range append([]figure{head}, figures...) {
		line := strings.TrimRight(fmt.Sprintf("%-*s  %-*s  %s", what, f.what, target, f.target, f.got), " ")
		if f.missed {
			line += "  MISSED"
		}
		b.WriteString(line + "\n")
		if n == 0 {
			b.WriteString(strings.Repeat("-", max(len(line), what+target+8)) + "\n")
		}
		if f.wrong {
			t.Errorf("%s: %s is %s, wanted %s", title, f.what, f.got, f.target)
		}
	}
	printing.Lock()
	defer printing.Unlock()
	if *longTrials {
		fmt.Fprintf(os.Stdout, "\n%s\n", &b)
		return
	}
	t.Log("\n" + b.String())
}

// percentile is the value that so many of a hundred do not exceed.
func percentile[T cmp.Ordered](values []T, p int) T {
	var nothing T
	if len(values) == 0 {
		return nothing
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, (len(sorted)*p+99)/100-1)]
}
