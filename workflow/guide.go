package workflow

import (
	"slices"
	"strings"
)

// GuideFacts are the neutral facts the guided assessment asks for: what
// happened and to whose data, never how bad it is. "Not known yet" is an answer
// of its own. The JSON keys are also the fields that refusals name.
type GuideFacts struct {
	Breach           []Aspect   `json:"breach"`
	Data             []DataKind `json:"data"`
	SpecialCategory  Answer     `json:"special_category"`
	VulnerablePeople Answer     `json:"vulnerable_people"`
	Count            Band       `json:"count"` // of data subjects, not of recipients
	Identifiable     Answer     `json:"identifiable"`
	Unintelligible   Answer     `json:"unintelligible"`
	CopyHeld         Answer     `json:"copy_held"`
	Disruption       Disruption `json:"service_disruption"`
	ExposedTo        Exposure   `json:"exposed_to"`
	Exfiltrated      Answer     `json:"exfiltrated"`
	Recovered        Answer     `json:"recovered"`
	Malicious        Answer     `json:"malicious"`
	HarmReported     Answer     `json:"harm_reported"`

	// Asked later than the rest, and only where they matter. Older files of cases
	// do not have them: absent means not known.
	Read           Answer    `json:"read,omitempty"`
	Assurance      Assurance `json:"assurance,omitempty"`
	Connected      Answer    `json:"connected,omitempty"`
	LawfullyPublic Answer    `json:"lawfully_public,omitempty"`
	WrongDataUsed  Answer    `json:"wrong_data_used,omitempty"`
	InDanger       Answer    `json:"in_danger,omitempty"`
	Deceased       Answer    `json:"deceased,omitempty"`
	Capacity       Capacity  `json:"capacity,omitempty"`
}

// NotApplicable answers a question that does not arise, such as whether data
// came back when it never left.
const NotApplicable Answer = "not applicable"

// The kinds of breach in UK GDPR Art. 4(12).
const (
	Confidentiality Aspect = "confidentiality"
	Integrity       Aspect = "integrity"
	Availability    Aspect = "availability"
)

// DataKind is a kind of personal data, as the guided assessment sorts it.
type DataKind string

const (
	KindBasic          DataKind = "basic identifiers"
	KindContact        DataKind = "contact details"
	KindIdentification DataKind = "identification data"
	KindDocuments      DataKind = "official documents"
	KindFinancial      DataKind = "economic and financial data"
	KindCredentials    DataKind = "credentials"
	KindLocation       DataKind = "location data"
	KindHealth         DataKind = "health data"
	KindGenetic        DataKind = "genetic or biometric data"
	KindConvictions    DataKind = "criminal convictions"
	KindOtherSpecial   DataKind = "other special category"
	KindPseudonymised  DataKind = "pseudonymised data only"
	KindUnspecified    DataKind = "unspecified" // not known yet; never with others
)

var DataKinds = []Option[DataKind]{
	{KindBasic, "Name, sex, date or place of birth"},
	{KindContact, "Postal or email address, telephone"},
	{KindIdentification, "User name, customer, patient or vehicle number"},
	{KindDocuments, "Identity documents and numbers issued by the state"},
	{KindFinancial, "Account, card, pay, bills, debts"},
	{KindCredentials, "Passwords and other login secrets"},
	{KindLocation, "Where somebody is or was"},
	{KindHealth, "Physical or mental health, care, medicines"},
	{KindGenetic, "Genetic or biometric data"},
	{KindConvictions, "Criminal convictions or offences"},
	{KindOtherSpecial, "Origin, opinions, beliefs, trade union, sex life, orientation"},
	{KindPseudonymised, "Only data that needs a separate key to show who it is about"},
	{KindUnspecified, "Not known yet"},
}

// Label is the kind in words.
func (k DataKind) Label() string { return label(DataKinds, k) }

// category is the kind in the terms of the report; kind goes the other way.
func (k DataKind) category() DataCategory {
	switch k {
	case KindBasic:
		return "basic_identifiers"
	case KindContact:
		return "contact"
	case KindIdentification:
		return "identification"
	case KindDocuments:
		return "official_documents"
	case KindFinancial:
		return "financial"
	case KindCredentials:
		return "credentials"
	case KindLocation:
		return "location"
	case KindHealth:
		return "health"
	case KindGenetic:
		return "genetic_biometric"
	case KindConvictions:
		return "convictions"
	case KindOtherSpecial:
		return "other_special"
	case KindPseudonymised:
		return "pseudonymised"
	}
	return "unknown"
}

// Band is a range for a number of people: as exact as the guided assessment
// needs.
type Band string

const (
	BandOnes         Band = "1 to 9"
	BandTens         Band = "10 to 99"
	BandHundreds     Band = "100 to 1k"
	BandThousands    Band = "1k to 10k"
	BandTenThousands Band = "10k to 100k"
	BandMore         Band = "100k and above"
	BandUnknown      Band = "unknown"
)

// Bands are the bands of the regulator's statistics. A round figure on a border
// goes to the higher band.
var Bands = []Option[Band]{
	{BandOnes, "1 to 9"}, {BandTens, "10 to 99"}, {BandHundreds, "100 to 999"}, {BandThousands, "1,000 to 9,999"},
	{BandTenThousands, "10,000 to 99,999"}, {BandMore, "100,000 and above"}, {BandUnknown, "Not known yet"},
}

// Label is the band in words.
func (b Band) Label() string { return label(Bands, b) }

// count is the least number of the band.
func (b Band) count() Count {
	n := map[Band]int{BandOnes: 1, BandTens: 10, BandHundreds: 100, BandThousands: 1_000, BandTenThousands: 10_000, BandMore: 100_000}
	return Count{Known: n[b] > 0, N: n[b]}
}

// Disruption is how badly people were affected while data was unavailable or
// wrong.
type Disruption string

const (
	DisruptionNone    Disruption = "none"
	DisruptionMinor   Disruption = "minor"
	DisruptionSerious Disruption = "serious"
	DisruptionUnknown Disruption = "unknown"
)

var Disruptions = []Option[Disruption]{
	{DisruptionNone, "Not at all"}, {DisruptionMinor, "Slightly"}, {DisruptionSerious, "Seriously"}, {DisruptionUnknown, "Not known yet"},
}

// Label is the disruption in words.
func (d Disruption) Label() string { return label(Disruptions, d) }

// Exposure is who got the data, or could get at it.
type Exposure string

const (
	ExposedNobody   Exposure = "nobody"
	ExposedTrusted  Exposure = "trusted recipient"
	ExposedKnown    Exposure = "known wrong recipient"
	ExposedStranger Exposure = "unknown person"
	ExposedAttacker Exposure = "attacker"
	ExposedPublic   Exposure = "public"
)

var Exposures = []Option[Exposure]{
	{ExposedNobody, "Nobody"},
	{ExposedTrusted, "Somebody trusted: a colleague, or bound by confidentiality or contract"},
	{ExposedKnown, "A wrong recipient who is known"},
	{ExposedStranger, "An unknown person: a thief, a finder, any user of a system"},
	{ExposedAttacker, "An attacker who broke in or used deception to get it"},
	{ExposedPublic, "The public"},
}

// Label is the exposure in words.
func (e Exposure) Label() string { return label(Exposures, e) }

// Assurance is how it is known that data came back, was deleted, or never left.
type Assurance string

const (
	AssuranceProof         Assurance = "proof"
	AssuranceWritten       Assurance = "written"
	AssuranceWord          Assurance = "word of mouth"
	AssuranceAsked         Assurance = "only asked"
	AssuranceNotApplicable Assurance = "not applicable"
	AssuranceUnknown       Assurance = "unknown"
)

// Assurances begin with the strongest.
var Assurances = []Option[Assurance]{
	{AssuranceProof, "Proof: we have it back, or a log or an inspection shows it"},
	{AssuranceWritten, "A signed or written statement"},
	{AssuranceWord, "Word of mouth"},
	{AssuranceAsked, "We have only asked"},
	{AssuranceNotApplicable, "Does not apply"},
	{AssuranceUnknown, "Not known yet"},
}

// Label is the assurance in words.
func (a Assurance) Label() string { return label(Assurances, a) }

// ReadAnswers are the answers to whether data was read: what nobody can rule out
// may have been.
var ReadAnswers = []Option[Answer]{
	{Yes, "Yes"},
	{No, "No: returned unopened, or a log shows that nobody opened it"},
	{Unknown, "It may have been, or not known yet"},
}

// HarmAnswers are the answers to whether anybody suffered harm. That nobody has
// complained is no answer.
var HarmAnswers = []Option[Answer]{
	{Yes, "Yes"},
	{No, "No: somebody has looked, and nobody has"},
	{Unknown, "Not known yet"},
}

// ApplicableAnswers are the answers to a question that may not arise.
var ApplicableAnswers = append(slices.Clone(Answers), Option[Answer]{NotApplicable, "Does not apply"})

// fieldBreach is what the file format of decided cases calls the aspects.
const fieldBreach Field = "breach"

// GuideQuestion is one question of the guided assessment with its answers.
type GuideQuestion struct {
	Field   Field
	Ask     string
	Answers []Option[string]
	Many    bool // several answers may be given
	Later   bool // older files of cases do not have it
	Scope   bool // asks whether the law's two questions are ours at all

	get func(GuideFacts) []string
	set func(*GuideFacts, []string)
}

// GuideQuestions are in the order in which they are asked.
var GuideQuestions = []GuideQuestion{
	several(fieldBreach, "What kind of breach is it?", Aspects, func(f *GuideFacts) *[]Aspect { return &f.Breach }),
	several(FieldData, "Which kinds of data?", DataKinds, func(f *GuideFacts) *[]DataKind { return &f.Data }),
	single(FieldSpecialCategory, "Does it include special category data (Art. 9)?", Answers, func(f *GuideFacts) *Answer { return &f.SpecialCategory }),
	single(FieldVulnerablePeople, "Do the people affected include children, patients in care or vulnerable adults?", Answers, func(f *GuideFacts) *Answer { return &f.VulnerablePeople }),
	single(FieldCount, "How many people is the data about?", Bands, func(f *GuideFacts) *Band { return &f.Count }),
	single(FieldIdentifiable, "Can people be identified from the data?", Answers, func(f *GuideFacts) *Answer { return &f.Identifiable }),
	single(FieldUnintelligible, "Is the data encrypted or hashed, with the key or secret safe?", Answers, func(f *GuideFacts) *Answer { return &f.Unintelligible }),
	single(FieldCopyHeld, "Do we still have the data, or was it restored quickly?", ApplicableAnswers, func(f *GuideFacts) *Answer { return &f.CopyHeld }),
	single(FieldDisruption, "How badly were people affected while data was unavailable or wrong?", Disruptions, func(f *GuideFacts) *Disruption { return &f.Disruption }),
	single(FieldExposedTo, "Who got the data, or could get at it?", Exposures, func(f *GuideFacts) *Exposure { return &f.ExposedTo }),
	single(FieldExfiltrated, "Did the data reach somebody outside?", Answers, func(f *GuideFacts) *Answer { return &f.Exfiltrated }),
	single(FieldRecovered, "Was the data returned or confirmed deleted before it was used?", ApplicableAnswers, func(f *GuideFacts) *Answer { return &f.Recovered }),
	single(FieldMalicious, "Was there bad intent (attack, theft, misuse)?", Answers, func(f *GuideFacts) *Answer { return &f.Malicious }),
	single(FieldHarmReported, "Has anybody affected suffered harm?", HarmAnswers, func(f *GuideFacts) *Answer { return &f.HarmReported }),
	later(single(FieldRead, "Was it read or used by whoever got it?", ReadAnswers, func(f *GuideFacts) *Answer { return &f.Read })),
	later(single(FieldAssurance, "How do we know that it came back, was deleted or never left?", Assurances, func(f *GuideFacts) *Assurance { return &f.Assurance })),
	later(single(FieldConnected, "Is whoever got it connected with the people it is about, such as a relative, a former partner or a neighbour?", Answers, func(f *GuideFacts) *Answer { return &f.Connected })),
	later(single(FieldLawfullyPublic, "Was the same information lawfully public already?", Answers, func(f *GuideFacts) *Answer { return &f.LawfullyPublic })),
	later(single(FieldWrongDataUsed, "Did somebody act on wrong or mixed-up data, such as in treatment or a credit check?", ApplicableAnswers, func(f *GuideFacts) *Answer { return &f.WrongDataUsed })),
	later(single(FieldInDanger, "Could it put somebody in physical danger?", Answers, func(f *GuideFacts) *Answer { return &f.InDanger })),
	scope(single(FieldDeceased, "Is it only about people who have died?", Answers, func(f *GuideFacts) *Answer { return &f.Deceased })),
	scope(single(FieldCapacity, "Do we act as controller or as processor for it?", Capacities, func(f *GuideFacts) *Capacity { return &f.Capacity })),
}

func scope(q GuideQuestion) GuideQuestion {
	q.Scope = true
	return later(q)
}

func later(q GuideQuestion) GuideQuestion {
	q.Later = true
	return q
}

func single[T ~string](field Field, ask string, options []Option[T], at func(*GuideFacts) *T) GuideQuestion {
	return GuideQuestion{
		Field: field, Ask: ask, Answers: plainOptions(options),
		get: func(f GuideFacts) []string { return []string{string(*at(&f))} },
		set: func(f *GuideFacts, v []string) { *at(f) = T(v[0]) },
	}
}

func several[T ~string](field Field, ask string, options []Option[T], at func(*GuideFacts) *[]T) GuideQuestion {
	return GuideQuestion{
		Field: field, Ask: ask, Answers: plainOptions(options), Many: true,
		get: func(f GuideFacts) []string {
			var out []string
			for _, v := range *at(&f) {
				out = append(out, string(v))
			}
			return out
		},
		set: func(f *GuideFacts, values []string) {
			var out []T
			for _, v := range values {
				out = append(out, T(v))
			}
			*at(f) = out
		},
	}
}

func plainOptions[T ~string](options []Option[T]) []Option[string] {
	var out []Option[string]
	for _, o := range options {
		out = append(out, Option[string]{string(o.Value), o.Label})
	}
	return out
}

// Check refuses what no form offers. The error names the field at fault.
func (f GuideFacts) Check() error {
	for _, q := range GuideQuestions {
		values := q.get(f)
		if q.Later && len(q.answered(f)) == 0 && strings.Join(values, "") == "" {
			continue
		}
		if len(values) == 0 {
			return Invalid(q.Field, "Please choose at least one answer. \""+q.Ask+"\"")
		}
		for n, v := range values {
			switch {
			case !known(q.Answers, v):
				return Invalid(q.Field, "\""+v+"\" is not one of the answers: "+strings.Join(q.values(), ", ")+".")
			case slices.Contains(values[:n], v):
				return Invalid(q.Field, "\""+v+"\" was chosen twice.")
			}
		}
		if len(values) > 1 && slices.Contains(values, string(KindUnspecified)) {
			return Invalid(q.Field, "\"unspecified\" cannot be combined with other answers. Please remove it, or the others.")
		}
	}
	return nil
}

func (q GuideQuestion) values() []string {
	var out []string
	for _, o := range q.Answers {
		out = append(out, o.Value)
	}
	return out
}

// settled replaces an answer that is missing, or that no form offers, with the
// answer that means "not known". Where the form has no such answer, it takes
// the cautious one.
func (f GuideFacts) settled() GuideFacts {
	for _, q := range GuideQuestions {
		values := q.answered(f)
		if len(values) == 0 {
			switch q.Field {
			case fieldBreach:
				values = []string{string(Confidentiality), string(Availability)}
			case FieldData:
				values = []string{string(KindUnspecified)}
			case FieldExposedTo:
				values = []string{string(ExposedStranger)}
			default:
				values = []string{string(Unknown)}
			}
		}
		q.set(&f, values)
	}
	return f
}

// answered are the answers given to the question; none when it is open.
func (q GuideQuestion) answered(f GuideFacts) []string {
	return slices.DeleteFunc(q.get(f), func(v string) bool { return !known(q.Answers, v) })
}

// settling are the answers that settle the question: not that it is not known, or
// does not apply.
func (q GuideQuestion) settling() []Option[string] {
	return slices.DeleteFunc(slices.Clone(q.Answers), func(o Option[string]) bool {
		return o.Value == string(Unknown) || o.Value == string(KindUnspecified) || o.Value == string(NotApplicable)
	})
}

// open tells whether the question is waiting for an answer.
func (q GuideQuestion) open(f GuideFacts) bool {
	given := q.answered(f)
	return len(given) == 0 || given[0] == string(Unknown) || given[0] == string(KindUnspecified)
}
