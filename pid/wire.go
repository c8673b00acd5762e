package pid

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrEncoding is returned for bytes that are not a decomposition.
var ErrEncoding = errors.New("pid: not an encoded decomposition")

// AppendBinary appends the decomposition: measure and number of sources, then
// all values [bit] as float64, little-endian. It implements
// encoding.BinaryAppender and never fails.
func (d *Decomposition) AppendBinary(b []byte) ([]byte, error) {
	flags := byte(0)
	if d.Certificate != nil {
		flags = 1
	}
	b = append(b, byte(d.Measure), byte(d.lattice.NumSources()), flags)
	for _, v := range d.values() {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(*v))
	}
	if c := d.Certificate; c != nil {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Gap))
		b = binary.LittleEndian.AppendUint64(b, uint64(c.Iterations))
	}
	return b, nil
}

// values returns pointers to all numbers of the decomposition, except those of
// the certificate.
func (d *Decomposition) values() []*float64 {
	all := []*float64{&d.MutualInfo, &d.TargetEntropy, &d.Residual}
	for _, v := range [][]float64{d.Atoms, d.Cumulative, d.AtomsPlus, d.AtomsMinus, d.CumulativePlus, d.CumulativeMinus} {
		for i := range v {
			all = append(all, &v[i])
		}
	}
	return all
}

// ReadDecomposition reads the output of AppendBinary from the front of b, and
// returns the rest.
func ReadDecomposition(b []byte) (d *Decomposition, rest []byte, err error) {
	if len(b) < 3 || b[2] > 1 || int(b[0]) >= len(measureNames) {
		return nil, nil, ErrEncoding
	}
	l, err := NewLattice(int(b[1]))
	if err != nil {
		return nil, nil, ErrEncoding
	}
	d = newDecomposition(Measure(b[0]), l)
	certified := b[2] == 1
	b = b[3:]
	for _, v := range d.values() {
		if len(b) < 8 {
			return nil, nil, ErrEncoding
		}
		*v = math.Float64frombits(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	if certified {
		if len(b) < 16 {
			return nil, nil, ErrEncoding
		}
		d.Certificate = &Certificate{math.Float64frombits(binary.LittleEndian.Uint64(b)), int(binary.LittleEndian.Uint64(b[8:]))}
		b = b[16:]
	}
	return d, b, nil
}
