package language

import (
	"errors"
	"slices"

	"infomorph/internal/config"
)

// kindsPath is the section whose entries build on one another by the key like.
const kindsPath, likeKey = "neurons", "like"

// Load reads a document; file names it in errors, and sets are assignments such
// as "seed=3" or "neurons.label.goal.syn=1" that take precedence. Kinds of
// neurons are whole afterwards, whatever they build on, and built-in ones that
// are used stand among them. The error is *config.Errors: every fault, with its
// position.
func Load(file string, data []byte, sets ...string) (*Experiment, error) {
	doc, err := config.Parse(file, data)
	if err != nil {
		return nil, err
	}
	return Decode(doc, sets)
}

// Decode is Load from a document that was parsed. The document itself stays as it
// is.
func Decode(doc *config.Document, sets []string, opts ...config.Option) (*Experiment, error) {
	doc = doc.Clone()
	if err := Resolve(doc, sets...); err != nil {
		return nil, err
	}
	e := &Experiment{}
	if err := doc.Decode(e, append(opts, config.APIVersion(APIVersion))...); err != nil {
		return nil, err
	}
	e.doc = doc
	e.Complete()
	return e, nil
}

// Resolve applies assignments to a document and makes its kinds of neurons whole,
// whatever they build on: no key like and no dotted key is left, and kinds that no
// population is of, but others build on, are gone. It comes before decoding, and
// Complete after.
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

// Complete enters the built-in kinds of neurons that a valid experiment uses, and
// gives projections their names.
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

// Place gives an error from config.FieldError or config.FieldProblem its position
// in the file that the experiment was loaded from.
func (e *Experiment) Place(err error) error {
	if e.doc == nil {
		return err
	}
	return e.doc.Place(err)
}

// Marshal writes an experiment as a document, with every default filled in.
// Loading it gives the same experiment.
func Marshal(e *Experiment) ([]byte, error) {
	c := *e
	c.Neurons, c.Projections = e.Neurons.Clone(), slices.Clone(e.Projections)
	c.Complete()
	return config.Marshal(&c)
}
