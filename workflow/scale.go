package workflow

// RiskLevel is how bad this is for people. It sets the advice about the
// regulator; it does not decide.
type RiskLevel string

const (
	RiskLow      RiskLevel = "low"
	RiskMedium   RiskLevel = "medium"
	RiskHigh     RiskLevel = "high"
	RiskCritical RiskLevel = "critical"
)

var RiskLevels = []Option[RiskLevel]{
	{RiskLow, "Low: minimal risk to people"},
	{RiskMedium, "Medium: some risk of harm or distress"},
	{RiskHigh, "High: significant risk to people's rights"},
	{RiskCritical, "Critical: severe and immediate, many people"},
}

// Label is the level with its meaning.
func (r RiskLevel) Label() string {
	if r == "" {
		return r.Name()
	}
	return label(RiskLevels, r)
}

// Name is the level in one word.
func (r RiskLevel) Name() string {
	switch r {
	case RiskLow:
		return "Low"
	case RiskMedium:
		return "Medium"
	case RiskHigh:
		return "High"
	case RiskCritical:
		return "Critical"
	}
	return "Not graded" // nobody guesses how bad a near miss was
}

// Advice is what the level says about notifying the regulator. regulator is its
// name. Source: the risk table of a care-compliance breach module.
func (r RiskLevel) Advice(regulator string) string {
	switch r {
	case RiskLow:
		return "Notifying the " + regulator + " is not usually required."
	case RiskMedium:
		return "Assess case by case whether to notify the " + regulator + "."
	case RiskHigh:
		return "Notify the " + regulator + " within 72 hours."
	case RiskCritical:
		return "Notify the " + regulator + " immediately."
	}
	return ""
}

// Severity sets the pace and the audience of the response, 1 (critical) to 4
// (low). Zero means not graded yet. Source: a clinical software supplier's
// incident response plan.
type Severity int

// Severities lists the grades, with what is typical of each.
var Severities = []struct {
	Value  Severity
	Label  string
	Means  string
	Target string
}{
	{1, "1 Critical", "Patient-identifiable content exposed, or an attacker in the data", "Triage at once. Start containing within 1 hour."},
	{2, "2 High", "Account or billing data exposed, or a serious partial outage", "Triage within 2 hours. Contain within 4 hours where feasible."},
	{3, "3 Medium", "Suspicious activity, or a low-confidence report of exposure", "Triage the same working day. Contain within 24 hours where needed."},
	{4, "4 Low", "Near miss, unsuccessful misuse, little exposure", "Record and assess. Ordinary priority unless escalated."},
}

// Valid tells whether s is a grade.
func (s Severity) Valid() bool { return s >= 1 && s <= 4 }

// Label is the grade in words.
func (s Severity) Label() string {
	if s.Valid() {
		return Severities[s-1].Label
	}
	return "Not graded yet"
}
