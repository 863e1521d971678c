package workflow_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"
)

func TestEveryStatementOfLawNamesItsSourceAndWhenItWasChecked(t *testing.T) {
	t.Parallel()
	seen := map[StatementKey]bool{}
	for _, s := range Statements {
		if seen[s.Key] || s.Key == "" {
			t.Errorf("key %q is empty or used twice", s.Key)
		}
		seen[s.Key] = true
		if s.Text == "" || s.Source == "" || !strings.HasSuffix(s.Text, ".") || strings.HasSuffix(s.Source, ".") {
			t.Errorf("%s: %q, from %q", s.Key, s.Text, s.Source)
		}
		if s.Verified() == (s.With != "") {
			t.Errorf("%s: whom to ask is said exactly while it is not verified", s.Key)
		}
		if s.Verified() && s.CheckedOn() == "" {
			t.Errorf("%s: checked on %q, which is no day", s.Key, s.Checked)
		}
		if u, err := url.Parse(s.URL); err != nil || s.URL != "" && u.Host == "" {
			t.Errorf("%s: %q is no address", s.Key, s.URL)
		}
	}
	if _, ok := DefaultRules().Law("hearsay"); ok {
		t.Error("there is a statement nobody made")
	}
}

func TestEveryDutyClockOfLawAndRouteHasAStatement(t *testing.T) {
	t.Parallel()
	used := func(what string, keys []StatementKey) {
		t.Helper()
		for _, k := range keys {
			if _, ok := DefaultRules().Law(k); !ok {
				t.Errorf("%s rests on %q, which is no statement", what, k)
			}
		}
	}
	for _, d := range Duties {
		if len(d.Law) == 0 {
			t.Errorf("%s rests on nothing", d.Recipient)
		}
		used(string(d.Recipient), d.Law)
	}
	ofLaw := []ClockName{ClockRegulator, ClockController, ClockPECR, ClockNIS, ClockFollowUp}
	for _, n := range ClockNames() {
		if len(n.Law()) > 0 != slices.Contains(ofLaw, n) {
			t.Errorf("%s: %v", n, n.Law())
		}
		used(string(n), n.Law())
	}
	for _, o := range Nations {
		r := DefaultRules()
		r.Nation, r.EssentialService = o.Value, true
		for _, l := range r.Route() {
			used(l.Text, l.Law)
			if len(l.Law) == 0 && !strings.HasPrefix(l.Text, "If the tool is not available") {
				t.Errorf("%s: %q rests on nothing", o.Value, l.Text)
			}
		}
	}
}

func TestEachNationHasItsOwnRecipients(t *testing.T) {
	t.Parallel()
	own := map[Nation][]Recipient{
		England: {DHSC, CQC}, Scotland: {ScottishGovernment, CareScotland}, Wales: {WelshGovernment, CareWales}, NorthernIreland: {HealthNI, CareNI},
	}
	var all []Recipient
	for _, to := range own {
		all = append(all, to...)
	}
	for nation, mine := range own {
		s := upTo(t, StepReported)
		s.rules.Nation = nation
		c := s.triaging(3)
		c.Known.PatientSafety = Yes
		s.do(igLead, c).assess(5, 5)
		for _, to := range all {
			d := s.rules.Duty(s.inc, to)
			if got := d.Recipient != ""; got != slices.Contains(mine, to) {
				t.Errorf("%s has %s: %v", nation, to, got)
			}
			care := slices.Contains([]Recipient{CQC, CareScotland, CareWales, CareNI}, to)
			if d.Recipient != "" && care && d.Stand != DutyOpen {
				t.Errorf("%s: %s is %s although patients are concerned", nation, to, d.Stand)
			}
		}
		if nation != England {
			s.refused(dpo, Decide{Recipient: DHSC, Verdict: Notify, Reason: "The grid says so."}, ErrInvalid, FieldRecipient)
		}
	}
	s := upTo(t, StepAssessed)
	s.rules.Nation = Scotland
	if d := s.rules.Duty(s.inc, ScottishGovernment); d.Stand != DutyNotAsked {
		t.Errorf("nothing is reported yet: %s", d.Stand)
	}
	if d := s.decide(Regulator, Notify).rules.Duty(s.inc, ScottishGovernment); d.Stand != DutyOpen || d.Cause != CauseRegulatorTold {
		t.Errorf("the regulator is to be told: %+v", d)
	}
}

func TestAnAnswerStaysValidWhereTheRecipientDoesNotExist(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported)
	c := s.triaging(3)
	c.Known.PatientSafety = Yes
	s.do(igLead, c).do(igLead, Decide{Recipient: CQC, Verdict: DoNotNotify, Reason: "Not on the list."})
	s.rules.Nation = Wales // what the journal holds is older than the setting
	d := s.rules.Duty(s.inc, CQC)
	if d.Stand != DutyNotNeeded || d.Owed() || d.Cause != "" || d.Label == "" {
		t.Errorf("%+v", d)
	}
	s.do(igLead, Decide{Recipient: CQC, Verdict: Notify, Reason: "It is, after all.", Supersedes: s.inc.Latest(CQC).Seq}).send(CQC)
	if d := s.rules.Duty(s.inc, CQC); d.Stand != DutySent {
		t.Errorf("%+v", d)
	}
}

func TestThePoliceAreAskedAboutForIntentAndForDanger(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported)
	c := s.triaging(3)
	c.Known.InDanger = Yes
	s.do(igLead, c)
	d := s.rules.Duty(s.inc, Police)
	if d.Stand != DutyOpen || d.Cause != CauseDanger || d.Cause.Label() == "" {
		t.Errorf("%+v", d)
	}
	if !strings.Contains(d.Hint, "s. 170") || !strings.Contains(d.Hint, "tell the ICO, which prosecutes it") || !strings.Contains(d.Hint, "Report Fraud") {
		t.Error(d.Hint)
	}
	s.rules.Nation = Scotland
	if d := s.rules.Duty(s.inc, Police); strings.Contains(d.Hint, "Report Fraud") || slices.Contains(d.Law, LawReportFraud) {
		t.Errorf("Report Fraud is not for Scotland: %s", d.Hint)
	}
	s.rules.Nation = England
	if d := s.rules.Duty(s.inc, CQC); d.Stand != DutyNotAsked {
		t.Errorf("CQC: %+v", d)
	}
	s.do(igLead, Decide{Recipient: Police, Verdict: Notify, Reason: "A threat."})
	if d := s.rules.Duty(s.inc, CQC); d.Stand != DutyOpen || d.Cause != CausePolice {
		t.Errorf("what is reported to the police may be on the CQC's list: %+v", d)
	}
}

func TestOtherLawsAreAskedAboutOnlyWhereTheOrganisationIsBound(t *testing.T) {
	t.Parallel()
	for to, clock := range map[Recipient]ClockName{PECR: ClockPECR, NIS: ClockNIS} {
		s := upTo(t, StepReported).work()
		c := s.triaging(3)
		c.Known.Category = "ransomware"
		s.do(igLead, c)
		if d := s.rules.Duty(s.inc, to); d.Recipient != "" {
			t.Errorf("%s is asked about: %+v", to, d)
		}
		if _, ok := s.rules.Clock(s.inc, clock); ok {
			t.Errorf("%s: there is a clock", to)
		}
		s.rules.CommunicationsProvider, s.rules.EssentialService = true, true
		d := s.rules.Duty(s.inc, to)
		if d.Stand != DutyOpen || d.Cause == "" || strings.ContainsAny(d.Hint, "{}") {
			t.Errorf("%s: %+v", to, d)
		}
		got, ok := s.rules.Clock(s.inc, clock)
		if start, _ := s.inc.Times.Start(); !ok || !got.Running() || !got.Deadline.Equal(start.Add(72*time.Hour)) {
			t.Errorf("%s: %+v", to, got)
		}
		if !slices.ContainsFunc(s.plan(), func(t Task) bool { return t.Kind == KindRemind && t.ClockOf() == clock }) {
			t.Errorf("%s: nobody is reminded", to)
		}
		s.do(dpo, Decide{Recipient: to, Verdict: Notify, Reason: "We are bound."}).send(to)
		if got, _ := s.rules.Clock(s.inc, clock); got.State != ClockMet {
			t.Errorf("%s: %+v", to, got)
		}
	}
	s := upTo(t, StepTriaged)
	s.rules.EssentialService = true
	if d := s.rules.Duty(s.inc, NIS); d.Stand != DutyNotAsked {
		t.Errorf("a letter that went astray stops no service: %+v", d)
	}
	for nation, authority := range map[Nation]string{England: "Department of Health", Scotland: "Scottish Health Competent Authority", Wales: "Welsh Ministers", NorthernIreland: "Department of Finance"} {
		s.rules.Nation = nation
		if d := s.rules.Duty(s.inc, NIS); !strings.Contains(d.Hint, authority) || len(d.Law) != 2 {
			t.Errorf("%s: %s %v", nation, d.Hint, d.Law)
		}
	}
}

// What an organisation has checked itself is no longer shown as not verified,
// and says who checked it. In the route its own words take the place of ours.
func TestAnOrganisationMayCheckAStatementItself(t *testing.T) {
	t.Parallel()
	rules := DefaultRules()
	rules.OwnChecks = map[StatementKey]OwnCheck{LawTelephone: {Day: "2027-01-05", Words: "The ICO answers the telephone until 4pm."}, LawNISWales: {Day: "2027-01-06"}}
	if s, ok := rules.Law(LawTelephone); !ok || s.Text != "The ICO answers the telephone until 4pm." || s.CheckedOn() != "5 January 2027" || s.Source != "checked by us" {
		t.Errorf("%+v", s)
	}
	as, _ := DefaultRules().Law(LawNISWales)
	if s, _ := rules.Law(LawNISWales); s.Text != as.Text || as.Verified() || !s.Verified() {
		t.Errorf("%+v", s)
	}
	said := false
	for _, line := range rules.Route() {
		said = said || strings.HasPrefix(line.Text, "The ICO answers the telephone until 4pm. Outside these hours")
	}
	if !said {
		t.Errorf("%+v", rules.Route())
	}
}
