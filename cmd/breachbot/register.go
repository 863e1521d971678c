package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"breachbot/store"
	"breachbot/workflow"
	"breachbot/workflow/document"
)

const registerSynopsis = "register export [-published] [-from DATE] [-to DATE] [-out FILE]"

func register(ctx context.Context, p process, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "drills":
			return registerDrills(ctx, p, args[1:])
		case "pack":
			return registerPack(ctx, p, args[1:])
		}
	}
	f := flags(p, "register", registerSynopsis, `
Exports the register of breaches (UK GDPR Art. 33(5)) as CSV, one line for each
incident, in the order they were reported. Nothing is left out: it also holds near
misses, reports found to be no breach, and what people typed. Keep the file where
only people who may read the register can read it.

With -published it exports the extract for the public instead: seven columns, and
of what people typed only the line that a review approved. Drills, reports found
to be no breach and duplicates are left out.

"breachbot register drills" prints the practice incidents and how long each step
took; "breachbot register pack BR-2026-0001" prints the facts for the DPO.`)
	published := f.Bool("published", false, "export the extract for the public instead of the whole register")
	from := f.String("from", "", "only what was reported on this `DATE` or later, such as 2026-01-31")
	to := f.String("to", "", "only what was reported on this `DATE` or earlier")
	out := f.String("out", "", "write to this `FILE` instead of standard output; it appears whole or not at all")
	if len(args) > 0 && args[0] == "export" {
		args = args[1:]
	} else if len(args) == 0 || args[0] != "-h" && args[0] != "-help" && args[0] != "--help" {
		return usage("say what to do: breachbot %s, register drills, or register pack REFERENCE", registerSynopsis)
	}
	if err := parse(f, args); err != nil {
		return err
	}
	c, err := loadConfig(ctx, p.Env, needStore)
	if err != nil {
		return err
	}
	span, err := parseSpan(*from, *to, c.Zone)
	if err != nil {
		return err
	}
	entries, rules, err := readRegister(ctx, p)
	if err != nil {
		return err
	}
	recorded := len(entries)
	entries = slices.DeleteFunc(entries, func(e workflow.Entry) bool { return !span.holds(e.Times.Reported) })

	write := func(w io.Writer) error { return document.RegisterCSV(w, entries, c.Zone) }
	if *published {
		entries = slices.DeleteFunc(entries, func(e workflow.Entry) bool { return !e.Published() })
		write = func(w io.Writer) error { return document.PublishedCSV(w, entries, rules.Regulator, c.Zone) }
	}
	if *out != "" {
		err = writeFile(*out, write)
	} else {
		err = buffered(p.Stdout, write)
	}
	if err != nil {
		return err
	}
	switch {
	case recorded == 0:
		fmt.Fprintln(p.Stderr, "No incidents recorded yet.")
	case len(entries) == 0 && *published:
		fmt.Fprintln(p.Stderr, "Nothing from that time belongs in the published register.")
	case len(entries) == 0:
		fmt.Fprintf(p.Stderr, "No incidents reported in that time. The register holds %s in all.\n", count(recorded, "incident"))
	case *out != "":
		fmt.Fprintf(p.Stderr, "%s written to %s.\n", count(len(entries), "incident"), *out)
	}
	return nil
}

func readRegister(ctx context.Context, p process) ([]workflow.Entry, workflow.Rules, error) {
	rules, s, err := openRegister(ctx, p)
	if err != nil {
		return nil, rules, err
	}
	defer func() { _ = s.Close() }() // only read from
	entries, err := s.Entries(ctx, store.Filter{})
	if err != nil {
		return nil, rules, unable{err}
	}
	return entries, rules, nil
}

// span is a stretch of time: from the first instant to before the second. Zero
// is open.
type span struct{ from, before time.Time }

// parseSpan reads calendar days in zone, both included; empty means open.
func parseSpan(from, to string, zone *time.Location) (span, error) {
	var s span
	for _, bound := range []struct {
		flag, day string
		at        *time.Time
		days      int
	}{{"-from", from, &s.from, 0}, {"-to", to, &s.before, 1}} {
		if bound.day == "" {
			continue
		}
		t, err := time.ParseInLocation(time.DateOnly, bound.day, zone)
		if err != nil {
			return span{}, usage("%s: %q is not a date such as 2026-01-31", bound.flag, bound.day)
		}
		*bound.at = t.AddDate(0, 0, bound.days) // calendar days: 23 to 25 hours
	}
	if !s.from.IsZero() && !s.before.IsZero() && !s.from.Before(s.before) {
		return span{}, usage("-from %s is after -to %s", from, to)
	}
	return s, nil
}

func (s span) holds(t time.Time) bool {
	return !t.Before(s.from) && (s.before.IsZero() || t.Before(s.before))
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// writeFile makes a file that only its owner may read, whole or not at all: an
// earlier file stays as it was until the new one is on disk.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := buffered(f, write); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
