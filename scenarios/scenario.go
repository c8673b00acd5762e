package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/footprint"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios/language"
	"infomorph/scenarios/protocol"
	"infomorph/scenarios/templates"
)

// APIVersion is the version of the scenario language that this package reads.
const APIVersion = language.APIVersion

// Full is a document with an experiment in full.
type Full struct {
	language.Experiment
	Study *Study `yaml:"study" doc:"Run the experiment with different settings, and show a score as a function of them."`
	Sweep *Sweep `yaml:"sweep" doc:"Settings and seeds that infomorph sweep varies."`
}

// Short is a document in short form.
type Short struct {
	templates.Form
	Capacity *Capacity `yaml:"capacity" doc:"Measure how many random patterns an associative memory can store: a study that finds the largest load by bisection." oneof:"form"`
	Study    *Study    `yaml:"study" doc:"Run the experiment with different settings, and show a score as a function of them."`
	Sweep    *Sweep    `yaml:"sweep" doc:"Settings and seeds that infomorph sweep varies."`
}

// Scenario is a document after loading.
type Scenario struct {
	Name, Description string
	Seed              uint64
	Mode              string
	Record            language.Record
	Expect            []language.Expect
	Study             *Study
	Sweep             *Sweep
	// Experiment is the experiment to run; nil if the document is a study of capacity.
	Experiment *language.Experiment

	// Room is the memory that a network may use; its zero value sets no limit.
	Room footprint.Room
	// Bare makes a task without the synapses that rules generate. Such a task can be
	// checked but not run.
	Bare bool

	short *Short           // the document as given, with its defaults; nil if it is in full
	full  *Full            // likewise; nil if it is a short form
	doc   *config.Document // keeps the positions of settings, for errors found after loading
}

// ModeFree is the mode of free-running networks.
const ModeFree = "free"

// Load reads a scenario. The name file appears in errors. The assignments in sets, such
// as "seed=3", take precedence over the file. A short form also accepts assignments to
// sections that only the full form has, such as populations: they apply to the expanded
// document, which Text returns. The error lists every fault with its position.
func Load(file string, r io.Reader, sets ...string) (*Scenario, error) {
	data, err := config.ReadAll(file, r)
	if err != nil {
		return nil, err
	}
	doc, err := config.Parse(file, data)
	if err != nil {
		return nil, err
	}
	if !IsShort(doc) {
		return loadFull(doc, sets)
	}
	if slices.ContainsFunc(wholeKeys, doc.Has) {
		return loadShort(doc, sets)
	}
	var short, full []string
	for _, set := range sets {
		if onlyFull(config.Section(set)) {
			full = append(full, set)
		} else {
			short = append(short, set)
		}
	}
	s, err := loadShort(doc, short)
	if err != nil || len(full) == 0 {
		return s, err
	}
	return s.inFull(file, full)
}

// wholeKeys are sections of short forms that cannot be written as a document in full.
var wholeKeys = []string{"capacity", "study"}

// onlyFull reports whether a section exists in the full form only.
func onlyFull(section string) bool {
	has := func(v any) bool {
		return slices.ContainsFunc(config.Keys(v), func(k config.KeyInfo) bool { return k.Path == section })
	}
	return !has(Short{}) && has(Full{})
}

// inFull expands a short form and applies further settings to the result.
func (s *Scenario) inFull(file string, sets []string) (*Scenario, error) {
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	return Load(file+" in full", bytes.NewReader(text), sets...)
}

// shortKeys are the sections that mark a short form; each short form has one of them.
var shortKeys = append(templates.Sections(), "capacity")

// IsShort reports whether a document is in short form.
func IsShort(doc *config.Document) bool {
	return slices.ContainsFunc(shortKeys, doc.Has)
}

func loadFull(doc *config.Document, sets []string) (*Scenario, error) {
	if err := language.Resolve(doc, sets...); err != nil {
		return nil, err
	}
	f := &Full{}
	if err := doc.Decode(f, config.APIVersion(APIVersion), config.CheckExpr(checkExpr)); err != nil {
		return nil, err
	}
	e := &f.Experiment
	e.Complete()
	useCurrentScores(e.Expect, f.Study)
	return &Scenario{Name: e.Name, Description: e.Description, Seed: e.Seed, Mode: e.Mode, Record: e.Record, Expect: e.Expect,
		Study: f.Study, Sweep: f.Sweep, Experiment: e, full: f, doc: doc}, nil
}

func loadShort(doc *config.Document, sets []string) (*Scenario, error) {
	doc.Rename("apiVersion", "infomorph/v1", APIVersion) // the short form is the same in v1 and v2
	if err := templates.Complete(doc, sets...); err != nil {
		return nil, err
	}
	f := &Short{}
	if err := doc.Decode(f, config.APIVersion(APIVersion), config.CheckExpr(checkExpr)); err != nil {
		return nil, err
	}
	useCurrentScores(f.Expect, f.Study)
	s := &Scenario{Name: f.Name, Description: f.Description, Seed: f.Seed, Mode: f.Mode, Record: f.Record, Expect: f.Expect,
		Study: f.Study, Sweep: f.Sweep, short: f, doc: doc}
	if f.Capacity != nil {
		return s, s.place(f.Capacity.check(f))
	}
	if f.Script != nil {
		f.Script.Place(doc.TextPos("script.code"))
	}
	var err error
	if s.Experiment, err = f.Form.Expand(); err == nil {
		err = validate(s.Experiment) // finds what only shows in the whole experiment
	}
	if err != nil {
		return nil, s.place(err)
	}
	return s, nil
}

// useCurrentScores replaces former names of scores; study may be nil.
func useCurrentScores(expect []language.Expect, study *Study) {
	for i := range expect {
		expect[i].Score = language.CurrentScore(expect[i].Score)
	}
	if study == nil {
		return
	}
	study.Score = language.CurrentScore(study.Score)
	for i := range study.Panels {
		study.Panels[i].Score = language.CurrentScore(study.Panels[i].Score)
	}
}

// validate checks an experiment that was not decoded from a document. A run stores the
// experiment as a document, so that document must be readable.
func validate(e *language.Experiment) error {
	errs := []error{e.Validate()}
	for name, kind := range e.Neurons.All() {
		within := func(key string) string { return config.JoinPath("neurons", name) + "." + key }
		errs = append(errs, config.Rekey(kind.Validate(), within))
	}
	return errors.Join(errs...)
}

// place adds the position in the file to an error about a setting.
func (s *Scenario) place(err error) error {
	if s.short != nil && s.Experiment != nil {
		err = config.Rekey(err, func(key string) string { return s.short.Origin(s.Experiment, key) })
	}
	return s.doc.Place(err)
}

// Text returns the whole scenario with every default filled in, as a document that gives
// the same bytes when it runs. Experiments are written in full. A study is written in its
// own form, because its settings are those of its document.
func (s *Scenario) Text() ([]byte, error) {
	switch {
	case s.full != nil:
		return config.Marshal(s.full)
	case s.Study != nil || s.Experiment == nil:
		return config.Marshal(s.short)
	}
	return config.Marshal(&Full{Experiment: *s.Experiment, Sweep: s.Sweep})
}

// Given returns the document in the form in which it was given, with its defaults.
func (s *Scenario) Given() ([]byte, error) {
	if s.full != nil {
		return config.Marshal(s.full)
	}
	return config.Marshal(s.short)
}

// Asked returns the expectations that apply to the scenario; see Experiment.Asked of
// package language.
func (s *Scenario) Asked() []language.Expect {
	if s.Experiment == nil {
		return s.Expect
	}
	return s.Experiment.Asked()
}

// base returns the text of the document that a study varies.
func (s *Scenario) base() ([]byte, error) {
	if s.full != nil {
		f := *s.full
		f.Study, f.Expect, f.Sweep = nil, nil, nil
		return config.Marshal(&f)
	}
	f := *s.short
	f.Study, f.Expect, f.Sweep = nil, nil, nil
	return config.Marshal(&f)
}

// Sources returns the largest number of sources into which a neuron divides its input, at
// least 2.
func (s *Scenario) Sources() int {
	most := 2
	if s.Experiment != nil {
		for _, k := range s.Experiment.Neurons.All() {
			most = max(most, len(k.Sources))
		}
	}
	return most
}

// Sampling returns which rows of spikes and atoms a run keeps. The task t resolves the
// names of neurons.
func (s *Scenario) Sampling(t Task) (record.Sampling, error) {
	r := record.Sampling{From: neuron.Time(s.Record.From), Until: neuron.Time(s.Record.Until)}
	if s.Record.Neurons == "all" {
		return r, nil
	}
	var err error
	e, ok := t.(*experimentTask)
	if !ok {
		return r, s.place(config.FieldError("record.neurons", s.Record.Neurons, "all, because a study records no neurons", ""))
	}
	ids, err := e.plan.Net.Select(s.Record.Neurons)
	if err != nil {
		return r, s.place(config.FieldProblem("record.neurons", err.Error(), ""))
	}
	r.Neurons, err = record.ParseSelection(spans(ids))
	return r, err
}

// spans writes ids as a list of ranges.
func spans(ids []neuron.ID) string {
	var all []string
	for i := 0; i < len(ids); {
		k := i + 1
		for k < len(ids) && ids[k] == ids[k-1]+1 {
			k++
		}
		all = append(all, fmt.Sprintf("%d-%d", ids[i], ids[k-1]))
		i = k
	}
	return strings.Join(all, ",")
}

// checkExpr checks the value of every key that is tagged as an expression.
func checkExpr(_, source string) error { return protocol.CheckCondition(source) }

// Documented returns the document as it was given, with every key, its default and its
// meaning.
func (s *Scenario) Documented() ([]byte, error) {
	if s.full != nil {
		return config.MarshalDoc(s.full)
	}
	return config.MarshalDoc(s.short)
}

// Called returns the scenario under another name and description.
func (s *Scenario) Called(name, description string) *Scenario {
	c := *s
	c.Name, c.Description = name, description
	if s.Experiment != nil {
		e := *s.Experiment
		e.Name, e.Description = name, description
		c.Experiment = &e
	}
	if s.short != nil {
		f := *s.short
		f.Name, f.Description = name, description
		c.short = &f
	}
	if s.full != nil {
		f := *s.full
		f.Name, f.Description = name, description
		c.full = &f
	}
	return &c
}

// Touched returns the scenario with further events, for a run in which they have already
// happened. It panics if the scenario is not an experiment.
func (s *Scenario) Touched(events []language.Event) *Scenario {
	c := *s
	e := *s.Experiment
	e.Events = append(slices.Clone(e.Events), events...)
	c.Experiment = &e
	if s.full != nil {
		f := *s.full
		f.Experiment = e
		c.full = &f
	}
	return &c
}
