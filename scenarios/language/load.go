package language

import (
	"errors"
	"slices"

	"infomorph/internal/config"
)

// kindsPath is the section whose entries can extend one another; likeKey is the key for
// that.
const kindsPath, likeKey = "neurons", "like"

// Load reads a document. The name file appears in errors. The assignments in sets, such
// as "seed=3" or "neurons.label.goal.syn=1", take precedence over the document. In the
// result, every kind of neurons is complete: it includes what it inherits by the key
// like, and the built-in kinds in use are in the list. The error is *config.Errors, which
// holds every fault with its position.
func Load(file string, data []byte, sets ...string) (*Experiment, error) {
	doc, err := config.Parse(file, data)
	if err != nil {
		return nil, err
	}
	if err := Resolve(doc, sets...); err != nil {
		return nil, err
	}
	e := &Experiment{}
	if err := doc.Decode(e, config.APIVersion(APIVersion)); err != nil {
		return nil, err
	}
	e.doc = doc
	e.Complete()
	return e, nil
}

// Resolve applies assignments to a document and completes its kinds of neurons.
// Afterwards there is no key like and no dotted key. A kind that others extend is removed
// if no population has it. Call Resolve before decoding and Complete after it.
func Resolve(doc *config.Document, sets ...string) error {
	if err := doc.SetWithin([]string{kindsPath}, likeKey, builtinKind, sets...); err != nil {
		return err
	}
	used, err := doc.Inherit(kindsPath, likeKey, builtinKind, BuiltinKinds())
	if err != nil {
		return err
	}
	inUse := map[string]bool{}
	for _, name := range doc.Keys("populations") {
		kind, _ := doc.Text(config.JoinPath("populations", name) + ".neuron")
		inUse[kind] = true
	}
	for _, name := range used {
		if !inUse[name] {
			err = errors.Join(err, doc.Set(config.JoinPath(kindsPath, name)+"=null"))
		}
	}
	return err
}

// Complete adds the built-in kinds of neurons that a valid experiment uses, and names the
// projections.
func (e *Experiment) Complete() {
	for _, p := range e.Populations.All() {
		if k := BuiltinKind(p.Neuron); k != nil && !e.Neurons.Has(p.Neuron) {
			e.Neurons.Set(p.Neuron, *k)
		}
	}
	for i, name := range e.ProjectionNames() {
		e.Projections[i].Name = name
	}
}

func (e *Experiment) usesKind(name string) bool {
	for _, p := range e.Populations.All() {
		if p.Neuron == name {
			return true
		}
	}
	return false
}

// Place adds the position in the loaded file to an error from config.FieldError or
// config.FieldProblem.
func (e *Experiment) Place(err error) error {
	if e.doc == nil {
		return err
	}
	return e.doc.Place(err)
}

// Marshal writes an experiment as a document with every default filled in. Loading that
// document gives the same experiment.
func Marshal(e *Experiment) ([]byte, error) {
	c := *e
	c.Neurons, c.Projections = e.Neurons.Clone(), slices.Clone(e.Projections)
	c.Complete()
	return config.Marshal(&c)
}
