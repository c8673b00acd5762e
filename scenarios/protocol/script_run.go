package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"infomorph/internal/config"
	"infomorph/internal/script"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
	"infomorph/scenarios/network"
)

// scriptPlan is a script that is ready to run.
type scriptPlan struct {
	source         script.Source
	input, context network.Group
	population     network.Group
	cueing         cueing
	recall         error // reason why the script cannot recall; nil if it can
	names          []string
	patterns       [][]float32
}

// scriptRun is one run of a script.
type scriptRun struct {
	run     *Run
	phase   *phase
	plan    *scriptPlan
	kept    scriptState
	random  *rand.PCG
	script  *script.Script
	state   *starlark.Dict // ctx.state, which stays from call to call
	reading bool           // during the call of readout
	scores  []scored       // from the call of readout
	err     error          // of a listener, during a call of the script
}

type scored struct {
	name  string
	value float64
}

// scriptState is the saved state of a script.
type scriptState struct {
	State    []byte // ctx.state
	Random   []byte
	Begun    bool // setup has been called
	Steps    int  // moves so far
	Total    int  // expected moves; 0: unknown
	Idle     int  // how often in a row next returned no moves
	Phase    string
	Queue    []move // moves that next has returned and that are not done yet
	Last     move   // the last move that was done
	Measures map[string]float64
	Samples  []neuron.Sample // of the last presentation
	Sampling measure.Sampling
}

// move is one action of a script.
type move struct {
	Kind     string // present, recall, rest, act
	Name     string
	Item     int // of the pattern, from 1; 0: none
	Bits     []float32
	Context  []float32
	Plastic  bool
	Dynamics string
	Release  string
	Sweeps   int
	Duration neuron.Time
	Began    neuron.Time `json:",omitempty"` // start of the current rest, plus 1
	Action   []byte      `json:",omitempty"` // an event
}

// scriptStream is the random stream of scripts.
const scriptStream = eventStream + 2

// readyScript prepares the script of a phase.
func (p *Plan) readyScript(ph *phase, files data.Files) error {
	sc := ph.Script
	plan := &scriptPlan{}
	ph.script = plan
	plan.input, _ = p.Net.Input(sc.Input)
	plan.context, _ = p.Net.Input(sc.Context)
	plan.population, _ = p.Net.Population(sc.Population)
	plan.cueing, plan.recall = p.cueing(&language.Recall{Cueing: language.Cueing{Input: sc.Input, Population: sc.Population}})
	if plan.recall != nil {
		plan.recall = errors.New("recall needs an input with a channel for each neuron, joined one to one")
	}
	ph.steps = p.defaultSteps(ph)
	if err := plan.readPatterns(ph, sc.Input); err != nil {
		return err
	}
	return plan.readSource(sc, files)
}

// readPatterns reads the items that the script can present by name.
func (plan *scriptPlan) readPatterns(ph *phase, input string) error {
	if ph.part == nil {
		return nil
	}
	if ph.per == 0 {
		return config.FieldError("data", ph.Script.Data, "a source with an end", "")
	}
	var it data.Item
	for k := range ph.per {
		if err := ph.part.Item(k, &it); err != nil {
			return err
		}
		name := it.Name
		if name == "" {
			name = fmt.Sprint(k)
		}
		plan.names = append(plan.names, name)
		plan.patterns = append(plan.patterns, ph.part.Set().Values(nil, input, &it))
	}
	return nil
}

// readSource reads the script and checks it.
func (plan *scriptPlan) readSource(sc *language.Script, files data.Files) error {
	if sc.Code != nil {
		plan.source = script.Source{File: "script", Text: *sc.Code, Line: sc.Line, Column: sc.Column}
		if sc.Name != "" {
			plan.source.File = sc.Name
		}
	} else {
		f, err := files.Open(*sc.File)
		if err != nil {
			return config.FieldProblem("file", err.Error(), "")
		}
		defer f.Close()
		text, err := io.ReadAll(io.LimitReader(f, script.MaxSource+1))
		if err != nil {
			return config.FieldProblem("file", err.Error(), "")
		}
		plan.source = script.Source{File: *sc.File, Text: string(text)}
	}
	defined, err := script.Check(plan.source, scriptNames)
	var wrong *script.Error
	if errors.As(err, &wrong) {
		return &config.Errors{List: []*config.Error{{Pos: config.Pos{File: wrong.File, Line: wrong.Line, Column: wrong.Column}, Problem: wrong.Msg}}}
	}
	if err == nil && !slices.Contains(defined, "next") {
		err = config.FieldProblem("", "the script defines no function next", "add: def next(ctx): …, which returns what comes next, or None")
	}
	return err
}

// runScript runs the script of a phase, starting at the present state.
func (r *Run) runScript(ctx context.Context, p *phase) error {
	sr := &scriptRun{run: r, phase: p, plan: p.script, random: neuron.NewPCG(r.plan.Experiment.Seed, neuron.ForStimulus, scriptStream+neuron.ID(p.index)<<8)}
	sr.kept.Measures = map[string]float64{}
	if err := sr.load(); err != nil { // before restore, because the top level of the script may draw random numbers
		return err
	}
	if err := sr.restore(r.state.Script); err != nil {
		return err
	}
	r.script = sr
	return sr.perform(ctx)
}

// save returns the state of the script.
func (r *scriptRun) save() ([]byte, error) {
	s := r.kept
	var err1, err2 error
	s.State, err1 = script.Encode(r.state)
	s.Random, err2 = r.random.MarshalBinary()
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

// restore restores a saved state, if there is one.
func (r *scriptRun) restore(saved []byte) error {
	if saved == nil {
		return nil
	}
	if err := json.Unmarshal(saved, &r.kept); err != nil {
		return fmt.Errorf("protocol: not a state of a script: %w", err)
	}
	v, err := script.Decode(r.kept.State)
	state, ok := v.(*starlark.Dict)
	if err != nil || !ok {
		return errors.Join(errors.New("protocol: not a state of a script"), err)
	}
	r.state = state
	return r.random.UnmarshalBinary(r.kept.Random)
}

// load runs the top level of the script.
func (r *scriptRun) load() (err error) {
	r.state = new(starlark.Dict)
	limits := script.Limits{Steps: r.phase.Script.Steps, Bytes: r.phase.Script.Memory << 20}
	r.script, err = script.Load(r.plan.source, r.functions(), limits, r.run.out.Print)
	return err
}

// call calls a function of the script. Afterwards it replaces ctx.state by a decoded
// copy, so that a run that continues and a run that is resumed have the same state.
func (r *scriptRun) call(ctx context.Context, name string) (starlark.Value, error) {
	v, err := r.script.Call(ctx, name, r.context())
	if r.err != nil { // err only has its text, so that an interruption would look like a failure
		return nil, r.err
	}
	if err != nil {
		return nil, err
	}
	data, err := script.Encode(r.state)
	if err != nil {
		return nil, fmt.Errorf("%s: ctx.state: %w", r.plan.source.File, err)
	}
	kept, err := script.Decode(data)
	if err != nil {
		return nil, err
	}
	r.state = kept.(*starlark.Dict)
	return v, nil
}

// perform executes the moves of the script, starting at the present state.
func (r *scriptRun) perform(ctx context.Context) error {
	if err := r.setup(ctx); err != nil {
		return err
	}
	for {
		if len(r.kept.Queue) == 0 {
			v, err := r.call(ctx, "next")
			if err != nil {
				return err
			}
			if v == starlark.None {
				break
			}
			if r.kept.Queue, err = movesOf(v); err != nil {
				return fmt.Errorf("%s: next returned %w", r.plan.source.File, err)
			}
		}
		if err := r.move(ctx); err != nil {
			return err
		}
	}
	return r.readout(ctx)
}

func (r *scriptRun) setup(ctx context.Context) error {
	if r.kept.Begun {
		return nil
	}
	r.kept.Begun = true
	if !r.script.Has("setup") {
		return nil
	}
	v, err := r.call(ctx, "setup")
	if err != nil {
		return err
	}
	if v != starlark.None {
		if r.kept.Total, err = starlark.AsInt32(v); err != nil || r.kept.Total < 0 {
			return fmt.Errorf("%s: setup returned %v, expected None, or how many moves to expect", r.plan.source.File, v)
		}
	}
	r.kept.Sampling = measure.NewSampling(r.kept.Total, r.run.plan.Experiment.Record.Atoms)
	return nil
}

// maxMoves limits the list that next returns, because the list is stored in memory and in
// every checkpoint.
const maxMoves = 100_000

// movesOf reads the return value of next.
func movesOf(v starlark.Value) ([]move, error) {
	if m, ok := v.(*scriptMove); ok {
		return []move{m.move}, nil
	}
	seq, ok := v.(starlark.Sequence)
	if !ok {
		return nil, fmt.Errorf("a value of type %s; expected None, or what present, recall, rest or act returns, or a list of such", v.Type())
	}
	if seq.Len() > maxMoves {
		return nil, fmt.Errorf("a list of %d moves, at most %d are taken at a time; return them in parts", seq.Len(), maxMoves)
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

// move executes the first move of the queue, or a part of it if it is a rest.
func (r *scriptRun) move(ctx context.Context) error {
	s := &r.kept
	if len(s.Queue) == 0 {
		return r.wait(ctx)
	}
	s.Idle = 0
	m := &s.Queue[0]
	done := true
	var err error
	switch m.Kind {
	case "present":
		err = r.show(ctx, m)
	case "recall":
		err = r.recallMove(ctx, m)
	case "rest":
		done, err = r.restABit(ctx, m)
	case "act":
		err = r.act(ctx, m.Action)
	}
	if err != nil {
		return err
	}
	if done {
		s.Last, s.Queue = *m, s.Queue[1:]
		s.Steps++
		if s.Sampling.Due(s.Steps) {
			if _, err := r.sample(); err != nil {
				return err
			}
		}
	}
	return r.step(ctx)
}

// maxIdle is how often in a row next returns no moves before the script fails. Nothing
// changes between these calls, so it would do so for ever.
const maxIdle = 1000

func (r *scriptRun) wait(ctx context.Context) error {
	if r.kept.Idle++; r.kept.Idle >= maxIdle {
		return fmt.Errorf("%s: next has returned an empty list %d times in a row, and no time passes in between; return None to end, or rest(…) to let time pass", r.plan.source.File, maxIdle)
	}
	return r.step(ctx)
}

func (r *scriptRun) step(ctx context.Context) error {
	return r.run.step(ctx, r.phase, r.kept.Steps, max(r.kept.Total, r.kept.Steps))
}

// show presents a pattern as one item.
func (r *scriptRun) show(ctx context.Context, m *move) error {
	run := r.run
	b := &run.buffers
	at := max(run.engine.Now(), run.state.Next)
	b.feed.Inputs, b.feed.Signals = b.feed.Inputs[:0], b.feed.Signals[:0]
	for i := range run.plan.Net.Populations {
		b.feed.Signals = run.teach(b.feed.Signals, at, i, mode{true, m.Plastic && r.phase.learns[i], run.dynamics(m.Dynamics, i)})
	}
	for _, g := range run.plan.Net.Inputs {
		values := make([]float32, size(g))
		switch g.Name {
		case r.plan.input.Name:
			copy(values, m.Bits)
		case r.plan.context.Name:
			copy(values, m.Context)
		}
		b.feed.Inputs = run.player.emit(b.feed.Inputs, at, g, values)
	}
	sh := showing{start: at}
	until, next := run.layShowing(r.phase, &sh, m.Duration)
	run.state.Next = next
	if err := run.player.advance(ctx, until, b.feed); err != nil {
		return err
	}
	run.state.Shown++
	b.gather(run.player.samples, run.player.neurons, true)
	r.kept.Samples = slices.Clone(b.sorted(1))
	if !run.plan.Experiment.Record.Presentations {
		return nil
	}
	return run.out.Presentation(journal.Presentation{Start: sh.start, End: sh.end, Phase: r.phase.Name, Item: m.Item - 1, Name: m.Name})
}

// recallMove recalls from the bits of a move as cue.
func (r *scriptRun) recallMove(ctx context.Context, m *move) error {
	c := r.plan.cueing
	c.how = &language.Recall{Cueing: language.Cueing{Dynamics: m.Dynamics, Release: m.Release, Sweeps: m.Sweeps}}
	got, err := r.run.recallCue(ctx, &c, m.Bits)
	if err == nil {
		m.Sweeps = got.Sweeps
	}
	return err
}

// restABit executes a part of a rest and reports whether the rest is over.
func (r *scriptRun) restABit(ctx context.Context, m *move) (done bool, err error) {
	first := m.Began == 0
	if first {
		m.Began = r.run.engine.Now() + 1 // plus 1, because 0 means not begun
	}
	learns := r.phase.learns
	if !m.Plastic {
		learns = make([]bool, len(learns))
	}
	ends := m.Began - 1 + m.Duration
	err = r.run.idle(ctx, &language.Rest{Output: m.Dynamics}, learns, ends)
	return r.run.engine.Now() >= ends, err
}

func (r *scriptRun) act(ctx context.Context, action []byte) error {
	e, err := decodeAction(action)
	if err != nil {
		return err
	}
	return r.run.engine.do(ctx, e)
}

// decodeAction reads the event of an act.
func decodeAction(text []byte) (*language.Event, error) {
	var e language.Event
	if err := config.Decode("act", text, &e); err != nil {
		return nil, err
	}
	return &e, nil
}

// sample samples the atoms and stores their means as measures.
func (r *scriptRun) sample() ([]neuron.Report, error) {
	reports, err := r.run.sampleAtoms()
	if err != nil {
		return nil, err
	}
	m := atomsMatrix(reports, "")
	for q, name := range atomNames(reports) {
		sum := 0.0
		for _, v := range m.Cells[q] {
			sum += v
		}
		r.kept.Measures["atoms."+name] = sum / float64(max(len(reports), 1))
	}
	return reports, nil
}

// readout calls readout of the script and reports the scores.
func (r *scriptRun) readout(ctx context.Context) error {
	if r.script.Has("readout") {
		r.reading = true
		if _, err := r.call(ctx, "readout"); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.kept.Measures)) {
		if strings.HasPrefix(name, r.phase.Name+".") {
			r.scores = append(r.scores, scored{name, r.kept.Measures[name]})
		}
	}
	seen := map[string]bool{}
	for _, s := range r.scores {
		if !seen[s.name] { // a score replaces a measure of the same name
			r.run.out.Score(s.name, s.value, math.NaN())
		}
		seen[s.name] = true
	}
	return nil
}
