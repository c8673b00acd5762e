package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"infomorph/internal/estimate"
	"infomorph/internal/guard"
	"infomorph/pid"
)

// gridBegin and gridEnd enclose the tables that --write replaces in a page.
const (
	gridBegin = "<!-- infomorph pid grid: begin -->"
	gridEnd   = "<!-- infomorph pid grid: end -->"
)

// gridOptions say what to measure.
type gridOptions struct {
	repeats, nulls, coverage int
	bootstrap, permutations  int
	seed                     uint64
	rows                     []int
	measures                 []string
	model                    string
	write                    string
}

func newPIDGridCommand() *cobra.Command {
	var opt gridOptions
	cmd := &cobra.Command{
		Use:   "grid",
		Short: "Measure bias, coverage and false positives of pid estimate",
		Long: `Grid draws samples of models whose decomposition is known, and measures how good
pid estimate is: bias and coverage of the intervals with each correction, and how
often p-values reject a true null hypothesis. It prints tables in Markdown;
--write puts them into a page between two marks. Numbers depend only on the seed.
--model selects the models whose names contain a text.`,
		Example: `  infomorph pid grid --repeats 2 --nulls 10 --coverage 2 --bootstrap 10 --permutations 19 --rows 50 --measure mmi
  infomorph pid grid --model 'weak R' --nulls 200 --coverage 20 --measure ccs
  infomorph pid grid --repeats 200 --write docs/pid.md`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return opt.run(cmd) },
	}
	f := cmd.Flags()
	f.IntVar(&opt.repeats, "repeats", 100, "samples of each model and size of the corrections")
	f.IntVar(&opt.nulls, "nulls", 1000, "samples of each model of the p-values, for false positives")
	f.IntVar(&opt.coverage, "coverage", 400, "samples of each model of the p-values, and of tied chains, for the coverage of intervals")
	f.IntVar(&opt.bootstrap, "bootstrap", 100, "replicates for intervals")
	f.IntVar(&opt.permutations, "permutations", 100, "surrogates for p-values")
	f.Uint64Var(&opt.seed, "seed", 1, "seed of samples and replicates")
	f.IntSliceVar(&opt.rows, "rows", []int{50, 200, 1000}, "sample sizes")
	f.StringSliceVarP(&opt.measures, "measure", "m", []string{"sx", "mmi"}, measureUsage+"; broja=20 takes 20 samples")
	f.StringVar(&opt.model, "model", "", "only the models whose names contain this text")
	f.StringVar(&opt.write, "write", "", "page to write the tables into")
	return cmd
}

func (opt *gridOptions) run(cmd *cobra.Command) error {
	measures, err := opt.parseMeasures()
	if err != nil {
		return badInput(err)
	}
	if min(opt.repeats, opt.nulls, opt.coverage, opt.bootstrap, opt.permutations) < 1 || len(opt.rows) == 0 || slices.Min(opt.rows) < 1 {
		return badInput(errors.New("--repeats, --nulls, --coverage, --bootstrap, --permutations and --rows must be at least 1"))
	}
	if len(opt.only(estimate.Models()))+len(opt.only(estimate.NullModels()))+len(opt.only(estimate.TiedModels())) == 0 {
		return badInput(fmt.Errorf("--model %q: no model has this text in its name; there are %s", opt.model, modelNames()))
	}
	var page []byte
	if opt.write != "" {
		if page, err = guard.ReadFile(opt.write, guard.Small); err != nil {
			return badInput(err)
		}
		if !bytes.Contains(page, []byte(gridBegin)) || !bytes.Contains(page, []byte(gridEnd)) {
			return badInput(fmt.Errorf("%s: the marks %q and %q, between which the tables are written, are missing", opt.write, gridBegin, gridEnd))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "`%s`\n", opt.command())
	g := &grid{opt: opt, out: &b, progress: io.Discard}
	if _, ok := isTerminal(cmd.ErrOrStderr()); ok {
		g.progress = cmd.ErrOrStderr()
	}
	for i, m := range measures {
		if err := g.corrections(m, i == 0); err != nil {
			return badInput(err)
		}
	}
	for _, m := range measures {
		if err := g.rejections(m); err != nil {
			return badInput(err)
		}
	}
	if opt.write == "" {
		_, err := io.WriteString(cmd.OutOrStdout(), b.String())
		return runFailed(err)
	}
	before, rest, _ := strings.Cut(string(page), gridBegin)
	_, after, _ := strings.Cut(rest, gridEnd)
	return runFailed(guard.Save(opt.write, func(w io.Writer) error {
		_, err := io.WriteString(w, before+gridBegin+"\n"+b.String()+gridEnd+after)
		return err
	}))
}

// command returns the command that gives the same tables again.
func (opt *gridOptions) command() string {
	rows := strings.Trim(strings.ReplaceAll(fmt.Sprint(opt.rows), " ", ","), "[]")
	command := fmt.Sprintf("infomorph pid grid --repeats %d --nulls %d --coverage %d --bootstrap %d --permutations %d --seed %d --rows %s -m %s",
		opt.repeats, opt.nulls, opt.coverage, opt.bootstrap, opt.permutations, opt.seed, rows, strings.Join(opt.measures, ","))
	if opt.model != "" {
		command += fmt.Sprintf(" --model '%s'", opt.model)
	}
	return command
}

// only returns the models that --model selects.
func (opt *gridOptions) only(models []estimate.Model) []estimate.Model {
	return slices.DeleteFunc(models, func(m estimate.Model) bool { return !strings.Contains(m.Name, opt.model) })
}

// modelNames lists all models for a message.
func modelNames() string {
	var names []string
	for _, m := range slices.Concat(estimate.Models(), estimate.NullModels(), estimate.TiedModels()) {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return strings.Join(names, ", ")
}

// grid measures and prints the tables.
type grid struct {
	opt      *gridOptions
	out      io.Writer
	progress io.Writer
}

// gridMeasure is a measure and its number of samples.
type gridMeasure struct {
	pid.Measure
	repeats int
}

// parseMeasures reads the list of measures, some with a number of samples.
func (opt *gridOptions) parseMeasures() ([]gridMeasure, error) {
	names, repeats := slices.Clone(opt.measures), map[string]int{}
	for i, text := range names {
		name, number, given := strings.Cut(text, "=")
		names[i] = name
		n, err := strconv.Atoi(number)
		if given && (err != nil || n < 1) {
			return nil, fmt.Errorf("--measure %s: expected a number of samples from 1 on after the =", text)
		}
		repeats[name] = n
	}
	measures, err := parseMeasures(names)
	if err != nil {
		return nil, err
	}
	var list []gridMeasure
	for i, m := range measuresFor(measures, 2) {
		list = append(list, gridMeasure{m, opt.repeats})
		if n := repeats[names[min(i, len(names)-1)]]; n > 0 {
			list[i].repeats = n
		}
	}
	return list, nil
}

// measure runs one trial with each correction.
func (g *grid) measure(t estimate.Trial, corrections []estimate.Correction) ([]*estimate.Performance, error) {
	fmt.Fprintf(g.progress, "%v, %s, %d rows\n", t.Config.Measure, t.Model.Name, t.Rows)
	return estimate.Measure(t, corrections, g.opt.seed)
}

// corrections prints bias and coverage of each correction, for the mutual
// information and over the atoms of a measure.
func (g *grid) corrections(m gridMeasure, information bool) error {
	var mi, atoms strings.Builder
	if len(g.opt.only(estimate.Models())) == 0 {
		return nil
	}
	for _, model := range g.opt.only(estimate.Models()) {
		for _, rows := range g.opt.rows {
			cfg := estimate.Config{Measure: m.Measure, Bootstrap: g.opt.bootstrap}
			list, err := g.measure(estimate.Trial{Model: model, Rows: rows, Repeats: m.repeats, Config: cfg}, estimate.Corrections)
			if err != nil {
				return err
			}
			row := fmt.Sprintf("| %s | %d |", model.Name, rows)
			atomRow, last := row, len(list[0].Bias)-1
			row += fmt.Sprintf(" %.3f |", list[0].Truth[last])
			for i, p := range list {
				mark := ""
				if i == 0 && p.Unsound > .5 {
					mark = " (unsound)"
				}
				row += fmt.Sprintf(" %+.3f %.2f%s |", p.Bias[last], p.Coverage[last], mark)
				worst, least := 0.0, 1.0
				for i := range last {
					worst, least = max(worst, math.Abs(p.Bias[i])), min(least, p.Coverage[i])
				}
				if p.Given[0] < .5 {
					atomRow += fmt.Sprintf(" %.3f – |", worst)
				} else {
					atomRow += fmt.Sprintf(" %.3f %.2f |", worst, least)
				}
			}
			mi.WriteString(row + "\n")
			atoms.WriteString(atomRow + "\n")
		}
	}
	names := ""
	for _, c := range estimate.Corrections {
		names += " " + string(c) + " |"
	}
	rule := strings.Repeat("---|", len(estimate.Corrections))
	if information {
		fmt.Fprintf(g.out, "\nMutual information: bias [bit] and coverage of 95 %% intervals, from %d samples.\n\n| model | rows | true |%s\n|---|---|---|%s\n%s", m.repeats, names, rule, mi.String())
	}
	fmt.Fprintf(g.out, "\nAtoms of %v: largest bias [bit] and least coverage of the four, from %d samples; –: most have no interval, since no correction is sound.\n\n| model | rows |%s\n|---|---|%s\n%s", m, m.repeats, names, rule, atoms.String())
	return nil
}

// rejections prints how often p ≤ .05, and the coverage of intervals, for
// models whose truth is known. The p-values need no intervals, so they are from
// more samples.
func (g *grid) rejections(m gridMeasure) error {
	if len(g.opt.only(estimate.NullModels()))+len(g.opt.only(estimate.TiedModels())) == 0 {
		return nil
	}
	fmt.Fprintf(g.out, "\nP(p ≤ .05) from %d samples and coverage of intervals from %d, %v; if there is nothing to find, the correct values are .05 and .95. For tied chains P is the power, from as many samples as the coverage.\n\n| model | rows | {1} | {2} | {1}{2} | {12} | mutual information |\n|---|---|---|---|---|---|---|\n", g.opt.nulls, g.opt.coverage, m)
	for _, model := range g.opt.only(estimate.NullModels()) {
		if err := g.rejection(m, model, g.opt.nulls); err != nil {
			return err
		}
	}
	for _, model := range g.opt.only(estimate.TiedModels()) {
		if err := g.rejection(m, model, g.opt.coverage); err != nil {
			return err
		}
	}
	return nil
}

// rejection prints the row of one model.
func (g *grid) rejection(m gridMeasure, model estimate.Model, samples int) error {
	rows := 500
	if model.Stay == 0 {
		rows = 200
	}
	trial := estimate.Trial{Model: model, Rows: rows, Repeats: samples, Config: estimate.Config{Measure: m.Measure, Permutations: g.opt.permutations}}
	tests, err := g.measure(trial, []estimate.Correction{estimate.NoCorrection})
	if err != nil {
		return err
	}
	trial.Repeats, trial.Config = g.opt.coverage, estimate.Config{Measure: m.Measure, Bootstrap: g.opt.bootstrap}
	intervals, err := g.measure(trial, estimate.Corrections[:1])
	if err != nil {
		return err
	}
	fmt.Fprintf(g.out, "| %s | %d |", model.Name, rows)
	for i, p := range tests[0].Rejected {
		fmt.Fprintf(g.out, " %.3f %.2f |", p, intervals[0].Coverage[i])
	}
	fmt.Fprintln(g.out)
	return nil
}
