package actors

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

// audited is an engine that requires a pass of every neuron when it is closed.
type audited struct {
	*Isolated
	t *testing.T
}

func (a audited) Close() error {
	a.t.Helper()
	again := a.ended
	err := a.Isolated.Close()
	if again {
		return err
	}
	all := a.Verdicts()
	if len(all) != a.Network().NumNeurons() {
		a.t.Errorf("%d verdicts on %d neurons", len(all), a.Network().NumNeurons())
	}
	for _, v := range all {
		if !v.Pass && v.Reason != "the run failed before the state of the neuron could be compared" {
			a.t.Errorf("neuron %d: %s", v.Neuron, v.Reason)
		}
	}
	return err
}

// TestIsolated runs random networks with delays, clocks, gates, noise, lesions,
// crashes and checkpoints: the audit gives the results of every other engine,
// and every neuron passes.
func TestIsolated(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		for seed := range uint64(12) {
			simtest.Check(t, seed, func(net *sim.Network) (sim.Engine, error) {
				e, err := NewIsolated(net, nil, o)
				return audited{e, t}, err
			})
		}
	})
}

// liar is the neuron that fails in these tests, in world 6.
const liar, world = 2, 6

// cheats runs a network in which liar gets other events than its inbox
// says, or none, and returns the verdicts.
func cheats(t *testing.T, cheat func(*neuron.Event), ids []neuron.ID) []Verdict {
	t.Helper()
	w, err := simtest.New(world)
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewIsolated(w.Net, ids, Options{Shards: 1, tap: func(id neuron.ID, in neuron.Inbox) {
		for i := range in.Events {
			if id == liar {
				cheat(&in.Events[i])
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(e, sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	return e.Verdicts()
}

// TestIsolatedFindsCheats gives a neuron something that is not in its inbox.
// This neuron fails, and no other.
func TestIsolatedFindsCheats(t *testing.T) {
	for name, cheat := range map[string]func(*neuron.Event){
		"another value": func(e *neuron.Event) { e.Value = -e.Value },
		"a little more": func(e *neuron.Event) { e.Value = math.Nextafter32(e.Value, 2) },
	} {
		for _, v := range cheats(t, cheat, nil) {
			if v.Pass == (v.Neuron == liar) || !v.Ended {
				t.Errorf("%s: neuron %d passes %v, %s", name, v.Neuron, v.Pass, v.Reason)
			}
			if v.Neuron == liar && (!v.Differs.Weights && !v.Differs.State || v.Reason == "") {
				t.Errorf("%s: it says %v, %s", name, v.Differs, v.Reason)
			}
		}
	}
	honest := cheats(t, func(*neuron.Event) {}, []neuron.ID{liar, 1})
	if len(honest) != 2 || honest[0].Neuron != 1 || honest[1].Neuron != liar || !honest[0].Pass || !honest[1].Pass {
		t.Errorf("neurons 1 and 2: %+v", honest)
	}
	if v := honest[1]; v.Updates == 0 || v.Events == 0 {
		t.Errorf("neuron 2 passes without input: %+v", v)
	}
}

// TestIsolatedSpikes changes the spikes of a copy: each kind of difference is
// told with its time.
func TestIsolatedSpikes(t *testing.T) {
	at := func(t neuron.Time, v float32) neuron.Spike { return neuron.Spike{Time: t, Source: 1, Value: v} }
	for _, c := range []struct {
		alone, sent []neuron.Spike
		want        string
	}{
		{[]neuron.Spike{at(5, 1), at(9, -1)}, []neuron.Spike{at(5, 1), at(9, -1)}, ""},
		{nil, []neuron.Spike{at(5, 1)}, "at 5µs it sent 1; alone with its inbox, it sends nothing"},
		{nil, []neuron.Spike{at(5, 1), at(9, 1)}, "at 5µs it sent 1; alone with its inbox, it sends nothing"}, // the first reason counts
		{[]neuron.Spike{at(5, 1)}, []neuron.Spike{at(5, -1)}, "at 5µs it sent -1; alone with its inbox, it sends 1 at 5µs"},
		{[]neuron.Spike{at(6, 1)}, []neuron.Spike{at(5, 1)}, "at 5µs it sent 1; alone with its inbox, it sends 1 at 6µs"},
		{[]neuron.Spike{at(5, 1), at(9, -1)}, []neuron.Spike{at(5, 1)}, "alone with its inbox, it sends -1 at 9µs, where it sent nothing"},
		{[]neuron.Spike{at(5, 1)}, nil, "alone with its inbox, it sends 1 at 5µs, where it sent nothing"},
	} {
		k := &isolatedCopy{out: neuron.Output{Spikes: c.alone}, verdict: &Verdict{}}
		a := &Isolated{copies: []*isolatedCopy{nil, k}}
		if err := (compared{a, sim.Discard{}}).Epoch(10, &neuron.Output{Spikes: c.sent}); err != nil {
			t.Fatal(err)
		}
		if v := k.verdict; v.Reason != c.want || v.Differs.Spikes != (c.want != "") || int(v.Spikes) != len(c.sent) {
			t.Errorf("%v and %v: %+v", c.alone, c.sent, v)
		}
		if len(k.out.Spikes) != 0 || k.read != 0 {
			t.Errorf("%v: spikes stay for the next epoch", c.alone)
		}
		if err := (compared{a, refusing{}}).Epoch(20, &neuron.Output{}); err != errFull {
			t.Errorf("a sink that fails: %v", err)
		}
	}
}

func changeWeights(n *neuron.Neuron, _ neuron.Time) error {
	for p := range neuron.Port(neuron.NumPorts) {
		n.SetWeights(p, make([]float64, len(n.Weights(p))), .5)
	}
	return nil
}

// TestIsolatedStates compares at every Restore, continues from the state that
// was restored, and counts the states that come from outside.
func TestIsolatedStates(t *testing.T) {
	w, err := simtest.New(world)
	if err != nil {
		t.Fatal(err)
	}
	var cheating atomic.Bool
	e, err := NewIsolated(w.Net, nil, Options{Shards: 1, tap: func(id neuron.ID, in neuron.Inbox) {
		if cheating.Load() && id == liar {
			for i := range in.Events {
				in.Events[i].Value *= -1
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(e, sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	if err := e.Restore(state); err != nil || e.Given() != 0 || e.Now() != 0 {
		t.Fatalf("an earlier state: %v, %d states from outside, at %v", err, e.Given(), e.Now())
	}
	if err := sim.Edit(e, []neuron.ID{1}, changeWeights); err != nil || e.Given() != 1 {
		t.Fatalf("%v, %d states from outside", err, e.Given())
	}
	cheating.Store(true)
	if err := w.Run(e, sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	cheating.Store(false)
	if err := e.Restore(state); err != nil {
		t.Fatal(err)
	}
	if err := w.Run(e, sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	for _, v := range e.Verdicts() {
		if v.Pass == (v.Neuron == liar) {
			t.Errorf("neuron %d passes %v, %s", v.Neuron, v.Pass, v.Reason)
		}
	}
}

// TestIsolatedFails asks for neurons that do not exist, and stops before the
// states can be compared.
func TestIsolatedFails(t *testing.T) {
	w, err := simtest.New(world)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewIsolated(w.Net, []neuron.ID{9999}, Options{}); err == nil || !strings.Contains(err.Error(), "there is no neuron 9999") {
		t.Error(err)
	}
	e, err := NewIsolated(w.Net, nil, Options{Shards: 1, tap: func(id neuron.ID, _ neuron.Inbox) {
		if id == liar {
			panic("a planted fault")
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(e, sim.Discard{}); err == nil {
		t.Error("the run did not fail")
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	for _, v := range e.Verdicts() {
		if v.Pass || v.Reason != "the run failed before the state of the neuron could be compared" {
			t.Errorf("neuron %d: %+v", v.Neuron, v)
		}
	}
}

// TestIsolatedLimits: the first and the last neuron can be audited, and no other numbers.
// The copies begin with the network: what makes a neuron impossible is the error.
func TestIsolatedLimits(t *testing.T) {
	net := freeMemory(t, 5, 1)
	for _, id := range []neuron.ID{-1, 5} {
		if e, err := NewIsolated(net, []neuron.ID{0, id}, Options{}); e != nil || textOf(err) != fmt.Sprintf("actors: there is no neuron %d", id) {
			t.Errorf("neuron %d: %v", id, err)
		}
	}
	e, err := NewIsolated(net, []neuron.ID{4, 0}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.Close(), e.Close()); err != nil {
		t.Error(err)
	}
	if v := e.Verdicts(); len(v) != 2 || v[0].Neuron != 0 || v[1].Neuron != 4 || !v[0].Pass || !v[1].Pass {
		t.Errorf("%+v", v)
	}
	spoil(net, 3)
	for _, ids := range [][]neuron.ID{nil, {3}} {
		if e, err := NewIsolated(net, ids, Options{}); e != nil || !strings.HasPrefix(textOf(err), "window is -1") {
			t.Errorf("copies of %v: %v", ids, err)
		}
	}
	if _, err := NewIsolated(net, []neuron.ID{0}, Options{}); !strings.HasPrefix(textOf(err), "neuron 3: window is -1") {
		t.Errorf("a copy of a neuron that can begin: %v", err)
	}
}

// TestIsolatedCopyFails: what a copy cannot live through is told, the first reason counts,
// and the copy stays where it is from then on.
func TestIsolatedCopyFails(t *testing.T) {
	net := freeMemory(t, 4, 1)
	verdict := &Verdict{Neuron: 1}
	c := &isolatedCopy{verdict: verdict}
	if err := c.begin(net, 1, []byte("no state")); err == nil {
		t.Error("it begins in something that is no state")
	}
	if err := c.begin(net, 1, nil); err != nil {
		t.Fatal(err)
	}
	next := c.neuron.Next()
	endless := []neuron.Event{{Time: 5, Value: float32(math.Inf(1)), Slot: 1, Port: neuron.Contextual}}
	c.live(&neuron.Inbox{Events: endless, End: next + 1})
	const want = "its inbox at 5µs cannot be written: "
	if !strings.HasPrefix(verdict.Reason, want) || c.neuron.Next() != next || len(c.out.Spikes) != 0 || verdict.Events != 0 {
		t.Errorf("a value that no recording holds: %+v, the next update is at %v", verdict, c.neuron.Next())
	}
	c.neuron = nil // only a bug of the program could do this
	if c.live(&neuron.Inbox{End: 9}); !strings.HasPrefix(verdict.Reason, want) {
		t.Errorf("the reason is now %s", verdict.Reason)
	}
	verdict.Reason = ""
	if c.live(&neuron.Inbox{End: 9}); !strings.HasPrefix(verdict.Reason, "it panicked: ") {
		t.Errorf("a panic: %+v", verdict)
	}
}

// TestIsolatedCheck compares the state of a copy with that of its original: what differs
// is named, and nothing else. Something that is no state is an error.
func TestIsolatedCheck(t *testing.T) {
	net, life := freeMemory(t, 4, 1), neuron.Inbox{End: 50 * freeInterval}
	original, err := net.NewNeuron(1)
	if err != nil {
		t.Fatal(err)
	}
	original.Advance(life, &neuron.Output{})
	c := &isolatedCopy{verdict: &Verdict{Neuron: 1}}
	if err := c.begin(net, 1, nil); err != nil {
		t.Fatal(err)
	}
	c.live(&life)
	same, err := original.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.check(net, same); err != nil || *c.verdict != (Verdict{Neuron: 1, Updates: original.Report(0).Updates}) || c.verdict.Updates < 20 {
		t.Errorf("the same state: %+v, %v", c.verdict, err)
	}
	if err := c.check(net, same[1:]); err == nil || c.verdict.Reason != "" {
		t.Errorf("a part of a state: %+v, %v", c.verdict, err)
	}
	original.SetWeights(neuron.Contextual, []float64{1, 2, 3}, 0)
	other, err := original.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "alone with its inbox, the neuron becomes another: weights, state differ"
	if err := c.check(net, other); err != nil || c.verdict.Reason != want || c.verdict.Differs != (Differs{Weights: true, State: true}) {
		t.Errorf("other weights: %+v, %v", c.verdict, err)
	}
	a := &Isolated{Engine: &Engine{net: net}}
	if err := a.each([]byte("no state"), nil); !errors.Is(err, sim.ErrState) {
		t.Errorf("copies of no state: %v", err)
	}
}

// TestIsolatedGivesErrors of the network: a run that failed has no state that is known,
// is not compared, and is not given another state. Neither is a run that is given
// something that is no state.
func TestIsolatedGivesErrors(t *testing.T) {
	w, err := simtest.New(world)
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewIsolated(w.Net, nil, Options{Shards: 1, tap: func(id neuron.ID, _ neuron.Inbox) {
		if id == liar {
			panic("a planted fault")
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	other, err := simtest.Sequential(w.Net)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(other, sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	outside, err := other.State()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Restore(outside[:len(outside)-1]); !errors.Is(err, sim.ErrState) || e.Given() != 0 {
		t.Errorf("a part of a state: %v, given %d", err, e.Given())
	}
	failed := w.Run(e, sim.Discard{})
	if failed == nil {
		t.Fatal("no fault")
	}
	if state, err := e.State(); state != nil || err != failed || len(e.known) != 0 {
		t.Errorf("%v, %d states are known", err, len(e.known))
	}
	if err := e.Restore(outside); err != failed || e.Given() != 0 {
		t.Errorf("%v, given %d", err, e.Given())
	}
}

// acquitsNobody closes an engine whose run failed: no neuron passes or is accused.
func acquitsNobody(t *testing.T, e *Isolated) {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	for _, v := range e.Verdicts() {
		if v.Pass || v.Ended || v.Reason != "the run failed before the state of the neuron could be compared" {
			t.Errorf("%+v", v)
		}
	}
}

// TestIsolatedCopyThatCannotBegin: if a copy cannot be made in the state that the network
// is given, the error names its neuron, and no neuron passes or is accused.
func TestIsolatedCopyThatCannotBegin(t *testing.T) {
	net := freeMemory(t, 5, 1)
	e, err := NewIsolated(net, nil, Options{Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	spoil(net, 3)
	lost := e.Restore(state)
	if !strings.HasPrefix(textOf(lost), "neuron 3: window is -1") {
		t.Fatalf("got %v", lost)
	}
	if err := e.Advance(t.Context(), freeInterval, sim.Feed{}, badSink{}); err != lost {
		t.Errorf("it goes on: %v", err)
	}
	if err := e.Restore(state); err != lost {
		t.Errorf("it is given a state again: %v", err)
	}
	acquitsNobody(t, e)
}

// TestIsolatedCopyWithoutAState: a copy that broke down cannot be compared. The error names
// it, and no neuron passes.
func TestIsolatedCopyWithoutAState(t *testing.T) {
	e, err := NewIsolated(freeMemory(t, 4, 1), nil, Options{Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	broken(t, e.copies[2].neuron)
	if err := e.Restore(state); textOf(err) != "neuron 2: neuron: 2 broke down and has no state" {
		t.Errorf("got %v", err)
	}
	acquitsNobody(t, e)
}

// TestVerdictsAreAdded: neurons of the same number in several networks share a verdict.
func TestVerdictsAreAdded(t *testing.T) {
	pass := Verdict{Neuron: 3, Pass: true, Ended: true, Updates: 1, Events: 20, Spikes: 300}
	for _, c := range []struct{ a, b, want Verdict }{
		{pass, pass, Verdict{Neuron: 3, Pass: true, Ended: true, Updates: 2, Events: 40, Spikes: 600}},
		{pass, Verdict{Neuron: 3, Ended: true, Reason: "b", Differs: Differs{Inboxes: true, Window: true, State: true}}, Verdict{Neuron: 3, Ended: true, Reason: "b", Differs: Differs{Inboxes: true, Window: true, State: true}, Updates: 1, Events: 20, Spikes: 300}},
		{Verdict{Neuron: 3, Ended: true, Reason: "a", Differs: Differs{Inputs: true, Spikes: true, Weights: true}}, Verdict{Reason: "b"}, Verdict{Neuron: 3, Reason: "a", Differs: Differs{Inputs: true, Spikes: true, Weights: true}}},
	} {
		got := c.a
		if got.Add(&c.b); got != c.want {
			t.Errorf("%+v and %+v: %+v", c.a, c.b, got)
		}
	}
	for _, d := range []Differs{{Inputs: true}, {Inboxes: true}, {Spikes: true}, {Weights: true}, {Window: true}, {State: true}} {
		for _, v := range [][2]Differs{{d, {}}, {{}, d}, {d, d}} {
			got := Verdict{Differs: v[0]}
			if got.Add(&Verdict{Differs: v[1]}); got.Differs != d {
				t.Errorf("%v and %v: %v", v[0], v[1], got.Differs)
			}
		}
	}
}
