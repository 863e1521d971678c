package workflow

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Subject is a task key taken apart: what the task does, and what it is about.
// Nothing else makes or reads keys, so no other code knows what they look like.
// Parts that a kind's key does not contain stay zero.
type Subject struct {
	Kind     TaskKind
	About    int       // seq of the event it is about
	To       Target    // who it is for, if the key says so
	Clock    ClockName // of a reminder
	Deadline time.Time // of a reminder, or when a follow-up reminder is due
	Left     Countdown // of a nudge or a reminder, in whole seconds
	Nth      int       // how many messages of this kind they were sent before
	TS       string    // of the message to pin
	Asked    TaskKey   // the message that a refresh brings up to date, or that one person is sent too
	News     News      // what happened, of news
	Day      string    // of an anchor or a digest: 2006-01-02
}

// TaskKey names a task within its incident for ever: a task with the same key
// is the same task. Subject reads it and Subject.Key makes it.
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

// colonless reads a part that holds no colon.
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
	keyNews  = word(func(s *Subject) *News { return &s.News })
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

	// keyAsked and keySent are whole keys: those of the request, or of the
	// message that says who has it, that a refresh is about.
	keyAsked = whole(func(k TaskKind) bool { return k == KindAsk })
	keySent  = whole(func(k TaskKind) bool { return slices.Contains(tellsWhoHasIt, k) })

	// keyOf is the whole key of what a group was sent.
	keyOf = part{
		func(s Subject) string { return string(s.Asked) },
		func(s *Subject, fields []string) (int, bool) {
			s.Asked = TaskKey(strings.Join(fields, ":"))
			about, ok := s.Asked.Subject()
			return len(fields), ok && about.Kind != KindPerson
		},
	}
)

// whole is a part that is the key of a message of certain kinds.
func whole(of func(TaskKind) bool) part {
	return part{
		func(s Subject) string { return string(s.Asked) },
		func(s *Subject, fields []string) (int, bool) {
			s.Asked = TaskKey(strings.Join(fields, ":"))
			about, ok := s.Asked.Subject()
			s.To = about.To
			return len(fields), ok && of(s.Asked.Says().Kind)
		},
	}
}

// Key makes the key that names the subject.
func (s Subject) Key() TaskKey {
	form := taskRowOf(s.Kind).form(s)
	key := form.word
	for _, p := range form.parts {
		key += ":" + p.put(s)
	}
	return TaskKey(key)
}

// Subject takes the key apart. False means that no kind of task has keys like
// this: a newer version wrote it, or it is not a key.
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

// Kind is what the task with this key does. It is empty when no kind has keys
// like this.
func (k TaskKey) Kind() TaskKind {
	s, _ := k.Subject()
	return s.Kind
}

// read reads the fields of a key in this form, which must use all of them.
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

// Renews tells whether doing this task also does the other one. A task that
// brings something up to date has a version in its key, and the newest counts.
func (s Subject) Renews(other Subject) bool {
	return s.Kind == other.Kind && s.Kind.Renewed() && s.Asked == other.Asked
}

// TaskCommand is the command key under which a task's delivery is recorded, so
// that it is recorded only once.
func TaskCommand(id IncidentID, key TaskKey) CommandKey {
	return CommandKey("task/" + string(id) + "/" + string(key))
}
