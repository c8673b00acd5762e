package main

import (
	_ "embed"
	"fmt"
	"go/ast"
	"strings"
)

// equivalentText lists mutants that behave like the original. An entry is a line
// that names the mutant as the program prints it, with the package instead of
// the file and the line, and indented lines that say why no result differs:
//
//	pid Bins.Index: >= for >: v > b.Lo
//		At v = b.Lo the formula gives ceil(0) − 1, which is raised to 0.
//
// Lines that begin with # are comments.
//
//go:embed equivalent.txt
var equivalentText string

// readEquivalents returns the names of the listed mutants, with their reasons.
func readEquivalents(text string) (map[string]string, error) {
	reasons, name := map[string]string{}, ""
	for i, line := range strings.Split(text, "\n") {
		reason := strings.TrimSpace(line)
		switch {
		case reason == "" || line[0] == '#':
		case line[0] == '\t' && name != "":
			reasons[name] = strings.TrimSpace(reasons[name] + " " + reason)
		case line[0] == '\t':
			return nil, fmt.Errorf("equivalent mutants, line %d: a reason without a mutant", i+1)
		default:
			if _, twice := reasons[line]; twice {
				return nil, fmt.Errorf("equivalent mutants, line %d: %s is listed twice", i+1, line)
			}
			reasons[line], name = "", line
		}
	}
	for name, reason := range reasons {
		if reason == "" {
			return nil, fmt.Errorf("equivalent mutants: no reason for %s", name)
		}
	}
	return reasons, nil
}

// name identifies a mutant as long as its function does not change.
func (p *Point) name() string { return p.Package + " " + p.Function + ": " + p.what() }

// what is the fault; mutants of a function with the same fault are numbered.
func (p *Point) what() string {
	if p.Same == 0 {
		return p.What
	}
	return fmt.Sprintf("%s #%d", p.What, p.Same)
}

// number numbers the mutants that would have equal names, from 1.
func number(points []Point) {
	all := map[string][]*Point{}
	for i := range points {
		p := &points[i]
		p.Same = 0
		all[p.name()] = append(all[p.name()], p)
	}
	for _, same := range all {
		for k, p := range same {
			if len(same) > 1 {
				p.Same = k + 1
			}
		}
	}
}

// functionOf returns the name of the function or method, or else of the
// variables, around a node with the given parents.
func functionOf(parents []ast.Node) string {
	for _, n := range parents {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil {
				return n.Name.Name
			}
			return receiver(n.Recv.List[0].Type) + "." + n.Name.Name
		case *ast.ValueSpec:
			return n.Names[0].Name
		}
	}
	return ""
}

// receiver returns the name of the type of a receiver.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
