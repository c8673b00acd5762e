package measure

import "infomorph/pid"

// orientation stores how each neuron fires for its own label and for other labels. The
// goal of a neuron does not determine its sign, so a neuron that fires less for its own
// label is read with the opposite sign.
type orientation struct {
	Theta, N [][2]float64 // by neuron: sum of θ and number of items, for other labels and for its own
}

func newOrientation(n int) orientation {
	return orientation{make([][2]float64, n), make([][2]float64, n)}
}

func (o *orientation) fits(n int) bool { return len(o.Theta) == n && len(o.N) == n }

func (o *orientation) add(k int, own bool, theta float64) {
	side := 0
	if own {
		side = 1
	}
	o.Theta[k][side] += theta
	o.N[k][side]++
}

// knows reports whether neuron k has seen enough items with and without its own label: 20
// of each.
func (o *orientation) knows(k int) bool { return o.N[k][1] >= 20 && o.N[k][0] >= 20 }

// sign returns −1 for a neuron that fires less for its own label than for others, else 1.
func (o *orientation) sign(k int) float64 {
	if o.Theta[k][1]*o.N[k][0] < o.Theta[k][0]*o.N[k][1] {
		return -1
	}
	return 1
}

// bearings is the orientation measured in the second half of the latest phase that
// learns. As long as that is not enough, the earlier measurement counts. Each pass has
// half the weight of the next one.
type bearings struct {
	Early, Late   orientation
	Done, Planned int // items of the current phase
}

func newBearings(n int) bearings { return bearings{Early: newOrientation(n), Late: newOrientation(n)} }

// begin starts a phase that learns.
func (b *bearings) begin(planned int) {
	b.turn()
	b.Done, b.Planned = 0, planned
}

// turn starts a new measurement and keeps the last one.
func (b *bearings) turn() { b.Early, b.Late = b.Late, newOrientation(len(b.Late.N)) }

// next counts an item of a phase that learns. It reports whether the second half begins
// with it.
func (b *bearings) next() bool {
	half := b.Planned > 0 && b.Done == b.Planned/2+1
	if half {
		b.turn()
	}
	b.Done++
	return half
}

// add adds the firing probability of neuron k for an item.
func (b *bearings) add(k int, own bool, theta float64) { b.Late.add(k, own, theta) }

// fade halves the weight of all items so far.
func (b *bearings) fade() {
	for _, o := range []*orientation{&b.Early, &b.Late} {
		for k := range o.N {
			for side := range 2 {
				o.N[k][side] /= 2
				o.Theta[k][side] /= 2
			}
		}
	}
}

func (b *bearings) sign(k int) float64 {
	if b.Early.knows(k) && !b.Late.knows(k) {
		return b.Early.sign(k)
	}
	return b.Late.sign(k)
}

// marginal is the readout P(Y|r), averaged over the contexts that occurred together with
// r. It is a table over bins of R for each neuron. Values are interpolated between the
// centres of bins. Beyond the first and last centre, and for empty bins, the nearest bin
// with samples counts.
type marginal struct {
	Sum [][]float64 // Σ θ, by neuron and bin
	N   [][]float64
}

func newMarginal(neurons int, b pid.Bins) marginal {
	return marginal{newMatrix(neurons, b.N), newMatrix(neurons, b.N)}
}

func (m *marginal) fits(neurons int, b pid.Bins) bool {
	return fits(m.Sum, neurons, b.N) && fits(m.N, neurons, b.N)
}

func (m *marginal) add(bins pid.Bins, k int, r, theta float64) {
	b := bins.Index(r)
	m.Sum[k][b] += theta
	m.N[k][b]++
}

// rate returns P(Y=1|r) of neuron k, or 0.5 if there are no samples.
func (m *marginal) rate(bins pid.Bins, k int, r float64) float64 {
	width := (bins.Hi - bins.Lo) / float64(bins.N)
	x := min(max((r-bins.Lo)/width-0.5, 0), float64(bins.N-1))
	i := int(x)
	f := x - float64(i)
	return (1-f)*m.at(k, i) + f*m.at(k, min(i+1, bins.N-1))
}

// at returns P(Y=1) in bin i, or in the nearest bin that is not empty.
func (m *marginal) at(k, i int) float64 {
	n := len(m.N[k])
	for d := range n {
		for _, j := range [2]int{i - d, i + d} {
			if j >= 0 && j < n && m.N[k][j] > 0 {
				return m.Sum[k][j] / m.N[k][j]
			}
		}
	}
	return 0.5
}

// forget removes all samples, and fade halves their weight.
func (m *marginal) forget() { m.scale(0) }
func (m *marginal) fade()   { m.scale(0.5) }

func (m *marginal) scale(f float64) {
	for _, rows := range [2][][]float64{m.Sum, m.N} {
		for _, row := range rows {
			for b := range row {
				row[b] *= f
			}
		}
	}
}
