package scenarios

import "infomorph/neuron"

// Streaming is a stream of patterns.
type Streaming struct {
	Patterns      int `yaml:"patterns" doc:"Length of the stream." default:"150" min:"1" max:"1000000"`
	Presentations int `yaml:"presentations" doc:"How often a pattern is seen in a row." default:"3" min:"1" max:"100000"`
	Rehearsal     int `yaml:"rehearsal" doc:"How many of the patterns before it are seen again with each new one." default:"0" min:"0" max:"100000"`
	Tested        int `yaml:"tested" doc:"How many of the last patterns are tested." default:"60" min:"1" max:"1000000"`
}

// stream shows patterns once each, a few times in a row and perhaps with some
// of those before, and counts how many of the last are kept.
func (r *capacityRun) stream() error {
	s := r.Streaming
	t := r.memory(len(r.patterns))
	r.scenario.Neuron.scheduleAll(r.net, int64(s.Patterns)*int64(s.Presentations))
	run := t.newRun(r.engine, quiet{r.journal, "stream"})
	for k := range r.patterns {
		for range s.Presentations {
			for back := min(s.Rehearsal, k); back >= 0; back-- {
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

// kept recalls the last patterns of the stream, the latest first.
func (r *capacityRun) kept(run *memoryRun) error {
	cues := neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, cueStream)
	age := Series{Name: "cosine"}
	count := 0.0
	for back := range min(r.Streaming.Tested, len(r.patterns)) {
		o, err := run.recallOne(&r.Recall[0].Test, &r.patterns[len(r.patterns)-1-back], cues)
		if err != nil {
			return err
		}
		age.X, age.Y = append(age.X, float64(back)), append(age.Y, o.Cosine)
		if o.Cosine >= r.Criterion {
			count++
		}
	}
	r.journal.Score("streaming.kept", count)
	return r.journal.Figure("age", Lines{Title: "Recall against age", X: "patterns since", Y: "cosine", Series: []Series{age},
		Dashed: []Reference{{Name: "criterion", Y: r.Criterion}}})
}
