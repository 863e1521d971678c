package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"breachbot/workflow"
)

// Settings that the engines keep for themselves, beside those of the program.
const (
	// HomeSetting says where the database was last used. One that is elsewhere has
	// been restored from a copy, or moved.
	HomeSetting = "home"
	// RestorationsSetting is the list of restorations, as JSON.
	RestorationsSetting = "restorations"
)

// ReadRestorations reads the value of RestorationsSetting, the oldest first.
func ReadRestorations(words string) (all []workflow.Restoration, err error) {
	if words == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(words), &all); err != nil {
		return nil, fmt.Errorf("setting %s: %w", RestorationsSetting, err)
	}
	return all, nil
}

// AddRestoration adds one to the value of RestorationsSetting and gives the task to
// tell people. It gives no task when there is nothing new: the database was not
// moved, as another process has recorded, and whatever is missing was found before.
func AddRestoration(words string, r workflow.Restoration, moved bool) (now string, tell *workflow.Task, err error) {
	all, err := ReadRestorations(words)
	if err != nil {
		return "", nil, err
	}
	r.Missing = NotKnown(all, r.Missing)
	if !moved && len(r.Missing) == 0 {
		return words, nil, nil
	}
	all = append(all, r)
	list, err := json.Marshal(all)
	if err != nil {
		return "", nil, err
	}
	about := workflow.Subject{Kind: workflow.KindRestored, About: len(all)}
	return string(list), &workflow.Task{Key: about.Key(), Kind: about.Kind, Due: r.At}, nil
}

// NotKnown are those that no restoration names as missing.
func NotKnown(all []workflow.Restoration, missing []workflow.Missing) []workflow.Missing {
	return slices.DeleteFunc(slices.Clone(missing), func(m workflow.Missing) bool {
		return slices.ContainsFunc(all, func(r workflow.Restoration) bool {
			return slices.ContainsFunc(r.Missing, func(known workflow.Missing) bool { return known.ID == m.ID })
		})
	})
}

// NextNumber is the number after the last one on record, or after those that count
// as given because of a restoration, and how many are left out that way. words is
// the value of RestorationsSetting.
func NextNumber(last int, words string, series workflow.Series, year int) (n, skipped int, err error) {
	all, err := ReadRestorations(words)
	if err != nil {
		return 0, 0, err
	}
	given := last
	for _, r := range all {
		given = max(given, r.Given[workflow.Counter(series, year)])
	}
	return given + 1, given - last, nil
}
