package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Point is a mutant: its place and its fault.
type Point struct {
	ID       int
	Package  string // its path within the module
	File     string
	Line     int
	Function string // or method, or variable
	What     string
	Same     int // its number, from 1, among mutants of its function with the same What; 0: it is the only one
}

func (p *Point) String() string {
	return fmt.Sprintf("%s:%d %s: %s", p.File, p.Line, p.Function, p.what())
}

// edit replaces a part of a file with a text.
type edit struct {
	from, to int // offsets
	text     string
	closes   bool // it comes after the edits inside the wrapped node
}

// finder finds the mutants of a file.
type finder struct {
	pkg, name string
	fset      *token.FileSet
	info      *types.Info
	own       *types.Package
	dropped   map[int]bool // lines that did not compile
	points    *[]Point
	edits     []edit
	locks     map[[2]string]string // mutants by function and name of the lock
	parents   []ast.Node
}

// add records a mutant and returns its number as text for the file.
func (f *finder) add(at token.Pos, what string) string {
	id := len(*f.points)
	*f.points = append(*f.points, Point{ID: id, Package: f.pkg, File: f.name, Line: f.fset.Position(at).Line, Function: functionOf(f.parents), What: what})
	return fmt.Sprint(id)
}

func (f *finder) wrap(n ast.Node, before, after string) {
	from, to := f.fset.Position(n.Pos()).Offset, f.fset.Position(n.End()).Offset
	f.edits = append(f.edits, edit{from: from, to: from, text: before}, edit{from: to, to: to, text: after, closes: true})
}

// Visit is called with each node, and with nil after its children.
func (f *finder) Visit(n ast.Node) ast.Visitor {
	if n == nil {
		f.parents = f.parents[:len(f.parents)-1]
		return nil
	}
	if f.skip(n) {
		return nil
	}
	if !f.dropped[f.fset.Position(n.Pos()).Line] {
		f.find(n)
	}
	f.parents = append(f.parents, n)
	return f
}

// skip reports whether a node has nothing inside that can be changed at run
// time.
func (f *finder) skip(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.CONST || n.Tok == token.TYPE || n.Tok == token.IMPORT
	case *ast.ArrayType:
		return true
	case ast.Expr:
		if f.info.Types[n].Value != nil { // the value of a constant
			f.literal(n)
			return true
		}
	}
	return false
}

func (f *finder) find(n ast.Node) {
	switch n := n.(type) {
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.CommClause:
		f.statements(n.Body)
	case *ast.ReturnStmt:
		f.result(n)
	case *ast.BinaryExpr:
		f.atom(n)
		f.operator(n)
	case *ast.CallExpr:
		f.atom(n)
		f.call(n)
		f.joined(n)
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		f.atom(n.(ast.Expr))
	}
}

// atom adds the mutants of a condition: always true, and always false.
func (f *finder) atom(e ast.Expr) {
	b, ok := e.(*ast.BinaryExpr)
	if ok && (b.Op == token.LAND || b.Op == token.LOR) {
		return
	}
	if t, ok := f.info.Types[e]; !ok || !t.IsValue() || t.Type != types.Typ[types.Bool] && t.Type != types.Typ[types.UntypedBool] {
		return
	}
	if compares := ok && b.Op != token.ADD; !compares && !f.decides(e) {
		return
	}
	no := f.add(e.Pos(), "never: "+types.ExprString(e))
	if loop, ok := f.parent().(*ast.ForStmt); ok && loop.Cond == e {
		f.wrap(e, "mutateIf("+no+", -1, ", ")")
		return
	}
	yes := f.add(e.Pos(), "always: "+types.ExprString(e))
	f.wrap(e, "mutateIf("+no+", "+yes+", ", ")")
}

func (f *finder) parent() ast.Node {
	if len(f.parents) == 0 {
		return nil
	}
	return f.parents[len(f.parents)-1]
}

// decides reports whether an expression is a condition that decides what is
// executed.
func (f *finder) decides(e ast.Expr) bool {
	switch p := f.parent().(type) {
	case *ast.IfStmt:
		return p.Cond == e
	case *ast.ForStmt:
		return p.Cond == e
	case *ast.BinaryExpr:
		return p.Op == token.LAND || p.Op == token.LOR
	case *ast.UnaryExpr:
		return p.Op == token.NOT
	case *ast.ReturnStmt, *ast.CaseClause:
		return true
	}
	return false
}

// operators are the functions that replace an operator, and the operator of the
// mutant.
var operators = map[token.Token][2]string{
	token.LSS: {"mutateLess", "<="}, token.LEQ: {"mutateAtMost", "<"}, token.GTR: {"mutateMore", ">="}, token.GEQ: {"mutateAtLeast", ">"},
	token.ADD: {"mutateAdd", "-"}, token.SUB: {"mutateSub", "+"}, token.MUL: {"mutateMul", "/"}, token.QUO: {"mutateDiv", "*"},
}

// operator adds the mutant with another operator.
func (f *finder) operator(b *ast.BinaryExpr) {
	op, ok := operators[b.Op]
	if !ok || !isNumber(f.info.Types[b.X].Type) || !isNumber(f.info.Types[b.Y].Type) {
		return
	}
	if basic, ok := f.info.Types[b].Type.(*types.Basic); ok && basic.Info()&types.IsUntyped != 0 && basic.Kind() != types.UntypedBool {
		return
	}
	no := f.add(b.OpPos, op[1]+" for "+b.Op.String()+": "+types.ExprString(b))
	f.wrap(b, op[0]+"("+no+", ", ")")
	at := f.fset.Position(b.OpPos).Offset
	f.edits = append(f.edits, edit{from: at, to: at + len(b.Op.String()), text: ","})
}

func isNumber(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0 && b.Info()&types.IsComplex == 0
}

// literal adds the mutant of a number that is one more.
func (f *finder) literal(e ast.Expr) {
	t := f.info.Types[e]
	text := types.ExprString(e)
	if t.Value.Kind() != constant.Int && t.Value.Kind() != constant.Float || !written(e) || !isNumber(t.Type) {
		return
	}
	if line := f.fset.Position(e.Pos()).Line; f.dropped[line] || !f.counts(e) {
		return
	}
	name := types.TypeString(types.Default(t.Type), func(p *types.Package) string {
		if p == f.own {
			return ""
		}
		return p.Name()
	})
	f.wrap(e, "mutateNumber("+f.add(e.Pos(), "one more: "+text)+", "+name+"(", "))")
}

// written reports whether a constant is written as a number.
func written(e ast.Expr) bool {
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	_, ok := e.(*ast.BasicLit)
	return ok
}

// counts reports whether a mutant of a constant is useful: not if it is a part
// of a larger constant, a key, or an argument of make.
func (f *finder) counts(e ast.Expr) bool {
	switch p := f.parent().(type) {
	case *ast.KeyValueExpr:
		return p.Key != e
	case *ast.CallExpr:
		fun, ok := p.Fun.(*ast.Ident)
		return !(ok && fun.Name == "make")
	case *ast.TypeSwitchStmt:
		return false
	}
	return true
}

// result adds the mutant that returns no error.
func (f *finder) result(r *ast.ReturnStmt) {
	if len(r.Results) == 0 {
		return
	}
	last := r.Results[len(r.Results)-1]
	if t := f.info.Types[last]; t.IsNil() || !isError(t.Type) {
		return
	}
	f.wrap(last, "mutateError("+f.add(last.Pos(), "no error: "+brief(types.ExprString(last)))+", ", ")")
}

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// call adds the mutant without a call that returns an error.
func (f *finder) call(c *ast.CallExpr) {
	if !isError(f.info.Types[c].Type) {
		return
	}
	if text := types.ExprString(c.Fun); strings.HasPrefix(text, "fmt.") || strings.HasPrefix(text, "errors.") {
		return
	}
	if _, ok := f.parent().(*ast.ExprStmt); ok { // the statement is left out
		return
	}
	f.wrap(c, "mutateCall("+f.add(c.Pos(), "not called: "+brief(types.ExprString(c)))+", func() error { return ", " })")
}

// joined adds the mutants of errors.Join without one of its errors.
func (f *finder) joined(c *ast.CallExpr) {
	if types.ExprString(c.Fun) != "errors.Join" || c.Ellipsis.IsValid() {
		return
	}
	for _, e := range c.Args {
		if isError(f.info.Types[e].Type) {
			f.wrap(e, "mutateError("+f.add(e.Pos(), "no error: "+brief(types.ExprString(e)))+", ", ")")
		}
	}
}

// statements adds the mutants without a statement, without a lock, and without
// the error that a statement has got.
func (f *finder) statements(list []ast.Stmt) {
	for i, s := range list {
		if f.dropped[f.fset.Position(s.Pos()).Line] || f.lock(s) {
			continue
		}
		if text := leftOut(s); text != "" && !strings.HasPrefix(text, "panic(") {
			f.wrap(s, "if mutateDo("+f.add(s.Pos(), "left out: "+brief(text))+") { ", " }")
		}
		if a, ok := s.(*ast.AssignStmt); ok && (i+1 == len(list) || !f.decidesNext(list[i+1], a)) {
			f.got(a)
		}
	}
}

// leftOut returns the text of a statement without which the program still
// compiles, "" for others.
func leftOut(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if c, ok := s.X.(*ast.CallExpr); ok {
			return types.ExprString(c)
		}
	case *ast.DeferStmt:
		return "defer " + types.ExprString(s.Call)
	case *ast.GoStmt:
		return "go " + types.ExprString(s.Call)
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE && !blank(s.Lhs) {
			var left []string
			for _, e := range s.Lhs {
				left = append(left, types.ExprString(e))
			}
			return strings.Join(left, ", ") + " " + s.Tok.String() + " " + types.ExprString(s.Rhs[0])
		}
	case *ast.IncDecStmt:
		return types.ExprString(s.X) + s.Tok.String()
	case *ast.BranchStmt:
		if s.Tok == token.CONTINUE || s.Tok == token.BREAK {
			return s.Tok.String()
		}
	}
	return ""
}

var lockMethods = []string{"Lock", "Unlock", "RLock", "RUnlock"}

// lock adds one mutant without the locking and all unlocking of a lock in a
// function, because unlocking a lock that is not locked would stop any program.
// It reports whether a statement is such a call.
func (f *finder) lock(s ast.Stmt) bool {
	var call *ast.CallExpr
	switch s := s.(type) {
	case *ast.ExprStmt:
		call, _ = s.X.(*ast.CallExpr)
	case *ast.DeferStmt:
		call = s.Call
	}
	if call == nil || len(call.Args) > 0 {
		return false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains(lockMethods, method.Sel.Name) {
		return false
	}
	key := [2]string{fmt.Sprint(f.function()), types.ExprString(method.X)}
	if f.locks[key] == "" {
		f.locks[key] = f.add(s.Pos(), "not locked: "+key[1])
	}
	f.wrap(s, "if mutateDo("+f.locks[key]+") { ", " }")
	return true
}

// function returns where the present function declaration begins.
func (f *finder) function() token.Pos {
	for _, p := range f.parents {
		if d, ok := p.(*ast.FuncDecl); ok {
			return d.Pos()
		}
	}
	return token.NoPos
}

// got adds the mutant that ignores the error which a call has returned to a
// variable.
func (f *finder) got(a *ast.AssignStmt) {
	if _, ok := a.Rhs[0].(*ast.CallExpr); !ok || len(a.Rhs) > 1 {
		return
	}
	name := f.errorOf(a)
	if name == "" {
		return
	}
	end := f.fset.Position(a.End()).Offset
	text := "; if mutateIs(" + f.add(a.Pos(), "no error: "+name+" of "+brief(types.ExprString(a.Rhs[0]))) + ") { " + name + " = nil }"
	f.edits = append(f.edits, edit{from: end, to: end, text: text, closes: true})
}

// errorOf returns the name of the error that a statement sets last.
func (f *finder) errorOf(a *ast.AssignStmt) string {
	last := a.Lhs[len(a.Lhs)-1]
	if id, ok := last.(*ast.Ident); ok {
		if o := f.info.ObjectOf(id); o != nil && isError(o.Type()) {
			return id.Name
		}
		return ""
	}
	if isError(f.info.Types[last].Type) {
		return types.ExprString(last)
	}
	return ""
}

// decidesNext reports whether a statement tests or returns the error that the
// statement before it has set. Then the missing error is a mutant of this
// statement already.
func (f *finder) decidesNext(s ast.Stmt, a *ast.AssignStmt) bool {
	name := f.errorOf(a)
	switch s := s.(type) {
	case *ast.IfStmt:
		return s.Init == nil && s.Else == nil && types.ExprString(s.Cond) == name+" != nil"
	case *ast.ReturnStmt:
		n := len(s.Results)
		return n > 0 && types.ExprString(s.Results[n-1]) == name
	}
	return false
}

func blank(list []ast.Expr) bool {
	for _, e := range list {
		if id, ok := e.(*ast.Ident); !ok || id.Name != "_" {
			return false
		}
	}
	return true
}

func brief(s string) string {
	if r := []rune(s); len(r) > 70 {
		return string(r[:70]) + "…"
	}
	return s
}
