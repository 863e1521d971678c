package document

import (
	"strconv"
	"strings"

	"breachbot/workflow"
)

// Columns about the response: containment, investigation, recovery, the other
// recipients and the review. They are empty while there is nothing to show.

func ofResponse(header string, cell func(workflow.Response) string) column {
	return columnsOf("", func(e workflow.Entry) *workflow.Response { return e.Response })(header, cell)
}

func responseColumns() []column {
	type response = workflow.Response
	contained := func(header string, cell func(workflow.ContainmentRecord) string) column {
		return ofResponse(header, func(r response) string {
			if r.Containment == nil {
				return ""
			}
			return cell(*r.Containment)
		})
	}
	found := func(header string, cell func(workflow.Investigation) string) column {
		return ofResponse(header, func(r response) string {
			if r.Investigation == nil {
				return ""
			}
			return cell(*r.Investigation)
		})
	}
	type containment = workflow.ContainmentRecord
	type investigation = workflow.Investigation
	return []column{
		ofResponse("Linked incidents", func(r response) string {
			return join(r.Links, func(l workflow.Link) string { return string(l.Other) })
		}),
		ofResponse("Duplicate of", func(r response) string { return string(r.Duplicate) }),
		contained("Containment", func(c containment) string { return c.State.Label() }),
		contained("Containment steps", func(c containment) string { return labels(c.Steps) }),
		contained("Evidence of containment", func(c containment) string { return c.Evidence }),
		ofResponse("Contained (UTC)", func(r response) string { return utc(r.Contained) }),
		found("Cause found", func(v investigation) string { return v.Findings.Cause }),
		found("How certain the cause is", func(v investigation) string { return v.Findings.Certainty.Label() }),
		found("Where the cause lies", func(v investigation) string { return v.Findings.Origin.Label() }),
		ofResponse("Systems and data", func(r response) string {
			if v := r.Investigation; v != nil && v.Findings.Systems != "" {
				return v.Findings.Systems
			}
			return r.Systems
		}),
		found("Third parties", func(v investigation) string { return v.Findings.ThirdParties }),
		found("Number of records", func(v investigation) string { return number(v.Findings.Records) }),
		ofResponse("Recovered (UTC)", func(r response) string { return utc(r.Recovered) }),
	}
}

// dutyColumns have one column for each recipient other than the two core ones:
// what was decided, why, by whom, and what was sent.
func dutyColumns() []column {
	var columns []column
	for _, d := range workflow.Duties {
		if d.Recipient.Core() {
			continue
		}
		columns = append(columns, column{d.Label, func(e workflow.Entry) string { return answered(e.Duty(d.Recipient)) }})
	}
	return columns
}

func answered(a workflow.Answered) string {
	var lines []string
	if d := a.Decision; d != nil {
		line := verdict(d.Verdict) + ", decided by " + string(d.By)
		if d.Role != "" {
			line += " as " + d.Role.Name()
		}
		lines = append(lines, line+" "+utc(d.At))
		if d.Reason != "" {
			lines = append(lines, "Reason: "+d.Reason)
		}
	}
	if n := a.Sent; n != nil {
		line := "Sent " + utc(n.SentAt) + ": " + n.Method.Label()
		if n.Reference != "" {
			line += ", reference " + n.Reference
		}
		lines = append(lines, line)
	}
	if a.Withdrawn {
		lines = append(lines, "Since withdrawn")
	}
	return strings.Join(lines, "\n")
}

func reviewColumns() []column {
	reviewed := func(header string, cell func(workflow.ReviewFindings) string) column {
		return ofResponse(header, func(r workflow.Response) string {
			if r.Review == nil {
				return ""
			}
			return cell(r.Review.Findings)
		})
	}
	type findings = workflow.ReviewFindings
	return []column{
		ofResponse("Reviewed (UTC)", func(r workflow.Response) string {
			if r.Review == nil {
				return ""
			}
			return utc(r.Review.At)
		}),
		reviewed("Review: what happened", func(f findings) string { return f.What }),
		reviewed("Review: impact", func(f findings) string { return f.Impact }),
		reviewed("Review: root cause", func(f findings) string { return f.RootCause }),
		reviewed("Review: what went well", func(f findings) string { return f.WentWell }),
		reviewed("Review: what slowed us", func(f findings) string { return f.Slowed }),
		reviewed("Review: documents to change", func(f findings) string { return f.Documents }),
		reviewed("Review: lesson for the risk register", func(f findings) string { return f.RiskRegister }),
		reviewed("Approved for the published register", func(f findings) string { return f.Public }),
		ofResponse("Corrective actions open", func(r workflow.Response) string { return strconv.Itoa(r.ActionsOpen) }),
		ofResponse("Corrective actions done", func(r workflow.Response) string { return strconv.Itoa(r.ActionsDone) }),
	}
}
