package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/run"
)

// Session is what viewers know about a run, and what they ask of it. It can
// continue after a run: Begin gives it the next one.
type Session struct {
	opts Options
	control

	watchers atomic.Int32 // pages that are open
	eager    atomic.Int32 // pages that have open panels and are not behind
	pace     pace
	mu       sync.Mutex      // guards the fields below
	ended    <-chan struct{} // closed when the run has to end
	cancel   context.CancelCauseFunc
	scenario *scenarios.Scenario
	scene    *scene
	engine   sim.Engine
	touches  []language.Event // since the run was started or resumed
	done     []byte           // all interventions, also earlier ones
	keep     func(s *scenarios.Scenario, interventions []byte) error
	log      lines
	measures *courses
	atoms    *courses
	rates    *courses
	shown    shown
	copied   time.Time // when the values of shown were copied
	phase    phaseState
	expect   []expectation
	results  map[string]float64

	run     int      // its number in the sweep; 0: none
	fleet   *Fleet   // the sweep that this run is of, or whose runs are shown; nil: none
	next    *Session // session to which viewers go next; nil: none
	raster  *raster
	frames  frames
	view    *recording // of a finished run; nil: none
	outputs []float32  // last output of each neuron that is sampled or drawn
	theta   []float32
	counts  []int64 // spikes by population since the rates were taken
	counted neuron.Time
	missed  bool // epochs have passed unseen; used only by the run
	follow  map[neuron.ID]*history
	wants   map[string]int // number of viewers of each panel
	quarry  quarry
	now     atomic.Int64 // simulated time
	version atomic.Int64 // of the content of text frames
}

// Options are the settings of a session.
type Options struct {
	Name     string
	ReadOnly bool
	View     bool // shows a finished run, at any of its times
	Paused   bool // begin paused
	// CanCheckpoint says whether the run can be saved; CanUndo whether it can go
	// back.
	CanCheckpoint, CanUndo bool
	// Log is called for refused requests, once for each kind; nil: no log.
	Log func(text string)
}

// ErrStopped is the cancellation cause of a run that a viewer has stopped. For
// a run that is to go back, the cause is run.ErrBack.
var ErrStopped = errors.New("stopped from the live view")

// New returns a session that waits for a run.
func New(opts Options) *Session {
	s := &Session{opts: opts, measures: newCourses(200), atoms: newCourses(100), rates: newCourses(50), wants: map[string]int{}, follow: map[neuron.ID]*history{}}
	s.wake, s.paused = make(chan struct{}), opts.Paused
	s.log.most = 200
	return s
}

// Life returns the context of a run. It ends when a viewer stops the run, with
// the reason as its cause.
func (s *Session) Life(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended, s.cancel = ctx.Done(), cancel
	return ctx
}

// Watched is a run that begins or is resumed.
type Watched struct {
	Scenario      *scenarios.Scenario
	Task          scenarios.Task
	Engine        sim.Engine
	Interventions []byte // that were made before, one line of JSON each
	// Keep saves the scenario with its interventions; nil: nothing is saved.
	Keep func(s *scenarios.Scenario, interventions []byte) error
}

// Begin gives the session a run. Life must have been called.
func (s *Session) Begin(w Watched) {
	sc := newScene(w.Scenario, w.Task)
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.scene != nil
	s.scenario, s.engine, s.scene, s.keep = w.Scenario, w.Engine, sc, w.Keep
	s.touches, s.done = nil, append([]byte(nil), w.Interventions...)
	n := sc.neurons
	s.raster, s.outputs, s.theta = newRaster(n), make([]float32, n), make([]float32, n)
	s.counts, s.counted = make([]int64, len(sc.Populations)), w.Engine.Now()
	s.expect, s.quarry = expectationsOf(w.Scenario), quarry{n: s.quarry.n, stale: true}
	if again {
		s.back(w.Engine.Now())
	}
	s.now.Store(int64(w.Engine.Now()))
	s.version.Add(1)
}

// back removes what lies after the time from which the run continues.
func (s *Session) back(t neuron.Time) {
	for _, c := range []*courses{s.measures, s.atoms, s.rates} {
		c.back(seconds(t))
	}
	for _, h := range s.follow {
		*h = history{wants: h.wants}
	}
	s.frames = frames{seq: s.frames.seq}
	s.results = nil
	s.now.Store(int64(t))
	s.log.add(seconds(t), fmt.Sprintf("going on from %v", t))
}

// Listener returns a listener for the run that reports to the session first and
// then to to.
func (s *Session) Listener(to journal.Listener) *journal.Listener {
	to.Defaults()
	l := to
	l.Within = func() int {
		if s.held() {
			return 1
		}
		if s.eager.Load() > 0 {
			return least(s.pace.items(), to.Within())
		}
		return to.Within()
	}
	l.Epoch = func(end neuron.Time, out *neuron.Output) error {
		s.epochTold(end, out)
		return to.Epoch(end, out)
	}
	l.Phase = func(name string) error {
		s.say("phase " + name + " begins")
		return to.Phase(name)
	}
	l.Attend = func(phase string, done, total int) journal.Wish {
		s.stepped(phase, done, total)
		return s.attendRun(to.Attend(phase, done, total))
	}
	l.Shown = func(x journal.Shown) error {
		s.isShown(&x)
		return to.Shown(x)
	}
	l.Measure = func(t neuron.Time, name string, v float64) error {
		s.mu.Lock()
		s.measures.add(name, seconds(t), v)
		s.mu.Unlock()
		return to.Measure(t, name, v)
	}
	l.Score = func(name string, v, chance float64) {
		s.scored(name, v)
		to.Score(name, v, chance)
	}
	l.Print = func(text string) {
		s.say(text)
		to.Print(text)
	}
	l.Checkpoint = func() error {
		err := to.Checkpoint()
		s.marked(err)
		if err == nil {
			s.say("checkpoint")
		}
		return err
	}
	return &l
}

func seconds(t neuron.Time) float64 { return float64(t) / 1e6 }

// held reports whether a viewer holds the run back.
func (s *Session) held() bool {
	st := s.control.status()
	return st.Paused || st.Speed > 0 || st.Queued > 0
}

// epochTold takes the output of an epoch, if anybody watches, and makes the run
// wait, if a viewer wants that.
func (s *Session) epochTold(end neuron.Time, out *neuron.Output) {
	before := neuron.Time(s.now.Swap(int64(end)))
	if s.eager.Load() > 0 {
		s.take(before, end, out)
	} else {
		s.missed = true
	}
	s.epoch(s.ended, end)
}

func (s *Session) take(before, end neuron.Time, out *neuron.Output) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.missed { // nobody has watched for a while
		s.missed, s.counted, s.raster.until = false, before, before
		clear(s.counts)
		s.raster.reset()
	}
	s.raster.add(end, out.Spikes)
	for i := range out.Spikes {
		sp := &out.Spikes[i]
		if int(sp.Source) < len(s.outputs) {
			s.outputs[sp.Source] = sp.Value
			s.counts[s.scene.populationOf[sp.Source]]++
		}
	}
	for i := range out.Samples {
		x := &out.Samples[i]
		s.theta[x.Neuron] = float32(x.Theta)
		if h := s.follow[x.Neuron]; h != nil {
			h.add(x)
		}
	}
}

// stepped takes the progress of the run.
func (s *Session) stepped(phase string, done, total int) {
	s.mu.Lock()
	s.pace.took(done - s.phase.Done)
	if s.scene.Study && phase != s.phase.Name {
		s.log.add(seconds(neuron.Time(s.now.Load())), phase)
	}
	if phase != s.phase.Name {
		s.phase.Batch = s.scene.plan != nil && s.scene.plan.InBatches(phase)
	}
	s.phase = phaseState{Name: phase, Done: done, Total: total, Batch: s.phase.Batch}
	s.quarry.stale = true
	s.mu.Unlock()
	s.version.Add(1)
}

// pace measures the time of a presentation. From it follows how many
// presentations fit into the time of a frame and are made without a stop; a
// stop after each one would slow the run down.
type pace struct {
	last atomic.Int64 // real time when some last ended [ns]
	each atomic.Int64 // how long one takes [ns]
}

// took notes that n presentations have ended.
func (p *pace) took(n int) {
	now := time.Now().UnixNano()
	since := now - p.last.Swap(now)
	if n > 0 && since > 0 {
		p.each.Store(since / int64(n))
	}
}

// items returns how many presentations fit into a frame, at least one.
func (p *pace) items() int {
	return int(max(1, int64(frameTime)/max(p.each.Load(), 1)))
}

// least returns the smaller of two numbers of presentations, where 0 in b means
// no limit.
func least(a, b int) int {
	if b == 0 {
		return a
	}
	return min(a, b)
}

// phaseState is the progress of a phase.
type phaseState struct {
	Name  string `json:"name"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
	Batch bool   `json:"batch"` // learning in batches: neurons neither fire nor change before its end
}

// attendRun is called by the run between two steps, and returns what it has to
// do.
func (s *Session) attendRun(wish journal.Wish) journal.Wish {
	more := s.attend(s.ended, false, s.look)
	for _, t := range more.Touches {
		wish.Touches = append(wish.Touches, journal.Touch{Event: t.Event, Taken: func(e *language.Event, err error) {
			t.Taken(e, s.taken(e, err))
		}})
	}
	wish.Checkpoint = wish.Checkpoint || more.Checkpoint
	return wish
}

// Wait holds a run that has not begun, if a viewer or Options.Paused wants
// that.
func (s *Session) Wait() {
	s.attend(s.ended, true, s.look)
}

// taken records an event that has happened.
func (s *Session) taken(e *language.Event, err error) error {
	if err != nil {
		return err
	}
	line, err := intervention(e)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.touches, s.done = append(s.touches, *e), append(s.done, line...)
	sc, done, keep := s.scenario.Touched(s.touches), s.done, s.keep
	s.quarry.stale = true
	s.mu.Unlock()
	s.say("touched: " + describe(e))
	s.version.Add(1)
	if keep == nil {
		return nil
	}
	if err := keep(sc, done); err != nil {
		s.say("the touch has happened, but could not be written: " + err.Error())
		return err
	}
	return nil
}

// Scenario returns the scenario with all touches so far.
func (s *Session) Scenario() *scenarios.Scenario {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.touches) == 0 {
		return s.scenario
	}
	return s.scenario.Touched(s.touches)
}

// End tells all viewers that the run is over, and why; err is nil if it was
// completed.
func (s *Session) End(err error, summary map[string]float64) {
	text := "the run has come to its end"
	if err != nil {
		text = "the run ended early: " + err.Error()
	}
	s.mu.Lock()
	s.results = summary
	s.mu.Unlock()
	s.control.end()
	s.say(text)
	s.version.Add(1)
}

// Hand moves present and future viewers to another session: the view of the
// finished run.
func (s *Session) Hand(next *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = next
}

// heir returns the session to which viewers are moved; nil: none.
func (s *Session) heir() *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next
}

// last returns the session to watch now.
func (s *Session) last() *Session {
	if next := s.heir(); next != nil {
		return next
	}
	return s
}

// say adds a line to the log.
func (s *Session) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.add(float64(s.now.Load())/1e6, text)
}

func (s *Session) scored(name string, v float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.results == nil {
		s.results = map[string]float64{}
	}
	s.results[name] = v
}

// lines are the last lines of a log.
type lines struct {
	all   []line
	first int // number of the first of them
	most  int
}

type line struct {
	N    int     `json:"n"`
	T    float64 `json:"t"`
	Text string  `json:"text"`
}

func (l *lines) add(t float64, text string) {
	if len(text) > 500 {
		text = strings.ToValidUTF8(text[:500], "") + "…"
	}
	l.all = append(l.all, line{l.first + len(l.all), t, text})
	if over := len(l.all) - l.most; over > 0 {
		l.all = append([]line(nil), l.all[over:]...)
		l.first += over
	}
}

// since returns the lines from number n on.
func (l *lines) since(n int) []line {
	return append([]line{}, l.all[min(max(n-l.first, 0), len(l.all)):]...)
}

// shown is what inputs present at the moment.
type shown struct {
	Start  float64              `json:"start"`
	End    float64              `json:"end"`
	How    string               `json:"how"`
	Item   int                  `json:"item"`
	Name   string               `json:"name"`
	Label  string               `json:"label"`
	Values map[string][]float32 `json:"values"`
	n      int
	phase  string
}

// shownChannels is the largest number of channels of an input whose values are
// shown.
const shownChannels = 10_000

func (s *Session) isShown(x *journal.Shown) {
	if s.eager.Load() == 0 {
		s.mu.Lock()
		s.shown.n++
		s.mu.Unlock()
		return
	}
	s.mu.Lock()
	s.shown = shown{seconds(x.Start), seconds(x.End), x.How, x.Item, x.Name, x.Label, nil, s.shown.n + 1, x.Phase}
	s.mu.Unlock()
	if time.Since(s.copied) < frameTime && !s.held() && x.How == "presented" {
		return // too fast to be seen one by one: the page can get the values from the data
	}
	s.copied = time.Now()
	values := map[string][]float32{}
	for _, in := range s.scene.Inputs {
		if in.Size <= shownChannels {
			if v := x.Values(in.Name); v != nil {
				values[in.Name] = append([]float32(nil), v...)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown.Values = values
}

// history is port values and θ of a neuron that is followed.
type history struct {
	T     []float64    `json:"t"`
	Theta []float64    `json:"theta"`
	Sum   [3][]float64 `json:"sum"`
	wants int
	seen  int // points so far
}

const historyPoints = 400

func (h *history) add(x *neuron.Sample) {
	if len(h.T) >= historyPoints {
		k := historyPoints / 4
		h.T, h.Theta = append(h.T[:0], h.T[k:]...), append(h.Theta[:0], h.Theta[k:]...)
		for p := range h.Sum {
			h.Sum[p] = append(h.Sum[p][:0], h.Sum[p][k:]...)
		}
	}
	h.seen++
	h.T, h.Theta = append(h.T, seconds(x.Time)), append(h.Theta, x.Theta)
	for p := range h.Sum {
		v := 0.0
		if p < len(x.Sum) {
			v = finite(x.Sum[p])
		}
		h.Sum[p] = append(h.Sum[p], v)
	}
}

func (h *history) copy() history {
	out := history{T: append([]float64{}, h.T...), Theta: append([]float64{}, h.Theta...)}
	for p := range h.Sum {
		out.Sum[p] = append([]float64{}, h.Sum[p]...)
	}
	return out
}

// stop ends the run.
func (s *Session) stop(reason error) error {
	s.mu.Lock()
	cancel := s.cancel
	s.mu.Unlock()
	if cancel == nil || s.control.status().Over {
		return errOver
	}
	cancel(reason)
	return s.control.change(func() error { s.paused = errors.Is(reason, run.ErrBack); return nil })
}

// ticker closes a frame of spikes every frameTime, while anybody watches.
func (s *Session) ticker(ctx context.Context) {
	t := time.NewTicker(frameTime)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		s.closeWatched()
		if s.fleet != nil {
			s.fleet.each((*Session).closeWatched)
		}
	}
}

// closeWatched closes a frame if anybody watches.
func (s *Session) closeWatched() {
	if s.eager.Load() > 0 {
		s.closeFrame()
	}
}

// frameTime is the time between two frames.
const frameTime = 40 * time.Millisecond

func (s *Session) closeFrame() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.raster == nil || s.raster.until <= s.raster.from {
		return
	}
	s.frames.add(s.raster.encode(s.frames.seq + 1))
	s.raster.reset()
}

// frames are the last frames of spikes.
type frames struct {
	seq uint32 // of the last
	all [][]byte
}

// keptFrames is two seconds of frames.
const keptFrames = 50

func (f *frames) add(b []byte) {
	f.seq++
	f.all = append(f.all, b)
	if len(f.all) > keptFrames {
		f.all = append(f.all[:0], f.all[1:]...)
	}
}

// after returns the frames after number seq, and how many were lost before them.
func (f *frames) after(seq uint32) (all [][]byte, dropped int) {
	missing := int(f.seq - seq)
	if missing > len(f.all) {
		dropped = missing - len(f.all)
		missing = len(f.all)
	}
	return append([][]byte(nil), f.all[len(f.all)-missing:]...), dropped
}

// Latest returns the last value of each live measure.
func (s *Session) Latest() map[string]float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]float64, len(s.measures.names))
	for name, c := range s.measures.of {
		all[name] = c.last
	}
	return all
}
