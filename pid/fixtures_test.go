package pid

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"testing"
)

// pidCase is one decomposition by the reference implementations.
type pidCase struct {
	Name       string
	Shape      []int
	P          []float64
	Measure    string
	Atoms      map[string]float64
	AtomsPlus  map[string]float64 `json:"atoms_plus"`
	AtomsMinus map[string]float64 `json:"atoms_minus"`
	ICap       map[string]float64 `json:"i_cap"`
	ICapPlus   map[string]float64 `json:"i_cap_plus"`
	ICapMinus  map[string]float64 `json:"i_cap_minus"`
	MI         float64
	HT         float64 `json:"h_t"`
	HRes       float64 `json:"h_res"`
	Tolerance  float64
}

// readFixture reads values of the reference implementations. Each file names
// its source.
func readFixture(t testing.TB, name string, into any) {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err == nil {
		err = json.NewDecoder(unpacked).Decode(into)
	}
	if err != nil {
		t.Fatal(name, err)
	}
}

// TestDecomposeAgreesWithReferences compares with SxPID, dit and certified
// BROJA optima.
func TestDecomposeAgreesWithReferences(t *testing.T) {
	var cases []pidCase
	readFixture(t, "references.json.gz", &cases)
	worst := map[string]float64{}
	for _, c := range cases {
		m, err := ParseMeasure(c.Measure)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Decompose(m, c.Shape, c.P)
		if err != nil {
			t.Errorf("%s %s: %v", c.Name, c.Measure, err)
			continue
		}
		near := func(what string, got, want float64) {
			if diff := math.Abs(got - want); !(diff <= c.Tolerance) {
				t.Errorf("%s %s: %s = %v, want %v", c.Name, c.Measure, what, got, want)
			} else {
				worst[c.Measure] = max(worst[c.Measure], diff)
			}
		}
		near("mi", d.MutualInfo, c.MI)
		near("h_t", d.TargetEntropy, c.HT)
		near("h_res", d.Residual, c.HRes)
		vector := func(what string, got []float64, want map[string]float64) {
			if len(want) > 0 && len(want) != len(got) {
				t.Errorf("%s: %d values of %s, want %d", c.Name, len(got), what, len(want))
			}
			for name, v := range want {
				i, ok := d.Lattice().Index(name)
				if !ok {
					t.Fatalf("no antichain %s", name)
				}
				near(what+name, got[i], v)
			}
		}
		vector("atom ", d.Atoms, c.Atoms)
		vector("i_cap ", d.Cumulative, c.ICap)
		vector("atom+ ", d.AtomsPlus, c.AtomsPlus)
		vector("atom- ", d.AtomsMinus, c.AtomsMinus)
		vector("i_cap+ ", d.CumulativePlus, c.ICapPlus)
		vector("i_cap- ", d.CumulativeMinus, c.ICapMinus)
	}
	t.Log("largest deviation:", worst)
}
