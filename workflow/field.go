package workflow

// Field names one input. It is also the input's block id in every form, so a
// refusal lands beside the field it is about without a map in between.
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

	FieldSeverity     Field = "severity"
	FieldPersonalData Field = "personal_data"
	FieldCapacity     Field = "capacity"
	FieldReason       Field = "reason"

	FieldAware        Field = "aware"
	FieldAwareReason  Field = "aware_reason"
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

	FieldAdvice      Field = "advice"
	FieldGround      Field = "ground"
	FieldDelay       Field = "delay"
	FieldDelayReason Field = "delay_reason"

	FieldSentAt    Field = "sent_at"
	FieldSentPass  Field = "sent_pass"
	FieldMethod    Field = "method"
	FieldReference Field = "reference"
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
)
