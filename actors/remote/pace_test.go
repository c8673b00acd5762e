package remote

import (
	"strings"
	"testing"
	"time"
)

// toiler is a node in a model of a run: in a second it does speed seconds of
// work, and uses cpu seconds of processor time for that.
type toiler struct {
	speed, cpu float64
	barren     bool // makes no progress: an endless loop
	left, used float64
	steps      uint64
}

// fleetModel is a model of a lockstep run, with its own time.
type fleetModel struct {
	pace  *pace
	nodes []toiler
	epoch float64       // work of an epoch, in seconds
	think time.Duration // what the coordinator does between epochs
	order kind
	now   time.Time
	idle  time.Duration // until the next epoch
	began bool
}

const modelTick = 10 * time.Millisecond

// until runs the model for a while. It returns the node that is judged, why,
// and when; −1: none.
func (m *fleetModel) until(d time.Duration) (who int, why string, after time.Duration) {
	start := m.now
	for m.now.Sub(start) < d {
		m.now = m.now.Add(modelTick)
		m.tick()
		if m.now.Sub(start)%heartbeat != 0 {
			continue
		}
		for k := range m.nodes {
			n := &m.nodes[k]
			m.pace.beat(k, time.Duration(n.used*float64(time.Second)), n.steps, m.now)
		}
		if k, err := m.pace.judge(m.now); err != nil {
			return k, err.Error(), m.now.Sub(start)
		}
	}
	return -1, "", d
}

// tick lets all nodes work for a moment.
func (m *fleetModel) tick() {
	if m.idle > 0 {
		m.idle -= modelTick
		return
	}
	if !m.began {
		for k := range m.nodes {
			m.nodes[k].left = m.epoch
			m.pace.ask(k, m.order, m.now)
		}
		m.began = true
	}
	m.began = false
	for k := range m.nodes {
		if n := &m.nodes[k]; n.left > 0 {
			n.work(modelTick.Seconds())
			if n.left <= 0 {
				m.pace.answered(k, m.now)
			}
		}
		m.began = m.began || m.nodes[k].left > 0
	}
	if !m.began {
		m.idle = m.think
	}
}

func (n *toiler) work(dt float64) {
	n.used += n.cpu * dt
	n.left -= n.speed * dt
	if n.speed > 0 && !n.barren {
		n.steps++
	}
}

// TestPace distinguishes nodes that make progress from those that do not, for
// epochs of any length. Each case begins with a period without faults, where
// possible.
func TestPace(t *testing.T) {
	well, hang := toiler{speed: 1, cpu: 1}, toiler{}
	starved := toiler{speed: .05, cpu: .05}
	for name, c := range map[string]struct {
		nodes []toiler
		epoch float64
		think time.Duration
		order kind
		who   int // −1: none within an hour
		why   string
	}{
		"all well":                   {[]toiler{well, well}, .05, 0, kindAdvance, -1, ""},
		"epochs of ten minutes":      {[]toiler{well, well}, 600, 0, kindAdvance, -1, ""},
		"four times as long":         {[]toiler{well, {speed: .25, cpu: .25}}, .1, 0, kindAdvance, -1, ""},
		"much to do":                 {[]toiler{well, {speed: .02, cpu: 1}}, .1, 0, kindAdvance, -1, ""},
		"much to do in long epochs":  {[]toiler{well, {speed: .02, cpu: 1}}, 20, 0, kindAdvance, -1, ""},
		"all starved":                {[]toiler{starved, starved}, .05, 0, kindAdvance, -1, ""},
		"alone and starved":          {[]toiler{starved}, .05, 0, kindAdvance, -1, ""},
		"the coordinator is at work": {[]toiler{well, {speed: .1, cpu: .1}}, .01, time.Second, kindAdvance, -1, ""},
		"a long build":               {[]toiler{well, well}, 600, 0, kindBuild, -1, ""},
		"a build in a loop":          {[]toiler{well, {speed: 1, cpu: 1, barren: true}}, 600, 0, kindBuild, -1, ""},
		"starved":                    {[]toiler{well, starved}, .05, 0, kindAdvance, 1, "is slow"},
		"starved in long epochs":     {[]toiler{starved, well}, 1, 0, kindAdvance, 0, "is slow"},
		"starved in an endless one":  {[]toiler{starved, well}, 600, 0, kindAdvance, 0, "is slow"},
		"a slow network":             {[]toiler{well, {speed: .1, cpu: 0}}, .05, 0, kindAdvance, 1, "is slow"},
		"two of three are starved":   {[]toiler{starved, well, starved}, .05, 0, kindAdvance, 0, "is slow"},
		"one of four is starved":     {[]toiler{well, well, starved, well}, .05, 0, kindAdvance, 2, "is slow"},
		"it hangs":                   {[]toiler{well, hang}, .05, 0, kindAdvance, 1, ""},
		"it hangs in a long epoch":   {[]toiler{well, hang}, 600, 0, kindAdvance, 1, ""},
		"alone, it hangs":            {[]toiler{hang}, .05, 0, kindAdvance, 0, "stands still"},
		"a loop without end":         {[]toiler{well, {speed: 0, cpu: 1}}, .05, 0, kindAdvance, 1, "stands still"},
		"a build hangs":              {[]toiler{well, hang}, 600, 0, kindBuild, 1, "stands still"},
		"a checkpoint hangs":         {[]toiler{hang, well}, 1, 0, kindKeep, 0, "stands still"},
	} {
		t.Run(name, func(t *testing.T) {
			m := &fleetModel{pace: newPace(len(c.nodes), DefaultPatience), epoch: c.epoch, think: c.think, order: c.order, now: time.Unix(0, 0)}
			m.nodes = make([]toiler, len(c.nodes))
			for k := range m.nodes {
				m.nodes[k] = well
			}
			if who, why, at := m.until(10 * time.Second); who >= 0 {
				t.Fatalf("node %d %s after %v, when all was well", who, why, at)
			}
			for k, n := range c.nodes {
				m.nodes[k].speed, m.nodes[k].cpu, m.nodes[k].barren = n.speed, n.cpu, n.barren
			}
			who, why, after := m.until(time.Hour)
			if who != c.who || !strings.Contains(why, c.why) {
				t.Errorf("node %d %s, expected node %d %s", who, why, c.who, c.why)
			}
			if who >= 0 && (after < 2*time.Second || after > 4*time.Second) {
				t.Errorf("after %v, expected three seconds or so", after)
			}
		})
	}
}

// TestPatience waits longer if requested, or for ever.
func TestPatience(t *testing.T) {
	for patience, want := range map[time.Duration]time.Duration{20 * time.Second: 20*time.Second + heartbeat, 0: time.Hour} {
		m := &fleetModel{pace: newPace(1, patience), nodes: make([]toiler, 1), epoch: 1, order: kindAdvance, now: time.Unix(0, 0)}
		if who, why, at := m.until(time.Hour); at > want || at < patience || (who < 0) != (patience == 0) {
			t.Errorf("patience %v: node %d %s after %v", patience, who, why, at)
		}
	}
}

// TestShortPause: a node pauses again and again for less than the patience,
// with equal periods of work between.
func TestShortPause(t *testing.T) {
	m := &fleetModel{pace: newPace(2, DefaultPatience), nodes: []toiler{{speed: 1, cpu: 1}, {}}, epoch: .05, order: kindAdvance, now: time.Unix(0, 0)}
	for k := range 200 {
		m.nodes[1].speed, m.nodes[1].cpu = float64(k%2), float64(k%2)
		if who, why, _ := m.until(1500 * time.Millisecond); who >= 0 {
			t.Fatalf("pause %d: node %d %s", k, who, why)
		}
	}
}

// TestSlowDisk: a node takes a second longer than the other one for each of
// many checkpoints, with a moment of work between. The run waits for it.
func TestSlowDisk(t *testing.T) {
	p, now := newPace(2, DefaultPatience), time.Unix(0, 0)
	order := func(o kind, took ...time.Duration) {
		t.Helper()
		for k := range took {
			p.ask(k, o, now)
		}
		for k := range took {
			p.answered(k, now.Add(took[k]))
		}
		now = now.Add(took[1])
		p.beat(0, 0, uint64(now.UnixNano()), now)
		p.beat(1, 0, uint64(now.UnixNano()), now)
		if k, err := p.judge(now); err != nil {
			t.Fatalf("after %v: node %d %v", now.Sub(time.Unix(0, 0)), k, err)
		}
	}
	for range 2000 {
		order(kindAdvance, 40*time.Millisecond, 50*time.Millisecond)
		order(kindKeep, 10*time.Millisecond, time.Second)
	}
	if len(p.rounds) > 4*grains {
		t.Errorf("%d rounds are remembered", len(p.rounds))
	}
}

// TestCoordinatorSlept: after a pause of the coordinator, its measurements are
// dropped.
func TestCoordinatorSlept(t *testing.T) {
	p, now := newPace(2, DefaultPatience), time.Unix(0, 0)
	for _, order := range []kind{kindAdvance, kindKeep} {
		p.ask(0, order, now)
		p.ask(1, order, now)
		p.answered(0, now)
		now = now.Add(time.Minute)
		if _, err := p.judge(now); err == nil {
			t.Errorf("%v: a minute is not long", order)
		}
		p.forget(now)
		if k, err := p.judge(now.Add(heartbeat)); err != nil {
			t.Errorf("%v: node %d %v", order, k, err)
		}
		p.answered(1, now.Add(heartbeat))
	}
}

// TestPartsOfAnAnswer waits for a long answer while parts of it arrive.
func TestPartsOfAnAnswer(t *testing.T) {
	p, now := newPace(1, DefaultPatience), time.Unix(0, 0)
	p.ask(0, kindReport, now)
	for range 1000 {
		now = now.Add(time.Second)
		p.partArrived(0, now)
		if _, err := p.judge(now); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.judge(now.Add(4 * time.Second)); err == nil {
		t.Error("nothing comes any more")
	}
}
