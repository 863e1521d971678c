package workflow

import "slices"

// Role is a part a person plays. Organisation roles come from the
// configuration; reporter, lead and responder belong to one incident.
type Role string

const (
	RoleReporter  Role = "reporter"
	RoleLead      Role = "lead"
	RoleResponder Role = "responder"
	RoleIGLead    Role = "ig_lead"
	RoleCaldicott Role = "caldicott_guardian"
	RoleDPO       Role = "dpo"
	RoleDeputy    Role = "deputy_dpo"
	RoleSIRO      Role = "siro"
	RoleBoard     Role = "board"
)

var roleNames = map[Role]string{
	RoleReporter:  "reporter",
	RoleLead:      "incident lead",
	RoleResponder: "responder",
	RoleIGLead:    "information governance lead",
	RoleCaldicott: "Caldicott Guardian",
	RoleDPO:       "data protection officer (DPO)",
	RoleDeputy:    "deputy DPO",
	RoleSIRO:      "senior information risk owner (SIRO)",
	RoleBoard:     "board",
}

// Name is the role in words.
func (r Role) Name() string {
	if n, ok := roleNames[r]; ok {
		return n
	}
	return string(r)
}

// Short is the role in a word or two, for use beside a name.
func (r Role) Short() string {
	switch r {
	case RoleDPO:
		return "DPO"
	case RoleSIRO:
		return "SIRO"
	case RoleIGLead:
		return "IG lead"
	}
	return r.Name()
}

// deciders may decide for the organisation. Domain rule: the DPO or, standing
// in, the deputy.
var deciders = []Role{RoleDPO, RoleDeputy}

// handlers work on an incident: they triage, assess, correct times and record.
var handlers = []Role{RoleLead, RoleResponder, RoleIGLead, RoleCaldicott, RoleDPO, RoleDeputy, RoleSIRO}

// readers see an incident whole. The reporter sees their own report; the board
// sees the register.
var readers = handlers

// Actor is the person behind a command with the organisation roles they hold
// now, looked up again for each command.
type Actor struct {
	User  UserID
	Roles []Role
}

// SystemActor records what breachbot itself did.
func SystemActor() Actor { return Actor{User: System} }

// RolesIn are the actor's roles, including those in this incident, which may be
// nil.
func (a Actor) RolesIn(inc *Incident) []Role {
	roles := slices.Clone(a.Roles)
	if inc != nil && a.User != "" {
		if inc.Reporter == a.User {
			roles = append(roles, RoleReporter)
		}
		if inc.Lead == a.User {
			roles = append(roles, RoleLead)
		}
		if slices.Contains(inc.Responders, a.User) {
			roles = append(roles, RoleResponder)
		}
	}
	return roles
}

// Holds tells whether the actor has any of these roles here.
func (a Actor) Holds(inc *Incident, any ...Role) bool {
	return slices.ContainsFunc(a.RolesIn(inc), func(r Role) bool { return slices.Contains(any, r) })
}

// MayRead tells whether the actor may see the whole incident.
func (a Actor) MayRead(inc *Incident) bool { return a.Holds(inc, readers...) }

// MaySeeReport tells whether the actor may see what was reported.
func (a Actor) MaySeeReport(inc *Incident) bool {
	return a.MayRead(inc) || a.Holds(inc, RoleReporter)
}

// MaySeeRegister tells whether the actor may see every incident.
func (a Actor) MaySeeRegister() bool {
	return a.Holds(nil, RoleIGLead, RoleCaldicott, RoleDPO, RoleDeputy, RoleSIRO, RoleBoard)
}
