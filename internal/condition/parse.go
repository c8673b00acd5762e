package condition

import (
	"slices"
	"strings"
)

// kind is the kind of a value.
type kind uint8

const (
	number kind = iota
	text
	truth
)

func (k kind) String() string { return [...]string{"a number", "a text", "true or false"}[k] }

// node is a part of a condition.
type node struct {
	kind
	do     string  // an operator, a function, or where the value comes from: constant, measure, time, phase
	number float64 // a constant; 1 is true
	text   string  // a constant, or the name of a measure
	args   []*node
}

// The order of precedence. Operators with a larger number bind more.
const (
	lowest = iota
	orLevel
	andLevel
	notLevel
	comparing
	adding
	multiplying
	signing
	raising
)

var levels = map[string]int{
	"or": orLevel, "and": andLevel,
	"<": comparing, "<=": comparing, ">": comparing, ">=": comparing, "==": comparing, "!=": comparing, "in": comparing, "not in": comparing,
	"+": adding, "-": adding, "*": multiplying, "/": multiplying, "%": multiplying, "**": raising,
}

// same are other ways to write operators.
var same = map[string]string{"&&": "and", "||": "or", "^": "**"}

// words are names with a meaning of their own.
var words = []string{"and", "or", "not", "in"}

var functions = []string{"abs", "max", "min"}

// maxDepth limits how many brackets, signs and operators are within each other.
const maxDepth = 200

type parser struct {
	lexer
	token
	depth int
}

// parse reads a whole condition.
func parse(source string) (*node, error) {
	p := &parser{lexer: lexer{source: source}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.binary(lowest)
	switch {
	case err != nil:
		return nil, err
	case p.class != end:
		return nil, p.wants("an operator such as and")
	case n.kind != truth:
		return nil, p.problem(0, "this is %v, not true or false", n.kind)
	}
	return n, nil
}

// advance reads the next token.
func (p *parser) advance() (err error) {
	p.token, err = p.next()
	if s, ok := same[p.token.text]; ok && p.class == sign {
		p.token.text = s
	}
	return err
}

// is reports whether the token is a sign or a word of the language.
func (p *parser) is(what string) bool { return p.token.text == what && p.meansSomething() }

func (p *parser) meansSomething() bool {
	return p.class == sign || p.class == name && slices.Contains(words, p.token.text)
}

// wants returns an error that tells what is expected instead of the token.
func (p *parser) wants(what string) error {
	return p.problem(p.token.at, "expected %s, got %v", what, &p.token)
}

// over reads over a sign or a word.
func (p *parser) over(what string) error {
	if !p.is(what) {
		return p.wants(what)
	}
	return p.advance()
}

// operator reads an operator between two values, if the token is one of a level above the
// given one. It returns "" otherwise.
func (p *parser) operator(above int) (op string, err error) {
	op = p.token.text
	if p.is("not") {
		op = "not in" // not alone is not between two values
	}
	if !p.meansSomething() || levels[op] <= above {
		return "", nil
	}
	if err := p.advance(); err != nil || op != "not in" {
		return op, err
	}
	return op, p.over("in")
}

// binary reads a value with its operators of the levels above the given one.
func (p *parser) binary(above int) (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.problem(p.token.at, "nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	left, err := p.unary()
	var middle *node // b after a < b, which may go on with < c
	for err == nil {
		op := p.token
		if op.text, err = p.operator(above); op.text == "" || err != nil {
			break
		}
		var right []*node
		if right, err = p.right(op.text); err == nil {
			left, middle, err = p.join(op, left, middle, right)
		}
	}
	if err != nil {
		return nil, err
	}
	return left, nil
}

// join joins two values, or a comparison and its continuation.
func (p *parser) join(op token, left, middle *node, right []*node) (_, next *node, err error) {
	if !ordering(op.text) {
		n, err := p.make(op.text, op.at, append([]*node{left}, right...)...)
		return n, nil, err
	}
	if middle == nil {
		n, err := p.make(op.text, op.at, left, right[0])
		return n, right[0], err
	}
	n, err := p.make(op.text, op.at, middle, right[0])
	return &node{kind: truth, do: "and", args: []*node{left, n}}, right[0], err
}

func ordering(op string) bool { return op == "<" || op == "<=" || op == ">" || op == ">=" }

// right reads what stands to the right of an operator.
func (p *parser) right(op string) ([]*node, error) {
	if strings.HasSuffix(op, "in") {
		if err := p.over("["); err != nil {
			return nil, err
		}
		return p.list("]")
	}
	level := levels[op]
	if op == "**" {
		level = signing // groups from the right
	}
	n, err := p.binary(level)
	return []*node{n}, err
}

// list reads values separated by commas, at least one, up to a bracket.
func (p *parser) list(bracket string) (all []*node, err error) {
	for {
		n, err := p.binary(lowest)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if !p.is(",") {
			return all, p.over(bracket)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

// unary reads a value without operators behind it.
func (p *parser) unary() (*node, error) {
	t := p.token
	switch {
	case t.class == end || t.class == name && t.text != "not" && slices.Contains(words, t.text):
		return nil, p.wants("a value")
	case t.class == sign || t.text == "not" && t.class == name:
		return p.prefix(t)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch {
	case t.class == literal:
		return &node{do: "constant", number: t.number}, nil
	case t.class == quoted:
		return &node{kind: text, do: "constant", text: t.text}, nil
	case p.is("("):
		return p.call(t)
	}
	return p.named(t)
}

// prefix reads a value that begins with an operator or a bracket.
func (p *parser) prefix(t token) (*node, error) {
	level := map[string]int{"not": notLevel, "!": signing, "-": signing, "+": signing, "(": lowest}
	above, ok := level[t.text]
	if !ok {
		return nil, p.wants("a value")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.binary(above)
	switch {
	case err != nil:
		return nil, err
	case t.text == "(":
		return n, p.over(")")
	case t.text == "!":
		t.text = "not"
	}
	return p.make(t.text, t.at, n)
}

// call reads the arguments of a function.
func (p *parser) call(t token) (*node, error) {
	if !slices.Contains(functions, t.text) {
		return nil, p.problem(t.at, "no function %s; there are abs, max and min", t.text)
	}
	err := p.over("(")
	if err != nil {
		return nil, err
	}
	args, err := p.list(")")
	if err != nil {
		return nil, err
	}
	if t.text == "abs" && len(args) != 1 {
		return nil, p.problem(t.at, "abs has one argument, got %d", len(args))
	}
	return p.make(t.text, t.at, args...)
}

// named returns the value of a name.
func (p *parser) named(t token) (*node, error) {
	switch t.text {
	case "true":
		return &node{kind: truth, do: "constant", number: 1}, nil
	case "false":
		return &node{kind: truth, do: "constant"}, nil
	case "time":
		return &node{do: "time"}, nil
	case "phase":
		return &node{kind: text, do: "phase"}, nil
	}
	if slices.Contains(functions, t.text) {
		return nil, p.problem(t.at, "expected %s(…) with a number", t.text)
	}
	return &node{do: "measure", text: t.text}, nil
}

// make returns a node for an operator or function, or an error if its arguments are of
// the wrong kind.
func (p *parser) make(op string, at int, args ...*node) (*node, error) {
	n := &node{do: op, args: args}
	want := number
	switch {
	case op == "and" || op == "or" || op == "not":
		n.kind, want = truth, truth
	case levels[op] == comparing:
		n.kind, want = truth, args[0].kind
		if ordering(op) && want == truth {
			return nil, p.problem(at, "%s compares numbers or texts, got true or false", op)
		}
	}
	for _, a := range args {
		if a.kind != want {
			return nil, p.problem(at, "%s needs %v, got %v", op, want, a.kind)
		}
	}
	return n, nil
}
