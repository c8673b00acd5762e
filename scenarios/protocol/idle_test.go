package protocol

import (
	"context"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
)

// TestIdleScripts: a script may return no moves, but not for ever. A move in between
// begins the count anew. The number in the message is that of the calls.
func TestIdleScripts(t *testing.T) {
	l := scripted(t, "def next(ctx):\n    print(\"called\")\n    return []")
	if err := l.Go(context.Background()); err == nil || !strings.Contains(err.Error(), "next has returned an empty list 1000 times in a row") {
		t.Error(err)
	}
	if got := strings.Count(l.text(), "print called"); got != maxIdle {
		t.Errorf("called %d times, want %d", got, maxIdle)
	}
	l = scripted(t, `def next(ctx):
    n = ctx.state.get("n", 0)
    ctx.state["n"] = n + 1
    if n == 2 * 999 + 1:
        return None
    return rest("1ms") if n == 999 else []`)
	if err := l.Go(context.Background()); err != nil {
		t.Errorf("999 times, a rest, and 998 times more: %v", err)
	}
}

// TestChannelsFallBack: a channel falls back to 0 at the end of its hold time, unless it
// has another spike before that or at that moment.
func TestChannelsFallBack(t *testing.T) {
	for _, c := range []struct {
		spikes []neuron.Time // of channel 1
		now    neuron.Time
		want   []neuron.Time // when it falls back, before now
	}{
		{nil, 100, nil}, {[]neuron.Time{3}, 12, nil}, {[]neuron.Time{3}, 13, nil}, {[]neuron.Time{3}, 14, []neuron.Time{13}},
		{[]neuron.Time{3, 5}, 14, nil}, {[]neuron.Time{3, 5}, 16, []neuron.Time{15}}, {[]neuron.Time{3, 13}, 20, nil}, {[]neuron.Time{3, 13}, 24, []neuron.Time{23}},
		{[]neuron.Time{3, 30}, 100, []neuron.Time{40}},
	} {
		l := start(t, small+others+"  - {name: learn, present: {data: p}}\n")
		g, _ := l.plan.Net.Input("input")
		f := &falling{hold: 10, last: map[int32]neuron.Time{}}
		for _, at := range c.spikes {
			f.add(1, at)
		}
		l.player.channels[1] = 1
		l.Run.fallBack(g, f, c.now)
		var got []neuron.Time
		for _, s := range l.buffers.feed.Inputs {
			if got = append(got, s.Time); s.Source != g.First+1 || s.Value != 0 {
				t.Errorf("%v: %+v", c.spikes, s)
			}
		}
		if !slices.Equal(got, c.want) || (l.player.channels[1] == 0) != (len(c.want) > 0) {
			t.Errorf("spikes at %v, before %v: falls back at %v, want %v; now %v", c.spikes, c.now, got, c.want, l.player.channels[1])
		}
	}
	none := &falling{last: map[int32]neuron.Time{}}
	if none.add(1, 3); len(none.queue) != 0 {
		t.Errorf("without a hold time: %v", none.queue)
	}
}
