package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"infomorph/internal/checkpoint"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/language"
	"infomorph/scenarios/run"
	"infomorph/scenarios/sweep"
)

// side is one side of a comparison: its runs.
type side struct {
	cells    []cell
	unusable []string // runs without scores
}

// cell is a run with its settings, without the seed.
type cell struct {
	point    string // the settings of a sweep's point, as text for people
	settings run.Settings
	seed     uint64
	scores   map[string]float64
}

// readSide reads a run or a sweep.
func readSide(dir string) (*side, error) {
	if _, err := os.Stat(filepath.Join(dir, "sweep.json")); err == nil {
		return readSweepSide(dir)
	}
	m, err := checkpoint.Check(dir)
	if errors.Is(err, record.ErrDamaged) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: neither a run nor a sweep: %w", dir, err)
	}
	scores, err := record.ReadSummary(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: the run has no scores (its status is %s)", dir, m.Status)
	}
	return &side{cells: []cell{{"", settingsOf(m), m.Seeds["run"], current(scores)}}}, nil
}

// current returns scores by their present names, so that a folder of a former version can
// be compared with one of today.
func current(scores map[string]float64) map[string]float64 {
	renamed := make(map[string]float64, len(scores))
	for name, v := range scores {
		renamed[language.CurrentScore(name)] = v
	}
	return renamed
}

func settingsOf(m *record.Manifest) run.Settings {
	s := run.Flatten(m.Config)
	delete(s, "seed")
	for path, v := range s {
		if strings.HasSuffix(path, ".score") {
			s[path] = language.CurrentScore(v)
		}
	}
	return s
}

func readSweepSide(dir string) (*side, error) {
	if _, err := verifyAll(dir); err != nil {
		return nil, err
	}
	f, err := sweep.Open(dir)
	if err != nil {
		return nil, err
	}
	s := &side{}
	res := f.Results()
	for k := range res.Runs {
		r, o := &res.Runs[k], &res.Outcomes[k]
		var words []string
		for i, a := range res.Axes {
			if a.Path != "seed" {
				words = append(words, a.Path+"="+r.Values[i])
			}
		}
		point := strings.Join(words, " ")
		m, err := record.ReadManifest(f.RunDir(r))
		if o.Status != record.StatusDone || err != nil {
			s.unusable = append(s.unusable, fmt.Sprintf("run %d of %s, seed %d%s: it has no scores", r.Index, dir, r.Seed, at(point)))
			continue
		}
		s.cells = append(s.cells, cell{point, settingsOf(m), r.Seed, current(o.Scores)})
	}
	return s, nil
}

func at(point string) string {
	if point == "" {
		return ""
	}
	return " at " + point
}

// varying adds to into the settings that are not the same in all runs of a
// side.
func (s *side) varying(into map[string]bool) {
	for i := range s.cells {
		for _, d := range s.cells[0].settings.Differences(s.cells[i].settings) {
			into[d.Path] = true
		}
	}
}

// constants returns the settings that differ between the sides and are the same
// in all runs of each. These are what is compared.
func constants(a, b *side) []run.SettingDifference {
	vary := variedBy(a, b)
	all := []run.SettingDifference{}
	if len(a.cells) == 0 || len(b.cells) == 0 {
		return all
	}
	for _, d := range a.cells[0].settings.Differences(b.cells[0].settings) {
		if !slices.Contains(vary, d.Path) {
			all = append(all, d)
		}
	}
	return all
}

func variedBy(a, b *side) []string {
	vary := map[string]bool{}
	a.varying(vary)
	b.varying(vary)
	return slices.Sorted(maps.Keys(vary))
}

// group are the runs of both sides with equal settings, by seed.
type group struct {
	point string
	runs  [2]map[uint64]map[string]float64
}

// grouped returns groups of runs of both sides that have equal settings.
// Settings that are constant in each side are ignored.
func grouped(a, b *side) (groups []*group) {
	vary := variedBy(a, b)
	found := map[string]*group{}
	for side, s := range []*side{a, b} {
		for i := range s.cells {
			c := &s.cells[i]
			var key strings.Builder
			for _, path := range vary {
				fmt.Fprintf(&key, "%q;", c.settings[path])
			}
			g := found[key.String()]
			if g == nil {
				g = &group{runs: [2]map[uint64]map[string]float64{{}, {}}}
				found[key.String()] = g
				groups = append(groups, g)
			}
			if g.point == "" {
				g.point = c.point
			}
			g.runs[side][c.seed] = c.scores
		}
	}
	return groups
}

// compare compares what both sides have, and lists what is left out.
func (c *comparison) compare(a, b *side, only []string) {
	c.LeftOut = append(append(c.LeftOut, a.unusable...), b.unusable...)
	for _, g := range grouped(a, b) {
		if len(g.runs[0]) == 0 || len(g.runs[1]) == 0 {
			who, n := "A", len(g.runs[0])
			if n == 0 {
				who, n = "B", len(g.runs[1])
			}
			c.LeftOut = append(c.LeftOut, fmt.Sprintf("%d runs%s: only %s has these settings", n, at(g.point), who))
			continue
		}
		c.compareGroup(g, only)
	}
}

// compareGroup compares runs of equal settings: those with seeds that both
// sides have, or all if there is no common seed.
func (c *comparison) compareGroup(g *group, only []string) {
	seeds := [2][]uint64{slices.Sorted(maps.Keys(g.runs[0])), slices.Sorted(maps.Keys(g.runs[1]))}
	var both []uint64
	for _, seed := range seeds[0] {
		if g.runs[1][seed] != nil {
			both = append(both, seed)
		}
	}
	if len(both) > 0 {
		for side, name := range []string{"A", "B"} {
			for _, seed := range seeds[side] {
				if !slices.Contains(both, seed) {
					c.LeftOut = append(c.LeftOut, fmt.Sprintf("seed %d%s: only %s has it", seed, at(g.point), name))
				}
			}
		}
		seeds = [2][]uint64{both, both}
	}
	names := map[string]bool{}
	for side := range g.runs {
		for _, seed := range seeds[side] {
			for name := range g.runs[side][seed] {
				names[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if len(only) > 0 && !slices.Contains(only, name) {
			continue
		}
		c.compareScore(g, name, seeds, len(both) > 0)
	}
}

func (c *comparison) compareScore(g *group, name string, seeds [2][]uint64, paired bool) {
	var v [2][]float64
	for side := range v {
		for _, seed := range seeds[side] {
			x, ok := g.runs[side][seed][name]
			if _, other := g.runs[1-side][seed][name]; ok && (other || !paired) {
				v[side] = append(v[side], x)
			}
		}
	}
	if len(v[0]) == 0 || len(v[1]) == 0 {
		c.LeftOut = append(c.LeftOut, fmt.Sprintf("%s%s: only one side has this score", name, at(g.point)))
		return
	}
	if paired && len(v[0]) < len(seeds[0]) {
		c.LeftOut = append(c.LeftOut, fmt.Sprintf("%s%s: %d seeds of which only one side has it", name, at(g.point), len(seeds[0])-len(v[0])))
	}
	e := design.Compare(v[0], v[1])
	if paired {
		e.Low, e.High = design.PairedInterval(v[0], v[1])
	}
	c.Scores = append(c.Scores, scoreDifference{g.point, name, paired, len(v[0]), len(v[1]), run.Number(e.MeanA), run.Number(e.MeanB), run.Number(e.Difference),
		run.Number(e.Low), run.Number(e.High), run.Number(e.D), run.Number(e.G), run.Number(e.GLow), run.Number(e.GHigh)})
}
