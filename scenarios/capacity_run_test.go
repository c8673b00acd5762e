package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// broken is an engine without a state, and a run that cannot be saved.
type broken struct{ sim.Engine }

func (broken) State() ([]byte, error)   { return nil, errors.New("no state") }
func (broken) Save() ([]byte, error)    { return nil, errors.New("not saved") }
func (broken) Go(context.Context) error { return nil }

// watched keeps the reports of a run that takes a step after each presentation.
func watched() *kept {
	k := newKept()
	k.listener.Within = func() int { return 1 }
	return k
}

// stopAfter stops a run at its nth step, and returns what it saved there.
func stopAfter(t *testing.T, r Run, k *kept, n int) (saved []byte) {
	t.Helper()
	step := k.listener.Step
	k.listener.Step = func(phase string, done, total int) error {
		err := step(phase, done, total)
		if len(k.steps) != n {
			return err
		}
		var err2 error
		saved, err2 = r.Save()
		return errors.Join(err, err2, errors.New("stopped"))
	}
	if err := r.Go(t.Context()); err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Fatalf("%v, steps %q", err, k.steps)
	}
	return saved
}

// goOn resumes a run and returns what it reports. A state is written as JSON.
func goOn(t *testing.T, task Task, state any) (*kept, error) {
	t.Helper()
	saved, ok := state.([]byte)
	if !ok {
		var err error
		if saved, err = json.Marshal(state); err != nil {
			t.Fatal(err)
		}
	}
	k := watched()
	r, err := task.Resume(nil, k.listener, saved)
	if err != nil {
		return k, err
	}
	return k, r.Go(t.Context())
}

const fewLoads = "network: {neurons: 4}\ncapacity: {rules: [online, hebb], loads: [0.5, 0.75], tolerance: 0, presentations: 3}\n"

// A run tells which rule learns how many patterns. It saves the trial in progress, and a
// resumed run continues this trial, without repeating a presentation.
func TestCapacityContinuesItsTrial(t *testing.T) {
	whole, k := watched(), watched()
	if _, r := begun(t, fewLoads, whole); r.Go(t.Context()) != nil {
		t.Fatal("the run fails")
	}
	at := slices.Index(whole.steps, "online with 3 patterns, train 4 of 9") + 1
	if at < 1 || whole.steps[at] != "online with 3 patterns, train 5 of 9" || !slices.Contains(whole.steps, "online 1 of 0") || whole.steps[len(whole.steps)-1] != "hebb 4 of 0" {
		t.Fatalf("%q", whole.steps)
	}
	task, r := begun(t, fewLoads, k)
	saved := stopAfter(t, r, k, at)
	if k, err := goOn(t, task, saved); err != nil || !slices.Equal(k.steps, whole.steps[at:]) || fmt.Sprint(k.scores, k.tables) != fmt.Sprint(whole.scores, whole.tables) {
		t.Errorf("%v: %q\n%v\nwant\n%v", err, k.steps, k.scores, whole.scores)
	}
	var state capacityState
	if err := json.Unmarshal(saved, &state); err != nil || state.Rule != "online" || state.Count != 3 || len(state.Points) != 1 || state.Trial == nil || state.Engine == nil {
		t.Fatalf("%v: %+v", err, state)
	}
	first := slices.Index(whole.steps, "online 1 of 0") + 1 // of the trial in progress
	for name, change := range map[string]func(*capacityState){
		"no trial": func(s *capacityState) { s.Trial = nil }, "rule": func(s *capacityState) { s.Rule = "hebb" }, "count": func(s *capacityState) { s.Count = 2 },
	} {
		s := state
		change(&s)
		if k, err := goOn(t, task, s); err != nil || !slices.Equal(k.steps, whole.steps[first:]) {
			t.Errorf("%s: %v, the trial of another measurement is continued: %q", name, err, k.steps)
		}
	}
	for want, change := range map[string]func(*capacityState){
		"sim: not a state of this network": func(s *capacityState) { s.Engine = []byte("x") }, "protocol: not a state of a run": func(s *capacityState) { s.Trial = []byte("x") },
	} {
		s := state
		change(&s)
		if k, err := goOn(t, task, s); err == nil || !strings.HasPrefix(err.Error(), want) || len(k.steps) != 0 || len(k.tables["capacity"].Rows) != 1 {
			t.Errorf("%v, want %s; %q", err, want, k.steps)
		}
	}
}

// Between two trials there is no trial to save.
func TestCapacitySavedBetweenTrials(t *testing.T) {
	whole, k := watched(), watched()
	if _, r := begun(t, fewLoads, whole); r.Go(t.Context()) != nil {
		t.Fatal("the run fails")
	}
	_, r := begun(t, fewLoads, k)
	saved := stopAfter(t, r, k, slices.Index(whole.steps, "online 2 of 0")+1)
	var keys map[string]any
	if err := json.Unmarshal(saved, &keys); err != nil || len(keys) != 1 || len(keys["Points"].([]any)) != 2 {
		t.Errorf("%v, %s", err, saved)
	}
	c := &capacityRun{current: broken{}, engine: broken{}}
	if saved, err := c.Save(); fmt.Sprint(err) != "not saved\nno state" || saved != nil {
		t.Errorf("%v", err)
	}
}

// A run that is stopped still reports what it has, and the errors of these reports too.
func TestCapacityReportsErrors(t *testing.T) {
	full := func(t journal.Table) error {
		if t.Name == "capacity" || t.Name == "streaming" {
			return errors.New("full")
		}
		return nil
	}
	for _, c := range []struct {
		text, step, want string
		tables           func(journal.Table) error
	}{
		{fewLoads, "online 1 of 0", "stopped", nil}, {fewLoads, "online 1 of 0", "stopped\nfull", full}, {fewLoads, "", "full", full}, {fewLoads, "hebb 4 of 0", "stopped", nil},
		{"network: {neurons: 4}\ncapacity: {streaming: {patterns: 3}, presentations: 2}\n", "online with 3 patterns, flipped 3 of 3", "stopped", nil},
		{"network: {neurons: 4}\ncapacity: {streaming: {patterns: 3}, presentations: 2}\n", "", "full", full},
	} {
		k := newKept()
		_, r := begun(t, c.text, k)
		if c.tables != nil {
			k.listener.Table = c.tables
		}
		k.listener.Step = func(phase string, done, total int) error {
			if fmt.Sprintf("%s %d of %d", phase, done, total) == c.step {
				return errors.New("stopped")
			}
			return nil
		}
		if err := r.Go(t.Context()); fmt.Sprint(err) != c.want {
			t.Errorf("%s: %v, want %s", c.step, err, c.want)
		}
	}
}

// closes counts the engines that are open.
type closes struct {
	sim.Engine
	open *int
}

func (c closes) Close() error { *c.open--; return c.Engine.Close() }

// Every trial has its own engine and closes it. An engine that does not start is an error.
func TestEnginesOfTrials(t *testing.T) {
	for _, text := range []string{fewLoads, stored} {
		k, open, all := newKept(), 0, 0
		k.listener.Open = func(net *sim.Network) (sim.Engine, error) {
			e, err := sim.NewSequential(net)
			if open++; open > 1 {
				t.Error("two engines at once")
			}
			all++
			return closes{e, &open}, err
		}
		if _, r := begun(t, text, k); r.Go(t.Context()) != nil || open != 0 || all < 4 {
			t.Errorf("%d of %d engines are open", open, all)
		}
		k.listener.Open = func(*sim.Network) (sim.Engine, error) { return nil, errors.New("no room") }
		if _, r := begun(t, text, k); !strings.HasSuffix(fmt.Sprint(r.Go(t.Context())), "no room") {
			t.Errorf("%s: without an engine there is no error", text)
		}
	}
}

// Without callbacks nothing is reported, and nothing fails.
func TestNobodyListens(t *testing.T) {
	for _, text := range []string{fewLoads, stored} {
		task, err := NewTask(scenario(t, text), nothing{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := task.Start(nil, &journal.Listener{})
		if err == nil {
			err = r.Go(t.Context())
		}
		if err != nil {
			t.Error(err)
		}
		saved, err := r.Save()
		if err != nil {
			t.Fatal(err)
		}
		if r, err = task.Resume(nil, &journal.Listener{}, saved); err == nil {
			err = r.Go(t.Context())
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// A load is rounded to whole patterns, at least one.
func TestPatternsOfLoads(t *testing.T) {
	r, k := measured(t, "rules: [hebb], loads: [0.01, 0.24, 0.25, 0.35], tolerance: 0, flipped: [10%]")
	if err := r.measure(t.Context(), "hebb"); err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, p := range r.of("hebb") {
		got = append(got, p.Patterns)
	}
	r.state.Points[2].Learned = 5
	if err := r.measure(t.Context(), "hebb"); err != nil || k.scores["learning_time.hebb"] != 5 || len(r.state.Points) != 4 {
		t.Errorf("%v, %v", err, k.scores)
	}
	k.order = k.order[:4]
	if !slices.Equal(got, []int{1, 2, 3, 4}) || !slices.Equal(k.order, []string{"capacity.hebb", "patterns.hebb", "capacity.hebb.clean", "basin.hebb"}) || k.chance["capacity.hebb"] != 0 || k.chance["patterns.hebb"] != 0 || k.chance["capacity.hebb.clean"] != 0 {
		t.Errorf("%v patterns, scores %v", got, k.order)
	}
}

// Each trial is an associative memory on its own, with the settings of the measurement.
func TestTrialsOfCapacity(t *testing.T) {
	r, _ := measured(t, "rules: [online, batch], loads: [0.2], presentations: 7, drive: 1.5, recall: [{name: a, count: 2}], flipped: [10%]")
	r.short.Expect, r.short.Mode, r.short.Record = []language.Expect{{Score: "s"}}, ModeFree, language.Record{Graph: r.short.Record.Graph, Atoms: 9, Neurons: "0"}
	task, err := r.trial("online", 5)
	if err != nil {
		t.Fatal(err)
	}
	e := PlanOf(task).Experiment
	if e.Expect != nil || e.Mode != "lockstep" || e.Record.Atoms != 1 || !e.Record.Inboxes || e.Record.Neurons != "all" || e.Populations.Get("neurons").Size != 10 {
		t.Errorf("%+v", e)
	}
	if p := e.Data.Get("patterns").Patterns; p.Source != "random" || p.Count != 5 || p.Width != 10 || p.Height != 1 || p.P != 0.5 {
		t.Errorf("%+v", p)
	}
	if p := e.Protocol; len(p) != 3 || p[0].Present.Passes != 7 || p[0].Present.Order != "shuffled" || p[1].Name != "a" || p[1].Recall.Count != 2 || p[1].Recall.Backwards || p[2].Name != "flipped-10" {
		t.Errorf("%+v", p)
	}
	if text, err := config.Marshal(e.Projections[0]); err != nil || !strings.Contains(string(text), "weights: 1.5\n") {
		t.Errorf("%v\n%s", err, text)
	}
	r.short.Neuron.Window = 100 // of no use for batches, but for the rule beside it
	if task, err = r.trial("batch", 5); err != nil {
		t.Fatal(err)
	}
	if k := PlanOf(task).Experiment.Neurons.Get("unit"); k.Window != 64 || PlanOf(task).Experiment.Protocol[0].Present.Batch == nil {
		t.Errorf("%+v", k)
	}
	r.Rules = []string{"batch"}
	if _, err = r.run(t.Context(), "batch", 5); err == nil || !strings.HasPrefix(err.Error(), "neuron.window: has no effect") {
		t.Errorf("%v", err)
	}
}

// The learning time is the first pass in which the contexts predict 95 % of all bits, even
// if the trial was resumed after it.
func TestLearningTimeOfTrials(t *testing.T) {
	const text = "network: {neurons: 4}\nrecord: {graph: [in_degree]}\ncapacity: {rules: [online, hebb], loads: [0.25], tolerance: 0, presentations: 12}\n"
	k := watched()
	task, r := begun(t, text, k)
	saved := stopAfter(t, r, k, 11)
	whole := gone(t, text)
	again, err := goOn(t, task, saved)
	for _, k := range []*kept{whole, again} {
		if got, ok := k.scores["learning_time.hebb"]; ok || k.scores["learning_time.online"] != 2 || k.scores["graph.in_degree"] != 3 || err != nil {
			t.Errorf("%v, hebb %v, %v", k.scores, got, err)
		}
		n := k.tables["neurons"]
		if len(n.Rows) != 4 || fmt.Sprint(n.Columns[:6]) != "[patterns load neuron population label graph.in_degree]" || fmt.Sprint(n.Rows[2][:6]) != "[1 0.25 2 NaN NaN 3]" {
			t.Errorf("%v", n)
		}
	}
	for _, c := range []struct {
		y    []float64
		want float64
	}{
		{nil, 0}, {[]float64{0.9, 0.94}, 0}, {[]float64{0.9, 0.95, 0.5, 1}, 3}, {[]float64{1, 0}, 1},
	} {
		if got := learningTime(&journal.Series{X: []float64{1, 3, 5, 7}, Y: c.y}); got != c.want {
			t.Errorf("%v: %v, want %v", c.y, got, c.want)
		}
	}
	var p point
	l := (&capacityRun{out: k.listener}).listener(&p)
	one := []journal.Series{{X: []float64{1}, Y: []float64{1}}}
	if err := errors.Join(l.Figure("other", journal.Lines{Series: one}), l.Figure("learning-curve", journal.Map{})); err != nil || p.Learned != 0 {
		t.Errorf("another figure counts: %v, %v", p.Learned, err)
	}
}

// Trials of streams test the last patterns, the latest first.
func TestTrialsOfStreams(t *testing.T) {
	r, _ := measured(t, "streaming: {patterns: 9, presentations: 2, tested: 4}, recall: [{name: a}], flipped: [10%]")
	for m, want := range map[int]int{3: 3, 9: 4} {
		task, err := r.trial("online", m)
		if err != nil {
			t.Fatal(err)
		}
		p := PlanOf(task).Experiment.Protocol
		if p[0].Present.Repeat != 2 || p[0].Present.Passes != 1 || len(p) != 2 || !p[1].Recall.Backwards || p[1].Recall.Count != want || p[1].Recall.Dynamics != "sign" {
			t.Errorf("%+v", p)
		}
	}
	if r.Recall[0].Backwards || r.Recall[0].Count != 0 {
		t.Errorf("the measurement itself has changed: %+v", r.Recall)
	}
	if _, err := r.Resume(nil, newKept().listener, []byte(`{"Points":[{"Rule":"hebb","Patterns":3}]}`)); err != nil {
		t.Errorf("points of another measurement: %v", err)
	}
}

// What makes a trial impossible is found before the run begins.
func TestCapacitiesRefused(t *testing.T) {
	for text, want := range map[string]string{
		"capacity: {}\nnetwork: {neurons: 4, topology: {rule: ring, k: 30}}":       "projections[1].rule.k: 30, expected less than the 4 neurons",
		"capacity: {}\nnetwork: {projections: {x: {delay: 3ms}}}":                  "s.yaml:4:28: network.projections.x: is no projection of this experiment",
		"capacity: {streaming: {span: 40}}":                                        "s.yaml:3:30: capacity.streaming.span: has no effect, because nothing is rehearsed; add rehearsal: 1",
		"capacity: {streaming: {own: {settled: true}}}":                            "s.yaml:3:29: capacity.streaming.own: has no effect, because nothing is rehearsed; add rehearsal: 1",
		"capacity: {batch: {drive: 2, end_drive: 2, halfway: 9}}":                  "s.yaml:3:53: capacity.batch.halfway: has no effect, because end_drive is drive",
		"capacity: {rules: [batch]}\nneuron: {window: 100}":                        "s.yaml:4:18: neuron.window: has no effect",
		"capacity: {rules: [hebb, batch]}\nneuron: {window: 100}":                  "s.yaml:4:18: neuron.window: has no effect",
		"capacity: {rules: [batch], streaming: {}}\nneuron: {window: 100}":         "",
		"capacity: {rules: [online]}\nneuron: {window: 100, warm_up: 200}":         "s.yaml:4:32: neuron.warm_up: is longer than the window",
		"capacity: {rules: [batch], per: synapse}\nnetwork: {topology: {rule: x}}": "s.yaml:4:28: network.topology.rule: got \"x\"",
	} {
		s, err := Load("s.yaml", strings.NewReader("apiVersion: infomorph/v2\nname: s\n"+text+"\n"))
		if err == nil {
			_, err = NewTask(s, nothing{})
		}
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// The patterns of one measurement are limited; load 1 is one pattern for each synapse, at
// least one synapse in all.
func TestMostPatterns(t *testing.T) {
	c := &capacityTask{Capacity: &Capacity{Loads: []float64{1, 9999.9}}}
	if err := c.countPatterns(10); err != nil || c.most != 100000 || c.unit != 10 {
		t.Errorf("%d patterns, %v", c.most, err)
	}
	if err := c.countPatterns(10.1); fmt.Sprint(err) != "capacity.loads: got 101000, expected at most 100000 patterns in all" {
		t.Error(err)
	}
	s := scenario(t, "network: {neurons: 10, topology: {rule: ring, k: 2}}\ncapacity: {rules: [hebb], per: synapse}\n")
	s.short.Capacity.Loads = []float64{10001}
	if task, err := newCapacityTask(s, nothing{}); err != nil || task.most != 20003 {
		t.Errorf("only patterns per neuron would be too many: %v", err)
	}
	s.short.Capacity.Loads = []float64{50001}
	if _, err := newCapacityTask(s, nothing{}); fmt.Sprint(err) != "capacity.loads: got 100003, expected at most 100000 patterns in all" {
		t.Error(err)
	}
	s = scenario(t, "network: {neurons: 10, topology: {rule: none}}\ncapacity: {rules: [online], per: synapse}\n")
	if task, err := newCapacityTask(s, nothing{}); err != nil || task.unit != 0.1 {
		t.Errorf("%v", err)
	}
}
