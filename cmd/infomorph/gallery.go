package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"infomorph/internal/plot"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/picture"
	"infomorph/scenarios/run"
)

// newGalleryCommand returns the command that writes docs/gallery.
func newGalleryCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "gallery DIR [SCENARIO...]",
		Short:   "Run built-in scenarios and write a page with pictures for each, and an index of all",
		Example: "  infomorph docs gallery pages closed-loop",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			names := args[1:]
			if len(names) == 0 {
				names = scenarios.BuiltinNames()
			}
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return badInput(err)
			}
			for _, name := range names {
				fmt.Fprintln(cmd.ErrOrStderr(), name)
				if err := writeGalleryPage(cmd.Context(), args[0], name); err != nil {
					return err
				}
			}
			return runFailed(writeGalleryIndex(args[0]))
		},
	}
}

// writeGalleryPage runs a built-in scenario and writes its page and pictures.
// The same program writes the same bytes.
func writeGalleryPage(ctx context.Context, dir, name string) error {
	text, ok := scenarios.Builtin(name)
	if !ok {
		return badInput(run.Unknown(name))
	}
	s, err := loadScenario(name)
	if err == nil && s.Study != nil {
		s, err = loadScenario(name, fewSeeds)
	}
	if err != nil {
		return err
	}
	res, err := run.Do(ctx, s, run.Options{NoFiles: true, Logger: runLogger})
	if err != nil {
		return err
	}
	verdicts, err := res.Judge()
	if err != nil {
		return err
	}
	var page bytes.Buffer
	fmt.Fprintf(&page, "<!-- Written by `infomorph docs gallery`; change the scenario, not this file. -->\n\n# %s\n\n%s\n", name, strings.TrimSpace(s.Description))
	for i, f := range galleryFigures(res.Figures) {
		file := name + map[bool]string{true: ".png", false: "-2.png"}[i == 0]
		cfg, err := picture.Config(f.Figure)
		if err != nil {
			return runFailed(err)
		}
		if g, ok := cfg.(*plot.GalleryConfig); ok && len(g.Rows) > galleryRows {
			g.Rows, g.Hidden = g.Rows[:galleryRows], len(g.Rows)-galleryRows
		}
		drawn, err := cfg.Draw()
		if err != nil {
			return runFailed(err)
		}
		if err := saveFile(filepath.Join(dir, file), drawn.SmallPNG); err != nil {
			return runFailed(err)
		}
		seen := asMarkdown.Replace(cfg.Text())
		fmt.Fprintf(&page, "\n![%s](%s)\n\n*%s. Seed %d; the numbers are in plots/%s.csv of a run.*\n", seen, file, seen, s.Seed, f.Name)
	}
	set := ""
	if s.Study != nil {
		set = " --set " + fewSeeds
	}
	fmt.Fprintf(&page, "\n```sh\ninfomorph run %s%s\n```\n\n", name, set)
	writeGalleryScores(&page, res.Scores, verdicts)
	fmt.Fprintf(&page, "\n## The scenario\n\n```yaml\n%s\n```\n", strings.TrimSpace(string(text)))
	return runFailed(os.WriteFile(filepath.Join(dir, name+".md"), page.Bytes(), 0o666))
}

// asMarkdown escapes the characters of a text that are special in Markdown.
var asMarkdown = strings.NewReplacer("[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`)

// fewSeeds makes studies short.
const fewSeeds = "study.seeds=1"

// galleryScores is the largest number of scores on a page.
const galleryScores = 24

// writeGalleryScores writes the results of the expectations and then the
// scores.
func writeGalleryScores(page *bytes.Buffer, scores *run.Scores, verdicts []run.Verdict) {
	if len(verdicts) > 0 {
		page.WriteString("| expected | | got | |\n|---|---|---|---|\n")
		for i := range verdicts {
			v := &verdicts[i]
			fmt.Fprintf(page, "| `%s` | %s | %s | %s |\n", v.Name(), v.Expected, v.Text(), map[bool]string{true: "pass", false: "FAIL"}[v.Pass])
		}
		page.WriteString("\n")
	}
	page.WriteString("| score | value |\n|---|---|\n")
	for _, name := range scores.Names[:min(len(scores.Names), galleryScores)] {
		fmt.Fprintf(page, "| `%s` | %.4g |\n", name, scores.Values[name])
	}
	if n := len(scores.Names) - galleryScores; n > 0 {
		fmt.Fprintf(page, "\nand %d more, which `infomorph run` prints and summary.json keeps.\n", n)
	}
}

// galleryRows is the largest number of rows of patterns in a picture of the
// gallery.
const galleryRows = 6

// galleryFigures chooses the two figures of a page: the most informative ones
// of different kinds.
func galleryFigures(all []run.Figure) []run.Figure {
	ranked := slices.Clone(all)
	slices.SortStableFunc(ranked, func(a, b run.Figure) int { return cmp.Compare(rankFigure(a), rankFigure(b)) })
	var chosen []run.Figure
	kinds := map[string]bool{}
	for _, f := range ranked {
		kind := fmt.Sprintf("%T", f.Figure)
		if len(chosen) == 2 || kinds[kind] {
			continue
		}
		kinds[kind] = true
		chosen = append(chosen, f)
	}
	return chosen
}

// rankFigure returns a smaller number for a figure that says more about the
// purpose of the scenario.
func rankFigure(f run.Figure) int {
	switch own := f.Figure.(type) {
	case journal.Fields:
		if lone(own.Tiles) {
			return 8
		}
	case journal.Raster:
		return 9
	case journal.Matrix:
		return 5
	case journal.Lines:
		switch f.Name {
		case "atoms":
			return 3
		case "learning-curve":
			return 4
		}
		return 0
	case journal.Gallery:
		if strings.Contains(f.Name, "clean") { // damaged cues are more informative
			return 3
		}
		return 2
	}
	return 1
}

// lone reports whether no field has more than one weight, because each neuron
// gets only its own pixel.
func lone(fields [][]float64) bool {
	for _, f := range fields {
		n := 0
		for _, v := range f {
			if v != 0 {
				n++
			}
		}
		if n > 1 {
			return false
		}
	}
	return true
}

// writeGalleryIndex writes README.md, the index of the existing pages.
func writeGalleryIndex(dir string) error {
	var page bytes.Buffer
	page.WriteString("<!-- Written by `infomorph docs gallery`. -->\n\n# Gallery\n\nThe built-in scenarios: `infomorph run NAME` runs one, and `infomorph list` lists them all.\n\n| scenario | |\n|---|---|\n")
	for _, name := range scenarios.BuiltinNames() {
		if _, err := os.Stat(filepath.Join(dir, name+".md")); errors.Is(err, os.ErrNotExist) {
			continue
		}
		s, err := loadScenario(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&page, "| [%s](%s.md) | %s |\n", name, name, firstSentence(strings.TrimSpace(s.Description)))
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), page.Bytes(), 0o666)
}
