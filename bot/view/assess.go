package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

func axis(rows []workflow.Axis) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for _, a := range rows {
		out = append(out, option(strconv.Itoa(a.Value), strconv.Itoa(a.Value)+" "+a.Label, a.Means))
	}
	return out
}

func assessForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	s := d.Rules.SuggestFor(inc.Facts)
	was := s.Grading
	if a := inc.Assessment(); a != nil && a.Seq == inc.RiskVersion { // on the same facts
		was = a.Grading
	} else if was.Vulnerable == workflow.Unknown { // a person must answer this
		was.Vulnerable = ""
	}
	says := suggestion(s, d.Rules.Regulator)
	blocks := append(summary(inc, d.zone()), says[0])
	blocks = append(blocks, missingAnswers(inc, d.Rules)...)
	blocks = append(blocks, says[1:]...)
	blocks = append(blocks, gridBlocks(s.Recommendation.Cell, d.Rules)...)
	blocks = append(blocks,
		section("Grade the effect on the *people affected*, not on the organisation. However many there are, the effect is that on each of them. With many people it is likelier that one of them is harmed."),
		sources(d.Rules, workflow.LawRisk, workflow.LawGrid),
		input{field: workflow.FieldLikelihood, label: "How likely is harm to them?", element: radio(axis(workflow.Likelihoods), strconv.Itoa(was.Cell.Likelihood))}.block(),
		input{field: workflow.FieldEffect, label: "How bad would the effect be?", element: radio(axis(workflow.Effects), strconv.Itoa(was.Cell.Effect))}.block(),
		input{field: workflow.FieldEvidence, label: "What is the evidence?", optional: true, element: area(workflow.MaxText),
			hint: "For example: the recipient confirmed in writing that it was destroyed unread; an audit trail shows no access."}.block(),
		input{field: workflow.FieldVulnerable, label: "Vulnerable people or specially protected data?", element: radio(options(workflow.Answers), string(was.Vulnerable)),
			hint: "Children, vulnerable adults; convictions, mental or sexual health, communicable diseases. \"Not known\" counts as yes."}.block(),
		input{field: workflow.FieldException, label: "Does containment lower the risk?", optional: true, element: pick(options(workflow.Exceptions), string(was.Exception))}.block(),
	)
	if d.Rules.MayGive(workflow.CommandDecide, inc, d.By) || d.By.Holds(inc, workflow.RoleDPO, workflow.RoleDeputy) {
		blocks = append(blocks, input{field: workflow.FieldLift, label: "Floor for vulnerable people", optional: true,
			hint:    "Only for the DPO or deputy. Say in the evidence why it is contained.",
			element: ticks([]*slack.OptionBlockObject{option("yes", "It is contained: lift the floor", "")})}.block())
	}
	blocks = append(blocks,
		input{field: workflow.FieldHighRisk, label: "Is a high risk to people likely?", element: radio(options(workflow.Answers), string(was.HighRisk)),
			hint: "This decides whether they must be told (UK GDPR Art. 34). It is asked every time."}.block(),
		input{field: workflow.FieldWhy, label: "Why is this different from the suggestion?", optional: true, element: area(workflow.MaxText),
			hint: "Needed when your likelihood, effect or answer about high risk differs from what the rules suggest."}.block(),
		input{field: workflow.FieldConsequences, label: "Likely consequences for them", optional: true, element: area(workflow.MaxText),
			hint: "For example: distress, scams, care affected."}.block(),
	)
	return modal(FormAssess, "Assess the risk", "Save assessment", m, blocks...)
}

func parseAssess(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	likelihood, _ := strconv.Atoi(v.choice(workflow.FieldLikelihood))
	effect, _ := strconv.Atoi(v.choice(workflow.FieldEffect))
	return workflow.Assess{
		Facts: m.Facts,
		Grading: workflow.Grading{
			Cell:       workflow.Cell{Likelihood: likelihood, Effect: effect},
			Evidence:   v.text(workflow.FieldEvidence),
			Vulnerable: workflow.Answer(v.choice(workflow.FieldVulnerable)),
			Exception:  workflow.Exception(v.choice(workflow.FieldException)),
			LiftFloor:  v.ticked(workflow.FieldLift, "yes"),
			HighRisk:   workflow.Answer(v.choice(workflow.FieldHighRisk)),
		},
		Consequences: v.text(workflow.FieldConsequences),
		Why:          v.text(workflow.FieldWhy),
	}, nil
}

// Result explains to the person who assessed the risk what the grid advises. It does
// not repeat what they have just typed.
func Result(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	v := notice("Assessment saved", "*"+string(inc.ID)+"* · "+escape(headline(inc.Assessment().Recommendation, rules.Regulator)))
	v.Blocks.BlockSet = append(v.Blocks.BlockSet, gridBlocks(inc.Assessment().Recommendation.Cell, rules)...)
	v.Blocks.BlockSet = append(v.Blocks.BlockSet, because(inc.Assessment().Recommendation)...)
	v.Blocks.BlockSet = append(v.Blocks.BlockSet, suggested(inc.Assessment())...)
	return practiceModal(inc, v)
}

// headline is the recommendation in one line.
func headline(r workflow.Recommendation, regulator string) string {
	switch r.Scope {
	case workflow.ScopeProcessor:
		return "Advice: tell the controller without undue delay. Whether to tell the " + regulator + " and the people affected is the controller's question, not ours."
	case workflow.ScopeDeceased:
		return "Advice: record only. It is about people who have died, so data protection law asks for no notification. Confidentiality may still be owed: ask the Caldicott Guardian."
	}
	s := "Advice: no notification to the " + regulator
	if r.Regulator {
		s = "Advice: notify the " + regulator
		if r.ByLaw {
			s += " by the law's test, although the grid alone would not"
		}
		if r.DHSC {
			s += " and the Department of Health and Social Care"
		}
	}
	switch r.Subjects {
	case workflow.Yes:
		s += "; tell the people affected"
	case workflow.No:
		s += "; telling the people affected is not required"
	default:
		s += "; whether to tell the people affected is still open"
	}
	return s + "."
}

// because lists the reasons for a recommendation. They are our own sentences.
func because(r workflow.Recommendation) []slack.Block {
	b := []string{"*Why*"}
	b = append(b, bullets(r.Reasons)...)
	if len(r.WouldChange) > 0 {
		b = append(b, "*What would change it*")
		b = append(b, bullets(r.WouldChange)...)
	}
	if len(r.Warnings) > 0 {
		b = append(b, "*Please look at this again*")
		b = append(b, bullets(r.Warnings)...)
	}
	return []slack.Block{
		section(strings.Join(b, "\n")),
		small("Graded " + escape(r.Cell.String()) + " (score " + strconv.Itoa(r.Cell.Score()) + ", shown for information only), on the facts of " + when(r.FactsAt) + "."),
	}
}

func bullets(items []string) []string {
	var out []string
	for _, s := range items {
		out = append(out, "• "+escape(s))
	}
	return out
}
