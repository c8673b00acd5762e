package protocol

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"go.starlark.net/starlark"

	"infomorph/internal/config"
	"infomorph/internal/script"
	"infomorph/neuron"
	"infomorph/scenarios/language"
)

// Errors in the code of a document have its name and position. They are errors of the
// document as a whole.
func TestPlacesOfScripts(t *testing.T) {
	code := "def next(ctx):\n    return nothing"
	for name, want := range map[string]string{"": "script:8:14: undefined: nothing", "a.star": "a.star:8:14: undefined: nothing"} {
		err := new(scriptPlan).readSource(&language.Script{Code: &code, Name: name, Line: 7, Column: 3}, nil)
		var all *config.Errors
		if !errors.As(err, &all) || err.Error() != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

// shelf is a folder with one file, which tells whether it was closed.
type shelf struct {
	io.Reader
	closed bool
}

func (s *shelf) Open(string) (io.ReadCloser, error) { return s, nil }
func (s *shelf) List(string) ([]string, error)      { return nil, errBroken }
func (s *shelf) Close() error                       { s.closed = true; return nil }

// Files of scripts are read to their end and closed, unless they are too long.
func TestFilesOfScripts(t *testing.T) {
	const next = "def next(ctx): return None\n#"
	file := "f.star"
	for want, r := range map[string]io.Reader{
		"":             strings.NewReader(next + strings.Repeat(" ", script.MaxSource-len(next))),
		"f.star:1:1":   strings.NewReader(next + strings.Repeat(" ", script.MaxSource-len(next)+1)),
		"file: broken": io.MultiReader(strings.NewReader(next), iotest.ErrReader(errBroken)),
	} {
		s := &shelf{Reader: r}
		err := new(scriptPlan).readSource(&language.Script{File: &file}, s)
		if !s.closed || (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s; closed: %v", err, want, s.closed)
		}
	}
}

// A script need not have data. Items have the names that they have in the data.
func TestPatternsOfScripts(t *testing.T) {
	const code = "def next(ctx):\n    print(ctx.patterns)\n    return None"
	l := start(t, strings.Replace(scriptText(code), others, last, 1))
	if err := l.Go(t.Context()); err != nil || l.with("print") != "print {}" {
		t.Errorf("no data: %v, %s", err, l.with("print"))
	}
	l = start(t, strings.Replace(scriptText(code, "data: p"), "source: random, count: 5, width: 2, height: 2", "source: letters, count: 2, width: 2, height: 2", 1))
	if err := l.Go(t.Context()); err != nil || l.with("print") != `print {"A": [-1.0, -1.0, 1.0, 1.0], "B": [1.0, -1.0, 1.0, -1.0]}` {
		t.Errorf("letters: %v, %s", err, l.with("print"))
	}
}

// Errors of a whole script, word for word.
func TestErrorsOfWholeScripts(t *testing.T) {
	const ends, total = "\ndef next(ctx): return None", ", expected None, or how many moves to expect"
	for _, c := range []struct{ code, want string }{
		{"x = 1 // 0" + ends, "script:1:7: floored division by zero"},
		{"def next(ctx): return len(' ' * 1500000)", "script:1:31: in next: more than 1 MiB made in one call"},
		{"def next(ctx): ctx.state['f'] = next", "script: ctx.state: a value of type function cannot be kept; expected None, booleans, numbers, text, lists, tuples, dicts and sets"},
		{"def setup(ctx): return 1 // 0" + ends, "script:1:26: in setup: floored division by zero"},
		{"def setup(ctx): return -1" + ends, "script: setup returned -1" + total},
		{"def setup(ctx): return 'x'" + ends, `script: setup returned "x"` + total},
		{"def setup(ctx): return 0" + ends, "<nil>"},
		{"def readout(ctx): 1 // 0" + ends, "script:1:21: in readout: floored division by zero"},
		{"def next(ctx): return 7", "script: next returned a value of type int; expected None, or what present, recall, rest or act returns, or a list of such"},
	} {
		l := start(t, scriptText(c.code, "data: p", "memory: 1"))
		if err := l.Go(t.Context()); fmt.Sprint(err) != c.want {
			t.Errorf("%s: %v, want %s", c.code, err, c.want)
		}
	}
}

// What is no state of a script is refused, and so is a state that cannot be saved.
func TestStatesThatAreNone(t *testing.T) {
	l := scripted(t, "def next(ctx): return None")
	sr := &scriptRun{run: l.Run, phase: &l.plan.phases[1], plan: l.plan.phases[1].script, random: neuron.NewPCG(1, neuron.ForStimulus, 5)}
	const none, broken = "protocol: not a state of a script", "not a value that a script has kept"
	for saved, want := range map[string]string{
		"{":                        none + ": unexpected end of JSON input",
		"{}":                       none + "\n" + broken,
		`{"State":"WyJub25lIl0="}`: none, // None
	} {
		if err := new(scriptRun).restore([]byte(saved)); fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", saved, err, want)
		}
	}
	l.Run.state.Script = []byte("{}")
	if err := l.runScript(t.Context(), sr.phase); fmt.Sprint(err) != none+"\n"+broken {
		t.Errorf("resumed with it: %v", err)
	}
	sr.state = starlark.NewDict(1)
	if err := sr.state.SetKey(starlark.String("f"), starlark.NewBuiltin("f", nil)); err != nil {
		t.Fatal(err)
	}
	if err := sr.act(t.Context(), []byte("{")); err == nil || !strings.HasPrefix(err.Error(), "act:1:") {
		t.Errorf("an act of a state: %v", err)
	}
	if saved, err := sr.save(); saved != nil || err == nil {
		t.Errorf("saved %s, %v", saved, err)
	}
}

// After each call the state of a script is a copy: values that were one are two.
func TestStateIsCopied(t *testing.T) {
	l := played(t, `def setup(ctx):
    ctx.state["a"] = []
    ctx.state["b"] = ctx.state["a"]
def next(ctx):
    ctx.state["a"].append(len(ctx.state["b"]))
    print(ctx.state)
    return None if len(ctx.state["a"]) == 2 else present(0)`)
	if got := l.with("print"); got != `print {"a": [0], "b": []}`+"\n"+`print {"a": [0, 0], "b": []}` {
		t.Errorf("%s", got)
	}
}

// What a script sees of its last move, and how many sweeps a recall took.
func TestLastMoves(t *testing.T) {
	l := played(t, `def next(ctx):
    print(ctx.last)
    moves = [recall(1), recall([1, 0, -1, 0], sweeps = 3), rest(0.001), act(silent = False), present([1, 1, 1, 1], name = "n")]
    return moves[ctx.step] if ctx.step < len(moves) else None`)
	if got, want := l.with("print"), `print None
print {"kind": "recall", "name": "1", "bits": [1.0, -1.0, 1.0, 1.0], "sweeps": 1}
print {"kind": "recall", "name": "", "bits": [1.0, 0.0, -1.0, 0.0], "sweeps": 1}
print {"kind": "rest", "name": "", "bits": [], "sweeps": 0}
print {"kind": "act", "name": "", "bits": [], "sweeps": 0}
print {"kind": "present", "name": "n", "bits": [1.0, 1.0, 1.0, 1.0], "sweeps": 0}`; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// What a script shows counts for the probes of later phases: those are of the fourth and
// the eighth item of the run. It is recorded only if presentations are.
func TestWhatScriptsShowIsCounted(t *testing.T) {
	const record = "record: {atoms: 0, presentations: false, probes: [{population: memory, neurons: '1', every: 4, of: [y]}]}\n"
	text := strings.Replace(oneShown, "record: {atoms: 0}\n", record, 1)
	const want = `probe 1
step late 1 of 5
probe 1
step late 5 of 5`
	if got := run(t, text).with("presented", "probe", "step"); got != "step others 2 of 2\nstep play 1 of 1\n"+want {
		t.Errorf("%s", got)
	}
}

// oneShown is a script that shows one item, and a phase after it.
var oneShown = strings.Replace(scriptText("def next(ctx): return present(0) if ctx.step == 0 else None", "data: p"), "record:", "  - {name: late, present: {data: p, learn: none, order: sequential}}\nrecord:", 1)

// Neurons that a document freezes do not learn from a script.
func TestFrozenScripts(t *testing.T) {
	got := wired(t, strings.Replace(oneShown, "name: play", "name: x", 1)+"control: frozen\n")
	const want = `
to 6.003ms
  4.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  5.002ms fire 0-3
  6.002ms observe 0-3
`
	if got != want {
		t.Errorf("told%swant%s", got, want)
	}
}
