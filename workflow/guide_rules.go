package workflow

import "slices"

// GuideRule is one stated principle of the guided assessment. It looks at one
// kind of breach at a time. In the end the worst counts.
type GuideRule struct {
	Name    string
	Aspects []Aspect

	// Likelihood and Effect are the least values the rule calls for, or the
	// greatest if it limits; 0 says nothing. HighRisk works the same way: Yes
	// or Unknown raise, No or Unknown limit, "" says nothing.
	Likelihood int
	Effect     int
	HighRisk   Answer
	Limits     bool
	Exception  Exception // the containment a limit rests on

	Why    string
	Source string
	when   func(GuideFacts) bool
}

// Where the principles come from, UK sources first: the European guidelines are
// not binding here. The wording is ours. The texts of the ICO and NHS England
// named here were read on 28 November 2026. Articles and recitals of the UK GDPR
// are named as the law; law.go says where what they say was read. "Not verified"
// marks what is known from memory only.
const (
	sourceArt33     = "UK GDPR Art. 33(1): notify unless a risk is unlikely"
	sourceArt34     = "UK GDPR Art. 34(1): tell people of a high risk"
	sourceEncrypted = "UK GDPR Art. 33(1): a risk is unlikely; for telling people, Art. 34(3)(a): data unintelligible to others"
	sourceArt9      = "UK GDPR Art. 9 and recital 51: sensitive by nature"
	sourceArt4      = "UK GDPR Art. 4(1), 4(5): data about an identifiable person"
	sourceRecital75 = "UK GDPR recital 75: fraud, identity theft, vulnerable people, large numbers"
	sourceSafety    = "ICO personal data breach examples, case 1: an address that puts people's safety at risk"
	sourceWeight    = "ICO, \"How well could you respond to a personal data breach?\": significant consequences may make the risk high even if they are unlikely"
	sourceIntent    = "NHS England, information risk following personal data breaches: who has the data, and with what intention"
	sourceContained = "NHS England, information risk following personal data breaches, and ICO examples, case 2: quick deletion by a colleague lowers the risk"
	sourceRecover   = "ICO, \"72 hours - how to respond to a personal data breach\": recover the data, or have it deleted or sent back"
	sourceAltered   = "UK GDPR Art. 4(12): alteration; NHS England, personal data breaches and related incidents, for patients: records changed so that they become inaccurate"
	sourcePublic    = "EDPB Guidelines 9/2022, data that is public already (not verified)"
	sourceRecipient = "EDPB Guidelines 9/2022, severity of consequences: who holds the data, and with what intent (not verified)"
	sourceNature    = "EDPB Guidelines 9/2022, nature and sensitivity: a combination reveals more than a single item (not verified)"
	sourceLoss      = "UK GDPR Art. 4(12): loss and destruction; EDPB Guidelines 9/2022, loss of availability or integrity can do harm on its own (not verified)"
	sourceGrid      = "the 5x5 grid: meaning of its axes"
	sourceCare      = "the 5x5 grid: an effect is serious where there is suffering and decline in health; EDPB Guidelines 01/2021, case 3: operations put off in a hospital (not verified)"
	sourceProduct   = "product rule: not knowing counts towards notifying where sensitive data or people's care is at stake"
)

var (
	disclosure = []Aspect{Confidentiality}
	outage     = []Aspect{Availability, Integrity}
	alteration = []Aspect{Integrity}
	everything = []Aspect{Confidentiality, Integrity, Availability}
)

// GuideRules is the table. Among the rules that apply to a kind of breach, the
// highest value counts; then the limits lower it, because containment makes harm
// less likely. How far it does depends on who had the data, whether it was read,
// how sensitive it is, of how many people, and how the recovery is known; it
// never undoes a breach. Reported harm switches the limits off, because what has
// happened cannot be argued away.
var GuideRules = []GuideRule{
	// Who got it.
	{Name: "nobody got at it", Aspects: disclosure, Likelihood: 1,
		Why: "Nobody got the data and nobody could have, so there is nothing from which harm could follow.", Source: sourceArt33,
		when: func(f GuideFacts) bool { return f.holder() == ExposedNobody && f.Exfiltrated == No }},
	{Name: "exposure not ruled out", Aspects: disclosure, Likelihood: 2,
		Why: "Nobody is known to have got the data, but there is no proof that nobody did.", Source: sourceGrid,
		when: func(f GuideFacts) bool { return f.holder() == ExposedNobody && f.Exfiltrated != No }},
	{Name: "reach of sensitive data not known", Aspects: disclosure, Likelihood: 3, HighRisk: Unknown,
		Why: "It is not known whether anybody got the data, and it is data that can hurt people, or may be. Until that is known, harm counts as likely.", Source: sourceProduct,
		when: func(f GuideFacts) bool {
			return f.holder() == ExposedNobody && f.Exfiltrated == Unknown && (f.special() || f.usable() || f.obscure() && f.VulnerablePeople == Yes)
		}},
	{Name: "trusted recipient", Aspects: disclosure, Likelihood: 2,
		Why: "The person who got the data is trusted: a colleague, or bound by confidentiality or contract. Misuse is not likely. Ask for it back, or to have it deleted, all the same.", Source: sourceRecipient,
		when: func(f GuideFacts) bool { return f.holder() == ExposedTrusted }},
	{Name: "trusted, but very many people's sensitive data", Aspects: disclosure, Likelihood: 3, HighRisk: Unknown,
		Why: "Trust in a recipient does not carry sensitive data of 1,000 people or more, or of 100 if it is kept: one careless step can hurt many. Only proof that it came back or was deleted unread would make harm unlikely.", Source: sourceRecital75,
		when: func(f GuideFacts) bool {
			return f.holder() == ExposedTrusted && f.sensitive() && (f.atLeast(BandThousands) || f.atLeast(BandHundreds) && f.Recovered == No)
		}},
	{Name: "looked at, and nobody knows why", Aspects: disclosure, Likelihood: 3, HighRisk: Unknown,
		Why: "Somebody inside saw specially protected data and it is not known whether they meant to. People are distressed by that, and a private motive would make it worse.", Source: sourceIntent,
		when: func(f GuideFacts) bool {
			return f.holder() == ExposedTrusted && f.special() && f.Malicious == Unknown
		}},
	{Name: "recipient connected with the people", Aspects: disclosure, Likelihood: 3, HighRisk: Unknown,
		Why: "Whoever got the data knows the people it is about. What would say little to a stranger can cost them a relationship, a job or their safety.", Source: sourceIntent,
		when: func(f GuideFacts) bool {
			return f.holder() != ExposedNobody && f.acquainted()
		}},
	{Name: "known wrong recipient", Aspects: disclosure, Likelihood: 2,
		Why: "The person who got the data is known and can be asked to return or delete it, but does not have to.", Source: sourceRecipient,
		when: func(f GuideFacts) bool { return f.holder() == ExposedKnown }},
	{Name: "telling data with a wrong recipient", Aspects: disclosure, Likelihood: 3,
		Why: "The data says more than who somebody is, or may do, and it went to somebody who is not bound to keep it confidential: an adverse effect is likely.", Source: sourceNature,
		when: func(f GuideFacts) bool { return f.holder() == ExposedKnown && f.sensitive() }},
	{Name: "full picture with a wrong recipient", Aspects: disclosure, Likelihood: 3,
		Why: "Three or more kinds of data together say more about somebody than each alone.", Source: sourceNature,
		when: func(f GuideFacts) bool { return f.holder() == ExposedKnown && len(f.Data) >= 3 }},
	{Name: "many people's data with a wrong recipient", Aspects: disclosure, Likelihood: 3,
		Why: "The more people there are, the more likely it is that disclosure harms one of them. The number is not known to be small.", Source: sourceRecital75,
		when: func(f GuideFacts) bool {
			return f.holder() == ExposedKnown && (f.atLeast(BandThousands) || f.Count == BandUnknown)
		}},
	{Name: "insider misuse", Aspects: disclosure, Likelihood: 3,
		Why: "Somebody known took or looked at the data with bad intent, so trust in them is no longer a safeguard.", Source: sourceRecipient,
		when: func(f GuideFacts) bool { return f.holder() == ExposedKnown && f.Malicious == Yes }},
	{Name: "unknown person", Aspects: disclosure, Likelihood: 3,
		Why: "Nobody knows who has the data, so nobody can ask for it back.", Source: sourceRecipient,
		when: func(f GuideFacts) bool { return f.holder() == ExposedStranger && !f.slight() }},
	{Name: "ordinary data of few mislaid", Aspects: disclosure, Likelihood: 2,
		Why: "Only names or contact details of fewer than 100 people were mislaid, not stolen. Anybody who finds them is not likely to do harm with them.", Source: sourceArt33,
		when: func(f GuideFacts) bool { return f.holder() == ExposedStranger && f.slight() }},
	{Name: "attacker", Aspects: disclosure, Likelihood: 3,
		Why: "Somebody broke in or used deception to get at the data. People seldom do that without a use in mind.", Source: sourceRecipient,
		when: func(f GuideFacts) bool { return f.holder() == ExposedAttacker }},
	{Name: "published", Aspects: disclosure, Likelihood: 4,
		Why: "Anybody could have copied the data, and publication cannot be undone.", Source: sourceRecipient,
		when: func(f GuideFacts) bool { return f.holder() == ExposedPublic }},
	{Name: "taken to be used", Aspects: disclosure, Likelihood: 4,
		Why: "The data was taken by somebody who meant to take it.", Source: sourceRecipient,
		when: func(f GuideFacts) bool {
			return f.Exfiltrated == Yes && (f.holder() == ExposedAttacker || f.Malicious == Yes && f.outside())
		}},

	// What it reveals.
	{Name: "ordinary data", Aspects: disclosure, Effect: 2,
		Why: "Any data about a person can lead to unwanted contact or worry.", Source: sourceGrid,
		when: func(f GuideFacts) bool { return f.holder() != ExposedNobody }},
	{Name: "data usable for fraud", Aspects: disclosure, Effect: 3,
		Why: "Financial details, passwords, identity documents and whereabouts can be used against the person.", Source: sourceRecital75,
		when: GuideFacts.usable},
	{Name: "special category data", Aspects: disclosure, Effect: 3,
		Why: "Once somebody's health or other specially protected details are known, the result can be embarrassment, discrimination or worse.", Source: sourceArt9,
		when: GuideFacts.special},
	{Name: "sensitivity not known", Aspects: disclosure, Effect: 3,
		Why: "It is not known yet which data it is, or whether it is special category data, so it is graded as if it were.", Source: sourceProduct,
		when: GuideFacts.obscure},
	{Name: "vulnerable people", Aspects: disclosure, Effect: 3,
		Why: "Children, patients in care and vulnerable adults are less able to protect themselves.", Source: sourceRecital75,
		when: func(f GuideFacts) bool { return f.VulnerablePeople == Yes && f.outside() }},
	{Name: "sensitive data in hostile hands", Aspects: disclosure, Effect: 4,
		Why: "In the hands of somebody with bad intent, sensitive data leads to fraud, extortion or identity theft.", Source: sourceRecital75,
		when: func(f GuideFacts) bool {
			return f.Malicious == Yes && f.Exfiltrated != No && f.outside() && (f.special() || f.usable())
		}},

	// High risk from disclosure.
	{Name: "special category data outside", Aspects: disclosure, HighRisk: Yes,
		Why: "Somebody who should not have specially protected data has it, or may have it: people need to know. Where telling them may itself do harm, ask safeguarding how.", Source: sourceArt34,
		when: func(f GuideFacts) bool { return f.outside() && f.special() }},
	{Name: "data usable for fraud, holder out of reach", Aspects: disclosure, HighRisk: Yes,
		Why: "Only the people affected can now watch their accounts, change their passwords or keep themselves safe.", Source: sourceArt34,
		when: func(f GuideFacts) bool { return f.outOfReach() && f.usable() }},
	{Name: "data usable for fraud of many people", Aspects: disclosure, HighRisk: Yes,
		Why: "With 1,000 people or more, it is likely that such data of some of them will be misused by or through a wrong recipient.", Source: sourceRecital75,
		when: func(f GuideFacts) bool { return f.outside() && f.usable() && f.atLeast(BandThousands) }},
	{Name: "data usable for fraud, number not known", Aspects: disclosure, HighRisk: Unknown,
		Why: "It is not known yet how many people's financial details, passwords or identity documents are involved.", Source: sourceProduct,
		when: func(f GuideFacts) bool { return f.outside() && f.usable() && f.Count == BandUnknown }},
	{Name: "profiles taken by an attacker", Aspects: disclosure, HighRisk: Yes,
		Why: "A stranger took several kinds of data on purpose. Together they can be used to deceive the people they are about.", Source: sourceNature,
		when: func(f GuideFacts) bool {
			return f.Exfiltrated == Yes && len(f.Data) >= 2 &&
				(f.holder() == ExposedAttacker || f.Malicious == Yes && f.outOfReach() && f.holder() != ExposedKnown)
		}},
	{Name: "profiles perhaps taken by an attacker", Aspects: disclosure, HighRisk: Unknown,
		Why: "Somebody set out to get at several kinds of data about a person, and could. It is not known yet whether they took them.", Source: sourceProduct,
		when: func(f GuideFacts) bool {
			return f.Exfiltrated == Unknown && len(f.Data) >= 2 && f.holder() == ExposedAttacker
		}},
	{Name: "large numbers lost to strangers", Aspects: disclosure, HighRisk: Yes,
		Why: "The data of 10,000 people or more is worth misusing, even where each single item is ordinary.", Source: sourceRecital75,
		when: func(f GuideFacts) bool {
			return f.outOfReach() && f.holder() != ExposedKnown && f.atLeast(BandTenThousands) &&
				(f.Malicious == Yes || f.Exfiltrated == Yes)
		}},
	{Name: "data usable against vulnerable people", Aspects: disclosure, HighRisk: Yes,
		Why: "Somebody who should not have them has the financial details, passwords, identity documents or whereabouts of people who are less able to protect themselves. Those people, or whoever looks after them, need to know.", Source: sourceRecital75,
		when: func(f GuideFacts) bool { return f.VulnerablePeople == Yes && f.outside() && f.usable() }},
	{Name: "vulnerable people's data in the open", Aspects: disclosure, HighRisk: Yes,
		Why: "The data of people who are less able to protect themselves is public, or with somebody who has bad intent.", Source: sourceRecital75,
		when: func(f GuideFacts) bool {
			return f.VulnerablePeople == Yes && f.outside() &&
				(f.Malicious == Yes || f.holder() == ExposedAttacker || f.holder() == ExposedPublic)
		}},
	{Name: "data usable for fraud, kept", Aspects: disclosure, HighRisk: Unknown,
		Why: "A wrong recipient keeps financial details, passwords, identity documents or whereabouts. Only the people affected can change or watch them.", Source: sourceArt34,
		when: func(f GuideFacts) bool { return f.outside() && f.usable() && f.Recovered == No }},
	{Name: "large numbers perhaps with strangers", Aspects: disclosure, HighRisk: Unknown,
		Why: "The data of 10,000 people or more is out of our hands, and it is not known whether anybody took it.", Source: sourceRecital75,
		when: func(f GuideFacts) bool {
			return f.outOfReach() && f.holder() != ExposedKnown && f.atLeast(BandTenThousands) && f.Exfiltrated == Unknown
		}},
	{Name: "high risk not ruled out", Aspects: disclosure, HighRisk: Unknown,
		Why: "Whether the risk is high depends on how sensitive the disclosed data is. That is not known yet.", Source: sourceProduct,
		when: func(f GuideFacts) bool { return f.outside() && f.obscure() }},

	// Danger outweighs likelihood.
	{Name: "somebody in danger", Aspects: disclosure, Likelihood: 2, Effect: 4, HighRisk: Yes,
		Why: "Somebody could come to physical harm. Harm as serious as this counts even where it is not likely. Ask safeguarding first how to tell them: a letter may itself put them in danger.", Source: sourceSafety,
		when: func(f GuideFacts) bool {
			return f.InDanger == Yes && !(f.holder() == ExposedNobody && f.Exfiltrated == No)
		}},
	{Name: "somebody in danger without the data", Aspects: outage, Likelihood: 2, Effect: 4, HighRisk: Yes,
		Why: "Somebody could come to physical harm while data is missing or wrong. That counts even where it is not likely.", Source: sourceWeight,
		when: func(f GuideFacts) bool { return f.InDanger == Yes && !f.unfelt() }},

	// Out of reach, lost or wrong.
	{Name: "never missed", Aspects: outage, Likelihood: 1, Effect: 1,
		Why: "Nobody was affected while the data was unavailable or wrong, and nobody has suffered harm.", Source: sourceLoss,
		when: GuideFacts.harmless},
	{Name: "hardly missed", Aspects: outage, Likelihood: 2, Effect: 2,
		Why: "The service to people went on, but there is no proof yet that nobody suffered harm.", Source: sourceGrid,
		when: func(f GuideFacts) bool { return f.Disruption == DisruptionNone && f.HarmReported != No }},
	{Name: "short of little consequence", Aspects: outage, Likelihood: 2, Effect: 2,
		Why: "People were inconvenienced and no more. On its own, that is usually for the record only.", Source: sourceLoss,
		when: func(f GuideFacts) bool { return f.Disruption == DisruptionMinor }},
	{Name: "serious disruption", Aspects: outage, Likelihood: 4, Effect: 3, HighRisk: Yes,
		Why: "The service that people depend on was seriously disrupted: they bear the consequences and need to know.", Source: sourceLoss,
		when: func(f GuideFacts) bool { return f.Disruption == DisruptionSerious }},
	{Name: "serious disruption of care", Aspects: outage, Effect: 4,
		Why: "Care may have been delayed or wrong, and that can mean pain, suffering or a decline in health.", Source: sourceCare,
		when: func(f GuideFacts) bool {
			return f.Disruption == DisruptionSerious && (f.special() || f.VulnerablePeople == Yes)
		}},
	{Name: "serious disruption, perhaps of care", Aspects: outage, Effect: 4,
		Why: "It is not known yet which data was missing or wrong. Care may depend on it, and care that is delayed or wrong can mean pain, suffering or a decline in health.", Source: sourceProduct,
		when: func(f GuideFacts) bool {
			return f.Disruption == DisruptionSerious && f.obscure() && !f.special() && f.VulnerablePeople != Yes
		}},
	{Name: "disruption not known, no harm", Aspects: outage, Likelihood: 2, Effect: 2,
		Why: "It is not known how badly people were affected, but somebody has looked, and nobody has suffered harm.", Source: sourceGrid,
		when: func(f GuideFacts) bool { return f.Disruption == DisruptionUnknown && f.HarmReported == No }},
	{Name: "disruption not known", Aspects: outage, Likelihood: 3, Effect: 2,
		Why: "It is not known yet how badly people were affected, so an effect is assumed to be likely.", Source: sourceProduct,
		when: func(f GuideFacts) bool {
			return f.Disruption == DisruptionUnknown && f.HarmReported != No && !(f.plain() && f.held())
		}},
	{Name: "disruption not known, ordinary data of few", Aspects: outage, Likelihood: 2, Effect: 2,
		Why: "It is not known how badly people were affected. But it is only names or contact details of fewer than 100 people, and we still have them: harm is not likely.", Source: sourceArt33,
		when: func(f GuideFacts) bool {
			return f.Disruption == DisruptionUnknown && f.HarmReported != No && f.plain() && f.held()
		}},
	{Name: "disruption of care not ruled out", Aspects: outage, Effect: 3, HighRisk: Unknown,
		Why: "Care may have suffered while the data was unavailable or wrong. Nobody has said yet.", Source: sourceProduct,
		when: func(f GuideFacts) bool {
			return f.Disruption == DisruptionUnknown && f.HarmReported != No && (f.care() || f.VulnerablePeople == Yes)
		}},
	{Name: "lost without a copy", Aspects: outage, Likelihood: 3, Effect: 2,
		Why: "The data is gone or must be rebuilt, or that cannot be ruled out: what people rely on it for is delayed or lost.", Source: sourceLoss,
		when: func(f GuideFacts) bool { return f.lost() && !f.littleLost() }},
	{Name: "little lost", Aspects: outage, Likelihood: 2, Effect: 2,
		Why: "Ordinary data is gone or may be, and the service went on without it or it is about few people. There is no proof that nobody will miss it.", Source: sourceLoss,
		when: func(f GuideFacts) bool { return f.lost() && f.littleLost() }},
	{Name: "sensitive data lost without a copy", Aspects: outage, Effect: 3,
		Why: "What is lost may be something a person needs for their care, money or rights.", Source: sourceLoss,
		when: func(f GuideFacts) bool { return f.lost() && f.sensitive() }},
	{Name: "consequence of the loss not known", Aspects: outage, HighRisk: Unknown,
		Why: "It is not known yet what the loss means for the people affected. If it is severe, they must be told.", Source: sourceProduct,
		when: func(f GuideFacts) bool {
			return f.lost() && (f.Disruption == DisruptionUnknown || f.Disruption == DisruptionMinor && f.care())
		}},
	{Name: "altered, perhaps on purpose", Aspects: alteration, Likelihood: 3, Effect: 2,
		Why: "Intent to falsify is not ruled out, and the change was not simply undone before it affected anybody.", Source: sourceLoss,
		when: func(f GuideFacts) bool {
			return f.Malicious != No && (f.lost() || f.Disruption != DisruptionNone)
		}},
	{Name: "wrong health data in use", Aspects: alteration, Effect: 3,
		Why: "Somebody may act on wrong health data.", Source: sourceGrid,
		when: func(f GuideFacts) bool {
			return f.care() && (f.Disruption != DisruptionNone || f.WrongDataUsed == Yes)
		}},
	{Name: "wrong data acted on", Aspects: alteration, Likelihood: 3, Effect: 2,
		Why: "Somebody acted on wrong or mixed-up data about a person.", Source: sourceAltered,
		when: func(f GuideFacts) bool { return f.WrongDataUsed == Yes }},
	{Name: "wrong data in care, perhaps acted on", Aspects: alteration, Likelihood: 3, Effect: 3, HighRisk: Unknown,
		Why: "Health data was wrong or mixed up. It is not known whether anybody acted on it, nor how people were affected.", Source: sourceAltered,
		when: func(f GuideFacts) bool {
			return f.care() && f.WrongDataUsed == Unknown && f.Disruption == DisruptionUnknown
		}},
	{Name: "wrong data acted on in care", Aspects: alteration, Likelihood: 4, Effect: 4, HighRisk: Yes,
		Why: "Treatment or care was based on wrong data: it may have been withheld, delayed or wrong, and the person and those who treat them need to know.", Source: sourceAltered,
		when: func(f GuideFacts) bool { return f.WrongDataUsed == Yes && f.care() && !f.harmless() }},
	{Name: "wrong data acted on, money or rights at stake", Aspects: alteration, Likelihood: 3, Effect: 3, HighRisk: Unknown,
		Why: "A decision about credit, pay, benefits or identity was based on wrong data. If the person lost something by it, they need to know.", Source: sourceAltered,
		when: func(f GuideFacts) bool { return f.WrongDataUsed == Yes && (f.usable() || f.special()) }},

	// What has happened already.
	{Name: "harm reported", Aspects: everything, Likelihood: 5, Effect: 2,
		Why: "Somebody has reported an adverse effect: it has occurred, whatever was contained afterwards.", Source: sourceGrid,
		when: func(f GuideFacts) bool { return f.HarmReported == Yes }},
	{Name: "harm from sensitive data or disruption", Aspects: everything, Effect: 3, HighRisk: Yes,
		Why: "Harm has come from sensitive data or a serious disruption, or to vulnerable people: others are at the same risk.", Source: sourceArt34,
		when: func(f GuideFacts) bool {
			return f.HarmReported == Yes &&
				(f.special() || f.usable() || f.VulnerablePeople == Yes || f.Disruption == DisruptionSerious)
		}},
	{Name: "harm, sensitivity not known", Aspects: everything, Effect: 3, HighRisk: Unknown,
		Why: "Somebody was harmed and it is not known yet which data led to it, so others may be harmed too.", Source: sourceProduct,
		when: func(f GuideFacts) bool { return f.HarmReported == Yes && f.obscure() }},

	// What makes harm less likely. None of these rows says that nothing happened.
	{Name: "protection intact", Aspects: disclosure, Limits: true, Likelihood: 2, Effect: 2, HighRisk: No, Exception: "encrypted",
		Why: "The data is encrypted or hashed and the key is safe: whoever holds it cannot read it, so harm from disclosure is not likely. If the key is lost or the protection broken later, assess again.", Source: sourceEncrypted,
		when: func(f GuideFacts) bool { return f.Unintelligible == Yes && f.Read != Yes }},
	{Name: "nobody can be told from it", Aspects: disclosure, Limits: true, Likelihood: 2, Effect: 2, HighRisk: No,
		Why: "The people cannot be identified from the data that was exposed, and nobody who has it is known to know them.", Source: sourceArt4,
		when: func(f GuideFacts) bool { return f.Identifiable == No && f.Connected != Yes && f.InDanger != Yes }},
	{Name: "lawfully public already", Aspects: disclosure, Limits: true, Likelihood: 2, Effect: 2, HighRisk: No,
		Why: "The same information about the same people was lawfully public already, so this breach tells nobody anything new. That somebody is a patient here would be new.", Source: sourcePublic,
		when: func(f GuideFacts) bool { return f.LawfullyPublic == Yes && f.InDanger != Yes }},
	{Name: "back unread, with proof", Aspects: disclosure, Limits: true, Likelihood: 1, HighRisk: No, Exception: "recovered",
		Why: "There is proof that the data is back or destroyed and that nobody read it. Keep the proof: without it, this advice does not hold.", Source: sourceRecover,
		when: func(f GuideFacts) bool { return f.returned() && f.Read == No && f.Assurance == AssuranceProof }},
	{Name: "back unread, as far as is known", Aspects: disclosure, Limits: true, Likelihood: 2, HighRisk: No, Exception: "recovered",
		Why: "Whoever had the data says that it came back or was deleted unread. Nothing shows bad intent, and nobody has said that they know the people. For what it is and how many people it is about, that is good enough.", Source: sourceContained,
		when: func(f GuideFacts) bool {
			return f.returned() && f.Read == No && f.Assurance != AssuranceProof && !f.personal() &&
				(!f.grave() && f.assured() >= 1 ||
					f.Count == BandOnes && f.assured() >= 1 ||
					f.fewerThan(BandThousands) && f.assured() >= 2)
		}},
	{Name: "back, perhaps read", Aspects: disclosure, Limits: true, Likelihood: 2, HighRisk: No, Exception: "recovered",
		Why: "A known recipient gave the data back or deleted it. They may have read it. Nothing shows bad intent, and nobody has said that they know the people: ask both before you rely on this.", Source: sourceRecover,
		when: func(f GuideFacts) bool {
			return f.returned() && f.Read == Unknown && f.holder() != ExposedStranger && !f.personal() &&
				(!f.grave() && f.fewerThan(BandThousands) && f.assured() >= 1 ||
					f.Count == BandOnes && f.assured() >= 2)
		}},
	{Name: "ordinary data found and handed back", Aspects: disclosure, Limits: true, Likelihood: 2, HighRisk: No, Exception: "recovered",
		Why: "Whoever found it handed it back. It held no sensitive data, so harm is not likely even if they read it.", Source: sourceRecover,
		when: func(f GuideFacts) bool {
			return f.returned() && f.holder() == ExposedStranger && !f.personal() && !f.sensitive() && f.fewerThan(BandThousands) && f.assured() >= 1
		}},
	{Name: "read, and given back in writing", Aspects: disclosure, Limits: true, Likelihood: 2, HighRisk: No, Exception: "recovered",
		Why: "A known recipient read it, gave it back or deleted it, and put that in writing. It is not specially protected data, and nobody has said that they know the people: ask before you rely on this.", Source: sourceRecover,
		when: func(f GuideFacts) bool {
			return f.returned() && f.Malicious == No && f.holder() != ExposedStranger && !f.personal() && !f.grave() &&
				f.fewerThan(BandThousands) && f.assured() >= 2
		}},
	{Name: "read, and back from somebody who does not know them", Aspects: disclosure, Limits: true, Likelihood: 2, HighRisk: No, Exception: "recovered",
		Why: "It is about very few people. A known recipient, who meant no harm and does not know them, read it, and it is back in our hands.", Source: sourceRecover,
		when: func(f GuideFacts) bool {
			return f.returned() && f.Malicious == No && f.holder() != ExposedStranger && f.Connected == No && f.InDanger != Yes &&
				f.Count == BandOnes && f.Assurance == AssuranceProof
		}},
	{Name: "back in our hands", Aspects: disclosure, Limits: true, HighRisk: Unknown, Exception: "recovered",
		Why: "The data is back or was deleted, and whoever had it meant no harm. It may have been read, so a risk remains; whether it is high is for the DPO to say.", Source: sourceRecover,
		when: func(f GuideFacts) bool {
			return f.returned() && f.Malicious == No && !f.personal() && f.fewerThan(BandHundreds) && f.assured() >= 2
		}},
	{Name: "proof that it did not leave", Aspects: disclosure, Limits: true, Likelihood: 1, HighRisk: No,
		Why: "There is proof, such as a log or an inspection, that the data reached nobody, though it was within reach. Keep the proof: without it, this advice does not hold.", Source: sourceArt33,
		when: func(f GuideFacts) bool { return f.stayed() && f.Assurance == AssuranceProof }},
	{Name: "not known to have left", Aspects: disclosure, Limits: true, Likelihood: 2, HighRisk: No,
		Why: "As far as is known, the data reached nobody outside, though it was within reach. There is no proof of that.", Source: sourceArt33,
		when: func(f GuideFacts) bool {
			return f.stayed() && f.Assurance != AssuranceProof && f.InDanger != Yes &&
				(!f.grave() || f.fewerThan(BandThousands) && f.holder() != ExposedAttacker && f.Assurance != AssuranceAsked)
		}},
	{Name: "put right before anybody acted on it", Aspects: alteration, Limits: true, Likelihood: 2, HighRisk: No,
		Why: "The wrong data was put right before anybody acted on it, and nobody meant to falsify it.", Source: sourceAltered,
		when: func(f GuideFacts) bool {
			return f.WrongDataUsed == No && f.Malicious == No && f.Disruption != DisruptionSerious && f.CopyHeld != No && f.InDanger != Yes
		}},
}

func (f GuideFacts) has(kinds ...DataKind) bool {
	return slices.ContainsFunc(f.Data, func(k DataKind) bool { return slices.Contains(kinds, k) })
}

// special tells whether the data is sensitive by nature. Convictions have
// similar protection (Art. 10).
func (f GuideFacts) special() bool {
	return f.SpecialCategory == Yes || f.has(KindHealth, KindGenetic, KindConvictions, KindOtherSpecial)
}

// usable tells whether the data can be used against the person.
func (f GuideFacts) usable() bool {
	return f.has(KindFinancial, KindCredentials, KindDocuments, KindLocation)
}

// obscure tells whether it is not known how sensitive the data is.
func (f GuideFacts) obscure() bool { return f.has(KindUnspecified) || f.SpecialCategory == Unknown }

func (f GuideFacts) sensitive() bool { return f.special() || f.usable() || f.obscure() }

// grave tells whether the data is specially protected, or may be.
func (f GuideFacts) grave() bool { return f.special() || f.obscure() }

// plain tells whether it is only ordinary data of fewer than 100 people, none
// known to be vulnerable.
func (f GuideFacts) plain() bool {
	return !f.sensitive() && f.VulnerablePeople != Yes && f.fewerThan(BandHundreds)
}

// personal tells whether the recipient makes it worse: by what they know of the
// people, or by what they might do to them.
func (f GuideFacts) personal() bool { return f.InDanger == Yes || f.acquainted() }

// acquainted tells whether the recipient knows the people, and the data says
// something to somebody who does: a new address, for one, unless it is known
// that nobody is in danger.
func (f GuideFacts) acquainted() bool {
	return f.Connected == Yes && (f.sensitive() || f.VulnerablePeople == Yes || f.has(KindContact) && f.InDanger != No)
}

// returned tells whether the data came back from, or was deleted by, somebody
// whose word can count. An attacker's assurance, or one given to everybody, is
// worth nothing.
func (f GuideFacts) returned() bool {
	if f.Recovered != Yes {
		return false
	}
	switch f.holder() {
	case ExposedTrusted:
		return f.Malicious == No || !f.special() // a look by somebody inside cannot be given back
	case ExposedKnown:
		return f.Malicious != Yes
	case ExposedStranger:
		return f.Malicious == No
	}
	return false
}

// assured is how well a recovery is known: 3 proof, 2 in writing, 1 somebody
// said so, 0 only asked. That it came back rests at least on somebody's word.
func (f GuideFacts) assured() int {
	switch f.Assurance {
	case AssuranceProof:
		return 3
	case AssuranceWritten:
		return 2
	case AssuranceAsked:
		return 0
	}
	return 1
}

// stayed tells whether it was established that data within reach did not leave.
// It is no comfort where an insider saw it and may have meant to.
func (f GuideFacts) stayed() bool {
	if f.Exfiltrated != No || f.Read == Yes {
		return false
	}
	switch f.holder() {
	case ExposedNobody:
		return false
	case ExposedTrusted, ExposedKnown:
		return f.Malicious == No
	}
	return true
}

// harmless tells whether nobody was affected while data was missing or wrong,
// and somebody has looked.
func (f GuideFacts) harmless() bool { return f.Disruption == DisruptionNone && f.HarmReported == No }

// unfelt tells whether, besides, nothing is missing and nothing wrong was used.
func (f GuideFacts) unfelt() bool { return f.harmless() && f.held() && f.WrongDataUsed != Yes }

// held tells whether we have the data, or never lost it.
func (f GuideFacts) held() bool { return f.CopyHeld == Yes || f.CopyHeld == NotApplicable }

// littleLost tells whether hardly anybody can miss what is gone or may be.
func (f GuideFacts) littleLost() bool {
	return !f.sensitive() && f.Disruption == DisruptionNone || f.CopyHeld == Unknown && f.plain()
}

// slight tells whether it is only names or contact details of a few people that
// went astray by accident: none known to be vulnerable or, of fewer than ten,
// none in danger, because in care nearly everybody counts as vulnerable.
func (f GuideFacts) slight() bool {
	return !f.sensitive() && len(f.Data) <= 2 && !f.has(KindIdentification, KindPseudonymised) &&
		(f.VulnerablePeople == No || f.Count == BandOnes && f.InDanger == No) && f.Malicious == No && f.fewerThan(BandHundreds)
}

// care tells whether care depends on the data.
func (f GuideFacts) care() bool { return f.has(KindHealth, KindGenetic) }

// lost tells whether the data is gone, or nobody can rule that out.
func (f GuideFacts) lost() bool { return f.CopyHeld == No || f.CopyHeld == Unknown }

// holder is who has the data, or could get at it, going by what is known about
// them. A colleague who misuses data is a wrong recipient. Data that left, with
// nobody named, is with somebody unknown.
func (f GuideFacts) holder() Exposure {
	switch {
	case f.ExposedTo == ExposedTrusted && f.Malicious == Yes:
		return ExposedKnown
	case f.ExposedTo == ExposedNobody && (f.Exfiltrated == Yes || f.Read == Yes):
		return ExposedStranger
	}
	return f.ExposedTo
}

// outside tells whether somebody who should not have the data has it, or could
// get at it.
func (f GuideFacts) outside() bool {
	return f.holder() != ExposedNobody && f.holder() != ExposedTrusted
}

// outOfReach tells whether the holder cannot or will not give the data back
// when asked.
func (f GuideFacts) outOfReach() bool {
	return f.outside() && (f.holder() != ExposedKnown || f.Malicious == Yes)
}

func (f GuideFacts) atLeast(b Band) bool {
	order := []Band{BandOnes, BandTens, BandHundreds, BandThousands, BandTenThousands, BandMore}
	return f.Count != BandUnknown && slices.Index(order, f.Count) >= slices.Index(order, b)
}

// fewerThan tells whether the number is known to be below the band.
func (f GuideFacts) fewerThan(b Band) bool { return f.Count != BandUnknown && !f.atLeast(b) }

// aspects are the kinds of breach to look at, whatever the breach was called at
// first. Data that others could get at, and that is not shown to have stayed,
// may have been disclosed. Data of which no copy is held is lost, encrypted or
// not. A service that was seriously disrupted was without its data, or its data
// was wrong. Wrong data that was acted on is a breach of integrity.
func (f GuideFacts) aspects() []Aspect {
	out := slices.Clone(f.Breach)
	if !slices.Contains(out, Confidentiality) && f.holder() != ExposedNobody && f.Exfiltrated != No {
		out = append(out, Confidentiality)
	}
	if !slices.Contains(out, Availability) && (f.CopyHeld == No || f.Disruption == DisruptionSerious && !slices.Contains(out, Integrity)) {
		out = append(out, Availability)
	}
	if !slices.Contains(out, Integrity) && f.WrongDataUsed == Yes {
		out = append(out, Integrity)
	}
	return out
}
