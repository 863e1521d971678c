package main

import (
	"context"
	"errors"
	"fmt"

	"breachbot/store"
	"breachbot/workflow"
)

// errBroken ends verify when a row is not as the program left it.
var errBroken = errors.New("the store is not as breachbot left it")

func verify(ctx context.Context, p process, args []string) error {
	f := flags(p, "verify", "verify [-anchors]", `
Recomputes every hash of the journal, derives every row again and compares. It
names the first row that is not as breachbot left it. It changes nothing, can run
while the bot runs, and only needs to reach the store. It prints the check value
of the last day: compare it with the one sent to the DPO that morning.

The exit code is 0 when all is as it should be, 1 when a row is broken, 2 when it
could not check.`)
	all := f.Bool("anchors", false, "print the check value of every day, not only the last")
	if err := parse(f, args); err != nil {
		return err
	}
	c, err := loadConfig(ctx, p.Env, needStore)
	if err != nil {
		return err
	}
	s, err := openExisting(ctx, c, quietLog(p))
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // only read from

	report, err := verification(ctx, s, s)
	if err != nil {
		return err
	}
	anchors, err := s.Anchors(ctx)
	if err != nil {
		return unable{err}
	}
	if !*all && len(anchors) > 1 {
		anchors = anchors[len(anchors)-1:]
	}
	for _, a := range anchors {
		fmt.Fprintf(p.Stdout, "%s  %s  %s, %s\n", a.Day, a.Hash, count(a.Incidents, "incident"), count(a.Events, "event"))
	}
	if report.Broken == nil {
		_, err := fmt.Fprintf(p.Stdout, "All as it should be: %s, %s, %s.\n",
			count(report.Incidents, "incident"), count(report.Events, "event"), count(report.Anchors, "anchor"))
		return err
	}
	fmt.Fprintf(p.Stdout, "First broken row: %s.\n", report.Broken)
	return errBroken
}

// verification verifies rows, which are those of s or of a state of s. The error is
// an unable.
func verification(ctx context.Context, s store.Store, rows store.Rower) (store.Verification, error) {
	last, ok, err := lastPlan(ctx, s)
	switch {
	case err != nil:
		return store.Verification{}, unable{err}
	case !ok:
		last.Rules = workflow.DefaultRules()
	case last.Plan != workflow.PlanFingerprint:
		return store.Verification{}, unable{errors.New("another version of breachbot used this store last and plans differently: start this version once so that it plans again, or verify with the other version")}
	}
	service := workflow.Service{Rules: last.Rules}
	report, err := store.Verify(ctx, rows, service.Rederive)
	if err != nil {
		return report, unable{err}
	}
	return report, nil
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
