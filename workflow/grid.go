package workflow

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Cell is one field of the 5x5 grid, both axes 1 to 5.
type Cell struct {
	Likelihood int `json:"likelihood"`
	Effect     int `json:"effect"`
}

// Valid tells whether the cell is on the grid.
func (c Cell) Valid() bool {
	return c.Likelihood >= 1 && c.Likelihood <= 5 && c.Effect >= 1 && c.Effect <= 5
}

// Score is likelihood times effect. It is shown because people expect it and
// never compared with anything: the cell decides (3x2 reports, 2x3 does not).
func (c Cell) Score() int { return c.Likelihood * c.Effect }

func (c Cell) reaches(line Cell) bool {
	return c.Likelihood >= line.Likelihood && c.Effect >= line.Effect
}

func (c Cell) String() string {
	return fmt.Sprintf("likelihood %d, effect %d", c.Likelihood, c.Effect)
}

// Axis is one value of an axis, with its meaning.
type Axis struct {
	Value int
	Label string
	Means string
}

// Likelihoods and Effects are the axes of the grid. They are about the
// individual, not the organisation (Data Breach Notification Procedure v1.1,
// appendix 2).
var (
	Likelihoods = []Axis{
		{1, "Not occurred", "Absolutely certain that there can be no adverse effect"},
		{2, "Not likely", "No proof that no effect has occurred"},
		{3, "Likely", "An adverse effect is likely"},
		{4, "Highly likely", "Almost certain at some point in the future"},
		{5, "Occurred", "An adverse effect has been reported"},
	}
	Effects = []Axis{
		{1, "No impact", "Absolutely certain that none can arise"},
		{2, "Minor", "Not absolutely certain; e.g. a cancelled procedure, no added suffering"},
		{3, "Adverse", "E.g. embarrassment, or suffering that may be prolonged"},
		{4, "Serious", "Pain, suffering, decline in health, financial loss, loss of job"},
		{5, "Catastrophic", "A person dies or suffers a catastrophic occurrence"},
	}
)

// Trigger is a ground for the floor of the grid.
type Trigger string

const (
	TriggerVulnerable Trigger = "vulnerable" // vulnerable groups
	TriggerWider      Trigger = "wider"      // the longer list of health bodies
	TriggerSpecial    Trigger = "special"    // UK GDPR Art. 9(1)
)

// Grid is the configuration of the 5x5 grid. The lines advise; a person decides.
type Grid struct {
	Regulator Cell // at least this cell: report to the regulator
	DHSC      Cell // at least this cell: the Department of Health and Social Care too
	Floor     Cell // least grade when a trigger applies
	Triggers  []Trigger
}

// DefaultGrid: regulator from "likely" and "minor" (NHS Digital webinar on
// incident reporting, slide 7), DHSC from "likely" and "serious" (recalled from
// the same guide), floor 2 on both axes for vulnerable groups (the procedure's
// appendix 2) and the longer special list.
func DefaultGrid() Grid {
	return Grid{
		Regulator: Cell{3, 2},
		DHSC:      Cell{3, 4},
		Floor:     Cell{2, 2},
		Triggers:  []Trigger{TriggerVulnerable, TriggerWider},
	}
}

// Grading is what a person chose on the grid, and what they claim.
type Grading struct {
	Cell       Cell      `json:"cell"`
	Evidence   string    `json:"evidence,omitempty"`
	Vulnerable Answer    `json:"vulnerable"` // vulnerable people or specially protected data
	Exception  Exception `json:"exception,omitempty"`
	LiftFloor  bool      `json:"lift_floor,omitempty"` // contained: the floor does not apply
	HighRisk   Answer    `json:"high_risk"`            // high risk to people, the question of Art. 34
}

// Scope says why a breach is outside the two questions that the law asks of a
// controller about living people. It is empty for most. Stored values never
// change.
type Scope string

const (
	// ScopeProcessor: we act as processor only, so the regulator and the people are
	// the controller's questions, and ours is to tell the controller (UK GDPR Art.
	// 33(2)).
	ScopeProcessor Scope = "processor"
	// ScopeDeceased: data protection law protects living people only (UK GDPR
	// recital 27; ICO, FOI section 41 guidance). Confidentiality may still be owed.
	ScopeDeceased Scope = "deceased"
)

var scopes = []Option[Scope]{
	{ScopeProcessor, "We act as processor only: the controller's questions"},
	{ScopeDeceased, "Only about people who have died"},
}

// Label is the scope in words; empty for a breach within it.
func (s Scope) Label() string { return label(scopes, s) }

// livingHurt tells whether somebody alive is harmed or in danger, which
// contradicts data that is only about people who have died.
func (f Facts) livingHurt() bool { return f.HarmReported == Yes || f.InDanger == Yes }

func scopeOf(f Facts) Scope {
	switch {
	case f.Capacity == Processor:
		return ScopeProcessor
	case f.Deceased == Yes && !f.livingHurt():
		return ScopeDeceased
	}
	return ""
}

// GraveEffect is the least effect that counts although it is not likely. The
// ICO says that significant consequences may make the overall risk high even if
// they are unlikely ("How well could you respond to a personal data breach?",
// checked 28 November 2026). That this begins at "serious" is a product rule.
const GraveEffect = 4

// Grave tells whether the law's test calls for notifying whatever the grid's
// lines say: harm this serious, unless it is certain that it cannot follow.
func (c Cell) Grave() bool { return c.Effect >= GraveEffect && c.Likelihood >= 2 }

// Recommendation is what follows from a grading, with its reasons in words. Two
// truths stand in it side by side. The grid's cell and lines are shown as the
// grid has them (NHS practice). The law's test stands above the grid: notify
// unless a risk is unlikely (UK GDPR Art. 33(1)), where severity and likelihood
// count together. It may advise more than the grid, never less. All of it is
// advice, not a decision.
type Recommendation struct {
	Chosen      Cell      `json:"chosen"`
	Cell        Cell      `json:"cell"` // after floors
	Regulator   bool      `json:"regulator"`
	ByLaw       bool      `json:"by_law,omitempty"` // by the law's test, although the cell is below the grid's line
	DHSC        bool      `json:"dhsc"`             // England only
	Subjects    Answer    `json:"subjects"`         // tell the people affected?
	Scope       Scope     `json:"scope,omitempty"`
	Reasons     []string  `json:"reasons"`
	Warnings    []string  `json:"warnings,omitempty"` // contradictions to look at
	WouldChange []string  `json:"would_change,omitempty"`
	FactsAt     time.Time `json:"facts_at"`
}

func (r *Recommendation) say(format string, args ...any) {
	r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...))
}

// Recommend grades g on the facts known at the given instant.
func (r Rules) Recommend(g Grading, facts Facts, at time.Time) Recommendation {
	out := Recommendation{Chosen: g.Cell, Cell: g.Cell, FactsAt: at}
	out.say("Chosen: likelihood %d, %s (%s); effect %d, %s (%s).",
		g.Cell.Likelihood, lower(Likelihoods[g.Cell.Likelihood-1].Label), lowerFirst(Likelihoods[g.Cell.Likelihood-1].Means),
		g.Cell.Effect, lower(Effects[g.Cell.Effect-1].Label), lowerFirst(Effects[g.Cell.Effect-1].Means))
	r.floor(&out, g, facts)
	if g.Exception != "" {
		out.say("Containment claimed: %s. Keep the evidence for it.", lowerFirst(g.Exception.Label()))
	}
	r.lines(&out)
	r.test(&out, g)
	r.people(&out, g)
	out.Warnings = append(out.Warnings, contradictions(g)...)
	if facts.Deceased == Yes && facts.livingHurt() {
		out.Warnings = append(out.Warnings, "The facts say that the data is only about people who have died, and also that somebody alive was harmed or is in danger. Please look at those answers again.")
	}
	r.outside(&out, facts)
	out.say("This is advice, not a decision. The law outranks the grid: notify unless a risk to people is unlikely.")
	return out
}

// floor raises the cell where a floor of the grid applies.
func (r Rules) floor(out *Recommendation, g Grading, facts Facts) {
	grounds := r.Grid.floorGrounds(g, facts)
	if len(grounds) == 0 {
		return
	}
	floored := Cell{max(g.Cell.Likelihood, r.Grid.Floor.Likelihood), max(g.Cell.Effect, r.Grid.Floor.Effect)}
	switch {
	case g.LiftFloor:
		out.say("The floor for %s was lifted because the breach is contained.", strings.Join(grounds, " and "))
	case floored != g.Cell:
		out.say("Raised to at least %s, because of %s.", r.Grid.Floor, strings.Join(grounds, " and "))
		out.Cell = floored
	default:
		out.say("The floor of %s for %s is already met.", r.Grid.Floor, strings.Join(grounds, " and "))
	}
}

// OnGrid tells whether a cell is on or above the line for the regulator, and the one
// for the department, which exists in England only.
func (r Rules) OnGrid(c Cell) (regulator, department bool) {
	return c.reaches(r.Grid.Regulator), r.Nation == England && c.reaches(r.Grid.DHSC)
}

// lines says where the cell stands on the grid, as the grid has it.
func (r Rules) lines(out *Recommendation) {
	out.Regulator, out.DHSC = r.OnGrid(out.Cell)
	if out.Regulator {
		out.say("On the grid, cell %dx%d is on or above the line for the %s (%s).", out.Cell.Likelihood, out.Cell.Effect, r.Regulator, r.Grid.Regulator)
	} else {
		out.say("On the grid, cell %dx%d is below the line for the %s (%s): %s.", out.Cell.Likelihood, out.Cell.Effect, r.Regulator, r.Grid.Regulator, missedBy(out.Cell, r.Grid.Regulator))
	}
	if r.Nation != England {
		out.say("The grid belongs to England's reporting tool. Here it only helps to weigh the risk.")
		return
	}
	switch {
	case out.DHSC:
		out.say("It is on or above the line for the Department of Health and Social Care (%s).", r.Grid.DHSC)
	case out.Regulator:
		out.say("It is below the line for the Department of Health and Social Care (%s): %s.", r.Grid.DHSC, missedBy(out.Cell, r.Grid.DHSC))
	}
}

// test is the law's test. It looks at the cell that was graded: a floor says how
// the grid counts, not how likely harm is.
func (r Rules) test(out *Recommendation, g Grading) {
	if out.Regulator {
		return
	}
	var why string
	switch {
	case g.Cell.Grave():
		why = fmt.Sprintf("Harm as serious as effect %d counts even where it is not likely.", g.Cell.Effect)
	case g.HighRisk == Yes:
		why = "Where a high risk to people is likely, a risk is likely too."
	case g.HighRisk != No && g.Cell.Likelihood > 1:
		why = "While it is not known whether the risk is high, nobody can say that a risk is unlikely."
	default:
		out.WouldChange = append(out.WouldChange, wouldReport(out.Cell, r.Grid.Regulator, r.Regulator))
		return
	}
	out.Regulator, out.ByLaw = true, true
	out.say("The law's test stands above the grid. %s So the advice is to notify the %s all the same (UK GDPR Art. 33(1)).", why, r.Regulator)
	if g.Cell.Grave() {
		out.WouldChange = append(out.WouldChange, fmt.Sprintf("Proof that no harm can follow (likelihood 1), or an effect below %d and no high risk, would change it.", GraveEffect))
	}
}

// people is the question of Art. 34.
func (r Rules) people(out *Recommendation, g Grading) {
	switch {
	case g.HighRisk == Yes:
		out.Subjects = Yes
		out.say("A high risk to people is likely: tell them without delay (Art. 34), unless an exemption applies.")
	case g.HighRisk == No && g.Cell.Grave():
		out.Subjects = Unknown
		out.say("No high risk was found. But harm as serious as effect %d can be a high risk even where it is not likely, so telling the people stays open: please say why not when it is decided.", g.Cell.Effect)
		out.Warnings = append(out.Warnings, "A grading this serious usually means a high risk to people. Please look at that answer again.")
	case g.HighRisk == No:
		out.Subjects = No
		out.say("No high risk to people was found.")
	default:
		out.Subjects = Unknown
		out.say("It is not known yet whether the risk to people is high. Not knowing counts towards telling them.")
	}
}

// outside takes back what the law does not ask of us.
func (r Rules) outside(out *Recommendation, facts Facts) {
	scope := scopeOf(facts)
	if scope == "" {
		return
	}
	would := out.outcome(r.Regulator)
	switch out.Scope = scope; scope {
	case ScopeProcessor:
		out.say("We act as processor only. Our duty is to tell the controller without undue delay, whatever the risk (UK GDPR Art. 33(2)). Whether to tell the %s and the people is the controller's question. On these facts a controller would be advised to: %s.", r.Regulator, would)
	case ScopeDeceased:
		out.say("The data is only about people who have died. Data protection law protects living people, so under it neither the %s nor anybody else has to be told. Confidentiality may still be owed, and so may candour towards the next of kin or a report under a contract: ask the Caldicott Guardian. Relatives named in the data are living people; if there are any, change that answer.", r.Regulator)
	}
	out.Regulator, out.ByLaw, out.DHSC, out.Subjects, out.WouldChange = false, false, false, No, nil
}

// floorGrounds names what triggers the floor. "Not known" triggers it too:
// uncertainty counts towards notifying.
func (grid Grid) floorGrounds(g Grading, facts Facts) []string {
	var grounds []string
	if slices.Contains(grid.Triggers, TriggerVulnerable) || slices.Contains(grid.Triggers, TriggerWider) {
		switch g.Vulnerable {
		case Yes:
			grounds = append(grounds, "vulnerable people or specially protected data")
		case Unknown, "":
			grounds = append(grounds, "vulnerable people not ruled out")
		}
	}
	if len(grounds) == 0 {
		if slices.Contains(grid.Triggers, TriggerVulnerable) && slices.ContainsFunc(facts.Subjects, SubjectKind.Vulnerable) {
			grounds = append(grounds, "vulnerable people in the report")
		}
		if slices.Contains(grid.Triggers, TriggerWider) && slices.ContainsFunc(facts.Data, DataCategory.Wider) {
			grounds = append(grounds, "specially protected data in the report")
		}
	}
	if slices.Contains(grid.Triggers, TriggerSpecial) && slices.ContainsFunc(facts.Data, DataCategory.Special) {
		grounds = append(grounds, "special category data")
	}
	return grounds
}

// contradictions gives warnings. It never refuses.
func contradictions(g Grading) []string {
	var w []string
	if g.Cell.Likelihood == 5 && g.Cell.Effect == 1 {
		w = append(w, "An effect was reported, but its size is \"no impact\".")
	} else if g.Cell.Effect == 1 && g.Cell.Likelihood > 1 {
		w = append(w, "\"No impact\" means certainty, but a likelihood above 1 leaves room for an effect.")
	}
	if g.Cell.Likelihood == 1 && g.HighRisk != No {
		w = append(w, "\"Not occurred\" means certainty, but a high risk is not ruled out.")
	}
	if g.Cell.Likelihood == 1 && g.Evidence == "" {
		w = append(w, "\"Not occurred\" needs evidence, such as an audit trail. None is given.")
	}
	return w
}

func missedBy(c, line Cell) string {
	var parts []string
	if d := line.Likelihood - c.Likelihood; d > 0 {
		parts = append(parts, fmt.Sprintf("likelihood is %d short", d))
	}
	if d := line.Effect - c.Effect; d > 0 {
		parts = append(parts, fmt.Sprintf("effect is %d short", d))
	}
	return strings.Join(parts, ", ")
}

func wouldReport(c, line Cell, regulator string) string {
	var parts []string
	if c.Likelihood < line.Likelihood {
		parts = append(parts, fmt.Sprintf("likelihood %d (%s)", line.Likelihood, lower(Likelihoods[line.Likelihood-1].Label)))
	}
	if c.Effect < line.Effect {
		parts = append(parts, fmt.Sprintf("effect %d (%s)", line.Effect, lower(Effects[line.Effect-1].Label)))
	}
	return capital(strings.Join(parts, " and ")) + " would make this reportable to the " + regulator + "."
}

func lower(s string) string { return strings.ToLower(s) }

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
