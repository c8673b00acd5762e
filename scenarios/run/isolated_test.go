package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/actors"
	"infomorph/internal/footprint"
	"infomorph/internal/record"
)

// executed runs a scenario in lockstep and opens its folder.
func executed(t *testing.T, s *Scenario) *Recorded {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	done(t, s, Options{Dir: dir, Lean: true})
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// outcomes returns the outcome of each comparison.
func outcomes(all []Comparison) map[string]Comparison {
	by := map[string]Comparison{}
	for _, c := range all {
		by[c.What] = c
	}
	return by
}

// TestLockstepRunsAgain repeats a run in lockstep: with nothing else for a replay, with
// copies of its neurons for an audit.
func TestLockstepRunsAgain(t *testing.T) {
	r := executed(t, small(t))
	steps := 0
	o := actors.ReplayOptions{Workers: 2, Progress: func(done, total int) {
		if steps++; done < 0 || done > total {
			t.Errorf("progress: %d of %d", done, total)
		}
	}}
	got, err := r.Replay(t.Context(), o)
	if err != nil || !got.Pass || got.StateHash != r.manifest.StateHash || got.Expected != got.StateHash || len(got.Verdicts) != 0 || steps == 0 {
		t.Fatalf("%v: %+v", err, got)
	}
	if got.Spikes != r.manifest.Counts["spikes"] || int64(got.Now) != r.manifest.SimulatedUS || got.Spikes == 0 {
		t.Errorf("%d spikes in %v", got.Spikes, got.Now)
	}
	is := outcomes(got.Compared)
	for _, what := range []string{"final state", "simulated time", "table spikes.parquet", "table weights-trained.parquet", "counts", "scores"} {
		if is[what].Outcome != Same {
			t.Errorf("%s: %+v", what, is[what])
		}
	}
	all, err := r.Audit(t.Context(), o)
	if err != nil || !all.Pass || len(all.Verdicts) != r.Neurons() {
		t.Fatalf("%v: %+v", err, all)
	}
	for _, v := range all.Verdicts { // in this network all neurons learn at the same times
		if v.Updates != all.Verdicts[0].Updates || v.Updates == 0 || !v.Ended {
			t.Errorf("neuron %d: %+v, neuron 0: %d updates", v.Neuron, v, all.Verdicts[0].Updates)
		}
	}
	is = outcomes(all.Compared)
	for _, what := range []string{"outputs", "weights", "windows", "states"} {
		if c := is[what]; c.Outcome != Same || c.With != "the run again" || c.Of != "16 of 16 neurons" {
			t.Errorf("%s: %+v", what, c)
		}
	}
	if is["inputs, inboxes"].Outcome != NotCompared || is["scores"].Outcome != Same {
		t.Errorf("%v", is)
	}
	some, err := r.Audit(t.Context(), o, 5, 3)
	if err != nil || !some.Pass || len(some.Verdicts) != 2 || some.Verdicts[0].Neuron != 3 || some.Verdicts[1] != all.Verdicts[5] {
		t.Errorf("%v: %+v", err, some)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Audit(ctx, o); !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
}

// TestForgeriesInLockstep: changes of folders of lockstep runs are found even if their
// checksums are correct.
func TestForgeriesInLockstep(t *testing.T) {
	from := filepath.Join(t.TempDir(), "lockstep")
	done(t, small(t), Options{Dir: from, Lean: true})
	for name, c := range map[string]struct {
		change func(forge)
		wants  string
	}{
		"nothing": {func(forge) {}, ""},
		"a foreign table": {func(f forge) {
			f.file("weights-trained.parquet", f.read("presentations.parquet"))
		}, "table weights-trained.parquet the replay"},
		"a wrong final hash": {func(f forge) {
			f.manifest(func(m *record.Manifest) { m.StateHash = strings.Repeat("ab", 32) })
		}, "final state manifest.json"},
		"a longer run":  {func(f forge) { f.manifest(func(m *record.Manifest) { m.SimulatedUS++ }) }, "simulated time manifest.json"},
		"more spikes":   {func(f forge) { f.manifest(func(m *record.Manifest) { m.Counts["spikes"]++ }) }, "counts manifest.json"},
		"another score": {func(f forge) { f.file("summary.json", []byte(`{"recall.mean_overlap": 1}`)) }, "scores summary.json"},
	} {
		t.Run(name, func(t *testing.T) { finds(t, from, c.change, c.wants) })
	}
}

// TestAuditOfStudies audits the networks of all trials of a study. Neurons that only the
// larger networks have are audited there.
func TestAuditOfStudies(t *testing.T) {
	name := filepath.Join(t.TempDir(), "study.yaml")
	text := "apiVersion: infomorph/v1\nname: loads\nnetwork: {neurons: 9}\ncapacity: {rules: [online, hebb], loads: [0.2, 0.4], presentations: 3}\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	r := executed(t, s)
	got, err := r.Audit(t.Context(), actors.ReplayOptions{Workers: 1})
	if err != nil || !got.Pass || len(got.Verdicts) != 9 {
		t.Fatalf("%v: %+v", err, got)
	}
	if c := outcomes(got.Compared)["states"]; !strings.HasPrefix(c.Of, "9 of 9 neurons in ") || c.Outcome != Same {
		t.Errorf("%+v", c)
	}
	for _, v := range got.Verdicts {
		if !v.Pass || v.Updates == 0 || v.Events == 0 {
			t.Errorf("neuron %d: %+v", v.Neuron, v)
		}
	}
}

// TestAuditTellsOfOtherStates: weights that were learnt outside the network are not part
// of the audit, and it says so.
func TestAuditTellsOfOtherStates(t *testing.T) {
	for set, want := range map[string]bool{"": false, "events=[{at: 300ms, crash: {}, neurons: \"#2\"}]": true} {
		sets := []string{}
		if set != "" {
			sets = append(sets, set)
		}
		r := executed(t, small(t, sets...))
		got, err := r.Audit(t.Context(), actors.ReplayOptions{Workers: 1})
		if err != nil || !got.Pass {
			t.Fatalf("%s: %v: %+v", set, err, got)
		}
		if c, has := outcomes(got.Compared)["states from outside"]; has != want || has && (c.Outcome != NotCompared || !strings.HasPrefix(c.Why, "1 time the scenario")) {
			t.Errorf("%s: %+v", set, c)
		}
	}
}

// TestAuditThatDoesNotFit refuses an audit for which there is not enough memory, but not one
// of fewer neurons, nor a replay.
func TestAuditThatDoesNotFit(t *testing.T) {
	r := executed(t, small(t))
	r.scenario.Room = footprint.Room{Bytes: 64 << 20, Of: "--max-memory"} // the network takes about 53 MiB, as do copies of all neurons
	if got, err := r.Audit(t.Context(), actors.ReplayOptions{Workers: 1}); got != nil || !errors.Is(err, footprint.ErrTooLarge) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1}); err != nil || !got.Pass {
		t.Errorf("a replay, which needs no copies: %+v, %v", got, err)
	}
	if got, err := r.Audit(t.Context(), actors.ReplayOptions{Workers: 1}, 3); err != nil || !got.Pass {
		t.Errorf("an audit of one neuron: %+v, %v", got, err)
	}
}
