package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
)

// result is what a run has to show.
type result struct {
	scenario *scenarios.Scenario
	dir      string
	engine   string
	elapsed  time.Duration
	final    final
	scores   *scores
	tables   []journal.Table
	figures  []namedFigure
	live     live
	verdicts []verdict
}

// final adds words for people to record.Final.
type final struct{ record.Final }

func (f final) simulated() neuron.Time { return neuron.Time(f.SimulatedUS) }

// finalOf closes the books on an engine; the state is hashed only after a run
// that came to its end.
func finalOf(e sim.Engine, net *sim.Network, j *recorder, complete bool) (final, error) {
	f := final{record.Final{SimulatedUS: int64(e.Now()), Counts: map[string]int64{
		"neurons": int64(net.NumNeurons()), "channels": int64(net.NumChannels()),
		"synapses": int64(net.NumSynapses()), "spikes": j.told,
	}}}
	if !complete {
		return f, nil
	}
	hash, err := sim.Hash(e)
	f.StateHash = hex.EncodeToString(hash[:])
	return f, err
}

// verdict returns an error with exit code 3 if an expectation was missed.
func (r *result) verdict() error {
	missed := 0
	for _, v := range r.verdicts {
		if !v.Pass {
			missed++
		}
	}
	if missed == 0 {
		return nil
	}
	return &exitError{exitExpectation, fmt.Errorf("%d of %d expectations not met", missed, len(r.verdicts))}
}

// print writes the result: tables for people, or one JSON document.
func (r *result) print(w io.Writer, c common) error {
	if c.json {
		return r.printJSON(w)
	}
	width, terminal := isTerminal(w)
	if !c.quiet {
		if err := r.printGallery(w, width, terminal); err != nil {
			return err
		}
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	err := r.printScores(tw)
	if len(r.verdicts) > 0 {
		fmt.Fprintf(tw, "\nEXPECTED\t\tGOT\t\n")
		for _, v := range r.verdicts {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", v.name(), v.Expected, v.got(), map[bool]string{true: "pass", false: "FAIL"}[v.Pass])
		}
		err = errors.Join(err, tw.Flush())
	}
	again := ""
	if r.scenario.Mode == scenarios.ModeFree && r.dir != "" && r.scenario.Record.Inboxes {
		again = fmt.Sprintf("this very run again: infomorph replay %s\n", r.dir)
	}
	_, err2 := fmt.Fprintf(w, "\n%s, seed %d: %s, %.2f s\nresults: %s\n%s",
		r.scenario.Name, r.scenario.Seed, r.size(), r.elapsed.Seconds(), r.where(), again)
	return errors.Join(err, err2)
}

// size says how much was simulated. The trials of a study have engines of
// their own, whose spikes nobody counts.
func (r *result) size() string {
	n := r.final.Counts
	if r.scenario.Study != nil {
		return fmt.Sprintf("a study of networks of %d neurons", n["neurons"])
	}
	return fmt.Sprintf("%d neurons, %d synapses, %d spikes in %v simulated", n["neurons"], n["synapses"], n["spikes"], r.final.simulated())
}

// printScores writes the scores, and in place of some of them the tables that
// show them better.
func (r *result) printScores(tw *tabwriter.Writer) error {
	shown := func(name string) bool {
		return slices.ContainsFunc(r.tables, func(t journal.Table) bool { return t.Instead != "" && strings.HasPrefix(name, t.Instead) })
	}
	for _, t := range r.tables {
		if t.Instead == "" {
			continue
		}
		fmt.Fprintln(tw, strings.ToUpper(strings.Join(t.Columns, "\t")))
		for _, row := range t.Rows {
			for _, v := range row {
				fmt.Fprint(tw, v, "\t")
			}
			fmt.Fprintln(tw)
		}
		fmt.Fprintln(tw)
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(r.scores.names, func(name string) bool { return !shown(name) }) {
		fmt.Fprintf(tw, "SCORE\tVALUE\n")
	}
	for _, name := range r.scores.names {
		if !shown(name) {
			fmt.Fprintf(tw, "%s\t%.4f\n", name, r.scores.values[name])
		}
	}
	return tw.Flush()
}

func (r *result) printJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Scenario     string             `json:"scenario"`
		Seed         uint64             `json:"seed"`
		Scores       map[string]float64 `json:"scores"`
		Expectations []verdict          `json:"expectations,omitempty"`
		StateHash    string             `json:"state_hash,omitempty"`
		SimulatedUS  int64              `json:"simulated_us"`
		Counts       map[string]int64   `json:"counts"`
		Seconds      float64            `json:"seconds"`
		Results      string             `json:"results,omitempty"`
	}{r.scenario.Name, r.scenario.Seed, r.scores.values, r.verdicts, r.final.StateHash, r.final.SimulatedUS, r.final.Counts, r.elapsed.Seconds(), r.dir})
}
