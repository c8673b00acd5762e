package live

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"sort"
	"sync"

	"infomorph/internal/record"
	"infomorph/neuron"
)

// recording is what a finished run has recorded, by time.
type recording struct {
	end       neuron.Time
	spikes    []neuron.Spike // in order of time
	more      bool           // there are more than are kept
	atoms     map[string][]float64
	presented []presented
	last      []neuron.Report // of all neurons at the end, if no spikes are recorded
	step      int
	mu        sync.Mutex
}

// presented is a row of the table of presentations.
type presented struct {
	start, end neuron.Time
	phase      string
	item       int
	name       string
	label      string
}

// Limits of what is read of a finished run.
const (
	viewSpikes = 4_000_000
	viewRows   = 2_000_000
	viewSteps  = 1000 // of the time slider
	viewWindow = 60   // steps that the raster shows
)

// viewFiles are the files that are read.
var viewFiles = []string{"spikes.parquet", "pid.parquet", "presentations.parquet", "measures.parquet", "summary.json"}

// View returns a session that shows a finished run at any of its times: dir is
// its result folder, and the engine in w may have the last state.
func View(dir string, w Watched, opts Options) (*Session, error) {
	opts.View, opts.ReadOnly, opts.CanCheckpoint, opts.CanUndo = true, true, false, false
	s := New(opts)
	if err := record.CheckRead(dir, viewFiles...); err != nil {
		return nil, err
	}
	rec, err := readRecording(dir)
	if err != nil {
		return nil, err
	}
	m, err := record.ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	rec.end = max(rec.end, neuron.Time(m.Final.SimulatedUS), w.Engine.Now())
	s.Begin(w)
	s.view = rec
	if err := s.readMeasures(dir); err != nil {
		return nil, err
	}
	s.results, err = record.ReadSummary(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s.courseOfAtoms()
	s.courseOfRates()
	s.control.end()
	s.log.add(seconds(rec.end), fmt.Sprintf("the run in %s, which is %s", dir, m.Status))
	if rec.more {
		s.log.add(seconds(rec.end), fmt.Sprintf("only the first %d spikes are shown", len(rec.spikes)))
	}
	if len(rec.spikes) == 0 {
		s.log.add(seconds(rec.end), "the run has recorded no spikes: record.spikes")
		if rec.last, err = w.Engine.Report(spread(0, s.scene.neurons, s.scene.neurons), 0); err != nil {
			return nil, err
		}
	}
	return s, s.seek(viewSteps)
}

// optional turns a table that is not there into one without rows.
func optional(cols map[string][]float64, err error) (map[string][]float64, error) {
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return cols, err
}

func readRecording(dir string) (*recording, error) {
	r := &recording{}
	if err := r.readSpikes(filepath.Join(dir, "spikes.parquet")); err != nil {
		return nil, err
	}
	var err error
	if r.atoms, err = optional(record.ReadColumns(filepath.Join(dir, "pid.parquet"))); err != nil {
		return nil, err
	}
	return r, r.readPresentations(filepath.Join(dir, "presentations.parquet"))
}

func (r *recording) readSpikes(path string) error {
	return rows(path, viewSpikes, func(t *record.TableReader) error {
		row, err := t.Next()
		if err != nil {
			return err
		}
		s := neuron.Spike{Time: neuron.Time(row[0].Int64()), Source: neuron.ID(row[1].Int32()), Value: row[2].Float()}
		r.spikes = append(r.spikes, s)
		r.end, r.more = max(r.end, s.Time), len(r.spikes) == viewSpikes
		return nil
	})
}

func (r *recording) readPresentations(path string) error {
	return rows(path, viewRows, func(t *record.TableReader) error {
		row, err := t.Next()
		if err != nil {
			return err
		}
		p := presented{neuron.Time(row[0].Int64()), neuron.Time(row[1].Int64()), row[2].String(), int(row[3].Int64()), row[4].String(), row[5].String()}
		r.presented, r.end = append(r.presented, p), max(r.end, p.end)
		return nil
	})
}

// rows calls next for at most most rows of a table. A missing table has no
// rows.
func rows(path string, most int, next func(*record.TableReader) error) error {
	t, err := record.OpenTable(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer t.Close()
	for range most {
		if err := next(t); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
	return nil
}

func (s *Session) readMeasures(dir string) error {
	return rows(filepath.Join(dir, "measures.parquet"), viewRows, func(t *record.TableReader) error {
		row, err := t.Next()
		if err == nil {
			s.measures.add(row[1].String(), float64(row[0].Int64())/1e6, row[2].Double())
		}
		return err
	})
}

// atomColumns returns the names of the atoms in the table, in the order of the
// page's list.
func (r *recording) atomColumns() []string {
	have := map[string]shorts{}
	for name := range r.atoms {
		if !slices.Contains([]string{"time_us", "neuron", "update", "h", "mi"}, name) {
			have[name] = shorts{}
		}
	}
	return quantitiesOf(have)
}

// courseOfAtoms makes the courses of atoms, as means over populations.
func (s *Session) courseOfAtoms() {
	a := s.view.atoms
	for from := 0; from < len(a["time_us"]); {
		to := from
		for to < len(a["time_us"]) && a["time_us"][to] == a["time_us"][from] {
			to++
		}
		for _, name := range s.view.atomColumns() {
			s.courseOfAtom(name, from, to)
		}
		from = to
	}
}

func (s *Session) courseOfAtom(name string, from, to int) {
	a := s.view.atoms
	sums, counts := make([]float64, len(s.scene.Populations)), make([]int, len(s.scene.Populations))
	for i := from; i < to; i++ {
		if id := int(a["neuron"][i]); id < s.scene.neurons && !math.IsNaN(a[name][i]) {
			p := s.scene.populationOf[id]
			sums[p], counts[p] = sums[p]+a[name][i], counts[p]+1
		}
	}
	for p, n := range counts {
		if n > 0 {
			s.atoms.add(s.scene.Populations[p].Name+": "+name, a["time_us"][from]/1e6, sums[p]/float64(n))
		}
	}
}

func (s *Session) courseOfRates() {
	const bins = 200
	r := s.view
	if r.end == 0 || len(r.spikes) == 0 {
		return
	}
	width := float64(r.end) / bins
	counts := make([][bins]int, len(s.scene.Populations))
	for i := range r.spikes {
		if x := &r.spikes[i]; int(x.Source) < s.scene.neurons {
			counts[s.scene.populationOf[x.Source]][min(int(float64(x.Time)/width), bins-1)]++
		}
	}
	for p, g := range s.scene.Populations {
		for b, n := range counts[p] {
			s.rates.add(g.Name, (float64(b)+0.5)*width/1e6, float64(n)/float64(max(g.Size, 1))/(width/1e6))
		}
	}
}

// seek shows the run as it was at a step of the time slider.
func (s *Session) seek(step int) error {
	if s.view == nil {
		return errors.New("seek: only a run that is over can be gone through")
	}
	step = min(max(step, 0), viewSteps)
	r := s.view
	t := neuron.Time(float64(r.end) * float64(step) / viewSteps)
	s.mu.Lock()
	r.step = step
	s.now.Store(int64(t))
	from := max(0, t-max(r.end*viewWindow/viewSteps, 1))
	s.showSpikes(from, t)
	s.showPresented(t)
	s.showAtoms(t)
	s.mu.Unlock()
	s.version.Add(1)
	return nil
}

// showSpikes fills the raster with a window, frame by frame, and finds the last
// output of each neuron.
func (s *Session) showSpikes(from, until neuron.Time) {
	const pictures = 40
	all := s.view.spikes
	at := func(t neuron.Time) int { return sort.Search(len(all), func(i int) bool { return all[i].Time >= t }) }
	s.raster.until = from
	s.raster.reset()
	for k := range pictures {
		a, b := from+(until-from)*neuron.Time(k)/pictures, from+(until-from)*neuron.Time(k+1)/pictures
		if b > a {
			s.raster.add(b, all[at(a):at(b)])
			s.frames.add(s.raster.encode(s.frames.seq + 1))
			s.raster.reset()
		}
	}
	clear(s.outputs)
	if len(all) == 0 {
		s.showOutputs(until)
	}
	for i := at(until) - 1; i >= max(0, at(until)-20*len(s.outputs)); i-- {
		if x := &all[i]; int(x.Source) < len(s.outputs) && s.outputs[x.Source] == 0 {
			s.outputs[x.Source] = x.Value
		}
	}
}

// showOutputs shows the last outputs of neurons of a run without recorded
// spikes. They are known only at its end.
func (s *Session) showOutputs(until neuron.Time) {
	for i := range s.outputs {
		s.outputs[i] = float32(math.NaN())
	}
	if until < s.view.end {
		return
	}
	for i := range s.view.last {
		r := &s.view.last[i]
		s.outputs[r.Neuron] = r.Output
	}
}

func (s *Session) showPresented(t neuron.Time) {
	all := s.view.presented
	i := sort.Search(len(all), func(i int) bool { return all[i].start > t }) - 1
	if i < 0 {
		return
	}
	p := &all[i]
	s.phase = phaseState{Name: p.phase, Done: i + 1, Total: len(all)}
	s.shown = shown{seconds(p.start), seconds(p.end), "presented", p.item, p.name, p.label, s.scene.valuesIn(p.phase, p.item), s.shown.n + 1, p.phase}
}

// valuesIn returns the values that inputs got for an item in a phase.
func (sc *scene) valuesIn(phase string, item int) map[string][]float32 {
	if sc.plan != nil && item >= 0 {
		if source := sc.plan.SourceOf(phase); source != "" {
			if v, err := sc.plan.ItemValues(source, item); err == nil {
				return v
			}
		}
	}
	return map[string][]float32{}
}

// showAtoms takes the last sample of atoms before a time.
func (s *Session) showAtoms(t neuron.Time) {
	a := s.view.atoms
	times := a["time_us"]
	to := sort.Search(len(times), func(i int) bool { return times[i] > float64(t) })
	if to == 0 {
		return
	}
	at := map[neuron.ID]int{}
	for i, id := range s.scene.Sample {
		at[id] = i
	}
	values := map[string]shorts{}
	for i := to - 1; i >= 0 && times[i] == times[to-1]; i-- {
		k, ok := at[neuron.ID(a["neuron"][i])]
		if !ok {
			continue
		}
		for _, name := range s.view.atomColumns() {
			if values[name] == nil {
				values[name] = unknown(len(s.scene.Sample))
			}
			values[name][k] = short(a[name][i])
		}
	}
	s.quarry.values = values
	s.quarry.n++
}

// seeLast looks at neurons in their last state.
func (s *Session) seeLast() {
	if s.view == nil {
		return
	}
	s.view.mu.Lock() // only one page at a time uses the engine
	defer s.view.mu.Unlock()
	s.mu.Lock()
	values := s.quarry.values
	s.quarry.stale, s.quarry.next = true, s.quarry.next.Add(-maxPause)
	s.mu.Unlock()
	s.look()
	s.mu.Lock()
	s.quarry.values = values
	s.mu.Unlock()
}
