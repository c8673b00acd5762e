package remote

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// updateCost is the cost of an update without its synapses, in units of one
// synapse.
const updateCost = 200

// Place divides the neurons first … last−1 into contiguous ranges of about
// equal work, counted in synapses: part k holds bounds[k] … bounds[k+1]−1, at
// least one neuron. shares are the relative sizes of the parts; 0 counts as 1.
// There must be at least as many neurons as parts.
func Place(net *sim.Network, first, last neuron.ID, shares []float64) (bounds []neuron.ID) {
	total, weight := int64(0), 0.0
	for id := first; id < last; id++ {
		total += int64(net.InDegree(id)) + updateCost
	}
	for _, s := range shares {
		weight += share(s)
	}
	bounds = append(bounds, first)
	done, due := int64(0), 0.0
	for id := first; id < last && len(bounds) < len(shares); id++ {
		k := len(bounds)
		left := int(last - id) // neurons from here on
		full := float64(done) >= (due+share(shares[k-1]))/weight*float64(total)
		if id > bounds[k-1] && (full || left == len(shares)-k) {
			due += share(shares[k-1])
			bounds = append(bounds, id)
		}
		done += int64(net.InDegree(id)) + updateCost
	}
	return append(bounds, last)
}

func share(s float64) float64 {
	if s <= 0 {
		return 1
	}
	return s
}

// Fingerprint returns a hash of everything that determines what the neurons
// first … last−1 of a network do: their synapses and configurations, the epochs
// and the seed. If the fingerprint of a node differs, it was built from other
// files.
func Fingerprint(net *sim.Network, first, last neuron.ID) [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintln(h, net.NumNeurons(), net.NumChannels(), net.Width(), net.Longest(), net.Seed, net.Noise, first, last)
	var config *neuron.Config
	var b []byte
	for id := first; id < last; id++ {
		if c := net.Config(id); c != config {
			config = c
			fmt.Fprintf(h, "%d %+v\n", id, *c)
		}
		in := net.Incoming(id)
		b = binary.LittleEndian.AppendUint32(b[:0], uint32(len(in.Source)))
		for k, s := range in.Source {
			b = binary.LittleEndian.AppendUint32(b, uint32(s))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(in.Weight[k]))
			b = binary.LittleEndian.AppendUint32(b, uint32(in.Delay[k]))
			b = append(b, byte(in.Projection[k]), byte(in.Projection[k]>>8), byte(in.Port[k]))
		}
		h.Write(b)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
