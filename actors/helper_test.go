package actors

import (
	"sort"
	"strings"
	"testing"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/topology"
)

// children returns the references of the direct children of parent, by name.
func children(e *Engine, parent *actor.PID) []*actor.PID {
	var refs []*actor.PID
	for _, bucket := range e.system.ProcessRegistry.LocalPIDs.LocalPIDs {
		for _, id := range bucket.Keys() {
			if name, ok := strings.CutPrefix(id, parent.Id+"/"); ok && !strings.Contains(name, "/") {
				refs = append(refs, e.system.NewLocalPID(id))
			}
		}
	}
	sort.Slice(refs, func(i, j int) bool { return refs[i].Id < refs[j].Id })
	return refs
}

// mixed returns a network in which every channel and every other neuron drives both
// ports of each neuron. The synapses from neurons come first at each port.
func mixed(t *testing.T, neurons, channels int) *sim.Network {
	t.Helper()
	d := topology.Network{
		Populations: []topology.Population{{Name: "m", Size: neurons}}, Channels: []topology.Population{{Name: "in", Size: channels}},
	}
	for _, from := range []string{"m", "in"} {
		for _, port := range []neuron.Port{neuron.Receptive, neuron.Contextual} {
			d.Projections = append(d.Projections, topology.Projection{
				From: from, To: "m", Port: port, Weights: topology.Constant(1), Delays: topology.Constant(1000),
				Rule: topology.Rule{Name: "all_to_all"},
			})
		}
	}
	return construct(t, freeMemory(t, 1, 1).Config(0), d)
}

// spoil makes the configuration of a neuron invalid, so that the neuron cannot be made.
func spoil(net *sim.Network, bad neuron.ID) {
	good := net.Config
	net.Config = func(id neuron.ID) *neuron.Config {
		c := *good(id)
		if id == bad {
			c.Window = -1
		}
		return &c
	}
}

// textOf returns the text of an error, nothing for none.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
