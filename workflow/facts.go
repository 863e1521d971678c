package workflow

import "strconv"

// Count is an approximate number of people. Known false means not known yet.
type Count struct {
	Known bool `json:"known,omitempty"`
	N     int  `json:"n,omitempty"`
}

// String is the number in digits, or "not known yet".
func (c Count) String() string {
	if !c.Known {
		return "not known yet"
	}
	return strconv.Itoa(c.N)
}

// Band is the band the regulator's statistics use (ICO data security incident
// trends). A round figure on a border goes to the higher band.
func (c Count) Band() string {
	switch {
	case !c.Known:
		return "Unknown"
	case c.N < 10:
		return "1 to 9"
	case c.N < 100:
		return "10 to 99"
	case c.N < 1_000:
		return "100 to 1k"
	case c.N < 10_000:
		return "1k to 10k"
	case c.N < 100_000:
		return "10k to 100k"
	}
	return "100k and above"
}

// Facts are what is known of the breach without anybody's free text. The
// reporter gives the first; triage corrects them.
type Facts struct {
	Category      Category       `json:"category,omitempty"`
	Aspects       []Aspect       `json:"aspects,omitempty"`
	Data          []DataCategory `json:"data,omitempty"`
	Subjects      []SubjectKind  `json:"subjects,omitempty"`
	Count         Count          `json:"count,omitzero"` // of data subjects, not of recipients
	Ongoing       Answer         `json:"ongoing,omitempty"`
	SubjectsAware Answer         `json:"subjects_aware,omitempty"`
	OthersAware   Answer         `json:"others_aware,omitempty"`
	NearMiss      bool           `json:"near_miss,omitempty"`
	PersonalData  Answer         `json:"personal_data,omitempty"`
	Capacity      Capacity       `json:"capacity,omitempty"`
}

// check refuses values that are on no form.
func (f Facts) check() error {
	if f.Count.Known && f.Count.N < 0 {
		return Invalid(FieldCount, "A number of people cannot be below zero. Leave it empty if it is not known yet.")
	}
	if f.Count.Known && f.Count.N > MaxCount {
		return Invalid(FieldCount, "That is more people than live in the United Kingdom. Please check the number, or leave it empty if it is not known yet.")
	}
	if f.Category != "" && !known(Categories, f.Category) {
		return Invalid(FieldCategory, "Please choose one of the kinds in the list.")
	}
	if f.Capacity != "" && !known(Capacities, f.Capacity) {
		return Invalid(FieldCapacity, "Please choose one of the answers.")
	}
	for _, a := range f.Aspects {
		if !known(Aspects, a) {
			return Invalid(FieldAspects, "Please choose from the list.")
		}
	}
	for _, d := range f.Data {
		if !known(DataCategories, d) {
			return Invalid(FieldData, "Please choose from the list.")
		}
	}
	for _, s := range f.Subjects {
		if !known(SubjectKinds, s) {
			return Invalid(FieldSubjects, "Please choose from the list.")
		}
	}
	for _, q := range []struct {
		field  Field
		answer Answer
	}{{FieldOngoing, f.Ongoing}, {FieldSubjectsAware, f.SubjectsAware}, {FieldOthersAware, f.OthersAware}, {FieldPersonalData, f.PersonalData}} {
		if q.answer != "" && !known(Answers, q.answer) {
			return Invalid(q.field, "Please choose one of the answers.")
		}
	}
	return nil
}
