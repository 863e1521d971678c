package view

import (
	"maps"
	"slices"
	"strings"
)

func sorted[K ~string, V any](m map[K]V) []string {
	var keys []string
	for k := range maps.Keys(m) {
		keys = append(keys, string(k))
	}
	slices.Sort(keys)
	return keys
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
