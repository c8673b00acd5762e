package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/internal/reproduce"
	"infomorph/internal/sweep"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
)

const resultFile = "verdict.json"

// reproduceAll runs the chosen entries one after the other; within an entry
// runs are parallel. One that fails does not keep the others from being run.
func (p *pack) reproduceAll(cmd *cobra.Command, chosen []*reproduce.Entry) error {
	begun, err := p.begin(chosen)
	if err != nil {
		return badInput(err)
	}
	p.announce(cmd.ErrOrStderr(), begun)
	var results []reproduce.Result
	var failed []error
	for _, b := range begun {
		if b.sweepFolder == nil {
			continue
		}
		r, err := p.reproduce(cmd, b)
		if errors.Is(err, run.ErrInterrupted) {
			return errors.Join(p.save(results), err)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", b.entry.Name, err))
			continue
		}
		results = append(results, *r)
		if !p.json {
			if err := printResult(cmd.OutOrStdout(), r); err != nil {
				return err
			}
		}
	}
	if p.json {
		enc := json.NewEncoder(cmd.OutOrStdout())
		enc.SetIndent("", "  ")
		if err := enc.Encode(results); err != nil {
			return err
		}
	}
	if err := p.save(results); err != nil {
		return runFailed(fmt.Errorf("--write: %w", err))
	}
	if len(failed) > 0 {
		return runFailed(errors.Join(failed...))
	}
	return verdictOf(results)
}

func verdictOf(results []reproduce.Result) error {
	missed := 0
	for i := range results {
		if !results[i].Met {
			missed++
		}
	}
	if missed > 0 {
		return fault.Missed(fmt.Errorf("%d of %d entries not met", missed, len(results)))
	}
	return nil
}

// reproduction is an entry with the sweep that measures it; no sweep: skipped.
type reproduction struct {
	entry *reproduce.Entry
	*sweepFolder
	flags     *sweepFlags
	left      int                      // runs to do
	baselines map[string]*reproduction // by their names in the entry
}

// begin plans every entry, so that mistakes show before anything is run.
func (p *pack) begin(chosen []*reproduce.Entry) ([]*reproduction, error) {
	var all []*reproduction
	var errs []error
	for _, e := range chosen {
		b := &reproduction{entry: e}
		all = append(all, b)
		if !p.runnable(e) {
			continue
		}
		if err := p.planAll(b); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", e.Name, err))
		}
	}
	return all, errors.Join(errs...)
}

// planAll plans an entry and its baselines.
func (p *pack) planAll(b *reproduction) error {
	if err := p.plan(b, p.count(b.entry), p.folder(b.entry)); err != nil {
		return err
	}
	b.baselines = map[string]*reproduction{}
	for i := range b.entry.Baselines {
		base := &b.entry.Baselines[i]
		r := &reproduction{entry: b.entry.Rival(base, p.count(b.entry))}
		if err := p.plan(r, r.entry.Seeds, p.folder(b.entry)+"-"+base.Name); err != nil {
			return fmt.Errorf("baseline %s: %w", base.Name, err)
		}
		b.baselines[base.Name] = r
		b.left += r.left
	}
	return nil
}

// plan lays out the sweep of an entry. What is left of an entry that has
// changed since makes room.
func (p *pack) plan(b *reproduction, seeds int, folder string) error {
	e := b.entry
	b.flags = &sweepFlags{runFlags: p.runFlags, over: e.Axes(seeds), seeds: 1}
	b.flags.format, b.flags.checkpoint, b.flags.engine.shards = "parquet", time.Minute, 1
	b.flags.seeded = func() bool { return false }
	b.flags.sets = append([]string(nil), e.Set...)
	if len(e.Over) > 0 {
		b.flags.seeds = seeds
		b.flags.sets = append(b.flags.sets, fmt.Sprint("seed=", e.FirstSeed))
	}
	if e.Data != "" {
		b.flags.sets = append(b.flags.sets, fmt.Sprintf("%s=%q", e.Data, p.data))
	}
	b.flags.out = folder
	if err := b.flags.check(); err != nil {
		return err
	}
	s, err := b.flags.newSweep(p.scenario(e))
	if err != nil {
		return err
	}
	if old, err := openSweep(s.dir); p.fresh || err != nil || !old.same(s) {
		if err := removeSweep(s.dir); err != nil {
			return err
		}
	}
	if err := s.create(); err != nil {
		return err
	}
	b.sweepFolder = s
	for i := range s.Plan.Runs {
		if s.outcome(&s.Plan.Runs[i]).Status != record.StatusDone {
			b.left++
		}
	}
	return nil
}

// removeSweep removes the folder of a sweep, and nothing else.
func removeSweep(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "sweep.json")); err != nil {
		return nil // create says if the folder is somebody else's
	}
	return os.RemoveAll(dir)
}

func (p *pack) scenario(e *reproduce.Entry) string {
	if _, ok := scenarios.Builtin(e.Scenario); ok || filepath.IsAbs(e.Scenario) {
		return e.Scenario
	}
	return filepath.Join(p.base, e.Scenario)
}

// announce says what is going to be run, what is skipped, and how long it
// takes, about.
func (p *pack) announce(w io.Writer, all []*reproduction) {
	if p.quiet {
		return
	}
	var total time.Duration
	entries, runs := 0, 0
	for _, b := range all {
		if b.sweepFolder == nil {
			fmt.Fprintf(w, "%s: skipped, needs its data: --data FOLDER\n", b.entry.Name)
			continue
		}
		if b.left > 0 {
			entries, runs = entries+1, runs+b.left
			total += p.estimate(b.entry, b.left)
		}
	}
	if runs > 0 {
		fmt.Fprintf(w, "%d runs of %d entries, about %v\n", runs, entries, total)
	}
}

// reproduce runs what is left of an entry, and judges it.
func (p *pack) reproduce(cmd *cobra.Command, b *reproduction) (*reproduce.Result, error) {
	all := []*reproduction{b}
	for i := range b.entry.Baselines {
		all = append(all, b.baselines[b.entry.Baselines[i].Name])
	}
	for _, r := range all {
		x := &sweepRunner{sweepFlags: r.flags, sweepFolder: r.sweepFolder, progress: p.progress(cmd), phase: r.entry.Name, showcase: 1}
		err := x.runAll(cmd.Context())
		x.progress.stop()
		if errors.Is(err, run.ErrInterrupted) {
			again, _ := p.command(b.entry)
			return nil, fault.Interrupted(fmt.Errorf("interrupted; runs so far are kept, go on with: %s", again))
		}
		if err != nil {
			return nil, err
		}
	}
	return p.conclude(b)
}

// conclude writes table, pictures and verdict of an entry whose runs are done.
func (p *pack) conclude(b *reproduction) (*reproduce.Result, error) {
	res := b.results()
	if err := b.writeTables(res); err != nil {
		return nil, runFailed(err)
	}
	pictures, err := b.savePictures(res)
	if err != nil {
		return nil, runFailed(err)
	}
	r := p.result(b, res)
	if len(pictures) > 0 {
		r.Picture = pictures[0]
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = replaceFile(filepath.Join(b.dir, resultFile), append(data, '\n'))
	}
	return r, runFailed(err)
}

func (p *pack) result(b *reproduction, res *sweep.Results) *reproduce.Result {
	baselines := map[string]*sweep.Results{}
	for name, r := range b.baselines {
		baselines[name] = r.results()
	}
	r := &reproduce.Result{Name: b.entry.Name, Runs: len(res.Runs), Findings: b.entry.Judge(res, baselines)}
	r.Met = reproduce.AllMet(r.Findings)
	r.Command, r.Run = p.command(b.entry)
	first, last := res.Runs[0].Seed, res.Runs[len(res.Runs)-1].Seed
	switch {
	case len(b.entry.Over) > 0:
		r.Seeds = fmt.Sprintf("%d seeds a point, derived from %d", res.Seeds, res.BaseSeed)
	case first == last:
		r.Seeds = fmt.Sprint("seed ", first)
	default:
		r.Seeds = fmt.Sprintf("seeds %d to %d", first, last)
	}
	var versions []string
	for i := range res.Runs {
		m, err := record.ReadManifest(b.runDir(&res.Runs[i]))
		if err != nil {
			continue // the run is done, so its manifest was there a moment ago
		}
		r.Seconds += m.Finished.Sub(m.Created).Seconds()
		r.Date = max(r.Date, m.Finished.Format(time.DateOnly))
		versions = append(versions, versionText(m.Versions))
	}
	slices.Sort(versions)
	r.Version = strings.Join(slices.Compact(versions), ", ")
	return r
}

// unknownRevision is said where a program was built outside its repository.
const unknownRevision = "an unknown revision"

func versionText(v record.Versions) string {
	if v.Revision == "" {
		return unknownRevision
	}
	text := "revision " + v.Revision[:min(len(v.Revision), 10)]
	if v.Modified {
		text += " with changes"
	}
	return text
}

// savePictures puts the pictures of an entry into its plots folder and returns
// their names there.
func (b *reproduction) savePictures(res *sweep.Results) ([]string, error) {
	var names []string
	if len(b.entry.Over) > 0 {
		var scores []string
		for _, c := range b.entry.Checks {
			scores = append(scores, c.Score)
		}
		if err := b.plot(res, scores); err != nil {
			return nil, err
		}
		return []string{scores[0] + ".png"}, nil
	}
	for _, name := range b.entry.Pictures {
		data, err := os.ReadFile(filepath.Join(b.runDir(&res.Runs[0]), "plots", name+".png"))
		if err != nil {
			return nil, fmt.Errorf("picture %s: %w", name, err)
		}
		err = b.savePicture(name+".png", func(w io.Writer) error { _, err := w.Write(data); return err })
		if err != nil {
			return nil, err
		}
		names = append(names, name+".png")
	}
	return names, nil
}

func readResult(dir string) (*reproduce.Result, error) {
	data, err := os.ReadFile(filepath.Join(dir, resultFile))
	if err != nil {
		return nil, err
	}
	r := new(reproduce.Result)
	return r, json.Unmarshal(data, r)
}

func printResult(w io.Writer, r *reproduce.Result) error {
	fmt.Fprintf(w, "%s: %d runs, %s of runs\n", r.Name, r.Runs, reproduce.Duration(r.Seconds))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  SCORE\tEXPECTED\tMEASURED\tBASELINES\tVERDICT\tSOURCE")
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\t%s\t%s\n", f.Subject, f.Expected, f.Measured(), f.Baselines(), f.Verdict, f.Source)
	}
	return tw.Flush()
}

// save merges results into the page that --write names, with their pictures
// beside it.
func (p *pack) save(results []reproduce.Result) error {
	if p.write == "" {
		return nil
	}
	page, err := os.ReadFile(p.write)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	old, err := reproduce.ReadPage(page)
	if err != nil {
		return fmt.Errorf("%s: %w", p.write, err)
	}
	now := append([]reproduce.Result(nil), results...)
	for i := range now {
		if p.registry == "" && strings.Contains(now[i].Version, unknownRevision) {
			return fmt.Errorf("%s was measured with %s, and a page names that of each figure: build infomorph in its repository (go build ./cmd/infomorph), and add --fresh", now[i].Name, unknownRevision)
		}
		if now[i].Picture, err = p.publish(&now[i]); err != nil {
			return err
		}
	}
	if page, err = p.Page(reproduce.Merge(old, now)); err != nil {
		return err
	}
	return replaceFile(p.write, page)
}

// publish copies the picture of a result beside the page.
func (p *pack) publish(r *reproduce.Result) (string, error) {
	e, err := p.Find(r.Name)
	if err != nil || r.Picture == "" {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(p.folder(e), "plots", r.Picture))
	if err != nil {
		return "", err
	}
	name := "img/results/" + r.Name + ".png"
	path := filepath.Join(filepath.Dir(p.write), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return "", err
	}
	return name, replaceFile(path, data)
}
