// as: neuron
// want: neuron may not import infomorph/topology
// want: neuron may not import infomorph/internal/sim

// Package importupwards is a planted case of the architecture test.
package importupwards

import (
	_ "infomorph/internal/sim"
	_ "infomorph/pid"
	_ "infomorph/topology"
)
