package topology

import (
	"errors"
	"fmt"

	"infomorph/neuron"
)

// Limits of a description. They bound memory before it is allocated.
const (
	MaxNeurons     = 100_000_000   // neurons and channels together
	MaxSynapses    = 1_000_000_000 // synapses of one graph
	MaxProjections = 1 << 14
)

// Network is the description of a network.
type Network struct {
	Populations []Population `json:"populations" yaml:"populations"`
	Channels    []Population `json:"channels,omitempty" yaml:"channels,omitempty"`
	Projections []Projection `json:"projections" yaml:"projections"`
}

// Population is a named set of neurons or of input channels. Ids are contiguous
// in the order of declaration: first all neurons, then all channels.
type Population struct {
	Name string `json:"name" yaml:"name"`
	Size int    `json:"size" yaml:"size"`
	// Positions has one point per member, or is nil.
	Positions []Point `json:"positions,omitempty" yaml:"positions,omitempty"`
	// Place says how Build fills Positions if they are nil.
	Place Placement `json:"place,omitzero" yaml:"place,omitempty"`
}

// Projection connects the members of From (a population or a channel group) to
// those of To (a population). From, To and Rule.Name are required. An empty
// Name becomes "from-to" (with a number if that is taken). The default of
// weights is 0, of delays 1 ms.
type Projection struct {
	Name    string      `json:"name,omitempty" yaml:"name,omitempty"`
	From    string      `json:"from" yaml:"from"`
	To      string      `json:"to" yaml:"to"`
	Port    neuron.Port `json:"port" yaml:"port"`
	Rule    Rule        `json:"rule" yaml:"rule"`
	Weights Dist        `json:"weights,omitzero" yaml:"weights,omitempty"`
	Delays  Dist        `json:"delays,omitzero" yaml:"delays,omitempty"` // [µs]
}

// span is the id range of a group.
type span struct {
	first   neuron.ID
	size    int
	channel bool
	group   *Population
}

// find returns the span of the group called name.
func find(name string, populations, channels []Population) (span, bool) {
	var first neuron.ID
	for i := range populations {
		if populations[i].Name == name {
			return span{first, populations[i].Size, false, &populations[i]}, true
		}
		first += neuron.ID(populations[i].Size)
	}
	for i := range channels {
		if channels[i].Name == name {
			return span{first, channels[i].Size, true, &channels[i]}, true
		}
		first += neuron.ID(channels[i].Size)
	}
	return span{}, false
}

// Validate returns all errors in the description at once, or nil.
func (n *Network) Validate() error {
	errs := checkGroups(n.Populations, n.Channels)
	if len(n.Projections) > MaxProjections {
		errs = append(errs, fmt.Errorf("projections: %d given, at most %d are allowed", len(n.Projections), MaxProjections))
	}
	for i := range n.Projections {
		p := &n.Projections[i]
		for _, err := range n.checkProjection(p) {
			errs = append(errs, fmt.Errorf("projections[%d] (%s → %s): %w", i, p.From, p.To, err))
		}
	}
	return errors.Join(errs...)
}

func checkGroups(populations, channels []Population) (errs []error) {
	seen := make(map[string]bool)
	total := 0
	check := func(kind string, i int, p *Population) {
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("%s[%d] (%s): %s", kind, i, p.Name, fmt.Sprintf(format, args...)))
		}
		switch {
		case p.Name == "":
			bad("name: missing")
		case seen[p.Name]:
			bad("name: used twice")
		}
		seen[p.Name] = true
		if p.Size < 0 || p.Size > MaxNeurons {
			bad("size: %d, expected 0 to %d", p.Size, MaxNeurons)
			return
		}
		if total += p.Size; total > MaxNeurons {
			bad("size: more than %d neurons and channels together", MaxNeurons)
			total = 0
		}
		if p.Positions != nil && len(p.Positions) != p.Size {
			bad("positions: %d points for %d members", len(p.Positions), p.Size)
		}
		if err := p.Place.check(); err != nil {
			bad("place: %v", err)
		}
	}
	for i := range populations {
		check("populations", i, &populations[i])
	}
	for i := range channels {
		check("channels", i, &channels[i])
	}
	return errs
}

func (n *Network) checkProjection(p *Projection) (errs []error) {
	from, okFrom := find(p.From, n.Populations, n.Channels)
	to, okTo := find(p.To, n.Populations, n.Channels)
	if !okFrom {
		errs = append(errs, fmt.Errorf("from: no population or channel group is called %q", p.From))
	}
	if !okTo {
		errs = append(errs, fmt.Errorf("to: no population is called %q", p.To))
	} else if to.channel {
		errs = append(errs, fmt.Errorf("to: %q is a channel group; channels receive nothing", p.To))
	}
	if p.Port >= neuron.NumPorts {
		errs = append(errs, fmt.Errorf("port: %d, expected 0 to %d", p.Port, neuron.NumPorts-1))
	}
	if err := p.Weights.check(); err != nil {
		errs = append(errs, fmt.Errorf("weights: %w", err))
	}
	if err := p.Delays.check(); err != nil {
		errs = append(errs, fmt.Errorf("delays: %w", err))
	}
	if (p.Weights.Kind == "graph" || p.Delays.Kind == "graph") && p.Rule.Name != "imported" {
		errs = append(errs, errors.New("weights, delays: dist graph is for the rule imported"))
	}
	if okFrom && okTo {
		if err := p.Rule.check(shape{from.size, to.size, p.From == p.To}); err != nil {
			errs = append(errs, fmt.Errorf("rule: %w", err))
		}
		if needsPositions(p) && !(from.group.placed() && to.group.placed()) {
			errs = append(errs, errors.New("positions: the rule or a distribution uses distance, so both ends need positions or a place"))
		}
	}
	return errs
}

func needsPositions(p *Projection) bool {
	return p.Rule.Name == "spatial" || p.Weights.Kind == "distance" || p.Delays.Kind == "distance"
}
