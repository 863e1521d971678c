package bot

import (
	"github.com/prometheus/client_golang/prometheus"
)

// measures are the bot's metrics. Labels come from closed sets only: never an id,
// and never a word that somebody typed.
type measures struct {
	inbound  *prometheus.CounterVec // kind: slash, shortcut, button, form, event, unknown
	refused  *prometheus.CounterVec // why: team, person, role, duplicate, busy
	failures *prometheus.CounterVec // method
	held     *prometheus.CounterVec // method
	acks     prometheus.Counter
	sockets  prometheus.Gauge
	others   prometheus.Gauge
	panics   prometheus.Counter
	shapes   *prometheus.CounterVec // surface: messages, modals, home
	mails    *prometheus.CounterVec // result: sent, failed
	ahead    prometheus.Gauge
}

func newMeasures(r prometheus.Registerer) measures {
	m := measures{
		inbound:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breachbot_inbound_total", Help: "What came in from Slack, by kind."}, []string{"kind"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breachbot_refused_total", Help: "What was refused, by reason."}, []string{"why"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breachbot_slack_failures_total", Help: "Slack calls that failed, by method."}, []string{"method"}),
		held:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breachbot_slack_held_back_total", Help: "Slack calls that were put off because Slack's limits did not allow them yet, by method."}, []string{"method"}),
		acks:     prometheus.NewCounter(prometheus.CounterOpts{Name: "breachbot_ack_failures_total", Help: "Acknowledgements that could not be sent."}),
		sockets:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "breachbot_sockets", Help: "Socket Mode connections of this process."}),
		others:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "breachbot_app_sockets", Help: "Socket Mode connections of the app that Slack counted at the last hello."}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "breachbot_handler_panics_total", Help: "Handlers that panicked and were recovered."}),
		shapes:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breachbot_blocks_refused_total", Help: "What Slack refused for its blocks of 2026 and got at once without them, by surface."}, []string{"surface"}),
		mails:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breachbot_mails_total", Help: "E-mails in the place of what Slack did not take, by result."}, []string{"result"}),
		ahead:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "breachbot_slack_ahead_seconds", Help: "How far Slack's clock was ahead of ours at its last answer; below 0 ours is ahead."}),
	}
	if r != nil {
		r.MustRegister(m.inbound, m.refused, m.failures, m.held, m.acks, m.sockets, m.others, m.panics, m.shapes, m.ahead, m.mails)
	}
	return m
}
