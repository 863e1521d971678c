package main

import (
	"cmp"
	"slices"
	"strings"
)

// Fault is one variable that is wrong, with what would be right.
type Fault struct {
	Variable string
	Wrong    string // reads on after the variable: "is not set"
	Right    string // an example, or what to do
	unknown  bool   // not a variable of breachbot at all
}

// Faults are all that is wrong with the configuration, in the order of the
// documentation.
type Faults []Fault

// Error has one line for each fault.
func (f Faults) Error() string {
	var b strings.Builder
	b.WriteString("The configuration needs attention:")
	for _, fault := range f {
		b.WriteString("\n  " + fault.Variable + ": " + fault.Wrong + ". Use: " + fault.Right)
	}
	return b.String()
}

// sorted puts faults into the order of the documentation, with variables that
// nobody knows last.
func (f Faults) sorted() Faults {
	known := variables()
	place := func(f Fault) int {
		if n := slices.Index(known, secretOf(f.Variable)); n >= 0 {
			return n
		}
		return len(known)
	}
	slices.SortStableFunc(f, func(a, b Fault) int { return cmp.Compare(place(a), place(b)) })
	return f
}

// variables are the names of all environment variables, in the order of the
// documentation.
func variables() []string {
	var names []string
	for _, v := range described() {
		names = append(names, v.name)
	}
	return names
}

// environment is a process's environment as a map.
func environment(pairs []string) map[string]string {
	env := map[string]string{}
	for _, pair := range pairs {
		if name, value, ok := strings.Cut(pair, "="); ok {
			env[name] = value
		}
	}
	return env
}

// given leaves out what is empty and trims the rest: a line break at the end of a
// token is the most common slip with secrets kept in files.
func given(env map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range env {
		if value = strings.TrimSpace(value); value != "" {
			out[name] = value
		}
	}
	return out
}

// nearest is the known name that a typing slip may have meant, or empty.
func nearest(name string, known []string) string {
	best, least := "", 4 // any further and it is a guess, not a slip
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the number of characters to add, drop or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
