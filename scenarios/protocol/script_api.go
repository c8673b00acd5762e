package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"gonum.org/v1/gonum/floats"

	"infomorph/internal/config"
	"infomorph/internal/script"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
	"infomorph/scenarios/network"
)

// scriptNames are the names that the program defines for a script, besides those of
// Starlark itself.
var scriptNames = []string{"present", "recall", "rest", "act", "measure", "score", "table", "lines", "phase", "sample", "decompose", "overlap", "cosine", "damage", "sum", "mean", "random"}

// scriptMove is a move as a value of the script.
type scriptMove struct {
	*script.Object
	move
}

func newScriptMove(m move) *scriptMove {
	return &scriptMove{&script.Object{Kind: m.Kind, Get: func(string) (starlark.Value, error) { return nil, nil }}, m}
}

// function is a function for scripts with named arguments.
type function func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// functions returns everything that the program defines for the script.
func (r *scriptRun) functions() starlark.StringDict {
	all := map[string]function{
		"present": r.presentOf, "recall": r.recallOf, "rest": r.restOf, "act": r.actOf,
		"measure": r.measureOf, "score": r.scoreOf, "table": r.tableOf, "lines": r.linesOf,
		"sample": r.sampleOf, "overlap": overlapCall, "cosine": cosineCall, "damage": r.damageOf,
		"sum": sumOf, "mean": meanOf, "decompose": decomposeCall,
	}
	env := starlark.StringDict{"random": script.Random(rand.New(r.random))}
	for name, f := range all {
		env[name] = builtin(name, func(_ context.Context, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return f(args, kwargs)
		})
	}
	env["phase"] = builtin("phase", r.phaseOf)
	return env
}

// builtin returns a function for scripts whose errors begin with its name.
func builtin(name string, f func(context.Context, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := f(script.Context(t), args, kwargs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return v, nil
	})
}

// unpack reads arguments. Names that end in ? are optional.
func unpack(args starlark.Tuple, kwargs []starlark.Tuple, pairs ...any) error {
	err := starlark.UnpackArgs("", args, kwargs, pairs...)
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), ": "))
	}
	return nil
}

// presentOf implements present(pattern, context=None, plastic=True, duration=0,
// dynamics="", name="").
func (r *scriptRun) presentOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m := move{Kind: "present", Plastic: true, Dynamics: "own"}
	var pattern, context, duration starlark.Value
	err := unpack(args, kwargs, "pattern", &pattern, "context?", &context, "plastic?", &m.Plastic, "duration?", &duration, "dynamics?", &m.Dynamics, "name?", &m.Name)
	if err != nil {
		return nil, err
	}
	if _, ok := outputs[m.Dynamics]; !ok && m.Dynamics != "own" {
		return nil, fmt.Errorf("dynamics is %q, expected own, teacher, sampled or sign", m.Dynamics)
	}
	if err := r.fill(&m, pattern); err != nil {
		return nil, err
	}
	if context != nil && context != starlark.None {
		if m.Context, err = bitsOf(context, size(r.plan.context)); err != nil {
			return nil, fmt.Errorf("context: %w", err)
		}
	}
	m.Duration, err = timeOf(duration)
	return newScriptMove(m), err
}

// recallOf implements recall(cue, dynamics="sign", release="released", sweeps=0,
// name="").
func (r *scriptRun) recallOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m := move{Kind: "recall", Dynamics: "sign", Release: "released"}
	var cue starlark.Value
	if err := unpack(args, kwargs, "cue", &cue, "dynamics?", &m.Dynamics, "release?", &m.Release, "sweeps?", &m.Sweeps, "name?", &m.Name); err != nil {
		return nil, err
	}
	_, known := dynamicsOf[m.Dynamics]
	switch {
	case r.plan.recall != nil:
		return nil, r.plan.recall
	case !known:
		return nil, fmt.Errorf("dynamics is %q, expected sign, sampled, belief, graded_belief or emphatic_belief", m.Dynamics)
	case !slices.Contains([]string{"released", "fading", "held"}, m.Release):
		return nil, fmt.Errorf("release is %q, expected released, fading or held", m.Release)
	case m.Sweeps < 0 || m.Sweeps > 100_000:
		return nil, fmt.Errorf("sweeps is %d, expected 0 to 100000", m.Sweeps)
	}
	err := r.fill(&m, cue)
	return newScriptMove(m), err
}

// restOf implements rest(duration, dynamics="none", plastic=False).
func (r *scriptRun) restOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m := move{Kind: "rest", Dynamics: "none"}
	var duration starlark.Value
	err := unpack(args, kwargs, "duration", &duration, "dynamics?", &m.Dynamics, "plastic?", &m.Plastic)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"none", "sampled", "sign"}, m.Dynamics) {
		return nil, fmt.Errorf("dynamics is %q, expected none, sampled or sign", m.Dynamics)
	}
	if m.Duration, err = timeOf(duration); err == nil && m.Duration == 0 {
		err = errors.New("the duration is 0")
	}
	return newScriptMove(m), err
}

// actOf implements act(neurons="all", plastic=False) and so on. Its arguments are the
// keys of an event.
func (r *scriptRun) actOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		return nil, errors.New("takes named arguments only, such as plastic = False")
	}
	keys := map[string]any{"at": "0us"}
	for _, kv := range kwargs {
		v, err := plainOf(kv[1], 0)
		if err != nil {
			return nil, err
		}
		keys[string(kv[0].(starlark.String))] = v
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	if _, err := decodeAction(text); err != nil {
		var all *config.Errors
		if errors.As(err, &all) {
			e := *all.List[0]
			e.Pos = config.Pos{File: "act"}
			err = errors.New(e.Error())
		}
		return nil, err
	}
	return newScriptMove(move{Kind: "act", Action: text}), nil
}

// plainOf converts a value of a script to a value that JSON can hold.
func plainOf(v starlark.Value, depth int) (any, error) {
	if depth > 10 {
		return nil, errors.New("a value that is nested too deep")
	}
	switch v := v.(type) {
	case starlark.NoneType:
		return nil, nil
	case starlark.Bool:
		return bool(v), nil
	case starlark.Int:
		return json.Number(v.String()), nil
	case starlark.Float:
		return float64(v), nil
	case starlark.String:
		return string(v), nil
	case *starlark.Dict:
		out := map[string]any{}
		for _, kv := range v.Items() {
			x, err := plainOf(kv[1], depth+1)
			if err != nil {
				return nil, err
			}
			name, _ := starlark.AsString(kv[0])
			out[name] = x
		}
		return out, nil
	case starlark.Sequence:
		var out []any
		for x := range starlark.Elements(v) {
			p, err := plainOf(x, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
		return out, nil
	}
	return nil, fmt.Errorf("a value of type %s", v.Type())
}

// fill sets the bits, name and number of a move. The pattern is given by name, by number
// or as bits.
func (r *scriptRun) fill(m *move, pattern starlark.Value) error {
	var err error
	switch p := pattern.(type) {
	case starlark.String, starlark.Int:
		var k int
		if name, ok := starlark.AsString(p); ok {
			k = slices.Index(r.plan.names, name)
		} else if k, err = starlark.AsInt32(p); err != nil {
			return err
		}
		if k < 0 || k >= len(r.plan.names) {
			return fmt.Errorf("there is no pattern %s among %d", p, len(r.plan.names))
		}
		m.Bits, m.Name, m.Item = r.plan.patterns[k], orName(m.Name, r.plan.names[k]), k+1
	default:
		m.Bits, err = bitsOf(pattern, size(r.plan.input))
	}
	return err
}

// size returns the number of members of a group.
func size(g network.Group) int { return int(g.Last - g.First) }

func orName(name, otherwise string) string {
	if name != "" {
		return name
	}
	return otherwise
}

// bitsOf reads a list of n finite numbers.
func bitsOf(v starlark.Value, n int) ([]float32, error) {
	values, err := script.AsNumbers(v)
	if err != nil {
		return nil, err
	}
	if len(values) != n {
		return nil, fmt.Errorf("got %d numbers, expected %d, one for each channel", len(values), n)
	}
	bits := make([]float32, n)
	for i, x := range values {
		if bits[i] = float32(x); math.IsNaN(x) || math.IsInf(float64(bits[i]), 0) {
			return nil, fmt.Errorf("number %d is %v, expected a finite one", i, x)
		}
	}
	return bits, nil
}

// timeOf reads a duration: a number of seconds, or text with a unit.
func timeOf(v starlark.Value) (neuron.Time, error) {
	const expected = "a number of seconds, or text such as \"5ms\""
	if v == nil || v == starlark.None {
		return 0, nil
	}
	if text, ok := starlark.AsString(v); ok {
		var q struct {
			Duration config.Duration `yaml:"duration" min:"0us" max:"1000h"`
		}
		quoted, _ := json.Marshal(text) // every text has a JSON form
		if err := config.Decode("", append([]byte("duration: "), quoted...), &q); err != nil {
			return 0, fmt.Errorf("duration is %q, expected %s", text, expected)
		}
		return neuron.Time(q.Duration), nil
	}
	s, ok := starlark.AsFloat(v)
	if !ok || !(s >= 0 && s <= float64(maxScriptTime)/1e6) {
		return 0, fmt.Errorf("duration is %v, expected %s", v, expected)
	}
	return neuron.Time(math.Round(s * float64(neuron.Second))), nil
}

// maxScriptTime limits a duration [µs].
const maxScriptTime = 1000 * 3600 * 1_000_000

// scriptName matches the names that a script can give to a measure or score.
var scriptName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// measureOf implements measure(name, value), which sets the live measure PHASE.NAME.
func (r *scriptRun) measureOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, v, err := r.namedOf(args, kwargs)
	if err != nil {
		return nil, err
	}
	r.kept.Measures[name] = v
	r.err = r.run.out.Measure(r.run.engine.Now(), name, v)
	return starlark.None, r.err
}

// scoreOf implements score(name, value), which sets the score PHASE.NAME.
func (r *scriptRun) scoreOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := r.inReadout(); err != nil {
		return nil, err
	}
	name, v, err := r.namedOf(args, kwargs)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(r.scores, func(s scored) bool { return s.name == name }) {
		return nil, fmt.Errorf("%s is given already", name)
	}
	r.scores = append(r.scores, scored{name, v})
	return starlark.None, nil
}

// namedOf reads a name and a number. It returns the full name PHASE.NAME.
func (r *scriptRun) namedOf(args starlark.Tuple, kwargs []starlark.Tuple) (string, float64, error) {
	var name string
	var v starlark.Value
	if err := unpack(args, kwargs, "name", &name, "value", &v); err != nil {
		return "", 0, err
	}
	x, ok := starlark.AsFloat(v)
	if b, isBool := v.(starlark.Bool); isBool {
		x, ok = number(bool(b)), true
	}
	full := r.phase.Name + "." + name
	if !scriptName.MatchString(name) {
		return "", 0, fmt.Errorf("name is %q, expected letters, digits and _", name)
	}
	if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
		return "", 0, fmt.Errorf("value is %v, expected a finite number", v)
	}
	return full, x, nil
}

func (r *scriptRun) inReadout() error {
	if !r.reading {
		return errors.New("is for readout only; while the run goes on, use measure")
	}
	return nil
}

// tableOf implements table(name, columns, rows).
func (r *scriptRun) tableOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var t journal.Table
	var columns, rows *starlark.List
	if err := errors.Join(r.inReadout(), unpack(args, kwargs, "name", &t.Name, "columns", &columns, "rows", &rows)); err != nil {
		return nil, err
	}
	if !language.ValidName(t.Name) {
		return nil, fmt.Errorf("name is %q, expected letters, digits, - and _", t.Name)
	}
	if language.OwnTable(t.Name) {
		return nil, fmt.Errorf("name is %q, which is a table of the run itself", t.Name)
	}
	for c := range starlark.Elements(columns) {
		name, _ := starlark.AsString(c)
		if name == "" || slices.Contains(t.Columns, name) {
			return nil, fmt.Errorf("column %v, expected names, each once", c)
		}
		t.Columns = append(t.Columns, name)
	}
	for v := range starlark.Elements(rows) {
		row, err := rowOf(v, len(t.Columns))
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", len(t.Rows), err)
		}
		t.Rows = append(t.Rows, row)
	}
	if err := evenColumns(&t); err != nil {
		return nil, err
	}
	r.err = r.run.out.Table(t)
	return starlark.None, r.err
}

// rowOf reads a row of a table.
func rowOf(v starlark.Value, columns int) ([]any, error) {
	seq, ok := v.(starlark.Sequence)
	if !ok || seq.Len() != columns {
		return nil, fmt.Errorf("got %s, expected a list of %d", v.Type(), columns)
	}
	var row []any
	for x := range starlark.Elements(seq) {
		switch x := x.(type) {
		case starlark.String:
			row = append(row, string(x))
		case starlark.Bool:
			row = append(row, int(number(bool(x))))
		case starlark.Int:
			n, err := starlark.AsInt32(x)
			if err != nil {
				return nil, err
			}
			row = append(row, n)
		case starlark.Float:
			row = append(row, float64(x))
		default:
			return nil, fmt.Errorf("got %s, expected numbers and text", x.Type())
		}
	}
	return row, nil
}

// evenColumns converts the integers in a column to floats if the column has floats. It
// returns an error for a column with both numbers and text.
func evenColumns(t *journal.Table) error {
	for c, name := range t.Columns {
		texts, floats := 0, 0
		for _, row := range t.Rows {
			switch row[c].(type) {
			case string:
				texts++
			case float64:
				floats++
			}
		}
		if texts > 0 && texts < len(t.Rows) {
			return fmt.Errorf("column %s has numbers and text, expected one of them", name)
		}
		for _, row := range t.Rows {
			if n, ok := row[c].(int); ok && floats > 0 {
				row[c] = float64(n)
			}
		}
	}
	return nil
}

// linesOf implements lines(name, series, title="", x="", y=""), which makes a figure of
// curves. The argument series is a dict from names to pairs of lists.
func (r *scriptRun) linesOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	var f journal.Lines
	var series *starlark.Dict
	err := unpack(args, kwargs, "name", &name, "series", &series, "title?", &f.Title, "x?", &f.X, "y?", &f.Y)
	if err = errors.Join(r.inReadout(), err); err != nil {
		return nil, err
	}
	if !language.ValidName(name) {
		return nil, fmt.Errorf("name is %q, expected letters, digits, - and _", name)
	}
	f.Title = orName(f.Title, name)
	for _, kv := range series.Items() {
		label, _ := starlark.AsString(kv[0])
		pair, ok := kv[1].(starlark.Indexable)
		if !ok || pair.Len() != 2 {
			return nil, fmt.Errorf("series %q: expected a pair of lists, x and y", label)
		}
		x, _ := script.AsNumbers(pair.Index(0)) // empty if there is an error
		y, _ := script.AsNumbers(pair.Index(1))
		if len(x) != len(y) || len(x) == 0 {
			return nil, fmt.Errorf("series %q: expected two lists of equally many numbers", label)
		}
		f.Series = append(f.Series, journal.Series{Name: label, X: x, Y: y})
	}
	if len(f.Series) == 0 {
		return nil, errors.New("there are no series")
	}
	r.err = r.run.out.Figure(name, f)
	return starlark.None, r.err
}

// phaseOf implements phase(name), which begins a phase.
func (r *scriptRun) phaseOf(ctx context.Context, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := unpack(args, kwargs, "name", &name); err != nil {
		return nil, err
	}
	if !language.ValidName(name) {
		return nil, fmt.Errorf("name is %q, expected letters, digits, - and _", name)
	}
	if name != r.kept.Phase {
		r.kept.Phase = name
		r.err = r.run.beginPhase(ctx, name)
	}
	return starlark.None, r.err
}

// sampleOf implements sample(). It samples and records the atoms of every neuron, returns
// them, and sets their means in ctx.measures.
func (r *scriptRun) sampleOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := unpack(args, kwargs); err != nil {
		return nil, err
	}
	reports, err := r.sample()
	if err != nil {
		r.err = err
		return nil, err
	}
	m := atomsMatrix(reports, "")
	out := new(starlark.Dict)
	for q, name := range atomNames(reports) {
		put(out, starlark.String(name), script.Numbers(m.Cells[q]))
	}
	return out, nil
}

// put sets an entry of a dict that no script has seen yet. There is no error, as numbers
// and text can be keys.
func put(d *starlark.Dict, key, v starlark.Value) { _ = d.SetKey(key, v) }

// overlapCall implements overlap(a, b).
func overlapCall(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	a, b, err := twoVectors(args, kwargs)
	return starlark.Float(measure.Overlap(narrow(a), nil, narrow(b))), err
}

// cosineCall implements cosine(a, b).
func cosineCall(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	a, b, err := twoVectors(args, kwargs)
	return starlark.Float(measure.Cosine(a, b)), err
}

// twoVectors reads the arguments of a function of two vectors of the same length. Both
// vectors are empty if there is an error.
func twoVectors(args starlark.Tuple, kwargs []starlark.Tuple) (a, b []float64, err error) {
	var va, vb starlark.Value
	if err := unpack(args, kwargs, "a", &va, "b", &vb); err != nil {
		return nil, nil, err
	}
	a, err1 := script.AsNumbers(va)
	b, err2 := script.AsNumbers(vb)
	if err := errors.Join(err1, err2); err != nil {
		return nil, nil, err
	}
	if len(a) != len(b) {
		return nil, nil, fmt.Errorf("got %d and %d numbers, expected as many", len(a), len(b))
	}
	return a, b, nil
}

// sumOf implements sum(numbers).
func sumOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var numbers starlark.Value
	if err := unpack(args, kwargs, "numbers", &numbers); err != nil {
		return nil, err
	}
	values, err := script.AsNumbers(numbers)
	return starlark.Float(floats.Sum(values)), err
}

// meanOf implements mean(numbers). The mean of an empty list is 0.
func meanOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var numbers starlark.Value
	if err := unpack(args, kwargs, "numbers", &numbers); err != nil {
		return nil, err
	}
	values, err := script.AsNumbers(numbers)
	return starlark.Float(floats.Sum(values) / float64(max(len(values), 1))), err
}

// damageOf implements damage(bits, fraction, cue="flip").
func (r *scriptRun) damageOf(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var bits, fraction starlark.Value
	cue := "flip"
	if err := unpack(args, kwargs, "bits", &bits, "fraction", &fraction, "cue?", &cue); err != nil {
		return nil, err
	}
	var m move
	if err := r.fill(&m, bits); err != nil {
		return nil, err
	}
	f, ok := starlark.AsFloat(fraction)
	if !ok || !(f >= 0 && f <= 1) {
		return nil, fmt.Errorf("fraction is %v, expected 0 to 1", fraction)
	}
	if !slices.Contains([]string{"flip", "occlude", "partial"}, cue) {
		return nil, fmt.Errorf("cue is %q, expected flip, occlude or partial", cue)
	}
	return script.Numbers(damage(cue, f, m.Bits, rand.New(r.random))), nil
}

// contextNames are the attributes of ctx.
var contextNames = []string{"contextual", "last", "measures", "neurons", "outputs", "parameters", "patterns", "phase", "predicted", "receptive", "state", "step", "theta", "time", "weights"}

// context returns ctx.
func (r *scriptRun) context() starlark.Value {
	return &script.Object{Kind: "ctx", Names: contextNames, Get: r.attribute}
}

func (r *scriptRun) attribute(name string) (starlark.Value, error) {
	switch name {
	case "step":
		return starlark.MakeInt(r.kept.Steps), nil
	case "time":
		return starlark.Float(float64(r.run.engine.Now()) / float64(neuron.Second)), nil
	case "phase":
		return starlark.String(r.kept.Phase), nil
	case "neurons":
		return starlark.MakeInt(size(r.plan.population)), nil
	case "state":
		return r.state, nil
	case "parameters":
		return r.parameters(), nil
	case "patterns":
		return r.patternDict(), nil
	case "measures":
		return r.measures(), nil
	case "outputs":
		return script.Numbers(r.run.player.outputs[r.plan.population.First:r.plan.population.Last]), nil
	case "predicted":
		return starlark.Float(r.predicted()), nil
	case "last":
		return r.last(), nil
	case "weights":
		return starlark.NewBuiltin("weights", r.weightsOf), nil
	}
	return r.sampled(name)
}

// sampled returns a value from the last sample of each neuron.
func (r *scriptRun) sampled(name string) (starlark.Value, error) {
	values := make([]float64, size(r.plan.population))
	for i := range r.kept.Samples {
		s := &r.kept.Samples[i]
		at := int(s.Neuron - r.plan.population.First)
		if at < 0 || at >= len(values) {
			continue
		}
		switch name {
		case "theta":
			values[at] = s.Theta
		case "receptive":
			values[at] = s.Sum[neuron.Receptive]
		default:
			values[at] = s.Sum[neuron.Contextual]
		}
	}
	return script.Numbers(values), nil
}

func (r *scriptRun) parameters() starlark.Value {
	all := r.phase.Script.Parameters
	d := new(starlark.Dict)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		var v starlark.Value
		switch x := all[name].Value.(type) {
		case int64:
			v = starlark.MakeInt64(x)
		case float64:
			v = starlark.Float(x)
		case bool:
			v = starlark.Bool(x)
		case string:
			v = starlark.String(x)
		}
		put(d, starlark.String(name), v)
	}
	return d
}

// patternDict returns the patterns by name, in their order.
func (r *scriptRun) patternDict() starlark.Value {
	d := new(starlark.Dict)
	for k, name := range r.plan.names {
		put(d, starlark.String(name), script.Numbers(r.plan.patterns[k]))
	}
	return d
}

func (r *scriptRun) measures() starlark.Value {
	d := new(starlark.Dict)
	for _, name := range slices.Sorted(maps.Keys(r.kept.Measures)) {
		put(d, starlark.String(name), starlark.Float(r.kept.Measures[name]))
	}
	return d
}

// predicted returns the share of neurons whose context alone had the sign of the bit that
// was presented last. It is 0 if neurons do not have a channel of their own.
func (r *scriptRun) predicted() float64 {
	right := 0
	if r.kept.Last.Kind != "present" || r.plan.recall != nil {
		return 0
	}
	for i := range r.kept.Samples {
		s := &r.kept.Samples[i]
		at := int(s.Neuron - r.plan.population.First)
		if at >= 0 && at < len(r.kept.Last.Bits) && s.Sum[neuron.Contextual]*float64(r.kept.Last.Bits[at]) > 0 {
			right++
		}
	}
	return float64(right) / float64(max(size(r.plan.population), 1))
}

// last returns the last move: None, or a dict.
func (r *scriptRun) last() starlark.Value {
	m := &r.kept.Last
	if m.Kind == "" {
		return starlark.None
	}
	d := new(starlark.Dict)
	put(d, starlark.String("kind"), starlark.String(m.Kind))
	put(d, starlark.String("name"), starlark.String(m.Name))
	put(d, starlark.String("bits"), script.Numbers(m.Bits))
	put(d, starlark.String("sweeps"), starlark.MakeInt(m.Sweeps))
	return d
}

// weightsOf implements ctx.weights(neuron, port="c"), which returns a dict from sources
// to weights.
func (r *scriptRun) weightsOf(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var id int
	port := "c"
	if err := unpack(args, kwargs, "neuron", &id, "port?", &port); err != nil {
		return nil, err
	}
	at := slices.Index([]string{"r", "c", "l"}, port)
	n := r.run.player.neurons
	if id < 0 || id >= n || at < 0 {
		return nil, fmt.Errorf("weights: neuron %d, port %q; expected neurons 0 to %d and port r, c or l", id, port, n-1)
	}
	reports, err := r.run.engine.Report([]neuron.ID{neuron.ID(id)}, neuron.WantWeights)
	if err != nil {
		r.err = err
		return nil, err
	}
	d, k := new(starlark.Dict), 0
	in := r.run.engine.Network().Incoming(neuron.ID(id))
	for s, p := range in.Port {
		if int(p) != at {
			continue
		}
		put(d, starlark.MakeInt(int(in.Source[s])), starlark.Float(reports[0].Weights[at][k]))
		k++
	}
	return d, nil
}
