package reproduce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"infomorph/internal/fault"
	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/sweep"
)

// resultFile is the file with the Result of an entry.
const resultFile = "verdict.json"

// Run executes the remaining runs of an entry and its baselines, and judges it.
func (p *Pack) Run(ctx context.Context, r *Reproduction) (*Result, error) {
	all := []*Reproduction{r}
	for i := range r.Entry.Baselines {
		all = append(all, r.baselines[r.Entry.Baselines[i].Name])
	}
	for _, one := range all {
		o := sweep.Options{Run: p.Options.Run, Workers: p.Workers, Pictures: 1}
		if one.sweep.Base.Study != nil {
			o.Pictures = sweep.AllPictures // its panels are drawn over all seeds
		}
		if p.Progress != nil {
			o.Progress = func(done, total int) { p.Progress(one.Entry.Name, done, total) }
		}
		if err := one.sweep.Run(ctx, o); err != nil {
			return nil, err
		}
	}
	return p.conclude(r)
}

// conclude writes table, pictures and verdict of an entry whose runs are done.
func (p *Pack) conclude(b *Reproduction) (*Result, error) {
	res := b.sweep.Results()
	if err := b.sweep.WriteTables(res); err != nil {
		return nil, fault.Failed(err)
	}
	r := p.result(b, res)
	pictures, err := b.savePictures(res, r.Findings)
	if err != nil {
		return nil, fault.Failed(err)
	}
	if len(pictures) > 0 {
		r.Picture = pictures[0]
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = record.WriteSummed(b.sweep.Dir, resultFile, append(data, '\n'))
	}
	return r, fault.Failed(err)
}

func (p *Pack) result(b *Reproduction, res *design.Results) *Result {
	baselines := map[string]*design.Results{}
	for name, r := range b.baselines {
		baselines[name] = r.sweep.Results()
	}
	r := &Result{Name: b.Entry.Name, Runs: len(res.Runs), Findings: b.Entry.Judge(res, baselines)}
	r.Met = AllMet(r.Findings)
	r.Command, r.Run = p.Command(b.Entry)
	first, last := res.Runs[0].Seed, res.Runs[len(res.Runs)-1].Seed
	switch {
	case len(b.Entry.Over) > 0:
		r.Seeds = fmt.Sprintf("%d seeds a point, derived from %d", res.Seeds, res.BaseSeed)
	case first == last:
		r.Seeds = fmt.Sprint("seed ", first)
	default:
		r.Seeds = fmt.Sprintf("seeds %d to %d", first, last)
	}
	var versions []string
	for i := range res.Runs {
		m, err := record.ReadManifest(b.sweep.RunDir(&res.Runs[i]))
		if err != nil {
			continue // rare, because the run is done and so had a manifest a moment ago
		}
		r.Seconds += m.Finished.Sub(m.Created).Seconds()
		r.Date = max(r.Date, m.Finished.Format(time.DateOnly))
		versions = append(versions, versionText(m.Versions))
	}
	slices.Sort(versions)
	r.Version = strings.Join(slices.Compact(versions), ", ")
	return r
}

// unknownRevision is the text for a program that was built outside its repository.
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

// Written returns the results in a page, none if the page does not exist.
func Written(file string) ([]Result, error) {
	page, err := guard.ReadFile(file, guard.Small)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	old, err := ReadPage(page)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return old, nil
}

// Write merges results into a page and copies their pictures to a folder next to it.
func (p *Pack) Write(file string, results []Result) error {
	old, err := Written(file)
	if err != nil {
		return err
	}
	now := append([]Result(nil), results...)
	for i := range now {
		if p.Options.Registry == "" && strings.Contains(now[i].Version, unknownRevision) {
			return fmt.Errorf("%s was measured with %s, and a page names that of each figure: build infomorph in its repository (go build ./cmd/infomorph), and add --fresh", now[i].Name, unknownRevision)
		}
		if now[i].Picture, err = p.publish(file, &now[i]); err != nil {
			return err
		}
	}
	page, err := p.Page(Merge(old, now))
	if err != nil {
		return err
	}
	return guard.SaveBytes(file, page)
}

// publish copies the picture of a result to a folder next to the page.
func (p *Pack) publish(file string, r *Result) (string, error) {
	e, err := p.Find(r.Name)
	if err != nil || r.Picture == "" {
		return "", err
	}
	data, err := guard.ReadFile(filepath.Join(p.Folder(e), "plots", r.Picture), guard.Small)
	if err != nil {
		return "", err
	}
	name := "img/results/" + r.Name + ".png"
	path := filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return "", err
	}
	return name, guard.SaveBytes(path, data)
}
