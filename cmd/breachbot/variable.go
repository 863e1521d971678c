package main

import (
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// variable is what people are told of an environment variable. Words about it may
// hold `code`.
type variable struct {
	name      string
	about     string // what it is for, in one line
	otherwise string // the default, as one would set it; empty when there is none
	without   string // in words, what holds when it is not set and has no default; begins with "required" when it must be
	example   string // what one could write; the default where there is one
	secret    bool   // may be given as a file
}

// described are all variables in the order of the documentation, as ruleSettings
// and settings declare them. The README's table and serve -h are made of it.
func described() []variable {
	var all []variable
	for _, s := range ruleSettings {
		v := variable{name: s.name, about: s.about, otherwise: s.byDefault(), without: s.without, example: s.right()}
		all = append(all, v)
	}
	at := 0
	for f := range reflect.TypeFor[settings]().Fields() {
		name, otherwise, _ := strings.Cut(f.Tag.Get("env"), ", default=")
		v := variable{name: name, about: f.Tag.Get("about"), otherwise: otherwise, without: f.Tag.Get("without"), example: f.Tag.Get("example"), secret: f.Tag.Get("secret") != ""}
		if v.example == "" {
			v.example = otherwise
		}
		if after, ok := f.Tag.Lookup("after"); ok {
			at = slices.IndexFunc(all, func(v variable) bool { return v.name == after }) + 1
		}
		all = slices.Insert(all, at, v)
		at++
	}
	return all
}

// variableOf is the variable of that name. There must be one.
func variableOf(name string) variable {
	all := described()
	return all[slices.IndexFunc(all, func(v variable) bool { return v.name == name })]
}

// exampleOf is what one could write for the variable of that name.
func exampleOf(name string) string { return variableOf(name).example }

// writeVariables lists every variable for a terminal.
func writeVariables(w io.Writer) {
	plain := strings.NewReplacer("`", "")
	for _, v := range described() {
		holds := "if not set: " + v.without
		switch {
		case v.otherwise != "":
			holds = "default: " + v.otherwise
		case strings.HasPrefix(v.without, "required"):
			holds = v.without
		}
		if v.otherwise == "" || v.example != v.otherwise {
			holds += "; example: " + v.example
		}
		name := v.name
		if v.secret {
			name += " or " + v.name + fileSuffix
		}
		fmt.Fprintf(w, "  %s\n      %s\n      %s\n", name, plain.Replace(v.about), plain.Replace(holds))
	}
}

// ourVariable finds a variable that is named in words about another.
var ourVariable = regexp.MustCompile(`\b(BREACHBOT|SLACK|DATABASE|REDIS)_[A-Z_]+\b`)

// readmeRow is the variable's line in the README's table.
func (v variable) readmeRow() string {
	marked := func(words string) string { return ourVariable.ReplaceAllString(words, "`$0`") }
	otherwise := marked(v.without)
	if v.otherwise != "" {
		otherwise = "`" + v.otherwise + "`"
	}
	about := marked(v.about)
	if v.otherwise == "" && v.example != "" && !strings.HasPrefix(v.without, "required") && !strings.Contains(v.without, "nobody") {
		about += "; for example `" + v.example + "`"
	}
	name := "`" + v.name + "`"
	if v.secret {
		name += " or `" + v.name + fileSuffix + "`"
	}
	return fmt.Sprintf("| %s | %s | %s |", name, about, otherwise)
}
