package workflow

import "time"

// CallDeputy asks the deputy to stand in now, because the DPO is away.
type CallDeputy struct{ Reason string }

// DeputyCalled records that the DPO is away and the deputy stands in.
type DeputyCalled struct {
	Reason string `json:"reason"`
}

func (CallDeputy) Name() CommandName { return CommandCallDeputy }
func (DeputyCalled) Kind() string    { return "deputy_called" }

var deputyEvents = []eventRow{
	event(announced, noWords, (*Incident).foldDeputyCalled),
}

func (r Rules) callDeputy(inc *Incident, c CallDeputy, _ Actor, _ time.Time) ([]Event, error) {
	if role := r.standInRole(inc); role != "" {
		return nil, conflict("Neither the DPO nor a deputy decides about this incident. The " + role.Name() + " is already standing in.")
	}
	if len(except(r.principals(RoleDeputy), Principal(inc.Reporter))) == 0 {
		return nil, conflict("There is nobody to stand in: no deputy is named, or the deputy reported this incident. Please telephone the DPO.")
	}
	if inc.Away != nil {
		return nil, conflict("The deputy has already been asked to stand in.")
	}
	reason, err := text(FieldReason, c.Reason, true, MaxText, "why the DPO cannot decide now")
	return one(DeputyCalled{Reason: reason}, err)
}

func (i *Incident) foldDeputyCalled(r Record, e DeputyCalled) {
	i.Away = i.turn(r, e.Reason, "")
}
