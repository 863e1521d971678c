package view

import (
	"slices"

	"breachbot/workflow"
)

// standsIn says for whom the decision is when it is not for the DPO first, and
// why; empty in the usual case.
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
		return "It is for the deputy, " + mentions(second, " or ") + ": the DPO is away."
	case len(second) > 0 && len(first) == 0 && reported:
		return "It is for the deputy, " + mentions(second, " or ") + own
	case len(others) > 0 && reported:
		return "It is for " + mentions(others, " or ") + ", standing in" + own
	case len(others) > 0:
		return "It is for " + mentions(others, " or ") + ", standing in for the DPO."
	}
	return ""
}
