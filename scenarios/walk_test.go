package scenarios_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"infomorph/internal/config"
	"infomorph/internal/walk"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// told writes everything that a run reports to w.
func told(w io.Writer) *journal.Listener {
	enc := gob.NewEncoder(w)
	put := func(all ...any) error {
		for _, v := range all {
			if err := enc.Encode(v); err != nil {
				return err
			}
		}
		return nil
	}
	return &journal.Listener{
		Epoch:        func(_ neuron.Time, out *neuron.Output) error { return put(out.Spikes) },
		Phase:        func(name string) error { return put(name) },
		Presentation: func(p journal.Presentation) error { return put(p) },
		Atoms:        func(t neuron.Time, r []neuron.Report) error { return put(t, r) },
		Weights:      func(name string, _ *sim.Network, r []neuron.Report) error { return put(name, r) },
		Probe:        func(rows []journal.ProbeRow) error { return put(rows) },
		Measure:      func(t neuron.Time, name string, v float64) error { return put(t, name, v) },
		Score:        func(name string, v, chance float64) { _ = put(name, v, chance) },
		Table:        func(t journal.Table) error { return put(t) },
		Figure:       func(name string, f journal.Figure) error { return put(name, f) },
		Print:        func(text string) { _ = put(text) },
	}
}

// outcomeOf runs a document and returns a hash of all its reports and its final state.
// The error is the reason why the document was refused.
func outcomeOf(text []byte, sets ...string) (string, error) {
	s, err := scenarios.Load("shown", bytes.NewReader(text), sets...)
	if err != nil {
		return "", err
	}
	task, err := scenarios.NewTask(s, beside("builtin"))
	if err != nil {
		return "", err
	}
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, note := range s.Experiment.Notes() {
		fmt.Fprintln(h, note)
	}
	run, err := task.Start(e, told(h))
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		err = run.Go(ctx)
	}
	if err != nil {
		return "", err
	}
	state, err := sim.Hash(e)
	fmt.Fprintf(h, "%x", state)
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

// documents are small short forms, each with the keys that change nothing in it, and the
// reason why that is correct.
var documents = []struct {
	name, sets string
	without    string
}{
	{"digits-batch", "digits.samples=300 digits.test=100 digits.passes=2 digits.batch.size=50 digits.baselines=0",
		`unit\.tell$|ports\.c\.rule$|label\.(on|off)$|\.every$`}, // outputs have no receiver; the context is known by its sign; two updates
	{"hidden-layer", "hidden_layer.samples=200 hidden_layer.test=50 hidden_layer.passes=2 hidden_layer.neurons=8",
		`readout\.(tell|ports\.r\.bins\.range)$|feature.*\.range$|teacher\.(on|off)$|\.every$`}, // bins of the readout follow its input
	{"asynchronous-memory", "network.neurons=16 associative_memory.patterns={source:random,count:3,width:4,height:4} associative_memory.presentations=8 neuron.window=8",
		`\.drift$|recall\.criterion$|\.learnt$`}, // far from one bit; far from the criterion
	{"bars", "bars.stimuli=300 bars.test=50 neuron.window=100 neuron.warm_up=20", `\.order$|\.threshold$`}, // bars have no end, so no order
}

// No key is ignored: changing any key of the full text changes what a run reports, or is
// refused with a reason. Names and places only affect tables and pictures, which this run
// does not make; so does the section record.
func TestEveryShownKeyCounts(t *testing.T) {
	elsewhere := regexp.MustCompile(`^(name|description|mode|record\.(spikes|from|until|atoms))$|\.place\.kind$|\.labels\[|^inputs\..*\.width$|^projections\[\d+\]\.name$|stability_norm$`)
	for _, d := range documents {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			text, err := load(t, d.name, append(strings.Fields(d.sets), "expect=null")...).Text()
			if err != nil {
				t.Fatal(err)
			}
			doc, err := config.Parse("shown", text)
			if err != nil {
				t.Fatal(err)
			}
			without := regexp.MustCompile(d.without)
			in := func(path string) bool { return !elsewhere.MatchString(path) && !without.MatchString(path) }
			r, err := walk.Keys(doc, config.Keys(&language.Experiment{}), in, func(sets ...string) (string, error) { return outcomeOf(text, sets...) })
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range r.Silent {
				t.Errorf("%s changes nothing", path)
			}
			if r.Changed < 30 || r.Refused < 30 {
				t.Errorf("only %d keys changed anything, %d values were refused", r.Changed, r.Refused)
			}
		})
	}
}
