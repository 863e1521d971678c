package workflow

// RouteLine is one sentence of a route, with the statements of law behind it.
type RouteLine struct {
	Text string
	Law  []StatementKey
}

// Route says in plain sentences how to tell the regulator in the organisation's
// nation. breachbot never sends it: a person does, and records it. Each sentence
// names its statements, which say where it comes from and whether that was
// checked. Only England has the DSPT's tool.
func (r Rules) Route() []RouteLine {
	hours := "The " + r.Regulator + " answers the telephone Monday to Friday, 9am to 5pm."
	if own := r.OwnChecks[LawTelephone]; own.Words != "" {
		hours = own.Words
	}
	telephone := RouteLine{hours + " Outside these hours, report online: the 72 hours do not wait.",
		[]StatementKey{LawTelephone, LawElapsed}}
	authority, law := r.Nation.nis()
	systems := RouteLine{"If you operate an essential service and an incident has a significant impact on its continuity, tell " + authority + " as well.", []StatementKey{LawNIS, law}}
	switch r.Nation {
	case Scotland, Wales, NorthernIreland:
		form := RouteLine{"Report it with the " + r.Regulator + "'s own online form. Nobody passes it on for you.", []StatementKey{LawOwnForm}}
		lines := []RouteLine{form}
		if r.Nation == Scotland {
			lines = append(lines, RouteLine{"A health board also tells the Scottish Government's information governance team of whatever it reports to the " + r.Regulator + ".", []StatementKey{LawScotland}})
		}
		return append(lines, systems, telephone)
	}
	lines := []RouteLine{
		{"Report it in the incident reporting tool of the Data Security and Protection Toolkit (DSPT). It passes the report on to the " + r.Regulator + ", and to others where that is required.",
			[]StatementKey{LawDSPT}},
		{"The tool takes only the first notice, and it cannot be edited. Send updates to the " + r.Regulator + " directly.", []StatementKey{LawDSPTFirst}},
		{Text: "If the tool is not available, use the " + r.Regulator + "'s own online form, and say so in the record."},
	}
	if r.EssentialService {
		lines = append(lines, systems)
	}
	return append(lines, telephone)
}
