package workflow

import "time"

// Nation is the part of the United Kingdom the organisation is in. It settles
// the bank holidays, the route to the regulator and who else may have to be
// told. It does not affect the 72 hours.
type Nation string

const (
	England         Nation = "england"
	Scotland        Nation = "scotland"
	Wales           Nation = "wales"
	NorthernIreland Nation = "northern_ireland"
)

var Nations = []Option[Nation]{
	{England, "England"},
	{Scotland, "Scotland"},
	{Wales, "Wales"},
	{NorthernIreland, "Northern Ireland"},
}

// Label is the nation in words.
func (n Nation) Label() string { return label(Nations, n) }

// nis is the authority for the network and information systems of health in the
// nation, and the statement about it.
func (n Nation) nis() (authority string, law StatementKey) {
	switch n {
	case Scotland:
		return "the Scottish Health Competent Authority", LawNISScotland
	case Wales:
		return "the Welsh Ministers", LawNISWales
	case NorthernIreland:
		return "the Department of Finance", LawNISNI
	}
	return "the Department of Health and Social Care", LawNISEngland
}

// Procedure is the organisation's own breach procedure, as the organisation
// describes it.
type Procedure struct {
	Version string    `json:"version,omitempty"`
	Owner   string    `json:"owner,omitempty"`
	Review  time.Time `json:"review,omitzero"` // midnight UTC of the day
}

// Known tells whether anything was said about it.
func (p Procedure) Known() bool { return p.Version != "" }

// ReviewPassed tells whether the day of the review is over at now. On the day
// itself it is still in time.
func (p Procedure) ReviewPassed(now time.Time, zone *time.Location) bool {
	return !p.Review.IsZero() && now.In(zone).Format(time.DateOnly) > p.Review.Format(time.DateOnly)
}
