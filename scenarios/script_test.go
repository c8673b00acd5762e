package scenarios

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"infomorph/actors"
	"infomorph/internal/sim"
)

// printer is a notebook that keeps what a script prints and measures.
type printer struct {
	*notebook
	printed []string
}

func (p *printer) Print(text string) { p.printed = append(p.printed, text) }

const scripting = `apiVersion: infomorph/v1
name: a
network: {neurons: 16}
record: {atoms: 3}
`

// scriptTaskOf loads a scenario whose script section is given.
func scriptTaskOf(text string, files Files) (Task, error) {
	s, err := Load("a.yaml", strings.NewReader(scripting+text))
	if err != nil {
		return nil, err
	}
	return NewTask(s, files)
}

// inline returns a script section with the code of a script.
func inline(code string, more string) string {
	return "script:\n  patterns: {source: random, count: 3, width: 4}\n" + more + "  code: |\n    " + strings.ReplaceAll(strings.TrimSpace(code), "\n", "\n    ") + "\n"
}

func runScript(t *testing.T, section string) *printer {
	t.Helper()
	task, err := scriptTaskOf(section, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	p := &printer{notebook: newNotebook()}
	if err := task.Run(e, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// busy uses all that a script is given.
const busy = `
def setup(ctx):
    ctx.state["log"] = [ctx.neurons, len(ctx.patterns), ctx.parameters["n"], ctx.last]
    return 12

def next(ctx):
    log = ctx.state["log"]
    if ctx.step == 0:
        phase("first")
        random.bits(3)
        return [present(name) for name in ctx.patterns]
    if ctx.step == 3:
        log.append((ctx.phase, ctx.predicted >= 0, len(ctx.theta), ctx.receptive[0] != 0, ctx.last["name"]))
        return [rest("5ms"), act(plastic = False, neurons = "0-3"), present(0, duration = "10ms"), act(lesion = {"of": "synapses", "fraction": "10%"})]
    if ctx.step == 7:
        phase("second")
        measure("luck", random.uniform())
        log.append(sorted(sample().keys()))
        log.append(len(ctx.weights(5)))
        return present(random.bits(16), plastic = False, dynamics = "sampled", name = "noise")
    if ctx.step == 8:
        print("luck was", ctx.measures["script.luck"] >= 0, ctx.time > 0.01)
        return recall(damage(0, 0.25), dynamics = "graded_belief", sweeps = 5, name = "first")
    if ctx.step == 9:
        log.append((ctx.last["kind"], ctx.last["sweeps"] > 5, ctx.last["name"]))
        return rest(0.2, dynamics = "sampled")
    if ctx.step == 10:
        return []if ctx.state.setdefault("empty", 0) else again(ctx)

def again(ctx):
    return None

def readout(ctx):
    score("entries", len(ctx.state["log"]))
    score("same", cosine([1, -1, 2], [2, -2, 4]))
    score("sum", sum([1, True, 0.5]) + mean([]))
    table("log", ["what", "number"], [["a", 1], ["b", 2.5]])
    lines("curve", {"c": ([1, 2], [3, 4])}, title = "A curve")
    print(ctx.state["log"])
`

const busySection = "  parameters: {n: 2.5, word: x, flag: true}\n"

func TestScriptSeesAndDoes(t *testing.T) {
	p := runScript(t, inline(busy, busySection))
	want := []string{"luck was True True",
		`[16, 3, 2.5, None, ("first", True, 16, True, "3"), ["h_res", "red", "syn", "unq_c", "unq_r"], ` + fmt.Sprint(weightsLeft(p)) + `, ("recall", True, "first")]`}
	if len(p.printed) != 2 || p.printed[0] != want[0] || p.printed[1] != want[1] {
		t.Errorf("printed %q, want %q", p.printed, want)
	}
	for score, v := range map[string]float64{"script.entries": 8, "script.same": 1, "script.sum": 2.5} {
		p.want(t, score, v, v)
	}
	if _, ok := p.scores["script.luck"]; !ok {
		t.Errorf("a measure is no score: %v", p.scores)
	}
	if len(p.tables) != 1 || !reflect.DeepEqual(p.tables[0].Rows, [][]any{{"a", 1.0}, {"b", 2.5}}) {
		t.Errorf("tables %v", p.tables)
	}
	if _, ok := p.figures["curve"].(Lines); !ok {
		t.Errorf("figures %v", p.figures)
	}
}

// weightsLeft reads from what was printed how many weights a neuron had.
func weightsLeft(p *printer) (n int) {
	text := p.printed[len(p.printed)-1]
	fmt.Sscanf(text[strings.LastIndex(text[:strings.LastIndex(text, "(")], "]")+3:], "%d", &n)
	if n < 8 || n > 16 {
		return -1
	}
	return n
}

// TestScriptResumesAnywhere: the state of a script, its queue and its random
// numbers come back, and what it returns is the same.
func TestScriptResumesAnywhere(t *testing.T) {
	section := inline(busy, busySection)
	whole := runScript(t, section)
	for stop := 1; stop < whole.steps; stop++ {
		task, err := scriptTaskOf(section, nil)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := sim.NewSequential(task.Network())
		first := &printer{notebook: newNotebook()}
		first.stopAfter = stop
		if err := task.Run(e, first); !errors.Is(err, errStop) {
			t.Fatalf("stop at %d: %v", stop, err)
		}
		saved, err1 := task.(Resumable).Save()
		state, err2 := e.State()
		task, err3 := scriptTaskOf(section, nil)
		e, err4 := sim.NewSequential(task.Network())
		if err := errors.Join(err1, err2, err3, err4, e.Restore(state)); err != nil {
			t.Fatal(err)
		}
		rest := &printer{notebook: newNotebook()}
		if err := task.(Resumable).Resume(e, rest, saved); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(rest.scores, whole.scores) || !reflect.DeepEqual(rest.figures, whole.figures) || rest.printed[len(rest.printed)-1] != whole.printed[len(whole.printed)-1] {
			t.Errorf("stopped after step %d of %d and resumed: other results", stop, whole.steps)
		}
	}
}

func TestScriptIsEngineNeutral(t *testing.T) {
	section := inline(busy, busySection)
	task, err := scriptTaskOf(section, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, hash := playOn(t, task, sequential)
	task, _ = scriptTaskOf(section, nil)
	got, other := playOn(t, task, func(net *sim.Network) (sim.Engine, error) {
		return actors.New(net, actors.Options{Mode: actors.Neurons, Shards: 2})
	})
	if hash != other || !reflect.DeepEqual(want.scores, got.scores) {
		t.Error("actors give another state or other scores")
	}
}

// TestScriptWiring: channels that all neurons hear, and a teacher for each.
func TestScriptWiring(t *testing.T) {
	p := runScript(t, "neuron:\n  receptive_bins: {number: 20, range: 10}\n  context_bins: {number: 2, range: 1}\n  receptive_learning: {rule: goal, rate: 3, norm: power}\n  learning: {rule: frozen}\n  prior: {mass: 0}\n  context_gain: 2\n"+
		strings.Replace(strings.Replace(inline(`
def next(ctx):
    if ctx.step == 400:
        return None
    x = random.bits(4)
    teach = [x[i % 4] for i in range(16)]
    if ctx.step >= 300:
        if ctx.step > 300:
            ctx.state["right"] = ctx.state.get("right", 0) + (1 if cosine([1 if r > 0 else -1 for r in ctx.receptive], ctx.state["teach"]) == 1 else 0)
        ctx.state["teach"] = teach
        return present(x, context = [0] * 16, plastic = False)
    return present(x, context = teach)

def readout(ctx):
    score("right", ctx.state["right"] / 99)
`, "  channels: 4\n  context_channels: 16\n"), "  patterns: {source: random, count: 3, width: 4}\n", "", 1), "\n  code", "\n  code", 1)+"")
	p.want(t, "script.right", 0.95, 1)
}

func TestScriptMistakes(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{"def nex(ctx): pass", "a.yaml:5:1: script: the script defines no function next"},
		{"def next(ctx)\n  pass", "a.yaml:8:18: "},
		{"def next(ctx):\n  return prezent(0)", "a.yaml:9:14: undefined: prezent"},
	} {
		if _, err := scriptTaskOf(inline(c.code, ""), nil); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.code, err, c.want)
		}
	}
	for _, c := range []struct{ body, want string }{
		{"return 1 // 0", "a.yaml:9:16: in next: floored division by zero"},
		{"return present(9)", "in next: present: there is no pattern 9 among 3"},
		{"return present([1, 2])", "present: got 2 numbers, expected 16, one for each channel"},
		{"return present(0, dynamics = 'x')", "dynamics is \"x\", expected teacher, sampled or sign"},
		{"return present(0, duration = '5')", "duration is \"5\", expected a number of seconds, or text such as \"5ms\""},
		{"return present(0, duration = -1)", "expected a number of seconds"},
		{"return present(0, context = [1])", "context: got 1 numbers, expected 0"},
		{"return present(0, 1, 2, 3, 4, 5, 6, 7)", "present: got 8 arguments"},
		{"return recall(0, sweeps = -1)", "sweeps is -1"},
		{"return rest(0)", "the duration is 0"},
		{"return 5", "next returned a value of type int; expected None, or what present"},
		{"return [5]", "next returned a list with a value of type int"},
		{"score('a', 1)", "score: is for readout only"},
		{"measure('a b', 1)", "name is \"a b\", expected letters, digits and _"},
		{"measure('a', 'b')", "expected a finite number"},
		{"return act(plastik = True)", "act: act: plastik: unknown key"},
		{"return act(plastic = True, silent = True)", "cannot stand beside"},
		{"return act()", "is missing"},
		{"ctx.state['f'] = next", "ctx.state: a value of type function cannot be kept"},
		{"ctx.nothing", "ctx has no .nothing field or method"},
		{"while True: pass", "more than 10000000 steps in one call"},
		{"return damage(0, 2)", "fraction is 2, expected 0 to 1"},
		{"phase('a/b')", "name is \"a/b\""},
		{"ctx.weights(99)", "expected neurons 0 to 15"},
	} {
		task, err := scriptTaskOf(inline("def next(ctx):\n  if ctx.step > 3: return None\n  "+c.body, ""), nil)
		if err != nil {
			t.Errorf("%s: %v", c.body, err)
			continue
		}
		e, _ := sim.NewSequential(task.Network())
		err = task.Run(e, newNotebook())
		want := strings.Replace(c.want, ":9:", ":10:", 1)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q", c.body, err, want)
		}
	}
}

func TestScriptFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s.star"), []byte("def next(ctx):\n  return nobody"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := scriptTaskOf("script: {file: s.star}", diskFiles(dir))
	if err == nil || err.Error() != "s.star:2:10: undefined: nobody" {
		t.Errorf("got %v", err)
	}
	if _, err = scriptTaskOf("script: {file: gone.star}", diskFiles(dir)); err == nil || !strings.HasPrefix(err.Error(), "a.yaml:5:16: script.file: ") {
		t.Errorf("got %v", err)
	}
	if _, err = scriptTaskOf("script: {file: s.star, code: 'x'}", diskFiles(dir)); err == nil || !strings.Contains(err.Error(), "cannot stand beside") {
		t.Errorf("got %v", err)
	}
}

// TestScriptMeasuresDriveEvents: conditions and expectations name what a script
// measures.
func TestScriptMeasuresDriveEvents(t *testing.T) {
	code := "def next(ctx):\n  if ctx.step == 9: return None\n  measure('x', ctx.step)\n  return present(0)\ndef readout(ctx):\n  score('theta', ctx.theta[0])"
	free := runScript(t, inline(code, ""))
	stuck := runScript(t, inline(code, "")+"events: [{when: script.x > 4, plastic: false}, {phase: never, measure: true}]\nexpect: [{always: script.x, min: 0}]\n")
	if free.scores["script.theta"] == stuck.scores["script.theta"] {
		t.Error("the event had no effect")
	}
}
