package scenarios

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"infomorph/internal/sim"
)

const smallStudy = `apiVersion: infomorph/v1
name: small
network: {neurons: 16}
record: {atoms: 1}
associative_memory:
  patterns: {source: random, count: 3, width: 4}
  presentations: 4
  recall: [{name: damaged, cue: flip, fraction: 15%}]
study:
  score: recall.mean_cosine
  seeds: 2
  curves:
    - {name: plain}
    - {name: weak, set: [neuron.learning.rate=0.01]}
  panels:
    - {name: loss, over: "network.noise.loss=0%,50%,100%"}
    - name: clock
      against: atoms.red
      points:
        - {name: synchronous}
        - {name: periodic, set: [neuron.clock.kind=periodic, neuron.clock.interval=1ms]}
`

func loadStudy(t *testing.T, sets ...string) *studyTask {
	t.Helper()
	s, err := Load("study.yaml", strings.NewReader(smallStudy), sets...)
	if err != nil {
		t.Fatal(err)
	}
	task, err := NewTask(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return task.(*studyTask)
}

// openings is a notebook that counts the engines it opens and those closed.
type openings struct {
	*notebook
	opened, closed int
}

type counted struct {
	sim.Engine
	o *openings
}

func (o *openings) Open(net *sim.Network) (sim.Engine, error) {
	o.opened++
	e, err := sim.NewSequential(net)
	return &counted{e, o}, err
}

func (c *counted) Close() error { c.o.closed++; return c.Engine.Close() }

// TestStudy measures every point of every curve with every seed, equal ones
// once, on engines that it closes.
func TestStudy(t *testing.T) {
	o := &openings{notebook: newNotebook()}
	if err := loadStudy(t).Run(nil, o); err != nil {
		t.Fatal(err)
	}
	if o.opened != 16 || o.closed != o.opened { // 2 seeds × 2 curves × (3 + 2 points), less the point that both panels have
		t.Errorf("%d engines opened, %d closed, want 16", o.opened, o.closed)
	}
	if tidy := o.tables[0]; tidy.Name != "study" || len(tidy.Rows) != 20 {
		t.Errorf("table %s has %d rows, want 20", tidy.Name, len(tidy.Rows))
	}
	if whole, none := o.scores["study.loss.plain.0%"], o.scores["study.loss.plain.100%"]; whole < 0.9 || none > 0.8 {
		t.Errorf("cosine %v without loss, %v where every spike is lost", whole, none)
	}
	if o.scores["study.loss.plain.0%"] != o.scores["study.clock.plain.synchronous"] {
		t.Error("equal settings differ between panels")
	}
	lines := o.figures["loss"].(Lines)
	if !reflect.DeepEqual(lines.Series[0].X, []float64{0, 50, 100}) || len(lines.Series) != 2 || lines.Ticks != nil {
		t.Errorf("picture %+v", lines)
	}
	if against := o.figures["clock"].(Lines); against.X != "atoms.red" || against.Series[0].X[0] == 0 || against.Ticks != nil {
		t.Errorf("picture %+v", against)
	}
}

// TestStudyResumes stops a study in and between its trials, and gets in the end
// what a study tells that was never stopped.
func TestStudyResumes(t *testing.T) {
	sets := []string{"study.only=[clock]", "study.seeds=1"}
	want := newNotebook()
	if err := loadStudy(t, sets...).Run(nil, want); err != nil {
		t.Fatal(err)
	}
	for stop := 1; stop < want.steps; stop += 5 {
		first := newNotebook()
		first.stopAfter = stop
		task := loadStudy(t, sets...)
		saving := &saver{notebook: first, task: task}
		if err := task.Run(nil, saving); err == nil {
			t.Fatal("the run was not stopped")
		}
		got := newNotebook()
		if err := loadStudy(t, sets...).Resume(nil, got, saving.saved); err != nil {
			t.Fatal(err)
		}
		if first.steps+got.steps < want.steps || !reflect.DeepEqual(got.scores, want.scores) || !reflect.DeepEqual(got.tables, want.tables) {
			t.Errorf("stopped after step %d of %d: %d more; scores %v, want %v", stop, want.steps, got.steps, got.scores, want.scores)
		}
	}
}

// saver saves its task at the step that stops it.
type saver struct {
	*notebook
	task  Resumable
	saved []byte
}

func (s *saver) Step(phase string, done, total int) error {
	err := s.notebook.Step(phase, done, total)
	if err != nil {
		var saveErr error
		if s.saved, saveErr = s.task.Save(); saveErr != nil {
			return saveErr
		}
		s.saved = bytes.Clone(s.saved)
	}
	return err
}

func TestStudyMistakes(t *testing.T) {
	for set, want := range map[string]string{
		`study.panels[0].over="network.noise.loss"`:          "study.panels[0].over",
		`study.panels[0].over="network.noise.los=1%"`:        "did you mean",
		`study.panels[0].over="network.noise.loss=200%"`:     "network.noise.loss",
		`study.panels[1].points=[]`:                          "add either over: or points:",
		`study.panels[1].name=loss`:                          "other than before",
		`study.only=[jitter]`:                                "the name of a panel",
		`study.curves=[{name: a b}]`:                         "study.curves[0].name",
		`study.curves=[{name: a, set: ["study.seeds=1"]}]`:   "study.panels[0]",
		`study.panels[0].over="network.noise.loss=lin(0,1)"`: "study.panels[0].over",
	} {
		s, err := Load("study.yaml", strings.NewReader(smallStudy), set)
		if err == nil {
			_, err = NewTask(s, nil)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", set, err, want)
		}
	}
}
