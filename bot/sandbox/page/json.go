package page

import "fmt"

// obj is a JSON object. What is in the wrong place reads as if it were not there.
type obj = map[string]any

func str(v any) string { s, _ := v.(string); return s }

func asObj(v any) obj { o, _ := v.(map[string]any); return o }

func asList(v any) []any { l, _ := v.([]any); return l }

// textIn is what a text object says.
func textIn(object any) string { return str(asObj(object)["text"]) }

// plural says how many, with the noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
