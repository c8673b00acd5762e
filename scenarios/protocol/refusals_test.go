package protocol

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestRefusals: what cannot be run is refused before it begins, with the position in the
// document.
func TestRefusals(t *testing.T) {
	for _, c := range [][2]string{
		{"present: {data: p, items: '#9'}", `present.items: got "#9", expected items of p, #0 to #4; all, or a list of names, numbers and ranges such as A,#3,#5-#9`},
		{"present: {data: p, count: 3, passes: 2}", "present.count: is given together with passes or duration; only one of passes, count, duration is allowed"},
		{"present: {data: p, learn: memor}", `present.learn: got "memor", expected all, none, or names of populations`},
		{"present: {data: p, passes: 2, order: shuffled, rehearse: {count: 1}}", "present.rehearse: expected one pass, because items are rehearsed in the order in which they came"},
		{"present: {data: p, rehearse: {count: 1, span: 2, own: {input: input, population: memory}}}", "present.rehearse.span: got 2, expected nothing beside own, because no previous items are kept"},
		{"present: {data: p, rehearse: {count: 1, own: {input: other, population: memory}}}", "present.rehearse.own.input: has 1 channel, and the population 4 neurons; recall needs a channel for each neuron"},
		{"present: {data: p, rounds: 2, steps: [{do: [fire]}]}", "present.rounds: cannot be used together with steps, which set everything"},
		{"present: {data: p, steps: [{do: [fire]}, {do: [learn], populations: [memor]}]}", `present.steps[1].populations[0]: got "memor", expected`},
		{"play: {data: p}", `play.data: got "p", expected a source of spike trains; present: is for items without time`},
		{"recall: {data: p, input: input, population: memory, cue: flip}", "recall.fraction: got 0, expected more than 0% where the cue is damaged, and nothing where it is clean"},
		{"recall: {data: p, input: input, population: memory, fraction: 5%}", "recall.fraction: got 0.05, expected more than 0% where the cue is damaged, and nothing where it is clean"},
		{"recall: {data: p, input: other, population: memory}", "recall.input: has 1 channel, and the population 4 neurons; recall needs a channel for each neuron"},
		{"recall: {data: o, input: input, population: memory}", `recall.input: got "input", expected an input that gets the items of o`},
		{"present: {data: p, rounds: 2, steps: [{populations: [memory], do: [fire]}]}", "present.rounds: cannot be used together with steps, which set everything"},
		{"store: {data: p, rule: hebb, input: other, projection: context}", `store.input: got "other", expected an input with a channel for each of the 4 neurons of memory`},
		{"store: {data: p, rule: hebb, input: input, projection: contxt}", `store.projection: got "contxt", expected a projection; did you mean "context"?`},
		{"script: {input: input, population: memory, data: p, code: 'x = 1'}", "script: the script defines no function next; add: def next(ctx): …, which returns what comes next, or None"},
		{"script: {input: input, population: memory, data: p, code: 'def next(ctx) return'}", "got return, want ':'"},
	} {
		_, err := prepare(small + others + "  - {name: x, " + c[0] + "}\n  - {name: y, present: {data: p, learn: none}}\n")
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %s", c[0], err, c[1])
		}
	}
	for _, c := range [][2]string{
		{"events: [{at: 1ms, silent: true, neurons: 'memory:7'}]", `events[0].neurons: got "7", expected numbers from 0 to 3; numbers count within memory`},
		{"events: [{at: 1ms, present: '#9'}]", `events[0].present: got "#9", expected the name of an item that a phase presents, or its number from #0 on`},
		{"events: [{when: q.found > 1, silent: true}]", `events[0].when: got "q.found > 1", expected a condition on time, phase and live measures: neuron.unq_r, neuron.unq_c, neuron.red, neuron.syn, neuron.h_res, neuron.goal`},
		{"events: [{at: 1ms, show: {input: inpu, values: [1]}}]", `events[0].show.input: got "inpu", expected the name of an input; did you mean "input"?`},
		{"events: [{at: 1ms, show: {input: input, values: [1]}}]", "events[0].show.values: has 1 values for 4 channels; give one for each, in order"},
		{"events: [{at: 1ms, recall: {input: input, population: memory, data: p, item: '#7'}}]", `events[0].recall.item: got "#7", expected the name of one item, or its number from #0 on`},
		{"events: [{at: 1ms, recall: {input: input, population: memory, data: o, item: '#1'}}]", `events[0].recall.input: got "input", expected an input that gets the items of o`},
		{"events: [{at: 1ms, recall: {input: input, population: memory, values: [1, 1]}}]", "events[0].recall.values: has 2 values for 4 channels; give one for each, in order"},
		{"events: [{at: 1ms, recall: {input: input, population: memory, data: p, item: '#1', values: [1, 1]}}]", "events[0].recall.values: has 2 values for 4 channels; give one for each, in order"},
		{"faults: [{kind: silent, neurons: 'memory:7', from: 1ms}]", `faults[0].neurons: got "7", expected numbers from 0 to 3; numbers count within memory`},
		{"record: {probes: [{population: memory, neurons: '9', of: [y]}]}", "record.probes[0].neurons: "},
		{"expect: [{always: neuron.foo, min: 1}]", "expect[0].always: "},
		{"record: {atoms: 0}\nexpect: [{always: neuron.red, min: 1}]", "expect[0]: neuron.red is not measured, because record.atoms is 0; leave record.atoms out"},
	} {
		_, err := prepare(small + others + "  - {name: y, present: {data: p}}\n" + c[0] + "\n")
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %s", c[0], err, c[1])
		}
	}
}

// scripted is a run of a script with these functions.
func scripted(t *testing.T, code string) *logged {
	t.Helper()
	return start(t, scriptText(code, "data: p", "context: other", "parameters: {a: 1, b: 0.5, c: true, d: word}"))
}

// scriptText is a document with a script and more of its keys.
func scriptText(code string, keys ...string) string {
	keys = append([]string{"input: input", "population: memory"}, keys...)
	return small + others + "  - name: play\n    script:\n      " + strings.Join(keys, "\n      ") + "\n      code: |\n        " +
		strings.ReplaceAll(code, "\n", "\n        ") + "\nrecord: {atoms: 0}\n"
}

// TestScriptsAreRefused: an error in a script ends the run. The message has the wrong
// value and what was expected.
func TestScriptsAreRefused(t *testing.T) {
	for _, c := range [][2]string{
		{"present([1, 2])", "present: got 2 numbers, expected 4, one for each channel"},
		{"present('nothing')", `present: there is no pattern "nothing" among 5`},
		{"present(5)", "present: there is no pattern 5 among 5"},
		{"present(-1)", "present: there is no pattern -1 among 5"},
		{"present(0, dynamics = 'sin')", `present: dynamics is "sin", expected own, teacher, sampled or sign`},
		{"present(0, context = [1, 2])", "present: context: got 2 numbers, expected 1, one for each channel"},
		{"present(0, duration = 'x')", `present: duration is "x", expected a number of seconds, or text such as "5ms"`},
		{"present(0, when = 1)", `present: unexpected keyword argument "when"`},
		{"present([1, 1, 1, float('nan')])", "present: number 3 is NaN, expected a finite one"},
		{"present([1, 1e300, 1, 1])", "present: number 1 is 1e+300, expected a finite one"},
		{"present([1, -1e300, 1, 1])", "present: number 1 is -1e+300, expected a finite one"},
		{"present(None)", "present: got a value of type NoneType, expected a list of numbers"},
		{"recall(0, dynamics = 'sin')", `recall: dynamics is "sin", expected sign, sampled, belief, graded_belief or emphatic_belief`},
		{"recall(0, release = 'sin')", `recall: release is "sin", expected released, fading or held`},
		{"recall(0, sweeps = -1)", "recall: sweeps is -1, expected 0 to 100000"},
		{"recall(0, sweeps = 100001)", "recall: sweeps is 100001, expected 0 to 100000"},
		{"rest(0)", "rest: the duration is 0"},
		{"rest(1, dynamics = 'teacher')", `rest: dynamics is "teacher", expected none, sampled or sign`},
		{"act(1)", "act: takes named arguments only, such as plastic = False"},
		{"act(silent = 3)", "act: silent: "},
		{"act(rate_scale = float('nan'))", "act: json: unsupported value: NaN"},
		{"act(silent = True, neurons = 'memory:7')", `neurons: got "7", expected numbers from 0 to 3; numbers count within memory`},
		{"measure('a b', 1)", `measure: name is "a b", expected letters, digits and _`},
		{"measure('a', 'b')", `measure: value is "b", expected a finite number`},
		{"measure('a', float('inf'))", `measure: value is +inf, expected a finite number`},
		{"measure('a', float('nan'))", `measure: value is nan, expected a finite number`},
		{"measure('a', -float('inf'))", `measure: value is -inf, expected a finite number`},
		{"sum(3)", "sum: got a value of type int, expected a list of numbers"},
		{"sum([1, 'x'])", "sum: element 1 is of type string, expected a number"},
		{"mean()", "mean: missing argument for numbers"},
		{"score('a', 1)", "score: is for readout only; while the run goes on, use measure"},
		{"table('a', [], [])", "table: is for readout only; while the run goes on, use measure"},
		{"lines('a', {})", "lines: is for readout only; while the run goes on, use measure"},
		{"phase('a b')", `phase: name is "a b", expected letters, digits, - and _`},
		{"sample(1)", "sample: got 1 arguments, want at most 0"},
		{"cosine([1], [1, 2])", "cosine: got 1 and 2 numbers, expected as many"},
		{"overlap([1], [1, 2])", "overlap: got 1 and 2 numbers, expected as many"},
		{"decompose([1], [1, 2], [0])", "decompose: got 1, 2 and 1 numbers, expected the same number of each, at least one"},
		{"decompose([1], [2], [0, 1])", "decompose: got 1, 1 and 2 numbers, expected the same number of each, at least one"},
		{"decompose([], [], [])", "decompose: got 0, 0 and 0 numbers, expected the same number of each, at least one"},
		{"decompose([1, 2], [1, 2], [0, 1.5])", "decompose: probability 1 is 1.5, expected 0 to 1"},
		{"decompose([1], [1], [float('nan')])", "decompose: probability 0 is NaN, expected 0 to 1"},
		{"decompose([1], ['x'], [0])", "decompose: element 0 is of type string, expected a number"},
		{"decompose([1], [1], [0], measure = 'sy')", `decompose: pid: no measure "sy"; there are sx`},
		{"decompose(range(1001), range(1001), [0] * 1001)", "decompose: got 1001 different symbols, expected at most 1000"},
		{"damage(0, 2)", "damage: fraction is 2, expected 0 to 1"},
		{"damage(0, -0.1)", "damage: fraction is -0.1, expected 0 to 1"},
		{"damage(0, 'x')", `damage: fraction is "x", expected 0 to 1`},
		{"damage(0, 0.5, cue = 'clean')", `damage: cue is "clean", expected flip, occlude or partial`},
		{"ctx.weights(4)", `weights: neuron 4, port "c"; expected neurons 0 to 3 and port r, c or l`},
		{"ctx.weights(0, port = 'x')", `weights: neuron 0, port "x"; expected neurons 0 to 3 and port r, c or l`},
		{"7", "next returned a value of type int; expected None, or what present, recall, rest or act returns, or a list of such"},
		{"[present(0), 7]", "next returned a list with a value of type int; expected what present, recall, rest or act returns"},
		{"[present(0)] * 100001", "next returned a list of 100001 moves, at most 100000 are taken at a time; return them in parts"},
		{"[]", "next has returned an empty list 1000 times in a row, and no time passes in between; return None to end, or rest(…) to let time pass"},
	} {
		l := scripted(t, "def next(ctx):\n    return "+c[0])
		if err := l.Go(context.Background()); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %s", c[0], err, c[1])
		}
	}
	for _, c := range [][2]string{
		{"table('a b', [], [])", `table: name is "a b", expected letters, digits, - and _`},
		{"table('pid', ['x'], [[1]])", `table: name is "pid", which is a table of the run itself`},
		{"table('Weights-x', ['x'], [[1]])", `table: name is "Weights-x", which is a table of the run itself`},
		{"[score('a', 1), score('b', 2), score('a', 2)]", "score: play.a is given already"},
		{"table('a', ['x', 'x'], [])", `table: column "x", expected names, each once`},
		{"table('a', [1], [])", "table: column 1, expected names, each once"},
		{"table('a', [''], [])", `table: column "", expected names, each once`},
		{"table('a', ['x'], [[1 << 40]])", "table: row 0: 1099511627776 out of range"},
		{"table('a', ['x'], [[1], [1, 2]])", "table: row 1: got list, expected a list of 1"},
		{"lines('a', {})", "lines: there are no series"},
		{"lines('a b', {})", `lines: name is "a b", expected letters, digits, - and _`},
		{"lines('a', {'s': [1]})", `lines: series "s": expected a pair of lists, x and y`},
		{"lines('a', {'s': 3})", `lines: series "s": expected a pair of lists, x and y`},
		{"lines('a', {'s': (['x'], [1])})", `lines: series "s": expected two lists of equally many numbers`},
		{"lines('a', {'s': ([1], ['x'])})", `lines: series "s": expected two lists of equally many numbers`},
		{"lines('a', {'s': ([1], [1, 2])})", `lines: series "s": expected two lists of equally many numbers`},
		{"lines('a', {'s': ([], [])})", `lines: series "s": expected two lists of equally many numbers`},
	} {
		l := scripted(t, "def next(ctx):\n    return None\ndef readout(ctx):\n    "+c[0])
		if err := l.Go(context.Background()); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %s", c[0], err, c[1])
		}
	}
	if err := scripted(t, "def setup(ctx):\n    return None\ndef next(ctx):\n    return None").Go(context.Background()); err != nil {
		t.Errorf("setup returned None: %v", err)
	}
	for _, total := range []string{"-1", "'x'", "1 << 40"} {
		l := scripted(t, "def setup(ctx):\n    return "+total+"\ndef next(ctx):\n    return None")
		if err := l.Go(context.Background()); err == nil || !strings.Contains(err.Error(), "expected None, or how many moves to expect") && total != "1 << 40" {
			t.Errorf("setup returned %s: %v", total, err)
		}
	}
}

// TestScriptSees: the attributes of ctx, as measures of a script.
func TestScriptSees(t *testing.T) {
	l := scripted(t, `def setup(ctx):
    ctx.state["n"] = 0
    if ctx.last != None or ctx.predicted != 0:
        fail("something was done")
    return 3
def next(ctx):
    ctx.state["n"] += 1
    n = ctx.state["n"]
    measure("step", ctx.step)
    measure("neurons", ctx.neurons)
    measure("sum", sum([ctx.parameters["a"], ctx.parameters["b"]]) + mean([1, 3]) + mean([]))
    if ctx.parameters["c"] != True or ctx.parameters["d"] != "word" or len(ctx.patterns) != 5:
        fail("parameters")
    if n == 1:
        phase("first")
        return present("1", plastic = False, context = [1], name = "shown", duration = "5ms")
    if n == 2:
        measure("cosine", cosine(ctx.last["bits"], ctx.patterns["1"]))
        measure("same", ctx.last["name"] == "shown" and ctx.last["kind"] == "present" and ctx.phase == "first")
        measure("r", cosine(ctx.receptive, ctx.patterns["1"]))
        measure("outputs", cosine(ctx.outputs, ctx.patterns["1"]))
        measure("heard", len(ctx.weights(0)) * 10 + len(ctx.weights(1, port = "r")))
        measure("time", ctx.time)
        return recall(damage([1, 1, 1, 1], 0.5, cue = "occlude"), sweeps = 3)
    if n == 3:
        measure("sweeps", ctx.last["sweeps"])
        measure("occluded", sum(ctx.last["bits"]))
        return [act(silent = True, neurons = "memory:0"), rest("12ms")]
    return None
def readout(ctx):
    score("step", 40)
    score("late", ctx.measures["play.sum"])`)
	if err := l.Go(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := l.with("measure", "score")
	for _, want := range []string{"measure play.step 0 at", "measure play.step 4 at", "measure play.neurons 4 at", "measure play.sum 3.5 at", "measure play.cosine 1 at", "measure play.same 1 at", "measure play.r 1 at",
		"measure play.outputs 1 at", "measure play.heard 41 at", "measure play.time 0.006003 at", "measure play.occluded 0 at", "score play.step 40", "score play.late 3.5"} {
		if strings.Count(got, want) != 1 && want != "measure play.neurons 4 at" && want != "measure play.sum 3.5 at" {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if steps := l.with("step", "phase"); !strings.HasSuffix(steps, "phase play\nphase first\nstep play 1 of 3\nstep play 2 of 3\nstep play 3 of 3\nstep play 3 of 3\nstep play 4 of 4") {
		t.Error(steps)
	}
	if fmt.Sprint(strings.Count(got, "score play.step")) != "1" {
		t.Error("a score before a measure of the same name")
	}
}
