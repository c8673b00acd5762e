package script

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"go.starlark.net/starlark"
)

// Random is the module random of a script. It draws from a source whose state
// the owner can save, so that a resumed script draws the same numbers as
// without the interruption.
//
//	random.uniform()        from [0, 1)
//	random.normal()         mean 0, deviation 1
//	random.integer(n)       from 0 to n−1
//	random.bits(n)          a list of n numbers, −1 or 1
//	random.choice(list)     one of its elements
//	random.shuffle(list)    a new list in another order
func Random(src *rand.Rand) starlark.Value {
	functions := map[string]func(*starlark.Thread, starlark.Tuple) (starlark.Value, error){
		"uniform": func(_ *starlark.Thread, args starlark.Tuple) (starlark.Value, error) {
			return starlark.Float(src.Float64()), arguments(args, 0)
		},
		"normal": func(_ *starlark.Thread, args starlark.Tuple) (starlark.Value, error) {
			return starlark.Float(src.NormFloat64()), arguments(args, 0)
		},
		"integer": func(_ *starlark.Thread, args starlark.Tuple) (starlark.Value, error) {
			n, err := count(args)
			if err != nil || n == 0 {
				return nil, errors.Join(err, noneOf(n == 0))
			}
			return starlark.MakeInt(src.IntN(n)), nil
		},
		"bits": func(t *starlark.Thread, args starlark.Tuple) (starlark.Value, error) {
			n, err := count(args)
			if err == nil {
				err = charge(t, int64(n)*elementBytes)
			}
			if err != nil {
				return nil, err
			}
			all := make([]starlark.Value, n)
			for i := range all {
				all[i] = starlark.MakeInt(2*src.IntN(2) - 1)
			}
			return starlark.NewList(all), nil
		},
		"choice":  func(t *starlark.Thread, args starlark.Tuple) (starlark.Value, error) { return choice(t, args, src) },
		"shuffle": func(t *starlark.Thread, args starlark.Tuple) (starlark.Value, error) { return shuffle(t, args, src) },
	}
	o := &Object{Kind: "random", Names: []string{"bits", "choice", "integer", "normal", "shuffle", "uniform"}}
	o.Get = func(name string) (starlark.Value, error) { return builtin("random."+name, functions[name]), nil }
	return o
}

func arguments(args starlark.Tuple, n int) error {
	if len(args) != n {
		return fmt.Errorf("got %d arguments, expected %d", len(args), n)
	}
	return nil
}

func noneOf(yes bool) error {
	if yes {
		return errors.New("there is nothing to draw from")
	}
	return nil
}

// count reads the only argument, a whole number from 0 to 2^31−1.
func count(args starlark.Tuple) (int, error) {
	if err := arguments(args, 1); err != nil {
		return 0, err
	}
	n, err := starlark.AsInt32(args[0])
	if err != nil || n < 0 {
		return 0, fmt.Errorf("got %v, expected a whole number ≥ 0", args[0])
	}
	return n, nil
}

// list reads the only argument.
func list(t *starlark.Thread, args starlark.Tuple) ([]starlark.Value, error) {
	if err := arguments(args, 1); err != nil {
		return nil, err
	}
	seq, ok := args[0].(starlark.Sequence)
	if !ok {
		return nil, fmt.Errorf("got a value of type %s, expected a list", args[0].Type())
	}
	if err := charge(t, bytesOf(seq)); err != nil {
		return nil, err
	}
	return elements(seq), nil
}

func choice(t *starlark.Thread, args starlark.Tuple, src *rand.Rand) (starlark.Value, error) {
	all, err := list(t, args)
	if err != nil || len(all) == 0 {
		return nil, errors.Join(err, noneOf(len(all) == 0 && err == nil))
	}
	return all[src.IntN(len(all))], nil
}

func shuffle(t *starlark.Thread, args starlark.Tuple, src *rand.Rand) (starlark.Value, error) {
	all, err := list(t, args)
	if err != nil {
		return nil, err
	}
	src.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return starlark.NewList(all), nil
}
