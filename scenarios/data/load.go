package data

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// Files opens the files that a document names.
type Files interface {
	Open(name string) (io.ReadCloser, error)
	List(folder string) ([]string, error) // names in alphabetical order
}

// Collection holds the sets of an experiment.
type Collection struct {
	sets []*Set
}

// loader loads one source.
type loader struct {
	*language.Source
	set   *Set
	path  string // of the source in the document
	seed  uint64
	files Files
}

// Load loads the data of an experiment. Errors are from config.FieldError and
// config.FieldProblem, with paths such as data.digits.strokes.train.
func Load(exp *language.Experiment, files Files) (*Collection, error) {
	c := &Collection{}
	number := 0
	for name, src := range exp.Data.All() {
		if !language.ValidName(name) {
			return nil, config.FieldError("data", name, "a name of letters, digits, - and _", "")
		}
		l := &loader{src, &Set{Name: name, number: number}, "data." + name, exp.Seed, files}
		if err := l.load(exp.Control == "shuffled", float64(exp.Validation)); err != nil {
			return nil, err
		}
		c.sets = append(c.sets, l.set)
		number++
	}
	if exp.Validation > 0 && !slices.ContainsFunc(c.sets, func(s *Set) bool { return s.parts["train"] != nil }) {
		return nil, config.FieldProblem("validation", "has no effect, because no source of data has parts train and test", "")
	}
	return c, nil
}

// load fills the set.
func (l *loader) load(shuffled bool, validation float64) error {
	src, content, err := l.open()
	if err != nil {
		return err
	}
	s := l.set
	s.source = src
	if err := s.connect(&l.To, l.path); err != nil {
		return err
	}
	if err := l.divide(); err != nil {
		return err
	}
	if validation > 0 {
		if err := l.holdOut(validation); err != nil {
			return err
		}
		content = append(content, validation)
	}
	if r, ok := src.(interface{ ready(train *Part) }); ok {
		train := s.parts["train"]
		if train == nil {
			train = s.parts[""]
		}
		r.ready(train)
	}
	content = append(content, l.seed, s.number, l.First, shuffled)
	if l.Split != nil {
		content = append(content, *l.Split)
	}
	s.seal(content...)
	if shuffled {
		for name, p := range s.parts { //nolint:maprange // each has a stream of its own
			p.mixed = newShuffle(l.seed, s.number, slices.Index(partNames, name))
		}
	}
	return nil
}

// partNames are the names of parts; the whole set is first.
var partNames = []string{"", "train", "test"}

// open makes the source. It also returns everything besides the seed that determines its
// items.
func (l *loader) open() (src source, content []any, err error) {
	switch {
	case l.Patterns != nil:
		return l.patterns()
	case l.Bars != nil:
		return l.bars()
	case l.Patches != nil:
		return l.patches()
	case l.Strokes != nil:
		return l.strokes()
	case l.IDX != nil:
		return l.idx()
	case l.Images != nil:
		return l.images()
	case l.Table != nil:
		return l.table()
	case l.Markov != nil:
		return l.markov()
	case l.Spikes != nil:
		return l.spikes()
	case l.Poisson != nil:
		return l.poisson()
	case l.RHM != nil:
		return l.randomHierarchy()
	case l.Custom != nil:
		return l.custom()
	}
	return l.generate()
}

// key returns the path of a key in the source's own section.
func (l *loader) key(kind, key string) string { return l.path + "." + kind + "." + key }

// fault returns the error of a key whose file cannot be used.
func (l *loader) fault(kind, key string, err error) error {
	return config.FieldProblem(l.key(kind, key), err.Error(), "")
}

// Set returns the set with a name, or nil.
func (c *Collection) Set(name string) *Set {
	for _, s := range c.sets {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Sets returns all sets, in the order of the document.
func (c *Collection) Sets() []*Set { return slices.Clone(c.sets) }

// Part returns a set, or part of it, by its name in documents, such as digits or
// digits.train. The caller adds the path to an error with config.Within.
func (c *Collection) Part(ref string) (*Part, error) {
	name, part, _ := strings.Cut(ref, ".")
	s := c.Set(name)
	if s == nil {
		var known []string
		for _, s := range c.sets {
			known = append(known, s.Name)
		}
		if len(known) == 0 {
			return nil, config.FieldError("", ref, "a source of the section data, which has none", "")
		}
		return nil, config.FieldError("", ref, "a source of the section data: "+strings.Join(known, ", "), "")
	}
	if p := s.parts[part]; p != nil && !strings.HasSuffix(ref, ".") {
		return p, nil
	}
	if s.parts["train"] == nil {
		return nil, config.FieldError("", ref, name+", which has no parts", "split divides a source into train and test")
	}
	if s.parts["test"] == nil {
		return nil, config.FieldError("", ref, fmt.Sprintf("%[1]s or %[1]s.train", name), "the source has nothing to test on")
	}
	return nil, config.FieldError("", ref, fmt.Sprintf("%[1]s, %[1]s.train or %[1]s.test", name), "")
}
