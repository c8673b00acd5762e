package record

import (
	"encoding/binary"
	"math"

	"infomorph/neuron"
)

// SpikeColumns are the columns of spikes.parquet.
func SpikeColumns() []Column {
	return []Column{{"time_us", Int64, "us"}, {"source", Int32, ""}, {"value", Float32, ""}}
}

// PIDColumns are the columns of pid.parquet for the named atoms.
func PIDColumns(atoms []string) []Column {
	cols := []Column{
		{"time_us", Int64, "us"}, {"neuron", Int32, ""}, {"update", Int64, ""},
		{"h", Float64, "bit"}, {"h_res", Float64, "bit"}, {"goal", Float64, "bit"}, {"mi", Float64, "bit"},
	}
	for _, a := range atoms {
		cols = append(cols, Column{a, Float64, "bit"})
	}
	return cols
}

// AtomNames returns the atom columns of pid.parquet for neurons with 2 or 3
// sources, in the order of the table: unq_r, unq_c, red, syn, or the 18
// antichains. It panics on any other number.
func AtomNames(sources int) []string {
	switch sources {
	case 2:
		return []string{"unq_r", "unq_c", "red", "syn"}
	case 3:
		return []string{
			"{1}{2}{3}", "{1}{2}", "{1}{3}", "{2}{3}", "{1}{23}", "{2}{13}", "{3}{12}",
			"{1}", "{2}", "{3}", "{12}{13}{23}", "{12}{13}", "{12}{23}", "{13}{23}",
			"{12}", "{13}", "{23}", "{123}",
		}
	}
	panic("record: atoms have names for 2 and 3 sources")
}

// Spikes adds the spikes that the sampling of spikes keeps. It ignores Every,
// because a raster with holes is misleading: choose neurons or times instead.
func (r *Run) Spikes(spikes []neuron.Spike) error {
	s := r.spikes
	if s == nil {
		return r.usable()
	}
	if s.err != nil {
		return s.err
	}
	for _, sp := range spikes {
		if !r.opts.Spikes.Keeps(sp.Source, sp.Time, 0) {
			continue
		}
		s.buf = binary.LittleEndian.AppendUint64(s.buf, uint64(sp.Time))
		s.buf = binary.LittleEndian.AppendUint32(s.buf, uint32(sp.Source))
		s.buf = binary.LittleEndian.AppendUint32(s.buf, math.Float32bits(sp.Value))
		if err := s.endRow(); err != nil {
			return err
		}
	}
	return nil
}

// AtomsRow is the decomposition of one neuron at one update [bit].
type AtomsRow struct {
	Time   neuron.Time
	Neuron neuron.ID
	Update int64     // number of the neuron's update, from 0
	H      float64   // H(Y)
	HRes   float64   // H(Y | sources)
	Goal   float64   // Γ · atoms
	MI     float64   // I(Y : sources)
	Atoms  []float64 // in the order of Options.AtomNames
}

// Atoms adds a row to pid.parquet if the sampling of atoms keeps it. It panics
// if the row does not have one value for each atom.
func (r *Run) Atoms(row *AtomsRow) error {
	s := r.atoms
	if s == nil {
		return r.usable()
	}
	if len(row.Atoms) != len(r.opts.AtomNames) {
		panic("record: want one value per atom")
	}
	if s.err != nil || !r.opts.Atoms.Keeps(row.Neuron, row.Time, row.Update) {
		return s.err
	}
	b := binary.LittleEndian.AppendUint64(s.buf, uint64(row.Time))
	b = binary.LittleEndian.AppendUint32(b, uint32(row.Neuron))
	b = binary.LittleEndian.AppendUint64(b, uint64(row.Update))
	for _, x := range [...]float64{row.H, row.HRes, row.Goal, row.MI} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	for _, x := range row.Atoms {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	s.buf = b
	return s.endRow()
}
