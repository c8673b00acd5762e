package sim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

var everyWay = []Delivery{Chosen, EachEvent, FromHistory}

// recordsOf returns the records of an engine's state. They share no memory with
// the engine.
func recordsOf(t *testing.T, e Engine) []Record {
	t.Helper()
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	_, records, err := ReadState(state, e.Network())
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// stateOf returns the state that consists of some records.
func stateOf(net *Network, now neuron.Time, records []Record) []byte {
	b := AppendHeader(nil, net, now)
	for _, r := range records {
		b = r.append(b)
	}
	return b
}

// encoded returns events as a record has them.
func encoded(events ...neuron.Event) []byte { return appendEvents(nil, events)[4:] }

// refusedBy reports whether an error says that bytes are no state, and why.
func refusedBy(err error, why string) bool {
	return errors.Is(err, ErrState) && strings.Contains(err.Error(), why)
}

// TestDamagedRecordsAreRefused: each part of the record of one neuron, with every
// way of delivery, although all else of the state is as it should be and no spike
// is in flight.
func TestDamagedRecordsAreRefused(t *testing.T) {
	for _, how := range everyWay {
		for name, c := range map[string]struct {
			noise  Noise
			damage func(r *Record)
			want   string
		}{
			"another version of the neuron": {Noise{}, func(r *Record) { r.Neuron[0]++ }, "version"},
			"half a neuron":                 {Noise{}, func(r *Record) { r.Neuron = r.Neuron[:len(r.Neuron)/2] }, "neuron 1"},
			"an event over no synapse":      {Noise{}, func(r *Record) { r.events = encoded(neuron.Event{Time: 9, Slot: 1000}) }, "does not fit"},
			"an event of the past":          {Noise{}, func(r *Record) { r.events = encoded(neuron.Event{Time: -1}) }, "does not fit"},
			"an event of the far future":    {Noise{}, func(r *Record) { r.events = encoded(neuron.Event{Time: 1e6}) }, "later than any delay"},
			"one byte of a stream":          {Noise{}, func(r *Record) { r.draws = []byte{0} }, "noise does not match"},
			"a stream":                      {Noise{}, func(r *Record) { r.draws = make([]byte, 20) }, "noise does not match"},
			"no stream":                     {Noise{Jitter: 4}, func(r *Record) { r.draws = nil }, "noise does not match"},
			"a stream of another kind":      {Noise{Jitter: 4}, func(r *Record) { r.draws[0]++ }, "PCG"},
		} {
			e, err := NewSequentialBy(tiny(t, 4, 5, 12, c.noise), how)
			if err != nil {
				t.Fatal(err)
			}
			records := recordsOf(t, e)
			c.damage(&records[1])
			if err := e.Restore(stateOf(e.net, 0, records)); !refusedBy(err, c.want) {
				t.Errorf("delivery %d, %s: %v, want an error about %q", how, name, err, c.want)
			}
		}
	}
}

// TestEveryByteIsDamaged: a state with a changed byte is refused, or it is a
// state: written again, it has the same bytes.
func TestEveryByteIsDamaged(t *testing.T) {
	for _, how := range everyWay {
		e, err := NewSequentialBy(tiny(t, 4, 5, 12, Noise{}), how)
		if err != nil {
			t.Fatal(err)
		}
		state, refused := busyState(t), 0
		for at := range state {
			state[at] ^= 0x55
			if now, records, err := ReadState(state, e.net); err != nil && (now != 0 || records != nil) {
				t.Errorf("byte %d: a time of %v and %d records in spite of %v", at, now, len(records), err)
			}
			err := e.Restore(state)
			if err == nil {
				again, _ := e.State()
				if !bytes.Equal(again, state) {
					t.Errorf("delivery %d: byte %d is accepted, and written as another", how, at)
				}
			} else if refused++; !errors.Is(err, ErrState) {
				t.Errorf("delivery %d: byte %d: %v", how, at, err)
			}
			state[at] ^= 0x55
		}
		if refused < stateHead {
			t.Errorf("delivery %d: only %d of %d bytes are refused", how, refused, len(state))
		}
	}
}

// TestNothingFromABadState: with an error there are no records.
func TestNothingFromABadState(t *testing.T) {
	e := busy(t, Noise{})
	state := busyState(t)
	changed, err := Migrate(e.net, state, &topology.Change{Synapses: []int64{0}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		state []byte
		want  string
	}{
		"nothing": {nil, "does not begin"}, "changed": {changed, "its structure is another"}, "a byte more": {append(slices.Clone(state), 0), "1 bytes follow"},
		"a byte less": {state[:len(state)-1], "ends within neuron 3"}, "no neuron": {state[:stateHead], "ends within neuron 0"},
	} {
		if now, records, err := ReadState(c.state, e.net); !refusedBy(err, c.want) || now != 0 || records != nil {
			t.Errorf("%s: at %v, %d records, %v", name, now, len(records), err)
		}
		if len(c.state) < stateHead || name == "changed" {
			continue
		}
		if records, err := ReadRecords(c.state[stateHead:], 4); !errors.Is(err, ErrState) || records != nil {
			t.Errorf("%s: %d records, %v", name, len(records), err)
		}
	}
}

// busyState is the state of busy without noise.
func busyState(t *testing.T) []byte {
	t.Helper()
	state, err := busy(t, Noise{}).State()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// TestMigrateNamesTheNeuron whose record is damaged.
func TestMigrateNamesTheNeuron(t *testing.T) {
	e := busy(t, Noise{})
	for name, damage := range map[string]func(r *Record){
		"version": func(r *Record) { r.Neuron[0]++ },
		"length":  func(r *Record) { r.Neuron = r.Neuron[:3] },
		"event":   func(r *Record) { r.events = encoded(neuron.Event{Time: 99, Slot: 1000}) },
	} {
		records := recordsOf(t, e)
		damage(&records[1])
		out, err := Migrate(e.net, stateOf(e.net, e.now, records), &topology.Change{Synapses: []int64{0}})
		if !refusedBy(err, "neuron 1: ") || out != nil {
			t.Errorf("%s: %d bytes, %v", name, len(out), err)
		}
	}
}

// changedHead returns the header of a state with a change, and nothing after it.
func changedHead(net *Network, change []byte) []byte {
	b := AppendHeader(nil, net.Original(), 0)[:stateHead]
	binary.LittleEndian.PutUint16(b[4:], stateChanged)
	return append(binary.LittleEndian.AppendUint64(b, uint64(len(change))), change...)
}

// TestDamagedChangesAreRefused: a change in the header of a state that cannot be
// read, cannot be made, or is not in canonical form.
func TestDamagedChangesAreRefused(t *testing.T) {
	net := twoNeurons(t).net
	encode := func(c *topology.Change) []byte {
		b, err := c.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	noisy, err := net.withNoise([]Noise{{}, {Loss: 1}, {}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	noise, mark := noisy.lineage.block(), []byte{255, 255, 255, 255}
	good := encode(&topology.Change{Synapses: []int64{2}})
	for name, c := range map[string]struct {
		block []byte
		want  string
	}{
		"none":                     {nil, "ends within the change"},
		"one byte":                 {mark[:1], "topology: not a change"},
		"three bytes":              {mark[:3], "topology: not a change"},
		"noise and one byte":       {slices.Concat(noise, mark[:1]), "topology: not a change"},
		"nothing after the mark":   {mark, "ends within its noise"},
		"half a noise":             {noise[:len(noise)/2], "ends within its noise"},
		"bad noise":                {slices.Concat(noise[:16], binary.LittleEndian.AppendUint64(nil, math.Float64bits(2)), noise[24:]), "probabilities"},
		"half a change":            {good[:len(good)/2], "topology: not a change"},
		"noise and half a change":  {slices.Concat(noise, good[:len(good)/2]), "topology: not a change"},
		"a neuron that is missing": {encode(&topology.Change{Neurons: []neuron.ID{9}}), "there is no neuron 9"},
		"no change":                {encode(&topology.Change{}), "canonical"},
		"noise and no change":      {slices.Concat(noise, encode(&topology.Change{})), "canonical"},
	} {
		head := changedHead(net, c.block)
		if got, err := NetworkOf(head, net); !refusedBy(err, c.want) || got != nil && name != "none" {
			t.Errorf("%s: %v, want an error about %q", name, err, c.want)
		}
		if err := twoNeurons(t).Restore(append(head, make([]byte, 50)...)); !errors.Is(err, ErrState) {
			t.Errorf("%s, restored: %v", name, err)
		}
	}
	for name, block := range map[string][]byte{"noise": noise, "change": good, "both": slices.Concat(noise, good)} {
		head := changedHead(net, block)
		got, err := NetworkOf(head, net) // reads the header only
		if err != nil || !bytes.Equal(AppendHeader(nil, got, 0), head) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := NetworkOf(head[:len(head)-1], net); !refusedBy(err, "ends within the change") {
			t.Errorf("%s, one byte less: %v", name, err)
		}
	}
	head := AppendHeader(nil, net, 0)
	if got, err := NetworkOf(head, net); err != nil || got != net {
		t.Errorf("the header of the original: %v", err)
	}
	if _, err := NetworkOf(head[:stateHead-1], net); !refusedBy(err, "does not begin with") {
		t.Errorf("a byte less of it: %v", err)
	}
}

// TestNeuronsWithoutConfiguration: a changed network whose neurons cannot be made
// is an error, and the engine keeps the network that it has.
func TestNeuronsWithoutConfiguration(t *testing.T) {
	e := twoNeurons(t)
	original := e.net
	if _, err := Restructure(e, &topology.Change{Synapses: []int64{2}}); err != nil {
		t.Fatal(err)
	}
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	other := twoNeurons(t)
	own := other.net
	own.Config = func(neuron.ID) *neuron.Config { return &neuron.Config{} }
	if err := other.Restore(state); err == nil || !strings.HasPrefix(err.Error(), "neuron 0: ") || other.net != own || other.group.net != own {
		t.Errorf("%v, the network is another: %v", err, other.net != own)
	}
	n, err := original.NewNeuron(1)
	if err != nil {
		t.Fatal(err)
	}
	restart, err := Restarted(own, nil)
	if err != nil {
		t.Fatal(err)
	}
	if restart(n, 0) == nil {
		t.Error("a neuron without a configuration has restarted")
	}
	first, _ := twoNeurons(t).State()
	if err := other.Restore(first); err != nil {
		t.Fatal(err)
	}
	if err := Edit(other, []neuron.ID{1}, restart); err == nil || !strings.HasPrefix(err.Error(), "neuron 1: ") {
		t.Errorf("edited without a configuration: %v", err)
	}
}

// claims is an engine whose state is what it claims.
type claims struct {
	Engine
	state []byte
}

func (c claims) State() ([]byte, error) { return c.state, nil }

// stubborn is an engine that cannot be restored.
type stubborn struct{ Engine }

func (stubborn) Restore([]byte) error { return errFew }

// TestEditsReturnErrors of the engine: of its state, and of the restore at the
// end.
func TestEditsReturnErrors(t *testing.T) {
	for name, do := range map[string]func(e Engine) error{
		"edit":        func(e Engine) error { return Edit(e, nil, nil) },
		"restructure": func(e Engine) error { _, err := Restructure(e, &topology.Change{}); return err },
		"noise":       func(e Engine) error { return SetNoise(e, make([]Noise, 2)) },
	} {
		e := busy(t, Noise{})
		if err := do(claims{e, []byte("nonsense")}); !errors.Is(err, ErrState) {
			t.Errorf("%s of nonsense: %v", name, err)
		}
		if err := do(stubborn{e}); !errors.Is(err, errFew) {
			t.Errorf("%s of an engine that cannot be restored: %v", name, err)
		}
		if err := do(e); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	e := stubborn{busy(t, Noise{})}
	refuse := func(*neuron.Neuron, neuron.Time) error { return errors.New("no") }
	for name, do := range map[string]func() error{
		"edit":        func() error { return Edit(e, []neuron.ID{1}, refuse) },
		"restructure": func() error { _, err := Restructure(e, &topology.Change{Neurons: []neuron.ID{99}}); return err },
		"no noise":    func() error { return SetNoise(e, nil) },
		"more noise":  func() error { return SetNoise(e, make([]Noise, 4)) },
		"bad noise":   func() error { return SetNoise(e, []Noise{{Loss: 2}, {}}) },
	} {
		if err := do(); err == nil || errors.Is(err, errFew) {
			t.Errorf("%s: %v, want an error before anything is restored", name, err)
		}
	}
}

// TestEditOfADamagedNeuron: a neuron that cannot be restored is not edited.
func TestEditOfADamagedNeuron(t *testing.T) {
	e := busy(t, Noise{})
	records := recordsOf(t, e)
	records[2].Neuron[0]++
	err := Edit(claims{e, stateOf(e.net, e.now, records)}, []neuron.ID{2}, func(*neuron.Neuron, neuron.Time) error {
		t.Error("a damaged neuron is edited")
		return nil
	})
	if err == nil || !strings.HasPrefix(err.Error(), "neuron 2: ") {
		t.Error(err)
	}
}

// TestEditIsWholeOrNothing: an edit of neurons that are not there, or one that
// fails, changes nothing, and the error names the neuron.
func TestEditIsWholeOrNothing(t *testing.T) {
	e := busy(t, Noise{})
	before, _ := e.State()
	fine := func(*neuron.Neuron, neuron.Time) error { return nil }
	for name, c := range map[string]struct {
		ids    []neuron.ID
		change func(*neuron.Neuron, neuron.Time) error
		want   string
	}{
		"before the first": {[]neuron.ID{0, -1}, fine, "there is no neuron -1"},
		"after the last":   {[]neuron.ID{3, 4}, fine, "there is no neuron 4"},
		"a change fails": {[]neuron.ID{0, 2}, func(n *neuron.Neuron, _ neuron.Time) error {
			n.SetWeights(0, make([]float64, len(n.Weights(0))), 0)
			return errFew
		}, "neuron 0: no more"},
		"no inputs": {[]neuron.ID{2}, func(n *neuron.Neuron, _ neuron.Time) error {
			n.Show(nil)
			return nil
		}, "neuron 2: "},
	} {
		if err := Edit(e, c.ids, c.change); err == nil || !strings.HasPrefix(strings.TrimPrefix(err.Error(), "sim: "), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if after, _ := e.State(); !bytes.Equal(before, after) {
			t.Errorf("%s: the state has changed", name)
		}
	}
}

// TestNoStateWithoutInputs: if one neuron has no state, because nobody shows it its
// inputs, there is no state of its group.
func TestNoStateWithoutInputs(t *testing.T) {
	e := busy(t, Noise{})
	e.group.shown[1] = false
	var written bytes.Buffer
	if _, err := e.State(); err == nil || !strings.Contains(err.Error(), "1 is not shown its inputs") {
		t.Errorf("a state: %v", err)
	}
	if err := e.WriteState(&written); err == nil || !strings.Contains(err.Error(), "1 is not shown its inputs") {
		t.Errorf("a state is written: %v", err)
	}
	if _, err := AppendNeuron(nil, e.group.Neuron(1), nil); err == nil {
		t.Error("a neuron without inputs has a state")
	}
}

// TestCutKnown: parts of all lengths, but no negative ones.
func TestCutKnown(t *testing.T) {
	for n, ok := range map[int]bool{-1: false, 0: true, 2: true, 3: true, 4: false} {
		head, rest, got := cut([]byte("abc"), n)
		if got != ok || ok && (string(head) != "abc"[:n] || string(rest) != "abc"[n:]) {
			t.Errorf("%d bytes of 3: %q, %q, %v", n, head, rest, got)
		}
	}
}
