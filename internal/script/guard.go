package script

import (
	"fmt"

	"go.starlark.net/syntax"
)

// Names of the guards; they are not valid identifiers, so no script can use
// them.
const (
	guardDot    = "."  // .(x, "name"): the attribute, with a guard for its cost
	guardCharge = "()" // ()(x): x, after charging for its length
	guardSplat  = "(*" // the same for arguments in a list
)

// guard rewrites the syntax tree of a script; see the package documentation.
type guard struct{ err error }

func (g *guard) stmts(all []syntax.Stmt) {
	for _, s := range all {
		g.stmt(s)
	}
}

func (g *guard) stmt(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.AssignStmt:
		g.assign(s)
	case *syntax.DefStmt:
		g.params(s.Params)
		g.stmts(s.Body)
	case *syntax.ExprStmt:
		s.X = g.expr(s.X)
	case *syntax.IfStmt:
		s.Cond = g.expr(s.Cond)
		g.stmts(s.True)
		g.stmts(s.False)
	case *syntax.ForStmt:
		g.target(s.Vars)
		s.X = g.expr(s.X)
		g.stmts(s.Body)
	case *syntax.WhileStmt:
		s.Cond = g.expr(s.Cond)
		g.stmts(s.Body)
	case *syntax.ReturnStmt:
		if s.Result != nil {
			s.Result = g.expr(s.Result)
		}
	}
}

// assign guards x = y, x += y and so on. += and |= add as much as y is long, so
// y is charged. x *= y and x %= y become x = x * y and x = x % y, so the target
// must be an expression that can be evaluated twice.
func (g *guard) assign(s *syntax.AssignStmt) {
	op, makes := map[syntax.Token]syntax.Token{syntax.STAR_EQ: syntax.STAR, syntax.PERCENT_EQ: syntax.PERCENT}[s.Op]
	switch {
	case makes && !plain(s.LHS):
		start, _ := s.LHS.Span()
		g.err = syntax.Error{Pos: start, Msg: "write x = x " + op.String() + " y here"}
		return
	case makes:
		s.RHS = call(op.String(), s.OpPos, copyOf(s.LHS), g.expr(s.RHS))
		s.Op = syntax.EQ
	case s.Op == syntax.EQ || isNumber(s.RHS):
		s.RHS = g.expr(s.RHS)
	default:
		s.RHS = call(guardCharge, s.OpPos, g.expr(s.RHS))
	}
	g.target(s.LHS)
}

// plain reports whether an expression can be evaluated twice.
func plain(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Ident, *syntax.Literal:
		return true
	case *syntax.ParenExpr:
		return plain(e.X)
	case *syntax.DotExpr:
		return plain(e.X)
	case *syntax.IndexExpr:
		return plain(e.X) && plain(e.Y)
	}
	return false
}

// copyOf copies a plain expression.
func copyOf(e syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.Ident:
		return &syntax.Ident{NamePos: e.NamePos, Name: e.Name}
	case *syntax.ParenExpr:
		return copyOf(e.X)
	case *syntax.DotExpr:
		c := *e
		c.X = copyOf(e.X)
		return &c
	case *syntax.IndexExpr:
		c := *e
		c.X, c.Y = copyOf(e.X), copyOf(e.Y)
		return &c
	}
	return e
}

// target guards what is evaluated inside the target of an assignment.
func (g *guard) target(e syntax.Expr) {
	switch e := e.(type) {
	case *syntax.ParenExpr:
		g.target(e.X)
	case *syntax.DotExpr:
		e.X = g.expr(e.X)
	case *syntax.IndexExpr:
		e.X, e.Y = g.expr(e.X), g.expr(e.Y)
	case *syntax.ListExpr:
		for _, x := range e.List {
			g.target(x)
		}
	case *syntax.TupleExpr:
		for _, x := range e.List {
			g.target(x)
		}
	}
}

// params guards the defaults of parameters.
func (g *guard) params(all []syntax.Expr) {
	for _, p := range all {
		if b, ok := p.(*syntax.BinaryExpr); ok {
			b.Y = g.expr(b.Y)
		}
	}
}

func (g *guard) all(list []syntax.Expr) {
	for i := range list {
		list[i] = g.expr(list[i])
	}
}

// expr returns an expression with its guards.
func (g *guard) expr(e syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.BinaryExpr:
		return g.binary(e)
	case *syntax.DotExpr:
		name := &syntax.Literal{Token: syntax.STRING, TokenPos: e.NamePos, Raw: e.Name.Name, Value: e.Name.Name}
		return call(guardDot, e.Dot, g.expr(e.X), name)
	case *syntax.CallExpr:
		e.Fn = g.expr(e.Fn)
		g.args(e.Args)
	case *syntax.SliceExpr:
		e.X = g.expr(e.X)
		for _, part := range []*syntax.Expr{&e.Lo, &e.Hi, &e.Step} {
			if *part != nil {
				*part = g.expr(*part)
			}
		}
		return call(guardCharge, e.Lbrack, e)
	case *syntax.Comprehension:
		g.comprehension(e)
	case *syntax.LambdaExpr:
		g.params(e.Params)
		e.Body = g.expr(e.Body)
	case *syntax.ParenExpr:
		e.X = g.expr(e.X)
	case *syntax.UnaryExpr:
		e.X = g.expr(e.X)
	case *syntax.CondExpr:
		e.Cond, e.True, e.False = g.expr(e.Cond), g.expr(e.True), g.expr(e.False)
	case *syntax.IndexExpr:
		e.X, e.Y = g.expr(e.X), g.expr(e.Y)
	case *syntax.ListExpr:
		g.all(e.List)
	case *syntax.TupleExpr:
		g.all(e.List)
	case *syntax.DictExpr:
		for _, entry := range e.List {
			d := entry.(*syntax.DictEntry)
			d.Key, d.Value = g.expr(d.Key), g.expr(d.Value)
		}
	}
	return e
}

func (g *guard) binary(e *syntax.BinaryExpr) syntax.Expr {
	e.X, e.Y = g.expr(e.X), g.expr(e.Y)
	_, guarded := operators[e.Op]
	if !guarded || isNumber(e.X) && e.Op != syntax.STAR || isNumber(e.Y) && e.Op != syntax.STAR && e.Op != syntax.PERCENT {
		return e
	}
	return call(e.Op.String(), e.OpPos, e.X, e.Y)
}

// args guards arguments: positional, named, and those in a list or dict.
func (g *guard) args(all []syntax.Expr) {
	for i, a := range all {
		switch a := a.(type) {
		case *syntax.BinaryExpr:
			if a.Op == syntax.EQ {
				a.Y = g.expr(a.Y)
				continue
			}
		case *syntax.UnaryExpr:
			if (a.Op == syntax.STAR || a.Op == syntax.STARSTAR) && a.X != nil {
				a.X = call(guardSplat, a.OpPos, g.expr(a.X))
				continue
			}
		}
		all[i] = g.expr(a)
	}
}

func (g *guard) comprehension(e *syntax.Comprehension) {
	if d, ok := e.Body.(*syntax.DictEntry); ok {
		d.Key, d.Value = g.expr(d.Key), g.expr(d.Value)
	} else {
		e.Body = g.expr(e.Body)
	}
	for _, c := range e.Clauses {
		switch c := c.(type) {
		case *syntax.ForClause:
			g.target(c.Vars)
			c.X = g.expr(c.X)
		case *syntax.IfClause:
			c.Cond = g.expr(c.Cond)
		}
	}
}

func isNumber(e syntax.Expr) bool {
	l, ok := e.(*syntax.Literal)
	return ok && (l.Token == syntax.INT || l.Token == syntax.FLOAT)
}

// call returns a call of a guard at a position.
func call(name string, pos syntax.Position, args ...syntax.Expr) syntax.Expr {
	return &syntax.CallExpr{Fn: &syntax.Ident{NamePos: pos, Name: name}, Lparen: pos, Args: args, Rparen: pos}
}

// excess is the error of a script that allocates too much.
func excess(all int64) error {
	return fmt.Errorf("more than %d MiB made in one call", all>>20)
}
