package pid

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"testing"
)

// eachDecomposition calls do with one decomposition for each measure and number
// of sources.
func eachDecomposition(t *testing.T, do func(d *Decomposition)) {
	t.Helper()
	for _, m := range Measures() {
		for n := 2; n <= min(m.MaxSources(), 4); n++ {
			shape := shapesFor(n)[1]
			d, err := Decompose(m, shape, randomJoint(shape, 7, uint64(n)))
			if err != nil {
				t.Fatal(err)
			}
			do(d)
		}
	}
}

// TestWireRoundTrip: the written decomposition is read back, the bytes after it
// are not touched, and the format is the one that this test expects.
func TestWireRoundTrip(t *testing.T) {
	eachDecomposition(t, func(d *Decomposition) {
		b, err := d.AppendBinary([]byte("x"))
		if err != nil || b[0] != 'x' {
			t.Fatal(err, b[0])
		}
		b = b[1:]
		certified := d.Certificate != nil
		if want := []byte{byte(d.Measure), byte(d.Lattice().NumSources()), map[bool]byte{true: 1}[certified]}; !bytes.Equal(b[:3], want) {
			t.Errorf("%v: begins with %v, want %v", d.Measure, b[:3], want)
		}
		numbers := 3 + len(d.Atoms) + len(d.Cumulative) + len(d.AtomsPlus) + len(d.AtomsMinus) + len(d.CumulativePlus) + len(d.CumulativeMinus)
		end := 3 + 8*numbers
		if certified {
			end += 16
		}
		if len(b) != end {
			t.Errorf("%v: %d bytes, want %d", d.Measure, len(b), end)
		}
		if got := math.Float64frombits(binary.LittleEndian.Uint64(b[3+8*3:])); got != d.Atoms[0] {
			t.Errorf("%v: the fourth number is %v, not the first atom %v", d.Measure, got, d.Atoms[0])
		}
		got, rest, err := ReadDecomposition(append(bytes.Clone(b), "rest"...))
		if err != nil || string(rest) != "rest" || !reflect.DeepEqual(got, d) {
			t.Errorf("%v: read %+v, rest %q, %v", d.Measure, got, rest, err)
		}
		if got, rest, err := ReadDecomposition(b); err != nil || len(rest) != 0 || !reflect.DeepEqual(got, d) {
			t.Errorf("%v alone: read %+v, rest %q, %v", d.Measure, got, rest, err)
		}
		for cut := range b {
			if _, _, err := ReadDecomposition(b[:cut]); !errors.Is(err, ErrEncoding) {
				t.Fatalf("%v: %d of %d bytes: %v", d.Measure, cut, len(b), err)
			}
		}
	})
}

// TestWireRefuses invalid headers before it computes how many values must
// follow.
func TestWireRefuses(t *testing.T) {
	long := make([]byte, 8<<10)
	for _, head := range [][3]byte{{byte(len(measureNames)), 2, 0}, {0, 0, 0}, {0, 1, 0}, {0, MaxSources + 1, 0}, {0, 2, 2}, {255, 2, 0}} {
		copy(long, head[:])
		if d, _, err := ReadDecomposition(long); !errors.Is(err, ErrEncoding) {
			t.Errorf("%v: %+v, %v", head, d, err)
		}
	}
	copy(long, []byte{byte(len(measureNames) - 1), 2, 1})
	if _, rest, err := ReadDecomposition(long); err != nil || len(rest) != len(long)-3-8*(3+8)-16 {
		t.Errorf("%d bytes are left, %v", len(rest), err)
	}
}
