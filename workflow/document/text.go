package document

import (
	"fmt"
	"io"
	"strings"
	"time"

	"breachbot/workflow"
)

// RegisterText writes the register for reading on a screen: for each incident,
// the columns that hold something, each on its own line.
func RegisterText(w io.Writer, entries []workflow.Entry, zone *time.Location) error {
	if len(entries) == 0 {
		_, err := fmt.Fprintln(w, "No incidents recorded yet")
		return err
	}
	for _, e := range entries {
		for _, c := range registerColumns(zone) {
			if cell := c.cell(e); cell != "" {
				if _, err := fmt.Fprintf(w, "%-34s %s\n", c.header, strings.Join(strings.Fields(cell), " ")); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
