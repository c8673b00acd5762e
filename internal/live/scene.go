package live

import (
	"encoding/json"
	"math"
	"sync"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/language"
	"infomorph/scenarios/protocol"
	"infomorph/topology/draw"
)

// Limits on what is shown of a network. Of a larger one a sample is shown, and
// the page says so.
const (
	sampledNeurons = 1000
	drawnEdges     = 3000
	listedItems    = 500
)

// scene is what does not change during a run: names, sizes, positions.
type scene struct {
	Scenario     string       `json:"scenario"`
	Description  string       `json:"description"`
	Seed         uint64       `json:"seed"`
	Neurons      int          `json:"neurons"`
	Synapses     int          `json:"synapses"`
	Populations  []group      `json:"populations"`
	Inputs       []group      `json:"inputs"`
	Sample       []neuron.ID  `json:"sample"` // ids of the neurons that are shown one by one
	Items        []item       `json:"items"`
	MoreItems    int          `json:"moreItems"`
	Recalls      []recallable `json:"recalls"`
	Study        bool         `json:"study"`
	Free         bool         `json:"free"`
	Events       []string     `json:"events"` // events of the scenario
	Atoms        []string     `json:"atoms"`  // names of atoms
	neurons      int
	populationOf []int16
	plan         *protocol.Plan
	net          *sim.Network
	once         sync.Once
	placed       *place
}

// group is a population or an input.
type group struct {
	Name   string    `json:"name"`
	First  neuron.ID `json:"first"`
	Size   int       `json:"size"`
	Width  int       `json:"width"` // of a picture; 0: none
	Learns bool      `json:"learns"`
}

// item is an item that can be presented.
type item struct {
	Data  string `json:"data"`
	Index int    `json:"index"`
	Name  string `json:"name"`
}

// recallable is an input and a population that recalls from it.
type recallable struct {
	Input      string `json:"input"`
	Population string `json:"population"`
	Dynamics   string `json:"dynamics"`
	Release    string `json:"release"`
}

func newScene(s *scenarios.Scenario, task scenarios.Task) *scene {
	net := task.Network()
	sc := &scene{Scenario: s.Name, Description: s.Description, Seed: s.Seed, Neurons: net.NumNeurons(), Synapses: net.NumSynapses(),
		neurons: net.NumNeurons(), net: net, plan: scenarios.PlanOf(task), Free: s.Mode == scenarios.ModeFree}
	sc.Inputs, sc.Recalls = []group{}, []recallable{}
	sc.populationOf = make([]int16, sc.neurons)
	sc.Study = sc.plan == nil || s.Study != nil
	if sc.plan == nil {
		sc.Populations = []group{{Name: "neurons", Size: sc.neurons}}
		sc.Sample = spread(0, sc.neurons, sampledNeurons)
		return sc
	}
	for _, in := range sc.plan.Net.Inputs {
		sc.Inputs = append(sc.Inputs, group{Name: in.Name, First: in.First, Size: in.Size(), Width: sc.plan.Net.Width(in.Name)})
	}
	for i, g := range sc.plan.Net.Populations {
		p := group{Name: g.Name, First: g.First, Size: g.Size(), Learns: sc.plan.Net.Kind(g.Name).Learns}
		for _, in := range sc.Inputs {
			if in.Size == p.Size {
				p.Width = in.Width
			}
		}
		sc.Populations = append(sc.Populations, p)
		for id := g.First; id < g.Last; id++ {
			sc.populationOf[id] = int16(min(i, math.MaxInt16))
		}
	}
	sc.sample()
	sc.listRecalls()
	return sc
}

// sample chooses the neurons that are shown one by one, from each population in
// proportion to its size.
func (sc *scene) sample() {
	for _, p := range sc.Populations {
		n := p.Size
		if sc.neurons > sampledNeurons {
			n = max(1, p.Size*sampledNeurons/sc.neurons)
		}
		sc.Sample = append(sc.Sample, spread(p.First, p.Size, n)...)
	}
}

// spread returns n of size ids, one from each of n ranges. The place within a
// range varies, so that a sample of a grid has no stripes.
func spread(first neuron.ID, size, n int) []neuron.ID {
	n = min(n, size)
	ids := make([]neuron.ID, n)
	for i := range ids {
		from, until := i*size/n, (i+1)*size/n
		_, place := math.Modf(float64(i) * (math.Phi - 1))
		ids[i] = first + neuron.ID(from+int(place*float64(until-from)))
	}
	return ids
}

// listRecalls finds which inputs and populations can recall, and how the
// protocol does it.
func (sc *scene) listRecalls() {
	exp := sc.plan.Experiment
	for _, in := range sc.Inputs {
		for _, p := range sc.Populations {
			if in.Size != p.Size {
				continue
			}
			r := recallable{Input: in.Name, Population: p.Name, Dynamics: "sign", Release: "released"}
			named := false
			for i := range exp.Protocol {
				if how := exp.Protocol[i].Recall; how != nil && how.Input == in.Name && how.Population == p.Name {
					r.Dynamics, r.Release, named = how.Dynamics, how.Release, true
				}
			}
			if named || sc.plan.CanRecall(in.Name, p.Name) {
				sc.Recalls = append(sc.Recalls, r)
			}
		}
	}
}

// listItems returns the first items of each source, and the number of the
// others.
func (sc *scene) listItems() (items []item, more int) {
	if sc.plan == nil {
		return nil, 0
	}
	for _, name := range sc.plan.Sources() {
		part, err := sc.plan.Data.Part(name)
		if err != nil {
			continue
		}
		n := part.Len()
		for i := range min(n, listedItems-len(items)) {
			items = append(items, item{name, i, sc.plan.ItemName(part, i)})
		}
		more += max(0, n-listedItems)
	}
	return items, more
}

// place is the map: positions of neurons, and some of the synapses between
// them.
type place struct {
	X     []float64 `json:"x"`
	Y     []float64 `json:"y"`
	Edges [][2]int  `json:"edges"` // indices in the sample
	How   string    `json:"how"`
	Of    int       `json:"of"` // synapses between the sampled neurons
}

// layOut finds positions for the sampled neurons: those that the network has;
// or a layout by springs if the network is small and sparse; or else by
// population, as a picture if the population has a width.
func (sc *scene) layOut(net *sim.Network) *place {
	p := &place{X: make([]float64, len(sc.Sample)), Y: make([]float64, len(sc.Sample)), How: "by population"}
	sparse := sc.neurons <= 600 && net.NumSynapses() <= 20*sc.neurons
	if !sc.positions(net, p) && !(sparse && sc.springs(net, p)) {
		sc.blocks(p)
	}
	p.Edges, p.Of = sc.edges(net)
	return p
}

func (sc *scene) positions(net *sim.Network, p *place) bool {
	for i, id := range sc.Sample {
		at, ok := net.Graph.Position(id)
		if !ok {
			return false
		}
		p.X[i], p.Y[i] = at[0], at[1]
	}
	p.How = "at their positions"
	unit(p.X)
	unit(p.Y)
	return len(sc.Sample) > 0
}

func (sc *scene) springs(net *sim.Network, p *place) bool {
	at, err := draw.Place(net.Graph, "force", 1)
	if err != nil {
		return false
	}
	for i, id := range sc.Sample {
		p.X[i], p.Y[i] = at[id].X, at[id].Y
	}
	p.How = "by springs along synapses"
	return true
}

// unit scales values to 0 … 1.
func unit(v []float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range v {
		low, high = math.Min(low, x), math.Max(high, x)
	}
	for i := range v {
		if high > low {
			v[i] = (v[i] - low) / (high - low)
		} else {
			v[i] = 0.5
		}
	}
}

// blocks places populations side by side.
func (sc *scene) blocks(p *place) {
	columns := len(sc.Populations)
	k := 0
	for c, g := range sc.Populations {
		var members []int
		for k < len(sc.Sample) && sc.Sample[k] < g.First+neuron.ID(g.Size) {
			members = append(members, k)
			k++
		}
		width := int(math.Ceil(math.Sqrt(float64(len(members)))))
		if g.Width > 0 && len(members) == g.Size {
			width = g.Width
		}
		side := max(width, (len(members)+width-1)/max(width, 1))
		for i, at := range members {
			x, y := float64(i%width)+0.5, float64(i/width)+0.5
			p.X[at] = (float64(c) + 0.04 + 0.92*x/float64(side)) / float64(columns)
			p.Y[at] = 0.5 + (y/float64(side)-0.5*float64((len(members)+width-1)/width)/float64(side))*0.92/float64(columns)
		}
	}
}

// edges returns synapses between sampled neurons. If there are many, it chooses
// some of them evenly.
func (sc *scene) edges(net *sim.Network) (edges [][2]int, of int) {
	at := map[neuron.ID]int{}
	for i, id := range sc.Sample {
		at[id] = i
	}
	each := func(f func(from, to int)) {
		for i, id := range sc.Sample {
			for _, source := range net.Incoming(id).Source {
				if from, ok := at[source]; ok {
					f(from, i)
				}
			}
		}
	}
	each(func(int, int) { of++ })
	every, n := (of+drawnEdges-1)/drawnEdges, 0
	each(func(from, to int) {
		if n++; every > 0 && n%every == 0 {
			edges = append(edges, [2]int{from, to})
		}
	})
	return edges, of
}

// expectation is an expectation of the scenario with its present value.
type expectation struct {
	What string   `json:"what"`
	Of   string   `json:"of"` // score or live measure
	Live bool     `json:"live"`
	Min  *float64 `json:"min"`
	Max  *float64 `json:"max"`
}

func expectationsOf(s *scenarios.Scenario) (all []expectation) {
	for i := range s.Expect {
		e := &s.Expect[i]
		x := expectation{Of: e.Score, Min: e.Min, Max: e.Max, What: "at the end"}
		if m := e.Measure(); m != "" {
			x.Of, x.Live = m, true
			x.What = map[bool]string{true: "always", false: "once"}[e.Always != ""]
			if e.Never != "" {
				x.What = "never"
			}
		}
		all = append(all, x)
	}
	return all
}

// describe writes an event for people, without keys that are not set.
func describe(e *language.Event) string {
	text, err := eventText(e)
	if err != nil {
		return err.Error()
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &keys) != nil {
		return text
	}
	for key, idle := range map[string]string{"after": `"0us"`, "until": `"0us"`, "neurons": `"all"`} {
		if string(keys[key]) == idle {
			delete(keys, key)
		}
	}
	delete(keys, "at")
	short, err := json.Marshal(keys)
	if err != nil {
		return text
	}
	return string(short)
}
