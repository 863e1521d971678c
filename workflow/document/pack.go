package document

import (
	"fmt"
	"io"
	"strings"

	"breachbot/workflow"
)

// Pack writes the facts a data protection officer asks for, as text for an
// email.
func Pack(w io.Writer, inc *workflow.Incident, rules workflow.Rules) error {
	_, err := io.WriteString(w, PackText(inc, rules))
	return err
}

// PackText is the pack as plain text, ready to copy.
func PackText(inc *workflow.Incident, rules workflow.Rules) string {
	var b strings.Builder
	if inc.Drill() {
		b.WriteString("DRILL: practice, not real.\n\n")
	}
	if rules.DPOContact != "" {
		fmt.Fprintf(&b, "To: %s\n", rules.DPOContact)
	}
	fmt.Fprintf(&b, "Request for advice on a data breach\n%s, reference %s\n", rules.Organisation, inc.ID)
	for _, f := range rules.Pack(inc) {
		fmt.Fprintf(&b, "\n%s\n%s\n", f.Question, f.Answer)
	}
	fmt.Fprintf(&b, "\n%s\n", workflow.RedactionReminder)
	return b.String()
}
