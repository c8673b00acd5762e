package data

import (
	"infomorph/internal/config"
)

// divide makes the parts of the set.
func (l *loader) divide() error {
	base := l.set.source.parts()
	for k := range base {
		if l.First > 0 && (base[k].count == 0 || base[k].count > l.First) {
			base[k].count = l.First
		}
	}
	own := base[0].name != ""
	switch {
	case l.Split != nil && own:
		return config.FieldProblem(l.path+".split", "has no effect, because the source has parts train and test of its own", "leave it out")
	case l.Split != nil && base[0].count == 0:
		return config.FieldProblem(l.path+".split", "cannot divide items without end", "first takes only so many of them; or use one seed to learn and another source to test")
	}
	l.set.parts = map[string]*Part{}
	var all []piece
	for k, b := range base {
		q := piece{part: k, count: b.count}
		if b.count > 0 || !own {
			all = append(all, q)
		}
		if own {
			l.set.parts[b.name] = newPart(l.set, b.name, q)
		}
	}
	l.set.parts[""] = newPart(l.set, "", all...)
	return nil
}
