package actors

import "testing"

// TestShardsFor: small networks get one shard, large ones as many as there are
// processors.
func TestShardsFor(t *testing.T) {
	for _, c := range []struct{ neurons, processors, want int }{
		{1, 8, 1}, {100, 2, 1}, {474, 2, 1}, {475, 2, 2}, {600, 64, 3}, {800, 4, 4}, {800, 0, 1},
	} {
		if got := ShardsFor(freeMemory(t, c.neurons, 1), c.processors); got != c.want {
			t.Errorf("%d neurons all to all on %d processors: %d shards, want %d", c.neurons, c.processors, got, c.want)
		}
	}
}
