package store_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// TestProjections wants each column to hold a part of its own of what it
// follows from, and no part of a decision or a notice to be left out.
func TestProjections(t *testing.T) {
	entry := filled[workflow.Entry](t)
	entry.ID = "BR-2026-0007"
	distinct(t, store.Incidents, entry)
	distinct(t, store.Decisions, filled[workflow.Decision](t))
	distinct(t, store.Notifications, filled[workflow.Notification](t))
	complete(t, store.Decisions)
	complete(t, store.Notifications)
}

// distinct wants no column to be empty or to say what another one says.
func distinct[T any](t *testing.T, p store.Projection[T], v T) {
	t.Helper()
	row, err := p.Row(v)
	if err != nil {
		t.Fatal(err)
	}
	said := map[any]string{}
	for n, c := range p.Columns() {
		if reflect.ValueOf(row[n]).IsZero() {
			t.Errorf("%s.%s is empty, whatever happened", p.Table, c.Name)
		}
		if other, twice := said[row[n]]; twice && c.Kind != store.Truth {
			t.Errorf("%s.%s says the same as %s", p.Table, c.Name, other)
		}
		said[row[n]] = c.Name
	}
}

// complete wants every field of a T to change one column, and every column to
// be changed by one.
func complete[T any](t *testing.T, p store.Projection[T]) {
	t.Helper()
	var empty T
	before, err := p.Row(empty)
	if err != nil {
		t.Fatal(err)
	}
	full, columns := reflect.ValueOf(filled[T](t)), p.Columns()
	for n := range full.NumField() {
		v := reflect.New(full.Type()).Elem()
		v.Field(n).Set(full.Field(n))
		row, err := p.Row(v.Interface().(T))
		if err != nil {
			t.Fatal(err)
		}
		var changed []string
		for at := range row {
			if row[at] != before[at] {
				changed = append(changed, p.Columns()[at].Name)
			}
		}
		if len(changed) != 1 {
			t.Errorf("%s of a %s is told in %d columns: %q", full.Type().Field(n).Name, full.Type(), len(changed), changed)
		}
		columns = slices.DeleteFunc(columns, func(c store.Column) bool { return slices.Contains(changed, c.Name) })
	}
	for _, c := range columns {
		t.Errorf("%s.%s tells of no field of a %s", p.Table, c.Name, full.Type())
	}
}

// filled has a value of its own in every field.
func filled[T any](t *testing.T) (v T) {
	t.Helper()
	n := 0
	var fill func(reflect.Value)
	fill = func(v reflect.Value) {
		n++
		switch v.Kind() {
		case reflect.String:
			v.SetString(fmt.Sprintf("value %d", n))
		case reflect.Int, reflect.Int64:
			v.SetInt(int64(n))
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem())
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0))
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[time.Time]() {
				v.Set(reflect.ValueOf(begin.Add(time.Duration(n) * time.Hour)))
				return
			}
			for _, field := range v.Fields() {
				fill(field)
			}
		default:
			t.Fatalf("the test cannot fill a %s", v.Type())
		}
	}
	fill(reflect.ValueOf(&v).Elem())
	return v
}
