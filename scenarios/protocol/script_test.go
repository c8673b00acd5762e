package protocol

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/network"
)

// played runs a script to its end and returns the log.
func played(t *testing.T, code string) *logged {
	t.Helper()
	l := scripted(t, code)
	if err := l.Go(context.Background()); err != nil {
		t.Fatal(err)
	}
	return l
}

// evaluated returns the value of an expression in a script after pattern 1 was presented,
// as the text of the script's str.
func evaluated(t *testing.T, expression string) string {
	t.Helper()
	l := scripted(t, `def next(ctx):
    if ctx.step == 0:
        return present(1)
    print(`+expression+`)
    return None`)
	if err := l.Go(context.Background()); err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(l.with("print"), "print ")
}

// Functions of a script and attributes of ctx, compared with values by hand. Pattern 1 is
// +-++, and is learned once.
func TestValuesOfScripts(t *testing.T) {
	for expression, want := range map[string]string{
		"sum([1, 2.5, -4])":                    "-0.5",
		"sum([])":                              "0.0",
		"mean([1, 2, 6])":                      "3.0",
		"mean([-2])":                           "-2.0",
		"cosine([3, 4], [4, 3])":               "0.96",
		"overlap([3, -4, 0, 1], [4, 3, 2, 1])": "0.25",
		"overlap([0, 0], [1, 1])":              "0.0",
		"decompose([0, 0, 1, 1], [0, 9, 0, 9], [0, 1, 1, 0], measure = 'mmi')": `{"unq_r": 0.0, "unq_c": 0.0, "red": 0.0, "syn": 1.0, "h_res": 0.0}`,
		"decompose([-1, 1], [2.5, 7], [0, 1])":                                 `{"unq_r": 0.0, "unq_c": 0.0, "red": 1.0, "syn": 0.0, "h_res": 0.0}`,
		"decompose([3, 3], [1, 1], [0.5, 0.5])":                                `{"unq_r": 0.0, "unq_c": 0.0, "red": 0.0, "syn": 0.0, "h_res": 1.0}`,
		"decompose([0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1], measure = 'mmi')": `{"unq_r": 1.0, "unq_c": 0.0, "red": 0.0, "syn": 0.0, "h_res": 0.0}`,
		"overlap([], [])":                                         "0.0",
		"cosine([0, 0], [1, 1])":                                  "0.0",
		"cosine([1, 1], [0, 0])":                                  "0.0",
		"cosine([1, 2], [-2, -4])":                                "-1.0",
		"damage(1, 0)":                                            "[1.0, -1.0, 1.0, 1.0]",
		"damage(\"1\", 1)":                                        "[-1.0, 1.0, -1.0, -1.0]",
		"damage([1, 2, 3, 4], 1, cue = \"partial\")":              "[0.0, 0.0, 0.0, 0.0]",
		"damage([5, 6, 7, 8], 0.5, cue = \"occlude\")":            "[5.0, 6.0, -1.0, -1.0]",
		"len([x for x in damage(1, 0.5, \"partial\") if x == 0])": "2",
		"ctx.neurons":                                             "4",
		"ctx.step":                                                "1",
		"ctx.phase":                                               "",
		"ctx.patterns":                                            `{"0": [-1.0, 1.0, -1.0, -1.0], "1": [1.0, -1.0, 1.0, 1.0], "2": [-1.0, -1.0, -1.0, -1.0], "3": [1.0, -1.0, 1.0, -1.0], "4": [-1.0, 1.0, -1.0, -1.0]}`,
		"ctx.parameters":                                          `{"a": 1, "b": 0.5, "c": True, "d": "word"}`,
		"ctx.outputs":                                             "[1.0, -1.0, 1.0, 1.0]",
		"ctx.receptive":                                           "[2.0, -2.0, 2.0, 2.0]",
		"ctx.last":                                                `{"kind": "present", "name": "1", "bits": [1.0, -1.0, 1.0, 1.0], "sweeps": 0}`,
		"ctx.measures":                                            "{}",
		"ctx.weights(2, port = \"r\")":                            "{6: 2.0}",
		"ctx.weights(2, \"l\")":                                   "{}",
		"sorted(ctx.weights(0).keys())":                           "[1, 2, 3, 8]",
		"ctx.time":                                                "0.006003",
		"len(ctx.theta)":                                          "4",
		"[abs(t - 0.5) < 0.5 for t in ctx.theta]":                 "[True, True, True, True]",
		"ctx.state":                                               "{}",
		"damage([1, 2, 3, 4], 0)":                                 "[1.0, 2.0, 3.0, 4.0]",
		"[type(present(0, context = None)), type(recall(0, sweeps = 100000))]": `["present", "recall"]`,
		"sample().keys()": `["unq_r", "unq_c", "red", "syn", "h_res"]`,
		"dir(ctx)":        `["contextual", "last", "measures", "neurons", "outputs", "parameters", "patterns", "phase", "predicted", "receptive", "state", "step", "theta", "time", "weights"]`,
	} {
		if got := evaluated(t, expression); got != want {
			t.Errorf("%s is %s, want %s", expression, got, want)
		}
	}
}

// predicted is the share of neurons whose context has the sign of the bit that was
// presented last.
func TestPredictedInScripts(t *testing.T) {
	l := start(t, small+others+"  - {name: play, script: {input: input, population: memory, data: p, code: 'def next(ctx): return None'}}\n")
	r := &scriptRun{run: l.Run, phase: &l.plan.phases[1], plan: l.plan.phases[1].script}
	sample := func(id neuron.ID, c float64) neuron.Sample {
		s := neuron.Sample{Neuron: id, Theta: 0.25}
		s.Sum = [neuron.NumPorts]float64{10 + c, c, 7}
		return s
	}
	r.plan.population = network.Group{First: 3, Last: 7}
	r.kept.Samples = []neuron.Sample{sample(3, 0.5), sample(4, 0.5), sample(5, 0), sample(6, -0.1), sample(7, 1), sample(2, 1)}
	for _, c := range []struct {
		kind string
		bits []float32
		want float64
	}{
		{"present", []float32{1, -1, 1, -1}, 0.5}, {"present", []float32{1, 1, 1, 1}, 0.5}, {"present", []float32{-1, -1, -1, 1}, 0}, {"present", []float32{1, 1, 0, -3}, 0.75},
		{"present", []float32{0, 0, 1, 0}, 0}, {"recall", []float32{1, -1, 1, -1}, 0}, {"rest", nil, 0}, {"present", nil, 0}, {"present", []float32{1}, 0.25},
	} {
		r.kept.Last = move{Kind: c.kind, Bits: c.bits}
		if got := r.predicted(); got != c.want {
			t.Errorf("%s of %v: %v are predicted, want %v", c.kind, c.bits, got, c.want)
		}
	}
	for name, want := range map[string]string{"contextual": "[0.5, 0.5, 0.0, -0.1]", "receptive": "[10.5, 10.5, 10.0, 9.9]", "theta": "[0.25, 0.25, 0.25, 0.25]"} {
		v, err := r.sampled(name)
		if err != nil || v.String() != want {
			t.Errorf("%s is %v, %v, want %s", name, v, err, want)
		}
	}
	r.plan.population.Last = 4
	if r.kept.Last = (move{Kind: "present", Bits: []float32{1}}); r.predicted() != 1 {
		t.Errorf("%v of one neuron are predicted", r.predicted())
	}
	r.plan.recall = fmt.Errorf("no channel of its own")
	if r.kept.Last = (move{Kind: "present", Bits: []float32{1, 1, 1, 1}}); r.predicted() != 0 {
		t.Error("neurons without a channel of their own predict")
	}
}

// Moves send the same to the engine as phases, each with its arguments. A recall leaves
// its dynamics behind, so that what comes next always sets its own.
func TestMovesOnTheWire(t *testing.T) {
	const before = "  - name: x\n    script:\n      input: input\n      population: memory\n      context: other\n      data: p\n      code: |\n        def next(ctx):\n            return MOVES if ctx.step == 0 else None\n  - {name: late, present: {data: p, learn: none}}\nrecord: {atoms: 0}\n"
	for _, c := range moves {
		if got := wired(t, far+others+strings.Replace(before, "MOVES", c.phase, 1)); got != c.want {
			t.Errorf("%s: told%swant%s", c.phase, got, c.want)
		}
	}
}

var moves = []on{
	{`present(0)`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
`},
	{`present([1, 0, -1, 0.5], context = [2], plastic = False, dynamics = "sign", duration = 0.009)`, `
to 15.003ms
  10.002ms tell 4=1 6=-1 7=0.5 8=2
  10.002ms plastic 0 0-3
  10.002ms dynamics sign 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 19.002ms
`},
	{`[present(1), present(1, dynamics = "sampled")]`, `
to 15.003ms
  10.002ms tell 4=1 5=-1 6=1 7=1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 20.004ms
  15.003ms plastic 1 0-3
  15.003ms dynamics sampled 0-3
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
`},
	{`recall(0, sweeps = 1)`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 20.002ms
  15.002ms tell 4=0 5=0 6=0 7=0
  17.002ms dynamics sign 0-3
  17.002ms fire 0-3
to 20.003ms
  20.002ms observe 0-3
`},
	{`recall([1, 1, -1, 0], dynamics = "graded_belief", release = "fading", sweeps = 2)`, `
to 15.002ms
  10.002ms tell 4=1 5=1 6=-1 7=0 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 23.003ms
  15.002ms tell 4=0.55 5=0.55 6=-0.55 7=0
  18.002ms tell 4=0.275 5=0.275 6=-0.275 7=0
  21.002ms tell 4=0 5=0 6=0 7=0
  17.002ms dynamics graded_belief 0-3
  17.002ms fire 0-3
  20.002ms fire 0-3
to 28.003ms
  25.003ms dynamics sign 0-3
  25.003ms fire 0-3
to 31.003ms
  28.003ms fire 0-3
to 31.004ms
  31.003ms observe 0-3
`},
	{`rest("4ms")`, `
to 14.002ms
  10.002ms tell 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics sampled 0-3
`},
	{`[recall(0, sweeps = 1), rest("4ms")]`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 20.002ms
  15.002ms tell 4=0 5=0 6=0 7=0
  17.002ms dynamics sign 0-3
  17.002ms fire 0-3
to 20.003ms
  20.002ms observe 0-3
to 24.003ms
  20.003ms plastic 0 0-3
  20.003ms dynamics sampled 0-3
`},
	{`rest(0.034, dynamics = "sampled", plastic = True)`, `
to 40.002ms
  10.002ms tell 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics sampled 0-3
  12.002ms +3ms ×10 fire+learn 0-3
to 44.002ms
  42.002ms fire+learn 0-3
`},
	{`[act(stuck = -1, neurons = "memory:3"), rest(0.001)]`, `
to 11.002ms
  10.002ms tell 8=0
  10.002ms stuck -1 3-3
  10.002ms plastic 0 0-3
  10.002ms dynamics sampled 0-3
`},
}

// Results of readout: a score replaces a measure of the same name, a table has one kind
// of number in each column, curves have titles.
func TestReadout(t *testing.T) {
	l := scripted(t, `def next(ctx):
    measure("b", 3)
    measure("a", True)
    return None
def readout(ctx):
    score("b", 2)
    score("z", 1)
    table("one", ["n", "x", "text"], [[1, 2, "a"], (3, 0.5, "b"), [True, 7, "c"]])
    lines("two", {"s": ([1, 2], (3, 4)), "r": ([0], [5])}, x = "time", y = "height")
    lines("three", {"s": ([1], [2])}, title = "Titled")`)
	var tables []journal.Table
	figures := map[string]journal.Lines{}
	l.Run.out.Table = func(t journal.Table) error { tables = append(tables, t); return nil }
	l.Run.out.Figure = func(name string, f journal.Figure) error {
		if lines, ok := f.(journal.Lines); ok {
			figures[name] = lines
		}
		return nil
	}
	if err := l.Go(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := l.with("score"); got != "score play.b 2\nscore play.z 1\nscore play.a 1" {
		t.Errorf("scores\n%s", got)
	}
	if got := fmt.Sprintf("%#v", tables[0].Rows); tables[0].Name != "one" || got != `[][]interface {}{[]interface {}{1, 2, "a"}, []interface {}{3, 0.5, "b"}, []interface {}{1, 7, "c"}}` {
		t.Errorf("table %s: %s", tables[0].Name, got)
	}
	if _, whole := tables[0].Rows[0][1].(float64); !whole {
		t.Error("a column of whole numbers and others has two kinds")
	}
	two, three := figures["two"], figures["three"]
	if two.Title != "two" || two.X != "time" || two.Y != "height" || len(two.Series) != 2 || two.Series[1].Name != "r" || !slices.Equal(two.Series[0].Y, []float64{3, 4}) || !slices.Equal(two.Series[0].X, []float64{1, 2}) {
		t.Errorf("%+v", two)
	}
	if three.Title != "Titled" || three.X != "" {
		t.Errorf("%+v", three)
	}
}

// A sample is of all neurons, and its means become measures.
func TestSampleInScripts(t *testing.T) {
	l := played(t, `def next(ctx):
    if ctx.step < 5:
        return present(ctx.step)
    atoms = sample()
    for name in atoms:
        measure(name, mean(atoms[name]) - ctx.measures["atoms." + name])
        measure(name + "_n", len(atoms[name]))
    return None`)
	got := l.with("measure")
	for _, name := range []string{"unq_r", "unq_c", "red", "syn", "h_res"} {
		if !strings.Contains(got, "measure play."+name+" 0 at") && !strings.Contains(got, "e-1") || !strings.Contains(got, "measure play."+name+"_n 4 at") {
			t.Errorf("no %s in\n%s", name, got)
		}
	}
	if n := strings.Count(l.text(), "\natoms of 4"); n != 1 {
		t.Errorf("%d samples are told", n)
	}
}

// The mean of one neuron is its value.
func TestSampleOfOneNeuron(t *testing.T) {
	text := scriptText("def next(ctx):\n    if ctx.step < 4:\n        return present(ctx.step)\n    print(sample()[\"red\"][0] - ctx.measures[\"atoms.red\"])\n    print(ctx.measures[\"atoms.red\"] != 0)\n    return None", "data: p")
	l := run(t, strings.NewReplacer("{size: 4", "{size: 1", "width: 2, height: 2", "width: 1, height: 1", "  - {name: context, from: memory, to: memory, port: c}\n", "").Replace(text))
	if got := l.with("print"); got != "print 0.0\nprint True" {
		t.Errorf("%s", got)
	}
}

// Moves are read from the return value of next: one, a list or a tuple.
func TestMovesOf(t *testing.T) {
	one, two := newScriptMove(move{Kind: "present"}), newScriptMove(move{Kind: "rest"})
	for _, c := range []struct {
		v    starlark.Value
		want string
	}{
		{one, "[present]"}, {starlark.NewList([]starlark.Value{two, one}), "[rest present]"}, {starlark.Tuple{one, one, two}, "[present present rest]"}, {starlark.NewList(nil), "[]"},
		{starlark.MakeInt(3), "a value of type int; expected None, or what present, recall, rest or act returns, or a list of such"},
		{starlark.Tuple{one, starlark.None}, "a list with a value of type NoneType; expected what present, recall, rest or act returns"},
	} {
		moves, err := movesOf(c.v)
		got := fmt.Sprint(err)
		if err == nil {
			kinds := []string{}
			for _, m := range moves {
				kinds = append(kinds, m.Kind)
			}
			got = fmt.Sprint(kinds)
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.v, got, c.want)
		}
	}
	long := func(n int) error {
		_, err := movesOf(starlark.NewList(slices.Repeat([]starlark.Value{one}, n)))
		return err
	}
	if long(100_000) != nil || long(100_001) == nil {
		t.Error("a hundred thousand moves are taken at a time, and no more")
	}
}

// A script can give a pattern by name, by number, or as bits.
func TestFill(t *testing.T) {
	r := &scriptRun{plan: &scriptPlan{names: []string{"A", "B"}, patterns: [][]float32{{1, 2}, {3, 4}}}}
	r.plan.input.Last = 2
	for _, c := range []struct {
		pattern starlark.Value
		name    string // given name
		want    string
	}{
		{starlark.String("B"), "", "B 2 [3 4]"}, {starlark.MakeInt(0), "", "A 1 [1 2]"}, {starlark.MakeInt(1), "mine", "mine 2 [3 4]"}, {starlark.NewList([]starlark.Value{starlark.Float(0.5), starlark.MakeInt(-1)}), "", " 0 [0.5 -1]"},
		{starlark.NewList([]starlark.Value{starlark.Float(0.5), starlark.MakeInt(-1)}), "own", "own 0 [0.5 -1]"},
		{starlark.String("C"), "", `there is no pattern "C" among 2`}, {starlark.MakeInt(2), "", "there is no pattern 2 among 2"}, {starlark.MakeInt(-1), "", "there is no pattern -1 among 2"},
		{starlark.MakeInt64(1 << 40), "", "1099511627776 out of range"},
	} {
		m := move{Name: c.name}
		got := fmt.Sprint(r.fill(&m, c.pattern))
		if got == "<nil>" {
			got = fmt.Sprint(m.Name, " ", m.Item, " ", m.Bits)
		}
		if !strings.Contains(got, c.want) || len(got) != len(c.want) {
			t.Errorf("%v: %s, want %s", c.pattern, got, c.want)
		}
	}
	if err := (&scriptRun{plan: &scriptPlan{}}).fill(&move{}, starlark.MakeInt64(1<<40)); fmt.Sprint(err) != "1099511627776 out of range" {
		t.Errorf("without patterns: %v", err)
	}
}

// Scripts in files are read completely, and their errors have line and column.
func TestScriptsInFiles(t *testing.T) {
	text := small + others + "  - {name: play, script: {input: input, population: memory, data: p, file: f.star}}\n"
	for _, c := range []struct{ script, want string }{
		{"def next(ctx):\n    return None\n", "<nil>"},
		{"def last(ctx):\n    return None\n", "protocol[1].script: the script defines no function next"},
		{"def next(ctx):\n    return nothing\n", "f.star:2:12"},
	} {
		e, err := language.Load("s.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Prepare(e, files{"f.star": table(c.script)})
		if got := fmt.Sprint(err); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", c.script, got, c.want)
		}
	}
	if _, err := prepare(text); err == nil || !strings.Contains(err.Error(), "script.file: open f.star") {
		t.Errorf("%v", err)
	}
}

// The state of a script is restored exactly, and anything else is refused.
func TestStatesOfScripts(t *testing.T) {
	l := scripted(t, "def next(ctx): return None")
	sr := &scriptRun{run: l.Run, phase: &l.plan.phases[1], plan: l.plan.phases[1].script, random: neuron.NewPCG(1, neuron.ForStimulus, 5)}
	if err := sr.load(); err != nil {
		t.Fatal(err)
	}
	sr.kept = scriptState{Steps: 3, Total: 9, Phase: "p", Queue: []move{{Kind: "rest", Duration: 5, Began: 2}}, Measures: map[string]float64{"a": 1}}
	if err := sr.state.SetKey(starlark.String("k"), starlark.MakeInt(4)); err != nil {
		t.Fatal(err)
	}
	sr.random.Uint64()
	saved, err := sr.save()
	if err != nil {
		t.Fatal(err)
	}
	next := sr.random.Uint64()
	again := &scriptRun{run: l.Run, phase: sr.phase, plan: sr.plan, random: neuron.NewPCG(7, neuron.ForStimulus, 5)}
	if err := again.restore(saved); err != nil {
		t.Fatal(err)
	}
	if again.state.String() != `{"k": 4}` || again.random.Uint64() != next || again.kept.Steps != 3 || again.kept.Total != 9 || again.kept.Phase != "p" || !maps.Equal(again.kept.Measures, sr.kept.Measures) || len(again.kept.Queue) != 1 || again.kept.Queue[0].Duration != 5 || again.kept.Queue[0].Began != 2 {
		t.Errorf("%+v, %s", again.kept, again.state)
	}
	untouched := &scriptRun{random: sr.random}
	if err := untouched.restore(nil); err != nil || untouched.state != nil {
		t.Errorf("nothing was saved: %v", err)
	}
	for _, bad := range []string{"{", `{"State":""}`, `{"State":"MQ=="}`, strings.Replace(string(saved), `"Random":"`, `"Random":"AAAA`, 1)} {
		if err := again.restore([]byte(bad)); err == nil {
			t.Errorf("restored %.60s", bad)
		}
	}
	if v, err := evaluatedNumber(sr, "time"); err != nil || !(math.Abs(v) <= 1e-12) {
		t.Errorf("time is %v, %v", v, err)
	}
}

// evaluatedNumber returns an attribute of ctx that is a number.
func evaluatedNumber(r *scriptRun, name string) (float64, error) {
	v, err := r.attribute(name)
	x, _ := starlark.AsFloat(v)
	return x, err
}

// mute is an engine whose first report fails.
type mute struct {
	sim.Engine
	*counted
}

func (m mute) Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error) {
	if err := m.next(); err != nil {
		return nil, err
	}
	return m.Engine.Report(ids, want)
}

// A failure outside the script ends it at that line: nothing after it is executed, and
// nothing later makes up for it.
func TestFailuresEndScripts(t *testing.T) {
	for call, breaks := range map[string]func(l *logged){
		"phase('first')": func(l *logged) {
			told := l.Run.out.Phase
			l.Run.out.Phase = func(name string) error {
				if name == "first" {
					return errBroken
				}
				return told(name)
			}
		},
		"measure('x', 1)": func(l *logged) { l.Run.out.Measure = func(neuron.Time, string, float64) error { return errBroken } },
		"sample()":        func(l *logged) { l.engine.Engine = mute{l.engine.Engine, &counted{at: 1}} },
		"ctx.weights(0)":  func(l *logged) { l.engine.Engine = mute{l.engine.Engine, &counted{at: 1}} },
	} {
		l := scripted(t, "def next(ctx):\n    "+call+"\n    print('went on')\n    phase('second')\n    return None")
		breaks(l)
		if err := l.Go(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("%s: the run ended with %v", call, err)
		}
		if got := l.text(); strings.Contains(got, "went on") || strings.Contains(got, "second") {
			t.Errorf("%s: the script went on:\n%s", call, got)
		}
	}
}

// A phase begins once, even if the script names it again.
func TestPhasesOfScripts(t *testing.T) {
	l := played(t, "def next(ctx):\n    for name in ['a', 'a', 'b', 'a']:\n        phase(name)\n    return None")
	if got := l.with("phase"); !strings.HasSuffix(got, "phase play\nphase a\nphase b\nphase a") {
		t.Errorf("%s", got)
	}
}

// A script sees the weights of a neuron by their sources; these are in thousandths.
func TestWeightsInScripts(t *testing.T) {
	l := played(t, `def next(ctx):
    if ctx.step < 5:
        return present(ctx.step, context = [1])
    for i in range(4):
        print([(source, int(1000 * w)) for source, w in ctx.weights(i).items()])
    return None`)
	const want = `print [(1, -560), (2, 925), (3, 357), (8, 25)]
print [(0, -378), (2, -378), (3, -271), (8, 164)]
print [(0, 925), (1, -560), (3, 357), (8, 25)]
print [(0, 282), (1, 83), (2, 282), (8, -676)]`
	if got := l.with("print"); got != want {
		t.Errorf("%s", got)
	}
}

// The arguments of act may be nested ten deep. Whatever is deeper is refused as that,
// before anybody looks at what it means.
func TestNestedActs(t *testing.T) {
	for depth, want := range map[int]string{10: "act: silent: ", 11: "act: a value that is nested too deep"} {
		l := scripted(t, "def next(ctx):\n    return act(silent = "+strings.Repeat("[", depth)+"True"+strings.Repeat("]", depth)+")")
		if err := l.Go(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d deep: %v, want %s", depth, err, want)
		}
	}
}
