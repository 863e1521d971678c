package workflow

// Route says in plain sentences how to tell the regulator in the organisation's
// nation. breachbot never sends it: a person does, and records it.
//
// Sources: England's reporting tool, which passes it on, and the regulator's
// own form elsewhere: MDU guide. Telephone hours, and online otherwise: the
// regulator's self-assessment page. The Scottish Government as well as the
// regulator, and the Scottish Health Competent Authority for network and
// information systems: healthca.scot, significant incident reporting. The
// competent authorities of Wales and Northern Ireland are from memory, not
// verified.
func (r Rules) Route() []string {
	const tool = "Report it in the incident reporting tool of the Data Security and Protection Toolkit (DSPT). "
	ownForm := "Report it with the " + r.Regulator + "'s own online form. "
	telephone := "The " + r.Regulator + " answers the telephone Monday to Friday, 9am to 5pm. Outside these hours, report online: the 72 hours do not wait."
	switch r.Nation {
	case Scotland:
		return []string{
			ownForm + "Anything reported to the " + r.Regulator + " is reported to the Scottish Government too.",
			"If network or information systems of a health service are affected, tell the Scottish Health Competent Authority as well.",
			telephone,
		}
	case Wales:
		return []string{
			ownForm + "Nobody passes it on for you.",
			"If network or information systems of an essential service are affected, tell the Welsh Ministers as well; please check with them how.",
			telephone,
		}
	case NorthernIreland:
		return []string{
			ownForm + "Nobody passes it on for you.",
			"If network or information systems of an essential service are affected, tell the Department of Finance as well; please check with them how.",
			telephone,
		}
	}
	return []string{
		tool + "It passes the report on to the " + r.Regulator + ", and to others where that is required.",
		"If the tool is not available, use the " + r.Regulator + "'s own online form, and say so in the record.",
		telephone,
	}
}
