package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
)

var errEnough = errors.New("that is enough")

// failAt runs a scenario that fails once so many steps have been told; at each step, step is
// called with its number. It returns the spikes and the time at the steps, from 0 on.
func failAt(t *testing.T, s *Scenario, o Options, last int, step func(n int, r *Running)) (spikes, times []int64) {
	t.Helper()
	var r *Running
	o.Began = func(begun *Running) { r = begun }
	spikes, times = []int64{0}, []int64{0}
	told := int64(0)
	o.Listener = &journal.Listener{
		Within: func() int { return 1 },
		Epoch:  func(_ neuron.Time, out *neuron.Output) error { told += int64(len(out.Spikes)); return nil },
		Step: func(string, int, int) error {
			spikes, times = append(spikes, told), append(times, int64(r.Engine.Now()))
			if step != nil {
				step(len(spikes)-1, r)
			}
			if len(spikes) > last {
				return errEnough
			}
			return nil
		},
	}
	if _, err := Do(t.Context(), s, o); !errors.Is(err, errEnough) || fault.Kind(err) != fault.ErrFailed {
		t.Fatal(err)
	}
	return spikes, times
}

// TestCheckpointsByCount: a checkpoint is of every so many steps, with the spikes and the
// time of its step; before the first there is none.
func TestCheckpointsByCount(t *testing.T) {
	for _, c := range []struct{ every, last, step int }{{3, 2, 0}, {3, 3, 3}, {3, 5, 3}, {3, 7, 6}, {1, 4, 4}, {0, 4, 0}, {100, 8, 0}} {
		dir := filepath.Join(t.TempDir(), "r")
		spikes, times := failAt(t, small(t), Options{Dir: dir, CheckpointSteps: c.every, Engine: Engine{Kind: "none"}}, c.last, nil)
		stopped, err := Open(dir, OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if c.step == 0 {
			if stopped.from != nil {
				t.Errorf("every %d, failed at %d: a checkpoint of step %d", c.every, c.last, stopped.from.Meta.Step)
			}
			continue
		}
		m := stopped.from.Meta
		if m.Step != int64(c.step) || m.Spikes != spikes[c.step] || m.TimeUS != times[c.step] || m.Scenario != "small" || m.Seed != 1 {
			t.Errorf("every %d, failed at %d: %+v, want step %d with %d spikes at %d us", c.every, c.last, m, c.step, spikes[c.step], times[c.step])
		}
	}
}

// TestCountsGoOn: steps and spikes of a run that goes on are counted from its beginning,
// so that its checkpoints follow those that it has.
func TestCountsGoOn(t *testing.T) {
	none := Engine{Kind: "none"}
	spikes, times := failAt(t, small(t), Options{Dir: filepath.Join(t.TempDir(), "whole"), Engine: none}, 9, nil)
	first, forked := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "forked")
	failAt(t, small(t), Options{Dir: first, CheckpointSteps: 2, Engine: none}, 5, nil) // goes on from step 4
	for _, dir := range []string{forked, first} {
		o := OpenOptions{Fork: dir == forked}
		stopped, err := Open(first, o)
		if err != nil {
			t.Fatal(err)
		}
		failAt(t, stopped.Scenario, Options{From: stopped, Dir: dir, CheckpointSteps: 1, Engine: none}, 3, nil)
		again, err := Open(dir, OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		n := again.from.Meta.Step
		if m := again.from.Meta; n != 7 || m.Spikes != spikes[n] || m.TimeUS != times[n] {
			t.Errorf("fork %v: %+v, want %d spikes at %d us", o.Fork, m, spikes[n], times[n])
		}
	}
}

// TestOver: a run is looked at as it was at its last checkpoint, or in the beginning, and is
// left as it is.
func TestOver(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	_, times := failAt(t, small(t), Options{Dir: dir, CheckpointSteps: 4, Engine: Engine{Kind: "none"}}, 6, nil)
	early := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: early, Engine: Engine{Kind: "none"}}, 6, nil)
	for name, c := range map[string]struct {
		dir string
		at  int64
	}{"from a checkpoint": {dir, times[4]}, "from the beginning": {early, 0}} {
		before := contents(t, c.dir)
		r, err := Over(c.dir)
		if err != nil {
			t.Fatal(err)
		}
		if int64(r.Engine.Now()) != c.at || r.Scenario.Name != "small" || r.Dir != c.dir || r.Task.Network().NumNeurons() != 16 || len(r.Interventions()) != 0 {
			t.Errorf("%s: at %v, want %d us, %d neurons, done %q", name, r.Engine.Now(), c.at, r.Task.Network().NumNeurons(), r.Interventions())
		}
		if err := r.Engine.Close(); err != nil {
			t.Error(err)
		}
		same(t, name, contents(t, c.dir), before)
	}
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		if _, err := Over(dir); err == nil || fault.Kind(err) != fault.ErrInput {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// TestAmendedRuns: a scenario that is amended while it runs is the folder's, with what was
// done; a run that goes back to its last checkpoint has the scenario of that.
func TestAmendedRuns(t *testing.T) {
	const done = `{"at": 1}` + "\n"
	for _, c := range []struct {
		name        string
		every       int // steps between checkpoints; the scenario is amended at step 5 of 7
		back        bool
		description string
		lines       string
	}{ // of every four steps the eighth is next: a run that goes back writes no checkpoint of it
		{"no way back", 4, false, "another", done}, {"back to before", 4, true, "", ""}, {"back to after", 6, true, "another", done}, {"to the beginning", 0, true, "", ""},
	} {
		dir := filepath.Join(t.TempDir(), "r")
		ctx, cancel := context.WithCancelCause(t.Context())
		var r *Running
		n := 0
		if _, err := Do(ctx, small(t), Options{Dir: dir, CheckpointSteps: c.every, Engine: Engine{Kind: "none"}, Began: func(begun *Running) { r = begun }, Listener: &journal.Listener{
			Within: func() int { return 1 },
			Step: func(string, int, int) error {
				switch n++; n {
				case 5:
					return r.Amend(small(t, "description=another").Scenario, []byte(done))
				case 7:
					cancel(map[bool]error{true: ErrBack, false: nil}[c.back])
				}
				return nil
			},
		}}); !errors.Is(err, ErrInterrupted) {
			t.Errorf("%s: %v", c.name, err)
		}
		cancel(nil)
		s, err := Load(filepath.Join(dir, record.ScenarioName))
		if err != nil {
			t.Fatal(err)
		}
		lines, _ := os.ReadFile(filepath.Join(dir, record.InterventionsName))
		if s.Description != c.description || string(lines) != c.lines {
			t.Errorf("%s: the scenario is described as %q, %q was done; want %q, %q", c.name, s.Description, lines, c.description, c.lines)
		}
		if _, err := Open(dir, OpenOptions{}); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestAmendWithoutFolder: where there is no folder there is nothing to amend.
func TestAmendWithoutFolder(t *testing.T) {
	r := &Running{recorder: &recorder{}}
	if err := r.Amend(small(t).Scenario, []byte("{}\n")); err != nil || len(r.Interventions()) != 0 {
		t.Errorf("%v, %q", err, r.Interventions())
	}
}

// TestScenarioAsItRuns: the manifest has the hash of the text in the folder, and its
// settings as JSON are those of the text.
func TestScenarioAsItRuns(t *testing.T) {
	s := small(t, "seed=18446744073709551615")
	text, hash, doc, err := resolved(s.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	if hash != hex.EncodeToString(sum[:]) {
		t.Errorf("hash %s", hash)
	}
	d := json.NewDecoder(strings.NewReader(string(doc)))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	set, err := SettingsOf(s.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	if diff := Flatten(tree).Differences(set); len(diff) > 0 || set["seed"] != "18446744073709551615" {
		t.Errorf("%v, seed %s", diff, set["seed"])
	}
	if got := noteOf(s, networkOf(t, s)); got != "small, 16 neurons, seed 18446744073709551615" {
		t.Error(got)
	}
}

// TestChangedScenarios: a run whose scenario was edited is refused with what was changed,
// and with the command that goes on with the change elsewhere.
func TestChangedScenarios(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: dir, CheckpointSteps: 1, Engine: Engine{Kind: "none"}}, 2, nil)
	path := filepath.Join(dir, record.ScenarioName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		"seed: 1\n":   "\n  seed was 1, is 5\na resumed run must be the same experiment: put that back, and go on with a change in a new folder: infomorph resume " + dir + " --fork --set seed=5",
		"name: small": "\n  name was small, is other\na resumed run",
	} {
		to := map[string]string{"seed: 1\n": "seed: 5\n", "name: small": "name: other"}[from]
		if !strings.Contains(string(text), from) {
			t.Fatalf("no %q in\n%s", from, text)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, OpenOptions{}); err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, record.ErrDamaged) {
			t.Errorf("%s: %v\nwant %s", to, err, want)
		}
	}
	if err := os.WriteFile(path, append(slices.Clone(text), "# mine\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, OpenOptions{}); !errors.Is(err, record.ErrDamaged) || strings.Contains(err.Error(), "--set") {
		t.Errorf("a comment more: %v", err)
	}
	if err := os.WriteFile(path, []byte("name: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, OpenOptions{}); !errors.Is(err, record.ErrDamaged) || strings.Contains(err.Error(), " was ") || strings.Count(err.Error(), record.ScenarioName) < 2 {
		t.Errorf("no scenario: %v", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, OpenOptions{}); err != nil {
		t.Errorf("as it was: %v", err)
	}
}

// TestFurtherEngines: the many small networks of a task run on the sequential reference,
// unless a kind was chosen.
func TestFurtherEngines(t *testing.T) {
	net := networkOf(t, small(t))
	first, err := sim.NewSequential(net)
	if err != nil {
		t.Fatal(err)
	}
	for kind, sequential := range map[string]bool{"": true, "none": true, "population": false, "neuron": false} {
		log := (&Options{}).newLog()
		e, err := Engine{Kind: kind, Workers: 1, Shards: 1}.further(net, log.engine())
		if err != nil {
			t.Fatal(kind, err)
		}
		if got := reflect.TypeOf(e) == reflect.TypeOf(first); got != sequential {
			t.Errorf("%q runs on %T", kind, e)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLateLog: what is logged before there is a folder is dropped, and nothing after.
func TestLateLog(t *testing.T) {
	l := &lateWriter{}
	var b strings.Builder
	for _, text := range []string{"early", "late", "later"} {
		if text == "late" {
			l.set(&b)
		}
		if n, err := l.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%s: %d, %v", text, n, err)
		}
	}
	if b.String() != "latelater" {
		t.Error(b.String())
	}
}

// networkOf returns the network of a scenario.
func networkOf(t *testing.T, s *Scenario) *sim.Network {
	t.Helper()
	task, err := scenarios.NewTask(s.Scenario, s.Folder)
	if err != nil {
		t.Fatal(err)
	}
	return task.Network()
}
