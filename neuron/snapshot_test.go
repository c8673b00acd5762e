package neuron

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"infomorph/internal/fuzzing"
)

// TestSnapshotHasTheSameFuture saves a neuron at a random time, restores it
// into a new one, and continues with both.
func TestSnapshotHasTheSameFuture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, cfg, seed, w := randomNeuron(t)
		now := live(t, w, 0, n)
		if n.broken {
			return // it has no state
		}
		state := stateOf(t, n)
		m, err := New(testID, cfg, seed+1, wires(0)) // another seed: everything comes from the state
		if err != nil {
			t.Fatal(err)
		}
		if err := m.UnmarshalBinary([]byte(state)); len(w[Receptive]) != 1 && !errors.Is(err, errState) {
			t.Fatalf("a neuron with other synapses took the state: %v", err)
		}
		if m, err = New(testID, cfg, seed+1, zeros(w)); err != nil {
			t.Fatal(err)
		}
		if err := m.UnmarshalBinary([]byte(state)); err != nil {
			t.Fatal(err)
		}
		if stateOf(t, m) != state {
			t.Fatal("the restored neuron has another state")
		}
		live(t, w, now, n, m)
		if stateOf(t, n) != stateOf(t, m) {
			t.Fatal("after the same inboxes the two differ")
		}
	})
}

// live gives the same random inboxes to all neurons, which must behave equally.
func live(t *rapid.T, w [NumPorts][]float64, now Time, neurons ...*Neuron) Time {
	for range rapid.IntRange(0, 5).Draw(t, "epochs") {
		end := now + Time(rapid.IntRange(1, 90).Draw(t, "length"))
		in := randomInbox(t, w, now, end)
		var first Output
		for i, n := range neurons {
			var out Output
			n.Advance(in, &out)
			if i == 0 {
				first = out
			} else if !slices.Equal(out.Spikes, first.Spikes) || !slices.Equal(out.Samples, first.Samples) {
				t.Fatal("the two tell different things")
			}
		}
		now = end
	}
	return now
}

func zeros(w [NumPorts][]float64) (z [NumPorts][]float64) {
	for p := range w {
		z[p] = make([]float64, len(w[p]))
	}
	return z
}

// grown returns a neuron that has learnt for a while.
func grown(t testing.TB, id ID) *Neuron {
	cfg := memoryConfig(t)
	cfg.Clock = Clock{Kind: Poisson, Interval: 10}
	cfg.Ports[Contextual].Center = 0.01
	n := mustNew(t, id, cfg, wires(2, 0.1, -0.2, 0.3))
	for k := range 100 {
		bit := float32(k%2*2 - 1)
		drive(n, Time(k*10), Fire|Learn, append(receptive(bit), context(bit, -bit, bit)...))
	}
	return n
}

func TestRestoreNamesTheFault(t *testing.T) {
	good := []byte(stateOf(t, grown(t, 7)))
	edit := func(at int, v byte) []byte {
		b := slices.Clone(good)
		b[at] = v
		return b
	}
	for name, tc := range map[string]struct {
		state []byte
		want  string
	}{
		"empty":      {nil, "version 0"},
		"version":    {edit(0, 99), "version 99"},
		"dynamics":   {edit(1, 99), "out of range"},
		"flags":      {edit(2, 255), "out of range"},
		"another id": {[]byte(stateOf(t, grown(t, 8))), "neuron 8; expected version 2, neuron 7"},
		"truncated":  {good[:len(good)/2], "length"},
		"short head": {good[:20], "length"},
		"longer":     {append(slices.Clone(good), 0), "length"},
		"no output":  {edit(7+32, 1), "out of range"},
	} {
		err := grown(t, 7).UnmarshalBinary(tc.state)
		if !errors.Is(err, errState) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, expected %q", name, err, tc.want)
		}
	}
	if err := grown(t, 7).UnmarshalBinary(good); err != nil {
		t.Error(err)
	}
}

// FuzzUnmarshalBinary: arbitrary bytes give an error or are restored exactly; a
// restored neuron continues without panic.
func FuzzUnmarshalBinary(f *testing.F) {
	state := []byte(stateOf(f, grown(f, 7)))
	f.Add(state)
	f.Add([]byte(stateOf(f, mustNew(f, 7, memoryConfig(f), wires(2, 0, 0, 0)))))
	f.Add(state[:len(state)-3])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		n := grown(t, 7)
		if err := n.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, errState) {
				t.Errorf("error %v does not wrap errState", err)
			}
			return
		}
		if stateOf(t, n) != string(data) {
			t.Error("accepted bytes are not the state of the restored neuron")
		}
		drive(n, 0, Fire|Learn|Observe, context(1, 1, -1))
		n.Report(WantAtoms | WantWeights)
	})
}
