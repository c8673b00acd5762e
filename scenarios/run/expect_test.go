package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/language"
)

func TestJudgeLive(t *testing.T) {
	lo, hi := 0.5, 0.8
	whole := []sample{{10, -1, 0.2}, {20, -1, 0.6}, {30, -1, 0.7}, {40, -1, 0.9}}
	holes := []sample{{10, -1, math.NaN()}, {20, -1, 0.4}, {30, -1, 0.6}}
	each := []sample{{10, 0, 0.6}, {10, 1, 0.4}, {20, 0, 0.7}, {20, 1, 0.45}}
	for _, c := range []struct {
		name    string
		e       language.Expect
		samples []sample
		pass    bool
		time    neuron.Time
		neuron  int // -1: no neuron is named
		got     float64
	}{
		{"always fails at the first offence", language.Expect{Always: "m", Min: &lo}, whole, false, 10, -1, 0.2},
		{"always after", language.Expect{Always: "m", Min: &lo, After: 15}, whole, true, 20, -1, 0.6},
		{"always within", language.Expect{Always: "m", Min: &lo, Max: &hi, After: 20, Within: 30}, whole, true, 20, -1, 0.6},
		{"always too large", language.Expect{Always: "m", Max: &hi}, whole, false, 40, -1, 0.9},
		{"eventually", language.Expect{Eventually: "m", Min: &hi}, whole, true, 40, -1, 0.9},
		{"eventually, and not any more later", language.Expect{Eventually: "m", Min: &lo, Max: of(0.65)}, whole, true, 20, -1, 0.6},
		{"eventually too late", language.Expect{Eventually: "m", Min: &hi, Within: 30}, whole, false, 30, -1, 0.7},
		{"never", language.Expect{Never: "m", Min: &hi}, whole, false, 40, -1, 0.9},
		{"never within", language.Expect{Never: "m", Min: &hi, Within: 30}, whole, true, 30, -1, 0.7},
		{"eventually, after NaN", language.Expect{Eventually: "m", Min: &lo}, holes, true, 30, -1, 0.6},
		{"eventually, after NaN, too low", language.Expect{Eventually: "m", Min: &hi}, holes, false, 30, -1, 0.6},
		{"never, after NaN", language.Expect{Never: "m", Min: &hi}, holes, true, 30, -1, 0.6},
		{"always, of each neuron", language.Expect{Always: "neuron.red", Min: &lo}, each, false, 10, 1, 0.4},
		{"eventually, of each neuron", language.Expect{Eventually: "neuron.red", Min: &lo}, each, false, 20, 1, 0.45},
		{"eventually, of no neuron: the first is told", language.Expect{Eventually: "neuron.red", Min: &hi}, each, false, 20, 0, 0.7},
		{"eventually, of each neuron, and not any more later", language.Expect{Eventually: "neuron.red", Max: of(0.6)}, each, true, 10, 0, 0.6},
		{"never, of each neuron", language.Expect{Never: "neuron.red", Min: &lo}, each, false, 10, 0, 0.6},
	} {
		v := judgeLive(&c.e, c.samples)
		id := -1
		if v.Neuron != nil {
			id = *v.Neuron
		}
		if v.Pass != c.pass || v.TimeUS == nil || *v.TimeUS != int64(c.time) || id != c.neuron || float64(v.Got) != c.got {
			t.Errorf("%s: got %+v, at %s", c.name, v, v.Text())
		}
	}
	v := judgeLive(&language.Expect{Always: "m", Min: &lo, After: 100}, whole)
	if v.Pass || !v.Missing || v.Text() != "not measured" {
		t.Errorf("an empty window: %+v", v)
	}
	if v := judgeLive(&language.Expect{Always: "m", Min: &lo}, []sample{{1, -1, math.NaN()}}); v.Pass {
		t.Error("NaN passes")
	}
	if got := window(&language.Expect{After: config.Duration(2e6), Within: config.Duration(3e6)}); got != " after 2s within 3s" {
		t.Error(got)
	}
}

// TestWhatIsAsked: an expectation applies if the document has its key, and never to a
// null control.
func TestWhatIsAsked(t *testing.T) {
	const impossible = `expect=[{score: recall.mean_overlap, min: 2, where: %s}]`
	for _, tc := range []struct {
		where string
		more  []string
		asked int
	}{
		{"data.patterns.patterns", nil, 1},
		{"data.patterns", nil, 1},
		{"seed", nil, 1},
		{"data.patterns.idx", nil, 0},
		{"data.patterns.patterns", []string{"control=frozen"}, 0},
	} {
		sets := append([]string{fmt.Sprintf(impossible, tc.where)}, tc.more...)
		res := done(t, small(t, sets...), Options{NoFiles: true})
		verdicts, err := res.Judge()
		if err != nil || len(verdicts) != tc.asked || (Missed(verdicts) != nil) != (tc.asked > 0) {
			t.Errorf("%s %v: %v, %v", tc.where, tc.more, verdicts, err)
		}
	}
	name := filepath.Join(t.TempDir(), "typo.yaml")
	if err := os.WriteFile(name, []byte(smallScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(name, fmt.Sprintf(impossible, "dat.patterns.idx")); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "no such section") {
		t.Error(err)
	}
}

// TestControlsAreNoWarning: the log says that a control has no expectations, but not as a
// warning.
func TestControlsAreNoWarning(t *testing.T) {
	levels := func(sets ...string) (all []slog.Level) {
		o := Options{NoFiles: true, Logger: func(io.Writer) *slog.Logger { return slog.New(&heard{levels: &all}) }}
		done(t, small(t, sets...), o)
		return all
	}
	if all := levels("control=frozen"); slices.Contains(all, slog.LevelWarn) || len(all) == 0 {
		t.Error(all)
	}
	if all := levels("neuron.goal={}"); !slices.Contains(all, slog.LevelWarn) {
		t.Error("a goal of nothing is no warning: ", all)
	}
}

// heard keeps the levels of log messages.
type heard struct {
	slog.Handler
	levels *[]slog.Level
}

func (h *heard) Enabled(context.Context, slog.Level) bool { return true }
func (h *heard) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *heard) WithGroup(string) slog.Handler            { return h }
func (h *heard) Handle(_ context.Context, r slog.Record) error {
	*h.levels = append(*h.levels, r.Level)
	return nil
}
