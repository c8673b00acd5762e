package sim

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
)

// update is one clock update.
type update struct {
	at     neuron.Time
	neuron int
}

func compareUpdates(a, b update) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.neuron, b.neuron))
}

// TestAgendaAgainstList: updates are in the order of (time, neuron), as in a
// sorted list, with few and many known updates, and with updates that are added
// on the way.
func TestAgendaAgainstList(t *testing.T) {
	const start, width = 1000, 3000
	rng := rand.New(rand.NewPCG(3, 4))
	for trial := range 300 {
		neurons := 1 + rng.IntN(3*fewKnown)
		wake, list, later := make([]neuron.Time, neurons), []update(nil), neuron.Never
		for i := range wake {
			if wake[i] = start + neuron.Time(rng.IntN(2*width)); wake[i] < start+width {
				list = append(list, update{wake[i], i})
			} else {
				later = min(later, wake[i])
			}
		}
		slices.SortFunc(list, compareUpdates)
		a := &agenda{}
		a.begin(start, start+width)
		if got := a.collect(wake, width); got != later {
			t.Fatalf("trial %d: the first after the epoch is at %v, want %v", trial, got, later)
		}
		for len(list) > 0 {
			next := list[0]
			if a.first() != next.at || a.peek() != next.neuron {
				t.Fatalf("trial %d: next is neuron %d at %v, want %+v", trial, a.peek(), a.first(), next)
			}
			if got := a.pop(); got != next.neuron {
				t.Fatalf("trial %d: neuron %d is taken out, want %+v", trial, got, next)
			}
			list = list[1:]
			for range rng.IntN(3) { // further clock updates, some after the epoch
				u := update{next.at + 1 + neuron.Time(rng.IntN(width)), rng.IntN(neurons)}
				if slices.Contains(list, u) {
					continue
				}
				if got := a.add(u.neuron, u.at); got != (u.at < start+width) {
					t.Fatalf("trial %d: %+v is taken: %v", trial, u, got)
				} else if got {
					list = append(list, u)
					slices.SortFunc(list, compareUpdates)
				}
			}
		}
		if a.first() != neuron.Never {
			t.Fatalf("trial %d: %v is left", trial, a.first())
		}
	}
}

// TestSortEventsKnown: events at one time are in the order of ports and slots;
// events of other times stay where they are.
func TestSortEventsKnown(t *testing.T) {
	at := func(time neuron.Time, port neuron.Port, slot int32) neuron.Event {
		return neuron.Event{Time: time, Port: port, Slot: slot}
	}
	for name, ev := range map[string][]neuron.Event{
		"slots": {at(1, 0, 2), at(1, 0, 1)}, "ports": {at(1, 1, 0), at(1, 0, 5)},
		"in order": {at(1, 0, 1), at(1, 1, 0), at(2, 0, 0)}, "the last two": {at(1, 2, 9), at(2, 0, 1), at(2, 0, 0)},
	} {
		want := slices.Clone(ev)
		slices.SortStableFunc(want, neuron.Event.Compare)
		if sortEvents(ev); !slices.Equal(ev, want) {
			t.Errorf("%s: %v, want %v", name, ev, want)
		}
	}
}

// TestReachedKnown: the neurons of a shard that signals reach, and none if they
// reach no neuron.
func TestReachedKnown(t *testing.T) {
	m := &Mail{first: 10, last: 20}
	signal := func(first, last neuron.ID) neuron.Signal { return neuron.Signal{First: first, Last: last} }
	for _, c := range []struct {
		signals []neuron.Signal
		lo, hi  int
	}{
		{nil, 0, 0},
		{[]neuron.Signal{signal(0, 40)}, 0, 10},
		{[]neuron.Signal{signal(12, 13)}, 2, 3},
		{[]neuron.Signal{signal(12, 13), signal(17, 19), signal(5, 5)}, 2, 9},
		{[]neuron.Signal{signal(15, 15)}, 0, 0},
		{[]neuron.Signal{signal(0, 5)}, 0, 0},
	} {
		lo, hi := m.reached(c.signals)
		if c.hi == 0 && hi == lo {
			continue // no neuron, at any position
		}
		if lo != c.lo || hi != c.hi {
			t.Errorf("%v: %d to %d, want %d to %d", c.signals, lo, hi, c.lo, c.hi)
		}
	}
}
