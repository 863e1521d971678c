package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"breachbot/workflow"
)

func (k *checks) nation(variable, v, right string) workflow.Nation {
	n := workflow.Nation(strings.ToLower(v))
	if !slices.ContainsFunc(workflow.Nations, func(o workflow.Option[workflow.Nation]) bool { return o.Value == n }) {
		k.fault(variable, quote(v)+" is not one of england, scotland, wales, northern_ireland", variable+"="+right)
		return ""
	}
	return n
}

// timeOfDay reads a time of day as the time since midnight.
func (k *checks) timeOfDay(variable, v, right string) time.Duration {
	t, err := time.Parse("15:04", v)
	since := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	if err != nil || since == 0 { // a working day cannot end as it begins
		k.fault(variable, quote(v)+" is not a time of day from 00:01 to 23:59", variable+"="+right)
		return 0
	}
	return since
}

// within reads how long a duty may take; 0 switches its clock off.
func (k *checks) within(variable, v, right string) time.Duration {
	if d, err := time.ParseDuration(v); err == nil && d == 0 {
		return 0
	}
	return k.duration(variable, v, time.Hour, 90*24*time.Hour, right+", or "+variable+"=0 for no clock")
}

// What a target may say other than a length of time.
const (
	targetNone    = "none"
	targetSameDay = "same day" // triage by the end of the working day
	targetStart   = "start "   // containment need only have begun
)

// targets reads how soon each severity needs triage and containment. Severities
// that are not named keep the default.
func (k *checks) targets(variable, v, right string) map[workflow.Severity]workflow.SeverityTarget {
	out := workflow.DefaultTargets()
	const form = "SEVERITY=TRIAGE/CONTAINMENT"
	k.bySeverity(variable, v, right, form, func(s workflow.Severity, target string) {
		triage, contain, both := strings.Cut(target, "/")
		triage, contain = strings.TrimSpace(triage), strings.TrimSpace(contain)
		if !both {
			k.notBySeverity(variable, fmt.Sprintf("%d=%s", s, target), right, form)
			return
		}
		var t workflow.SeverityTarget
		if triage == targetSameDay {
			t.SameDay = true
		} else {
			t.Triage = k.target(variable, triage, right)
		}
		contain, t.Started = strings.CutPrefix(contain, targetStart)
		t.Contain = k.target(variable, strings.TrimSpace(contain), right)
		out[s] = t
	})
	return out
}

// bySeverity reads a list of values, each for a severity of its own.
func (k *checks) bySeverity(variable, v, right, form string, each func(workflow.Severity, string)) {
	named := map[string]bool{}
	for _, part := range list(v) {
		number, value, both := strings.Cut(part, "=")
		number, value = strings.TrimSpace(number), strings.TrimSpace(value)
		switch {
		case len(number) != 1 || number < "1" || number > "4" || !both:
			k.notBySeverity(variable, part, right, form)
		case named[number]:
			k.fault(variable, "severity "+number+" is named twice", variable+"="+right)
		default:
			named[number] = true
			each(workflow.Severity(number[0]-'0'), value)
		}
	}
	if len(list(v)) == 0 {
		k.fault(variable, "names no severity", variable+"="+right)
	}
}

func (k *checks) notBySeverity(variable, part, right, form string) {
	k.fault(variable, quote(part)+" is not "+form+" with a severity from 1 to 4", variable+"="+right)
}

func (k *checks) target(variable, v, right string) time.Duration {
	if v == targetNone {
		return 0
	}
	return k.duration(variable, v, time.Minute, 30*24*time.Hour, right)
}

// severities reads a list of severities, or none of them.
func (k *checks) severities(variable, v, right string) []workflow.Severity {
	out := []workflow.Severity{}
	if strings.EqualFold(v, targetNone) {
		return out
	}
	for _, one := range list(v) {
		if len(one) != 1 || one < "1" || one > "4" {
			k.fault(variable, quote(one)+" is not a severity from 1 to 4", variable+"="+right+", or "+variable+"="+targetNone)
			continue
		}
		if s := workflow.Severity(one[0] - '0'); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(list(v)) == 0 {
		k.fault(variable, "names no severity", variable+"="+right+", or "+variable+"="+targetNone)
	}
	slices.Sort(out)
	return out
}

func severityWords(all []workflow.Severity) string {
	if len(all) == 0 {
		return targetNone
	}
	return joined(all, func(s workflow.Severity) string { return fmt.Sprint(int(s)) })
}

// targetWords writes targets as targets reads them.
func targetWords(all map[workflow.Severity]workflow.SeverityTarget) string {
	or := func(d time.Duration) string {
		if d == 0 {
			return targetNone
		}
		return short(d)
	}
	var parts []string
	for _, s := range slices.Sorted(maps.Keys(all)) {
		t := all[s]
		triage, contain := or(t.Triage), or(t.Contain)
		if t.SameDay {
			triage = targetSameDay
		}
		if t.Started && t.Contain > 0 {
			contain = targetStart + contain
		}
		parts = append(parts, fmt.Sprintf("%d=%s/%s", s, triage, contain))
	}
	return strings.Join(parts, ",")
}

// targetMorning is a wait until the next working morning.
const targetMorning = "morning"

// waits reads how long nobody may have a report, by severity. Severities that are
// not named keep the default.
func (k *checks) waits(variable, v, right string) map[workflow.Severity]workflow.Wait {
	out := workflow.DefaultWaits()
	k.bySeverity(variable, v, right, "SEVERITY=WAIT", func(s workflow.Severity, wait string) {
		if wait == targetMorning {
			out[s] = workflow.Wait{Morning: true}
			return
		}
		out[s] = workflow.Wait{For: k.duration(variable, wait, time.Minute, 24*time.Hour, right)}
	})
	return out
}

// waitWords writes waits as waits reads them.
func waitWords(all map[workflow.Severity]workflow.Wait) string {
	var parts []string
	for _, s := range slices.Sorted(maps.Keys(all)) {
		wait := short(all[s].For)
		if all[s].Morning {
			wait = targetMorning
		}
		parts = append(parts, fmt.Sprintf("%d=%s", s, wait))
	}
	return strings.Join(parts, ",")
}

// quietHours reads a time of day from which and one until which.
func (k *checks) quietHours(variable, v, right string) workflow.QuietHours {
	from, to, both := strings.Cut(v, "-")
	begin, err := time.Parse("15:04", strings.TrimSpace(from))
	end, err2 := time.Parse("15:04", strings.TrimSpace(to))
	q := workflow.QuietHours{From: sinceMidnight(begin), To: sinceMidnight(end)}
	switch {
	case !both || err != nil || err2 != nil:
		k.fault(variable, quote(v)+" is not two times of day, from and until", variable+"="+right)
	case q.IsZero() || q.Lasts() > workflow.MaxQuiet:
		k.fault(variable, quote(v)+" is not from one minute to "+short(workflow.MaxQuiet)+" long", variable+"="+right)
	default:
		return q
	}
	return workflow.QuietHours{}
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// quietWords writes quiet hours as quietHours reads them.
func quietWords(q workflow.QuietHours) string {
	if q.IsZero() {
		return ""
	}
	return timeOfDayWords(q.From) + "-" + timeOfDayWords(q.To)
}

// procedure reads what the organisation says about its own procedure.
func (k *checks) procedure(variable, v, right string) workflow.Procedure {
	parts := strings.Split(v, ";")
	for n := range parts {
		parts[n] = strings.TrimSpace(parts[n])
	}
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" {
		k.fault(variable, "is not VERSION; OWNER; DATE OF REVIEW", variable+"="+right)
		return workflow.Procedure{}
	}
	review, err := time.Parse(time.DateOnly, parts[2])
	if err != nil {
		k.fault(variable, quote(parts[2])+" is not a date (year-month-day)", variable+"="+right)
		return workflow.Procedure{}
	}
	if k.words(variable, v, 160, right) == "" {
		return workflow.Procedure{}
	}
	return workflow.Procedure{Version: parts[0], Owner: parts[1], Review: review}
}

// ownChecks reads which statements of law the organisation has checked itself.
// Those that have a source already are not for a setting to change.
func (k *checks) ownChecks(variable, v, right string) map[workflow.StatementKey]workflow.OwnCheck {
	out := map[workflow.StatementKey]workflow.OwnCheck{}
	for _, one := range strings.Split(v, ";") {
		key, rest, _ := strings.Cut(strings.TrimSpace(one), " ")
		day, words, _ := strings.Cut(strings.TrimSpace(rest), " ")
		switch _, err := time.Parse(time.DateOnly, day); {
		case !slices.Contains(unverified(), key):
			k.fault(variable, quote(key)+" is not one of "+strings.Join(unverified(), ", "), variable+"="+right)
		case err != nil:
			k.fault(variable, quote(day)+" is not a date (year-month-day)", variable+"="+right)
		default:
			out[workflow.StatementKey(key)] = workflow.OwnCheck{Day: day, Words: k.words(variable, strings.TrimSpace(words), 300, right)}
		}
	}
	return out
}

// unverified are the names of the statements of law that nobody has read in
// their source.
func unverified() []string {
	var out []string
	for _, s := range workflow.Statements {
		if !s.Verified() {
			out = append(out, string(s.Key))
		}
	}
	return out
}

func ownCheckWords(own map[workflow.StatementKey]workflow.OwnCheck) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(own)) {
		out = append(out, strings.TrimSpace(string(key)+" "+own[key].Day+" "+own[key].Words))
	}
	return strings.Join(out, "; ")
}
