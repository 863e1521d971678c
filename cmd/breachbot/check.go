package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"breachbot/workflow"
)

// checks reads values and collects what is wrong with them. A faulty value reads
// as the zero value.
type checks struct{ faults Faults }

func (k *checks) fault(variable, wrong, right string) {
	k.faults = append(k.faults, Fault{Variable: variable, Wrong: wrong, Right: right})
}

// token checks the kind of a Slack token. It never repeats the value.
func (k *checks) token(variable, v, prefix string) Secret {
	right := variable + "=" + exampleOf(variable) + ", " + variableOf(variable).about
	switch {
	case v == "":
		k.fault(variable, "is not set", right)
	case !strings.HasPrefix(v, prefix):
		wrong := "does not begin with " + prefix
		for other, name := range map[string]string{"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a user token", "xoxe": "a rotating token"} {
			if strings.HasPrefix(v, other) {
				wrong += ": this looks like " + name
			}
		}
		k.fault(variable, wrong, right)
	case len(v) == len(prefix) || strings.ContainsFunc(v, func(r rune) bool { return unicode.IsSpace(r) || r == '"' || r == '\'' || r > unicode.MaxASCII }):
		k.fault(variable, "is cut short, or contains spaces, quotes or other characters that no token has", right)
	default:
		return NewSecret(v)
	}
	return Secret{}
}

func (k *checks) apiURL(variable, v string) string {
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		k.fault(variable, "is not the plain address of a Web API", variable+"="+exampleOf(variable)+", or leave it unset for Slack itself")
		return ""
	}
	return strings.TrimSuffix(v, "/") + "/" // slack-go appends the method's name
}

// serverURL checks an address that may hold a password. It never repeats the
// value, or the parser's error, which would repeat it.
func (k *checks) serverURL(variable, v, right string, schemes ...string) Secret {
	if v == "" {
		return Secret{}
	}
	u, err := url.Parse(v)
	if err != nil || !slices.Contains(schemes, u.Scheme) || (u.Host == "" && u.Path == "" && u.RawQuery == "") {
		k.fault(variable, "is not a URL that begins with "+strings.Join(schemes, ":// or ")+"://", variable+"="+right+" (percent-encode special characters in the password)")
		return Secret{}
	}
	return NewSecret(v)
}

// pingURL checks the address of a service that waits for signs of life. Whoever
// knows it can give them, so it goes through no network in the open, and is never
// repeated.
func (k *checks) pingURL(variable, v string) Secret {
	if v == "" {
		return Secret{}
	}
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !thisMachine(u.Hostname())) {
		k.fault(variable, "is not an address that begins with https:// (http:// only of this machine)", variable+"="+exampleOf(variable))
		return Secret{}
	}
	return NewSecret(v)
}

// thisMachine tells whether a host's name can only mean the machine itself.
func thisMachine(host string) bool {
	at, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && at.IsLoopback()
}

func (k *checks) address(variable, v string) string {
	right := variable + "=127.0.0.1:8080"
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		k.fault(variable, quote(v)+" is not host:port", right)
		return ""
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		k.fault(variable, quote(port)+" is not a port number from 0 to 65535", right)
		return ""
	}
	return v
}

// name checks words that appear in Slack messages and documents.
func (k *checks) name(variable, v, right string) string {
	return k.words(variable, v, 80, right)
}

func (k *checks) words(variable, v string, longest int, right string) string {
	if len([]rune(v)) > longest || strings.ContainsFunc(v, unicode.IsControl) {
		k.fault(variable, fmt.Sprintf("is longer than %d characters, or contains a line break", longest), variable+"="+right)
		return ""
	}
	return v
}

func (k *checks) zone(variable, v, right string) *time.Location {
	zone, err := time.LoadLocation(v)
	if err != nil || v == "Local" { // Local would mean something else on each machine
		k.fault(variable, quote(v)+" is not the name of a time zone", variable+"="+right)
		return time.UTC
	}
	return zone
}

var slackID = regexp.MustCompile(`^[A-Z][A-Z0-9]{2,20}$`)

// ids reads a comma-separated list of Slack ids that begin with one of the
// kinds. Empty gives nil.
func (k *checks) ids(variable, v, kinds, what, right string) []string {
	var ids []string
	for _, id := range list(v) {
		switch {
		case !slackID.MatchString(id) || !strings.Contains(kinds, id[:1]):
			k.fault(variable, quote(id)+" is not "+what, variable+"="+right)
		case slices.Contains(ids, id):
			k.fault(variable, quote(id)+" is named twice", variable+"="+right)
		default:
			ids = append(ids, id)
		}
	}
	return ids
}

func (k *checks) duration(variable, v string, least, most time.Duration, right string) time.Duration {
	d, err := time.ParseDuration(v)
	switch {
	case err != nil:
		k.fault(variable, quote(v)+" is not a length of time", variable+"="+right)
	case d < least || d > most:
		k.fault(variable, fmt.Sprintf("%s is not between %s and %s", quote(v), short(least), short(most)), variable+"="+right)
	default:
		return d
	}
	return 0
}

// nudges reads the milestones before the deadline and puts the longest first.
func (k *checks) nudges(variable, v, right string) []time.Duration {
	var nudges []time.Duration
	for _, part := range list(v) {
		d, err := time.ParseDuration(part)
		switch {
		case err != nil:
			k.fault(variable, quote(part)+" is not a length of time", variable+"="+right)
		case d <= 0 || d >= workflow.NotificationPeriod:
			k.fault(variable, quote(part)+" is not between 0 and "+short(workflow.NotificationPeriod)+" before the deadline", variable+"="+right)
		case slices.Contains(nudges, d):
			k.fault(variable, quote(part)+" is named twice", variable+"="+right)
		default:
			nudges = append(nudges, d)
		}
	}
	if len(list(v)) == 0 {
		k.fault(variable, "names no milestone", variable+"="+right)
	}
	slices.SortFunc(nudges, func(a, b time.Duration) int { return cmp.Compare(b, a) })
	return nudges
}

var cellPattern = regexp.MustCompile(`^([1-5])[xX×]([1-5])$`)

func (k *checks) cell(variable, v, right string) workflow.Cell {
	m := cellPattern.FindStringSubmatch(v)
	if m == nil {
		k.fault(variable, quote(v)+" is not likelihood x effect, each from 1 to 5", variable+"="+right)
		return workflow.Cell{}
	}
	return workflow.Cell{Likelihood: int(m[1][0] - '0'), Effect: int(m[2][0] - '0')}
}

// triggers reads the grounds for the grid's floor; "none" turns the floor off.
func (k *checks) triggers(variable, v, right string) []workflow.Trigger {
	known := []workflow.Trigger{workflow.TriggerVulnerable, workflow.TriggerWider, workflow.TriggerSpecial}
	if v == "none" {
		return nil
	}
	var triggers []workflow.Trigger
	for _, part := range list(v) {
		t := workflow.Trigger(part)
		switch {
		case !slices.Contains(known, t):
			k.fault(variable, quote(part)+" is not one of vulnerable, wider, special (or none on its own)", variable+"="+right)
		case slices.Contains(triggers, t):
			k.fault(variable, quote(part)+" is named twice", variable+"="+right)
		default:
			triggers = append(triggers, t)
		}
	}
	if len(list(v)) == 0 {
		k.fault(variable, "names no ground", variable+"="+right+", or "+variable+"=none")
	}
	return triggers
}

func (k *checks) yesNo(variable, v, right string) bool {
	switch strings.ToLower(v) {
	case "true", "yes", "1":
		return true
	case "false", "no", "0":
		return false
	}
	k.fault(variable, quote(v)+" is neither true nor false", variable+"="+right)
	return false
}

func (k *checks) level(variable, v string) slog.Level {
	switch strings.ToLower(v) {
	case "debug":
		return slog.LevelDebug
	case "info":
		return slog.LevelInfo
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	k.fault(variable, quote(v)+" is not one of debug, info, warn, error", variable+"=info")
	return slog.LevelInfo
}

// clusterVariable is what Kubernetes puts into every container beside a Service
// called breachbot.
var clusterVariable = regexp.MustCompile(`^BREACHBOT_(SERVICE|PORT)(_.*)?$`)

// unknown finds variables that look like ours and are not: otherwise a mistyped
// one would be ignored without a word.
func (k *checks) unknown(env map[string]string) {
	known := variables()
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if !strings.HasPrefix(name, "BREACHBOT_") || slices.Contains(known, secretOf(name)) || clusterVariable.MatchString(name) {
			continue
		}
		right := "one of the variables that `breachbot help` lists"
		if near := nearest(name, known); near != "" {
			right = near
		}
		wrong := "is not a variable of breachbot"
		if of, ok := strings.CutSuffix(name, fileSuffix); ok && slices.Contains(known, of) {
			wrong, right = wrong+": only secrets are read from files", of
		}
		k.faults = append(k.faults, Fault{Variable: name, Wrong: wrong, Right: right, unknown: true})
	}
}

// list splits at commas and drops empty parts.
func list(v string) []string {
	var parts []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// quote shows a value that may have come from anywhere, on one line.
func quote(v string) string {
	const longest = 40
	if r := []rune(v); len(r) > longest {
		v = string(r[:longest]) + "…"
	}
	return strconv.Quote(v)
}

// short writes whole hours, minutes or seconds and leaves out zeros: 72h, not 72h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
