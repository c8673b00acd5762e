package arch

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// TestArchitecture checks every package of the repository against the rules;
// pure packages are checked with their types.
func TestArchitecture(t *testing.T) {
	var units, pure []*unit
	folders := goFolders(t)
	for _, path := range slices.Sorted(maps.Keys(folders)) {
		u := parse(t, path, folders[path])
		units = append(units, u)
		if r, ok := ruleFor(path); ok && r.pure && len(u.files) > 0 {
			pure = append(pure, u)
		}
	}
	load(t, pure...)
	for _, u := range units {
		for _, fault := range check(u) {
			t.Error(fault)
		}
	}
	if len(pure) < 4 || len(units) < 6 {
		t.Errorf("only %d packages seen, %d of them pure", len(units), len(pure))
	}
}

// goFolders returns the folders with Go code, by package path; test data, hidden
// folders and other modules are left out.
func goFolders(t *testing.T) map[string]string {
	t.Helper()
	folders := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); d.IsDir() && path != root && err == nil {
			return filepath.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(name, ".go") {
			dir := filepath.Dir(path)
			rel, err := filepath.Rel(root, dir)
			folders[filepath.ToSlash(rel)] = dir
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return folders
}

// TestLayout: Go code is only in the allowed folders.
func TestLayout(t *testing.T) {
	for path := range goFolders(t) {
		top, _, _ := strings.Cut(path, "/")
		if !slices.Contains(places, top) {
			t.Errorf("%s: Go code may lie in %v only", path, places)
		}
		if within(path, "cmd") && !within(path, "cmd/infomorph") {
			t.Errorf("%s: there is one program, cmd/infomorph", path)
		}
	}
}

// parse reads a package's files without tests, without types.
func parse(t *testing.T, path, dir string) *unit {
	t.Helper()
	u := &unit{path: path, fset: token.NewFileSet()}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(u.fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			u.files = append(u.files, file)
		}
	}
	return u
}

// load reads packages with their types. Imports come from export data, which
// the go command builds or has cached, so nothing below is type-checked again.
func load(t *testing.T, units ...*unit) {
	t.Helper()
	exports := exportData(t, units)
	for _, u := range units {
		imp := importer.ForCompiler(u.fset, "gc", func(path string) (io.ReadCloser, error) {
			return os.Open(exports[path])
		})
		u.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
		if _, err := (&types.Config{Importer: imp}).Check(u.path, u.fset, u.files, u.info); err != nil {
			t.Fatal(err)
		}
	}
}

// exportData returns the file with the export data of each package that the
// units need.
func exportData(t *testing.T, units []*unit) map[string]string {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}
	for _, u := range units {
		for _, file := range u.files {
			for _, spec := range file.Imports {
				args = append(args, strings.Trim(spec.Path.Value, "`\""))
			}
		}
	}
	slices.Sort(args[5:])
	cmd := exec.Command("go", slices.Compact(args)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exports[path] = file
	}
	return exports
}

// TestPlantedViolations checks the checker: each folder of testdata is one
// violation, or none, checked as if it were in the package that its first
// comment names:
//
//	// as: PACKAGE
//	// want: TEXT OF THE FAULT   (any number)
func TestPlantedViolations(t *testing.T) {
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range plants(t, entries) {
		as, want := directives(t, u.files[0])
		name := filepath.Base(u.path)
		u.path = as
		got := check(u)
		if len(got) != len(want) {
			t.Errorf("%s: %d faults, expected %d:\n%s", name, len(got), len(want), strings.Join(got, "\n"))
		}
		for _, w := range want {
			if !slices.ContainsFunc(got, func(g string) bool { return strings.Contains(g, w) }) {
				t.Errorf("%s: no fault says %q in\n%s", name, w, strings.Join(got, "\n"))
			}
		}
	}
}

// plants reads the planted cases; those of pure packages with types, but for
// the ones about imports, which need not compile.
func plants(t *testing.T, entries []os.DirEntry) (units []*unit) {
	t.Helper()
	var typed []*unit
	for _, e := range entries {
		u := parse(t, e.Name(), filepath.Join("testdata", e.Name()))
		as, _ := directives(t, u.files[0])
		if r, ok := ruleFor(as); ok && r.pure && !strings.HasPrefix(e.Name(), "import") {
			typed = append(typed, u)
		}
		units = append(units, u)
	}
	load(t, typed...)
	return units
}

func directives(t *testing.T, file *ast.File) (as string, want []string) {
	t.Helper()
	for _, group := range file.Comments {
		for _, c := range group.List {
			if v, ok := strings.CutPrefix(c.Text, "// as: "); ok {
				as = v
			}
			if v, ok := strings.CutPrefix(c.Text, "// want: "); ok {
				want = append(want, v)
			}
		}
	}
	if as == "" {
		t.Fatalf("%s names no package", file.Name.Name)
	}
	return as, want
}
