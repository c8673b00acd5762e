// Package walk helps tests to find settings that are silently ignored: it
// changes the keys of a document one by one and compares the outcomes.
package walk

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/config"
)

// Result is what a walk has found.
type Result struct {
	Silent           []string // keys for which other values were accepted and changed nothing
	Changed, Refused int      // keys that changed something, values that were refused
}

// Keys sets each key of a document for which in returns true to other values,
// until one of them changes the outcome. try returns the outcome with
// assignments such as "seed=3", or the error if they are refused; without
// assignments it must return no error. known describes the keys.
func Keys(doc *config.Document, known []config.KeyInfo, in func(path string) bool, try func(sets ...string) (string, error)) (Result, error) {
	want, err := try()
	if err != nil {
		return Result{}, err
	}
	enums := map[string][]string{}
	for _, k := range known {
		if k.Enum != nil {
			enums[k.Path] = k.Enum
		}
	}
	var r Result
	for _, path := range doc.Leaves() {
		if !in(path) {
			continue
		}
		text, _ := doc.Text(path)
		accepted, changed := false, false
		for _, value := range others(text, enums[general(path)]) {
			got, err := try(path + "=" + value)
			if err != nil {
				r.Refused++
				continue
			}
			accepted = true
			if changed = got != want; changed {
				r.Changed++
				break
			}
		}
		if accepted && !changed {
			r.Silent = append(r.Silent, path)
		}
	}
	return r, nil
}

var elementOf = regexp.MustCompile(`\[\d+\]`)

// general returns the path of a key as in the reference.
func general(path string) string {
	words := strings.Split(elementOf.ReplaceAllString(path, "[]"), ".")
	if len(words) > 1 && slices.Contains([]string{"neurons", "populations", "inputs", "data"}, words[0]) {
		words[1] = "<name>"
	}
	if len(words) > 3 && (words[2] == "ports" || words[2] == "to") {
		words[3] = "<name>"
	}
	return strings.Join(words, ".")
}

// others returns other values of a setting.
func others(text string, enum []string) []string {
	if enum != nil {
		return slices.DeleteFunc(slices.Clone(enum), func(s string) bool { return s == text })
	}
	switch text {
	case "true":
		return []string{"false"}
	case "false":
		return []string{"true"}
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		var all []string
		for _, y := range []float64{x + 1, x / 2, x*0.5 + 0.01} {
			if y != x {
				all = append(all, strconv.FormatFloat(y, 'g', -1, 64))
			}
		}
		return all
	}
	if strings.HasSuffix(text, "ms") || strings.HasSuffix(text, "us") {
		return []string{"3ms", "7ms"}
	}
	return []string{"another"}
}
