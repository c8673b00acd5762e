package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"infomorph/actors"
	"infomorph/internal/fault"
	"infomorph/internal/footprint"
	"infomorph/internal/record"
	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
)

// repetition runs a lockstep run again from its scenario. For an audit, a copy of each
// audited neuron runs beside the network and gets nothing but the inboxes of its neuron.
type repetition struct {
	*Recorded
	options actors.ReplayOptions
	audit   bool
	ids     []neuron.ID // audited neurons; nil: all
	engines []*actors.Isolated
}

// repeat runs a lockstep run again and compares all results with those in the folder.
func (r *Recorded) repeat(ctx context.Context, o actors.ReplayOptions, audit bool, ids []neuron.ID) (*Replayed, error) {
	dir, err := os.MkdirTemp("", "infomorph-replay")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p := &repetition{Recorded: r, options: o, audit: audit, ids: ids}
	res, err := Do(ctx, r.scenario, p.do(filepath.Join(dir, "again")))
	if ctx.Err() != nil {
		return nil, fault.Interrupted(errors.New("interrupted"))
	}
	if errors.Is(err, footprint.ErrTooLarge) {
		return nil, err
	}
	out := &Replayed{Expected: r.manifest.StateHash}
	var first, all comparisons
	if audit {
		out.Verdicts = p.verdicts()
		p.neurons(&first, out.Verdicts)
	}
	if res != nil {
		out.StateHash, out.Now, out.Replayed.Spikes = res.Final.StateHash, res.Simulated(), res.Final.Counts["spikes"]
		r.finalState(&first, out)
	}
	if err := r.compare(res, err, &all); err != nil {
		return nil, err
	}
	out.judge(first, all, r.others())
	return out, nil
}

// do returns the options of the run.
func (p *repetition) do(dir string) Options {
	_, full := p.manifest.Files["members.parquet"]
	o := Options{Dir: dir, Lean: !full, CSV: hasTwins(p.manifest), Engine: Engine{Workers: p.options.Workers}}
	if p.options.Progress != nil {
		o.Listener = &journal.Listener{Step: func(_ string, done, total int) error {
			p.options.Progress(done, max(done, total))
			return nil
		}}
	}
	if p.audit {
		o.again = p.open
	}
	return o
}

// open makes the engine of a network of the run.
func (p *repetition) open(net *sim.Network) (sim.Engine, error) {
	ids := p.ids
	if ids == nil {
		ids = sim.Everyone(net)
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id neuron.ID) bool { return int(id) >= net.NumNeurons() })
	if err := footprint.CheckCopies(net, len(ids), p.scenario.Room); err != nil {
		return nil, err
	}
	e, err := actors.NewIsolated(net, ids, actors.Options{Mode: actors.Population, Shards: actors.ShardsFor(net, p.options.Workers)})
	if err == nil {
		p.engines = append(p.engines, e)
	}
	return e, err
}

// verdicts returns one verdict on each audited neuron, in the order of numbers. If the run
// has several networks, such as the trials of a study, neurons of the same number share a
// verdict. Neurons that only a later network has have larger numbers than all before.
func (p *repetition) verdicts() []actors.Verdict {
	var all []actors.Verdict
	at := map[neuron.ID]int{}
	for _, e := range p.engines {
		for _, v := range e.Verdicts() {
			k, has := at[v.Neuron]
			if !has {
				at[v.Neuron] = len(all)
				all = append(all, v)
				continue
			}
			all[k].Add(&v)
		}
	}
	return all
}

// neurons adds the comparisons of the copies with the neurons of the network.
func (p *repetition) neurons(c *comparisons, verdicts []actors.Verdict) {
	var each comparisons
	each.neurons(verdicts)
	c.skip("inputs, inboxes", "the network ran again, and delivered them")
	given := 0
	for _, e := range p.engines {
		given += e.Given()
	}
	for _, o := range each[2:] {
		if o.With = "the run again"; len(p.engines) > 1 {
			o.Of += fmt.Sprintf(" in %d networks", len(p.engines))
		}
		*c = append(*c, o)
	}
	if given > 0 {
		c.skip("states from outside", fmt.Sprintf("%s the scenario gave neurons another state: other goals or structure, a restart, or weights learnt from batches", words.Count(given, "time")))
	}
}

// finalState compares the final state and the simulated time with the manifest.
func (r *Recorded) finalState(c *comparisons, out *Replayed) {
	m := r.manifest
	c.add(Comparison{What: "final state", With: "manifest.json"}, m.StateHash == out.StateHash, "it has the hash %s", m.StateHash)
	c.add(Comparison{What: "simulated time", With: "manifest.json"}, m.SimulatedUS == int64(out.Now), "it says %d us, the run took %d", m.SimulatedUS, int64(out.Now))
}

// repeatable returns an error if a lockstep run cannot be repeated from its scenario.
func (r *Recorded) repeatable() error {
	switch m := r.manifest; {
	case m.Status == record.StatusRunning || m.Status == record.StatusInterrupted:
		return fmt.Errorf("the run has not come to its end, and there is nothing to compare with; first go on with: infomorph resume %s", r.Dir)
	case m.Status != record.StatusDone:
		return fmt.Errorf("the run failed (%s): a run in lockstep is compared at its end", m.Reason)
	case m.Parent != "":
		return fmt.Errorf("the run was forked from %s, and its scenario does not say how it began", m.Parent)
	}
	return nil
}
