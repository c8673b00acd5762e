package run

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"infomorph/actors"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/topology"
)

// TestTasksOfCallers: a caller may make the task of a scenario itself. Its errors are faults
// of the input, and without it the run makes the task.
func TestTasksOfCallers(t *testing.T) {
	s, built := small(t), 0
	want := done(t, s, Options{NoFiles: true})
	build := func(of *scenarios.Scenario, files scenarios.Files) (scenarios.Task, error) {
		if built++; of != s.Scenario || files != scenarios.Files(s.Folder) {
			t.Errorf("the task is made of %v and %v", of, files)
		}
		return scenarios.NewTask(of, files)
	}
	if got := done(t, s, Options{NoFiles: true, Task: build}); built != 1 || got.Final.StateHash != want.Final.StateHash {
		t.Errorf("built %d times: %+v", built, got.Final)
	}
	dir := filepath.Join(t.TempDir(), "r")
	refuse := func(*scenarios.Scenario, scenarios.Files) (scenarios.Task, error) { return nil, errEnough }
	if r, err := Do(t.Context(), s, Options{Dir: dir, Task: refuse}); r != nil || !errors.Is(err, errEnough) || !errors.Is(err, ErrInput) {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a run without a task has a folder")
	}
}

// TestEndedIsCalled: a caller learns that a run has ended while its engine is still open, also
// if it failed.
func TestEndedIsCalled(t *testing.T) {
	for _, fails := range []error{nil, errEnough} {
		ended := 0
		_, err := Do(t.Context(), small(t), Options{NoFiles: true, Ended: func(r *Running) {
			ended++
			if _, err := r.Engine.State(); err != nil {
				t.Error("the engine is not open: ", err)
			}
		}, Listener: &journal.Listener{Step: func(string, int, int) error { return fails }}})
		if ended != 1 || !errors.Is(err, fails) {
			t.Errorf("%v: ended %d times: %v", fails, ended, err)
		}
	}
}

// TestScenariosThatAreNone: a folder whose scenario is none, although it has the checksum of
// its run, can be neither resumed, looked at, executed again nor judged. The error names the
// file.
func TestScenariosThatAreNone(t *testing.T) {
	for _, mode := range []string{"lockstep", "free"} {
		whole, part := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "part")
		done(t, small(t, "mode="+mode), Options{Dir: whole, Lean: true})
		failAt(t, small(t, "mode="+mode), Options{Dir: part, CheckpointSteps: 1}, 2, nil)
		for _, dir := range []string{whole, part} {
			forge{t, dir}.file(record.ScenarioName, []byte("name: ["))
		}
		for what, do := range map[string]func() error{
			"resumed":        func() error { _, err := Open(part, OpenOptions{}); return err },
			"forked":         func() error { _, err := Open(part, OpenOptions{Fork: true}); return err },
			"looked at":      func() error { _, err := Over(part); return err },
			"executed again": func() error { _, err := OpenRecorded(whole); return err },
			"judged":         func() error { _, err := judgeOf(whole)(nil); return err },
			"reported":       func() error { _, err := Report(whole); return err },
		} {
			if err := do(); err == nil || !strings.Contains(err.Error(), record.ScenarioName) {
				t.Errorf("%s, %s: %v", mode, what, err)
			}
		}
	}
}

// TestLeftWithDamagedCheckpoints: a run of which every checkpoint is damaged is not taken for
// one that can begin again.
func TestLeftWithDamagedCheckpoints(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: dir, CheckpointSteps: 2, Engine: Engine{Kind: "none"}}, 5, nil)
	r := &Stopped{Dir: dir}
	if err := r.readCheckpoint(); err != nil || r.from == nil || len(r.Notes) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	all, err := filepath.Glob(filepath.Join(dir, "checkpoints", "*.ckpt"))
	if err != nil || len(all) < 2 {
		t.Fatal(all, err)
	}
	for _, name := range all {
		if err := os.Truncate(name, 100); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := Left(dir, small(t)); err == nil {
		t.Errorf("%+v", r)
	}
	r = &Stopped{Dir: dir}
	if err := r.readCheckpoint(); err == nil || r.from != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestCheckpointsThatAreNone: a run goes on from no checkpoint that cannot be understood,
// although it has the right checksum, and does not begin again instead.
func TestCheckpointsThatAreNone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: dir, CheckpointSteps: 2, Engine: Engine{Kind: "none"}}, 3, nil)
	all, err := filepath.Glob(filepath.Join(dir, "checkpoints", "*.ckpt"))
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	data, err := os.ReadFile(all[0])
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data[:len(data)-sha256.Size], []byte(`{"`), []byte(`["`), 1)
	sum := sha256.Sum256(data)
	if err := os.WriteFile(all[0], append(data, sum[:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, do := range map[string]func() error{
		"resumed":   func() error { _, err := Open(dir, OpenOptions{}); return err },
		"left":      func() error { _, err := Left(dir, small(t)); return err },
		"looked at": func() error { _, err := Over(dir); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), filepath.Base(all[0])) || !strings.Contains(err.Error(), "invalid character") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestCheckpointsOfOtherNetworks: a checkpoint fits the network of its run only.
func TestCheckpointsOfOtherNetworks(t *testing.T) {
	dir, other := filepath.Join(t.TempDir(), "r"), filepath.Join(t.TempDir(), "other")
	failAt(t, small(t), Options{Dir: dir, CheckpointSteps: 2, Engine: Engine{Kind: "none"}}, 3, nil)
	done(t, small(t, "network.neurons=25", "associative_memory.patterns.width=5"), Options{Dir: other, Lean: true})
	f := forge{t, dir}
	f.file(record.ScenarioName, forge{t, other}.read(record.ScenarioName))
	if r, err := Over(dir); err == nil || r != nil {
		t.Errorf("looked at: %+v", r)
	}
	stopped, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := Do(t.Context(), stopped.Scenario, Options{From: stopped}); err == nil || r != nil {
		t.Errorf("resumed: %+v", r)
	}
}

// TestWeightsOfSynapses: the weights of a report are those of the synapses of each port, in
// the order of the network. A reader may stop early.
func TestWeightsOfSynapses(t *testing.T) {
	all := []topology.Synapse{
		{Source: 2, Target: 0, Port: 0, Weight: 9, Delay: 5}, {Source: 3, Target: 0, Port: 0, Weight: 9, Delay: 7}, {Source: 1, Target: 0, Port: 1, Weight: 9, Delay: 6},
		{Source: 0, Target: 1, Port: 1, Weight: 9, Delay: 8}, {Source: 1, Target: 1, Port: 1, Weight: 9, Delay: 9},
	}
	g, err := topology.FromSynapses([]topology.Population{{Name: "a", Size: 2}}, []topology.Population{{Name: "x", Size: 2}}, nil, all)
	if err != nil {
		t.Fatal(err)
	}
	reports := make([]neuron.Report, 2)
	reports[0].Weights[0], reports[0].Weights[1] = []float64{0.1, 0.2}, []float64{0.3}
	reports[1].Neuron, reports[1].Weights[1] = 1, []float64{0.4, 0.5}
	want := []record.Weight{
		{Target: 0, Port: 0, Source: 2, Weight: 0.1, Delay: 5}, {Target: 0, Port: 0, Source: 3, Weight: 0.2, Delay: 7}, {Target: 0, Port: 1, Source: 1, Weight: 0.3, Delay: 6},
		{Target: 1, Port: 1, Source: 0, Weight: 0.4, Delay: 8}, {Target: 1, Port: 1, Source: 1, Weight: 0.5, Delay: 9},
	}
	for stop := 1; stop <= len(want); stop++ {
		var got []record.Weight
		for w := range synapses(&sim.Network{Graph: g}, reports) {
			if got = append(got, w); len(got) == stop {
				break
			}
		}
		if !slices.Equal(got, want[:stop]) {
			t.Errorf("%+v, want %+v", got, want[:stop])
		}
	}
}

// TestScenariosThatCannotBeWritten: a scenario with a text that is not UTF-8 does not become
// that of a folder: a run of it does not begin, one that runs keeps its own.
func TestScenariosThatCannotBeWritten(t *testing.T) {
	bad := small(t, "control=none")
	bad.Experiment.Description = "\xff"
	if _, err := bad.Text(); err == nil {
		t.Fatal("it can be written")
	}
	dir, going := filepath.Join(t.TempDir(), "r"), filepath.Join(t.TempDir(), "going")
	if r, err := Do(t.Context(), bad, Options{Dir: dir}); r != nil || err == nil || !strings.Contains(err.Error(), "not UTF-8") {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it has a folder")
	}
	if set, err := SettingsOf(bad.Scenario); set != nil || err == nil {
		t.Errorf("settings %v, %v", set, err)
	}
	failAt(t, small(t), Options{Dir: going}, 2, func(_ int, r *Running) {
		if err := r.Amend(bad.Scenario, []byte("{}\n")); err == nil || len(r.Interventions()) != 0 || r.recorder.is.scenario == bad.Scenario {
			t.Errorf("amended: %v", err)
		}
	})
	if s, err := Load(filepath.Join(going, record.ScenarioName)); err != nil || s.Description != "" {
		t.Error(err)
	}
}

// TestMeasuresThatCannotBeRead: what a run measured is not judged if its table is broken.
func TestMeasuresThatCannotBeRead(t *testing.T) {
	for _, name := range []string{"measures.parquet", "pid.parquet"} {
		dir := filepath.Join(t.TempDir(), "r")
		r := done(t, small(t), Options{Dir: dir, Lean: true})
		if all, err := r.Judge(); err != nil || len(all) != 4 {
			t.Fatalf("%v, %v", all, err)
		}
		forge{t, dir}.file(name, []byte("no table"))
		if _, err := r.Judge(); !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if page, err := Report(dir); page != nil || err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: a report: %v", name, err)
		}
		if _, err := judgeOf(dir)(r.Scores.Values); !errors.Is(err, ErrFailed) {
			t.Errorf("%s: judged for a report: %v", name, err)
		}
	}
}

// TestActorsOfEngines: the kind and the number of shards of the actors are those that were
// asked for; without a number it depends on the workers.
func TestActorsOfEngines(t *testing.T) {
	net := networkOf(t, small(t))
	log := (&Options{}).newLog()
	for e, want := range map[Engine]actors.Options{
		{}:                              {Mode: actors.Neurons, Shards: actors.ShardsFor(net, runtime.GOMAXPROCS(0))},
		{Workers: 64}:                   {Mode: actors.Neurons, Shards: actors.ShardsFor(net, 64)},
		{Shards: 3, Workers: 2}:         {Mode: actors.Neurons, Shards: 3},
		{Kind: "neuron", Shards: 1}:     {Mode: actors.Neurons, Shards: 1},
		{Kind: "population", Shards: 7}: {Mode: actors.Population, Shards: 7},
	} {
		if got := e.actors(net, log.Logger); got.Mode != want.Mode || got.Shards != want.Shards || got.Logger != log.Logger {
			t.Errorf("%+v: %+v", e, got)
		}
	}
}

// TestNotesInTheLog: remarks about a control or a validation are expected; of others the log
// warns.
func TestNotesInTheLog(t *testing.T) {
	validation, err := Load("digits", "digits.samples=60", "digits.test=20", "digits.baselines=0", "validation=30%")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		s           *Scenario
		note, level string
	}{
		"a goal of nothing": {small(t, "neuron.goal={}"), "a goal of nothing", "WARN"},
		"a control":         {small(t, "neuron.goal={}", "control=frozen"), "a goal of nothing", "INFO"},
		"a validation":      {validation, "those of a validation", "INFO"},
	} {
		dir := filepath.Join(t.TempDir(), "r")
		done(t, c.s, Options{Dir: dir, Lean: true})
		noted := 0
		for _, line := range logOf(t, dir) {
			if text, _ := line["msg"].(string); strings.Contains(text, c.note) {
				if noted++; line["level"] != c.level || line["scenario"] != c.s.Name {
					t.Errorf("%s: %v", name, line)
				}
			}
		}
		if noted != 1 {
			t.Errorf("%s: noted %d times", name, noted)
		}
	}
}

// TestWhatIsNotRecorded: a table that was not asked for is empty, or not there; the spikes
// are counted nevertheless.
func TestWhatIsNotRecorded(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole")
	want := done(t, small(t), Options{Dir: whole, Lean: true})
	if rows := strings.Count(tableOf(t, done(t, small(t, "record.atoms=1"), Options{Dir: filepath.Join(t.TempDir(), "once"), Lean: true}).Dir, "pid"), "\n"); rows != 16 {
		t.Errorf("one sample of the atoms of 16 neurons has %d rows", rows)
	}
	for _, c := range []struct {
		set, table string
		empty      bool // it is there, without rows
	}{
		{"record.spikes=false", "spikes", true}, {"record.atoms=0", "pid", false}, {"record.weights=false", "weights-trained", false},
	} {
		dir := filepath.Join(t.TempDir(), "r")
		got := done(t, small(t, c.set, "expect=null"), Options{Dir: dir, Lean: true})
		if rows := strings.Count(tableOf(t, whole, c.table), "\n"); rows == 0 {
			t.Errorf("%s is empty", c.table)
		}
		if _, err := os.Stat(filepath.Join(dir, c.table+".parquet")); (err == nil) != c.empty || c.empty && strings.Contains(tableOf(t, dir, c.table), "\n") {
			t.Errorf("%s: there is a table %s: %v", c.set, c.table, err)
		}
		if got.Final.Counts["spikes"] != want.Final.Counts["spikes"] || got.Final.StateHash != want.Final.StateHash {
			t.Errorf("%s: %+v, want %+v", c.set, got.Final, want.Final)
		}
	}
}

// TestNeuronsThatTheTaskDoesNotHave: a run that is to record neurons which the network of its
// task does not have is refused before it has a folder.
func TestNeuronsThatTheTaskDoesNotHave(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	smaller := func(*scenarios.Scenario, scenarios.Files) (scenarios.Task, error) {
		s := small(t, "network.neurons=9", "associative_memory.patterns.width=3")
		return scenarios.NewTask(s.Scenario, s.Folder)
	}
	r, err := Do(t.Context(), small(t, "record.neurons=10-15"), Options{Dir: dir, Task: smaller})
	if r != nil || err == nil || !strings.Contains(err.Error(), "record.neurons") {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it has a folder")
	}
}
