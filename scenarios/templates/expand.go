package templates

import (
	"math"
	"slices"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// Expand returns the document in full. Its errors are faults of the short form, by key.
func (f *Form) Expand() (*language.Experiment, error) {
	e := &language.Experiment{APIVersion: language.APIVersion, Name: f.Name, Description: f.Description, Seed: f.Seed, Mode: f.Mode,
		Control: f.Control, Validation: f.Validation, Events: f.Events, Faults: f.Faults, Record: f.Record, Expect: f.Expect}
	var err error
	switch {
	case f.Memory != nil:
		err = f.Memory.expand(f, e)
	case f.Bars != nil:
		f.Bars.expand(f, e)
	case f.Digits != nil:
		f.Digits.expand(f, e)
	case f.Hidden != nil:
		err = f.Hidden.expand(f, e)
	default:
		err = f.Script.expand(f, e)
	}
	if err != nil {
		return nil, err
	}
	return e, f.override(e)
}

// population adds a population with the places and groups of the section network.
func (f *Form) population(e *language.Experiment, name, kind string, size int) {
	e.Populations.Set(name, language.Population{Size: size, Neuron: kind, Place: f.Network.Place, Groups: f.Network.Groups})
}

// among adds a projection of a population to itself, by the topology of the section
// network, with weights uniform within ± reach.
func (f *Form) among(e *language.Experiment, p language.Projection, reach float64) {
	t := &f.Network.Topology
	if t.Rule == "none" {
		return
	}
	p.From, p.Rule, p.Weights = p.To, t.rule(), uniform(reach)
	p.Delay, p.Noise = f.Network.Delay, f.Network.Noise
	if t.Keep == "weights" || t.Keep == "both" {
		p.Weights = language.Dist{Dist: topology.FromGraph()}
	}
	if t.Keep == "delays" || t.Keep == "both" {
		p.Delay = language.Delay{FromGraph: true}
	}
	e.Projections = append(e.Projections, p)
}

// input adds a projection from an input and names it after the input.
func (f *Form) input(e *language.Experiment, p language.Projection) {
	p.Name, p.Delay = p.From, f.inputDelay()
	e.Projections = append(e.Projections, p)
}

func (f *Form) inputDelay() language.Delay {
	return language.Delay{Low: f.Network.InputDelay, High: f.Network.InputDelay}
}

func uniform(reach float64) language.Dist {
	return language.Dist{Dist: topology.Uniform(-reach, reach)}
}

func constant(v float64) language.Dist { return language.Dist{Dist: topology.Constant(v)} }

func sqrt(n int) float64 { return math.Sqrt(float64(max(n, 1))) }

// override applies the delays and noise that single projections have.
func (f *Form) override(e *language.Experiment) error {
	var names []string
	for i := range e.Projections {
		names = append(names, e.Projections[i].Name)
	}
	for name, own := range f.Network.Projections {
		at := slices.Index(names, name)
		if at < 0 {
			return config.FieldProblem("network.projections."+name, "is no projection of this experiment", config.Suggest(name, names))
		}
		if own.Delay != nil {
			e.Projections[at].Delay = *own.Delay
		}
		if own.Noise != nil {
			e.Projections[at].Noise = own.Noise
		}
	}
	for i := range e.Projections { // a sweep may set the noise, such as loss, to zero
		if z := e.Projections[i].Noise; z != nil && *z == (language.Noise{Hold: 20_000}) {
			e.Projections[i].Noise = nil
		}
	}
	return nil
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
