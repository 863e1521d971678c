package view

import (
	"slices"

	"breachbot/workflow"
)

// standsIn says who decides instead of the DPO, and why. It is empty if the DPO
// decides, as usual.
func standsIn(inc *workflow.Incident, rules workflow.Rules) string {
	dpo, deputy := rules.Roster[workflow.RoleDPO], rules.Roster[workflow.RoleDeputy]
	own := ": nobody decides about their own report."
	var first, second, others []workflow.Principal
	for _, who := range rules.Deciders(inc) {
		switch {
		case slices.Contains(dpo, who):
			first = append(first, who)
		case slices.Contains(deputy, who):
			second = append(second, who)
		default:
			others = append(others, who)
		}
	}
	switch reported := slices.Contains(append(slices.Clone(dpo), deputy...), workflow.Principal(inc.Reporter)); {
	case len(second) > 0 && inc.Away != nil:
		return "The deputy, " + mentions(second, " or ") + ", decides: the DPO is away."
	case len(second) > 0 && len(first) == 0 && reported:
		return "The deputy, " + mentions(second, " or ") + ", decides" + own
	case len(others) > 0 && reported:
		return "Standing in, " + mentions(others, " or ") + " decides" + own
	case len(others) > 0:
		return "Standing in for the DPO, " + mentions(others, " or ") + " decides."
	}
	return ""
}
