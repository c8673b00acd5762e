package actors

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// asked returns the requests of an actor with one in progress, and the desk that waits for
// its answer. ended counts the requests that end.
func asked(t *testing.T, v verb) (s *requests, d *desk, ended *int) {
	t.Helper()
	system := newSystem(slog.New(slog.DiscardHandler))
	t.Cleanup(system.Shutdown)
	d, ended = newDesk(system), new(int)
	s = &requests{root: system.Root, now: 7, request: &request{verb: v}, user: d.self}
	s.ended = func() { *ended++ }
	return s, d, ended
}

// TestRequestEndsOnce: a request has one answer, with the time of the run.
func TestRequestEndsOnce(t *testing.T) {
	s, d, ended := asked(t, save)
	s.finish(reply{state: []byte("a state"), now: 3})
	if r := (<-d.answers).(*reply); r.now != 7 || string(r.state) != "a state" || r.err != nil {
		t.Errorf("answered %+v", r)
	}
	if s.request != nil || s.user != nil || *ended != 1 {
		t.Errorf("%+v is in progress after %d ends", s.request, *ended)
	}
	if s.finish(reply{}); len(d.answers) != 0 || *ended != 1 {
		t.Errorf("%d answers nobody asked for, %d ends", len(d.answers), *ended)
	}
}

// TestForgotten: a coordinator keeps nothing of a request that has ended.
func TestForgotten(t *testing.T) {
	c := &coordinator{saved: []byte("a state"), scheduler: &sim.Scheduler{}, epoch: sim.Epoch{End: 5}}
	c.dog.alarm = time.AfterFunc(time.Hour, func() {})
	if c.forget(); c.saved != nil || c.scheduler != nil || c.epoch.End != 0 || c.dog.alarm != nil {
		t.Errorf("it keeps %q, %v, %v and %v", c.saved, c.scheduler, c.epoch, c.dog.alarm)
	}
}

// TestFirstErrorIsKept: every later request fails with the first error.
func TestFirstErrorIsKept(t *testing.T) {
	s, d, _ := asked(t, save)
	first := errors.New("first")
	for range 2 {
		s.fail(first)
		if r := (<-d.answers).(*reply); r.err != first || s.broken != first {
			t.Errorf("answered %v, broken by %v", r.err, s.broken)
		}
		s.request, s.user = &request{verb: save}, d.self
		s.fail(errors.New("second"))
		if r := (<-d.answers).(*reply); r.err != first || s.broken != first {
			t.Errorf("then answered %v, broken by %v", r.err, s.broken)
		}
		s.request, s.user = &request{verb: save}, d.self
	}
}

// TestWhatMends: after a load that was refused, another load may begin, and nothing else.
// No other error can be mended.
func TestWhatMends(t *testing.T) {
	for refused, mends := range map[verb]bool{load: true, save: false, advance: false, report: false} {
		for next, begins := range map[verb]bool{load: mends, save: false, advance: false, report: false} {
			s, d, _ := asked(t, refused)
			why := errors.New("refused")
			s.refuse(why)
			<-d.answers
			r := &request{verb: next}
			if got := s.begin(&heard{}, r); got != begins || s.request != r || s.user != parent || (s.broken == nil) != begins || s.mended != (mends && !begins) {
				t.Errorf("verb %d after %d was refused begins %v: broken by %v, mended %v", next, refused, got, s.broken, s.mended)
			}
		}
	}
}

// TestWatchdogMoves: a beat of any pulse is noticed once, also of one that is new.
func TestWatchdogMoves(t *testing.T) {
	w := &watchdog{}
	if w.moved() {
		t.Error("nothing moves without pulses")
	}
	w.pulses = []*pulse{{}, {}, {}}
	if w.moved() {
		t.Error("new pulses move")
	}
	for k, p := range w.pulses {
		p.beat(neuron.ID(k + 5))
		if !w.moved() || w.moved() || w.busy(k) != neuron.ID(k+5) {
			t.Errorf("a beat of pulse %d is not noticed once, or busy with %d", k, w.busy(k))
		}
	}
	late := &pulse{}
	late.beat(-1)
	w.pulses = append(w.pulses, late)
	if !w.moved() || w.moved() || w.busy(3) != -1 {
		t.Error("a beat of a new pulse is not noticed once")
	}
}

// TestWatchdogTicks: one deadline after it is armed, and one after each time that it is
// asked again; not after it is disarmed.
func TestWatchdogTicks(t *testing.T) {
	byFakeClock(t, func(t *testing.T) {
		s, d, _ := asked(t, save)
		w, began := &watchdog{root: s.root, deadline: time.Second}, time.Now()
		w.disarm()
		w.arm(d.self, s.request)
		for k := range time.Duration(3) {
			if got := (<-d.answers).(*tick); got.request != s.request || time.Since(began) != (k+1)*time.Second {
				t.Errorf("a tick of %v after %v", got.request, time.Since(began))
			}
			w.again()
		}
		w.disarm()
		w.disarm()
		time.Sleep(time.Minute)
		if w.alarm != nil || len(d.answers) != 0 {
			t.Errorf("%d ticks after it was disarmed", len(d.answers))
		}
	})
}
