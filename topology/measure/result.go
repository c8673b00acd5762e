package measure

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// Number is a float64 that is null in JSON if it is not finite. A measure that
// is undefined for a graph is NaN.
type Number float64

// MarshalJSON writes null for NaN and infinities.
func (x Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}

// Result is the result of one measure for one graph.
type Result struct {
	Name    string  `json:"name"`
	Value   Number  `json:"value"`              // value of the graph; the mean of PerNode if there is no other
	Error   Number  `json:"error,omitempty"`    // standard error, if sampled or relative to null models
	Samples int     `json:"samples,omitempty"`  // 0: exact
	PerNode Numbers `json:"per_node,omitempty"` // by neuron id, or nil
	// PerNodeError is the standard error of each PerNode, if sampled.
	PerNodeError Numbers  `json:"per_node_error,omitempty"`
	Summary      *Summary `json:"summary,omitempty"` // of PerNode
	Detail       []Entry  `json:"detail,omitempty"`  // named or binned values
}

// Numbers is a vector that is written to JSON with null for values that are not
// finite.
type Numbers []float64

// MarshalJSON writes null for NaN and infinities.
func (v Numbers) MarshalJSON() ([]byte, error) {
	out := make([]Number, len(v))
	for i, x := range v {
		out[i] = Number(x)
	}
	return json.Marshal(out)
}

// Entry is one named value of a measure with several values.
type Entry struct {
	Key   string `json:"key"`
	Value Number `json:"value"`
}

// Summary is the distribution of a per-node measure over the nodes for which it
// is defined. SD has the denominator n−1.
type Summary struct {
	Min    Number `json:"min"`
	Median Number `json:"median"`
	Mean   Number `json:"mean"`
	SD     Number `json:"sd"`
	Max    Number `json:"max"`
}

func summarise(values []float64) *Summary {
	v := make([]float64, 0, len(values))
	for _, x := range values {
		if !math.IsNaN(x) {
			v = append(v, x)
		}
	}
	if len(v) == 0 {
		nan := Number(math.NaN())
		return &Summary{nan, nan, nan, nan, nan}
	}
	mean, sd := stat.MeanStdDev(v, nil)
	slices.Sort(v)
	median := (v[(len(v)-1)/2] + v[len(v)/2]) / 2
	return &Summary{Number(v[0]), Number(median), Number(mean), Number(sd), Number(v[len(v)-1])}
}

// perNode makes a result whose value is the mean over the nodes.
func perNode(values []float64) Result {
	r := Result{PerNode: values, Summary: summarise(values)}
	r.Value = r.Summary.Mean
	return r
}

func scalar(v float64) Result { return Result{Value: Number(v)} }

// Measure is one entry of the catalogue.
type Measure struct {
	Name   string
	About  string // its definition, with equation or source
	PerOne bool   // it has a value for each neuron
	// Costly is set if the cost is quadratic in the number of neurons unless
	// sampled.
	Costly  bool
	compute func(*Net) Result
}

// All lists every measure.
func All() []Measure {
	return slices.Concat(degreeMeasures(), clusteringMeasures(), pathMeasures(), centralityMeasures(),
		coreMeasures(), communityMeasures(), componentMeasures(), motifMeasures(), spectralMeasures(), smallWorldMeasures())
}

// Names lists the names of every measure.
func Names() []string {
	list := All()
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = m.Name
	}
	return names
}

// Compute evaluates the named measures, in that order. It returns an error for
// an unknown name, or for communities of the wrong length.
func Compute(n *Net, names ...string) ([]Result, error) {
	if c := n.opt.Communities; c != nil && len(c) != n.N {
		return nil, fmt.Errorf("communities: %d given for %d neurons", len(c), n.N)
	}
	list := All()
	out := make([]Result, 0, len(names))
	for _, name := range names {
		i := slices.IndexFunc(list, func(m Measure) bool { return m.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("measure %q is unknown, expected one of %s", name, strings.Join(Names(), ", "))
		}
		r := list[i].compute(n)
		r.Name = name
		out = append(out, r)
	}
	return out, nil
}
