package pid

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Measure is a definition of redundancy.
type Measure uint8

// The measures; the package documentation says when to use which.
const (
	SX    Measure = iota // shared exclusions I^sx∩ (Makkeh, Gutknecht, Wibral 2021)
	WB                   // I_min (Williams, Beer 2010)
	MMI                  // minimum mutual information (Barrett 2015)
	PM                   // pointwise specificity and ambiguity I± (Finn, Lizier 2018)
	CCS                  // common change in surprisal (Ince 2017)
	BROJA                // minimal union information (Bertschinger et al. 2014)
	DEP                  // unique information as dependency (James, Emenheiser, Crutchfield 2019)
)

var measureNames = []string{"sx", "wb", "mmi", "pm", "ccs", "broja", "dep"}

// ParseMeasure returns the measure called name: sx, wb, mmi, pm, ccs, broja or dep.
func ParseMeasure(name string) (Measure, error) {
	i := slices.Index(measureNames, strings.ToLower(name))
	if i < 0 {
		return 0, fmt.Errorf("pid: no measure %q; there are %s", name, strings.Join(measureNames, " "))
	}
	return Measure(i), nil
}

// Measures returns every measure.
func Measures() []Measure { return []Measure{SX, WB, MMI, PM, CCS, BROJA, DEP} }

// String returns the measure's name.
func (m Measure) String() string {
	if int(m) >= len(measureNames) {
		return fmt.Sprintf("measure(%d)", uint8(m))
	}
	return measureNames[m]
}

// MaxSources returns the largest number of sources that the measure supports.
func (m Measure) MaxSources() int {
	if m >= CCS {
		return 2
	}
	return MaxSources
}

// Decomposition is the partial information decomposition of the information
// that the sources have about the target. All values are in bits; vectors are
// in the order of the lattice. The atoms sum to MutualInfo, and MutualInfo +
// Residual = TargetEntropy. Atoms of sx, pm and ccs can be negative:
// misinformation.
type Decomposition struct {
	Measure       Measure
	MutualInfo    float64 // I(T : all sources)
	TargetEntropy float64 // H(T)
	Residual      float64 // H(T | all sources)

	Atoms      []float64 // Π(α)
	Cumulative []float64 // I∩(α) = Σ_{β≤α} Π(β)

	// The informative and the misinformative part, each with its own atoms:
	// Atoms = AtomsPlus − AtomsMinus. For sx and pm; nil otherwise.
	AtomsPlus, AtomsMinus           []float64
	CumulativePlus, CumulativeMinus []float64

	// Certificate says how accurate the solution of an iterative measure is;
	// nil for measures in closed form.
	Certificate *Certificate

	lattice *Lattice
}

// Certificate bounds the error of an iterative solution.
type Certificate struct {
	// Gap bounds the distance of the solution from the exact optimum [bit]. For
	// broja and dep no atom differs more than this from its exact value. For
	// ccs the bound is for the maximum-entropy distribution; the redundancy
	// that is computed from it can still jump if the sign of a change of
	// surprisal is not clear.
	Gap        float64
	Iterations int
}

// newDecomposition returns an empty decomposition in the given lattice. All its
// vectors share one array.
func newDecomposition(m Measure, l *Lattice) *Decomposition {
	parts := m == SX || m == PM
	k, vectors := l.Len(), 2
	if parts {
		vectors = 6
	}
	d, buf := allocate(vectors * k)
	d.Measure, d.lattice = m, l
	d.Atoms, d.Cumulative = buf[:k:k], buf[k:2*k:2*k]
	if parts {
		d.AtomsPlus, d.AtomsMinus = buf[2*k:3*k:3*k], buf[3*k:4*k:4*k]
		d.CumulativePlus, d.CumulativeMinus = buf[4*k:5*k:5*k], buf[5*k:]
	}
	return d
}

// allocate returns a decomposition and n numbers, in one allocation if n is
// small.
func allocate(n int) (*Decomposition, []float64) {
	if n > 24 {
		return new(Decomposition), make([]float64, n)
	}
	both := new(struct {
		d   Decomposition
		buf [24]float64
	})
	return &both.d, both.buf[:n:n]
}

// invert computes the atoms from the cumulative values.
func (d *Decomposition) invert() {
	l := d.lattice
	if d.CumulativePlus != nil {
		for i := range d.Cumulative {
			d.Cumulative[i] = d.CumulativePlus[i] - d.CumulativeMinus[i]
		}
		l.Atoms(d.AtomsPlus, d.CumulativePlus)
		l.Atoms(d.AtomsMinus, d.CumulativeMinus)
	}
	l.Atoms(d.Atoms, d.Cumulative)
}

// FromCumulative returns the decomposition with the given cumulative
// redundancies [bit], in the order of the lattice of n sources. It is for
// estimators that do not use a distribution. Entropies are NaN. It panics if
// the lengths differ.
func FromCumulative(m Measure, n int, cumulative []float64) *Decomposition {
	d := newDecomposition(MMI, lattices[n])
	if copy(d.Cumulative, cumulative) != len(cumulative) || len(cumulative) != len(d.Cumulative) {
		panic("pid: vector does not fit the lattice")
	}
	d.Measure, d.MutualInfo = m, cumulative[len(cumulative)-1]
	d.TargetEntropy, d.Residual = math.NaN(), math.NaN()
	d.invert()
	return d
}

// Lattice returns the lattice that defines the order of the vectors.
func (d *Decomposition) Lattice() *Lattice { return d.lattice }

// Atom returns the atom of the named antichain, such as "{1}{2}" [bit], or of
// "h_res"; with two sources also unq_r, unq_c, red and syn. It returns false
// if there is no such atom.
func (d *Decomposition) Atom(antichain string) (float64, bool) {
	if antichain == "h_res" {
		return d.Residual, true
	}
	i, ok := d.lattice.Index(antichain)
	if !ok {
		return 0, false
	}
	return d.Atoms[i], true
}
