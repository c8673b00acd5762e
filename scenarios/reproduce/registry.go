package reproduce

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/scenarios/design"
	"infomorph/scenarios/language"
)

//go:embed registry.yaml
var builtin []byte

// Registry is a file of claims.
type Registry struct {
	Entries []Entry `yaml:"entries" doc:"The claims, in the order of the page." required:"true" minItems:"1" maxItems:"1000"`
}

// Entry is one figure, table or claim: a scenario with seeds, and what its scores must
// show.
type Entry struct {
	Name      string     `yaml:"name" doc:"Name of the entry; also its folder." required:"true"`
	What      string     `yaml:"what" doc:"What it shows, in a sentence." required:"true"`
	Figure    string     `yaml:"figure" doc:"The figure or table of a paper that it corresponds to; empty for a claim of this project."`
	Scenario  string     `yaml:"scenario" doc:"A built-in scenario, or a file, named from the folder of the registry." required:"true"`
	Set       []string   `yaml:"set" doc:"What it sets, as path=value." maxItems:"100"`
	Over      []string   `yaml:"over" doc:"Axes, as in infomorph sweep; every point is run with each seed." maxItems:"10"`
	FirstSeed uint64     `yaml:"first_seed" doc:"The first of successive seeds; of a sweep with axes, the base that seeds are derived from." default:"1"`
	Seeds     int        `yaml:"seeds" doc:"How many seeds." default:"10" min:"1" max:"100000"`
	Seconds   float64    `yaml:"seconds" doc:"About how long one run takes on one core, for estimates." unit:"s" required:"true" exclusiveMin:"0" max:"1e7"`
	Data      string     `yaml:"data" doc:"The setting that names the folder of data files, where the entry needs data that does not come with the program."`
	Few       string     `yaml:"few" doc:"Why there are fewer than ten seeds."`
	Baselines []Baseline `yaml:"baselines" doc:"Runs that the checks are held against: the same scenario untrained, without what the claim is about, or of a simpler rule." maxItems:"10"`
	Pictures  []string   `yaml:"pictures" doc:"Pictures of the first run that correspond to the figure; the first is shown on the page. A panel of a study that shows one seed shows all runs, and as dashed lines what its checks are held against. With axes, pictures are drawn from the scores." maxItems:"20"`
	Checks    []Check    `yaml:"checks" doc:"What the scores must show." required:"true" minItems:"1" maxItems:"100"`
}

// Baseline is a set of runs with which a claim is compared.
type Baseline struct {
	Name  string   `yaml:"name" doc:"What checks call it; also its folder." required:"true"`
	Set   []string `yaml:"set" doc:"What it sets beside what the entry sets, as path=value; of a path that both set, this holds." required:"true" minItems:"1" maxItems:"100"`
	Score string   `yaml:"score" doc:"The score that is compared, where it is not that of the check."`
	Seeds int      `yaml:"seeds" doc:"How many seeds." default:"10" min:"2" max:"100000"`
}

// Check is a condition on one score.
type Check struct {
	Score   string   `yaml:"score" doc:"Name of a score." required:"true"`
	At      []string `yaml:"at" doc:"The point of the axes that it is about, as path=value; without it, all runs are pooled." maxItems:"10"`
	Minus   string   `yaml:"minus" doc:"Judge the mean difference of paired runs instead: the score less that of this baseline at the same seed, or less this score of the same run. The interval must lie beyond the bounds, so that equal variants do not meet a bound of 0; with min below and max above 0, the check shows that they differ by less."`
	Reach   *float64 `yaml:"reach" doc:"Judge the share of runs whose score is at least this, instead of the mean."`
	Min     *float64 `yaml:"min" doc:"Smallest value of the mean, or of the share."`
	Max     *float64 `yaml:"max" doc:"Largest value of the mean, or of the share."`
	Aim     *float64 `yaml:"aim" doc:"What is aimed at beyond the range; it is shown, not judged."`
	Against []string `yaml:"against" doc:"What must fail the range, so that meeting it shows something: names of baselines of the entry, or scores of the same runs, such as that of logistic regression. Not with minus." maxItems:"10"`
	Source  string   `yaml:"source" doc:"Where the range comes from." required:"true"`
}

// Validate implements config.Validator.
func (c *Check) Validate() error {
	switch {
	case c.Min == nil && c.Max == nil:
		return config.FieldProblem("", "says neither min nor max", "add min: or max:")
	case c.Min != nil && c.Max != nil && *c.Min > *c.Max:
		return config.FieldError("min", *c.Min, "at most max", "")
	case len(c.Against) == 0 && c.Minus == "":
		return config.FieldProblem("against", "missing", "name what must fail the range, or the other variant of a pair with minus:")
	case len(c.Against) > 0 && c.Minus != "":
		return config.FieldProblem("against", "stands beside minus, which names what the score is compared with", "write another check for another comparison")
	case c.Minus != "" && c.Reach != nil:
		return config.FieldProblem("minus", "stands beside reach, which judges a share of runs instead of a difference", "")
	case c.Reach != nil && (c.Min != nil && (*c.Min < 0 || *c.Min > 1) || c.Max != nil && (*c.Max < 0 || *c.Max > 1)):
		return config.FieldProblem("", "judges a share of runs, which lies between 0 and 1", "")
	case c.Reach != nil && (c.Min != nil && *c.Min == 1 || c.Max != nil && *c.Max == 0):
		return config.FieldProblem("", "asks for all runs or for none, which no number of runs shows", "the interval of 100 of 100 begins at 96 %")
	}
	return nil
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// Validate implements config.Validator.
func (r *Registry) Validate() error {
	seen := map[string]bool{}
	for i := range r.Entries {
		e := &r.Entries[i]
		path := fmt.Sprintf("entries[%d]", i)
		if !nameForm.MatchString(e.Name) || e.Name == "all" {
			return config.FieldError(path+".name", e.Name, "small letters, digits and - (it names a folder), and not all", "")
		}
		if seen[e.Name] {
			return config.FieldError(path+".name", e.Name, "a name of its own", "")
		}
		seen[e.Name] = true
		if err := e.validate(path); err != nil {
			return err
		}
		for k, c := range e.Checks {
			if len(c.At) > 0 && len(e.Over) == 0 {
				return config.FieldProblem(fmt.Sprintf("%s.checks[%d].at", path, k), "names a point, but the entry has no axes", "")
			}
			if c.Minus != "" && len(e.Over) > 0 {
				return config.FieldProblem(fmt.Sprintf("%s.checks[%d].minus", path, k), "needs pairs of runs with the same seed, but the entry has axes", "")
			}
		}
	}
	return nil
}

// fewSeeds is the minimum number of seeds of an entry. An entry with fewer must give a
// reason.
const fewSeeds = 10

// validate checks the seeds and the baselines.
func (e *Entry) validate(path string) error {
	if e.Seeds < fewSeeds && e.Few == "" {
		return config.FieldProblem(path+".seeds", fmt.Sprintf("is fewer than %d", fewSeeds), "take more, or say why not: few: …")
	}
	seen := map[string]bool{}
	for i, b := range e.Baselines {
		if at := fmt.Sprintf("%s.baselines[%d].name", path, i); !nameForm.MatchString(b.Name) || seen[b.Name] {
			return config.FieldError(at, b.Name, "small letters, digits and -, a name of its own", "")
		}
		seen[b.Name] = true
	}
	for k, c := range e.Checks {
		for i, name := range c.Against {
			if !seen[name] && !strings.Contains(name, ".") {
				return config.FieldError(fmt.Sprintf("%s.checks[%d].against[%d]", path, k, i), name, "a baseline of the entry, or a score", "")
			}
		}
		if name := c.Minus; name != "" && !seen[name] && !strings.Contains(name, ".") {
			return config.FieldError(fmt.Sprintf("%s.checks[%d].minus", path, k), name, "a baseline of the entry, or a score", "")
		}
	}
	return nil
}

// Read reads a registry. The name file appears in errors. Former names of scores become
// the present ones.
func Read(file string, data []byte) (*Registry, error) {
	r := new(Registry)
	if err := config.Decode(file, data, r); err != nil {
		return nil, err
	}
	for i := range r.Entries {
		for k := range r.Entries[i].Checks {
			c := &r.Entries[i].Checks[k]
			c.Score, c.Minus = language.CurrentScore(c.Score), language.CurrentScore(c.Minus)
			for j, name := range c.Against {
				c.Against[j] = language.CurrentScore(name)
			}
		}
	}
	return r, nil
}

// Builtin returns the claims of this project.
func Builtin() *Registry {
	r, err := Read("registry.yaml", builtin)
	if err != nil {
		panic("reproduce: the embedded registry: " + err.Error()) // cannot happen, because a test reads it
	}
	return r
}

// find returns the entry with a name, or nil.
func (r *Registry) find(name string) *Entry {
	for i := range r.Entries {
		if r.Entries[i].Name == name {
			return &r.Entries[i]
		}
	}
	return nil
}

// Find returns the entry with a name, or an error that suggests one.
func (r *Registry) Find(name string) (*Entry, error) {
	if e := r.find(name); e != nil {
		return e, nil
	}
	var names []string
	for i := range r.Entries {
		names = append(names, r.Entries[i].Name)
	}
	hint := "infomorph reproduce lists them"
	if near := config.Closest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return nil, fmt.Errorf("%s: no such entry; %s", name, hint)
}

// Axes returns the axes of the entry's sweep for a number of seeds. If the entry has no
// axes, the only axis is that of successive seeds.
func (e *Entry) Axes(seeds int) []string {
	if len(e.Over) > 0 {
		return e.Over
	}
	return []string{e.successive(seeds)}
}

func (e *Entry) successive(seeds int) string {
	return fmt.Sprintf("seed=%d..%d", e.FirstSeed, e.FirstSeed+uint64(seeds)-1)
}

// Rival returns the entry with the settings of a baseline, over successive seeds. The
// checks are compared with its runs.
func (e *Entry) Rival(b *Baseline, seeds int) *Entry {
	r := *e
	r.Name, r.Over, r.Seeds, r.Baselines = e.Name+"-"+b.Name, nil, min(seeds, b.Seeds), nil
	r.Set = nil
	for _, set := range e.Set {
		if !slices.ContainsFunc(b.Set, func(own string) bool { return path(own) == path(set) }) {
			r.Set = append(r.Set, set)
		}
	}
	r.Set = append(r.Set, b.Set...)
	return &r
}

// path returns the path in path=value.
func path(set string) string {
	p, _, _ := strings.Cut(set, "=")
	return p
}

// Points returns the number of points of the entry's axes.
func (e *Entry) Points() int {
	points := 1
	for _, text := range e.Over {
		a, err := design.ParseAxis(text)
		if err != nil {
			return 1 // planning the sweep reports the error
		}
		points *= len(a.Values)
	}
	return points
}

// Range returns the expected range as text.
func (c *Check) Range() string {
	show := func(v float64) string { return fmt.Sprintf("%g", v) }
	if c.Reach != nil {
		show = func(v float64) string { return fmt.Sprintf("%g %%", 100*v) }
	}
	least, most := "≥ ", "≤ "
	if c.Minus != "" {
		least, most = "> ", "< "
	}
	var parts []string
	if c.Min != nil {
		parts = append(parts, least+show(*c.Min))
	}
	if c.Max != nil {
		parts = append(parts, most+show(*c.Max))
	}
	text := strings.Join(parts, ", ")
	if c.Reach != nil {
		text += " of runs"
	}
	if c.Aim != nil {
		text += ", aim " + show(*c.Aim)
	}
	return text
}

// Subject returns what a check measures, as text.
func (c *Check) Subject() string {
	text := c.Score
	if c.Minus != "" {
		text += " − " + c.Minus
	}
	if c.Reach != nil {
		text += fmt.Sprintf(" ≥ %g", *c.Reach)
	}
	if len(c.At) > 0 {
		text += " at " + strings.Join(c.At, ", ")
	}
	return text
}

// Choose returns the entries with these names, in the order of the registry.
func (r *Registry) Choose(names []string) ([]*Entry, error) {
	wanted := map[string]bool{}
	for _, name := range names {
		if name == "all" {
			for i := range r.Entries {
				wanted[r.Entries[i].Name] = true
			}
			continue
		}
		if _, err := r.Find(name); err != nil {
			return nil, err
		}
		wanted[name] = true
	}
	var chosen []*Entry
	for i := range r.Entries {
		if e := &r.Entries[i]; wanted[e.Name] {
			chosen = append(chosen, e)
		}
	}
	return chosen, nil
}
