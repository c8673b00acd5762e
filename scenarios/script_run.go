package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.starlark.net/starlark"

	"infomorph/internal/config"
	"infomorph/internal/script"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// scriptRun is one run of a script task.
type scriptRun struct {
	task *scriptTask
	*memoryRun
	kept    scriptState
	script  *script.Script
	state   *starlark.Dict // ctx.state, kept from call to call
	reading bool           // readout is being called
	scores  []measured     // that readout has entered
	err     error          // of the journal, met within a call of the script
}

// scriptState is what a run must remember besides what the network and the
// presentations have to.
type scriptState struct {
	Memory   []byte // state of the presentations
	State    []byte // ctx.state
	Random   stream
	Begun    bool // setup has been called
	Steps    int  // moves so far
	Total    int  // moves to expect; 0: unknown
	Phase    string
	Queue    []move // what next has returned and is to be done yet
	Last     move   // what was done last
	Measures map[string]float64
	Samples  []neuron.Sample // of the last presentation
	Sampling sampling
}

// move is one thing to do.
type move struct {
	Kind     string // present, recall, rest, act
	Name     string
	Bits     []float32
	Context  []float32
	Plastic  bool
	Dynamics string
	Release  string
	Sweeps   int
	Duration neuron.Time
	Began    neuron.Time `json:",omitempty"` // of a rest that is on
	Action   []byte      `json:",omitempty"` // an event
}

// Save implements Resumable.
func (t *scriptTask) Save() ([]byte, error) {
	r := t.run
	s := r.kept
	var err1, err2 error
	s.Memory, err1 = t.memoryTask.Save()
	s.State, err2 = script.Encode(r.state)
	s.Samples = r.samples
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

// Resume implements Resumable.
func (t *scriptTask) Resume(e sim.Engine, j Journal, saved []byte) error {
	r := t.newRun(e, j)
	if err := r.load(); err != nil { // what its top level draws, it draws again
		return err
	}
	random := r.kept.Random // the script draws from it
	if err := json.Unmarshal(saved, &r.kept); err != nil {
		return fmt.Errorf("script: not a state of this task: %w", err)
	}
	v, err := script.Decode(r.kept.State)
	state, ok := v.(*starlark.Dict)
	if err != nil || !ok || r.kept.Random.pcg == nil {
		return errors.Join(errors.New("script: not a state of this task"), err)
	}
	*random.pcg = *r.kept.Random.pcg
	r.kept.Random = random
	if err := r.restore(r.kept.Memory); err != nil {
		return err
	}
	r.state, r.samples = state, r.kept.Samples
	return r.perform()
}

// load runs the script's top level.
func (r *scriptRun) load() (err error) {
	r.state = starlark.NewDict(0)
	limits := script.Limits{Steps: r.task.script.Steps, Bytes: r.task.script.Memory << 20}
	r.script, err = script.Load(r.task.source, r.functions(), limits, func(text string) {
		if p, ok := r.journal.(Printer); ok {
			p.Print(text)
		}
	})
	return err
}

// call calls a function of the script and keeps ctx.state: a copy, so that it
// is the same whether the run is resumed here or not.
func (r *scriptRun) call(name string) (starlark.Value, error) {
	v, err := r.script.Call(name, r.context())
	if err == nil {
		err = r.err
	}
	if err != nil {
		return nil, err
	}
	data, err := script.Encode(r.state)
	if err != nil {
		return nil, fmt.Errorf("%s: ctx.state: %w", r.task.source.File, err)
	}
	kept, err := script.Decode(data)
	if err != nil {
		return nil, err
	}
	r.state = kept.(*starlark.Dict)
	return v, nil
}

// perform plays what the script says, from wherever the state stands.
func (r *scriptRun) perform() error {
	if err := r.setup(); err != nil {
		return err
	}
	for {
		if len(r.kept.Queue) == 0 {
			v, err := r.call("next")
			if err != nil {
				return err
			}
			if v == starlark.None {
				break
			}
			if r.kept.Queue, err = movesOf(v); err != nil {
				return fmt.Errorf("%s: next returned %w", r.task.source.File, err)
			}
		}
		if err := r.move(); err != nil {
			return err
		}
	}
	return r.readout()
}

func (r *scriptRun) setup() error {
	if r.kept.Begun {
		return nil
	}
	r.kept.Begun = true
	if !r.script.Has("setup") {
		return nil
	}
	v, err := r.call("setup")
	if err != nil {
		return err
	}
	if v != starlark.None {
		if r.kept.Total, err = starlark.AsInt32(v); err != nil || r.kept.Total < 0 {
			return fmt.Errorf("%s: setup returned %v, expected None, or how many moves to expect", r.task.source.File, v)
		}
	}
	r.kept.Sampling = newSampling(r.kept.Total, r.record.Atoms)
	return nil
}

// maxMoves bounds the list that next returns: it lies in memory and in every
// checkpoint.
const maxMoves = 100_000

// movesOf reads what next returned.
func movesOf(v starlark.Value) ([]move, error) {
	if m, ok := v.(*scriptMove); ok {
		return []move{m.move}, nil
	}
	seq, ok := v.(starlark.Sequence)
	if !ok {
		return nil, fmt.Errorf("a value of type %s; expected None, or what present, recall, rest or act returns, or a list of such", v.Type())
	}
	if seq.Len() > maxMoves {
		return nil, fmt.Errorf("a list of %d moves, at most %d are taken at a time; return them bit by bit", seq.Len(), maxMoves)
	}
	var all []move
	for x := range starlark.Elements(seq) {
		m, ok := x.(*scriptMove)
		if !ok {
			return nil, fmt.Errorf("a list with a value of type %s; expected what present, recall, rest or act returns", x.Type())
		}
		all = append(all, m.move)
	}
	return all, nil
}

// move does the first thing of the queue, or a part of a rest.
func (r *scriptRun) move() error {
	s := &r.kept
	if len(s.Queue) == 0 {
		return r.step() // an empty list: nothing to do yet
	}
	m := &s.Queue[0]
	done := true
	var err error
	switch m.Kind {
	case "present":
		err = r.show(&stimulus{bits: m.Bits, context: m.Context, plastic: m.Plastic, dynamics: dynamicsNamed[m.Dynamics], duration: m.Duration})
	case "recall":
		var o outcome
		o, err = r.recallCue(&Test{Dynamics: m.Dynamics, Release: m.Release, Sweeps: m.Sweeps}, m.Bits)
		m.Sweeps = o.Sweeps
	case "rest":
		done, err = r.restABit(m)
	case "act":
		err = r.act(m.Action)
	}
	if err != nil {
		return err
	}
	if done {
		s.Last, s.Queue = *m, s.Queue[1:]
		s.Steps++
		if s.Sampling.due(s.Steps) {
			if err := r.sample(); err != nil {
				return err
			}
		}
	}
	return r.step()
}

func (r *scriptRun) step() error {
	label := "script"
	if r.kept.Phase != "" {
		label = r.kept.Phase
	}
	return r.journal.Step(label, r.kept.Steps, max(r.kept.Total, r.kept.Steps))
}

// restABit plays a part of a rest and reports whether that was the last.
func (r *scriptRun) restABit(m *move) (done bool, err error) {
	first := m.Began == 0
	if first {
		m.Began = r.engine.Now() + 1 // 0 is not yet
	}
	ends := r.after(m.Began - 1 + m.Duration - 1)
	err = r.idle(&Rest{Dynamics: m.Dynamics, Plastic: m.Plastic}, ends, first)
	return r.engine.Now() >= ends, err
}

// actor is an engine that events can be asked of.
type actor interface{ Do(e *Event) error }

func (r *scriptRun) act(action []byte) error {
	e, err := decodeAction(action)
	if err != nil {
		return err
	}
	return r.engine.(actor).Do(e)
}

// decodeAction reads the event that a script asks for.
func decodeAction(text []byte) (*Event, error) {
	var e Event
	if err := config.Decode("act", text, &e); err != nil {
		return nil, err
	}
	return &e, nil
}

// sample takes a sample of the atoms and remembers its means.
func (r *scriptRun) sample() error {
	if err := r.sampleAtoms(&r.memoryRun.state.Atoms); err != nil {
		return err
	}
	for q := range quantities {
		mean := r.memoryRun.state.Atoms.Mean[q]
		r.kept.Measures["atoms."+quantities[q].name] = mean[len(mean)-1]
	}
	return nil
}

// readout lets the script read out, and tells what the run has left behind.
func (r *scriptRun) readout() error {
	if r.script.Has("readout") {
		r.reading = true
		if _, err := r.call("readout"); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.kept.Measures)) {
		if scripted.FindString(name) == name {
			r.scores = append(r.scores, measured{name, r.kept.Measures[name]})
		}
	}
	seen := map[string]bool{}
	for _, s := range r.scores {
		if !seen[s.Name] { // a score before a measure of the same name
			r.journal.Score(s.Name, s.Value)
		}
		seen[s.Name] = true
	}
	a := &r.memoryRun.state.Atoms
	a.score(r.journal)
	errs := []error{r.showWeights("trained", "Contextual weights at the end"),
		r.journal.Figure("raster", Raster{Title: "The last spikes", Neurons: r.net.NumNeurons(), Spikes: r.recent()})}
	if len(a.Seconds) > 0 {
		errs = append(errs, r.journal.Figure("atoms", a.lines()))
	}
	return errors.Join(errs...)
}
