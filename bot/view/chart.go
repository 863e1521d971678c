package view

import (
	"cmp"
	"slices"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Limits of a chart (Slack: data visualization block). Two charts fit in a message.
const (
	maxChartTitle = 50
	maxChartLabel = 20
	maxPoints     = 20 // of a series
)

// series is one kind of column of a chart: its name, and a number for each place
// along the axis.
type series struct {
	name string
	n    []int
}

// bars is a chart of columns. along are the places along the axis. It is for
// messages only.
func bars(title string, along []string, label, up string, all ...series) slack.Block {
	first := max(0, len(along)-maxPoints)
	axis := slack.NewDataVisualizationAxisConfig()
	for _, name := range along[first:] {
		axis.Categories = append(axis.Categories, workflow.Cut(name, maxChartLabel))
	}
	axis.XLabel, axis.YLabel = workflow.Cut(label, maxChartTitle), workflow.Cut(up, maxChartTitle)
	var drawn []slack.DataVisualizationDataSeries
	for _, s := range all {
		var points []slack.DataVisualizationDataPoint
		for k, n := range s.n[first:] {
			points = append(points, slack.NewDataVisualizationDataPoint(axis.Categories[k], float64(n)))
		}
		drawn = append(drawn, slack.NewDataVisualizationDataSeries(workflow.Cut(s.name, maxChartLabel), points...))
	}
	return slack.NewDataVisualizationBlock(workflow.Cut(title, maxChartTitle), slack.NewDataVisualizationBarChart(axis, drawn...))
}

// trendCharts are the two charts of a trend: by month, in time and late, and by
// kind. There are none where there is nothing to compare.
func trendCharts(t workflow.Trend) []slack.Block {
	if t.Year < 2 {
		return nil
	}
	var months []string
	inTime, late := series{name: "In time"}, series{name: "Late"}
	first := max(0, slices.IndexFunc(t.Months, func(m workflow.Month) bool { return m.N > 0 }))
	for _, m := range t.Months[first:] { // what came before the first report says nothing
		months = append(months, m.Begins.Format("Jan 06"))
		inTime.n, late.n = append(inTime.n, m.N-m.Late), append(late.n, m.Late)
	}
	var kinds []string
	reports := series{name: "Reports"}
	for n, f := range t.Kinds {
		if n >= kindsDrawn {
			kinds, reports.n = append(kinds, "All others"), append(reports.n, 0)
			for _, f := range t.Kinds[n:] {
				reports.n[n] += f.N
			}
			break
		}
		kinds, reports.n = append(kinds, shortKind(f.Category)), append(reports.n, f.N)
	}
	return []slack.Block{
		bars("Reports by month, in time and late", months, "Month", "Reports", inTime, late),
		bars("Reports by kind of event, 12 months", kinds, "Kind of event", "Reports", reports),
	}
}

// kindsDrawn is how many kinds a chart shows by name.
const kindsDrawn = 6

// shortKinds are the kinds of events in at most 20 characters, which is all that a
// chart has room for.
var shortKinds = map[workflow.Category]string{
	"paper_lost": "Paper lost", "email_wrong": "Email sent wrongly", "letter_wrong": "Letter sent wrongly",
	"viewed_without_need": "Viewed without need", "account_entered": "Account entered", "told_wrong": "Told wrong person",
	"phishing": "Phishing", "not_redacted": "Not redacted", "recipients_visible": "Recipients visible",
	"device_lost": "Device lost", "other_cyber": "Other cyber", "ransomware": "Ransomware", "portal_wrong": "Wrong data in portal",
	"misconfiguration": "Misconfiguration", "paper_disposal": "Paper disposed of", "altered": "Altered or misfiled",
	"brute_force": "Password guessing", "malware": "Malware", "denial_of_service": "Denial of service",
	"hardware_disposal": "Hardware disposed of", "cryptographic_flaw": "Cryptographic flaw", "unavailable": "Unavailable",
	"deleted": "Deleted", "published": "Published", "blagging": "Blagging", "unlocked": "Left unlocked",
	"wrong_rights": "Wrong access rights", "insider": "Insider", "covert_recording": "Covert recording", "supplier": "Supplier",
	"weakness": "Weakness", "deidentification": "Not de-identified", "other": "Other, not cyber", "unknown": "Not known yet",
}

func shortKind(c workflow.Category) string {
	return cmp.Or(shortKinds[c], workflow.Cut(c.Label(), maxChartLabel))
}
