package run

import (
	"encoding/hex"
	"fmt"
	"time"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
)

// Result holds the results of a run.
type Result struct {
	Scenario  *scenarios.Scenario
	Dir       string // empty: no result folder
	Engine    string // kind of the engine
	Elapsed   time.Duration
	Final     Final
	Scores    *Scores
	Tables    []journal.Table
	Figures   []Figure
	Resumable bool // the run ended early, and Open can continue it

	live live
}

// Final holds the final numbers of a run: counts, simulated time and, if the run reached
// its end, the SHA-256 of the state of its network.
type Final = record.Final

// Figure is the content of one picture of the run.
type Figure struct {
	Name   string
	Figure journal.Figure
}

// Scores is the summary, in the order in which scores were reported.
type Scores struct {
	Names  []string
	Values map[string]float64
	Chance map[string]float64 // what chance would give, if known
}

// NewScores returns a summary without scores.
func NewScores() *Scores { return &Scores{Values: map[string]float64{}, Chance: map[string]float64{}} }

// Set sets a score.
func (s *Scores) Set(name string, v float64) {
	if _, ok := s.Values[name]; !ok {
		s.Names = append(s.Names, name)
	}
	s.Values[name] = v
}

// finalOf returns the final numbers of an engine. It only hashes the state if the run is
// complete.
func finalOf(e sim.Engine, spikes int64, complete bool) (Final, error) {
	net := e.Network()
	f := Final{SimulatedUS: int64(e.Now()), Counts: map[string]int64{
		"neurons": int64(net.NumNeurons()), "channels": int64(net.NumChannels()),
		"synapses": int64(net.NumSynapses()), "spikes": spikes,
	}}
	if !complete {
		return f, nil
	}
	hash, err := sim.Hash(e)
	if err != nil {
		return f, err
	}
	f.StateHash = hex.EncodeToString(hash[:])
	return f, nil
}

// Simulated returns the time that was simulated.
func (r *Result) Simulated() neuron.Time { return neuron.Time(r.Final.SimulatedUS) }

// Where describes where the results are.
func (r *Result) Where() string {
	if r.Dir == "" {
		return "no folder (--no-files)"
	}
	return r.Dir
}

// Missed returns an error if an expectation was missed.
func Missed(verdicts []Verdict) error {
	missed := 0
	for i := range verdicts {
		if !verdicts[i].Pass {
			missed++
		}
	}
	if missed == 0 {
		return nil
	}
	return fault.Missed(fmt.Errorf("%d of %d expectations not met", missed, len(verdicts)))
}
