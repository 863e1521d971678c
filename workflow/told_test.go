package workflow_test

import (
	"testing"
	"time"

	. "breachbot/workflow"
)

func TestAControllerIsAwareOnceItsProcessorHasToldIt(t *testing.T) {
	t.Parallel()
	told, noticed, aware := friday.Add(-3*time.Hour), friday, friday.Add(time.Hour)
	for _, v := range []struct {
		words string
		times Times
		start time.Time
		basis Basis
	}{
		{"told before anybody here noticed", Times{Detected: noticed, ProcessorTold: told}, told, FromProcessor},
		{"told as it was noticed", Times{Detected: noticed, ProcessorTold: noticed}, noticed, FromProcessor},
		{"noticed here before the processor told us", Times{Detected: told, ProcessorTold: noticed}, told, FromDetection},
		{"awareness is decided", Times{Detected: noticed, ProcessorTold: told, Aware: Awareness{At: aware}}, aware, FromAwareness},
		{"nothing but the report is earlier known", Times{Reported: noticed, ProcessorTold: told}, told, FromProcessor},
	} {
		start, basis := v.times.Start()
		if !start.Equal(v.start) || basis != v.basis {
			t.Errorf("%s: from %s, %v", v.words, basis, start)
		}
	}
}

func TestOnlyADeciderMakesTheDeadlineLaterThanWhatTheProcessorToldUs(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported)
	c := s.times()
	c.ProcessorTold = c.Detected.Add(-2 * time.Hour)
	s.do(igLead, c) // earlier: anybody may
	want := c.ProcessorTold.Add(NotificationPeriod)
	if clock := s.inc.Clock(); clock.Basis != FromProcessor || !clock.Deadline.Equal(want) || !clock.Provisional() {
		t.Fatalf("%+v", clock)
	}
	for _, told := range []time.Time{{}, c.ProcessorTold.Add(time.Hour)} {
		later := s.times()
		later.ProcessorTold = told
		s.refused(igLead, later, ErrForbidden, FieldProcessor)
	}
	set := s.times()
	set.Aware = c.Detected
	s.refused(igLead, set, ErrForbidden, FieldAware)
	s.do(dpo, set)
	if clock := s.inc.Clock(); clock.Basis != FromAwareness || len(s.inc.Corrections) != 2 {
		t.Errorf("%+v", clock)
	}
}
