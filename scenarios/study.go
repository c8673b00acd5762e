package scenarios

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/footprint"
	"infomorph/scenarios/design"
	"infomorph/scenarios/language"
	"infomorph/scenarios/templates"
)

// Study is the study section. It runs the scenario's task many times with other settings
// and seeds, each time on its own network and engine, and shows one score against the
// settings. A study can vary every setting of the scenario: clocks, delays, faults,
// topologies, goals.
type Study struct {
	Score  string    `yaml:"score" doc:"Score of the task that the pictures and the table show." required:"true" example:"recall.mean_overlap"`
	Seeds  int       `yaml:"seeds" doc:"Number of trials at every point. Their seeds count up from the seed of the scenario." default:"3" min:"1" max:"1000"`
	Curves []Variant `yaml:"curves" doc:"Every panel is measured with each of these settings, as one curve each." maxItems:"20"`
	Panels []Panel   `yaml:"panels" doc:"What is varied, with one picture for each panel." required:"true" minItems:"1" maxItems:"100"`
	Only   []string  `yaml:"only" doc:"Measure only these panels. Default: all." maxItems:"100"`
}

// Variant is a named group of settings.
type Variant struct {
	Name  string   `yaml:"name" doc:"Name, in tables, pictures and scores." required:"true"`
	Set   []string `yaml:"set" doc:"Settings of the scenario, as in --set." example:"[\"neuron.gate.threshold=0.01\"]" maxItems:"100"`
	Score string   `yaml:"score" doc:"Score that is shown here, instead of that of the panel. That of a curve counts more than that of a point. So one picture compares a network with a simpler method, or its layers with each other."`
}

// Panel is one picture of a study.
type Panel struct {
	Name    string    `yaml:"name" doc:"Name, in tables, scores and the picture's file." required:"true"`
	Title   string    `yaml:"title" doc:"Title of the picture. Default: the name."`
	Label   string    `yaml:"label" doc:"Label below the picture. Default: the setting."`
	Set     []string  `yaml:"set" doc:"Settings of all points, as in --set." maxItems:"100"`
	Over    string    `yaml:"over" doc:"A setting and its values, as in a sweep: a=1,2,5, a=1..10, a=lin(0,1,5) or a=log(0.01,1,5)." example:"network.noise.loss=0%,5%,20%"`
	Points  []Variant `yaml:"points" doc:"Named points, each with its own settings. If the names are numbers, such as 5ms, they are the positions on the axis." maxItems:"1000"`
	Against string    `yaml:"against" doc:"Score on the horizontal axis of the picture, in place of the setting, such as a measure of the graph."`
	Score   string    `yaml:"score" doc:"Score that this panel shows. Default: that of the study."`
	Curves  []Variant `yaml:"curves" doc:"Curves of this panel, instead of those of the study." maxItems:"20"`
	Law     float64   `yaml:"law" doc:"Also draw the line y = law · x; 0 draws none." default:"0" min:"-1e9" max:"1e9"`
}

// maxTrials limits the trials of a study.
const maxTrials = 100_000

// Validate implements config.Validator.
func (s *Study) Validate() error {
	var errs []error
	names := map[string]bool{}
	for i := range s.Panels {
		p := &s.Panels[i]
		at := func(key string) string { return fmt.Sprintf("panels[%d].%s", i, key) }
		if !language.ValidName(p.Name) || names[p.Name] {
			errs = append(errs, config.FieldError(at("name"), p.Name, "letters, digits, - and _, other than before", ""))
		}
		names[p.Name] = true
		if (p.Over == "") == (len(p.Points) == 0) {
			errs = append(errs, config.FieldProblem(at("name"), "measures nothing, or two things", "add either over: or points:"))
		}
		if p.Over != "" {
			if a, _ := design.ParseAxis(p.Over); len(a.Values) == 0 { // of no axis, or of an interval
				errs = append(errs, config.FieldError(at("over"), p.Over, "a setting and its values such as network.noise.loss=0%,5%,20%", ""))
			}
		}
		errs = append(errs, checkVariants(at("points"), p.Points), checkVariants(at("curves"), p.Curves))
		if isCurve := func(v Variant) bool { return v.Name == p.Name }; slices.ContainsFunc(s.curves(p), isCurve) || p.Name == "neurons" || p.Name == "correlations" {
			errs = append(errs, config.FieldProblem(at("name"), fmt.Sprintf("%q is a column or a table of the results already", p.Name), "choose another name than those of its curves, neurons and correlations"))
		}
	}
	for i, name := range s.Only {
		if !names[name] {
			errs = append(errs, config.FieldError(fmt.Sprintf("only[%d]", i), name, "the name of a panel", ""))
		}
	}
	return errors.Join(append(errs, checkVariants("curves", s.Curves))...)
}

func checkVariants(path string, all []Variant) error {
	var errs []error
	seen := map[string]bool{}
	for i, v := range all {
		if !language.ValidName(v.Name) && math.IsNaN(design.NumberOf(v.Name)) || seen[v.Name] {
			errs = append(errs, config.FieldError(fmt.Sprintf("%s[%d].name", path, i), v.Name, "letters, digits, - and _, or a number, other than before", ""))
		}
		seen[v.Name] = true
	}
	return errors.Join(errs...)
}

// points returns what a panel measures, and the position x of each point. If all points
// have numbers as values or names, these are x, and numeric is true; else x counts from
// 0.
func (p *Panel) points() (all []Variant, x []float64, numeric bool) {
	all = p.Points
	var values []string
	if p.Over != "" {
		a, err := design.ParseAxis(p.Over)
		if err != nil {
			return nil, nil, false
		}
		for _, v := range a.Values {
			all = append(all, Variant{Name: v, Set: []string{a.Path + "=" + v}})
		}
	}
	for _, v := range all {
		values = append(values, v.Name)
	}
	x = design.Numbers(values)
	numeric = !slices.ContainsFunc(x, math.IsNaN)
	if !numeric {
		for i := range x {
			x[i] = float64(i)
		}
	}
	return all, x, numeric
}

// studyTask is a Study that is ready to run.
type studyTask struct {
	Task  // of the scenario without the study
	study *Study
	seed  uint64
	text  []byte // of the document to vary
	files Files
	room  footprint.Room
	cells []cell
}

// cell is one point of one curve of one panel, measured with every seed.
type cell struct {
	panel, curve, point int
	trials              []trial
}

// trial is one run of the task. Trials with equal keys are the same run.
type trial struct {
	seed uint64
	sets []string
	key  string
}

func newStudyTask(s *Scenario, files Files) (*studyTask, error) {
	t := &studyTask{study: s.Study, seed: s.Seed, files: files, room: s.Room}
	var err error
	if t.text, err = s.base(); err != nil {
		return nil, err
	}
	base, err := load(t.text, nil)
	if err != nil {
		return nil, err
	}
	base.doc, base.Room = s.doc, s.Room // its errors are faults of the document as it was given
	if t.Task, err = NewTask(base, files); err != nil {
		return nil, err
	}
	for i := range s.Study.Panels {
		if err := t.addPanel(i); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// curves returns the curves of a panel. Without any, it returns one curve without a name.
func (s *Study) curves(p *Panel) []Variant {
	switch {
	case len(p.Curves) > 0:
		return p.Curves
	case len(s.Curves) > 0:
		return s.Curves
	}
	return []Variant{{}}
}

// score returns the score that a panel shows where neither curve nor point says another.
func (s *Study) score(p *Panel) string { return orText(p.Score, s.Score) }

// heading returns what the values of a panel are called: its score, unless its points have
// their own.
func (s *Study) heading(p *Panel) string {
	if slices.ContainsFunc(p.Points, func(v Variant) bool { return v.Score != "" }) {
		return "score"
	}
	return s.score(p)
}

// scoreOf returns the score that a cell shows.
func (s *Study) scoreOf(c *cell) string {
	p := &s.Panels[c.panel]
	points, _, _ := p.points()
	return orText(s.curves(p)[c.curve].Score, orText(points[c.point].Score, s.score(p)))
}

func (t *studyTask) addPanel(i int) error {
	p := &t.study.Panels[i]
	if len(t.study.Only) > 0 && !slices.Contains(t.study.Only, p.Name) {
		return nil
	}
	points, _, _ := p.points()
	curves := t.study.curves(p)
	if (len(t.cells)+len(curves)*len(points))*t.study.Seeds > maxTrials { // count before reading any trial, which takes time
		return config.FieldProblem("study.panels", fmt.Sprintf("more than %d trials in all", maxTrials), "")
	}
	used := map[string]bool{}
	for c, curve := range curves {
		for k, point := range points {
			all := cell{panel: i, curve: c, point: k}
			for r := range t.study.Seeds {
				tr := trial{seed: t.seed + uint64(r)}
				tr.sets = ofRule(slices.Concat(p.Set, curve.Set, point.Set, []string{fmt.Sprint("seed=", tr.seed)}), used)
				s, err := load(t.text, tr.sets)
				if err == nil {
					tr.key, err = s.key()
				}
				if err != nil {
					return config.FieldProblem(fmt.Sprintf("study.panels[%d]", i), strings.TrimSpace(err.Error()), "")
				}
				all.trials = append(all.trials, tr)
			}
			t.cells = append(t.cells, all)
		}
	}
	for _, set := range slices.Sorted(maps.Keys(used)) {
		if !used[set] {
			return config.FieldProblem(fmt.Sprintf("study.panels[%d]", i), "--set "+set+": is used by no rule of its curves", "take it away")
		}
	}
	return nil
}

// ofRule removes the settings of a topology that the topology's rule ignores: a
// comparison of rules gives each rule its own settings. It returns the rest. For every
// setting it notes in used whether any trial uses it.
func ofRule(sets []string, used map[string]bool) (own []string) {
	const section = "network.topology."
	rule := ""
	for _, s := range sets {
		if name, ok := strings.CutPrefix(s, section+"rule="); ok {
			rule = name
		}
	}
	for _, s := range sets {
		key, ok := strings.CutPrefix(s, section)
		key, _, _ = strings.Cut(key, "=")
		if ok && rule != "" && templates.RuleIgnores(rule, key) {
			if _, ok := used[s]; !ok {
				used[s] = false
			}
			continue
		}
		used[s] = true
		own = append(own, s)
	}
	return own
}

// load reads the text of a scenario that already has every default.
func load(text []byte, sets []string) (*Scenario, error) {
	return Load("the scenario", bytes.NewReader(text), sets...)
}

// key returns a hash of everything that affects the run of a scenario.
func (s *Scenario) key() (string, error) {
	text, err := s.Text()
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), err
}
