package measure

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"infomorph/neuron"
	"infomorph/pid"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// xorOf is the decomposition of the exclusive or of the first two of so many fair bits.
func xorOf(t *testing.T, sources int) *pid.Decomposition {
	t.Helper()
	shape := slices.Repeat([]int{2}, sources+1)
	p := make([]float64, 1<<(sources+1))
	for i := range 1 << sources {
		bit := func(k int) int { return i >> (sources - 1 - k) & 1 }
		p[2*i+(bit(0)^bit(1))] = 1 / float64(int(1)<<sources)
	}
	d, err := pid.Decompose(pid.SX, shape, p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestAtomsOfNeurons: each atom that some neuron has is a column, in the order of the first
// neuron that has it; cells of neurons without it, or with what is no number, are empty.
func TestAtomsOfNeurons(t *testing.T) {
	two, three := xorOf(t, 2), xorOf(t, 3)
	broken := *two
	broken.Residual = math.NaN()
	table := &journal.Table{Columns: []string{"neuron", "goal"}, Rows: [][]any{{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}}}
	addAtoms(table, []neuron.Report{{}, {Atoms: two, Goal: 0.5}, {Atoms: three, Goal: -1}, {Atoms: &broken, Goal: 3}, {Atoms: two, Goal: math.Inf(1)}})
	want := []string{"neuron", "goal", "unq_r", "unq_c", "red", "syn", "h_res"}
	for i := range three.Lattice().Len() {
		want = append(want, three.Lattice().Name(i))
	}
	if want = append(want, "goal (2)"); !slices.Equal(table.Columns, want) {
		t.Fatalf("columns %q, want %q", table.Columns, want)
	}
	// Makkeh, Gutknecht, Wibral 2021: of the exclusive or log2 4/3 is synergy, and log2 3/2 unique to each
	for k, atom := range []float64{math.Log2(1.5), math.Log2(1.5), -math.Log2(1.5), math.Log2(4.0 / 3), 0} {
		if got, ok := table.Rows[1][2+k].(float64); !ok || !(math.Abs(got-atom) <= 1e-12) {
			t.Errorf("%s is %v, want %v", want[2+k], table.Rows[1][2+k], atom)
		}
	}
	for row, filled := range map[int]int{0: 0, 1: 6, 2: 20, 3: 0, 4: 0} {
		n := 0
		for _, cell := range table.Rows[row][2:] {
			if cell != nil {
				n++
			}
		}
		if n != filled || len(table.Rows[row]) != len(want) {
			t.Errorf("neuron %d has %d of %d cells, want %d", row, n, len(want)-2, filled)
		}
	}
	if last := len(want) - 1; table.Rows[1][last] != 0.5 || table.Rows[2][last] != -1.0 {
		t.Errorf("goals %v and %v", table.Rows[1][last], table.Rows[2][last])
	}
	bare := &journal.Table{Columns: []string{"neuron"}, Rows: [][]any{{0}}}
	if addAtoms(bare, make([]neuron.Report, 1)); len(bare.Columns) != 1 || len(bare.Rows[0]) != 1 {
		t.Errorf("neurons without atoms have the columns %q", bare.Columns)
	}
}

// TestScoresThatAreNumbers: a score that is no number is not told, and a chance that is
// none is unknown.
func TestScoresThatAreNumbers(t *testing.T) {
	var told []string
	out := &journal.Listener{Score: func(name string, v, chance float64) { told = append(told, fmt.Sprint(name, " ", v, " ", chance)) }}
	for k, v := range []float64{0.5, math.NaN(), math.Inf(1), math.Inf(-1), 0} {
		enter(out, fmt.Sprint("s", k), v, []float64{0.25, 0.25, 0.25, 0.25, math.Inf(1)}[k])
	}
	if got := strings.Join(told, ", "); got != "s0 0.5 0.25, s4 0 NaN" {
		t.Error(got)
	}
}

// TestItemsUsedBefore: of a source without end a phase presents what comes after the items
// of the phases before it that present the same part.
func TestItemsUsedBefore(t *testing.T) {
	present := func(name, ref string, count int) language.Phase {
		return language.Phase{Name: name, Present: &language.Present{Data: ref, Count: count}}
	}
	e := &Env{Experiment: &language.Experiment{Protocol: []language.Phase{
		present("a", "bars", 5), {Name: "pause", Rest: &language.Rest{}}, present("b", "dots", 7), present("c", "bars", 11), present("d", "bars", 13),
	}}}
	for _, c := range []struct {
		phase, ref string
		want       int
	}{{"a", "bars", 0}, {"pause", "bars", 5}, {"b", "bars", 5}, {"c", "bars", 5}, {"d", "bars", 16}, {"d", "dots", 7}, {"b", "dots", 0}, {"d", "none", 0}, {"gone", "bars", 29}} {
		if got := e.usedBefore(c.phase, c.ref); got != c.want {
			t.Errorf("before %s %d items of %s are used, want %d", c.phase, got, c.ref, c.want)
		}
	}
}

// TestReadoutsByHand: the readout solves the normal equations; where they have many
// solutions it takes the one of least norm, and ridge spares the bias.
func TestReadoutsByHand(t *testing.T) {
	for _, c := range []struct {
		name    string
		neurons int
		ridge   float64
		values  []float32
		labels  []int32
		want    []float64 // a row for each neuron and one for the bias, a column for each of two labels
	}{
		{"one neuron", 1, 0, []float32{1, -1}, []int32{0, 1}, []float64{1, -1, 0, 0}},
		{"one with ridge", 1, 2, []float32{1, -1}, []int32{0, 1}, []float64{0.5, -0.5, 0, 0}}, // 2 of 2 + 2
		{"the bias alone", 1, 1, []float32{1, -1}, []int32{0, 0}, []float64{0, 0, 1, -1}},
		{"two that are alike share", 2, 0, []float32{1, 1, -1, -1}, []int32{0, 1}, []float64{0.5, -0.5, 0.5, -0.5, 0, 0}},
		{"one that never changes shares with the bias", 1, 0, []float32{1, 1}, []int32{0, 0}, []float64{0.5, -0.5, 0.5, -0.5}},
	} {
		p := &probe{group: Group{Size: c.neurons}, labels: 2, spec: &language.LinearProbe{Ridge: c.ridge}}
		w, err := p.fit(&outputs{Values: c.values, Labels: c.labels})
		if err != nil {
			t.Fatal(err)
		}
		if want := mat.NewDense(c.neurons+1, 2, c.want); !mat.EqualApprox(w, want, 1e-9) {
			t.Errorf("%s: %v, want %v", c.name, mat.Formatted(w), mat.Formatted(want))
		}
	}
}
