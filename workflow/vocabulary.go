package workflow

// The options of the forms. Stored values never change; labels may. Order
// within categories follows how often each was reported to the ICO by health
// and social care (data security incident trends, April 2019 to December 2021,
// Open Government Licence v3.0); "other" and "not known yet" come last.

// Option is one value of a vocabulary with its label, at most 75 characters
// (Slack: option text).
type Option[T ~string] struct {
	Value T
	Label string
}

func label[T ~string](options []Option[T], v T) string {
	for _, o := range options {
		if o.Value == v {
			return o.Label
		}
	}
	return string(v)
}

func known[T ~string](options []Option[T], v T) bool {
	for _, o := range options {
		if o.Value == v {
			return true
		}
	}
	return false
}

// Answer is yes, no or not known yet. The zero value means not asked yet.
type Answer string

const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

var Answers = []Option[Answer]{{Yes, "Yes"}, {No, "No"}, {Unknown, "Not known yet"}}

// Label is the answer in words.
func (a Answer) Label() string {
	if a == "" {
		return "Not known yet"
	}
	return label(ApplicableAnswers, a)
}

// Category is the kind of event.
type Category string

var Categories = []Option[Category]{
	{"paper_lost", "Paper lost, stolen or left in an insecure place"},
	{"email_wrong", "Email to the wrong recipient"},
	{"letter_wrong", "Letter or fax to the wrong recipient"},
	{"viewed_without_need", "Record viewed or used without a need"},
	{"account_entered", "Account or system entered by an outsider"},
	{"told_wrong", "Told to the wrong person (speech, telephone, voicemail)"},
	{"phishing", "Phishing"},
	{"not_redacted", "Failure to redact"},
	{"recipients_visible", "Recipients could see each other (no bcc)"},
	{"device_lost", "Device lost or stolen"},
	{"other_cyber", "Other cyber incident"},
	{"ransomware", "Ransomware"},
	{"portal_wrong", "Wrong person's data shown in a portal or app"},
	{"misconfiguration", "Hardware or software misconfiguration"},
	{"paper_disposal", "Paper disposed of wrongly"},
	{"altered", "Record altered or filed wrongly"},
	{"brute_force", "Password guessing (brute force)"},
	{"malware", "Malware"},
	{"denial_of_service", "Denial of service"},
	{"hardware_disposal", "Hardware disposed of wrongly"},
	{"cryptographic_flaw", "Cryptographic flaw"},
	{"unavailable", "System unavailable or data out of reach"},
	{"deleted", "Data deleted or destroyed"},
	{"published", "Published by mistake"},
	{"blagging", "Blagging (information obtained by deception)"},
	{"unlocked", "Screen or device left unlocked"},
	{"wrong_rights", "Wrong access rights"},
	{"insider", "Insider leak or fraud"},
	{"covert_recording", "Covert recording"},
	{"supplier", "Something went wrong at a supplier"},
	{"weakness", "Weakness found, no known use"},
	{"deidentification", "Not properly de-identified"},
	{"other", "Other, not cyber"},
	{"unknown", "Not known yet"},
}

// Label is the category in words.
func (c Category) Label() string {
	if c == "" {
		return "Not known yet"
	}
	return label(Categories, c)
}

// Aspect is what was affected: confidentiality, integrity or availability, or
// more than one of them.
type Aspect string

var Aspects = []Option[Aspect]{
	{"confidentiality", "Seen or taken by someone who should not have (confidentiality)"},
	{"integrity", "Changed wrongly (integrity)"},
	{"availability", "Lost, destroyed or out of reach (availability)"},
}

// Label is the aspect in words.
func (a Aspect) Label() string { return label(Aspects, a) }

// DataCategory is a kind of personal data.
type DataCategory string

var DataCategories = []Option[DataCategory]{
	{"health", "Health"},
	{"mental_health", "Mental health"},
	{"sexual_health", "Sexual health"},
	{"communicable_disease", "Communicable diseases"},
	{"basic_identifiers", "Name, date of birth and other basic identifiers"},
	{"contact", "Contact details"},
	{"identification", "Identification data (NHS number, user name)"},
	{"financial", "Economic and financial"},
	{"payment", "Payment methods"},
	{"location", "Location"},
	{"official_documents", "Official documents (passport, licence)"},
	{"credentials", "Passwords and other credentials"},
	{"genetic_biometric", "Genetic or biometric"},
	{"ethnic_origin", "Racial or ethnic origin"},
	{"beliefs", "Religious or philosophical beliefs"},
	{"political", "Political opinions"},
	{"trade_union", "Trade union membership"},
	{"sex_life", "Sex life"},
	{"sexual_orientation", "Sexual orientation"},
	{"gender_reassignment", "Gender reassignment"},
	{"convictions", "Criminal convictions or offences"},
	{"equality", "Other characteristic in the Equality Act 2010"},
	{"other_special", "Other specially protected data"},
	{"staff_health", "Staff health"},
	{"profiles", "Profiles"},
	{"pseudonymised", "Only pseudonymised data (needs a separate key)"},
	{"other", "Other"},
	{"unknown", "Not known yet"},
}

// Label is the kind of data in words.
func (d DataCategory) Label() string { return label(DataCategories, d) }

// Special tells whether UK GDPR Art. 9(1) lists the kind.
func (d DataCategory) Special() bool {
	switch d {
	case "health", "mental_health", "sexual_health", "communicable_disease", "staff_health", "genetic_biometric",
		"ethnic_origin", "beliefs", "political", "trade_union", "sex_life", "sexual_orientation", "other_special":
		return true
	}
	return false
}

// Wider tells whether the kind is on the longer list that health bodies treat
// as special when they grade a breach (Data Breach Notification Procedure v1.1,
// appendix 4).
func (d DataCategory) Wider() bool {
	switch d {
	case "mental_health", "sexual_health", "communicable_disease", "convictions", "equality", "gender_reassignment":
		return true
	}
	return false
}

// SubjectKind is who the data is about (data subjects), not who received it.
type SubjectKind string

var SubjectKinds = []Option[SubjectKind]{
	{"patients", "Patients"},
	{"residents", "Residents"},
	{"vulnerable_adults", "Vulnerable adults"},
	{"children", "Children"},
	{"relatives", "Relatives and carers"},
	{"employees", "Employees"},
	{"volunteers", "Volunteers"},
	{"customers", "Customers or prospective customers"},
	{"users", "Users"},
	{"students", "Students"},
	{"subscribers", "Subscribers"},
	{"other", "Other"},
	{"unknown", "Not known yet"},
}

// Label is the kind of person in words.
func (s SubjectKind) Label() string { return label(SubjectKinds, s) }

// Vulnerable tells whether the grid's floor for vulnerable groups is meant for
// these people (appendices 2 and 4 of the same procedure; residents of care
// homes count as vulnerable adults).
func (s SubjectKind) Vulnerable() bool {
	return s == "vulnerable_adults" || s == "children" || s == "residents"
}

// Capacity is the organisation's role for this data.
type Capacity string

const (
	Controller Capacity = "controller"
	Processor  Capacity = "processor"
	Both       Capacity = "both"
)

var Capacities = []Option[Capacity]{
	{Controller, "Controller: we decide why and how the data is used"},
	{Processor, "Processor: we handle it for somebody else"},
	{Both, "Both, for different parts"},
	{"unknown", "Not known yet"},
}

// Label is the capacity in words.
func (c Capacity) Label() string {
	if c == "" {
		return "Not known yet"
	}
	return label(Capacities, c)
}

// DelayReason is why a notification or a decision came after 72 hours (UK GDPR
// Art. 33(1): it shall be accompanied by reasons for the delay).
type DelayReason string

var DelayReasons = []Option[DelayReason]{
	{"reported_late", "Reported late by staff"},
	{"processor_late", "Our processor told us late"},
	{"facts_unclear", "Facts or scale were unclear"},
	{"decider_absent", "Decision-maker absent"},
	{"decision_revised", "Decision changed because of new facts"},
	{"other", "Other"},
}

// Label is the reason in words.
func (d DelayReason) Label() string { return label(DelayReasons, d) }

// Ground is an exemption from telling the people affected (UK GDPR Art. 34(3)).
type Ground string

var Grounds = []Option[Ground]{
	{"protected", "(a) The data was protected, for example encrypted"},
	{"measures", "(b) Later measures made the high risk unlikely"},
	{"effort", "(c) Disproportionate effort: a public communication instead"},
}

// Label is the exemption in words.
func (g Ground) Label() string { return label(Grounds, g) }

// Exception is containment that may lower the result of the grid.
type Exception string

var Exceptions = []Option[Exception]{
	{"encrypted", "Encryption is intact and the key is safe"},
	{"recovered", "Recovered from a trusted partner, or confirmed deleted"},
	{"cancelled", "We could cancel the effect before any use"},
}

// Label is the exception in words.
func (e Exception) Label() string { return label(Exceptions, e) }

// Method is how a notification was sent.
type Method string

var Methods = []Option[Method]{
	{"dspt", "DSPT incident reporting tool"},
	{"ico_form", "Regulator's online form"},
	{"telephone", "Telephone"},
	{"email", "Email"},
	{"letter", "Letter"},
	{"in_person", "In person"},
	{"public", "Public communication"},
	{"other", "Other"},
}

// Label is the method in words.
func (m Method) Label() string { return label(Methods, m) }
