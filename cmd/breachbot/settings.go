package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// changeRegister is the setting of the store that records when the bot started
// with other settings, and which. It is a record for people: it is not in the
// journal, and nothing depends on it.
const (
	changeRegister = "settings_changed"
	changesMost    = 50 // the newest are kept
)

// valued is one setting with its value in words.
type valued struct{ name, value string }

// inForce writes rules as the settings they come from, in the order of the
// documentation.
func inForce(r workflow.Rules) []valued {
	var all []valued
	for _, s := range ruleSettings {
		all = append(all, valued{s.name, s.words(r)})
	}
	return append(all,
		valued{"BREACHBOT_MAIL_TO", joinedAs(r.Mailable)}, // who, not at which address
		valued{"Bank holidays", holidayWords(r.Holidays)}, // of this version, for the nation
	)
}

func joined[T any](all []T, words func(T) string) string {
	var parts []string
	for _, v := range all {
		parts = append(parts, words(v))
	}
	return strings.Join(parts, ",")
}

func cellWords(c workflow.Cell) string { return fmt.Sprintf("%dx%d", c.Likelihood, c.Effect) }

func orOff(d time.Duration) string {
	if d <= 0 {
		return "0"
	}
	return short(d)
}

func procedureWords(p workflow.Procedure) string {
	if !p.Known() {
		return ""
	}
	return p.Version + "; " + p.Owner + "; " + p.Review.Format(time.DateOnly)
}

// holidayWords identifies a list of days without repeating it.
func holidayWords(days []string) string {
	if len(days) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(days, ",")))
	return fmt.Sprintf("%s from %s to %s (list %s)", count(len(days), "day"), days[0], days[len(days)-1], hex.EncodeToString(sum[:4]))
}

// alteration is one setting that was changed.
type alteration struct {
	Name   string `json:"name"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// settingsChange is one start with different settings. The very first start has
// no alterations.
type settingsChange struct {
	At      time.Time    `json:"at"`
	Rules   string       `json:"rules"` // identifies the rules it led to
	Altered []alteration `json:"altered,omitempty"`
}

// alterations are the settings in which two sets of rules differ.
func alterations(was, now workflow.Rules) []alteration {
	var out []alteration
	before := inForce(was)
	for n, after := range inForce(now) {
		if before[n] != after {
			out = append(out, alteration{after.name, before[n].value, after.value})
		}
	}
	return out
}

// noteChange records that the rules differ from those used for the last plan. It
// may be repeated after a crash: a change is recorded once.
func noteChange(ctx context.Context, s store.Store, now workflow.Rules, at time.Time) error {
	changes, err := settingsChanges(ctx, s)
	if err != nil {
		return err
	}
	words, err := planOf(now)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(words))
	c := settingsChange{At: workflow.Instant(at), Rules: hex.EncodeToString(sum[:8])}
	if n := len(changes); n > 0 && changes[n-1].Rules == c.Rules {
		return nil
	}
	if earlier, err := s.Setting(ctx, planned); err != nil {
		return err
	} else if earlier != "" {
		was, err := plannedRules(ctx, s, now)
		if err != nil {
			return err
		}
		if c.Altered = alterations(was, now); len(c.Altered) == 0 {
			return nil // only the program plans differently
		}
	}
	changes = append(changes, c)
	changes = changes[max(0, len(changes)-changesMost):]
	list, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	return s.SetSetting(ctx, changeRegister, string(list))
}

// settingsChanges are the changes on record, oldest first.
func settingsChanges(ctx context.Context, s store.Store) ([]settingsChange, error) {
	list, err := s.Setting(ctx, changeRegister)
	if err != nil || list == "" {
		return nil, err
	}
	var changes []settingsChange
	if err := json.Unmarshal([]byte(list), &changes); err != nil {
		return nil, fmt.Errorf("setting %s: %w", changeRegister, err)
	}
	return changes, nil
}

// settingsSince is when the settings were last changed; zero when no bot has
// started yet.
func settingsSince(ctx context.Context, s store.Store) (time.Time, error) {
	changes, err := settingsChanges(ctx, s)
	if err != nil || len(changes) == 0 {
		return time.Time{}, err
	}
	return changes[len(changes)-1].At, nil
}

func showSettings(ctx context.Context, p process, args []string) error {
	f := flags(p, "settings", "settings", `
Prints the settings the bot last planned with, the procedure they follow, and
what changed and when, newest first. It shows no secrets, and only needs to reach
the store.`)
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

	if was, err := s.Setting(ctx, planned); err != nil {
		return unable{err}
	} else if was == "" {
		_, err := fmt.Fprintln(p.Stdout, "No bot has been started with this store yet.")
		return err
	}
	rules, err := plannedRules(ctx, s, workflow.DefaultRules())
	if err != nil {
		return unable{err}
	}
	changes, err := settingsChanges(ctx, s)
	if err != nil {
		return unable{err}
	}
	return writeSettings(p.Stdout, rules, changes, p.Now())
}

func writeSettings(w io.Writer, rules workflow.Rules, changes []settingsChange, now time.Time) error {
	var b strings.Builder
	for _, v := range inForce(rules) {
		fmt.Fprintf(&b, "%s=%s\n", v.name, v.value)
	}
	switch p := rules.Procedure; {
	case !p.Known():
		b.WriteString("\nBREACHBOT_PROCEDURE is not set, so the organisation's procedure is not known.\n")
	case p.ReviewPassed(now, rules.Zone):
		fmt.Fprintf(&b, "\nThe procedure was due for review by %s.\n", p.Review.Format(time.DateOnly))
	}
	b.WriteString("\nChanges, newest first:\n")
	for _, c := range slices.Backward(changes) {
		fmt.Fprintf(&b, "%s\n", c.At.In(rules.Zone).Format("2006-01-02 15:04 MST"))
		if len(c.Altered) == 0 {
			b.WriteString("  the first start\n")
		}
		for _, a := range c.Altered {
			fmt.Fprintf(&b, "  %s: %s -> %s\n", a.Name, orNothing(a.Before), orNothing(a.After))
		}
	}
	if len(changes) == 0 {
		b.WriteString("  none on record\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func orNothing(v string) string {
	if v == "" {
		return "(not set)"
	}
	return v
}
