package record

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"infomorph/neuron"
)

// TestLabels: growing tables and tables of weights have the exact names of
// neurons beside their numbers; a number that is not a neuron's has no name.
func TestLabels(t *testing.T) {
	opts := options(t)
	opts.CSV = true
	opts.Labels = []string{"PN, left", `a "b"`, " x\t#1 "}
	r := create(t, opts)
	must(t, r.Spikes([]neuron.Spike{{Time: 1, Source: 2, Value: 1}, {Time: 2, Source: 0, Value: -1}}))
	must(t, r.Atoms(&AtomsRow{Time: 5, Neuron: 1, Atoms: []float64{1, 2, 3, 4}}))
	s, err := r.Stream("probes", []Column{{"neuron", Int64, ""}, {"source", Int64, ""}, {"value", Float64, ""}})
	must(t, err)
	must(t, s.Append(0, -1, 0.5))
	must(t, s.Append(1, 3, 0.5))
	must(t, r.Weights("w", slices.Values([]Weight{{Target: 1, Port: neuron.Contextual, Source: 2, Weight: 3, Delay: 4}})))
	must(t, r.Close(nil, Final{}))
	for name, want := range map[string][][]string{
		"spikes":    {{"source", "2", "0"}, {"source_label", " x\t#1 ", "PN, left"}},
		"pid":       {{"neuron", "1"}, {"neuron_label", `a "b"`}},
		"probes":    {{"neuron_label", "PN, left", `a "b"`}, {"source_label", "", ""}},
		"weights-w": {{"target_label", `a "b"`}, {"source_label", " x\t#1 "}},
	} {
		f, err := os.Open(filepath.Join(opts.Dir, name+".csv"))
		must(t, err)
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		must(t, err)
		for _, column := range want {
			i := slices.Index(rows[0], column[0])
			for k, cell := range column[1:] {
				if i < 0 || rows[k+1][i] != cell {
					t.Errorf("%s, %s, row %d: got %q, want %q", name, column[0], k, rows[k+1], cell)
				}
			}
		}
		p, err := OpenTable(filepath.Join(opts.Dir, name+".parquet"))
		must(t, err)
		if len(p.Columns()) != len(rows[0]) {
			t.Errorf("%s: Parquet has %v, CSV %v", name, p.Columns(), rows[0])
		}
		p.Close()
	}
}
