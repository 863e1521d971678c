package workflow

import (
	"strconv"
	"strings"
	"time"
)

// Subject is a task key taken apart: what the task does, and what it is about.
// It is the only maker and the only reader of keys, so no other code knows what
// they look like. Parts that a kind's key does not name stay zero.
type Subject struct {
	Kind     TaskKind
	About    int       // seq of the event it is about
	To       Target    // whom it is for, where the key tells
	Clock    ClockName // of a reminder
	Deadline time.Time // of a reminder, or when a follow-up reminder is due
	Left     Countdown // of a nudge or a reminder, in whole seconds
	Nth      int       // of a question: how many messages went before
	TS       string    // of the message to pin
	Asked    TaskKey   // the request that a refresh brings up to date
	Day      string    // of an anchor: 2006-01-02
}

// TaskKey is how a task is named within its incident, for ever: a task whose key
// stays the same is the same task. Subject reads it and Subject.Key makes it.
type TaskKey string

// part is one piece of a key between colons.
type part struct {
	put  func(Subject) string
	take func(s *Subject, fields []string) (used int, ok bool)
}

func number(get func(*Subject) *int) part {
	return part{
		func(s Subject) string { return strconv.Itoa(*get(&s)) },
		colonless(func(s *Subject, f string) (err error) { *get(s), err = strconv.Atoi(f); return err }),
	}
}

func word[S ~string](get func(*Subject) *S) part {
	return part{
		func(s Subject) string { return string(*get(&s)) },
		colonless(func(s *Subject, f string) error { *get(s) = S(f); return nil }),
	}
}

// colonless takes a part that holds no colon.
func colonless(take func(*Subject, string) error) func(*Subject, []string) (int, bool) {
	return func(s *Subject, fields []string) (int, bool) {
		return 1, len(fields) > 0 && take(s, fields[0]) == nil
	}
}

var (
	keyAbout = number(func(s *Subject) *int { return &s.About })
	keyNth   = number(func(s *Subject) *int { return &s.Nth })
	keyTo    = word(func(s *Subject) *Target { return &s.To })
	keyTS    = word(func(s *Subject) *string { return &s.TS })
	keyDay   = word(func(s *Subject) *string { return &s.Day })

	keyLeft = part{
		func(s Subject) string { return strconv.FormatInt(int64(time.Duration(s.Left)/time.Second), 10) },
		colonless(func(s *Subject, f string) error {
			n, err := strconv.ParseInt(f, 10, 64)
			s.Left = Countdown(time.Duration(n) * time.Second)
			return err
		}),
	}
	keyDeadline = part{
		func(s Subject) string { return strconv.FormatInt(s.Deadline.Unix(), 10) },
		colonless(func(s *Subject, f string) error {
			n, err := strconv.ParseInt(f, 10, 64)
			s.Deadline = time.Unix(n, 0).UTC()
			return err
		}),
	}

	// keyClock may hold a colon itself: the clock of an action is named after its number.
	keyClock = part{
		func(s Subject) string { return string(s.Clock) },
		func(s *Subject, fields []string) (int, bool) {
			if len(fields) > 1 && fields[0]+":" == clockAction {
				s.Clock = ClockName(fields[0] + ":" + fields[1])
				return 2, true
			}
			s.Clock = ClockName(strings.Join(fields[:min(1, len(fields))], ""))
			return 1, len(fields) > 0
		},
	}

	// keyAsked is a whole key: that of the request a refresh is about.
	keyAsked = part{
		func(s Subject) string { return string(s.Asked) },
		func(s *Subject, fields []string) (int, bool) {
			s.Asked = TaskKey(strings.Join(fields, ":"))
			of, ok := s.Asked.Subject()
			s.To = of.To
			return len(fields), ok && of.Kind == KindAsk
		},
	}
)

// Key makes the key that names the subject.
func (s Subject) Key() TaskKey {
	form := taskRowOf(s.Kind).form(s)
	key := form.word
	for _, p := range form.parts {
		key += ":" + p.put(s)
	}
	return TaskKey(key)
}

// Subject takes the key apart. False means that no kind of task has such keys:
// it was written by a newer version, or is none.
func (k TaskKey) Subject() (Subject, bool) {
	fields := strings.Split(string(k), ":")
	for _, row := range taskRows {
		for _, form := range row.forms {
			if s, ok := form.read(row.kind, fields); ok {
				return s, true
			}
		}
	}
	return Subject{}, false
}

// Kind is what the task of this key does, empty when no kind has such keys.
func (k TaskKey) Kind() TaskKind {
	s, _ := k.Subject()
	return s.Kind
}

// read takes the fields of a key as this form, which must use all of them.
func (f keyForm) read(kind TaskKind, fields []string) (Subject, bool) {
	s := Subject{Kind: kind}
	if fields[0] != f.word {
		return s, false
	}
	for _, p := range f.parts {
		used, ok := p.take(&s, fields[1:])
		if !ok {
			return s, false
		}
		fields = fields[used:]
	}
	return s, len(fields) == 1
}

// Renews tells whether doing this task also does what the other was to do: what
// is brought up to date carries a version in its key, and the newest one counts.
func (s Subject) Renews(other Subject) bool {
	return s.Kind == other.Kind && s.Kind.Renewed() && s.Asked == other.Asked
}

// TaskCommand is the command key under which a task's delivery is recorded, so
// that it is recorded once.
func TaskCommand(id IncidentID, key TaskKey) CommandKey {
	return CommandKey("task/" + string(id) + "/" + string(key))
}
