package script

import (
	"errors"
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// budget is the memory that a call may still allocate.
type budget struct{ left, all int64 } // bytes

const budgetKey = "budget"

// elementBytes is the charge for an element of a list, an entry of a dict and
// so on.
const elementBytes = 16

// maxBits is the largest size of a whole number.
const maxBits = 1 << 16

// charge subtracts n bytes from the budget.
func charge(t *starlark.Thread, n int64) error {
	b := t.Local(budgetKey).(*budget)
	if n < 0 || n > b.left {
		b.left = 0
		return excess(b.all)
	}
	b.left -= n
	return nil
}

// bytesOf returns the size of a value. It counts elements but not what is
// inside them.
func bytesOf(v starlark.Value) int64 {
	switch v := v.(type) {
	case starlark.String:
		return int64(len(v))
	case starlark.Bytes:
		return int64(len(v))
	case starlark.Int:
		return int64(v.BigInt().BitLen() / 8)
	case *starlark.Dict:
		return 4 * elementBytes * int64(v.Len())
	case starlark.Sequence:
		return elementBytes * int64(v.Len())
	}
	return 0
}

// weight adds to sum the size of a value with everything inside it; a value
// that occurs several times counts each time. It stops above limit.
func weight(v starlark.Value, sum, limit int64, depth int) int64 {
	if sum += bytesOf(v) + 1; sum > limit || depth > maxDepth {
		return limit + 1
	}
	switch v := v.(type) {
	case *starlark.Dict:
		for _, kv := range v.Items() {
			sum = weight(kv[1], weight(kv[0], sum, limit, depth+1), limit, depth+1)
			if sum > limit {
				break
			}
		}
	case *starlark.List:
		for i := 0; i < v.Len() && sum <= limit; i++ {
			sum = weight(v.Index(i), sum, limit, depth+1)
		}
	case starlark.Tuple:
		for i := 0; i < len(v) && sum <= limit; i++ {
			sum = weight(v[i], sum, limit, depth+1)
		}
	}
	return sum
}

// maxDepth is the largest nesting of values.
const maxDepth = 100

// chargeAll charges for values and everything in them.
func chargeAll(t *starlark.Thread, vs ...starlark.Value) error {
	left := t.Local(budgetKey).(*budget).left
	sum := int64(0)
	for _, v := range vs {
		if !isScalar(v) {
			sum = weight(v, sum, left, 0)
		}
	}
	return charge(t, sum)
}

func isScalar(v starlark.Value) bool {
	switch v.(type) {
	case starlark.Float, starlark.Bool, starlark.NoneType:
		return true
	}
	i, ok := v.(starlark.Int)
	if ok {
		_, ok = i.Int64()
	}
	return ok
}

// operators are the operators whose cost grows with the size of their operands.
var operators = map[syntax.Token]bool{
	syntax.PLUS: true, syntax.MINUS: true, syntax.STAR: true, syntax.PERCENT: true, syntax.PIPE: true, syntax.AMP: true, syntax.CIRCUMFLEX: true,
	syntax.EQL: true, syntax.NEQ: true, syntax.LT: true, syntax.LE: true, syntax.GT: true, syntax.GE: true, syntax.IN: true, syntax.NOT_IN: true,
}

// operator applies a binary operator.
func operator(t *starlark.Thread, op syntax.Token, x, y starlark.Value) (starlark.Value, error) {
	if !isScalar(x) || !isScalar(y) {
		if err := chargeOperands(t, op, x, y); err != nil {
			return nil, err
		}
	}
	switch op {
	case syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE:
		ok, err := starlark.Compare(op, x, y)
		return starlark.Bool(ok), err
	}
	return starlark.Binary(op, x, y)
}

func chargeOperands(t *starlark.Thread, op syntax.Token, x, y starlark.Value) error {
	switch op {
	case syntax.STAR:
		return chargeProduct(t, x, y)
	case syntax.PERCENT, syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE:
		return chargeAll(t, x, y)
	}
	return charge(t, bytesOf(x)+bytesOf(y))
}

// chargeProduct charges for x*y: a repetition, or large numbers.
func chargeProduct(t *starlark.Thread, x, y starlark.Value) error {
	a, aNumber := x.(starlark.Int)
	b, bNumber := y.(starlark.Int)
	if aNumber && bNumber {
		if bits := a.BigInt().BitLen() + b.BigInt().BitLen(); bits > maxBits {
			return fmt.Errorf("a number of more than %d bits", maxBits)
		}
		return charge(t, bytesOf(a)+bytesOf(b))
	}
	times, of := a, y
	if bNumber {
		times, of = b, x
	}
	if !aNumber && !bNumber {
		return nil // not defined; starlark returns the error
	}
	n, ok := times.Int64()
	if !ok || n > 1<<40 {
		return errors.New("repeated too often")
	}
	return charge(t, max(n, 0)*max(bytesOf(of), 1))
}

// walkers are the functions whose cost grows with the size of their arguments.
var walkers = []string{"all", "any", "bytes", "dict", "enumerate", "fail", "hash", "int", "list", "max", "min", "print", "repr", "reversed", "set", "sorted", "str", "tuple", "zip"}

// quickMethods are the methods of strings, lists, dicts and sets whose cost
// does not grow with the size of the receiver and the arguments.
var quickMethods = map[string]bool{"append": true, "clear": true, "get": true, "pop": true, "popitem": true, "setdefault": true, "add": true, "discard": true,
	"startswith": true, "endswith": true}

// guards are the functions that rewritten scripts call, and the walkers.
var guards = newGuards()

func newGuards() starlark.StringDict {
	all := starlark.StringDict{
		guardDot:    builtin(guardDot, dot),
		guardCharge: builtin("assignment", chargeValue),
		guardSplat:  builtin("call", chargeValue),
		"getattr":   starlark.NewBuiltin("getattr", guardedGetattr),
	}
	for op := range operators {
		all[op.String()] = builtin(op.String(), func(t *starlark.Thread, args starlark.Tuple) (starlark.Value, error) {
			return operator(t, op, args[0], args[1])
		})
	}
	for _, name := range walkers {
		all[name] = guarded(starlark.Universe[name].(*starlark.Builtin), nil)
	}
	return all
}

func builtin(name string, f func(*starlark.Thread, starlark.Tuple) (starlark.Value, error)) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return f(t, args)
	})
}

func chargeValue(t *starlark.Thread, args starlark.Tuple) (starlark.Value, error) {
	if isScalar(args[0]) {
		return args[0], nil
	}
	return args[0], charge(t, bytesOf(args[0]))
}

// guarded returns a function that charges for its arguments and for its
// receiver on before it calls f.
func guarded(f *starlark.Builtin, on starlark.Value) *starlark.Builtin {
	return starlark.NewBuiltin(f.Name(), func(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		err := chargeAll(t, args...)
		for _, kv := range kwargs {
			err = errors.Join(err, chargeAll(t, kv[1]))
		}
		if on != nil && err == nil {
			err = chargeMethod(t, f.Name(), on, args)
		}
		if s, ok := firstString(args); ok && f.Name() == "int" && len(s) > 1000 {
			err = errors.Join(err, errors.New("a number of more than 1000 digits"))
		}
		if err != nil {
			return nil, err
		}
		return f.CallInternal(t, args, kwargs)
	})
}

func firstString(args starlark.Tuple) (string, bool) {
	if len(args) == 0 {
		return "", false
	}
	return starlark.AsString(args[0])
}

// chargeMethod charges for a method; results of join and replace grow like a
// product.
func chargeMethod(t *starlark.Thread, name string, on starlark.Value, args starlark.Tuple) error {
	n := bytesOf(on)
	switch {
	case name == "join" && len(args) == 1:
		n *= int64(max(starlark.Len(args[0]), 1))
	case name == "replace" && len(args) >= 2:
		n = (n + 1) * (bytesOf(args[1]) + 1)
	case name == "format":
		return chargeFormat(t, on, args)
	}
	return charge(t, n)
}

// chargeFormat charges for "…".format(…), where a field can be used more than
// once.
func chargeFormat(t *starlark.Thread, on starlark.Value, args starlark.Tuple) error {
	left := t.Local(budgetKey).(*budget).left
	largest := int64(0)
	for _, a := range args {
		largest = max(largest, weight(a, 0, left, 0))
	}
	n := bytesOf(on)
	if largest > left {
		return charge(t, largest)
	}
	return charge(t, n*(largest+1))
}

// dot returns an attribute.
func dot(_ *starlark.Thread, args starlark.Tuple) (starlark.Value, error) {
	name := string(args[1].(starlark.String))
	return attribute(args[0], name)
}

func attribute(x starlark.Value, name string) (starlark.Value, error) {
	if m, ok := x.(starlark.HasAttrs); ok {
		v, err := m.Attr(name)
		if err != nil {
			return nil, err
		}
		if f, method := v.(*starlark.Builtin); method && f.Receiver() != nil && !quickMethods[name] {
			return guarded(f, x), nil
		}
		if v != nil {
			return v, nil
		}
	}
	return nil, fmt.Errorf("%s has no .%s field or method", x.Type(), name)
}

func guardedGetattr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, otherwise starlark.Value
	var name string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &name, &otherwise); err != nil {
		return nil, err
	}
	v, err := attribute(x, name)
	if err != nil && otherwise != nil {
		return otherwise, nil
	}
	return v, err
}
