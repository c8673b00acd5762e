package protocol

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"infomorph/internal/config"
)

// live returns the names of the live measures of the experiment. A * stands for any name.
func (p *Plan) live() (names []string) {
	for i := range p.Experiment.Measure {
		m := &p.Experiment.Measure[i]
		switch {
		case m.Accuracy != nil:
			names = append(names, m.Name+".training")
		case m.Information != nil:
			names = append(names, m.Name+".found")
		case m.Predicted != nil:
			names = append(names, m.Name+".predicted")
		case m.Atoms != nil:
			names = append(names, m.Name+".*")
		}
	}
	for i := range p.Experiment.Protocol {
		if p.Experiment.Protocol[i].Script != nil {
			names = append(names, p.Experiment.Protocol[i].Name+".*")
		}
	}
	return append(names, "neuron.*", "event.*")
}

// checkLive reports expectations and conditions about measures that do not exist.
func (p *Plan) checkLive() error {
	names := p.live()
	var errs []error
	for i := range p.Experiment.Expect {
		e := &p.Experiment.Expect[i]
		key := map[bool]string{e.Always != "": "always", e.Eventually != "": "eventually", e.Never != "": "never"}[true]
		if e.Measure() != "" && !p.isLive(names, e.Measure()) {
			errs = append(errs, config.FieldError(fmt.Sprintf("expect[%d].%s", i, key), e.Measure(), "a live measure: "+strings.Join(p.fullNames(names), ", "), config.Suggest(e.Measure(), p.fullNames(names))))
		}
		if m := e.Measure(); p.Experiment.Record.Atoms == 0 && (strings.HasPrefix(m, "atoms.") || strings.HasPrefix(m, "neuron.")) {
			errs = append(errs, config.FieldProblem(fmt.Sprintf("expect[%d]", i), m+" is not measured, because record.atoms is 0", "leave record.atoms out"))
		}
	}
	for i := range p.Experiment.Events {
		when := p.Experiment.Events[i].When
		if when == nil {
			continue
		}
		for _, name := range measuresIn(*when) {
			if !p.isLive(names, name) {
				errs = append(errs, config.FieldError(fmt.Sprintf("events[%d].when", i), *when, "a condition on time, phase and live measures: "+strings.Join(p.fullNames(names), ", "), config.Suggest(name, p.fullNames(names))))
			}
		}
	}
	return errors.Join(errs...)
}

// atomWords are the words that replace * in names of atoms.
var atomWords = []string{"unq_r", "unq_c", "red", "syn", "h_res", "goal"}

// fullNames replaces names with a * by full names.
func (p *Plan) fullNames(names []string) (all []string) {
	for _, name := range names {
		prefix, open := strings.CutSuffix(name, "*")
		switch {
		case !open:
			all = append(all, name)
		case prefix == "event." || p.scripted(prefix):
		default:
			for _, w := range atomWords {
				all = append(all, prefix+w)
			}
		}
	}
	return all
}

// scripted reports whether a prefix belongs to the measures of a script.
func (p *Plan) scripted(prefix string) bool {
	for i := range p.Experiment.Protocol {
		if p.Experiment.Protocol[i].Script != nil && p.Experiment.Protocol[i].Name+"." == prefix {
			return true
		}
	}
	return false
}

var antichain = regexp.MustCompile(`^(\{[123]+\})+$`)

func (p *Plan) isLive(names []string, name string) bool {
	for _, n := range names {
		prefix, open := strings.CutSuffix(n, "*")
		rest, ok := strings.CutPrefix(name, prefix)
		switch {
		case n == name:
			return true
		case open && ok && (prefix == "event." || p.scripted(prefix) || slices.Contains(atomWords, rest) || antichain.MatchString(rest)):
			return true
		}
	}
	return false
}
