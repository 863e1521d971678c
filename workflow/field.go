package workflow

// Field names one input. It is also the input's block id in every form, so a
// refusal appears beside the field it is about, with no map in between.
type Field string

const (
	FieldTitle         Field = "title"
	FieldWhat          Field = "what"
	FieldDetected      Field = "detected"
	FieldRisk          Field = "risk"
	FieldOccurredFrom  Field = "occurred_from"
	FieldOccurredTo    Field = "occurred_to"
	FieldCategory      Field = "category"
	FieldAspects       Field = "aspects"
	FieldData          Field = "data"
	FieldSubjects      Field = "subjects"
	FieldCount         Field = "count"
	FieldActions       Field = "actions"
	FieldOngoing       Field = "ongoing"
	FieldSubjectsAware Field = "subjects_aware"
	FieldOthersAware   Field = "others_aware"
	FieldNearMiss      Field = "near_miss"
	FieldFiles         Field = "files"

	FieldSeverity     Field = "severity"
	FieldPersonalData Field = "personal_data"
	FieldCapacity     Field = "capacity"
	FieldReason       Field = "reason"

	FieldAware        Field = "aware"
	FieldAwareReason  Field = "aware_reason"
	FieldAwareFrom    Field = "aware_from" // which reading of awareness, when deciding
	FieldProcessor    Field = "processor_told"
	FieldOrder        Field = "order"
	FieldDetectedPass Field = "detected_pass"
	FieldAwarePass    Field = "aware_pass"

	FieldLikelihood   Field = "likelihood"
	FieldEffect       Field = "effect"
	FieldEvidence     Field = "evidence"
	FieldVulnerable   Field = "vulnerable"
	FieldException    Field = "exception"
	FieldLift         Field = "lift_floor"
	FieldHighRisk     Field = "high_risk"
	FieldConsequences Field = "consequences"

	FieldRegulator    Field = "regulator" // whether to notify; its reason is FieldReason
	FieldPeople       Field = "people"    // whether to tell them
	FieldPeopleReason Field = "people_reason"

	FieldAdvice      Field = "advice"
	FieldGround      Field = "ground"
	FieldDelay       Field = "delay"
	FieldDelayReason Field = "delay_reason"

	FieldSentAt    Field = "sent_at"
	FieldSentPass  Field = "sent_pass"
	FieldMethod    Field = "method"
	FieldReference Field = "reference"
	FieldWords     Field = "words" // to search for; no command has them
	FieldComplete  Field = "complete"
	FieldRecipient Field = "recipient"

	FieldNote      Field = "note"
	FieldComment   Field = "comment"
	FieldQuestion  Field = "question"
	FieldAnswer    Field = "answer"
	FieldDue       Field = "due"
	FieldRole      Field = "role"
	FieldUser      Field = "user"
	FieldRootCause Field = "root_cause"
	FieldSummary   Field = "summary"

	FieldContainSteps   Field = "contain_steps"
	FieldContainSystems Field = "contain_systems"
	FieldContainment    Field = "containment"
	FieldContainedAt    Field = "contained_at"
	FieldCertainty      Field = "certainty"
	FieldOrigin         Field = "origin"
	FieldSystems        Field = "systems"
	FieldThirdParties   Field = "third_parties"
	FieldRecords        Field = "records"
	FieldRecovery       Field = "recovery"
	FieldReviewWhat     Field = "review_what"
	FieldImpact         Field = "impact"
	FieldWentWell       Field = "went_well"
	FieldSlowed         Field = "slowed"
	FieldDocuments      Field = "documents"
	FieldRiskRegister   Field = "risk_register"
	FieldPublic         Field = "public"
	FieldAction         Field = "action"
	FieldOther          Field = "other"
	FieldDuplicate      Field = "duplicate"
	FieldRecipients     Field = "recipients"
	FieldVerdict        Field = "verdict"
	FieldWithdraw       Field = "withdraw"

	FieldSpecialCategory  Field = "special_category"
	FieldVulnerablePeople Field = "vulnerable_people"
	FieldIdentifiable     Field = "identifiable"
	FieldUnintelligible   Field = "unintelligible"
	FieldCopyHeld         Field = "copy_held"
	FieldDisruption       Field = "service_disruption"
	FieldExposedTo        Field = "exposed_to"
	FieldExfiltrated      Field = "exfiltrated"
	FieldRecovered        Field = "recovered"
	FieldMalicious        Field = "malicious"
	FieldHarmReported     Field = "harm_reported"
	FieldRead             Field = "read"
	FieldAssurance        Field = "assurance"
	FieldConnected        Field = "connected"
	FieldLawfullyPublic   Field = "lawfully_public"
	FieldWrongDataUsed    Field = "wrong_data_used"
	FieldInDanger         Field = "in_danger"
	FieldCustomersMustAct Field = "customers_must_act"
	FieldPatientSafety    Field = "patient_safety"
	FieldSlackUnsafe      Field = "slack_unsafe"
	FieldUnsure           Field = "unsure"
	FieldDeceased         Field = "deceased"
	FieldApplies          Field = "applies" // several of these in one question

	FieldWhy Field = "why" // why a grading differs from the one suggested
)
