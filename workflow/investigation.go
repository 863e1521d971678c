package workflow

import (
	"slices"
	"time"
)

// Origin is where the cause lies (EDPB template for Art. 33 notifications).
type Origin string

var Origins = []Option[Origin]{
	{"internal", "Inside, without intent"},
	{"internal_malicious", "Inside, with intent"},
	{"external", "Outside, without intent"},
	{"external_malicious", "Outside, with intent"},
	{"to_be_determined", "To be determined"},
	{"unknown", "Not known"},
}

// Label is the origin in words.
func (o Origin) Label() string {
	if o == "" {
		return "Not known yet"
	}
	return label(Origins, o)
}

// Certainty separates a root cause from the best current hypothesis.
type Certainty string

const (
	Hypothesis  Certainty = "hypothesis"
	Established Certainty = "established"
)

var Certainties = []Option[Certainty]{
	{Hypothesis, "Best current hypothesis"},
	{Established, "Root cause, established"},
}

// Label is the certainty in words.
func (c Certainty) Label() string { return label(Certainties, c) }

// Findings are what an investigation has established so far.
type Findings struct {
	Cause        string    `json:"cause"`
	Certainty    Certainty `json:"certainty"`
	Origin       Origin    `json:"origin,omitempty"`
	Systems      string    `json:"systems,omitempty"` // exact systems and data
	ThirdParties string    `json:"third_parties,omitempty"`
	Records      Count     `json:"records,omitzero"` // number of records, not of people
}

// Investigate records findings and the facts they bring.
type Investigate struct {
	Facts    int // version of the facts the person saw
	Findings Findings
	// Window is when the data was exposed, if that is known by now.
	Window         Occurrence
	Identifiable   Answer
	CopyHeld       Answer
	Disruption     Disruption
	Malicious      Answer
	HarmReported   Answer
	WrongDataUsed  Answer
	LawfullyPublic Answer
	Count          Count
	Aspects        []Aspect
}

// Investigated holds one state of the investigation. Every one is kept.
type Investigated struct {
	Findings Findings   `json:"findings"`
	Window   Occurrence `json:"window,omitzero"`
	Facts    Facts      `json:"facts"`
}

func (Investigate) Name() CommandName { return CommandInvestigate }
func (Investigated) Kind() string     { return "investigated" }

var investigationEvents = []eventRow{
	event(shown, noWords, (*Incident).foldInvestigation),
}

// Investigation is one recorded state of the investigation.
type Investigation struct {
	Seq      int        `json:"seq"`
	By       UserID     `json:"by"`
	At       time.Time  `json:"at"`
	Findings Findings   `json:"findings"`
	Window   Occurrence `json:"window,omitzero"`
}

// Investigation is the latest one, or nil.
func (i *Incident) Investigation() *Investigation {
	if len(i.Investigations) == 0 {
		return nil
	}
	return &i.Investigations[len(i.Investigations)-1]
}

func (r Rules) investigate(inc *Incident, c Investigate, _ Actor, now time.Time) ([]Event, error) {
	if err := fresh(inc, c.Facts); err != nil {
		return nil, err
	}
	f := c.Findings
	var err error
	if f.Cause, err = text(FieldRootCause, f.Cause, true, MaxText, "the root cause, or your best guess"); err != nil {
		return nil, err
	}
	if !known(Certainties, f.Certainty) {
		return nil, Invalid(FieldCertainty, "Please choose how sure that is.")
	}
	if f.Origin != "" && !known(Origins, f.Origin) {
		return nil, Invalid(FieldOrigin, "Please choose from the list.")
	}
	if f.Systems, err = text(FieldSystems, f.Systems, false, MaxText, "the systems"); err != nil {
		return nil, err
	}
	if f.ThirdParties, err = text(FieldThirdParties, f.ThirdParties, false, MaxText, "the third parties"); err != nil {
		return nil, err
	}
	if f.Records.Known && (f.Records.N < 0 || f.Records.N > 100*MaxCount) {
		return nil, Invalid(FieldRecords, "Please check the number of records, or leave it empty if it is not known yet.")
	}
	e := Investigated{Findings: f, Window: c.Window, Facts: inc.Facts}
	for _, t := range []struct {
		field Field
		at    *time.Time
	}{{FieldOccurredFrom, &e.Window.From}, {FieldOccurredTo, &e.Window.To}} {
		if err := passed(t.field, t.at, now); err != nil {
			return nil, err
		}
	}
	if !e.Window.From.IsZero() && !e.Window.To.IsZero() && e.Window.To.Before(e.Window.From) {
		return nil, Invalid(FieldOccurredTo, "The end is before the beginning. Please check the times.")
	}
	e.Facts = e.Facts.with(Facts{
		Aspects: c.Aspects, Count: c.Count, Identifiable: c.Identifiable, CopyHeld: c.CopyHeld, Disruption: c.Disruption,
		Malicious: c.Malicious, HarmReported: c.HarmReported, WrongDataUsed: c.WrongDataUsed, LawfullyPublic: c.LawfullyPublic,
	})
	if err := e.Facts.check(); err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

func (i *Incident) foldInvestigation(r Record, e Investigated) {
	i.Investigations = append(slices.Clip(i.Investigations), Investigation{Seq: r.Seq, By: r.Actor, At: r.At, Findings: e.Findings, Window: e.Window})
	if e.Window.Known() {
		i.Times.Occurred = e.Window
	}
	i.learn(r, e.Facts)
}
