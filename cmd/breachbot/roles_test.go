package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// One person in several roles is named in a line of their own, with who decides
// about a report of theirs. So is somebody about whose report nobody could
// decide. A practice in which everybody has one role is not warned.
func TestAPersonInSeveralRolesIsNamedWithWhatFollows(t *testing.T) {
	t.Parallel()
	type roster = map[workflow.Role][]workflow.Principal
	const dee, dan, sam = sandbox.Dee, sandbox.Dan, sandbox.Sam
	for name, tt := range map[string]struct {
		roster roster
		want   []string
	}{
		"one role each": {roster{workflow.RoleDPO: {dee}, workflow.RoleDeputy: {dan}, workflow.RoleIGLead: {sam}}, nil},
		"the DPO is also IG lead": {
			roster{workflow.RoleDPO: {dee}, workflow.RoleDeputy: {dan}, workflow.RoleIGLead: {dee}},
			[]string{dee + " is data protection officer (DPO) and information governance lead; about a report of their own decides " + dan + " (deputy DPO)"},
		},
		"the DPO is their own deputy": {
			roster{workflow.RoleDPO: {dee}, workflow.RoleDeputy: {dee}, workflow.RoleSIRO: {sam}},
			[]string{dee + " is data protection officer (DPO) and deputy DPO; about a report of their own decides " + sam + " (senior information risk owner (SIRO))"},
		},
		"one person is everything": {
			roster{workflow.RoleDPO: {dee}, workflow.RoleDeputy: {dee}, workflow.RoleSIRO: {dee}, workflow.RoleCaldicott: {dee}},
			[]string{dee + " is data protection officer (DPO) and deputy DPO and Caldicott Guardian and senior information risk owner (SIRO); nobody could decide about a report of their own: name somebody else in BREACHBOT_DEPUTY_DPO or BREACHBOT_SIRO"},
		},
		"a DPO and nobody else": {
			roster{workflow.RoleDPO: {dee}},
			[]string{dee + " is data protection officer (DPO); nobody could decide about a report of their own: name somebody else in BREACHBOT_DEPUTY_DPO or BREACHBOT_SIRO"},
		},
		"two people, a line each; who is in a group only Slack knows": {
			roster{workflow.RoleDPO: {dee}, workflow.RoleDeputy: {dan}, workflow.RoleIGLead: {dee, "S0GROUP"}, workflow.RoleResponder: {dan, "S0GROUP"}},
			[]string{
				dee + " is data protection officer (DPO) and information governance lead; about a report of their own decides " + dan + " (deputy DPO and responder)",
				dan + " is deputy DPO and responder; about a report of their own decides " + dee + " (data protection officer (DPO) and information governance lead)",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules := workflow.DefaultRules()
			rules.Roster = tt.roster
			var got []string
			for _, o := range ownReports(rules) {
				got = append(got, o.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// serve warns of them when it starts, and serves.
func TestServeWarnsOfSeveralRoles(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	env["BREACHBOT_IG_LEAD"], env["BREACHBOT_DEPUTY_DPO"] = env["BREACHBOT_DPO"], sandbox.Dan
	s := begin(t, env)
	s.says(t, "one person has several roles", "about a report of their own decides "+sandbox.Dan+" (deputy DPO)", `"msg":"serving"`)
	if code := s.stop(); code != exitOK || strings.Count(s.said.String(), "several roles") != 1 {
		t.Errorf("exit code %d\n%s", code, s.said)
	}
}
