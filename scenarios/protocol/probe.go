package protocol

import (
	"slices"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// probeDue returns the number of presentations of a phase until the next probe is due, at
// most mostItems.
func (r *Run) probeDue(p *phase) int {
	due := mostItems
	for i := range r.plan.Experiment.Record.Probes {
		q := &r.plan.Experiment.Record.Probes[i]
		if len(q.In) == 0 || slices.Contains(q.In, p.Name) {
			due = min(due, q.Every-r.state.Shown%q.Every)
		}
	}
	return due
}

// probe records the values of probes after a presentation.
func (r *Run) probe(p *phase, samples []neuron.Sample) error {
	for i := range r.plan.Experiment.Record.Probes {
		q := &r.plan.Experiment.Record.Probes[i]
		if len(q.In) > 0 && !slices.Contains(q.In, p.Name) || r.state.Shown%q.Every != 0 {
			continue
		}
		if err := r.probeOne(q, r.plan.probed[i], samples); err != nil {
			return err
		}
	}
	return nil
}

// probeOne records the values of one probe. The ids of its neurons are sorted.
func (r *Run) probeOne(q *language.Probe, ids []neuron.ID, samples []neuron.Sample) error {
	var rows []journal.ProbeRow
	for i := range samples {
		if _, ok := slices.BinarySearch(ids, samples[i].Neuron); ok {
			rows = appendSample(rows, q.Of, &samples[i])
		}
	}
	want := wanted(q.Of)
	if want != 0 {
		reports, err := r.engine.Report(ids, want)
		if err != nil {
			return err
		}
		for i := range reports {
			rows = r.appendReport(rows, q.Of, &reports[i])
		}
	}
	return r.out.Probe(rows)
}

var portNames = [...]string{"r", "c", "l"}

// appendSample appends the quantities that a sample contains.
func appendSample(rows []journal.ProbeRow, of []string, s *neuron.Sample) []journal.ProbeRow {
	add := func(name string, v float64) {
		if slices.Contains(of, name) {
			rows = append(rows, journal.ProbeRow{Time: s.Time, Neuron: s.Neuron, Quantity: name, Source: -1, Value: v})
		}
	}
	for q, name := range portNames {
		add(name, s.Sum[q])
	}
	add("theta", s.Theta)
	add("y", float64(s.Output))
	return rows
}

func wanted(of []string) (want neuron.Want) {
	for _, name := range of {
		switch name {
		case "weights":
			want |= neuron.WantWeights
		case "atoms":
			want |= neuron.WantAtoms
		case "D", "chi":
			want |= neuron.WantLearning
		}
	}
	return want
}

// appendReport appends the quantities that a report contains.
func (r *Run) appendReport(rows []journal.ProbeRow, of []string, rep *neuron.Report) []journal.ProbeRow {
	now := r.engine.Now()
	add := func(name string, source neuron.ID, v float64) {
		rows = append(rows, journal.ProbeRow{Time: now, Neuron: rep.Neuron, Quantity: name, Source: source, Value: v})
	}
	if slices.Contains(of, "D") {
		add("D", -1, rep.Gradient)
	}
	if slices.Contains(of, "chi") {
		add("chi", -1, rep.Chi)
	}
	if slices.Contains(of, "atoms") && rep.Atoms != nil {
		for _, name := range atomsOf(rep.Atoms) {
			v, _ := rep.Atoms.Atom(name)
			add(name, -1, v)
		}
		add("h_res", -1, rep.Atoms.Residual)
	}
	if slices.Contains(of, "weights") {
		in := r.engine.Network().Incoming(rep.Neuron)
		var slot [neuron.NumPorts]int
		for k, port := range in.Port {
			add("weight", in.Source[k], rep.Weights[port][slot[port]])
			slot[port]++
		}
	}
	return rows
}
