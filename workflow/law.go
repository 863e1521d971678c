package workflow

import (
	"cmp"
	"slices"
	"time"
)

// StatementKey names a statement of law.
type StatementKey string

// Statement is something the product says about the law: in a duty, a clock, a
// route to the regulator or a recommendation. Nobody has to take it on trust:
// it names its source and the day somebody last read it there.
type Statement struct {
	Key    StatementKey
	Text   string
	Source string // who says so; an account by somebody else is named as one
	URL    string // where to read it; empty if there is no public address
	// Checked is the day (2006-01-02) on which the source was read. It is empty
	// while nobody has read it: people are then told that it is not verified.
	Checked string
	With    string // whom to ask while it is not verified
}

// Verified tells whether somebody has read it in its source.
func (s Statement) Verified() bool { return s.Checked != "" }

// CheckedOn is the day it was checked in words; empty if it never was.
func (s Statement) CheckedOn() string {
	day, err := time.Parse(time.DateOnly, s.Checked)
	if err != nil {
		return ""
	}
	return day.Format("2 January 2006")
}

// The statements of law. Their keys never change.
const (
	LawRegulator   StatementKey = "regulator"
	LawElapsed     StatementKey = "elapsed_hours"
	LawDiscovered  StatementKey = "discovered"
	LawAware       StatementKey = "aware"
	LawPhases      StatementKey = "in_phases"
	LawPeople      StatementKey = "people"
	LawExceptions  StatementKey = "people_exceptions"
	LawController  StatementKey = "controller"
	LawProcessor   StatementKey = "processor_told"
	LawRisk        StatementKey = "risk"
	LawGrid        StatementKey = "grid"
	LawDHSC        StatementKey = "dhsc"
	LawDSPT        StatementKey = "dspt"
	LawDSPTFirst   StatementKey = "dspt_first_notice"
	LawOwnForm     StatementKey = "own_form"
	LawTelephone   StatementKey = "telephone"
	LawCQC         StatementKey = "cqc"
	LawCareScot    StatementKey = "care_scotland"
	LawHealthScot  StatementKey = "healthcare_scotland"
	LawCareWales   StatementKey = "care_wales"
	LawCareNI      StatementKey = "care_ni"
	LawScotland    StatementKey = "scottish_government"
	LawWales       StatementKey = "welsh_government"
	LawHealthNI    StatementKey = "health_ni"
	LawObtaining   StatementKey = "obtaining_data"
	LawReportFraud StatementKey = "report_fraud"
	LawPECR        StatementKey = "pecr"
	LawNIS         StatementKey = "nis"
	LawNISEngland  StatementKey = "nis_england"
	LawNISScotland StatementKey = "nis_scotland"
	LawNISWales    StatementKey = "nis_wales"
	LawNISNI       StatementKey = "nis_ni"
	LawComplaints  StatementKey = "complaints"
	LawEEA         StatementKey = "eea"
	LawProcedure   StatementKey = "procedure"
)

// Statements is everything the product says about the law.
var Statements = []Statement{
	{LawRegulator, "The controller tells the regulator of a personal data breach without undue delay and, where feasible, within 72 hours of becoming aware of it, unless a risk to people's rights and freedoms is unlikely. A later notice gives the reasons.",
		"ICO accountability framework, assessing and reporting breaches (on UK GDPR Art. 33(1))", "https://cy.ico.org.uk/for-organisations/uk-gdpr-guidance-and-resources/accountability-and-governance/accountability-framework/breach-response-and-monitoring/assessing-and-reporting-breaches/", "2026-11-28", ""},
	{LawElapsed, "The 72 hours are elapsed hours: nights, weekends and bank holidays count.",
		"a council's staff page says so; no sentence of the regulator was found", "", "", "the regulator"},
	{LawDiscovered, "The 72 hours start from when the breach was discovered, not from when it happened.",
		"ICO, 72 hours - how to respond to a personal data breach (small organisations)", "https://ico.org.uk/for-organisations/advice-for-small-organisations/72-hours-how-to-respond-to-a-personal-data-breach", "2026-11-28", ""},
	{LawAware, "A controller is aware when it has a reasonable degree of certainty that a security incident has compromised personal data.",
		"EDPB Guidelines 9/2022, as the Law Society's guide and RPC's summary quote them", "", "2026-11-28", ""},
	{LawPhases, "Information that is missing from the first notice may follow in phases, without undue further delay.",
		"UK GDPR Art. 33(4)", "", "", "the regulator"},
	{LawPeople, "If a breach is likely to result in a high risk to people's rights and freedoms, the controller tells them without undue delay.",
		"UK GDPR Art. 34(1)", "https://legislation.gov.uk/eur/2016/679/article/34", "2026-11-28", ""},
	{LawExceptions, "People need not be told if the data is unintelligible to others, if later measures make the high risk unlikely, or if it takes disproportionate effort (then a public communication). None of this releases from telling the regulator.",
		"GDPR Art. 34(3), as GDPRhub sets it out", "https://gdprhub.eu/index.php?title=Article_34_GDPR", "2026-11-28", ""},
	{LawController, "A processor tells its controller of a breach without undue delay. It has no duty of its own to tell the regulator or the people affected.",
		"UK GDPR Art. 33(2), read in the guidance of the Isle of Man's commissioner, whose law has the same words", "https://inforights.im/organisations/data-protection-law-2018/personal-data-breach/notifying-the-commissioner/", "2026-11-28", ""},
	{LawProcessor, "A controller is in principle aware once its processor has told it of the breach. The processor need not assess the risk first.",
		"EDPB Guidelines 9/2022, section on processors, read in a copy that others keep", "", "2026-11-28", ""},
	{LawRisk, "Risk is judged by how serious the effects on people could be together with how likely they are. Serious effects can make it high even if they are unlikely.",
		"ICO, How well could you respond to a personal data breach?", "https://ico.org.uk/for-organisations/advice-for-small-organisations/checklists/how-well-could-you-respond-to-a-personal-data-breach", "2026-11-28", ""},
	{LawGrid, "Health and care organisations in England grade likelihood and effect from 1 to 5. The cell says whether a breach is reported.",
		"a health provider's Data Breach Notification Procedure v1.1; the national guide itself was not read", "", "", "NHS England's guide to the notification of data security and protection incidents"},
	{LawDHSC, "From \"likely\" and \"serious\" on the grid, the Department of Health and Social Care is told too. The DSPT tool may pass it on.",
		"the grid of the NHS, from memory", "", "", "NHS England's guide to the notification of data security and protection incidents"},
	{LawDSPT, "In England, health and care organisations report through the incident reporting tool of the DSPT, which passes the report on to the regulator.",
		"MDU, GDPR: reporting data breaches", "https://www.themdu.com/guidance-and-advice/guides/gdpr-data-breaches", "2026-11-28", ""},
	{LawDSPTFirst, "The DSPT tool takes only the first notice, which cannot be edited. Updates go to the regulator directly.",
		"DSPT, questions about incident reporting (12 March 2019)", "https://www.dsptoolkit.nhs.uk/News/9", "2026-11-28", ""},
	{LawOwnForm, "In Scotland, Wales and Northern Ireland, the regulator's own form is used.",
		"MDU, GDPR: reporting data breaches", "https://www.themdu.com/guidance-and-advice/guides/gdpr-data-breaches", "2026-11-28", ""},
	{LawTelephone, "The regulator answers the telephone Monday to Friday, 9am to 5pm.",
		"the regulator's self-assessment page, which may have changed", "", "", "the regulator's website"},
	{LawCQC, "A personal data breach as such is not on the list of what a provider in England must notify to the CQC. The same event must be notified without delay if it is on the list, for example because it is reported to the police.",
		"CQC, Regulation 18: notification of other incidents (15 November 2024); the police: Verivius on regulation 18(2)(f)", "https://www.cqc.org.uk/guidance-providers/regulations-enforcement/regulation-18-notification-other-incidents", "2026-11-28", ""},
	{LawCareScot, "Registered care services in Scotland tell the Care Inspectorate at once of the events on its list. A data breach as such was not on the part that was read.",
		"Care Inspectorate, notifications and record keeping", "http://www.careinspectorate.com/index.php/notifications", "2026-11-28", ""},
	{LawHealthScot, "Independent healthcare in Scotland is inspected by Healthcare Improvement Scotland. What it must be told of was not read.",
		"from memory", "", "", "Healthcare Improvement Scotland"},
	{LawCareWales, "Registered providers in Wales notify Healthcare Inspectorate Wales of events that relate to patient safety. Care Inspectorate Wales has a list of its own.",
		"Healthcare Inspectorate Wales, statutory notification of events under regulations 30 and 31; Care Inspectorate Wales: a template of e-carehub.co.uk", "https://www.hiw.org.uk/guidance-registered-providers-and-managers-statutory-notification-events", "2026-11-28", ""},
	{LawCareNI, "Registered providers in Northern Ireland notify the RQIA of events that affect service users. Whether a data breach is named was not seen.",
		"RQIA, statutory notification of incidents and deaths (2017), of which only the start was read", "", "", "the RQIA"},
	{LawScotland, "A health board in Scotland also tells the Scottish Government's information governance team of a breach that meets the regulator's threshold.",
		"Scottish Health Competent Authority, significant incident reporting", "https://www.healthca.scot/significant-incident-reporting", "2026-11-28", ""},
	{LawWales, "Whether and when the Welsh Government is told of a personal data breach is by your procedure.",
		"no public source was found", "", "", "the Welsh Government, or your health board"},
	{LawHealthNI, "Whether and when the Department of Health is told, as an early alert, is by your procedure.",
		"early alerts in Northern Ireland, from memory", "", "", "the Department of Health in Northern Ireland, or your trust"},
	{LawObtaining, "Knowingly or recklessly obtaining, disclosing or keeping personal data without the controller's consent is an offence. The regulator prosecutes it.",
		"Data Protection Act 2018 s. 170; who prosecutes: vLex, Offences involving data protection", "https://www.legislation.gov.uk/ukpga/2018/12/section/170", "2026-11-28", ""},
	{LawReportFraud, "Since 4 December 2025, Report Fraud has taken reports of fraud and cyber crime in England, Wales and Northern Ireland, in place of Action Fraud.",
		"Serious Fraud Office notice, as Mirage News carries it", "https://www.reportfraud.police.uk", "2026-11-28", ""},
	{LawPECR, "A provider of a public electronic communications service tells the regulator of a personal data breach without undue delay and, where feasible, within 72 hours of becoming aware of it (24 hours before 20 August 2025).",
		"PECR reg. 5A, as SCL explains the change; in force: SI 2025/904 reg. 2(p)", "https://www.legislation.gov.uk/uksi/2025/904/regulation/2", "2026-11-28", ""},
	{LawNIS, "An operator of an essential service notifies its authority of an incident with a significant impact on the continuity of the service without undue delay, and no later than 72 hours after it is aware of it.",
		"NIS Regulations 2018 reg. 11; the 72 hours: Department of Finance (Northern Ireland), reporting incidents", "https://www.legislation.gov.uk/uksi/2018/506/regulation/11", "2026-11-28", ""},
	{LawNISEngland, "In England, the authority for health is the Secretary of State, acting through the Department of Health and Social Care.",
		"DHSC, NIS Regulations 2018: guide for the health sector in England", "https://www.gov.uk/government/publications/network-and-information-systems-regulations-2018-health-sector-guide/", "2026-11-28", ""},
	{LawNISScotland, "In Scotland, the authority for health is the Scottish Health Competent Authority.",
		"Scottish Health Competent Authority, significant incident reporting", "https://www.healthca.scot/significant-incident-reporting", "2026-11-28", ""},
	{LawNISWales, "In Wales, the authority for health is the Welsh Ministers.",
		"the Regulations' list of authorities, from memory", "", "", "the Welsh Government"},
	{LawNISNI, "In Northern Ireland, the authority for health is the Department of Finance.",
		"Department of Finance, reporting incidents", "https://www.finance-ni.gov.uk/articles/reporting-incidents", "2026-11-28", ""},
	{LawComplaints, "Since 19 June 2026, a data protection complaint must be acknowledged within 30 days beginning when it is received.",
		"Data Protection Act 2018 s. 164A (Data (Use and Access) Act 2025 s. 103); in force: Freevacy, 23 June 2026", "https://www.legislation.gov.uk/ukpga/2025/18/section/103", "2026-11-28", ""},
	{LawEEA, "If the EU GDPR applies to the data of people in the EEA, the EU duties apply as well.",
		"EDPB Guidelines 9/2022 para. 73, as Baker McKenzie quotes it", "https://www.connectontech.com/european-data-protection-board-edpb-publishes-updated-guidelines-9-2022-on-personal-data-breach-notification-under-gdpr/", "2026-11-28", ""},
	{LawProcedure, "No law for everybody settles this: it follows from your contracts, policies and procedure.",
		"your own contracts and procedure", "", "", "the owner of your procedure"},
}

// OwnCheck is what an organisation found out itself about a statement that is
// not verified here.
type OwnCheck struct {
	Day   string // 2006-01-02
	Words string // what holds, in its own words; empty if the statement is right as it is
}

// Law gives the statement of a key, and false if there is none. What the
// organisation has checked itself counts as verified, and says who checked it.
func (r Rules) Law(key StatementKey) (Statement, bool) {
	n := slices.IndexFunc(Statements, func(s Statement) bool { return s.Key == key })
	if n < 0 {
		return Statement{}, false
	}
	s := Statements[n]
	if own, ok := r.OwnChecks[key]; ok {
		s.Checked, s.Source, s.URL, s.With = own.Day, "checked by us", "", ""
		s.Text = cmp.Or(own.Words, s.Text)
	}
	return s, true
}
