package workflow_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

// oneOfEach is one event of every kind, with every field filled in.
func oneOfEach(t testing.TB) []Event {
	all := []Event{
		Reported{}, TimesCorrected{}, Triaged{}, Assessed{}, Decided{}, Notified{}, Noted{}, RoleAssigned{}, WasResolved{}, WasClosed{}, WasDismissed{},
		Reopened{}, Erased{}, ContainmentRecorded{}, Investigated{}, Clarified{}, RecoveryRecorded{}, Reviewed{}, ActionAdded{}, ActionFinished{}, Linked{}, DeputyCalled{}, Reminded{}, ChannelOpened{}, ChannelRefused{}, Invited{}, CardPosted{}, MessagePosted{}, Nudged{}, FollowUpNudged{}, DeliveryStalled{}, DeliveryRecovered{}, DeliveryDropped{}, Mailed{},
		EvidenceAdded{}, EvidenceEdited{}, EvidenceDeleted{}, MemberJoined{}, MemberLeft{}, ChannelExposed{}, HelpAsked{}, HelpGiven{},
	}
	for n, e := range all {
		v := reflect.New(reflect.TypeOf(e)).Elem()
		fill(t, v, reflect.TypeOf(e).Name())
		all[n] = v.Interface().(Event)
	}
	return all
}

func fill(t testing.TB, v reflect.Value, name string) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 20, 16, 45, 0, 123456000, time.UTC)))
	case v.Kind() == reflect.String:
		v.SetString(name + ` <&> "é" 🔥`)
	case v.Kind() == reflect.Int, v.Kind() == reflect.Int64:
		v.SetInt(int64(len(name)) * 1_000_000_007)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Struct:
		for n := range v.NumField() {
			fill(t, v.Field(n), v.Type().Field(n).Name)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), name)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), name+"0")
		fill(t, v.Index(1), name+"1")
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, n := range []string{"b", "a"} {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(t, key, n)
			fill(t, value, n)
			v.SetMapIndex(key, value)
		}
	default:
		t.Fatalf("%s: %s", name, v.Type())
	}
}

func TestTheStoredFormOfEveryEvent(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, e := range oneOfEach(t) {
		payload, err := Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s\n", e.Kind(), payload)
		back, err := Decode(e.Kind(), payload)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(e, back); d != "" {
			t.Errorf("%s comes back changed: %s", e.Kind(), d)
		}
		again, err := Encode(back)
		if err != nil || string(again) != string(payload) {
			t.Errorf("%s encoded again (%v):\n%s\n%s", e.Kind(), err, payload, again)
		}
		if canonical, err := Canonical(payload); err != nil || string(canonical) != string(payload) {
			t.Errorf("%s is not canonical (%v)", e.Kind(), err)
		}
	}
	// A kind or a key in this file is never renamed or removed: journals hold them.
	golden(t, "events.golden", b.String())
}

func TestCanonicalDoesNotDependOnHowAnEngineKeptThePayload(t *testing.T) {
	t.Parallel()
	want := `{"a":[1,2.50,1e3,12345678901234567890],"b":"<&>","c":{"x":null,"y":true}}`
	for _, v := range []string{want, ` { "c" : {"y":true,"x":null}, "b" : "\u003c\u0026>", "a":[ 1, 2.50, 1e3, 12345678901234567890 ] } `} {
		got, err := Canonical([]byte(v))
		if err != nil || string(got) != want {
			t.Errorf("%s (%v), want %s", got, err, want)
		}
	}
	for _, broken := range []string{"", "{", `{"a":1} {"a":2}`, `{"a":1}x`} {
		if got, err := Canonical([]byte(broken)); err == nil {
			t.Errorf("%q passed as %q: what is appended to a payload must show", broken, got)
		}
	}
}

func TestAnUnknownKindIsAnErrorNotASilence(t *testing.T) {
	t.Parallel()
	if e, err := Decode("abolished", []byte("{}")); err == nil || !strings.Contains(err.Error(), "abolished") {
		t.Errorf("%v, %v", e, err)
	}
	if _, err := Decode("noted", []byte(`{"text":1}`)); err == nil {
		t.Error("a payload of another shape was taken")
	}
	// An older binary's events lack newer fields; a newer one's have more.
	if e, err := Decode("noted", []byte(`{"text":"x","mood":"calm"}`)); err != nil || e.(Noted).Text != "x" {
		t.Errorf("%v, %v", e, err)
	}
}

func TestReferencesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"BR-2026-0014", "br-2026-14", " Br 2026 0014 ", "BR2026-14", "br--2026--000014"} {
		if id, err := ParseIncidentID(typed); err != nil || id != "BR-2026-0014" {
			t.Errorf("%q: %s, %v", typed, id, err)
		}
	}
	for _, typed := range []string{"", "14", "BR-26-14", "BR-2026-", "BR-2026-12345678", "XBR-2026-1", "BR-2026-1x"} {
		if id, err := ParseIncidentID(typed); err == nil {
			t.Errorf("%q passed as %s", typed, id)
		}
	}
	for _, typed := range []string{"DR-2026-0003", "dr 2026 3", "Dr2026-3"} {
		if id, err := ParseIncidentID(typed); err != nil || id != "DR-2026-0003" {
			t.Errorf("%q: %s, %v", typed, id, err)
		}
	}
	drill := NewIncidentID(SeriesDrill, 2026, 3)
	if drill != "DR-2026-0003" || !drill.Drill() || drill.Series() != SeriesDrill || drill.Year() != 2026 || drill.Number() != 3 || drill.ChannelName(1) != "dr-2026-0003" {
		t.Errorf("%s %v %s %d %d %s", drill, drill.Drill(), drill.Series(), drill.Year(), drill.Number(), drill.ChannelName(1))
	}
	if odd := IncidentID("x"); odd.Drill() || odd.Series() != "" {
		t.Errorf("%q is of series %q", odd, odd.Series())
	}
	id := NewIncidentID(SeriesReal, 2026, 12345)
	if id.Drill() || id.Series() != SeriesReal {
		t.Errorf("%s is of series %s", id, id.Series())
	}
	if id != "BR-2026-12345" || id.Year() != 2026 || id.Number() != 12345 || id.ChannelName(1) != "br-2026-12345" || id.ChannelName(2) != "br-2026-12345-2" {
		t.Errorf("%s %d %d %s", id, id.Year(), id.Number(), id.ChannelName(2))
	}
}
