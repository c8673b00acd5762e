package language

import "testing"

// TestRequired: what a section must say is asked for by its name, with what it is; all
// that lacks is told at once, in the order of the reference.
func TestRequired(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{lacks[Projection](), "from: missing, expected text | to: missing, expected text | port: missing, expected one of r, c, l"},
		{lacks[Population](), "neuron: missing, expected text"},
		{lacks[Graph](), "file: missing, expected text"},
		{lacks[Group](), "neurons: missing, expected text"},
		{lacks[Phase](), "name: missing, expected text | one of present, play, rest, recall, store, script is missing"},
		{lacks[Present](), "data: missing, expected text"},
		{lacks[Step](), "do: missing, expected a list of 1 to 3, each one of fire, surprise, learn, observe"},
		{lacks[Rehearse](), "count: missing, expected a whole number from 1 to 100000"},
		{lacks[BatchRate](), "rate: missing, expected a number > 0 and ≤ 10"},
		{lacks[Play](), "data: missing, expected text"},
		{lacks[Rest](), "duration: missing, expected a duration with a unit, such as 5ms, > 0us and ≤ 1000h"},
		{lacks[Recall](), "data: missing, expected text | input: missing, expected text | population: missing, expected text"},
		{lacks[Store](), "data: missing, expected text | input: missing, expected text | projection: missing, expected text | rule: missing, expected one of hebb, storkey, pseudo_inverse, perceptron, logistic"},
		{lacks[Script](), "input: missing, expected text | population: missing, expected text | one of file, code is missing"},
		{lacks[Show](), "input: missing, expected text | values: missing, expected a list of at most 100000, each a number from -1e6 to 1e6"},
		{lacks[Rewire](), "fraction: missing, expected " + anyShare + ", from 0% to 100%"},
		{lacks[Turnover](), "threshold: missing, expected a number > 0 and ≤ 1e6"},
		{lacks[Fault](), "kind: missing, expected one of silent, stuck_on, stuck_off, dead_synapses, crash"},
		{lacks[Patches](), "folder: missing, expected text"},
		{lacks[IDX](), "folder: missing, expected text"},
		{lacks[Table](), "file: missing, expected text | fields: missing, expected a section of at most 1000, each value the name of a column, or a list of names"},
		{lacks[Images](), "folder: missing, expected text | width: missing, expected a whole number from 1 to 4096 | height: missing, expected a whole number from 1 to 4096"},
		{lacks[SpikeFile](), "file: missing, expected text | channels: missing, expected a whole number from 1 to 10000000"},
		{lacks[LinearProbe](), "population: missing, expected text | fit: missing, expected text | test: missing, expected text"},
		{lacks[Sequence](), "population: missing, expected text | data: missing, expected text"},
		{lacks[Regression](), "of: missing, expected a list of 1 to 100, each text | fit: missing, expected text | test: missing, expected text"},
		{lacks[Custom](), "kind: missing, expected text"},
		{lacks[Probe](), "population: missing, expected text | of: missing, expected a list of 1 to 9, each one of r, c, l, theta, y, D, chi, weights, atoms"},
		{lacks[Experiment](), "apiVersion: missing, expected one of infomorph/v2 | name: missing, expected text"},
	} {
		if c.got != c.want {
			t.Errorf("%s\nwant\n%s", c.got, c.want)
		}
	}
}

// lacks says what is wrong with an empty section.
func lacks[T any]() string { return read(new(T), "{}", func(*T) string { return "nothing" }) }
