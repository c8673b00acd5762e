package reproduce

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"infomorph/internal/guard"
	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/picture"
	"infomorph/scenarios/sweep"
)

// savePictures writes the pictures of an entry into its plots folder and returns their
// names there.
func (b *Reproduction) savePictures(res *design.Results, findings []Finding) ([]string, error) {
	var names []string
	if len(b.Entry.Over) > 0 {
		var scores []string
		for _, c := range b.Entry.Checks {
			scores = append(scores, c.Score)
		}
		if err := b.sweep.Plot(res, scores); err != nil {
			return nil, err
		}
		return []string{scores[0] + ".png"}, nil
	}
	for _, name := range b.Entry.Pictures {
		files, err := b.drawn(name, res, findings)
		if err != nil {
			return nil, fmt.Errorf("picture %s: %w", name, err)
		}
		if err := sweep.KeepPictures(b.sweep.Dir, files); err != nil {
			return nil, err
		}
		names = append(names, name+".png")
	}
	return names, nil
}

// drawn returns a picture of the first run. A panel of a study that shows one seed shows
// those of all runs instead, and the baselines.
func (b *Reproduction) drawn(name string, res *design.Results, findings []Finding) (files []picture.File, err error) {
	for _, ext := range []string{".png", ".svg", ".csv", ".json"} {
		data, err := b.picture(&res.Runs[0], name+ext)
		if err != nil {
			return nil, err
		}
		files = append(files, picture.File{Name: name + ext, Data: data})
	}
	var panels []*plot.LinesConfig
	for i := range res.Runs {
		if res.Outcomes[i].Status != record.StatusDone {
			continue
		}
		data, err := b.picture(&res.Runs[i], name+".json")
		if errors.Is(err, os.ErrNotExist) { // only the first run draws other pictures than those of studies
			continue
		}
		if err != nil {
			return nil, err
		}
		if panel := panelOfOne(data); panel != nil {
			panels = append(panels, panel)
		}
	}
	all := overSeeds(panels)
	if all == nil {
		return files, nil
	}
	all.References = append(all.References, references("study."+name+".", findings)...)
	return picture.FilesOf(name, all, b.Entry.Name)
}

// picture reads a file of the pictures of a run.
func (b *Reproduction) picture(r *design.Run, file string) ([]byte, error) {
	return guard.ReadFile(filepath.Join(b.sweep.RunDir(r), "plots", file), guard.Small)
}

// panelOfOne returns the panel of a study that a file describes, or nil if it is another
// figure, or shows several seeds.
func panelOfOne(data []byte) *plot.LinesConfig {
	c, err := plot.Decode(data)
	if err != nil {
		return nil
	}
	if l, ok := c.(*plot.LinesConfig); ok && l.Note == design.Caption(1, 1) {
		return l
	}
	return nil
}

// overSeeds returns one picture of the same panel of several runs: at each point, the mean
// over the runs with its 95 % interval. It returns nil if there are fewer than two runs, or
// if their points differ, as they may against a measured score.
func overSeeds(panels []*plot.LinesConfig) *plot.LinesConfig {
	if len(panels) < 2 {
		return nil
	}
	all := *panels[0]
	all.Series, all.Note = nil, design.Caption(len(panels), len(panels))
	for _, s := range panels[0].Series {
		m := plot.Series{Name: s.Name, Strong: s.Strong}
		for _, x := range s.X {
			v := valuesAt(panels, s.Name, x)
			if len(v) != len(panels) {
				return nil
			}
			mean, low, high, each := design.Band(v)
			m.X, m.Y = append(m.X, x), append(m.Y, mean)
			m.Low, m.High, m.Each = append(m.Low, low), append(m.High, high), append(m.Each, each)
		}
		all.Series = append(all.Series, m)
	}
	return &all
}

// valuesAt returns the values of a curve at x.
func valuesAt(panels []*plot.LinesConfig, curve string, x float64) (v []float64) {
	for _, p := range panels {
		for _, s := range p.Series {
			if i := slices.Index(s.X, x); s.Name == curve && i >= 0 {
				v = append(v, s.Y[i])
			}
		}
	}
	return v
}

// references returns the means of what the checks of a panel are held against and the
// panel does not show, each once, as dashed lines. The scores of the panel begin with
// prefix.
func references(prefix string, findings []Finding) (all []plot.Reference) {
	for i := range findings {
		if !strings.HasPrefix(findings[i].Subject, prefix) || findings[i].Share {
			continue
		}
		for _, r := range findings[i].Against {
			known := slices.ContainsFunc(all, func(have plot.Reference) bool { return have.Name == r.Name })
			if known || r.Runs == 0 || r.Broken || strings.HasPrefix(r.Name, prefix) {
				continue
			}
			all = append(all, plot.Reference{Name: r.Name, Y: r.Value})
		}
	}
	return all
}
