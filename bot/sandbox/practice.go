package sandbox

// The people of a small fictional practice, for demo, tests and the page.
const (
	Nia = "U01NIA" // nurse, reports
	Rob = "U02ROB" // responder
	Ivy = "U03IVY" // information governance lead
	Cal = "U04CAL" // Caldicott Guardian
	Dee = "U05DEE" // data protection officer
	Dan = "U06DAN" // deputy
	Sam = "U07SAM" // senior information risk owner
	Bea = "U10BEA" // member of the board
	Gus = "U08GUS" // guest
	Olu = "U09OLU" // of another organisation
)

// Practice adds the people of a fictional general practice to a workspace.
func (ws *Workspace) Practice() {
	for _, u := range []User{
		{ID: Nia, Name: "nia", RealName: "Nia Bevan"},
		{ID: Rob, Name: "rob", RealName: "Rob Sharma"},
		{ID: Ivy, Name: "ivy", RealName: "Ivy Osei"},
		{ID: Cal, Name: "cal", RealName: "Cal Fraser"},
		{ID: Dee, Name: "dee", RealName: "Dee Kowalska"},
		{ID: Dan, Name: "dan", RealName: "Dan Hughes"},
		{ID: Sam, Name: "sam", RealName: "Sam Lindqvist"},
		{ID: Bea, Name: "bea", RealName: "Bea Okafor"},
		{ID: Gus, Name: "gus", RealName: "Gus Temple", Kind: Guest},
		{ID: Olu, Name: "olu", RealName: "Olu Adeyemi", Kind: External},
	} {
		ws.AddUser(u)
	}
}
