package network

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/table"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// each returns, for every setting in each, its value for every neuron of a population, as
// text. Errors are relative to the population.
func (b *builder) each(g Group, p *language.Population) ([][]string, error) {
	var all [][]string
	var errs []error
	for key, e := range p.Each.All() {
		at := config.JoinPath("each", key)
		var values []string
		var err error
		switch {
		case e.Column != nil:
			values, err = readColumn(e.Column, b.files)
			if err != nil {
				err = config.FieldProblem(at+".file", err.Error(), "")
			}
		case e.List != nil:
			for _, s := range e.List {
				values = append(values, s.Text())
			}
		default:
			rng := rand.New(rand.NewPCG(b.exp.Seed, eachStream(g.Name, key)))
			for range g.Size() {
				v, fault := e.Draw(rng)
				values, err = append(values, v), fault
			}
		}
		if err == nil && len(values) != g.Size() {
			err = config.FieldProblem(at, fmt.Sprintf("has %d values for %d neurons", len(values), g.Size()), "give one for each, in order")
		}
		errs, all = append(errs, err), append(all, values)
	}
	return all, errors.Join(errs...)
}

// eachStream returns the number of the random stream for one setting of one population.
func eachStream(population, key string) uint64 {
	h := fnv.New64a()
	for _, s := range []string{"each", population, key} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// readColumn reads a column of a table that has a row for each neuron.
func readColumn(c *language.Column, files data.Files) ([]string, error) {
	if files == nil {
		return nil, errors.New("there are no files here")
	}
	f, err := files.Open(c.File)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := table.Open(f, table.Options{Name: c.File})
	if err != nil {
		return nil, err
	}
	k, err := t.Index(c.Column)
	if err != nil {
		return nil, err
	}
	var values []string
	for row, err := range t.Rows() {
		if err != nil {
			return nil, err
		}
		v, ok := row[k].Label()
		if !ok {
			return nil, t.Errorf(k, "has no value")
		}
		values = append(values, v)
	}
	return values, nil
}

// vary returns a configuration for each neuron. Neurons with equal settings share one.
func (b *builder) vary(g Group, p *language.Population, kind *language.Neuron, values [][]string) ([]*neuron.Config, error) {
	configs := make([]*neuron.Config, g.Size())
	shared := map[string]*neuron.Config{}
	key := make([]string, len(values))
	for i := range configs {
		for k := range values {
			key[k] = values[k][i]
		}
		id := strings.Join(key, "\x00")
		if shared[id] == nil {
			own, err := varied(kind, p, key, i)
			if err != nil {
				return nil, err
			}
			c, err := Config(own)
			if err != nil {
				return nil, config.FieldProblem("each", fmt.Sprintf("makes neuron %d one that cannot be: %v", i, err), "")
			}
			shared[id] = c
			b.net.members = append(b.net.members, member{c, own, g.Name})
		}
		configs[i] = shared[id]
	}
	return configs, nil
}

// varied returns the kind of neuron i of a population, with the settings of that neuron.
func varied(kind *language.Neuron, p *language.Population, values []string, i int) (*language.Neuron, error) {
	own := kind.Clone()
	for k, key := range p.Each.Names() {
		if err := config.Assign(own, key, values[k]); err != nil {
			at := config.JoinPath("each", key)
			if p.Each.Get(key).List != nil {
				at += "[" + strconv.Itoa(i) + "]"
			}
			return nil, config.FieldProblem(at, fmt.Sprintf("does not fit neuron %d: %v", i, err), "")
		}
	}
	if err := own.Validate(); err != nil {
		return nil, config.FieldProblem("each", fmt.Sprintf("makes neuron %d one that cannot be: %v", i, err), "")
	}
	return own, nil
}
