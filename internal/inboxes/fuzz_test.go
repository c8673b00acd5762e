package inboxes

import (
	"errors"
	"testing"

	"infomorph/internal/fuzzing"
	"infomorph/neuron"
)

// FuzzReader reads any bytes as a recording: an error or blocks, never a
// panic, and no more than the bytes can hold.
func FuzzReader(f *testing.F) {
	file, _, _ := sample(f)
	f.Add(file)
	f.Add(file[:len(file)/2])
	f.Add(file[:fileHead])
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		blocks, _, _, err := read(data)
		if err != nil && !errors.Is(err, ErrRecording) {
			t.Fatal(err)
		}
		if len(blocks) > len(data) {
			t.Fatalf("%d neurons in %d bytes", len(blocks), len(data))
		}
	})
}

// FuzzDecoder takes any bytes for inboxes: what comes out fits the neuron, and
// written again it is read the same.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte{10, 2 << 1, 1, 2, 5, 0, 3, 1}, uint8(1), uint8(3))
	f.Add([]byte{0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, r, c uint8) {
		defer fuzzing.Bound(t)()
		slots := [neuron.NumPorts]int32{int32(r), int32(c), 0}
		d, e := NewDecoder(2, slots), NewEncoder(slots)
		again, last := NewDecoder(2, slots), neuron.Time(0)
		for len(data) > 0 {
			in, rest, err := d.Next(data)
			if err != nil {
				if !errors.Is(err, ErrRecording) {
					t.Fatal(err)
				}
				return
			}
			if len(rest) >= len(data) || in.End <= last {
				t.Fatalf("%d of %d bytes left, end %v after %v", len(rest), len(data), in.End, last)
			}
			last = in.End - 1
			for _, ev := range in.Events {
				if ev.Port >= neuron.NumPorts || ev.Slot < 0 || ev.Slot >= slots[ev.Port] || ev.Time != last {
					t.Fatalf("event %+v does not fit", ev)
				}
			}
			copied := neuron.Inbox{Events: append([]neuron.Event(nil), in.Events...), Signals: append([]neuron.Signal(nil), in.Signals...), End: in.End}
			got, left, err := again.Next(e.Append(nil, 2, last, copied))
			if err != nil || len(left) > 0 || len(got.Events) != len(copied.Events) || len(got.Signals) != len(copied.Signals) || got.End != copied.End {
				t.Fatalf("written again: %+v, want %+v, %v", got, copied, err)
			}
			data = rest
		}
	})
}
