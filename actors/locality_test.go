package actors

import (
	"bytes"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

// TestLocality records the inbox of every neuron, replays each alone, and
// requires the same spikes and the same state, bit for bit: a neuron depends on
// its inbox only.
func TestLocality(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		for seed := range uint64(8) {
			w, err := simtest.New(seed)
			if err != nil {
				t.Fatal(err)
			}
			inboxes := make([][]neuron.Inbox, w.Net.NumNeurons())
			o.tap = func(id neuron.ID, in neuron.Inbox) {
				in.Events, in.Signals, in.Seen = slices.Clone(in.Events), slices.Clone(in.Signals), slices.Clone(in.Seen)
				inboxes[id] = append(inboxes[id], in)
			}
			e := start(t, w, o)
			var told collector
			if err := w.Run(e, &told); err != nil {
				t.Fatal(err)
			}
			state, err := e.State()
			if err != nil {
				t.Fatal(err)
			}
			_, records, err := sim.ReadState(state, w.Net)
			if err != nil {
				t.Fatal(err)
			}
			closes(t, e)
			for id, in := range inboxes {
				checkAlone(t, w, neuron.ID(id), in, told.of(neuron.ID(id)), records[id].Neuron)
			}
		}
	})
}

func checkAlone(t *testing.T, w *simtest.World, id neuron.ID, inboxes []neuron.Inbox, spikes []neuron.Spike, state []byte) {
	t.Helper()
	n, err := w.Net.NewNeuron(id)
	if err != nil {
		t.Fatal(err)
	}
	var out neuron.Output
	for _, in := range inboxes {
		n.Advance(in, &out)
	}
	if !slices.ContainsFunc(inboxes, func(in neuron.Inbox) bool { return in.Keep || len(in.Events) > 0 }) {
		// Its state also contains the inputs that arrived after its last
		// update.
		seen, _, _ := neuron.InputsOf(nil, state, w.Net.Config(id))
		n.Show(seen)
	}
	got, err := n.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, state) || !slices.Equal(out.Spikes, spikes) {
		t.Errorf("%v: neuron %d alone with its inbox is another", w, id)
	}
}

// collector keeps all spikes.
type collector struct{ spikes []neuron.Spike }

func (c *collector) Epoch(_ neuron.Time, out *neuron.Output) error {
	c.spikes = append(c.spikes, out.Spikes...)
	return nil
}

func (c *collector) of(id neuron.ID) (spikes []neuron.Spike) {
	for _, s := range c.spikes {
		if s.Source == id {
			spikes = append(spikes, s)
		}
	}
	return spikes
}
