package store

import (
	"context"
	"strings"

	"breachbot/workflow"
)

// findPage is how many lines are searched at a time. It limits what a search holds
// in memory, however long the register is.
const findPage = 200

// Find looks for lines that mention the filter's words, page by page, until
// there are enough. It compares here and not in SQL: the engines do not agree on
// what a capital Ŵ is, and neither may be told apart by its results. page is the
// engine's own Entries without words.
func Find(ctx context.Context, f Filter, page func(context.Context, Filter) ([]workflow.Entry, error)) ([]workflow.Entry, error) {
	words, limit := f.Words, f.Limit
	f.Words = ""
	if strings.TrimSpace(words) == "" {
		return page(ctx, f)
	}
	f.Limit = findPage
	var found []workflow.Entry
	for {
		entries, err := page(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.Mentions(words) {
				continue
			}
			if found = append(found, e); len(found) == limit {
				return found, nil
			}
		}
		if len(entries) < findPage {
			return found, nil
		}
		f.After = CursorAt(entries[len(entries)-1])
	}
}
