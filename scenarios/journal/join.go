package journal

import (
	"errors"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Join returns a listener that calls both listeners, first before second. It calls the
// second even if the first returns an error. New engines come from the first listener
// only.
func Join(first, second *Listener) *Listener {
	a, b := *first, *second
	a.Defaults()
	b.Defaults()
	return &Listener{
		Epoch: func(end neuron.Time, out *neuron.Output) error {
			return errors.Join(a.Epoch(end, out), b.Epoch(end, out))
		},
		Phase: func(name string) error { return errors.Join(a.Phase(name), b.Phase(name)) },
		Step: func(phase string, done, total int) error {
			return errors.Join(a.Step(phase, done, total), b.Step(phase, done, total))
		},
		Within: func() int { return least(a.Within(), b.Within()) },
		Attend: func(phase string, done, total int) Wish {
			if w := a.Attend(phase, done, total); w.Checkpoint || len(w.Touches) > 0 {
				return w
			}
			return b.Attend(phase, done, total)
		},
		Shown:        func(s Shown) error { return errors.Join(a.Shown(s), b.Shown(s)) },
		Presentation: func(p Presentation) error { return errors.Join(a.Presentation(p), b.Presentation(p)) },
		Atoms: func(t neuron.Time, reports []neuron.Report) error {
			return errors.Join(a.Atoms(t, reports), b.Atoms(t, reports))
		},
		Weights: func(name string, net *sim.Network, reports []neuron.Report) error {
			return errors.Join(a.Weights(name, net, reports), b.Weights(name, net, reports))
		},
		Probe: func(rows []ProbeRow) error { return errors.Join(a.Probe(rows), b.Probe(rows)) },
		Measure: func(t neuron.Time, name string, v float64) error {
			return errors.Join(a.Measure(t, name, v), b.Measure(t, name, v))
		},
		Score:      func(name string, v, chance float64) { a.Score(name, v, chance); b.Score(name, v, chance) },
		Table:      func(t Table) error { return errors.Join(a.Table(t), b.Table(t)) },
		Figure:     func(name string, f Figure) error { return errors.Join(a.Figure(name, f), b.Figure(name, f)) },
		Picture:    func(name string, f Figure) error { return errors.Join(a.Picture(name, f), b.Picture(name, f)) },
		Checkpoint: func() error { return errors.Join(a.Checkpoint(), b.Checkpoint()) },
		Print:      func(text string) { a.Print(text); b.Print(text) },
		Open:       a.Open,
	}
}

// least returns the smaller of two limits, as Listener.Within returns them; 0 means no
// limit.
func least(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}
