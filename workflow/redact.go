package workflow

import (
	"reflect"
	"slices"
)

// redact is an event without its words: every text is emptied except those
// named in keeps. What is not plain text stays: numbers, times, ids and choices
// from a list. A field that is added later is emptied unless its event's row
// says otherwise, so nothing that somebody types survives by default.
//
// A name in keeps is a field's Go name, or a path of names with dots.
// Everything below a name is kept with it. Embedded structs have no name of
// their own.
func redact(e Event, keeps []string) Event {
	was := reflect.ValueOf(e)
	now := reflect.New(was.Type()).Elem()
	now.Set(was)
	wordless(now, "", keeps)
	return now.Interface().(Event)
}

// wordless empties the texts below v, which must be settable. It copies what it
// changes, so that anything else that shares it keeps its words.
func wordless(v reflect.Value, path string, keeps []string) {
	if slices.Contains(keeps, path) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() { // other types are ids and choices
			v.SetString("")
		}
	case reflect.Struct:
		for n := range v.NumField() {
			f := v.Type().Field(n)
			if !f.IsExported() {
				continue // a field of the standard library, as in a time
			}
			name := path
			if !f.Anonymous {
				name = join(path, f.Name)
			}
			wordless(v.Field(n), name, keeps)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			c := reflect.New(v.Type().Elem())
			c.Elem().Set(v.Elem())
			wordless(c.Elem(), path, keeps)
			v.Set(c)
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(c, v)
		for n := range c.Len() {
			wordless(c.Index(n), path, keeps)
		}
		v.Set(c)
	case reflect.Map:
		if v.IsNil() {
			return
		}
		c := reflect.MakeMapWithSize(v.Type(), v.Len())
		for _, k := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(k))
			wordless(value, path, keeps)
			c.SetMapIndex(k, value)
		}
		v.Set(c)
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Redacted is a journal without its words, as the rows of its events say.
func Redacted(records []Record) []Record {
	out := slices.Clone(records)
	for n, r := range out {
		if r.Event == nil {
			continue
		}
		if row, known := eventRowOf(r.Event.Kind()); known {
			out[n].Event = redact(r.Event, row.keeps)
		} else {
			out[n].Event = nil // a newer version's; nothing of it may stay unread
		}
	}
	return out
}
