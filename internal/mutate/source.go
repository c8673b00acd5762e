package main

import (
	"bytes"
	_ "embed"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed helper.go.txt
var helper []byte

// source is a package as it is on disk.
type source struct {
	path    string // of the package within the module
	dir     string
	names   []string
	texts   [][]byte
	files   []*ast.File
	fset    *token.FileSet
	info    *types.Info
	types   *types.Package
	dropped map[string]map[int]bool // lines of files whose mutants do not compile
}

// load reads a package with its types. Imports come from export data, which the
// go command builds or has cached.
func load(path, dir string) (*source, error) {
	s := &source{path: path, dir: dir, fset: token.NewFileSet(), dropped: map[string]map[int]bool{}}
	out, err := goCommand(dir, "list", "-f", `{{join .GoFiles "\n"}}`, ".")
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Fields(string(out)) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(s.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.names, s.texts, s.files = append(s.names, name), append(s.texts, text), append(s.files, file)
		s.dropped[name] = map[int]bool{}
	}
	if out, err = goCommand(dir, "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "."); err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exports[name] = file
	}
	imports := importer.ForCompiler(s.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	s.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	s.types, err = (&types.Config{Importer: imports}).Check(path, s.fset, s.files, s.info)
	return s, err
}

func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	return cmd.Output()
}

// mutated appends a package's mutants to points. It returns the package's files
// with all mutants, and the file with the helper functions that activate one.
func (s *source) mutated(points *[]Point) map[string][]byte {
	files := map[string][]byte{}
	for i, name := range s.names {
		f := &finder{pkg: s.path, name: filepath.Join(s.path, name), fset: s.fset, info: s.info, own: s.types, dropped: s.dropped[name], points: points, locks: map[[2]string]string{}}
		ast.Walk(f, s.files[i])
		files[filepath.Join(s.dir, name)] = apply(s.texts[i], f.edits)
	}
	files[filepath.Join(s.dir, "zz_mutate.go")] = append([]byte("package "+s.types.Name()+"\n"), helper...)
	return files
}

// apply edits a text. Of edits at one place, those that close come first, the
// innermost one first, and then those that open, the outermost one first.
func apply(text []byte, edits []edit) []byte {
	order := make([]int, len(edits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &edits[a], &edits[b]
		switch {
		case x.from != y.from:
			return x.from - y.from
		case x.closes != y.closes:
			if x.closes {
				return -1
			}
			return 1
		case x.closes:
			return b - a
		}
		return a - b
	})
	var out bytes.Buffer
	at := 0
	for _, i := range order {
		e := &edits[i]
		out.Write(text[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(text[at:])
	return out.Bytes()
}
