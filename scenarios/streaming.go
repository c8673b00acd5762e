package scenarios

import (
	"errors"
	"math/rand/v2"

	"infomorph/neuron"
)

// Streaming is a stream of patterns.
type Streaming struct {
	Patterns      int `yaml:"patterns" doc:"Length of the stream." default:"150" min:"1" max:"1000000"`
	Presentations int `yaml:"presentations" doc:"How often a pattern is seen in a row." default:"3" min:"1" max:"100000"`
	Rehearsal     int `yaml:"rehearsal" doc:"How many of the patterns before it are seen again before each presentation of a new one, drawn anew each time." default:"0" min:"0" max:"100000"`
	Span          int `yaml:"span" doc:"They are drawn from this many patterns before it; 0 is 30 more than are rehearsed. Where it is always the same ones, only they are kept." default:"0" min:"0" max:"1000000"`
	Tested        int `yaml:"tested" doc:"How many of the last patterns are tested." default:"60" min:"1" max:"1000000"`
}

// rehearsalReach is how many more patterns than are rehearsed they are drawn
// from, unless the scenario says otherwise.
const rehearsalReach = 30

// stream shows patterns once each, a few times in a row and perhaps with some
// of those before, and counts how many of the last are kept.
func (r *capacityRun) stream() error {
	if err := r.engine.Restore(r.start); err != nil {
		return err
	}
	s := r.Streaming
	t := r.memory(len(r.patterns))
	r.scenario.Neuron.scheduleAll(r.net, int64(s.Patterns)*int64(s.Presentations))
	run := t.newRun(r.engine, quiet{r.journal, "stream"})
	draw := neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, orderStream)
	for k := range r.patterns {
		for range s.Presentations {
			for _, back := range append(s.rehearsed(k, draw), 0) {
				if err := run.present(r.patterns[k-back].Pixels, true); err != nil {
					return err
				}
			}
		}
		if err := r.journal.Step("stream", k+1, s.Patterns); err != nil {
			return err
		}
	}
	return r.kept(run)
}

// rehearsed draws which patterns are seen again, by how far they lie before
// pattern k.
func (s *Streaming) rehearsed(k int, draw *rand.Rand) []int {
	span := min(k, orElse(s.Span, s.Rehearsal+rehearsalReach))
	backs := draw.Perm(span)[:min(s.Rehearsal, span)]
	for i := range backs {
		backs[i]++
	}
	return backs
}

// kept recalls the last patterns of the stream, the latest first.
func (r *capacityRun) kept(run *memoryRun) error {
	cues := neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, cueStream)
	age := Series{Name: "cosine"}
	table := Table{Name: "streaming", Columns: []string{"patterns_since", "cosine", "wrong_bits"}}
	count, row, broken := 0.0, 0.0, false
	tested := min(r.Streaming.Tested, len(r.patterns))
	for back := range tested {
		o, err := run.recallOne(&r.Recall[0].Test, &r.patterns[len(r.patterns)-1-back], cues)
		if err != nil {
			return err
		}
		age.X, age.Y = append(age.X, float64(back)), append(age.Y, o.Cosine)
		table.Rows = append(table.Rows, []any{back, o.Cosine, o.Wrong})
		broken = broken || o.Cosine < r.Criterion
		if o.Cosine >= r.Criterion {
			count++
		}
		if !broken {
			row++
		}
		if err := r.journal.Step("recall", back+1, tested); err != nil {
			return err
		}
	}
	r.journal.Score("streaming.kept", count)
	r.journal.Score("streaming.latest", row)
	return errors.Join(r.journal.Table(table), r.journal.Figure("age", Lines{Title: "Recall against age", X: "patterns since", Y: "cosine",
		Series: []Series{age}, Dashed: []Reference{{Name: "criterion", Y: r.Criterion}}}))
}
