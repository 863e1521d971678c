package workflow

import "slices"

// Nobody approves their own report, and an absent DPO holds nothing up. These
// are product rules. The regulator expects a fall-back for absent
// decision-makers (ICO audit framework, reporting processes).

// Deciders are the people who can decide about this incident, in the order they
// are asked: the DPO and the deputy, but not the person who reported it. If
// that leaves nobody, it is the SIRO, then the Caldicott Guardian, then the IG
// lead.
func (r Rules) Deciders(inc *Incident) []Principal {
	if own := except(r.principals(deciders...), Principal(inc.Reporter)); len(own) > 0 {
		return own
	}
	if role := r.standInRole(inc); role != "" {
		return except(r.principals(role), Principal(inc.Reporter))
	}
	return nil
}

// standIns decide when neither the DPO nor the deputy can.
var standIns = []Role{RoleSIRO, RoleCaldicott, RoleIGLead}

// mayDecide refuses the person who reported the incident, and lets a stand-in
// decide when nobody else can.
func (r Rules) mayDecide(inc *Incident, by Actor) error {
	if inc != nil && by.User == inc.Reporter {
		return forbidden("You reported this incident, so somebody else must decide about it. Nothing was decided.")
	}
	if by.Holds(inc, deciders...) || inc != nil && r.decidingRole(inc, by) != "" {
		return nil
	}
	if role := r.standInRole(inc); role != "" {
		return forbidden("You cannot do this here. Only the " + role.Name() + ", standing in, can do it.")
	}
	return forbidden("You cannot do this here. Only the " + roleList(deciders) + " can do it.")
}

// standInRole is the role that decides because neither the DPO nor the deputy
// can. It is empty while one of them can, or when nobody is left.
func (r Rules) standInRole(inc *Incident) Role {
	if inc == nil || len(except(r.principals(deciders...), Principal(inc.Reporter))) > 0 {
		return ""
	}
	for _, role := range standIns {
		if len(except(r.principals(role), Principal(inc.Reporter))) > 0 {
			return role
		}
	}
	return ""
}

// DecidesOwn tells whether the person who reported an incident holds a role that would
// otherwise decide about it, or stand in.
func (r Rules) DecidesOwn(inc *Incident) bool {
	return slices.Contains(r.principals(slices.Concat(deciders, standIns)...), Principal(inc.Reporter))
}

// decidingRole is the role somebody decides in. The DPO's comes first.
func (r Rules) decidingRole(inc *Incident, by Actor) Role {
	for _, role := range deciders {
		if by.Holds(inc, role) {
			return role
		}
	}
	if role := r.standInRole(inc); role != "" && by.Holds(inc, role) {
		return role
	}
	return ""
}

func except(all []Principal, one Principal) []Principal {
	return slices.DeleteFunc(slices.Clone(all), func(p Principal) bool { return p == one })
}
