package scheduler

import (
	"github.com/prometheus/client_golang/prometheus"

	"breachbot/workflow"
)

// Metrics are the scheduler's figures. Their labels come from closed sets; no
// incident, person or text is in them.
type Metrics struct {
	deliveries   *prometheus.CounterVec
	attempts     *prometheus.CounterVec
	ticks        *prometheus.CounterVec
	tickSeconds  prometheus.Histogram
	lockFailures prometheus.Counter
	lockUp       prometheus.Gauge
	panics       prometheus.Counter
	heartbeat    prometheus.Gauge
}

// What became of a tick.
const (
	tickDone   = "done"
	tickBusy   = "busy" // another replica held the lock
	tickFailed = "failed"
)

// outcome is what became of a claim.
type outcome string

const (
	delivered  outcome = "delivered"
	dropped    outcome = "dropped"    // no longer owed
	failed     outcome = "failed"     // put off
	unrecorded outcome = "unrecorded" // done or checked, but not written down; its lease brings it back
	returned   outcome = "returned"   // given back before it was begun
	held       outcome = "held"       // given back until Slack's limits allow it
)

// NewMetrics registers the scheduler's metrics. It panics when they are already
// registered there.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "breachbot_deliveries_total",
			Help: "Claimed tasks, by kind and by what became of them.",
		}, []string{"kind", "outcome"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "breachbot_delivery_attempts_total",
			Help: "Calls of the courier, by kind; those after the first attempt are counted as again.",
		}, []string{"kind", "attempt"}),
		ticks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "breachbot_ticks_total",
			Help: "Ticks, by result; busy means that another replica held the lock.",
		}, []string{"result"}),
		tickSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "breachbot_tick_seconds",
			Help:    "How long ticks took.",
			Buckets: []float64{.005, .02, .1, .5, 2, 10, 60},
		}),
		lockFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "breachbot_lock_failures_total",
			Help: "Ticks that had to go on without the lock, or lost it.",
		}),
		lockUp: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "breachbot_lock_up",
			Help: "1 when the lock's server answered at the last tick, else 0.",
		}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "breachbot_delivery_panics_total",
			Help: "Deliveries that panicked and were treated as failed.",
		}),
		heartbeat: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "breachbot_last_tick_timestamp_seconds",
			Help: "When this process last looked into the queue, or found another replica doing so; seconds since 1970.",
		}),
	}
	reg.MustRegister(m.deliveries, m.attempts, m.ticks, m.tickSeconds, m.lockFailures, m.lockUp, m.panics, m.heartbeat)
	return m
}

func (m *Metrics) tried(c workflow.Claim) {
	attempt := "first"
	if c.Attempt > 1 {
		attempt = "again"
	}
	m.attempts.WithLabelValues(kindLabel(c.Task.Kind), attempt).Inc()
}

func (m *Metrics) ended(c workflow.Claim, o outcome) {
	m.deliveries.WithLabelValues(kindLabel(c.Task.Kind), string(o)).Inc()
}

// kindLabel keeps the label's values a closed set whatever a store holds.
func kindLabel(k workflow.TaskKind) string {
	if k.Order() >= 0 {
		return string(k)
	}
	return "other"
}
