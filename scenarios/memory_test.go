package scenarios

import (
	"bytes"
	"fmt"
	"testing"

	"infomorph/internal/sim"
	"infomorph/neuron"
)

// notebook is a Journal that keeps scores and tables.
type notebook struct {
	sim.Discard
	scores map[string]float64
	tables []Table
}

func (*notebook) Step(string, int, int) error                         { return nil }
func (*notebook) Atoms(neuron.Time, []neuron.Report) error            { return nil }
func (*notebook) Weights(string, *sim.Network, []neuron.Report) error { return nil }
func (n *notebook) Score(name string, v float64)                      { n.scores[name] = v }
func (n *notebook) Table(t Table) error                               { n.tables = append(n.tables, t); return nil }
func (*notebook) Figure(string, Figure) error                         { return nil }

func runBuiltin(t *testing.T, name string, sets ...string) map[string]float64 {
	t.Helper()
	text, ok := Builtin(name)
	if !ok {
		t.Fatalf("no built-in %s", name)
	}
	s, err := Load(name+".yaml", bytes.NewReader(text), sets...)
	if err != nil {
		t.Fatal(err)
	}
	task, err := NewTask(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	n := &notebook{scores: map[string]float64{}}
	if err := task.Run(e, n); err != nil {
		t.Fatal(err)
	}
	return n.scores
}

func TestAsyncTry(t *testing.T) {
	for _, v := range [][]string{{"neuron.learning.rate=1"}, {"neuron.learning.rate=2"}, {"neuron.learning.rate=1", "neuron.window=256"}, {"neuron.window=256"}} {
		t.Run(fmt.Sprint(v), func(t *testing.T) {
			t.Parallel()
			fmt.Println(v, runBuiltin(t, "associative-memory", append([]string{"associative_memory.patterns.source=random", "associative_memory.patterns.count=100", "associative_memory.presentations=30", "neuron.clock.kind=poisson", "network.delay={uniform: [1ms, 10ms]}", "neuron.gate.threshold=0.01", "associative_memory.recall=[{name: clean}]"}, v...)...)["recall.mean_cosine"])
		})
	}
}

func TestTry(t *testing.T) {
	fmt.Println(runBuiltin(t, "associative-memory"))
	for seed := 1; seed <= 5; seed++ {
		fmt.Println(runBuiltin(t, "associative-memory", "associative_memory.patterns.source=random", "associative_memory.patterns.count=50", "associative_memory.presentations=10", fmt.Sprint("seed=", seed), "associative_memory.recall=[{name: damaged, cue: flip, fraction: 10%, dynamics: belief},{name: clean}]"))
	}
	for _, th := range []string{"0.01", "0"} {
		fmt.Println(runBuiltin(t, "associative-memory", "associative_memory.patterns.source=random", "associative_memory.patterns.count=100", "neuron.clock.kind=poisson", "network.delay={uniform: [1ms, 10ms]}", "neuron.gate.threshold="+th, "associative_memory.recall=[{name: clean}]"))
	}
}
