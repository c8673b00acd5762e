package report

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestMarkupIsConstant: only constants of the program are written without escaping. A
// text of a folder that is converted to markup would be.
func TestMarkupIsConstant(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	allowed, found := map[string]bool{"styleFile": true, "scriptFile": true}, 0
	var constant func(e ast.Expr) bool
	constant = func(e ast.Expr) bool {
		switch e := e.(type) {
		case *ast.BasicLit:
			return true
		case *ast.BinaryExpr:
			return constant(e.X) && constant(e.Y)
		case *ast.Ident:
			return allowed[e.Name]
		}
		return false
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "markup" {
				found++
				if !constant(call.Args[0]) {
					t.Errorf("%s: %v is not a constant", name, call.Args[0])
				}
			}
			return true
		})
	}
	if found < 50 {
		t.Errorf("%d conversions found", found)
	}
}

// TestPut: everything but markup is escaped, for texts and for quoted attributes.
func TestPut(t *testing.T) {
	var b bytes.Buffer
	p := newPage(&b)
	p.put(markup(`<a title="`), `"><b>'&`, markup(`">`), Verdict{Name: "<i>"}, 12, -0.5, markup("</a>"))
	p.table([]string{"<h>"}, [][]string{{"<1>", "<2>", "<3>"}}, "", numbers, code)
	if err := p.flush(); err != nil {
		t.Fatal(err)
	}
	const want = `<a title="&#34;&gt;&lt;b&gt;&#39;&amp;">{&lt;i&gt;   false}12-0.5</a><table><thead><tr><th>&lt;h&gt;</thead><tbody>` + "\n" +
		`<tr><td>&lt;1&gt;<td class="n">&lt;2&gt;<td><code>&lt;3&gt;</code>` + "\n</tbody></table>"
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
}
