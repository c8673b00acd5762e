package design

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Design defines how the points of a sweep follow from its axes.
type Design struct {
	Axes     []Axis `json:"axes"`
	Zip      bool   `json:"zip,omitempty"`    // take the first values of all axes together, then the second, …
	Sample   string `json:"sample,omitempty"` // "lhs:N" or "random:N"
	Seeds    int    `json:"seeds"`            // replicates of each point
	BaseSeed uint64 `json:"base_seed"`        // all seeds of the sweep are derived from it
}

// Run is one run of a sweep.
type Run struct {
	Index     int      `json:"index"` // from 1
	Point     int      `json:"point"` // from 1
	Replicate int      `json:"replicate"`
	Seed      uint64   `json:"seed"`
	Values    []string `json:"values"` // by axis
}

// Plan is a design with its runs.
type Plan struct {
	Design
	Runs []Run `json:"runs"`
}

// NewPlan makes the runs of a design. It returns an error if settings of the design
// conflict.
func NewPlan(d Design) (*Plan, error) {
	if d.Seeds < 1 || d.Seeds > 100_000 {
		return nil, fmt.Errorf("seeds: got %d, expected 1 to 100000 replicates", d.Seeds)
	}
	if err := d.checkAxes(); err != nil {
		return nil, err
	}
	points, err := d.points()
	if err != nil {
		return nil, err
	}
	if len(points)*d.Seeds > MaxRuns {
		return nil, fmt.Errorf("%d points of %d runs, more than %d runs", len(points), d.Seeds, MaxRuns)
	}
	p := &Plan{Design: d}
	seeds := seeder{base: d.BaseSeed, used: map[uint64]bool{}, tries: map[alike]int{}}
	swept := d.seedAxis()
	for k, values := range points {
		for r := range d.Seeds {
			run := Run{Index: len(p.Runs) + 1, Point: k + 1, Replicate: r + 1, Values: values}
			if swept < 0 {
				run.Seed = seeds.next(d.key(values), r)
			} else if run.Seed, err = strconv.ParseUint(values[swept], 10, 64); err != nil {
				return nil, fmt.Errorf("seed=%s: expected whole numbers ≥ 0", values[swept])
			}
			p.Runs = append(p.Runs, run)
		}
	}
	return p, nil
}

func (d *Design) checkAxes() error {
	seen := map[string]bool{}
	for _, a := range d.Axes {
		if seen[a.Path] {
			return fmt.Errorf("%s: swept twice", a.Path)
		}
		seen[a.Path] = true
		if len(a.Values) == 0 && d.Sample == "" {
			return fmt.Errorf("%s: an interval needs a number of values, as in lin(a,b,5), or --sample", a.Path)
		}
	}
	if seen["seed"] && d.Seeds > 1 {
		return errors.New("seed is swept: leave --seeds out")
	}
	return nil
}

func (d *Design) seedAxis() int {
	for i, a := range d.Axes {
		if a.Path == "seed" {
			return i
		}
	}
	return -1
}

// key identifies a point by its settings and not by its number. So a larger sweep gives
// the points of a smaller one the same seeds.
func (d *Design) key(values []string) string {
	var b strings.Builder
	for i, a := range d.Axes {
		fmt.Fprintf(&b, "%q=%q;", a.Path, values[i])
	}
	return b.String()
}

// seeder derives a different seed for every run.
type seeder struct {
	base  uint64
	used  map[uint64]bool
	tries map[alike]int // last try, for runs that are equal in all settings
}

// alike identifies runs with equal settings, as random samples can have them.
type alike struct {
	key       string
	replicate int
}

// next returns a 53-bit hash that identifies the run, or a new hash if that seed is
// taken. JSON and spreadsheets can hold 53 bits exactly.
func (s *seeder) next(key string, replicate int) uint64 {
	run := alike{key, replicate}
	for try := s.tries[run]; ; try++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "infomorph sweep 1|%d|%d|%d|%s", s.base, replicate, try, key))
		seed := binary.LittleEndian.Uint64(sum[:]) >> 11
		if !s.used[seed] {
			s.used[seed] = true
			if try > 0 {
				s.tries[run] = try
			}
			return seed
		}
	}
}

// points returns the values of every point, by axis.
func (d *Design) points() ([][]string, error) {
	switch {
	case d.Sample != "" && d.Zip:
		return nil, errors.New("--zip and --sample exclude each other")
	case d.Sample != "":
		return d.sampled()
	case d.Zip:
		return d.zipped()
	}
	return d.crossed()
}

func (d *Design) crossed() ([][]string, error) {
	n := 1
	for _, a := range d.Axes {
		if n *= len(a.Values); n > MaxRuns {
			return nil, fmt.Errorf("the axes span more than %d points", MaxRuns)
		}
	}
	points := make([][]string, n)
	for k := range points {
		values, rest := make([]string, len(d.Axes)), k
		for i := len(d.Axes) - 1; i >= 0; i-- { // the last axis changes fastest
			values[i] = d.Axes[i].Values[rest%len(d.Axes[i].Values)]
			rest /= len(d.Axes[i].Values)
		}
		points[k] = values
	}
	return points, nil
}

func (d *Design) zipped() ([][]string, error) {
	if len(d.Axes) == 0 {
		return [][]string{{}}, nil
	}
	points := make([][]string, len(d.Axes[0].Values))
	for k := range points {
		for _, a := range d.Axes {
			if len(a.Values) != len(points) {
				return nil, fmt.Errorf("--zip: %s has %d values and %s has %d", d.Axes[0].Path, len(points), a.Path, len(a.Values))
			}
			points[k] = append(points[k], a.Values[k])
		}
	}
	return points, nil
}

// sampled draws points from the intervals. For a Latin hypercube sample of n points, each
// axis is divided into n parts, and each part has exactly one point.
func (d *Design) sampled() ([][]string, error) {
	kind, count, _ := strings.Cut(d.Sample, ":")
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > maxValues || kind != "lhs" && kind != "random" {
		return nil, fmt.Errorf("--sample: got %q, expected lhs:N or random:N with N from 1 to %d", d.Sample, maxValues)
	}
	points := make([][]string, n)
	for k := range points {
		points[k] = make([]string, len(d.Axes))
	}
	for i := range d.Axes {
		sum := sha256.Sum256(fmt.Appendf(nil, "infomorph sample 1|%d|%s", d.BaseSeed, d.Axes[i].Path))
		rng := rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:])))
		part := rng.Perm(n)
		for k := range points {
			place := rng.Float64()
			if kind == "lhs" {
				place = (float64(part[k]) + place) / float64(n)
			}
			points[k][i] = d.Axes[i].place(place)
		}
	}
	return points, nil
}

// place returns the value at a place of the axis, 0 ≤ at < 1.
func (a *Axis) place(at float64) string {
	if a.Range != nil {
		return a.Range.At(at)
	}
	return a.Values[int(at*float64(len(a.Values)))]
}

// Points returns the number of points.
func (p *Plan) Points() int { return len(p.Runs) / max(p.Seeds, 1) }

// Assignments returns the settings of a run, for config.Set.
func (p *Plan) Assignments(r *Run) []string {
	sets := make([]string, 0, len(p.Axes)+1)
	for i, a := range p.Axes {
		sets = append(sets, a.Path+"="+r.Values[i])
	}
	return append(sets, fmt.Sprint("seed=", r.Seed))
}
