package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"breachbot/store"
	"breachbot/workflow"
	"breachbot/workflow/document"
)

// registerDrills prints the practice incidents, as evidence that people practise
// the response.
func registerDrills(ctx context.Context, p process, args []string) error {
	f := flags(p, "register drills", "register drills [-out FILE]", `
Prints the practice incidents as CSV, one line for each step: how long it took
from the report, the target, and who took part. It holds nothing that people typed.`)
	out := f.String("out", "", "write to this `FILE` instead of standard output; it appears whole or not at all")
	if err := parse(f, args); err != nil {
		return err
	}
	rules, s, err := openRegister(ctx, p)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // only read from
	entries, err := s.Entries(ctx, store.Filter{Drills: store.OnlyDrills})
	if err != nil {
		return unable{err}
	}
	var drills []document.Exercise
	for _, e := range entries {
		inc, err := incidentOf(ctx, s, e.ID)
		if err != nil {
			return unable{err}
		}
		drills = append(drills, document.Exercise{Incident: inc, Laps: rules.Pace(inc)})
	}
	write := func(w io.Writer) error { return document.DrillsCSV(w, drills) }
	if *out != "" {
		err = writeFile(*out, write)
	} else {
		err = buffered(p.Stdout, write)
	}
	if err == nil && len(drills) == 0 {
		fmt.Fprintln(p.Stderr, "No drills recorded yet.")
	}
	return err
}

// registerPack prints what the DPO needs to know about one incident.
func registerPack(ctx context.Context, p process, args []string) error {
	const synopsis = "register pack REFERENCE"
	f := flags(p, "register pack", synopsis, `
Prints the facts that a data protection officer asks for before giving advice, as
text for an email. It holds what people typed.`)
	reference := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		reference, args = args[0], args[1:]
	}
	if err := parse(f, args); err != nil {
		return err
	}
	if reference == "" {
		return usage("say which incident: breachbot %s", synopsis)
	}
	id, err := workflow.ParseIncidentID(reference)
	if err != nil {
		return usage("%v", err)
	}
	rules, s, err := openRegister(ctx, p)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // only read from
	inc, err := incidentOf(ctx, s, id)
	if errors.Is(err, workflow.ErrNotFound) {
		return fmt.Errorf("there is no incident %s", id)
	}
	if err != nil {
		return unable{err}
	}
	return buffered(p.Stdout, func(w io.Writer) error { return document.Pack(w, inc, rules) })
}

// openRegister opens the store, with the rules the bot works with: people who read
// it elsewhere need not have the bot's settings.
func openRegister(ctx context.Context, p process) (workflow.Rules, store.Store, error) {
	c, err := loadConfig(ctx, p.Env, needStore)
	if err != nil {
		return workflow.Rules{}, nil, err
	}
	s, err := openExisting(ctx, c, quietLog(p))
	if err != nil {
		return workflow.Rules{}, nil, err
	}
	rules, err := plannedRules(ctx, s, c.Rules)
	if err != nil {
		_ = s.Close() // only read from
		return workflow.Rules{}, nil, unable{err}
	}
	return rules, s, nil
}

func incidentOf(ctx context.Context, s store.Store, id workflow.IncidentID) (*workflow.Incident, error) {
	records, err := s.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	return workflow.Replay(records), nil
}
