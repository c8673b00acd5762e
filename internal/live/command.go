package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/language"
	"infomorph/scenarios/run"
)

// Command is a command to a run, from a page, from standard input, from Python
// or from Go. Do is its name; each other field belongs to one or two commands:
//
//	pause, go          hold the run between two steps; let it go on
//	step               make n steps (unit: presentation) or n epochs (unit: epoch);
//	                   answered when they are over
//	speed              simulated time per real time; 0 is as fast as possible
//	touch              an event of the scenario language, without a trigger
//	checkpoint, undo   save the run; go back to what was saved last
//	stop               end the run; it can be resumed
//	status, scenario   state of the run; the scenario with all touches so far
//	item               the values of an item of the data
type Command struct {
	ID     int64           `json:"id,omitempty"`
	Do     string          `json:"do"`
	N      int             `json:"n,omitempty"`
	Unit   string          `json:"unit,omitempty"`
	Speed  float64         `json:"speed,omitempty"`
	Event  json.RawMessage `json:"event,omitempty"`
	Data   string          `json:"data,omitempty"`
	Item   int             `json:"item,omitempty"`
	Neuron int             `json:"neuron,omitempty"`
	Panels []string        `json:"panels,omitempty"`
	Seq    uint32          `json:"seq,omitempty"`
}

// Reply answers a command.
type Reply struct {
	ID       int64                `json:"id"`
	OK       bool                 `json:"ok"`
	Error    string               `json:"error,omitempty"`
	AtUS     *int64               `json:"at_us,omitempty"`
	Event    json.RawMessage      `json:"event,omitempty"`
	Scenario string               `json:"scenario,omitempty"`
	Status   *Status              `json:"status,omitempty"`
	Values   map[string][]float32 `json:"values,omitempty"`
}

// Status is the state of a run.
type Status struct {
	status
	TimeUS  int64      `json:"time_us"`
	Phase   phaseState `json:"phase"`
	Touches int        `json:"touches"`
}

// errReadOnly is the answer to commands that change the run, in a read-only
// view.
var errReadOnly = errors.New("this view is for looking only (--live-read-only)")

// changing are the commands that change the run.
var changing = []string{"pause", "go", "step", "speed", "touch", "checkpoint", "undo", "stop"}

// Do executes a command and calls reply once, at once or later, from any
// goroutine.
func (s *Session) Do(c Command, reply func(Reply)) {
	answer := func(err error, fill func(*Reply)) {
		r := Reply{ID: c.ID, OK: err == nil}
		if err != nil {
			r.Error = err.Error()
		} else if fill != nil {
			fill(&r)
		}
		reply(r)
	}
	if s.opts.ReadOnly && slices.Contains(changing, c.Do) {
		answer(errReadOnly, nil)
		return
	}
	switch c.Do {
	case "touch":
		s.doTouch(c, answer)
	case "checkpoint":
		if !s.opts.CanCheckpoint {
			answer(errors.New("this run keeps no checkpoints: it has no result folder"), nil)
			return
		}
		if err := s.mark(func(err error) { answer(err, nil) }); err != nil {
			answer(err, nil)
		}
	case "step":
		if err := s.doStep(&c, func(err error) { answer(err, nil) }); err != nil {
			answer(err, nil)
		}
	case "scenario":
		text, err := s.Scenario().Text()
		answer(err, func(r *Reply) { r.Scenario = string(text) })
	case "item":
		values, err := s.item(c.Data, c.Item)
		answer(err, func(r *Reply) { r.Values = values })
	case "status":
		answer(nil, func(r *Reply) { r.Status = s.Status() })
	default:
		answer(s.doNow(&c), nil)
	}
	s.version.Add(1)
}

// doNow executes the commands that are answered at once.
func (s *Session) doNow(c *Command) error {
	switch c.Do {
	case "pause":
		return s.pause()
	case "go":
		return s.goOn()
	case "speed":
		if !(c.Speed >= 0 && c.Speed <= 1e6) {
			return fmt.Errorf("speed: got %g, expected 0 (as fast as possible) to 1e6", c.Speed)
		}
		return s.setSpeed(c.Speed)
	case "stop":
		return s.stop(ErrStopped)
	case "undo":
		if !s.opts.CanUndo {
			return errors.New("there is no way back: the run has no result folder")
		}
		return s.stop(run.ErrBack)
	}
	return fmt.Errorf("do: got %q, expected one of %s, status, scenario, item", c.Do, joined(changing))
}

func joined(words []string) string {
	var b bytes.Buffer
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(w)
	}
	return b.String()
}

// maxSteps is the largest number of steps of one command.
const maxSteps = 1_000_000

func (s *Session) doStep(c *Command, done func(error)) error {
	n := max(c.N, 1)
	if n > maxSteps {
		return fmt.Errorf("n: got %d, expected 1 to %d", c.N, maxSteps)
	}
	switch c.Unit {
	case "", "presentation":
		return s.step(n, false, done)
	case "epoch":
		return s.step(n, true, done)
	}
	return fmt.Errorf("unit: got %q, expected presentation or epoch", c.Unit)
}

func (s *Session) doTouch(c Command, answer func(error, func(*Reply))) {
	if s.scene == nil || s.scene.Study || s.scene.Free {
		answer(errors.New("only a run of one experiment, in lockstep, can be touched: in others there is no time at which all stands still"), nil)
		return
	}
	e, err := ParseEvent(c.Event)
	if err != nil {
		answer(err, nil)
		return
	}
	err = s.touch(e, func(e *language.Event, err error) {
		answer(err, func(r *Reply) {
			at := int64(*e.At)
			r.AtUS = &at
			if text, err := eventText(e); err == nil {
				r.Event = json.RawMessage(text)
			}
		})
	})
	if err != nil {
		answer(err, nil)
	}
}

// maxEvent is the largest size of an event [bytes].
const maxEvent = 1 << 20

// triggers are the keys that an event in a file may have and a touch may not,
// because a touch happens now.
var triggers = []string{"at", "every", "when", "phase", "after", "until"}

// ParseEvent reads an event of the scenario language without a trigger, as
// JSON, and checks it like an event in a file.
func ParseEvent(data []byte) (*language.Event, error) {
	if len(data) > maxEvent {
		return nil, fmt.Errorf("event: %d bytes, at most %d", len(data), maxEvent)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil || len(keys) == 0 {
		return nil, errors.New(`event: expected an event of the scenario language as JSON, such as {"plastic": false}`)
	}
	for _, t := range triggers {
		if _, ok := keys[t]; ok {
			return nil, fmt.Errorf("event: %s: a touch happens now; leave it out", t)
		}
	}
	keys["at"] = json.RawMessage(`"0us"`)
	whole, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	text, err := yaml.JSONToYAML(whole)
	if err != nil {
		return nil, err
	}
	e := &language.Event{}
	if err := config.Decode("touch", text, e); err != nil {
		return nil, err
	}
	return e, nil
}

// eventText writes an event as one line of JSON.
func eventText(e *language.Event) (string, error) {
	text, err := config.Marshal(e)
	if err != nil {
		return "", err
	}
	out, err := yaml.YAMLToJSON(text)
	return string(bytes.TrimSpace(out)), err
}

// intervention is a line of interventions.jsonl.
func intervention(e *language.Event) ([]byte, error) {
	text, err := eventText(e)
	if err != nil {
		return nil, err
	}
	line, err := json.Marshal(struct {
		AtUS  int64           `json:"at_us"`
		Event json.RawMessage `json:"event"`
	}{int64(*e.At), json.RawMessage(text)})
	return append(line, '\n'), err
}

// Status returns the state of the run.
func (s *Session) Status() *Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Status{s.control.status(), s.now.Load(), s.phase, bytes.Count(s.done, []byte("\n"))}
}

// item returns the values that inputs would get for an item.
func (s *Session) item(data string, k int) (map[string][]float32, error) {
	if s.scene == nil || s.scene.plan == nil {
		return nil, errors.New("there are no items")
	}
	return s.scene.plan.ItemValues(data, k)
}

// maxFollowed is the largest number of neurons that are followed at a time.
const maxFollowed = 16

// pick follows neuron id and no longer neuron was; −1 is none.
func (s *Session) pick(was, id int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id >= 0 && (s.scene == nil || id >= s.scene.neurons) {
		return fmt.Errorf("neuron: there is no neuron %d", id)
	}
	if h := s.follow[neuron.ID(was)]; was >= 0 && h != nil {
		if h.wants--; h.wants <= 0 {
			delete(s.follow, neuron.ID(was))
		}
	}
	if id < 0 {
		return nil
	}
	h := s.follow[neuron.ID(id)]
	if h == nil {
		if len(s.follow) >= maxFollowed {
			return errors.New("too many neurons are followed at a time")
		}
		h = &history{}
		s.follow[neuron.ID(id)] = h
	}
	h.wants++
	s.quarry.stale, s.quarry.next = true, s.quarry.next.Add(-leastPause)
	return nil
}
