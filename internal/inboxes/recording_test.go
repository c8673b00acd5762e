package inboxes

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"infomorph/neuron"
)

// inbox is what reaches a neuron at a time.
type inbox struct {
	t       neuron.Time
	events  []neuron.Event
	signals []neuron.Signal
}

// drawInboxes draws what reaches neuron id in the course of its life. It knows
// of the format only that events have the time of their inbox.
func drawInboxes(t *rapid.T, id neuron.ID, slots [neuron.NumPorts]int32) (all []inbox) {
	values := rapid.OneOf(rapid.SampledFrom([]float32{-1, 1, 0, float32(math.Copysign(0, -1)), 0.25}), rapid.Float32Range(-1e30, 1e30))
	now := neuron.Time(0)
	for range rapid.IntRange(0, 20).Draw(t, "inboxes") {
		now += neuron.Time(rapid.Int64Range(0, 1<<40).Draw(t, "wait"))
		in := inbox{t: now}
		for range rapid.IntRange(0, 10).Draw(t, "events") {
			p := rapid.IntRange(0, neuron.NumPorts-1).Draw(t, "port")
			if slots[p] == 0 {
				continue
			}
			in.events = append(in.events, neuron.Event{
				Time: now, Port: neuron.Port(p), Slot: rapid.Int32Range(0, slots[p]-1).Draw(t, "slot"), Value: values.Draw(t, "value"),
			})
		}
		for range rapid.IntRange(0, 3).Draw(t, "signals") {
			first := id + neuron.ID(rapid.Int32Range(-2, 2).Draw(t, "first"))
			in.signals = append(in.signals, neuron.Signal{
				Time: now, Kind: neuron.SignalKind(rapid.Byte().Draw(t, "kind")), Flags: neuron.Flags(rapid.Byte().Draw(t, "flags")),
				First: first, Last: first + 2, Value: rapid.Float64().Draw(t, "number"),
			})
		}
		all = append(all, in)
	}
	return all
}

// TestCodec requires that a neuron gets back what reached it, and nothing else.
func TestCodec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const id = 5
		slots := [neuron.NumPorts]int32{rapid.Int32Range(0, 3).Draw(t, "r"), rapid.Int32Range(0, 300).Draw(t, "c"), rapid.Int32Range(0, 2).Draw(t, "l")}
		e, d := NewEncoder(slots), NewDecoder(id, slots)
		for range 2 { // lives
			e.Restart()
			d.Restart()
			life := drawInboxes(t, id, slots)
			var data []byte
			for _, in := range life {
				data = e.Append(data, id, in.t, neuron.Inbox{Events: in.events, Signals: in.signals, End: in.t + 1})
			}
			for _, want := range life {
				got, rest, err := d.Next(data)
				if err != nil {
					t.Fatal(err)
				}
				checkInbox(t, got, want, id)
				data = rest
			}
			if len(data) != 0 {
				t.Fatalf("%d bytes are left", len(data))
			}
		}
	})
}

func checkInbox(t *rapid.T, got neuron.Inbox, want inbox, id neuron.ID) {
	sameBits := func(a, b neuron.Event) bool {
		return a.Time == b.Time && a.Port == b.Port && a.Slot == b.Slot && math.Float32bits(a.Value) == math.Float32bits(b.Value)
	}
	if got.End != want.t+1 || !slices.EqualFunc(got.Events, want.events, sameBits) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	k := 0
	for _, s := range want.signals {
		if !s.Reaches(id) {
			continue
		}
		if k == len(got.Signals) || !got.Signals[k].Reaches(id) || got.Signals[k].Reaches(id+1) {
			t.Fatalf("got signals %+v, want %+v", got.Signals, want.signals)
		}
		g := got.Signals[k]
		if g.Time != s.Time || g.Kind != s.Kind || g.Flags != s.Flags || math.Float64bits(g.Value) != math.Float64bits(s.Value) {
			t.Fatalf("got signal %+v, want %+v", g, s)
		}
		k++
	}
	if k != len(got.Signals) {
		t.Fatalf("%d signals too many", len(got.Signals)-k)
	}
}

// TestBytes writes an inbox as the comment on Encoder says.
func TestBytes(t *testing.T) {
	slots := [neuron.NumPorts]int32{1, 100, 0}
	e := NewEncoder(slots)
	data := e.Append(nil, 3, 300, neuron.Inbox{
		Events: []neuron.Event{
			{Time: 300, Port: 1, Slot: 99, Value: -1}, // synapse 100
			{Time: 300, Port: 0, Slot: 0, Value: 2.5}, // synapse 0
			{Time: 300, Port: 0, Slot: 0, Value: 2.5}, // no news
		},
		Signals: []neuron.Signal{{Time: 300, Kind: neuron.SetPlastic, First: 0, Last: 4, Value: 1}, {Time: 300, First: 4, Last: 9}},
	})
	want := []byte{
		0xac, 0x02, // 300
		3<<1 | 1,      // events, and signals
		0x91, 0x03, 0, // +100 is 200 in zigzag, 401 with news; −1
		0x8f, 0x03, 3, 0, 0, 0x20, 0x40, // −100 is 199, 399 with news; 2.5
		0,                                                           // the same again
		1, byte(neuron.SetPlastic), 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, // one signal
	}
	if !bytes.Equal(data, want) {
		t.Errorf("got  %x\nwant %x", data, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("times may fall")
		}
	}()
	e.Append(nil, 3, 299, neuron.Inbox{})
}

func TestDecoderRefuses(t *testing.T) {
	slots := [neuron.NumPorts]int32{1, 2, 0}
	for name, data := range map[string][]byte{
		"no end of a number":      {0x80},
		"no events":               {0, 1 << 1},
		"more events than bytes":  {0, 100 << 1, 0, 0},
		"synapse too large":       {0, 1 << 1, 3 << 2},
		"synapse below 0":         {0, 1 << 1, 1 << 1},
		"synapse beyond 32 bits":  append([]byte{0, 1 << 1}, binary.AppendUvarint(nil, 1<<34)...),
		"no value":                {0, 1 << 1, 1},
		"no such value":           {0, 1 << 1, 1, 4},
		"half a value":            {0, 1 << 1, 1, 3, 0, 0},
		"value is no number":      {0, 1 << 1, 1, 3, 0, 0, 0xc0, 0x7f},
		"value is infinite":       {0, 1 << 1, 1, 3, 0, 0, 0x80, 0x7f},
		"no signals":              {0, 1},
		"half a signal":           {0, 1, 1, 0, 0, 0},
		"more signals than bytes": {0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"time without end":        binary.AppendUvarint(nil, uint64(maxTime)+1),
	} {
		if in, _, err := NewDecoder(0, slots).Next(data); !errors.Is(err, ErrRecording) {
			t.Errorf("%s: got %+v, %v", name, in, err)
		}
	}
}

// sample is a recording of three neurons, with blocks that pack and blocks
// that do not, and what is in it.
func sample(t testing.TB) (file []byte, blocks [3][]Block, final Final) {
	var buf bytes.Buffer
	w, err := NewWriter(&buf, 3)
	if err != nil {
		t.Fatal(err)
	}
	put := func(id neuron.ID, k Kind, data []byte) {
		blocks[id] = append(blocks[id], Block{k, bytes.Clone(data)})
		if err := w.Block(k, id, data); err != nil {
			t.Fatal(err)
		}
	}
	end := End{Updates: 7, Spikes: 5, State: sha256.Sum256([]byte("s")), Pending: []byte{9}}
	for id := range neuron.ID(3) {
		put(id, StartBlock, bytes.Repeat([]byte{byte(id)}, 32))
	}
	put(1, InboxBlock, bytes.Repeat([]byte("packs well "), 30))
	put(0, InboxBlock, []byte{1, 2, 3})
	put(1, EndBlock, end.Append(nil))
	put(1, StartBlock, []byte("a state"))
	put(1, InboxBlock, []byte{4})
	for id := range neuron.ID(3) {
		put(id, EndBlock, end.Append(nil))
	}
	final = Final{Now: 12345, State: sha256.Sum256([]byte("all"))}
	if err := w.Close(final); err != nil {
		t.Fatal(err)
	}
	if w.Size() != int64(buf.Len()) {
		t.Errorf("size is %d, %d bytes were written", w.Size(), buf.Len())
	}
	return buf.Bytes(), blocks, final
}

// read returns all that is in a recording.
func read(file []byte) (blocks [][]Block, final Final, whole bool, err error) {
	r, err := NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, final, false, err
	}
	defer r.Close()
	blocks = make([][]Block, r.NumNeurons())
	for id := range blocks {
		for b, err := range r.Blocks(neuron.ID(id)) {
			if err != nil {
				return blocks, final, false, err
			}
			if b.Kind == EndBlock {
				if _, err := ParseEnd(b.Data); err != nil {
					return blocks, final, false, err
				}
			}
			blocks[id] = append(blocks[id], b)
		}
	}
	final, whole, err = r.Final()
	return blocks, final, whole, err
}

func sameBlocks(a, b []Block) bool {
	return slices.EqualFunc(a, b, func(x, y Block) bool { return x.Kind == y.Kind && bytes.Equal(x.Data, y.Data) })
}

func TestReaderGivesWhatWasWritten(t *testing.T) {
	file, want, final := sample(t)
	blocks, got, whole, err := read(file)
	if err != nil || !whole || got != final || final.Failed() || len(blocks) != 3 {
		t.Fatalf("final %+v, whole %v, %d neurons, %v", got, whole, len(blocks), err)
	}
	for id := range want {
		if !sameBlocks(blocks[id], want[id]) {
			t.Errorf("neuron %d: got %v, want %v", id, blocks[id], want[id])
		}
	}
	e, err := ParseEnd(blocks[1][len(blocks[1])-1].Data)
	if err != nil || e.Updates != 7 || e.Spikes != 5 || e.State != sha256.Sum256([]byte("s")) || !bytes.Equal(e.Pending, []byte{9}) {
		t.Errorf("end %+v, %v", e, err)
	}
}

// TestCutShort cuts a recording at every byte: what is left is not whole, and
// holds nothing but what was there.
func TestCutShort(t *testing.T) {
	file, want, _ := sample(t)
	for size := range len(file) {
		blocks, _, whole, err := read(file[:size])
		if whole || err != nil && !errors.Is(err, ErrRecording) {
			t.Fatalf("cut at %d of %d: whole %v, %v", size, len(file), whole, err)
		}
		for id := range blocks {
			if !sameBlocks(blocks[id], want[id][:len(blocks[id])]) {
				t.Fatalf("cut at %d: neuron %d has %v", size, id, blocks[id])
			}
		}
	}
	if _, _, _, err := read(append(file, 0)); !errors.Is(err, ErrRecording) || !strings.Contains(err.Error(), "follow") {
		t.Errorf("a byte too many: %v", err)
	}
}

// TestDamage flips every bit: no recording with changed content counts as
// complete.
func TestDamage(t *testing.T) {
	file, want, final := sample(t)
	for bit := range 8 * len(file) {
		bad := bytes.Clone(file)
		bad[bit/8] ^= 1 << (bit % 8)
		blocks, got, whole, err := read(bad)
		if err != nil && !errors.Is(err, ErrRecording) {
			t.Fatalf("bit %d: %v", bit, err)
		}
		if err != nil || !whole || len(blocks) != 3 {
			continue
		}
		if got != final || !sameBlocks(blocks[0], want[0]) || !sameBlocks(blocks[1], want[1]) || !sameBlocks(blocks[2], want[2]) {
			t.Fatalf("bit %d: taken for whole", bit)
		}
	}
}

func TestForeign(t *testing.T) {
	file, _, _ := sample(t)
	change := func(at int, to uint32) []byte {
		bad := bytes.Clone(file)
		binary.LittleEndian.PutUint32(bad[at:], to)
		return bad
	}
	var inboxFirst bytes.Buffer
	w, _ := NewWriter(&inboxFirst, 1)
	if err := w.Block(InboxBlock, 0, []byte{0, 0}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file []byte
		want string
	}{
		{nil, "does not begin"},
		{[]byte("PK\x03\x04 something else altogether"), "does not begin"},
		{change(8, version+1), fmt.Sprintf("version %d, this program reads %d", version+1, version)},
		{change(12, 1<<31), "claims 2147483648 neurons"},
		{change(fileHead+5, MaxBlock+1), "block at byte 16 is damaged"},
		{change(fileHead+1, 3), "block at byte 16 is damaged"},
		{inboxFirst.Bytes(), "block at byte 16 is damaged"},
	} {
		if _, _, _, err := read(c.file); !errors.Is(err, ErrRecording) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want something about %q", err, c.want)
		}
	}
}

// TestBombs packs blocks that claim other sizes than they have.
func TestBombs(t *testing.T) {
	for _, claim := range []uint32{1, 100, 1 << 20, MaxBlock} {
		var buf bytes.Buffer
		w, _ := NewWriter(&buf, 1)
		if err := w.Block(StartBlock, 0, make([]byte, 1<<21)); err != nil {
			t.Fatal(err)
		}
		bad := buf.Bytes()
		block := bad[fileHead:]
		if claim < uint32(len(block)-blockHead) {
			continue
		}
		binary.LittleEndian.PutUint32(block[5:], claim)
		binary.LittleEndian.PutUint32(block[13:], checksum(block))
		if _, _, _, err := read(bad); !errors.Is(err, ErrRecording) {
			t.Errorf("a block of 2 MiB that claims %d bytes: %v", claim, err)
		}
	}
	w, _ := NewWriter(&bytes.Buffer{}, 1)
	if err := w.Block(StartBlock, 0, make([]byte, MaxBlock+1)); err == nil {
		t.Error("a block larger than can be read is written")
	}
}

func TestContinue(t *testing.T) {
	file, want, _ := sample(t)
	cut := len(file) - 60 // within the last blocks
	r, err := NewReader(bytes.NewReader(file[:cut]), int64(cut))
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	buf := bytes.NewBuffer(bytes.Clone(file[:fileHead]))
	w, err := Continue(buf, int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range want[1] {
		if err := w.Block(b.Kind, 1, b.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(Final{Now: 1}); err != nil || w.Size() != int64(buf.Len()) {
		t.Fatal(w.Size(), buf.Len(), err)
	}
	blocks, final, whole, err := read(buf.Bytes())
	if err != nil || !whole || !final.Failed() || !sameBlocks(blocks[1], want[1]) {
		t.Errorf("whole %v, final %+v, %v", whole, final, err)
	}
}

// TestEncoderDoesNotAllocate guards the neurons' hot path.
func TestEncoderDoesNotAllocate(t *testing.T) {
	e := NewEncoder([neuron.NumPorts]int32{0, 100, 0})
	in := neuron.Inbox{}
	for i := range int32(100) {
		in.Events = append(in.Events, neuron.Event{Port: 1, Slot: i, Value: float32(i%2*2 - 1)})
	}
	buf, now := make([]byte, 0, 1024), neuron.Time(0)
	if n := testing.AllocsPerRun(100, func() { now++; buf = e.Append(buf[:0], 0, now, in) }); n > 0 {
		t.Errorf("%v allocations an inbox", n)
	}
	if len(buf) > 110 {
		t.Errorf("an inbox of 100 events takes %d bytes", len(buf))
	}
}
