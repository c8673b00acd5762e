package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// unit is a package to check: its path within the module, its files without
// tests, and its types where known.
type unit struct {
	path  string
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info // nil: only what syntax shows is checked
}

// faults collects violations as "file:line: what".
type faults []string

func (f *faults) add(u *unit, at token.Pos, format string, args ...any) {
	p := u.fset.Position(at)
	*f = append(*f, fmt.Sprintf("%s:%d: ", p.Filename, p.Line)+fmt.Sprintf(format, args...))
}

// check returns what is wrong with a package.
func check(u *unit) (f faults) {
	r, ok := ruleFor(u.path)
	if !ok {
		return faults{fmt.Sprintf("package %s has no place in the architecture: add a rule", u.path)}
	}
	for _, file := range u.files {
		checkImports(&f, u, file, r)
		checkLengths(&f, u, file)
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.GoStmt); ok && !r.goroutines {
				f.add(u, s.Pos(), "go statement outside actors")
			}
			checkOpens(&f, u, n)
			checkContext(&f, u, n)
			if r.pure {
				checkPure(&f, u, n)
			}
			return true
		})
		if r.pure && u.info != nil {
			checkMapOrder(&f, u, file)
		}
	}
	return f
}

func checkImports(f *faults, u *unit, file *ast.File, r rule) {
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			f.add(u, spec.Pos(), "import %s cannot be read", spec.Path.Value)
			continue
		}
		if inner, ok := strings.CutPrefix(path, module+"/"); ok && !allowed(inner, r.imports) {
			f.add(u, spec.Pos(), "%s may not import %s", u.path, path)
		}
		for top, owner := range owners {
			if within(path, top) && !slices.ContainsFunc(owner, func(o string) bool { return within(u.path, o) }) {
				f.add(u, spec.Pos(), "%s may be imported only in %v", path, owner)
			}
		}
		if r.pure && slices.ContainsFunc(impure, func(top string) bool { return within(path, top) }) {
			f.add(u, spec.Pos(), "pure package imports %s", path)
		}
		if spec.Name != nil && spec.Name.Name == "." {
			f.add(u, spec.Pos(), "dot import hides where names come from")
		}
	}
}

func allowed(path string, tops []string) bool {
	return slices.ContainsFunc(tops, func(top string) bool { return top == "*" || within(path, top) })
}

func checkLengths(f *faults, u *unit, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		var name string
		switch n := n.(type) {
		case *ast.FuncDecl:
			name = n.Name.Name
		case *ast.FuncLit:
			name = "a function literal"
		default:
			return true
		}
		if lines := u.fset.Position(n.End()).Line - u.fset.Position(n.Pos()).Line + 1; lines > maxFunction {
			f.add(u, n.Pos(), "%s is %d lines long, at most %d", name, lines, maxFunction)
		}
		return true
	})
}

// checkOpens finds places that open files without internal/guard, which refuses
// pipes (opening one may wait without end) and devices (reading one may never
// end).
func checkOpens(f *faults, u *unit, n ast.Node) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok || slices.ContainsFunc(openers, func(o string) bool { return within(u.path, o) }) {
		return
	}
	if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(opening, x.Name+"."+sel.Sel.Name) {
		f.add(u, n.Pos(), "%s.%s opens whatever lies there: internal/guard opens files", x.Name, sel.Sel.Name)
	}
}

// checkContext finds types that keep a context. A context must be passed in
// calls, because a type that keeps one can outlive it.
func checkContext(f *faults, u *unit, n ast.Node) {
	s, ok := n.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range s.Fields.List {
		if sel, ok := field.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Context" {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "context" {
				f.add(u, field.Pos(), "a type keeps a context")
			}
		}
	}
}

// checkPure looks at one node of a pure package.
func checkPure(f *faults, u *unit, n ast.Node) {
	switch n := n.(type) {
	case *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
		f.add(u, n.Pos(), "channel in a pure package")
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			f.add(u, n.Pos(), "channel in a pure package")
		}
	case *ast.CallExpr:
		if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "print" || id.Name == "println") && builtin(u, id) {
			f.add(u, n.Pos(), "%s in a pure package", id.Name)
		}
	case *ast.SelectorExpr:
		checkSelector(f, u, n)
	}
}

func builtin(u *unit, id *ast.Ident) bool {
	if u.info == nil {
		return true
	}
	_, ok := u.info.Uses[id].(*types.Builtin)
	return ok
}

// checkSelector looks at a name of an imported package.
func checkSelector(f *faults, u *unit, sel *ast.SelectorExpr) {
	id, ok := sel.X.(*ast.Ident)
	if !ok || u.info == nil {
		return
	}
	pkg, ok := u.info.Uses[id].(*types.PkgName)
	if !ok {
		return
	}
	name := sel.Sel.Name
	switch path := pkg.Imported().Path(); {
	case path == "time" && !slices.Contains(timeAllowed, name):
		f.add(u, sel.Pos(), "time.%s in a pure package: time is a value it is handed", name)
	case path == "context" && !slices.Contains(contextAllowed, name):
		f.add(u, sel.Pos(), "context.%s in a pure package: a context is handed in", name)
	case path == "math/rand/v2" && !slices.Contains(randAllowed, name):
		f.add(u, sel.Pos(), "rand.%s draws from global randomness", name)
	case path == "fmt" && slices.Contains(printers, name):
		f.add(u, sel.Pos(), "fmt.%s in a pure package", name)
	}
}

// checkMapOrder finds loops over maps, and iterators over maps that are not
// sorted at once.
func checkMapOrder(f *faults, u *unit, file *ast.File) {
	sorted := map[ast.Expr]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			switch called(u, n) {
			case "slices.Sorted", "slices.SortedFunc", "slices.SortedStableFunc":
				sorted[n.Args[0]] = true
			case "maps.Keys", "maps.Values", "maps.All":
				if !sorted[n] {
					f.add(u, n.Pos(), "map order: sort the keys of a map at once, with slices.Sorted")
				}
			}
		case *ast.RangeStmt:
			switch t := u.info.TypeOf(n.X); core(t).(type) {
			case *types.Map:
				f.add(u, n.Pos(), "map order: range over a map")
			case *types.Chan:
				f.add(u, n.Pos(), "channel in a pure package")
			}
		}
		return true
	})
}

// core returns the type under a name or a type parameter of one shape.
func core(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.TypeParam); ok {
		if c, ok := p.Constraint().Underlying().(*types.Interface); ok && c.NumEmbeddeds() == 1 {
			if un, ok := c.EmbeddedType(0).(*types.Union); ok && un.Len() == 1 {
				return un.Term(0).Type().Underlying()
			}
		}
	}
	return t.Underlying()
}

// called returns the function of another package that is called, such as
// "slices.Sorted".
func called(u *unit, call *ast.CallExpr) string {
	fun := ast.Unparen(call.Fun)
	if ix, ok := fun.(*ast.IndexExpr); ok {
		fun = ix.X
	}
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	fn, ok := u.info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil {
		return ""
	}
	return fn.Pkg().Path() + "." + fn.Name()
}
