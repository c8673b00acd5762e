package reproduce

import (
	"slices"

	"infomorph/internal/record"
	"infomorph/scenarios/design"
)

// judgePairs judges the difference of two variants, run by run with the same seed.
func (e *Entry) judgePairs(c *Check, res *design.Results, baselines map[string]*design.Results) Finding {
	a, b := paired(e.bySeed(c, c.Score, res, baselines), e.bySeed(c, c.Minus, res, baselines))
	f := Finding{Subject: c.Subject(), Expected: c.Range(), Source: c.Source, Measure: c.measure(differences(a, b)), Pair: []Measure{c.measure(a), c.measure(b)}}
	f.Verdict = c.verdict(&f)
	return f
}

// bySeed returns the values of a baseline of the entry, or else of a score of its runs,
// by the seed of the run. Failed runs do not count.
func (e *Entry) bySeed(c *Check, name string, res *design.Results, baselines map[string]*design.Results) map[uint64]float64 {
	score := name
	if i := slices.IndexFunc(e.Baselines, func(b Baseline) bool { return b.Name == name }); i >= 0 {
		res, score = baselines[name], c.Score
		if e.Baselines[i].Score != "" {
			score = e.Baselines[i].Score
		}
	}
	values := map[uint64]float64{}
	if res == nil {
		return values
	}
	for k := range res.Runs {
		if v, ok := res.Outcomes[k].Scores[score]; ok && res.Outcomes[k].Status == record.StatusDone {
			values[res.Runs[k].Seed] = v
		}
	}
	return values
}

// paired returns the values of the seeds that both variants have, in the order of seeds.
func paired(own, other map[uint64]float64) (a, b []float64) {
	var seeds []uint64
	for seed := range own {
		if _, ok := other[seed]; ok {
			seeds = append(seeds, seed)
		}
	}
	slices.Sort(seeds)
	for _, seed := range seeds {
		a, b = append(a, own[seed]), append(b, other[seed])
	}
	return a, b
}

func differences(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return d
}
