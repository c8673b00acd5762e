package language

import (
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/footprint"
)

// APIVersion is the version of the language.
const APIVersion = "infomorph/v2"

// Experiment is a document in full: everything that is simulated, presented, measured and
// expected.
type Experiment struct {
	APIVersion  string                   `yaml:"apiVersion" doc:"Version of the scenario language." required:"true" enum:"infomorph/v2"`
	Name        string                   `yaml:"name" doc:"Name of the scenario; also the folder of its results." required:"true"`
	Description string                   `yaml:"description" doc:"What the scenario shows, as text for the reader."`
	Seed        uint64                   `yaml:"seed" doc:"Seed of every random stream of the run." default:"1"`
	Mode        string                   `yaml:"mode" doc:"How the network runs. lockstep: in epochs; the same seed gives the same bytes. free: without barriers, every neuron as fast as the machine allows; the input of each neuron is recorded, for infomorph replay and audit." default:"lockstep" enum:"lockstep,free"`
	Neurons     config.Named[Neuron]     `yaml:"neurons" doc:"Kinds of neurons, by name." maxItems:"1000"`
	Populations config.Named[Population] `yaml:"populations" doc:"Populations of neurons, by name; neurons are numbered in this order." maxItems:"1000"`
	Inputs      config.Named[Input]      `yaml:"inputs" doc:"Groups of input channels, by name." maxItems:"1000"`
	Graph       *Graph                   `yaml:"graph" doc:"A graph file whose populations, inputs and synapses are part of the network."`
	Projections []Projection             `yaml:"projections" doc:"Connections between populations and inputs: from, to, rule, weights, delays." maxItems:"10000"`
	Data        config.Named[Source]     `yaml:"data" doc:"Sources of the items that are presented, by name." maxItems:"1000"`
	Protocol    []Phase                  `yaml:"protocol" doc:"The phases of the experiment, in order." maxItems:"10000"`
	Measure     []Measure                `yaml:"measure" doc:"What is measured, over time and as scores." maxItems:"1000"`
	Validation  config.Fraction          `yaml:"validation" doc:"For choosing settings: separate this share of the train items of every source, and present them wherever the protocol says test. The test items are not used. A search does this by itself." default:"0%" min:"0%" exclusiveMax:"100%"`
	Control     string                   `yaml:"control" doc:"Run the experiment as a control, whose scores should be at chance level. none: the experiment itself. frozen: nothing learns. unconnected: no synapses between neurons. shuffled: labels, features and patterns to recall come from another item." default:"none" enum:"none,frozen,unconnected,shuffled"`
	Events      []Event                  `yaml:"events" doc:"Events in addition to the protocol, and their times: lesions, other goals, noise, faults." maxItems:"1000"`
	Faults      []Fault                  `yaml:"faults" doc:"Faults of neurons and synapses, and their times." maxItems:"1000"`
	Record      Record                   `yaml:"record" doc:"What is written into the result folder."`
	// Room is the memory that the network may use. It is not a setting of the document.
	Room footprint.Room
	// Bare leaves out all synapses but those of one_to_one, so that the rest of a
	// document with a large network can be checked. It is not a setting of the document.
	Bare bool

	Expect []Expect `yaml:"expect" doc:"Expected values of scores and of measures over time. If one is not met, the run ends with exit code 3." maxItems:"1000"`

	doc *config.Document // keeps the positions of settings, for errors found after loading
}

// ownTables are the tables that runs write themselves, besides those of measures and
// scripts. A run also writes a table of weights for each time at which it saves them.
var ownTables = []string{"graph", "measures", "members", "neurons", "pid", "presentations", "probes", "spikes"}

// OwnTable reports whether runs write a table of this name themselves, so that neither a
// measure nor a script can use the name.
func OwnTable(name string) bool {
	return slices.Contains(ownTables, strings.ToLower(name)) || strings.HasPrefix(strings.ToLower(name), "weights-")
}

// ValidName reports whether s can name a file, a score or a table: 1 to 100
// letters, digits, - and _.
func ValidName(s string) bool {
	if s == "" || len(s) > 100 {
		return false
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return false
		}
	}
	return true
}
