package measure

import (
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"infomorph/internal/baseline"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// scoreStream reports how many patterns of a stream the network keeps, and how many other
// methods would keep.
func (r *recall) scoreStream(p *recallPhase, first bool, chance float64, out *journal.Listener) {
	all := slices.Clone(p.Outcomes)
	slices.SortStableFunc(all, func(a, b outcome) int { return a.Age - b.Age })
	n := float64(len(all))
	kept, latest := r.keeps(all, func(o *outcome) float64 { return o.overlap() })
	cue, _ := r.keeps(all, func(o *outcome) float64 { return o.Stored.overlap(o.Cue) })
	learnt := r.streamed(p.Name)
	buffer := rehearsed(learnt) + 1
	held, _ := r.keeps(all, func(o *outcome) float64 { return nearest(all[:min(buffer, len(all))], o) })
	type score struct {
		what      string
		v, chance float64
	}
	scores := []score{{"kept", kept, chance * n}, {"latest", latest, chance / max(1-chance, 1/(n+1))}, {"tested", n, unknownChance},
		{"kept_cue", cue, unknownChance}, {"kept_buffer", held, unknownChance}, {"buffer", float64(buffer), unknownChance}}
	for i, inputs := range deltaInputs {
		if w := r.deltaRule(p, learnt, inputs); w != nil {
			delta, _ := r.keeps(all, func(o *outcome) float64 {
				return floats.Dot(baseline.Settle(w, o.Cue.vector(), nil, 50), o.Stored.vector()) / float64(len(o.Stored))
			})
			scores = append(scores, score{[]string{"kept_delta", "kept_delta_surprise"}[i], delta, unknownChance})
		}
	}
	for _, s := range scores {
		enter(out, placeName(r.name, p.Name, s.what), s.v, s.chance)
		if first {
			enter(out, placeName(r.name, s.what), s.v, s.chance)
		}
	}
}

// keeps returns how many outcomes have an overlap that meets the criterion, and how many of
// them come before the first that does not.
func (r *recall) keeps(all []outcome, overlap func(*outcome) float64) (kept, latest float64) {
	broken := false
	for i := range all {
		if overlap(&all[i]) >= r.criterion {
			kept++
			if !broken {
				latest++
			}
		} else {
			broken = true
		}
	}
	return kept, latest
}

// nearest finds the pattern in a buffer that is most similar to the cue of an outcome,
// and returns its overlap with the stored pattern.
func nearest(buffer []outcome, o *outcome) float64 {
	best, at := -2.0, 0
	for i := range buffer {
		if v := buffer[i].Stored.overlap(o.Cue); v > best {
			best, at = v, i
		}
	}
	return buffer[at].Stored.overlap(o.Stored)
}

// streamed returns the last phase before phase that learns the same data; nil if there is
// none.
func (r *recall) streamed(phase string) *language.Present {
	var found *language.Present
	for i := range r.env.Experiment.Protocol {
		p := &r.env.Experiment.Protocol[i]
		if p.Name == phase {
			break
		}
		if p.Present != nil && p.Present.Learn != "none" && p.Present.Data == r.how(phase).Data {
			found = p.Present
		}
	}
	return found
}

// rehearsed returns from how many patterns before the present one rehearsal draws.
func rehearsed(p *language.Present) int {
	if p == nil || p.Rehearse == nil {
		return 0
	}
	return p.Rehearse.Reach()
}

// mostDelta limits the multiplications of the delta rule, so that this comparison takes
// little time compared with the run. A larger comparison is left out.
const mostDelta = 300_000_000

// deltaInputs are what weights of the delta rule follow: the pattern, or its surprise, that
// is, the pattern minus what the network predicts of it.
var deltaInputs = []func(prediction, x []float64){
	func(prediction, x []float64) { copy(prediction, x) },
	func(prediction, x []float64) {
		for i, v := range prediction {
			prediction[i] = x[i] - max(-1, min(1, v))
		}
	},
}

// deltaRule returns the weights of a network that learns the same stream by
//
//	w_ij += (ξ_i − Σ_k w_ik ξ_k) x_j / (N−1),  w_ii = 0
//
// (Widrow and Hoff 1960, with the largest rate, at which the network knows a pattern
// after one presentation), where x is the pattern ξ or its surprise. It sees each pattern
// as often as the neurons do, and rehearses as many earlier patterns before it, drawn
// anew.
func (r *recall) deltaRule(p *recallPhase, learnt *language.Present, inputs func(prediction, x []float64)) *mat.Dense {
	if learnt == nil || learnt.Order != "sequential" || learnt.Batch != nil || len(p.Outcomes) == 0 {
		return nil
	}
	part, err := r.env.Data.Part(learnt.Data)
	if err != nil {
		return nil
	}
	rows := r.patterns(part, learnt, r.how(p.Name).Input)
	n := len(p.Outcomes[0].Stored)
	count := 0
	if learnt.Rehearse != nil {
		count = learnt.Rehearse.Count
	}
	if len(rows) == 0 || len(rows[0]) != n || float64(len(rows)*max(learnt.Repeat, 1)*(count+1))*float64(n*n) > mostDelta {
		return nil
	}
	w := mat.NewDense(n, n, nil)
	draw := neuron.NewRand(r.env.Experiment.Seed, neuron.ForStimulus, deltaStream)
	for k := range rows {
		for range max(learnt.Repeat, 1) {
			span := min(k, rehearsed(learnt))
			for _, back := range draw.Perm(span)[:min(count, span)] {
				deltaStep(w, rows[k-1-back], inputs)
			}
			deltaStep(w, rows[k], inputs)
		}
	}
	return w
}

// deltaStream is the random stream for the rehearsal of the delta rule.
const deltaStream neuron.ID = 1 << 19

// patterns returns the values that a phase presents to an input, in order; nil if they are
// too many or cannot be read.
func (r *recall) patterns(part *data.Part, learnt *language.Present, input string) [][]float64 {
	chosen, err := part.Select(learnt.Items)
	if err != nil {
		return nil
	}
	n := len(chosen)
	if chosen == nil {
		n = learnt.Count
	}
	if part.Set().Into(input) == nil || n > 100_000 {
		return nil
	}
	var it data.Item
	var values []float32
	rows := make([][]float64, n)
	for i := range rows {
		k := i
		if chosen != nil {
			k = chosen[i]
		}
		if err := part.Item(k, &it); err != nil {
			return nil
		}
		values = part.Set().Values(values, input, &it)
		rows[i] = signs(values, nil).vector()
	}
	return rows
}

func deltaStep(w *mat.Dense, pattern []float64, inputs func(prediction, x []float64)) {
	n := len(pattern)
	x, missing := make([]float64, n), make([]float64, n)
	for i := range n {
		x[i] = floats.Dot(w.RawRowView(i), pattern)
		missing[i] = (pattern[i] - x[i]) / float64(n-1)
	}
	inputs(x, pattern)
	for i := range n {
		row := w.RawRowView(i)
		floats.AddScaled(row, missing[i], x)
		row[i] = 0
	}
}
