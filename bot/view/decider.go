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

// nobodyDecides says that nobody may decide about an incident as things are, and what
// to do about it. It is empty if somebody may, or if nothing is ours to decide.
func nobodyDecides(inc *workflow.Incident, rules workflow.Rules) string {
	if inc.Step().Over() || inc.OnlyProcessor() || len(rules.Deciders(inc)) > 0 {
		return ""
	}
	why := "nobody holds a role that may."
	if rules.DecidesOwn(inc) {
		why = "nobody decides about their own report, and nobody else holds a role that may."
	}
	return "*Nobody can decide about it yet:* " + why + " Please ask whoever runs breachbot to name a deputy DPO now. The clock keeps running."
}
