package protocol

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// fading is a source of two items of four numbers. Once it is broken, they cannot be read.
type fading struct{ broken bool }

var errGone = errors.New("the disk is gone")

func (f *fading) Describe() data.Description {
	return data.Description{Fields: []data.Field{{Name: "bits", Size: 4}}, Features: []string{"third"}, Items: 2}
}

func (f *fading) Item(i int, dst *data.Item) error {
	if f.broken {
		return errGone
	}
	copy(dst.Fields[0], []float32{1, -1, float32(2*i - 1), 1})
	return nil
}

// theFading is the source of this kind that documents use.
var theFading = sync.OnceValue(func() *fading {
	f := &fading{}
	data.Register("fading", func(*language.Custom, uint64, data.Files) (data.Source, error) { return f, nil })
	return f
})

// TestItemsThatCannotBeRead: they end the run with the reason, whatever the phase does
// with them.
func TestItemsThatCannotBeRead(t *testing.T) {
	f := theFading()
	text := strings.Replace(small, "p: {patterns: {source: random, count: 5, width: 2, height: 2}, to: {input: {field: pattern, off: -1}}}", "p: {custom: {kind: fading}, to: {input: bits}}", 1) + others
	for what, more := range map[string]string{
		"present":         "  - {name: x, present: {data: p}}\n",
		"present, chosen": "  - {name: x, present: {data: p, items: '#1', learn: none}}\n",
		"recall":          "  - {name: x, recall: {data: p, input: input, population: memory}}\n",
		"store":           "  - {name: x, store: {data: p, rule: hebb, input: input, projection: context}}\n",
		"an event":        "  - {name: x, rest: {duration: 9ms}}\n  - {name: y, present: {data: p, learn: none}}\nevents: [{phase: x, recall: {input: input, population: memory, data: p, item: '#1'}}]\n",
	} {
		f.broken = false
		l := start(t, text+more)
		f.broken = true
		if err := l.Go(t.Context()); !errors.Is(err, errGone) {
			t.Errorf("%s: %v", what, err)
		}
		part, err := l.plan.Data.Part("p")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.plan.ItemValues("p", 1); !errors.Is(err, errGone) || l.plan.ItemName(part, 1) != "" {
			t.Errorf("%s: an item that is looked at: %v", what, err)
		}
		ask := &language.Ask{Data: "p", Item: "#1", Cueing: language.Cueing{Input: "input", Population: "memory"}}
		if err := l.recallNow(t.Context(), ask); !errors.Is(err, errGone) {
			t.Errorf("%s: an item that is asked for: %v", what, err)
		}
	}
	if _, err := prepare(text + "  - {name: x, script: {input: input, population: memory, data: p, code: 'def next(ctx): return None'}}\n"); err == nil || !strings.Contains(err.Error(), errGone.Error()) {
		t.Errorf("a script: %v", err)
	}
	f.broken = false
	l := start(t, text+"  - {name: x, present: {data: p}}\n")
	if err := l.Go(t.Context()); err != nil {
		t.Errorf("as it was: %v", err)
	}
}

// fadingBatches is layers with this source, which is learned one item at a time.
var fadingBatches = strings.NewReplacer("inputs: {flower: {size: 3}, kind: {size: 2}}", "inputs: {flower: {size: 4}}",
	"  - {from: kind, to: a, port: c, weights: {uniform: [-1, 1]}}\n", "", "  - {from: kind, to: b, port: c, rule: one_to_one, weights: 1}\n", "",
	"f: {table: {file: f.csv, fields: {x: [long, wide, deep]}, label: kind}, to: {flower: x, kind: {field: label, off: -1}}}", "f: {custom: {kind: fading}, to: {flower: bits}}",
).Replace(layers) + "  - {name: learn, present: {data: f, batch: {size: 1}}}\nrecord: {atoms: 0}\n"

// Items that cannot be read any more at the end of a pass of batches, when the measures
// look at them, end the run with the reason too.
func TestBatchesThatCannotBeReadAgain(t *testing.T) {
	f := theFading()
	f.broken = false
	l := start(t, fadingBatches)
	l.Run.out.Step = func(_ string, done, _ int) error {
		f.broken = done > 0
		return nil
	}
	err := l.Go(t.Context())
	f.broken = false
	if !errors.Is(err, errGone) {
		t.Errorf("the run ended with %v", err)
	}
}

// A value of a measure that cannot be reported at the end of a pass of batches ends the
// run.
func TestMeasuresOfBatchesThatCannotBeReported(t *testing.T) {
	theFading().broken = false
	l := start(t, fadingBatches+"measure: [{name: i, information: {population: a, about: features, checks: 2, check_in: [learn]}}]\n")
	l.Run.out.Measure = func(neuron.Time, string, float64) error { return errBroken }
	if err := l.Go(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("the run ended with %v", err)
	}
}
