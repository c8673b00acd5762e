package language

import (
	"reflect"
	"testing"

	"infomorph/internal/config"
	"infomorph/topology"
)

// whole reads a section of a type; the test fails where it is refused.
func whole[T any](text string) func(t *testing.T) any {
	return func(t *testing.T) any {
		t.Helper()
		v := new(T)
		if got := read(v, text, func(*T) string { return "" }); got != "" {
			t.Errorf("%T %s: %s", *v, text, got)
		}
		return *v
	}
}

// defaults are sections in which only what must be is said, and what they are then.
type defaults struct {
	read func(*testing.T) any
	want any
}

// TestDefaults: what a section does not say is what the reference says.
func TestDefaults(t *testing.T) {
	for name, all := range map[string][]defaults{"neurons": defaultsOfNeurons, "networks": defaultsOfNetworks, "protocols": defaultsOfProtocols, "events": defaultsOfEvents, "data": defaultsOfData, "measures": defaultsOfMeasures} {
		t.Run(name, func(t *testing.T) {
			for _, c := range all {
				if got := c.read(t); !reflect.DeepEqual(got, c.want) {
					t.Errorf("%T:\n%+v\nwant\n%+v", c.want, got, c.want)
				}
			}
		})
	}
}

const (
	ms   = config.Duration(1000)
	sec  = 1000 * ms
	hour = 3600 * sec
)

var defaultsOfNeurons = []defaults{
	{whole[Activation]("{}"), Activation{Kind: "sum", Gain: 1, K1: 0.5, K2: 2}},
	{whole[Port]("{}"), Port{Bins: Bins{Number: 20, Range: 10}, Rule: "frozen", Rate: 1, EndRate: -1, Norm: "fan_in"}},
	{whole[Bins]("{}"), Bins{Number: 20, Range: 10}},
	{whole[Homeostasis]("{}"), Homeostasis{MeanRate: 0.005, Target: 5, From: 0.1, To: 0.3, BiasEnd: -1, Rate: 0.5}},
	{whole[Prior]("{}"), Prior{Mass: 2, Sigma: 2}},
	{whole[Clock]("{}"), Clock{Kind: "synchronous", Interval: 10 * ms, Scatter: true}},
	{whole[Gate]("{}"), Gate{Threshold: 0.01, Tau: 0.5}},
	{whole[Neuron]("{learns: false}"), Neuron{Sources: []string{"r", "c"}, Output: "sampled", Tell: "always", Activation: Activation{Kind: "sum", Gain: 1, K1: 0.5, K2: 2},
		Window: 64, ThetaFloor: 1e-6, Clock: Clock{Kind: "synchronous", Interval: 10 * ms, Scatter: true}}},
}

var (
	oneMs      = Delay{Low: ms, High: ms}
	allToAll   = Rule{Name: "all_to_all"}
	nowhere    = Place{Kind: "none", Dims: 2, Extent: 1}
	heldTwenty = Noise{Hold: 20 * ms}
)

var defaultsOfNetworks = []defaults{
	{whole[Population]("{neuron: bars}"), Population{Neuron: "bars", Place: nowhere}},
	{whole[Input]("{}"), Input{Place: nowhere}},
	{whole[Place]("{}"), nowhere},
	{whole[Noise]("{}"), heldTwenty},
	{whole[Graph]("{file: g}"), Graph{File: "g", Keep: "both", Port: "c", DelayUnit: "us"}},
	{whole[EdgeColumns]("{}"), EdgeColumns{}},
	{whole[Projection]("{from: a, to: b, port: r}"), Projection{From: "a", To: "b", Port: "r", Rule: allToAll, Weights: Dist{topology.Constant(0)}, Delay: oneMs}},
	{whole[Projection]("{from: a, to: b, port: r, noise: {}}"), Projection{From: "a", To: "b", Port: "r", Rule: allToAll, Weights: Dist{topology.Constant(0)}, Delay: oneMs, Noise: &heldTwenty}},
	{whole[one[Rule]]("{d: {name: spatial}}"), one[Rule]{Rule{Name: "spatial", RuleSettings: RuleSettings{Kernel: "gaussian"}}}},
	{whole[one[Rule]]("{d: {name: hierarchical_modular}}"), one[Rule]{Rule{Name: "hierarchical_modular", RuleSettings: RuleSettings{Branching: 2, Ratio: 0.5}}}},
	{whole[one[Rule]]("{d: {name: imported, graph: g}}"), one[Rule]{Rule{Name: "imported", Graph: "g", RuleSettings: RuleSettings{DelayUnit: "us"}}}},
	{whole[one[Delay]]("{d: {lognormal: {median: 2ms, sigma: 0.5}}}"), one[Delay]{Delay{Low: 100, High: sec, Median: 2 * ms, Sigma: 0.5}}},
	{whole[one[Delay]]("{d: {distance: {speed: 3}}}"), one[Delay]{Delay{Low: ms, High: sec, Speed: 3}}},
	{whole[Experiment]("{apiVersion: infomorph/v2, name: n}"), Experiment{APIVersion: "infomorph/v2", Name: "n", Seed: 1, Mode: "lockstep", Control: "none",
		Record: Record{Spikes: true, Presentations: true, Atoms: 40, Weights: true, Neurons: "all", Inboxes: true}}},
}

var defaultsOfProtocols = []defaults{
	{whole[Present]("{data: d}"), Present{Data: "d", Items: "all", Passes: 1, Order: "shuffled", Repeat: 1, Rounds: 1, Learn: "all", Output: "own", Looks: 1}},
	{whole[Step]("{do: [fire]}"), Step{Do: []string{"fire"}}},
	{whole[Rehearse]("{count: 3}"), Rehearse{Count: 3}},
	{whole[Batch]("{}"), Batch{Size: 1024, Rate: 0.01, EndRate: -1, EndDrive: 1}},
	{whole[BatchRate]("{rate: 0.5}"), BatchRate{Rate: 0.5}},
	{whole[Play]("{data: d}"), Play{Data: "d", Items: "all", Passes: 1, Order: "sequential", Speed: 1, Learn: "all", Every: 10 * ms}},
	{whole[Rest]("{duration: 1h}"), Rest{Duration: hour, Output: "none", Learn: "none"}},
	{whole[Recall]("{data: d, input: i, population: p}"), Recall{Data: "d", Items: "all", Cueing: Cueing{Input: "i", Population: "p", Cue: "clean", Dynamics: "sign", Release: "released"}}},
	{whole[Store]("{data: d, input: i, projection: p, rule: hebb}"), Store{Data: "d", Items: "all", Input: "i", Projection: "p", Rule: "hebb"}},
	{whole[Script]("{file: f, input: i, population: p}"), Script{File: of("f"), Input: "i", Population: "p", Steps: 10_000_000, Memory: 256}},
}

var defaultsOfEvents = []defaults{
	{whole[Event]("{at: 2s, silent: false}"), Event{At: of(2 * sec), Neurons: "all", Silent: of(false)}},
	{whole[Show]("{input: i, values: [1]}"), Show{Input: "i", Values: []float64{1}}},
	{whole[Ask]("{input: i, population: p, values: [1]}"), Ask{Values: []float64{1}, Cueing: Cueing{Input: "i", Population: "p", Cue: "clean", Dynamics: "sign", Release: "released"}}},
	{whole[Crash]("{}"), Crash{Restart: "nothing"}},
	{whole[Lesion]("{count: 1}"), Lesion{Of: "neurons", By: "random", Count: 1}},
	{whole[Rewire]("{fraction: 25%}"), Rewire{Fraction: 0.25, Weights: "kept"}},
	{whole[Turnover]("{threshold: 2}"), Turnover{Threshold: 2, Regrow: true}},
	{whole[Fault]("{kind: silent}"), Fault{Kind: "silent", Restart: "nothing", Snapshot: sec}},
	{whole[Expect]("{score: s, min: 0}"), Expect{Score: "s", Min: of(0.0)}},
}

// of returns where a value is.
func of[T any](v T) *T { return &v }

var defaultsOfData = []defaults{
	{whole[Patterns]("{}"), Patterns{Source: "letters", Width: 10, P: 0.5}},
	{whole[Bars]("{}"), Bars{Rows: 8}},
	{whole[Patches]("{folder: f}"), Patches{Folder: "f", Side: 8}},
	{whole[Strokes]("{}"), Strokes{Train: 20_000, Test: 4000, Side: 14, Flips: 0.03, Shift: 1.2}},
	{whole[IDX]("{folder: f}"), IDX{Folder: "f"}},
	{whole[Images]("{folder: f, width: 2, height: 3}"), Images{Folder: "f", Width: 2, Height: 3}},
	{whole[SpikeFile]("{file: f, channels: 2}"), SpikeFile{File: "f", Unit: "us", Channels: 2, Width: 34}},
	{whole[PoissonTrains]("{rates: [[1]], count: 2}"), PoissonTrains{Rates: [][]float64{{1}}, Duration: 100 * ms, Count: 2, Hold: 5 * ms}},
	{whole[RandomHierarchy]("{}"), RandomHierarchy{Classes: 8, Symbols: 8, Strings: 2, Length: 2, Depth: 2, Train: 10_000, Test: 2000}},
	{whole[Generator]("{code: x, fields: {v: 2}}"), Generator{Code: "x", Fields: map[string]int{"v": 2}}},
	{whole[Split]("{}"), Split{Test: 0.2}},
	{whole[one[FieldInto]]("{d: f}"), one[FieldInto]{FieldInto{Field: "f", On: 1, Scale: 1}}},
	{whole[Custom]("{kind: k}"), Custom{Kind: "k"}},
}

var defaultsOfMeasures = []defaults{
	{whole[Accuracy]("{population: p}"), Accuracy{Population: "p", Read: []string{"receptive"}, Every: 500}},
	{whole[Information]("{population: p}"), Information{Population: "p", About: "label", Threshold: 0.8}},
	{whole[RecallScore]("{}"), RecallScore{Criterion: 0.95}},
	{whole[Predicted]("{population: p}"), Predicted{Population: "p", Port: "c", Of: "r", Learnt: 0.95}},
	{whole[AtomsScore]("{population: p}"), AtomsScore{Population: "p"}},
	{whole[RateScore]("{population: p}"), RateScore{Population: "p"}},
	{whole[Selectivity]("{population: p}"), Selectivity{Population: "p", About: "label"}},
	{whole[LinearProbe]("{population: p, fit: a, test: b}"), LinearProbe{Population: "p", Fit: "a", Test: "b", Of: "y", Ridge: 1}},
	{whole[Sequence]("{population: p, data: d}"), Sequence{Population: "p", Data: "d"}},
	{whole[Regression]("{of: [i], fit: a, test: b}"), Regression{Of: []string{"i"}, Fit: "a", Test: "b", Passes: 5}},
	{whole[Record]("{}"), Record{Spikes: true, Presentations: true, Atoms: 40, Weights: true, Neurons: "all", Inboxes: true}},
	{whole[Probe]("{population: p, of: [r]}"), Probe{Population: "p", Neurons: "all", Of: []string{"r"}, Every: 1}},
}
