package workflow

import (
	"slices"
	"time"
)

// ReviewPeriod is the time to complete the review after resolution, in
// calendar days (incident response plan, step 8: "within fourteen days").
// Product rule: until the end of the last day, local time.
const ReviewPeriod = 14

// ReviewFindings are the findings of a review, under the seven headings of the
// same plan. Corrective actions are kept separately. Lessons go to the risk
// register, and Public is what the published register may say about it.
type ReviewFindings struct {
	What         string `json:"what"`
	Impact       string `json:"impact"`
	RootCause    string `json:"root_cause"`
	WentWell     string `json:"went_well,omitempty"`
	Slowed       string `json:"slowed,omitempty"`
	Documents    string `json:"documents,omitempty"`     // to change
	RiskRegister string `json:"risk_register,omitempty"` // the lesson, and its reference there
	Public       string `json:"public,omitempty"`        // approved for the published register
}

// Review completes the review after resolution.
type Review struct{ Findings ReviewFindings }

// Reviewed holds a review. Every one is kept.
type Reviewed struct {
	Findings ReviewFindings `json:"findings"`
}

func (Review) Name() CommandName { return CommandReview }
func (Reviewed) Kind() string    { return "reviewed" }

var reviewEvents = []eventRow{
	event(shown, noWords, (*Incident).foldReview),
}

// ReviewRecord is one recorded review.
type ReviewRecord struct {
	Seq      int            `json:"seq"`
	By       UserID         `json:"by"`
	At       time.Time      `json:"at"`
	Findings ReviewFindings `json:"findings"`
}

// ReviewDone is the review since the last resolution, or nil.
func (i *Incident) ReviewDone() *ReviewRecord {
	if len(i.Reviews) == 0 || i.Resolved == nil {
		return nil
	}
	if last := &i.Reviews[len(i.Reviews)-1]; last.Seq > i.Resolved.Seq {
		return last
	}
	return nil
}

// Brief tells whether the lighter form of each step is enough: for severity 4
// and near misses (product rule: the depth of a step depends on severity).
func (i *Incident) Brief() bool { return i.Severity == 4 || i.Facts.NearMiss }

func (r Rules) review(inc *Incident, c Review, _ Actor, _ time.Time) ([]Event, error) {
	f, whole := c.Findings, !inc.Brief()
	for _, q := range []struct {
		field    Field
		text     *string
		required bool
		name     string
	}{
		{FieldReviewWhat, &f.What, true, "what happened"},
		{FieldImpact, &f.Impact, true, "the impact. \"None\" is an answer"},
		{FieldRootCause, &f.RootCause, true, "the root cause"},
		{FieldWentWell, &f.WentWell, whole, "what went well"},
		{FieldSlowed, &f.Slowed, whole, "what slowed us. \"Nothing\" is an answer"},
		{FieldDocuments, &f.Documents, whole, "which documents need to change. \"None\" is an answer"},
		{FieldRiskRegister, &f.RiskRegister, false, "the lesson"},
		{FieldPublic, &f.Public, false, "the line for the published register"},
	} {
		var err error
		if *q.text, err = text(q.field, *q.text, q.required, MaxText, q.name); err != nil {
			return nil, err
		}
	}
	return []Event{Reviewed{Findings: f}}, nil
}

func (i *Incident) foldReview(r Record, e Reviewed) {
	i.Reviews = append(slices.Clip(i.Reviews), ReviewRecord{Seq: r.Seq, By: r.Actor, At: r.At, Findings: e.Findings})
}
