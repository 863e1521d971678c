package workflow

import (
	"reflect"
	"slices"
	"time"
)

// commandRow is all there is to know about a command except its form: which
// steps it may start from, who may give it, where it may lead, how it is
// refused, and what decides it.
type commandRow struct {
	name    CommandName
	from    []Step
	to      map[Step][]Step // where it may lead from there, other than staying
	by      who
	refusal string // why not from another step
	handle  handler
	// erased marks commands that may be given even after the incident's words
	// were erased.
	erased bool
}

// who may give a command.
type who struct {
	roles []Role // empty: anybody of the organisation, or breachbot itself
	// decides marks what the DPO or deputy decides: never about their own
	// report, and a stand-in decides when neither can.
	decides bool
}

var (
	anybody     = who{}
	those       = who{roles: handlers}
	alsoOwn     = who{roles: append([]Role{RoleReporter}, handlers...)}
	ownReport   = who{roles: []Role{RoleReporter}}
	whoDecides  = who{roles: deciders, decides: true}
	whoReopens  = who{roles: []Role{RoleDPO, RoleDeputy, RoleIGLead, RoleCaldicott, RoleLead}}
	dpoOrDeputy = who{roles: deciders} // even about their own report
)

// handler decides the commands of a row.
type handler struct {
	takes  []reflect.Type // of the commands it decides
	decide func(r Rules, inc *Incident, c Command, by Actor, now time.Time) ([]Event, error)
}

// on handles the commands of one type.
func on[C Command](f func(Rules, *Incident, C, Actor, time.Time) ([]Event, error)) handler {
	return handler{[]reflect.Type{reflect.TypeFor[C]()}, func(r Rules, inc *Incident, c Command, by Actor, now time.Time) ([]Event, error) {
		mine, ok := c.(C)
		if !ok {
			return nil, errNoSuchCommand
		}
		return f(r, inc, mine, by, now)
	}}
}

// or handles the commands of another handler as well: two types may be one
// command to the people who give them.
func (h handler) or(other handler) handler {
	return handler{append(slices.Clip(h.takes), other.takes...), func(r Rules, inc *Incident, c Command, by Actor, now time.Time) ([]Event, error) {
		if slices.Contains(other.takes, reflect.TypeOf(c)) {
			return other.decide(r, inc, c, by, now)
		}
		return h.decide(r, inc, c, by, now)
	}}
}

var errNoSuchCommand = conflict("That cannot be done.")

var (
	open       = []Step{StepReported, StepTriaged, StepAssessed, StepTheirs, StepDecided, StepNotified, StepResolved}
	active     = []Step{StepReported, StepTriaged, StepAssessed, StepTheirs, StepDecided, StepNotified}
	whenever   = append(slices.Clone(open), StepClosed, StepDismissed, StepDuplicate)
	undecided  = []Step{StepReported, StepTriaged, StepAssessed, StepTheirs, StepDecided} // nothing was sent yet
	assessed   = []Step{StepAssessed, StepTheirs, StepDecided, StepNotified, StepResolved}
	withReview = append(slices.Clone(open), StepClosed)
)

// each leads from every one of the steps to a single step.
func each(from []Step, to Step) map[Step][]Step {
	m := map[Step][]Step{}
	for _, s := range from {
		m[s] = []Step{to}
	}
	return m
}

// Whether a command may still be given after the incident's words were erased.
const (
	withWords = false
	erasedToo = true
)

const (
	noSuchIncident = "There is no such incident."
	isFinished     = "This incident is finished. It can be reopened, with a reason."
	noReview       = "This incident has ended without a review. It can be reopened, with a reason."
)

// commandRows is the one table of what may follow what. Gates are few: facts
// and grading may come in any order and again, deciding needs an assessment,
// resolving needs the decisions, closing needs a resolution. A new grading of
// the risk makes the decision fall back to pending.
var commandRows []commandRow

func init() { // not at the declaration: handlers ask who may, which looks here
	commandRows = []commandRow{
		{CommandReport, []Step{StepNone}, map[Step][]Step{StepNone: {StepReported}}, anybody,
			"This has already been reported.", on(Rules.report), withWords},
		{CommandCorrectTimes, open, nil, alsoOwn,
			"The times of a finished incident cannot be changed. It can be reopened, with a reason.", on(Rules.correctTimes), withWords},
		{CommandTriage, active, map[Step][]Step{StepReported: {StepTriaged}, StepAssessed: {StepTheirs}, StepTheirs: {StepAssessed}, StepDecided: {StepAssessed, StepTheirs}}, those,
			"This incident is past triage. It can be reopened, with a reason.", on(Rules.triage), withWords},
		{CommandAssess, active, map[Step][]Step{StepReported: {StepAssessed, StepTheirs}, StepTriaged: {StepAssessed, StepTheirs}, StepDecided: {StepAssessed, StepTheirs}}, those,
			"This incident is past assessment. It can be reopened, with a reason.", on(Rules.assess), withWords},
		{CommandDecide, assessed, map[Step][]Step{StepAssessed: {StepDecided}, StepTheirs: {StepDecided}, StepDecided: {StepAssessed, StepTheirs}}, whoDecides,
			"There is no assessment to base a decision on. Please assess the risk first. It takes a minute.", on(Rules.decide).or(on(Rules.decisions)), withWords},
		{CommandRecordNotification, assessed, map[Step][]Step{StepDecided: {StepNotified}, StepNotified: {StepAssessed, StepTheirs}}, those, // back by withdrawing it
			"There is no decision to notify yet. The DPO must decide first.", on(Rules.recordNotification), withWords},
		{CommandAddNote, whenever, nil, alsoOwn,
			noSuchIncident, on(Rules.addNote), erasedToo},
		{CommandAmend, open, map[Step][]Step{StepDecided: {StepAssessed, StepTheirs}}, ownReport,
			"The report of a finished incident cannot be changed. You can still add a note.", on(Rules.amend), withWords},
		{CommandAssignRole, open, nil, those,
			isFinished, on(Rules.assignRole), withWords},
		{CommandResolve, []Step{StepTheirs, StepDecided, StepNotified}, each([]Step{StepTheirs, StepDecided, StepNotified}, StepResolved), those,
			"Before this incident can be resolved, somebody must decide whether to notify the regulator. If the decision is to notify, the notification must be recorded as sent.", on(Rules.resolve), withWords},
		{CommandClose, []Step{StepResolved}, map[Step][]Step{StepResolved: {StepClosed}}, those,
			"Only a resolved incident can be closed.", on(Rules.close), withWords},
		{CommandDismiss, undecided, each(undecided, StepDismissed), whoDecides, // it stops the legal clock
			"This can no longer be dismissed: it has been notified, resolved or closed.", on(Rules.dismiss), withWords},
		{CommandContain, active, map[Step][]Step{StepDecided: {StepAssessed, StepTheirs}}, those,
			"This incident is past containment. It can be reopened, with a reason.", on(Rules.contain), withWords},
		{CommandInvestigate, active, map[Step][]Step{StepDecided: {StepAssessed, StepTheirs}}, those,
			"This incident is past investigation. It can be reopened, with a reason.", on(Rules.investigate), withWords},
		{CommandClarify, active, map[Step][]Step{StepAssessed: {StepTheirs}, StepTheirs: {StepAssessed}, StepDecided: {StepAssessed, StepTheirs}}, those,
			"This incident is past assessment. It can be reopened, with a reason.", on(Rules.clarify), withWords},
		{CommandRecover, active, nil, those,
			"This incident is past recovery. It can be reopened, with a reason.", on(Rules.recover), withWords},
		{CommandReview, []Step{StepResolved}, nil, those,
			"The review comes after the incident is resolved, and before it is closed.", on(Rules.review), withWords},
		{CommandAddAction, withReview, nil, those,
			noReview, on(Rules.addAction), withWords},
		{CommandFinishAction, withReview, nil, anybody, // its owner may, with or without a role
			noReview, on(Rules.finishAction), withWords},
		{CommandAnswerDuty, open, nil, those,
			isFinished, on(Rules.answerDuty).or(on(Rules.answerDuties)), withWords},
		{CommandRecordDuty, open, nil, those,
			isFinished, on(Rules.recordNotification), withWords},
		{CommandCallDeputy, active, nil, those,
			"No decision is waiting. The incident can be reopened, with a reason.", on(Rules.callDeputy), withWords},
		{CommandLinkTo, whenever, nil, those,
			noSuchIncident, on(Rules.linkTo), withWords},
		{CommandLinkBack, whenever, nil, anybody,
			noSuchIncident, on(Rules.linkBack), withWords},
		{CommandMarkDuplicate, undecided, each(undecided, StepDuplicate), whoDecides, // it stops this incident's clock
			"This can no longer be marked as a duplicate: it has been notified, resolved or closed.", on(Rules.linkTo), withWords},
		{CommandReopen, []Step{StepResolved, StepClosed, StepDismissed, StepDuplicate}, map[Step][]Step{
			StepResolved:  {StepAssessed, StepTheirs, StepDecided, StepNotified},
			StepClosed:    {StepTheirs, StepDecided, StepNotified},
			StepDismissed: {StepReported, StepTriaged, StepAssessed, StepTheirs, StepDecided},
			StepDuplicate: {StepReported, StepTriaged, StepAssessed, StepTheirs, StepDecided},
		}, whoReopens,
			"This incident is still open.", on(Rules.reopen), withWords},
		{CommandErase, []Step{StepClosed, StepDismissed, StepDuplicate}, nil, dpoOrDeputy,
			"Only a finished incident can be erased.", on(Rules.erase), withWords},
		{CommandDeliver, whenever, nil, anybody,
			noSuchIncident, on(Rules.deliver), erasedToo},
		{CommandAddEvidence, whenever, nil, alsoOwn,
			noSuchIncident, on(Rules.addEvidence), withWords},
		{CommandRecordEdit, whenever, nil, anybody,
			noSuchIncident, on(Rules.recordEdit), withWords},
		{CommandRecordMember, whenever, nil, anybody,
			noSuchIncident, on(Rules.recordMember), withWords},
		{CommandRecordShared, whenever, nil, anybody,
			noSuchIncident, on(Rules.recordShared), withWords},
		{CommandAskHelp, open, nil, those,
			isFinished, on(Rules.askHelp), withWords},
		{CommandAskDPO, open, nil, ownReport,
			"This incident is finished. You can still add a note, or telephone.", on(func(r Rules, inc *Incident, c AskDPO, by Actor, _ time.Time) ([]Event, error) {
				return r.askDPO(inc, c, by)
			}), withWords},
		{CommandGiveHelp, whenever, nil, anybody, // the person who was asked
			noSuchIncident, on(Rules.giveHelp), withWords},
	}
}

// commandRowOf is the row of a command. Nobody may give a command that has no
// row, whatever the step.
func commandRowOf(c CommandName) commandRow {
	n := slices.IndexFunc(commandRows, func(r commandRow) bool { return r.name == c })
	if n < 0 {
		return commandRow{name: c, refusal: errNoSuchCommand.Error()} // Permit refuses it from every step
	}
	return commandRows[n]
}
