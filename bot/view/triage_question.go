package view

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// triageQuestion is one fact that triage asks for.
type triageQuestion struct {
	field workflow.Field
	name  string // in the list of what is answered already
	some  bool   // asked only for some kinds of event: those whose playbook names it
	ask   func(workflow.Facts, *workflow.Incident) input
	says  func(workflow.Facts, *workflow.Incident) string // the answer; empty while there is none
	read  func(Values, *workflow.Facts) error
}

// open tells whether it must be asked: nobody has answered it, and for this kind of
// event the other answers do not settle it.
func (q triageQuestion) open(recorded, f workflow.Facts, inc *workflow.Incident) bool {
	if q.says(recorded, inc) != "" {
		return false
	}
	guided := slices.ContainsFunc(workflow.GuideQuestions, func(g workflow.GuideQuestion) bool { return g.Field == q.field }) || q.field == workflow.FieldAspects
	return !guided || f.Open(q.field)
}

// oneAnswer asks for one answer from a closed list.
func oneAnswer[T ~string](field workflow.Field, name, label, hint string, vocabulary []workflow.Option[T], at func(*workflow.Facts) *T) triageQuestion {
	return triageQuestion{field: field, name: name,
		ask: func(f workflow.Facts, _ *workflow.Incident) input {
			return input{field: field, label: label, hint: hint, element: pick(options(vocabulary), string(*at(&f)))}
		},
		says: func(f workflow.Facts, _ *workflow.Incident) string {
			for _, o := range vocabulary {
				if o.Value == *at(&f) && o.Value != "unknown" {
					return escape(o.Label)
				}
			}
			return ""
		},
		read: func(v Values, f *workflow.Facts) error { *at(f) = T(v.choice(field)); return nil },
	}
}

// manyAnswers asks for any number of answers from a closed list.
func manyAnswers[T ~string](field workflow.Field, name, label, hint string, vocabulary []workflow.Option[T], at func(*workflow.Facts) *[]T) triageQuestion {
	return triageQuestion{field: field, name: name,
		ask: func(f workflow.Facts, _ *workflow.Incident) input {
			in := input{field: field, label: label, hint: hint, element: pickMany(vocabulary, *at(&f))}
			if len(vocabulary) <= 5 {
				in.element = ticks(options(vocabulary), texts(*at(&f))...)
			}
			return in
		},
		says: func(f workflow.Facts, _ *workflow.Incident) string {
			var labels []string
			for _, o := range vocabulary {
				if slices.Contains(*at(&f), o.Value) && o.Value != "unknown" {
					labels = append(labels, escape(o.Label))
				}
			}
			return strings.Join(labels, "; ")
		},
		read: func(v Values, f *workflow.Facts) error { *at(f) = choices[T](v, field); return nil },
	}
}

// only marks a question that is asked only for some kinds of event.
func only(q triageQuestion) triageQuestion {
	q.some = true
	return q
}

// systemsAsked asks for the systems. What is typed there stays on every page.
var systemsAsked = triageQuestion{field: workflow.FieldSystems, name: "Systems",
	ask: func(_ workflow.Facts, inc *workflow.Incident) input {
		return input{field: workflow.FieldSystems, label: "Which systems are affected?", element: brieflyWritten(inc.Systems()),
			hint: "Include paper, post and telephones."}
	},
	says: func(_ workflow.Facts, inc *workflow.Incident) string {
		return escape(workflow.Cut(inc.Systems(), 100))
	},
	read: func(Values, *workflow.Facts) error { return nil }}

// triageQuestions is everything that triage may ask besides the kind of event and the
// grades, in the order in which the other details show them.
var triageQuestions = []triageQuestion{
	{field: workflow.FieldApplies, name: "Danger and other urgent matters",
		ask: func(f workflow.Facts, _ *workflow.Incident) input {
			return input{field: workflow.FieldApplies, label: "Does any of this apply?", element: appliesNow(f)}
		},
		says: appliesSaid, read: readApplies},
	oneAnswer(workflow.FieldPersonalData, "Personal data involved", "Is personal data involved?", "A living person can be identified from it. Paper counts too.",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.PersonalData }),
	only(oneAnswer(workflow.FieldDisruption, "People affected while it was missing or wrong", "How badly are people affected while the data is missing or wrong?",
		"Is care affected, or the service disrupted? Cancelled clinics, or care without records, are \"Seriously\".",
		workflow.Disruptions, func(f *workflow.Facts) *workflow.Disruption { return &f.Disruption })),
	only(oneAnswer(workflow.FieldExposedTo, "Who got it, or could", "Who got the data, or could get at it?", "",
		workflow.Exposures, func(f *workflow.Facts) *workflow.Exposure { return &f.ExposedTo })),
	only(oneAnswer(workflow.FieldConnected, "Connected with the people affected", "Are they connected with the people affected?", "Such as a relative, a former partner, a neighbour or an employer.",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Connected })),
	only(oneAnswer(workflow.FieldExfiltrated, "Reached somebody outside", "Did the data reach somebody outside?", "",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Exfiltrated })),
	only(oneAnswer(workflow.FieldUnintelligible, "Encrypted or hashed, key safe", "Is it encrypted or hashed, with the key safe?", "",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Unintelligible })),
	only(oneAnswer(workflow.FieldCopyHeld, "We still have the data", "Do we still have the data, or was it restored quickly?", "",
		workflow.ApplicableAnswers, func(f *workflow.Facts) *workflow.Answer { return &f.CopyHeld })),
	manyAnswers(workflow.FieldData, "Kinds of data", "Which kinds of data?", "", workflow.DataCategories, func(f *workflow.Facts) *[]workflow.DataCategory { return &f.Data }),
	manyAnswers(workflow.FieldSubjects, "About whom", "Who is the data about?", "The people in the data, not those who received it.",
		workflow.SubjectKinds, func(f *workflow.Facts) *[]workflow.SubjectKind { return &f.Subjects }),
	{field: workflow.FieldCount, name: "How many people",
		ask: func(f workflow.Facts, _ *workflow.Incident) input {
			return input{field: workflow.FieldCount, label: "About how many people?", element: number(0, workflow.MaxCount, f.Count),
				hint: "The people in the data. Leave empty if it is not known yet."}
		},
		says: func(f workflow.Facts, _ *workflow.Incident) string {
			if !f.Count.Known {
				return ""
			}
			return f.Count.String()
		},
		read: func(v Values, f *workflow.Facts) (err error) {
			f.Count, err = v.count(workflow.FieldCount)
			return err
		}},
	systemsAsked,
	oneAnswer(workflow.FieldOngoing, "Still going on", "Is it still going on?", "", workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Ongoing }),
	manyAnswers(workflow.FieldAspects, "What became of the data", "What became of the data?", "", workflow.Aspects, func(f *workflow.Facts) *[]workflow.Aspect { return &f.Aspects }),
	oneAnswer(workflow.FieldCapacity, "Our role", "What is our role for this data?", "", workflow.Capacities, func(f *workflow.Facts) *workflow.Capacity { return &f.Capacity }),
	oneAnswer(workflow.FieldMalicious, "Bad intent", "Was there bad intent?", "Attack, theft or misuse.", workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Malicious }),
	oneAnswer(workflow.FieldSpecialCategory, "Special category data", "Does it include special category data?", "Art. 9: health, origin, beliefs and the like. Leave empty if the kinds of data say so.",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.SpecialCategory }),
	oneAnswer(workflow.FieldVulnerablePeople, "Vulnerable people", "Are vulnerable people among them?", "Children, patients in care, vulnerable adults. Leave empty if \"Who is the data about?\" says so.",
		workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.Vulnerable }),
	oneAnswer(workflow.FieldSubjectsAware, "The people affected know", "Do the people affected know?", "", workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.SubjectsAware }),
	oneAnswer(workflow.FieldOthersAware, "Another organisation knows", "Does any other organisation know?", "", workflow.Answers, func(f *workflow.Facts) *workflow.Answer { return &f.OthersAware }),
}

// applies are the facts that are ticked if they are true.
var applies = []struct {
	field workflow.Field
	label string
	at    func(*workflow.Facts) *workflow.Answer
}{
	{workflow.FieldInDanger, "Somebody may be in danger", func(f *workflow.Facts) *workflow.Answer { return &f.InDanger }},
	{workflow.FieldCustomersMustAct, "Customers must do something now", func(f *workflow.Facts) *workflow.Answer { return &f.CustomersMustAct }},
	{workflow.FieldPatientSafety, "It is linked to a patient safety incident", func(f *workflow.Facts) *workflow.Answer { return &f.PatientSafety }},
	{workflow.FieldSlackUnsafe, "Slack itself may be compromised", func(f *workflow.Facts) *workflow.Answer { return &f.SlackUnsafe }},
	{workflow.FieldDeceased, "It is only about people who have died", func(f *workflow.Facts) *workflow.Answer { return &f.Deceased }},
}

const nearMissApplies = "This was a near miss"

func appliesNow(f workflow.Facts) *slack.CheckboxGroupsBlockElement {
	var all []*slack.OptionBlockObject
	var now []string
	for _, a := range applies {
		all = append(all, option(string(a.field), a.label, ""))
		if *a.at(&f) == workflow.Yes {
			now = append(now, string(a.field))
		}
	}
	all = append(all, option(string(workflow.FieldNearMiss), nearMissApplies, ""))
	if f.NearMiss {
		now = append(now, string(workflow.FieldNearMiss))
	}
	return ticks(all, now...)
}

// readApplies answers each of them: whoever sent the form saw the question.
func readApplies(v Values, f *workflow.Facts) error {
	for _, a := range applies {
		*a.at(f) = workflow.No
		if v.ticked(workflow.FieldApplies, string(a.field)) {
			*a.at(f) = workflow.Yes
		}
	}
	f.NearMiss = v.ticked(workflow.FieldApplies, string(workflow.FieldNearMiss))
	return nil
}

// appliesSaid is which of them apply, once each is answered.
func appliesSaid(f workflow.Facts, _ *workflow.Incident) string {
	var yes []string
	for _, a := range applies {
		switch *a.at(&f) {
		case workflow.Yes:
			yes = append(yes, escape(a.label))
		case workflow.No:
		default:
			return ""
		}
	}
	if f.NearMiss {
		yes = append(yes, nearMissApplies)
	}
	if len(yes) == 0 {
		return "none"
	}
	return strings.Join(yes, "; ")
}
