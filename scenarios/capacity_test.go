package scenarios

import (
	"strings"
	"testing"

	"infomorph/internal/sim"
)

// Every rule is measured in the same harness, in the known order of capacity.
func TestCapacity(t *testing.T) {
	n := play(t, "capacity", nil, "network.neurons=40", "capacity.loads=[0.1, 0.3, 0.7, 1.1, 1.4]",
		"capacity.tolerance=0", "capacity.passes=300", "capacity.presentations=15")
	n.want(t, "capacity.hebb", 0, 0.3)
	n.want(t, "capacity.storkey", 0.1, 0.7)
	n.want(t, "capacity.pseudo_inverse", 0.7, 1.1)
	n.want(t, "capacity.online", 0.7, 1.7)
	n.want(t, "capacity.batch", 1.1, 1.7)
	n.want(t, "capacity.logistic", 1.1, 1.7)
	if len(n.tables) != 1 || len(n.tables[0].Rows) != 7*5 {
		t.Errorf("tables: %v", n.tables)
	}
	for _, name := range []string{"cosine", "exact", "atoms-online", "atoms-batch"} {
		if n.figures[name] == nil {
			t.Errorf("no picture %s", name)
		}
	}
}

// Bisection narrows the capacity down to its tolerance.
func TestBisection(t *testing.T) {
	coarse := play(t, "capacity", nil, "capacity.rules=[hebb]", "capacity.loads=[0.05, 0.5]", "capacity.tolerance=0")
	fine := play(t, "capacity", nil, "capacity.rules=[hebb]", "capacity.loads=[0.05, 0.5]", "capacity.tolerance=0.02")
	coarse.want(t, "capacity.hebb", 0.05, 0.05)
	fine.want(t, "capacity.hebb", 0.08, 0.25)
}

// Belief recall has the larger basin, and a known half of the bits helps both.
func TestCapacityFromDamagedCues(t *testing.T) {
	measure := func(recall string) *notebook {
		return play(t, "capacity", nil, "network.neurons=60", "capacity.rules=[logistic]", "capacity.loads=[0.2, 0.4, 0.6, 1.2]", "capacity.tolerance=0", "capacity.recall="+recall)
	}
	sign := measure("{name: damaged, cue: flip, fraction: 10%}").scores["capacity.logistic"]
	belief := measure("{name: damaged, cue: flip, fraction: 10%, dynamics: graded_belief}").scores["capacity.logistic"]
	if sign > belief || belief < 0.4 {
		t.Errorf("capacity %v by signs and %v by beliefs", sign, belief)
	}
	measure("{name: half, cue: partial, fraction: 50%, release: held}").want(t, "capacity.logistic", 0.2, 1.2)
}

// A trial does not depend on what was measured before it.
func TestTrialsBeginAnew(t *testing.T) {
	task := taskOf(t, "capacity", nil, "network.neurons=20").(*capacityTask)
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	start, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	r := &capacityRun{capacityTask: task, engine: e, journal: newNotebook(), start: start}
	first, err := r.trial("online", 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.trial("online", 17); err != nil {
		t.Fatal(err)
	}
	again, err := r.trial("online", 10)
	if err != nil {
		t.Fatal(err)
	}
	if first.cosine != again.cosine || first.atoms[2] != again.atoms[2] {
		t.Errorf("first %+v, then %+v", first, again)
	}
}

func TestStreaming(t *testing.T) {
	play(t, "streaming-memory", nil, "capacity.streaming.patterns=60", "capacity.streaming.tested=30").want(t, "streaming.kept", 4, 30)
}

func TestCapacityMistakes(t *testing.T) {
	for want, set := range map[string]string{
		"at most 100000 patterns": "network.neurons=90000",
		"capacity.rules[0]":       "capacity.rules=[hebbb]",
	} {
		if _, err := loadTask(t, "capacity", nil, set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", set, err, want)
		}
	}
}
