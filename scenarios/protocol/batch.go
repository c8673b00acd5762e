package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"infomorph/internal/batch"
	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/measure"
	"infomorph/scenarios/network"
)

// batchRun is a phase that learns from batches: its populations, taken out of the
// network, and all its items as rows.
type batchRun struct {
	run     *Run
	phase   *phase
	members []*member // by population; nil for populations that do not update in the phase
	rows    map[string]*inputRows
	items   []int // items of the current batch
	frozen  [][]float64
}

// member is one population of a batchRun.
type member struct {
	*batched
	at      int        // number of the population
	sources []source   // by port
	outputs batch.Rows // latest outputs; empty: none yet
	biased  batch.Rows // the same with a constant 1 for each item, for ports with a bias
	next    []float64  // outputs of the current step
	ports   []batch.Rows
	looked  bool   // firing probabilities of the current batch are computed
	stale   []bool // by port: its input has changed since then
}

// source is the source of a port: an input or a population.
type source struct {
	input      string
	population int
	bias       bool
}

// learnInBatches presents the items of a phase in batches, pass by pass, and then writes
// the weights back to the neurons of the engine.
func (r *Run) learnInBatches(ctx context.Context, p *phase) error {
	b, err := r.newBatch(p)
	if err != nil {
		return err
	}
	r.batch = b
	s := &r.state
	size := p.per
	if n := p.Present.Batch.Size; n > 0 {
		size = min(n, p.per)
	}
	batches := p.per / size // the remaining items are not in this pass
	for total := batches * p.Present.Passes; s.Done < total; {
		pass, k := s.Done/batches, s.Done%batches
		if err := r.step(ctx, p, s.Done, total); err != nil {
			return err
		}
		b.rate(pass, s.Done)
		order := r.orders.of(p.index, pass, p.per)
		if err := b.learn(order[k*size:][:size], s.Done); err != nil {
			return err
		}
		s.Done++
		s.Trained += size
		if k == batches-1 {
			if err := b.endPass(pass); err != nil {
				return err
			}
		}
	}
	b.thaw(1)
	for _, m := range b.populations() {
		m.Settle()
	}
	if err := install(r.engine, b.populations()...); err != nil {
		return err
	}
	return r.step(ctx, p, s.Done, s.Done)
}

// newBatch takes the populations of a phase out of the network. If there is a saved state
// of the phase, it restores them from that.
func (r *Run) newBatch(p *phase) (*batchRun, error) {
	b := &batchRun{run: r, phase: p, rows: map[string]*inputRows{}, members: make([]*member, len(r.plan.Net.Populations))}
	for i := range b.members {
		if !p.updates(r.plan, i) {
			continue
		}
		var err error
		if b.members[i], err = b.member(i); err != nil {
			return nil, err
		}
	}
	if err := b.restore(r.state.Batch); err != nil {
		return nil, err
	}
	for _, m := range b.members {
		var w []float64
		if m != nil && m.sources[neuron.Receptive].input != "" && m.Ports[neuron.Receptive].Frozen {
			w = slices.Clone(m.Ports[neuron.Receptive].Weights)
		}
		b.frozen = append(b.frozen, w)
	}
	return b, nil
}

// updates reports whether a population updates in the steps of the phase.
func (ph *phase) updates(p *Plan, i int) bool {
	g := p.Net.Populations[i]
	for _, s := range ph.steps {
		for _, t := range s.targets {
			if t.first <= g.First && g.Last <= t.last {
				return true
			}
		}
	}
	return false
}

// member prepares population i.
func (b *batchRun) member(i int) (*member, error) {
	net := b.run.plan.Net
	g := net.Populations[i]
	m := &member{at: i}
	cfg := net.Sim.Config(g.First)
	var spans []span
	for port := range neuron.Port(cfg.Sources) {
		src, sp, err := b.source(i, port)
		if err != nil {
			return nil, err
		}
		src.bias = cfg.Ports[port].Bias
		m.sources, spans = append(m.sources, src), append(spans, sp)
	}
	var err error
	if m.batched, err = newBatched(b.run.engine, g.First, int(g.Last-g.First), spans...); err != nil {
		return nil, err
	}
	m.Average = float64(b.phase.Present.Batch.Average)
	m.ports, m.stale = make([]batch.Rows, len(m.sources)), make([]bool, len(m.sources))
	if slices.Contains(b.phase.Present.Batch.Fit, g.Name) {
		m.Ports[neuron.Receptive].Fit = true
	}
	for port, src := range m.sources {
		if p := net.Kind(g.Name).Ports.Get(portNames[port]); p != nil {
			m.Ports[port].Soft = p.Bins.Soft
		}
		if src.input != "" {
			if err := b.layRows(src, m.Ports[port].Sources != nil); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// source returns the source of a port of population i. A port can have one source at
// most.
func (b *batchRun) source(i int, port neuron.Port) (source, span, error) {
	net := b.run.plan.Net
	g := net.Populations[i]
	src, sp := source{population: -1}, span{}
	for _, l := range b.run.engine.Network().Projections {
		if l.To != g.Name || l.Port != port {
			continue
		}
		if src.population >= 0 || src.input != "" {
			return src, sp, config.FieldProblem("present.batch", fmt.Sprintf("needs ports with one input or population, but port %s of %s has several", portNames[port], g.Name), "")
		}
		if k := slices.IndexFunc(net.Populations, func(g network.Group) bool { return g.Name == l.From }); k >= 0 {
			src.population, sp = k, span{net.Populations[k].First, net.Populations[k].Last}
		} else {
			in, _ := net.Input(l.From)
			src.input, sp = l.From, span{in.First, in.Last}
		}
	}
	return src, sp, nil
}

// populations returns the populations that learn.
func (b *batchRun) populations() (all []*batched) {
	for i, m := range b.members {
		if m != nil && b.phase.learns[i] {
			all = append(all, m.batched)
		}
	}
	return all
}

// rate sets the learning rates, and the drive of inputs, for a step of a pass.
func (b *batchRun) rate(pass, step int) {
	how, passes := b.phase.Present.Batch, b.phase.Present.Passes
	gone, way := float64(pass), float64(passes-1) // gone of the way to the end
	drive := 1 + (how.EndDrive-1)*(gone+1)/(way+1)
	if how.Halfway > 0 {
		gone, way = float64(step), float64(step)+float64(how.Halfway)
		drive = 1 + (how.EndDrive-1)*gone/way
	}
	share := 1.0
	if how.EndRate >= 0 && way > 0 {
		share += (how.EndRate/how.Rate - 1) * gone / way
	}
	for i, m := range b.members {
		if m == nil {
			continue
		}
		m.Rate, m.Decay = share*how.Rate, how.Decay
		if own := how.Of.Get(b.run.plan.Net.Populations[i].Name); own != nil {
			m.Rate, m.Decay = share*own.Rate, own.Decay
		}
	}
	b.thaw(drive)
}

// thaw sets the weights of frozen receptive ports to a multiple of their original values.
func (b *batchRun) thaw(factor float64) {
	for i, w := range b.frozen {
		for k, v := range w {
			b.members[i].Ports[neuron.Receptive].Weights[k] = v * factor
		}
	}
}

// learn executes the steps of the phase with a batch. A broken weight is the error, even
// if something else failed because of it.
func (b *batchRun) learn(rows []int, number int) error {
	b.begin(rows)
	err := b.walk(number)
	for _, g := range b.populations() {
		if broken := g.broken(b.run.engine.Now()); broken != nil {
			return b.run.explain(broken)
		}
	}
	return err
}

// walk executes the steps of the phase.
func (b *batchRun) walk(number int) error {
	rng := draws(b.run.plan.Experiment.Seed, drawStream+neuron.ID(b.phase.index), number)
	for _, s := range b.phase.steps {
		for i, m := range b.members {
			if err := b.update(m, s.flags(b.run.plan.Net.Populations[i].First), rng); err != nil {
				return err
			}
		}
		b.commit()
	}
	return nil
}

// flags returns what a neuron does in a step.
func (s *step) flags(id neuron.ID) neuron.Flags {
	for _, t := range s.targets {
		if t.first <= id && id < t.last {
			return t.flags
		}
	}
	return 0
}

// begin starts a batch. No population has outputs yet.
func (b *batchRun) begin(rows []int) {
	b.items = rows
	for _, m := range b.members {
		if m == nil {
			continue
		}
		m.looked, m.next, m.outputs, m.biased = false, nil, batch.Rows{}, batch.Rows{}
		for port, src := range m.sources {
			if src.input != "" && !slices.Contains(b.phase.off, src.input) {
				m.ports[port] = b.rows[src.key()].pick(rows)
			}
		}
	}
}

// update executes a step for a population. A population that does not update has nothing
// to do in any step.
func (b *batchRun) update(m *member, do neuron.Flags, rng *rand.Rand) error {
	if do == 0 {
		return nil
	}
	theta := b.look(m)
	if do&neuron.Fire != 0 {
		m.next = b.sample(m, theta, rng)
	}
	if do&neuron.Learn != 0 {
		m.looked = false
		return m.Climb(m.ports...)
	}
	return nil
}

// look computes firing probabilities. If only one port has a new input, it only computes
// the sums of that port again.
func (b *batchRun) look(m *member) []float64 {
	var stale []neuron.Port
	for port, src := range m.sources {
		if src.population >= 0 && b.members[src.population] != nil {
			m.ports[port] = b.members[src.population].outputs
			if src.bias {
				m.ports[port] = b.members[src.population].biased
			}
		}
		if m.stale[port] {
			stale = append(stale, neuron.Port(port))
		}
		m.stale[port] = false
	}
	if m.looked && len(stale) == 1 {
		return m.Again(stale[0], m.ports...)
	}
	m.looked = true
	if !b.phase.learns[m.at] {
		return m.Look(len(b.items), m.ports...)
	}
	return m.Forward(len(b.items), m.ports...)
}

// sample draws the outputs of a population, ±1.
func (b *batchRun) sample(m *member, theta []float64, rng *rand.Rand) []float64 {
	out := make([]float64, len(theta))
	sums := m.Sums(neuron.Receptive)
	follow := b.run.dynamics(b.phase.Present.Output, m.at)
	for i, p := range theta {
		under := rng.Float64() - p // the output is 1 if it is negative
		switch follow {
		case neuron.Teacher:
			under = 0 - sums[i]
		case neuron.Sign:
			under = 0.5 - p
		}
		out[i] = -math.Copysign(1, under) // without a branch, which would be mispredicted
	}
	return out
}

// biased appends a 1 to each row of values.
func biased(values []float64, width int) []float64 {
	n := len(values) / width
	out := slices.Repeat([]float64{1}, n*(width+1))
	for i := range n {
		copy(out[i*(width+1):], values[i*width:(i+1)*width])
	}
	return out
}

// commit makes the outputs of a step available to other populations.
func (b *batchRun) commit() {
	for i, m := range b.members {
		if m == nil || m.next == nil {
			continue
		}
		m.outputs = batch.Rows{Dense: m.next, Signs: true}
		m.biased = batch.Rows{Dense: biased(m.next, m.Neurons), Signs: true}
		m.next = nil
		for _, other := range b.members {
			if other == nil {
				continue
			}
			for port, src := range other.sources {
				other.stale[port] = other.stale[port] || src.population == i
			}
		}
	}
}

// endPass passes the last batch of a pass and the atoms to the measures.
func (b *batchRun) endPass(pass int) error {
	r := b.run
	if err := b.lookAtBatch(); err != nil {
		return err
	}
	var reports []neuron.Report
	for i, m := range b.members {
		if m == nil || !b.phase.learns[i] {
			continue
		}
		some, err := m.reports((pass + 1) * b.phase.per)
		if err != nil {
			return err
		}
		reports = append(reports, some...)
	}
	if r.state.Sampling.Due(r.state.Trained) {
		if err := r.reportAtoms(reports); err != nil {
			return err
		}
	}
	return r.measures.EndPass(b.phase.Name, r.engine.Now(), r.out)
}

// lookAtBatch passes the samples for each item of the batch to the measures.
func (b *batchRun) lookAtBatch() error {
	r, p := b.run, b.phase
	var it data.Item
	var samples []neuron.Sample
	for i, k := range b.items {
		if err := p.part.Item(k, &it); err != nil {
			return err
		}
		samples = samples[:0]
		for _, m := range b.members {
			if m != nil {
				samples = m.samples(samples, i)
			}
		}
		look := measure.Look{Phase: p.Name, Learning: true, Item: &it, Data: p.Present.Data, Samples: samples,
			Start: r.engine.Now(), End: r.engine.Now(), Values: r.valuesOf(p.part.Set(), &it)}
		if err := r.measures.Look(&look, r.out); err != nil {
			return err
		}
	}
	return nil
}

// samples appends the samples of a population for item i of the batch.
func (m *member) samples(dst []neuron.Sample, i int) []neuron.Sample {
	theta := m.Theta()
	for j := range m.Neurons {
		s := neuron.Sample{Neuron: m.first + neuron.ID(j), Theta: theta[i*m.Neurons+j], Output: -1, Learned: true}
		if s.Theta >= 0.5 {
			s.Output = 1
		}
		for port := range m.sources {
			s.Sum[port] = m.Sums(neuron.Port(port))[i*m.Neurons+j]
		}
		dst = append(dst, s)
	}
	return dst
}

// save returns the state of the populations. It always has a binary form.
func (b *batchRun) save() []byte {
	b.thaw(1)
	all := make([][]byte, len(b.members))
	for i, m := range b.members {
		if m != nil {
			all[i], _ = m.AppendBinary(nil)
		}
	}
	saved, _ := json.Marshal(all)
	return saved
}

// restore restores the populations from a saved state, if there is one.
func (b *batchRun) restore(saved []byte) error {
	if saved == nil {
		return nil
	}
	var all [][]byte
	if err := json.Unmarshal(saved, &all); err != nil || len(all) != len(b.members) {
		return errors.Join(errors.New("protocol: the state of the batches does not fit the scenario"), err)
	}
	for i, m := range b.members {
		if m == nil {
			continue
		}
		if err := m.UnmarshalBinary(all[i]); err != nil {
			return err
		}
	}
	return nil
}

// checkBatch reports settings of a phase that cannot be combined with batches.
func (ph *phase) checkBatch() error {
	pr := ph.Present
	switch {
	case pr.Batch == nil:
		return nil
	case pr.Count > 0 || pr.Duration > 0: // a source without an end has one of them
		return config.FieldProblem("batch", "is for a source with an end, presented in passes", "")
	case pr.Repeat > 1 || pr.Rehearse != nil || pr.Looks > 1 || pr.Length > 0:
		return config.FieldProblem("batch", "stands beside repeat, rehearse, looks or length, which are for items one by one", "")
	}
	return nil
}
