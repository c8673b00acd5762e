package scenarios_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/protocol"
)

// beside is the folder with the files of the scenarios.
type beside string

func (d beside) Open(name string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(string(d), name))
}

func (d beside) List(name string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(string(d), name))
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

// run runs a scenario with other settings and returns its scores.
func run(t *testing.T, file string, sets ...string) map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("builtin", file))
	if err != nil {
		t.Fatal(err)
	}
	e, err := language.Load(file, text, sets...)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := protocol.Prepare(e, beside("builtin"))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := sim.NewSequential(plan.Network())
	if err != nil {
		t.Fatal(err)
	}
	scores := map[string]float64{}
	r, err := plan.Start(engine, &journal.Listener{Score: func(name string, value, _ float64) { scores[name] = value }})
	if err == nil {
		err = r.Go(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	return scores
}

// Each scenario reaches its score with a seed that was not used for tuning, and does not
// reach it with shuffled labels.
func TestScenariosBeatTheirControls(t *testing.T) {
	for _, tc := range []struct {
		name, score string
		min, chance float64
	}{
		{"own-table", "accuracy.test", 0.8, 0.65},
		{"recorded-spikes", "accuracy.test", 0.7, 0.65},
		{"connectome", "accuracy.test", 0.75, 0.7},
		{"deep", "accuracy.test", 0.65, 0.2},
		{"mixed-goals", "bars.found", 8, 0},
		{"sequence", "prediction.accuracy", 0.6, 0.45},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sets := []string{"seed=7001"}
			if tc.name == "deep" { // a part of it is enough for this test
				sets = append(sets, "data.digits.strokes.train=3000", "data.digits.strokes.test=500")
			}
			if got := run(t, tc.name+".yaml", sets...)[tc.score]; !(got >= tc.min) {
				t.Errorf("%s is %.3f, want at least %g", tc.score, got, tc.min)
			}
			if got := run(t, tc.name+".yaml", append(sets, "control=shuffled")...)[tc.score]; !(got <= tc.chance) {
				t.Errorf("shuffled, %s is %.3f, want at most %g", tc.score, got, tc.chance)
			}
		})
	}
}
