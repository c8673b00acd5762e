package protocol

import (
	"fmt"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// probed runs a document and returns what each call of Probe gets: the time of the first
// row, the number of rows and their quantities.
func probed(t *testing.T, text string) string {
	t.Helper()
	l := start(t, text)
	var all []string
	l.Run.out.Probe = func(rows []journal.ProbeRow) error {
		var names []string
		for _, r := range rows {
			if name := fmt.Sprint(r.Quantity, r.Neuron); len(names) < 5 {
				names = append(names, name)
			}
		}
		all = append(all, fmt.Sprint(rows[0].Time, " ", l.plan.phases[l.state.Phase].Name, " ", len(rows), " ", strings.Join(names, " ")))
		return nil
	}
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// Probes record every so many presentations of all phases, but only in their own phases,
// and only their neurons.
func TestTimesOfProbes(t *testing.T) {
	const text = small + others + "  - {name: x, present: {data: p, items: '#1,#2,#3', learn: none}}\n  - {name: y, present: {data: p, items: '#4,#0', order: sequential, learn: none}}\nrecord: {atoms: 0, probes: ["
	for probes, want := range map[string]string{
		"{population: memory, neurons: '1,3', every: 2, of: [y]}":                                                      "4.001ms others 2 y1 y3\n8.003ms x 2 y1 y3\n12.005ms y 2 y1 y3",
		"{population: memory, neurons: '2', every: 2, of: [y, r], in: [y]}":                                            "12.005ms y 2 r2 y2",
		"{population: memory, neurons: '2', every: 3, of: [theta], in: [x, y]}":                                        "6.002ms x 1 theta2\n12.005ms y 1 theta2",
		"{population: memory, neurons: '0', every: 7, of: [D]}, {population: memory, neurons: '3', every: 7, of: [D]}": "14.007ms y 1 D0\n14.007ms y 1 D3",
	} {
		if got := probed(t, text+probes+"]}\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", probes, got, want)
		}
	}
}

// A report has the values that the probe asks for; weights are in the order of synapses,
// and those of a port in the order of its slots.
func TestProbedReports(t *testing.T) {
	l := start(t, small+last)
	rep := reported(1, []float64{0.1, 0.2, 0.3, 0.4}, 0.5)
	rep.Gradient, rep.Chi = 7, 8
	rep.Weights = [neuron.NumPorts][]float64{{11}, {21, 22, 23, 24}}
	for _, c := range [][2]string{
		{"D", "D -1 7"}, {"chi", "chi -1 8"}, {"y r", ""},
		{"weights", "weight 5 11, weight 0 21, weight 2 22, weight 3 23, weight 8 24"},
		{"atoms D", "D -1 7, unq_r -1 0.1, unq_c -1 0.2, red -1 0.3, syn -1 0.4, h_res -1 0.5"},
	} {
		var got []string
		for _, row := range l.appendReport(nil, strings.Fields(c[0]), &rep) {
			got = append(got, fmt.Sprint(row.Quantity, " ", row.Source, " ", row.Value))
			if row.Neuron != 1 || row.Time != l.engine.Now() {
				t.Errorf("%+v", row)
			}
		}
		if strings.Join(got, ", ") != c[1] {
			t.Errorf("%s: %s, want %s", c[0], strings.Join(got, ", "), c[1])
		}
	}
	rep.Atoms = nil
	if rows := l.appendReport(nil, []string{"atoms"}, &rep); rows != nil {
		t.Errorf("no atoms: %v", rows)
	}
}

// A probe of values that samples have asks the engine for no report.
func TestProbesWithoutReports(t *testing.T) {
	l := start(t, small+last)
	c := &counted{}
	l.engine.Engine = &frail{l.engine.Engine, c}
	for of, want := range map[string]int{"y": 0, "D": 1} {
		c.calls = 0
		if err := l.probeOne(&language.Probe{Of: []string{of}}, []neuron.ID{1}, nil); err != nil || c.calls != want {
			t.Errorf("%s: %d reports, %v; want %d", of, c.calls, err, want)
		}
	}
}
