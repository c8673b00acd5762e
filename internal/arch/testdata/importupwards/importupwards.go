// as: neuron
// want: neuron may not import infomorph/topology
// want: neuron may not import infomorph/sim

// Package importupwards is a planted case of the architecture test.
package importupwards

import (
	_ "infomorph/pid"
	_ "infomorph/sim"
	_ "infomorph/topology"
)
