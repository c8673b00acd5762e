package remote

import (
	"encoding/binary"
	"flag"
	"fmt"
	"testing"

	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

var worlds = flag.Int("worlds", 12, "random worlds to hold the engine to its contract in")

// world is the Build function of nodes in tests: the spec is the seed of a
// world.
func world(spec []byte) (*sim.Network, error) {
	if len(spec) != 8 {
		return nil, fmt.Errorf("%d bytes, expected 8", len(spec))
	}
	w, err := simtest.New(binary.LittleEndian.Uint64(spec))
	if err != nil {
		return nil, err
	}
	return w.Net, nil
}

// cluster starts n nodes in this process and returns their addresses.
func cluster(t testing.TB, n int, change ...func(k int, o *NodeOptions)) []Peer {
	t.Helper()
	peers := make([]Peer, n)
	for k := range peers {
		o := NodeOptions{Listen: "127.0.0.1:0", Dir: t.TempDir(), Build: world, Version: "test", Log: testLog(t)}
		for _, c := range change {
			c(k, &o)
		}
		node, err := StartNode(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { node.Close() })
		peers[k] = Peer{Name: node.Name(), Address: node.Address()}
		if o.Creds == nil {
			peers[k].Name = fmt.Sprint("node", k+1)
		}
	}
	return peers
}

// on returns a Maker of engines on nodes, with at most one node per neuron.
func on(t testing.TB, peers []Peer) simtest.Maker {
	return func(net *sim.Network) (sim.Engine, error) {
		return New(net, Options{
			Nodes: peers[:min(len(peers), net.NumNeurons())], Listen: "127.0.0.1:0",
			Spec: binary.LittleEndian.AppendUint64(nil, net.Seed), Run: "test", Version: "test", Log: testLog(t),
		})
	}
}

// A network that breaks down on a node ends with the same error as on one machine.
func TestBreakdown(t *testing.T) {
	broke := 0
	// Nodes build a world from its seed alone; a raised learning rate does not
	// change that.
	for seed := range uint64(*worlds) / 2 {
		if simtest.CheckBreakdown(t, seed, on(t, cluster(t, 2))) {
			broke++
		}
	}
	if broke == 0 {
		t.Errorf("only %d of %d worlds break down", broke, *worlds/2)
	}
}

// TestContract runs random worlds on one to four nodes, with one or several
// shards, and requires the bytes of sim.Sequential.
func TestContract(t *testing.T) {
	seed := uint64(0)
	for nodes := 1; nodes <= 4; nodes++ {
		for _, shards := range []int{1, 3} {
			t.Run(fmt.Sprintf("%d nodes, %d shards", nodes, shards), func(t *testing.T) {
				peers := cluster(t, nodes, func(_ int, o *NodeOptions) { o.Shards = shards })
				for range (*worlds + 7) / 8 {
					simtest.Check(t, seed, on(t, peers))
					seed++
				}
			})
		}
	}
}
