package sim

import (
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

func TestSchedulerSkipsAndCuts(t *testing.T) {
	net := tiny(t, 2, 10, 10, Noise{})
	feed := Feed{
		Inputs:  []neuron.Spike{{Time: 5, Source: 2}, {Time: 9, Source: 3}, {Time: 47, Source: 2}},
		Signals: []neuron.Signal{{Time: 30}},
	}
	p, err := NewScheduler(net, 3, 48, feed)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		next            neuron.Time // time from the routers
		index           int64
		end             neuron.Time
		inputs, signals int
	}{
		{neuron.Never, 0, 10, 2, 0}, // the rest of epoch 0
		{20, 2, 30, 0, 0},           // a router has something to do
		{20, 3, 40, 0, 1},           // the time from routers may be in the past
		{neuron.Never, 4, 48, 1, 0}, // up to until
	}
	for _, w := range want {
		e, ok := p.Next(w.next)
		if !ok || e.Index != w.index || e.End != w.end || len(e.Inputs) != w.inputs || len(e.Signals) != w.signals {
			t.Errorf("Next(%v) = %+v, %v, want %+v", w.next, e, ok, w)
		}
	}
	if e, ok := p.Next(48); ok {
		t.Errorf("another epoch %+v after the end", e)
	}
}

func TestSchedulerRefuses(t *testing.T) {
	net := tiny(t, 2, 10, 10, Noise{})
	in := func(s ...neuron.Spike) Feed { return Feed{Inputs: s} }
	for _, c := range []struct {
		now, until neuron.Time
		feed       Feed
		want       string
	}{
		{5, 4, Feed{}, "back"},
		{5, 9, in(neuron.Spike{Time: 4, Source: 2}), "outside"},
		{5, 9, in(neuron.Spike{Time: 9, Source: 2}), "outside"},
		{5, 9, in(neuron.Spike{Time: 5, Source: 1}), "channels are 2 to 3"},
		{5, 9, in(neuron.Spike{Time: 5, Source: 4}), "channels are 2 to 3"},
		{5, 9, in(neuron.Spike{Time: 6, Source: 2}, neuron.Spike{Time: 5, Source: 2}), "not in order"},
		{5, 9, in(neuron.Spike{Time: 6, Source: 3}, neuron.Spike{Time: 6, Source: 2}), "not in order"},
		{5, 9, Feed{Signals: []neuron.Signal{{Time: 9}}}, "outside"},
		{5, 9, Feed{Signals: []neuron.Signal{{Time: 4}}}, "outside"},
		{5, 9, Feed{Signals: []neuron.Signal{{Time: 8}, {Time: 7}}}, "out of order"},
	} {
		if _, err := NewScheduler(net, c.now, c.until, c.feed); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want something about %q", c, err, c.want)
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	for _, z := range []Noise{{Loss: -0.1}, {Loss: 1.1}, {Duplicate: 2}, {Jitter: -1}, {Reorder: 2}, {Hold: -1}} {
		net := tiny(t, 2, 10, 10, Noise{})
		net.Noise = []Noise{z, {}}
		if err := net.Prepare(); err == nil {
			t.Errorf("noise %+v is accepted", z)
		}
	}
	if err := (&Network{Graph: &topology.Graph{}}).Prepare(); err == nil {
		t.Error("a network without neurons is accepted")
	}
	net := tiny(t, 2, 10, 10, Noise{})
	net.Noise = make([]Noise, 3)
	if err := net.Prepare(); err == nil {
		t.Error("noise for three of two projections is accepted")
	}
	net.Noise, net.Group = make([]Noise, 4), func(id neuron.ID) int { return 2 * int(id) }
	if err := net.Prepare(); err == nil {
		t.Error("noise for two of three groups is accepted")
	}
	net.Noise, net.Group = []Noise{{Reorder: 0.1, Hold: 10 * maxBuckets}, {}}, nil
	if err := net.Prepare(); err == nil {
		t.Error("a hold of a million epochs is accepted")
	}
	net.Noise = []Noise{{Jitter: 10 * maxBuckets}, {}}
	if err := net.Prepare(); err == nil {
		t.Error("a jitter of a million epochs is accepted")
	}
}
