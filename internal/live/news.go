package live

import (
	"bytes"
	"encoding/json"
)

// about is what a page must know about the session.
type about struct {
	Name       string `json:"name"`
	ReadOnly   bool   `json:"readOnly"`
	Checkpoint bool   `json:"checkpoint"`
	Undo       bool   `json:"undo"`
	Run        int    `json:"run,omitempty"` // of a sweep
	Mode       string `json:"mode"`          // live, view of a finished run, or sweep
}

func (s *Session) about() about {
	return about{s.opts.Name, s.opts.ReadOnly, s.opts.CanCheckpoint, s.opts.CanUndo, s.run, s.mode()}
}

func (s *Session) mode() string {
	switch {
	case s.opts.View:
		return "view"
	case s.fleet != nil:
		return "sweep"
	}
	return "live"
}

// currentScene returns the scene of the present run, with its layout. The first
// caller computes the layout.
func (s *Session) currentScene() *scene {
	s.mu.Lock()
	sc, e := s.scene, s.engine
	s.mu.Unlock()
	if sc == nil {
		return nil
	}
	sc.once.Do(func() {
		net := sc.net
		if e != nil {
			net = e.Network()
		}
		sc.placed = sc.layOut(net)
		sc.Items, sc.MoreItems = sc.listItems()
	})
	return sc
}

// sampled returns the values of the sampled neurons.
func (s *Session) sampled(values []float32) shorts {
	out := make(shorts, len(s.scene.Sample))
	for i, id := range s.scene.Sample {
		out[i] = short(values[id])
	}
	return out
}

func numbers(m map[string]float64) map[string]short {
	out := make(map[string]short, len(m))
	for k, v := range m {
		out[k] = short(v)
	}
	return out
}

// listedTouches is the number of last touches that a page lists.
const listedTouches = 200

// touchList returns the last lines of interventions.jsonl, in the form for a
// page.
func touchList(lines []byte) []json.RawMessage {
	all := []json.RawMessage{}
	for line := range bytes.Lines(lines) {
		all = append(all, json.RawMessage(bytes.TrimSpace(line)))
	}
	return all[max(0, len(all)-listedTouches):]
}
