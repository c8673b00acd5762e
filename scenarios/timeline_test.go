package scenarios

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"infomorph/internal/sim"
	"infomorph/neuron"
)

// spy is an engine that keeps the signals it is given.
type spy struct {
	sim.Engine
	net     *sim.Network
	now     neuron.Time
	signals []neuron.Signal
}

func (s *spy) Now() neuron.Time      { return s.now }
func (s *spy) Network() *sim.Network { return s.net }
func (s *spy) Advance(until neuron.Time, feed sim.Feed, _ sim.Sink) error {
	s.signals = append(s.signals, feed.Signals...)
	s.now = until
	return nil
}

func loadEvents(t *testing.T, events string) *timelineTask {
	t.Helper()
	text := "apiVersion: infomorph/v1\nname: a\nassociative_memory: {patterns: {source: random, count: 2, width: 4}}\nnetwork: {neurons: 16}\nevents:\n" + events
	s, err := Load("a.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	task, err := NewTask(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return task.(resumableTimeline).timelineTask
}

// times runs a timeline in steps and returns when its events happened.
func times(t *testing.T, r *timelineRun, steps ...neuron.Time) []neuron.Time {
	t.Helper()
	for _, until := range steps {
		if err := r.Advance(until, sim.Feed{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	var all []neuron.Time
	for _, s := range r.Engine.(*spy).signals {
		all = append(all, s.Time)
	}
	return all
}

func TestEventTimes(t *testing.T) {
	steps := []neuron.Time{7, 7, 1000, 2500, 3000, 10000}
	for _, c := range []struct {
		events string
		want   []neuron.Time
	}{
		{"  - {at: 0us, plastic: false}", []neuron.Time{0}},
		{"  - {at: 1ms, plastic: false}", []neuron.Time{1000}},
		{"  - {at: 10ms, plastic: false}", nil}, // not before the end
		{"  - {every: 2ms, plastic: false}", []neuron.Time{0, 2000, 4000, 6000, 8000}},
		{"  - {every: 2ms, after: 1ms, until: 5ms, plastic: false}", []neuron.Time{1000, 3000}},
		{"  - {when: time >= 0.001 and time < 0.003, plastic: false}", []neuron.Time{1000}},
		{"  - {when: training.predicted > 0, plastic: false}", nil},
		{"  - {at: 5ms, silent: true, neurons: \"0-2,5\"}\n  - {at: 1ms, stuck: -1}", []neuron.Time{1000, 5000, 5000}},
	} {
		task := loadEvents(t, c.events)
		if got := times(t, task.newRun(&spy{net: task.Network()}, &notebook{}), steps...); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.events, got, c.want)
		}
	}
}

// TestWhenIsEdgeTriggered: an event happens when its condition becomes true,
// not while it is.
func TestWhenIsEdgeTriggered(t *testing.T) {
	task := loadEvents(t, "  - {when: atoms.red > 0.5, rate_scale: 0.1}")
	r := task.newRun(&spy{net: task.Network()}, &notebook{})
	j := r.journal().(LiveJournal)
	now := neuron.Time(0)
	for _, v := range []float64{0.4, 0.6, 0.7, 0.2, 0.9} {
		if err := j.Measure(now, "atoms.red", v); err != nil {
			t.Fatal(err)
		}
		now += 100
		times(t, r, now)
	}
	want := neuron.Signal{Kind: neuron.SetRateScale, Value: 0.1, Last: 1<<31 - 1}
	first, second := want, want
	first.Time, second.Time = 100, 400
	if got := r.Engine.(*spy).signals; !reflect.DeepEqual(got, []neuron.Signal{first, second}) {
		t.Errorf("got %+v", got)
	}
}

func TestEventMistakes(t *testing.T) {
	for _, c := range []struct{ event, want string }{
		{"{plastic: false}", "one of at, every, when, phase is missing"},
		{"{at: 1ms}", "one of plastic, rate_scale, goal, silent, stuck, crash, lesion, rewire, turnover, delay, noise, present, measure, weights, picture, checkpoint is missing"},
		{"{at: 1ms, every: 2ms, plastic: false}", "at"},
		{"{at: 1ms, after: 2ms, plastic: false}", "for every and when"},
		{"{every: 1ms, after: 2ms, until: 1ms, plastic: false}", "later than after"},
		{"{at: 1ms, stuck: 2}", "from -1 to 1"},
		{"{at: 1ms, silent: true, neurons: 5-2}", "all, or a list such as 0-9,20"},
		{"{at: 1ms, silent: true, neurons: 5-99}", "neurons from 0 to 15"},
		{"{when: time > , plastic: false}", "expected a condition on time"},
		{"{when: training.predikted > 1, plastic: false}", "expected a condition on time"},
		{"{when: time, plastic: false}", "expected a condition on time"},
		{"{when: now() > 1, plastic: false}", "expected a condition on time"},
	} {
		text := "apiVersion: infomorph/v1\nname: a\nassociative_memory: {patterns: {source: random, count: 2, width: 4}}\nnetwork: {neurons: 16}\nevents:\n  - " + c.event + "\n"
		s, err := Load("a.yaml", strings.NewReader(text))
		if err == nil {
			_, err = NewTask(s, nil)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "a.yaml:6:") {
			t.Errorf("%s: got %v, want %q", c.event, err, c.want)
		}
	}
}

const eventful = `apiVersion: infomorph/v1
name: a
network: {neurons: 16}
associative_memory:
  patterns: {source: random, count: 2, width: 4}
  presentations: 20
  recall: [{name: clean}]
events:
`

func playEvents(t *testing.T, events string) (hash [32]byte, n *notebook, task Task, e sim.Engine) {
	t.Helper()
	s, err := Load("a.yaml", bytes.NewReader([]byte(eventful+events)))
	if err != nil {
		t.Fatal(err)
	}
	if task, err = NewTask(s, nil); err != nil {
		t.Fatal(err)
	}
	if e, err = sim.NewSequential(task.Network()); err != nil {
		t.Fatal(err)
	}
	n = &notebook{scores: map[string]float64{}, figures: map[string]Figure{}}
	if err := task.Run(e, n); err != nil {
		t.Fatal(err)
	}
	if hash, err = sim.Hash(e); err != nil {
		t.Fatal(err)
	}
	return hash, n, task, e
}

// TestEventsChangeRuns: events have the effect that their names promise.
func TestEventsChangeRuns(t *testing.T) {
	free, _, _, _ := playEvents(t, "  - {at: 1000h, plastic: false}")
	frozen, n, _, _ := playEvents(t, "  - {at: 0us, plastic: false}")
	slow, m, _, _ := playEvents(t, "  - {at: 0us, rate_scale: 0}")
	if free == frozen || free == slow {
		t.Error("an event without effect")
	}
	if n.scores["training.predicted"] > 0.9 || m.scores["training.predicted"] > 0.9 {
		t.Errorf("learned without learning: %v, %v", n.scores["training.predicted"], m.scores["training.predicted"])
	}
	if again, _, _, _ := playEvents(t, "  - {at: 0us, plastic: false}"); again != frozen {
		t.Error("not deterministic")
	}
}

// FuzzCondition: any condition compiles or gives an error of one line.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{"time > 1", "training.predicted > 0.9 and time > 2", "abs(atoms.red - 0.5) < 0.1", "[1..1000000000]", "time ?? 1", "{a: 1}.a > 0", "1/0 > 2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if err := checkCondition("", source); err != nil && strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("%q", err)
		}
	})
}

func TestTimelineStateRoundTrip(t *testing.T) {
	s := timelineState{Measures: map[string]float64{"atoms.red": 0.1}, Was: []bool{true}, Task: []byte("x")}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back timelineState
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(s, back) {
		t.Errorf("%+v, %v", back, err)
	}
}
