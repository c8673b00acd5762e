package live

import (
	"math"
	"slices"
	"strconv"
	"time"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Panels for which neurons must report their state.
const (
	panelAtoms  = "atoms"
	panelMap    = "map"
	panelNeuron = "neuron"
	panelMatrix = "matrix"
)

// A look costs time of the run. So after a look there is a pause of lookShare
// times its duration, and at least leastPause.
const (
	lookShare  = 200
	leastPause = 250 * time.Millisecond
	maxPause   = time.Hour
)

// quarry is the result of the last look.
type quarry struct {
	n       int // looks so far
	stale   bool
	next    time.Time
	values  map[string]shorts // by quantity, of the sample
	neurons map[neuron.ID]*portrait
	matrix  *matrix
	took    time.Duration
	degrees *degrees
}

// short is a number that is written to JSON with four digits.
type short float32

// MarshalJSON implements json.Marshaler; NaN is null.
func (v short) MarshalJSON() ([]byte, error) { return v.append(nil), nil }

func (v short) append(b []byte) []byte {
	f := float64(v)
	switch {
	case f == 1 || f == 0 || f == -1: // most outputs are one of these
		return strconv.AppendInt(b, int64(f), 10)
	case math.IsNaN(f) || math.IsInf(f, 0):
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, f, 'g', 4, 32)
}

// shorts is a list of short numbers.
type shorts []short

// MarshalJSON implements json.Marshaler.
func (v shorts) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 8*len(v)+2), '[')
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = x.append(b)
	}
	return append(b, ']'), nil
}

// unknown returns n times NaN.
func unknown(n int) shorts { return slices.Repeat(shorts{short(math.NaN())}, n) }

func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// look gets from neurons what viewers want to see. It is called while the run
// waits.
func (s *Session) look() {
	if s.eager.Load() == 0 && s.view == nil || s.scene == nil || s.engine == nil {
		return
	}
	now := time.Now()
	s.mu.Lock()
	due := s.quarry.stale && now.After(s.quarry.next)
	var ids []neuron.ID
	for id := range s.follow {
		ids = append(ids, id)
	}
	reports, matrix := s.wants[panelAtoms]+s.wants[panelMap] > 0 && s.view == nil, s.wants[panelMatrix] > 0
	e, sc, deg := s.engine, s.scene, s.quarry.degrees
	s.mu.Unlock()
	if !due {
		return
	}
	q := quarry{neurons: map[neuron.ID]*portrait{}}
	if len(ids) > 0 {
		if deg == nil || deg.of != e.Network() {
			deg = newDegrees(e.Network())
		}
		s.portraits(&q, e, ids, deg)
	}
	if reports {
		q.values = sampleValues(sc, e)
	}
	if matrix {
		q.matrix = newMatrix(sc, e)
	}
	q.took, q.degrees = time.Since(now), deg
	q.next = time.Now().Add(max(leastPause, lookShare*q.took))
	s.mu.Lock()
	defer s.mu.Unlock()
	q.n = s.quarry.n + 1
	if q.values == nil {
		q.values = s.quarry.values
	}
	s.quarry = q
	if s.view != nil {
		return
	}
	if reports {
		s.takeAtoms()
	}
	s.takeRates()
}

// unseen marks that there is something new to look at.
func (s *Session) unseen() {
	s.mu.Lock()
	s.quarry.stale = true
	s.mu.Unlock()
}

// sampleValues asks the sampled neurons for everything that a map can show.
func sampleValues(sc *scene, e sim.Engine) map[string]shorts {
	reports, err := e.Report(sc.Sample, neuron.WantAtoms|neuron.WantWeights)
	if err != nil {
		return nil
	}
	v := map[string]shorts{}
	column := func(name string) shorts {
		if v[name] == nil {
			v[name] = unknown(len(reports))
		}
		return v[name]
	}
	for i := range reports {
		r := &reports[i]
		column("updates")[i] = short(r.Updates)
		column("mean |w|")[i] = short(meanSize(&r.Weights))
		column("in-degree")[i] = short(len(e.Network().Incoming(r.Neuron).Source))
		if r.Atoms == nil {
			continue
		}
		column("goal")[i] = short(r.Goal)
		for _, a := range atomsOf(r) {
			column(a.name)[i] = short(a.value)
		}
	}
	return v
}

func meanSize(w *[neuron.NumPorts][]float64) float64 {
	sum, n := 0.0, 0
	for p := range w {
		for _, x := range w[p] {
			sum, n = sum+math.Abs(x), n+1
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

type atom struct {
	name  string
	value float64
}

// atomsOf returns the atoms of a report, and the rest.
func atomsOf(r *neuron.Report) []atom {
	d := r.Atoms
	l := d.Lattice()
	var all []atom
	for i := range l.Len() {
		name := l.Name(i)
		v, _ := d.Atom(name)
		if l.NumSources() == 2 {
			name = map[string]string{"{1}": "unq_r", "{2}": "unq_c", "{1}{2}": "red", "{12}": "syn"}[name]
		}
		all = append(all, atom{name, v})
	}
	return append(all, atom{"h_res", d.Residual})
}

// takeAtoms adds the means of populations to the courses.
func (s *Session) takeAtoms() {
	t := float64(s.now.Load()) / 1e6
	k := 0
	for _, g := range s.scene.Populations {
		from := k
		for k < len(s.scene.Sample) && s.scene.Sample[k] < g.First+neuron.ID(g.Size) {
			k++
		}
		if !g.Learns {
			continue
		}
		for _, name := range quantitiesOf(s.quarry.values) {
			if name == "updates" || name == "in-degree" || name == "mean |w|" {
				continue
			}
			if mean, ok := meanOf(s.quarry.values[name][from:k]); ok {
				s.atoms.add(g.Name+": "+name, t, mean)
			}
		}
	}
	for _, id := range followed(s.follow) {
		if p := s.quarry.neurons[id]; p != nil {
			for _, a := range p.Atoms {
				s.atoms.add("#"+strconv.Itoa(int(id))+": "+a.Name, t, float64(a.Value))
			}
		}
	}
}

func followed(m map[neuron.ID]*history) []neuron.ID {
	ids := make([]neuron.ID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// quantityOrder is the order in which quantities are offered.
var quantityOrder = []string{"unq_r", "unq_c", "red", "syn", "h_res", "goal", "mean |w|", "in-degree", "updates"}

func quantitiesOf(v map[string]shorts) []string {
	var names []string
	for _, name := range quantityOrder {
		if v[name] != nil {
			names = append(names, name)
		}
	}
	var others []string
	for name := range v {
		if !slices.Contains(quantityOrder, name) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return append(names, others...)
}

func meanOf(v shorts) (mean float64, ok bool) {
	sum, n := 0.0, 0
	for _, x := range v {
		if !math.IsNaN(float64(x)) {
			sum, n = sum+float64(x), n+1
		}
	}
	return sum / float64(max(n, 1)), n > 0
}

// takeRates adds the firing rates of populations since the last look.
func (s *Session) takeRates() {
	now := neuron.Time(s.now.Load())
	if now <= s.counted {
		return
	}
	for i, g := range s.scene.Populations {
		if g.Size > 0 {
			s.rates.add(g.Name, seconds(now), float64(s.counts[i])/float64(g.Size)/seconds(now-s.counted))
		}
	}
	clear(s.counts)
	s.counted = now
}

// portrait is what is shown of a selected neuron.
type portrait struct {
	ID         neuron.ID `json:"id"`
	Label      string    `json:"label"`
	Population string    `json:"population"`
	Index      int       `json:"index"`
	In         int       `json:"in"`
	Out        int       `json:"out"`
	Updates    int64     `json:"updates"`
	Output     float32   `json:"output"`
	Theta      short     `json:"theta"`
	Open       bool      `json:"open"`
	Goal       short     `json:"goal"`
	Atoms      []named   `json:"atoms"`
	Fields     []field   `json:"fields"`
	Removed    bool      `json:"removed"`
}

type named struct {
	Name  string `json:"name"`
	Value short  `json:"value"`
}

// field is the weights of a neuron from a group, as a picture.
type field struct {
	Port   string `json:"port"`
	From   string `json:"from"`
	First  int    `json:"first"`
	Width  int    `json:"width"`
	Values shorts `json:"values"` // null: no synapse
	Of     int    `json:"of"`     // members of the group
	// Sources are the ids whose weights Values are, if Values are not those of
	// all members.
	Sources []int `json:"sources,omitempty"`
}

// fieldSize is the largest number of weights that are shown of a group.
const fieldSize = 4096

var portNames = [...]string{"receptive", "contextual", "lateral"}

func (s *Session) portraits(q *quarry, e sim.Engine, ids []neuron.ID, deg *degrees) {
	reports, err := e.Report(ids, neuron.WantAtoms|neuron.WantWeights)
	if err != nil {
		return
	}
	net := e.Network()
	for i := range reports {
		r := &reports[i]
		_, gone := slices.BinarySearch(net.Removed, r.Neuron)
		g := s.scene.Populations[s.scene.populationOf[r.Neuron]]
		p := &portrait{ID: r.Neuron, Label: net.Graph.Label(r.Neuron), Population: g.Name, Index: int(r.Neuron - g.First),
			In: len(net.Incoming(r.Neuron).Source), Out: deg.out[r.Neuron], Updates: r.Updates, Output: r.Output, Open: r.Open,
			Goal: short(r.Goal), Theta: short(s.theta[r.Neuron]), Removed: gone, Fields: s.fields(net, r)}
		if r.Atoms != nil {
			for _, a := range atomsOf(r) {
				p.Atoms = append(p.Atoms, named{a.name, short(a.value)})
			}
		}
		q.neurons[r.Neuron] = p
	}
}

// degrees is how many synapses begin at each neuron.
type degrees struct {
	of  *sim.Network
	out []int
}

func newDegrees(net *sim.Network) *degrees {
	d := &degrees{net, make([]int, net.NumNeurons()+net.NumChannels())}
	for id := range neuron.ID(net.NumNeurons()) {
		for _, source := range net.Incoming(id).Source {
			d.out[source]++
		}
	}
	return d
}

// fields arranges the weights of a neuron by port and group. For a group that
// is too large, only the members that the neuron receives spikes from are listed.
func (s *Session) fields(net *sim.Network, r *neuron.Report) []field {
	in := net.Incoming(r.Neuron)
	var fields []field
	var slot [neuron.NumPorts]int
	at := map[[2]int]int{} // port and group, to the field
	groups := append(slices.Clone(s.scene.Inputs), s.scene.Populations...)
	for k, port := range in.Port {
		w := short(r.Weights[port][slot[port]])
		slot[port]++
		gi := slices.IndexFunc(groups, func(g group) bool {
			return in.Source[k] >= g.First && in.Source[k] < g.First+neuron.ID(g.Size)
		})
		if gi < 0 {
			continue
		}
		key := [2]int{int(port), gi}
		i, ok := at[key]
		if !ok {
			i = len(fields)
			at[key] = i
			fields = append(fields, newField(portNames[port], &groups[gi]))
		}
		fields[i].add(int(in.Source[k]), w)
	}
	for i := range fields {
		if f := &fields[i]; f.Width == 0 {
			f.Width = int(math.Ceil(math.Sqrt(float64(len(f.Values)))))
		}
	}
	return fields
}

func newField(port string, g *group) field {
	f := field{Port: port, From: g.Name, First: int(g.First), Of: g.Size}
	if g.Size <= fieldSize {
		f.Width, f.Values = g.Width, unknown(g.Size)
	}
	return f
}

func (f *field) add(source int, w short) {
	switch {
	case f.Of <= fieldSize:
		f.Values[source-f.First] = w
	case len(f.Values) < fieldSize:
		f.Sources, f.Values = append(f.Sources, source), append(f.Values, w)
	}
}

// matrix is the weights between sampled neurons at one port; each cell is the mean
// of the synapses in it.
type matrix struct {
	Port  string `json:"port"`
	Rows  int    `json:"rows"`  // targets
	Cols  int    `json:"cols"`  // sources
	Each  int    `json:"each"`  // neurons of a row
	Cells shorts `json:"cells"` // null: no synapse
}

const matrixSize = 96

// busiest returns the port with the most synapses from other neurons.
func busiest(net *sim.Network, ids []neuron.ID) neuron.Port {
	var inputs [neuron.NumPorts]int
	for _, id := range ids {
		in := net.Incoming(id)
		for k, port := range in.Port {
			if int(in.Source[k]) < net.NumNeurons() {
				inputs[port]++
			}
		}
	}
	best := neuron.Contextual
	for p, n := range inputs {
		if n > inputs[best] {
			best = neuron.Port(p)
		}
	}
	return best
}

func newMatrix(sc *scene, e sim.Engine) *matrix {
	net := e.Network()
	n := sc.neurons
	side := min(n, matrixSize)
	ids := spread(0, n, side)
	reports, err := e.Report(ids, neuron.WantWeights)
	if err != nil || side == 0 {
		return nil
	}
	shown := busiest(net, ids)
	m := &matrix{Port: portNames[shown], Rows: side, Cols: side, Each: (n + side - 1) / side, Cells: make(shorts, side*side)}
	count := make([]int, side*side)
	for row := range reports {
		r := &reports[row]
		in := net.Incoming(r.Neuron)
		slot := 0
		for k, port := range in.Port {
			if port != shown {
				continue
			}
			if source := int(in.Source[k]); source < n {
				at := row*side + source*side/n
				m.Cells[at] += short(r.Weights[port][slot])
				count[at]++
			}
			slot++
		}
	}
	for i, k := range count {
		if k == 0 {
			m.Cells[i] = short(math.NaN())
		} else {
			m.Cells[i] /= short(k)
		}
	}
	return m
}
