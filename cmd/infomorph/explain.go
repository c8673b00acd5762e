package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"infomorph/internal/config"
	"infomorph/scenarios"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
)

// exitCodes explains the exit codes of the program.
var exitCodes = map[string]string{
	"0":   "done: the run was completed and every expectation was met",
	"1":   "failed: the run could not be completed (disk full, a lost peer, …); results so far are valid, and manifest.json gives the reason",
	"2":   "bad input: the command line, the scenario or a file that it names is wrong; nothing was run and nothing was written",
	"3":   "an expectation was not met; all results were written, and the table shows which expectation it was",
	"130": "interrupted (Ctrl-C or SIGTERM); results so far are valid",
}

func newExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain WORD",
		Short: "Explain a key of scenario files, a score, a measure or an exit code",
		Example: "  infomorph explain neuron.learning.rate\n" +
			"  infomorph explain recall.mean_overlap\n  infomorph explain 3",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := explain(args[0])
			if err != nil {
				return badInput(err)
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), text)
			return err
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return explainable(), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// explain looks a word up in everything that has an explanation.
func explain(word string) (string, error) {
	if text, ok := exitCodes[strings.TrimPrefix(word, "exit-")]; ok {
		return fmt.Sprintf("exit code %s\n  %s\n", strings.TrimPrefix(word, "exit-"), text), nil
	}
	word = language.CurrentScore(word)
	text, keyErr := scenarios.Explain(word)
	score, sure := explainScore(word)
	switch {
	case keyErr == nil && score != "" && sure:
		return text + "\n" + score, nil
	case keyErr == nil:
		return text, nil
	case score != "" && (sure || config.Closest(word, explainable()) == ""):
		return score, nil //nolint:nilerr // it is a score and not a key
	}
	if near := closestWord(word); near != "" && !strings.Contains(keyErr.Error(), "did you mean") {
		return "", fmt.Errorf("%s: neither a key, a score nor an exit code; did you mean %s?", word, near)
	}
	return "", keyErr
}

// explainScore explains a score. It returns "" if there is none of this name. It is not
// sure of a score NAME.what of a measure if NAME is not the kind of the measure.
func explainScore(word string) (text string, sure bool) {
	var b strings.Builder
	name, _, _ := strings.Cut(word, ".")
	sure = true
	for _, d := range scenarios.ExplainScore(word) {
		switch d.Kind {
		case "":
			fmt.Fprintf(&b, "%s: score\n", word)
		case name:
			fmt.Fprintf(&b, "%s: score of a measure of the kind %s\n", word, d.Kind)
		default:
			sure = false
			fmt.Fprintf(&b, "%s: score, if %s is a measure of the kind %s\n", word, name, d.Kind)
		}
		fmt.Fprintf(&b, "  %s\n", d.Text)
		if d.Chance != "" {
			fmt.Fprintf(&b, "  Chance level: %s.\n", d.Chance)
		}
	}
	return b.String(), sure
}

// closestWord returns what word was most likely meant to be: something that
// explain knows, or the last word of it.
func closestWord(word string) string {
	all := explainable()
	if near := config.Closest(word, all); near != "" {
		return near
	}
	last := make([]string, len(all))
	for i, w := range all {
		last[i] = w[strings.LastIndexByte(w, '.')+1:]
	}
	near := config.Closest(word, last)
	if i := slices.Index(last, near); i >= 0 {
		return all[i]
	}
	return ""
}

// explainable returns everything that explain knows, for completion and
// suggestions.
func explainable() []string {
	var words []string
	for _, k := range scenarios.Keys() {
		words = append(words, k.Path)
	}
	for _, d := range slices.Concat(scenarios.ScoreDocs, measure.Docs) {
		words = append(words, d.FullName())
	}
	return words
}
