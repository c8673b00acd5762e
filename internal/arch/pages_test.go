package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page returns a file of the repository.
func page(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var quoted = regexp.MustCompile("`([^`\n]+)`")

// firstColumn returns the texts in backticks in the first column of the tables
// of a page, from a heading on.
func firstColumn(page, heading string) (names []string) {
	_, page, _ = strings.Cut(page, heading)
	page, _, _ = strings.Cut(page, "\n## ")
	for line := range strings.Lines(page) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
			names = append(names, m[1])
		}
	}
	return names
}

// same reports what one list has and the other lacks.
func same(t *testing.T, what string, told, are []string) {
	t.Helper()
	for _, name := range told {
		if !slices.Contains(are, name) {
			t.Errorf("%s tells of %s, which is not there", what, name)
		}
	}
	for _, name := range are {
		if !slices.Contains(told, name) {
			t.Errorf("%s does not tell of %s: add it there", what, name)
		}
	}
	if len(are) == 0 {
		t.Errorf("nothing to hold %s against", what)
	}
}

// TestPackagesAreListed compares the table of docs/architecture.md with the
// packages.
func TestPackagesAreListed(t *testing.T) {
	same(t, "the table of packages in docs/architecture.md", firstColumn(page(t, "docs/architecture.md"), "## Packages"),
		slices.Collect(maps.Keys(goFolders(t))))
}

// TestDependenciesAreListed compares docs/dependencies.md with go.mod.
func TestDependenciesAreListed(t *testing.T) {
	var direct []string
	for line := range strings.Lines(page(t, "go.mod")) {
		fields := strings.Fields(line)
		if len(fields) == 2 && strings.HasPrefix(fields[1], "v") {
			direct = append(direct, fields[0])
		}
	}
	same(t, "docs/dependencies.md", firstColumn(page(t, "docs/dependencies.md"), "# Dependencies"), direct)
}

var release = regexp.MustCompile(`^## \d+\.\d+\.\d+, \d{4}-\d\d-\d\d$`)

// TestChangelog: unreleased changes come first, then versions with their dates,
// the newest first.
func TestChangelog(t *testing.T) {
	var headings []string
	for line := range strings.Lines(page(t, "CHANGELOG.md")) {
		if strings.HasPrefix(line, "## ") {
			headings = append(headings, strings.TrimSpace(line))
		}
	}
	if len(headings) < 2 || headings[0] != "## Unreleased" {
		t.Fatalf("headings: %q", headings)
	}
	last := ""
	for _, h := range headings[1:] {
		date := h[max(0, len(h)-10):]
		if !release.MatchString(h) || last != "" && date > last {
			t.Errorf("%q: expected ## VERSION, YYYY-MM-DD, no later than %s", h, last)
		}
		last = date
	}
}

// names are the exported names of a package, with its methods and fields.
type names map[string]bool

// source is a Go file of the repository, tests too.
type source struct {
	fset *token.FileSet
	file *ast.File
}

// sources are all files, parsed once.
var sources []source

func allSources(t *testing.T) []source {
	t.Helper()
	if len(sources) > 0 {
		return sources
	}
	fset := token.NewFileSet()
	for _, dir := range goFolders(t) {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			file, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			sources = append(sources, source{fset, file})
		}
	}
	return sources
}

// declared returns the names of every package, by the package's own name; two
// packages of one name share theirs.
func declared(t *testing.T) map[string]names {
	t.Helper()
	all := map[string]names{}
	for _, s := range allSources(t) {
		pkg := strings.TrimSuffix(s.file.Name.Name, "_test")
		if all[pkg] == nil {
			all[pkg] = names{}
		}
		all[pkg].add(s.file)
	}
	return all
}

// add adds all that a file declares: at the top, methods, and fields.
func (n names) add(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			n[node.Name.Name] = true
		case *ast.TypeSpec:
			n[node.Name.Name] = true
		case *ast.ValueSpec:
			for _, id := range node.Names {
				n[id.Name] = true
			}
		case *ast.Field:
			for _, id := range node.Names {
				n[id.Name] = true
			}
		}
		return true
	})
}

// unknown returns the names in a text, such as sim.Engine or neuron.Port.String,
// whose package is of this module and has no such name.
func unknown(text string, known map[string]names) (faults []string) {
	for _, m := range qualified.FindAllStringSubmatch(text, -1) {
		pkg := known[m[1]]
		if pkg == nil || std[m[1]] {
			continue
		}
		for _, name := range strings.Split(m[2], ".") {
			if !pkg[name] && ast.IsExported(name) && name != "NAME" { // what a reader fills in
				faults = append(faults, m[0])
				break
			}
		}
	}
	return faults
}

var qualified = regexp.MustCompile(`\b([a-z]+)\.([A-Z]\w*(?:\.\w+)*)`)

// std are names of packages that also exist in the standard library or in a
// library that is used.
var std = map[string]bool{"plot": true, "table": true, "draw": true}

// TestNamesInComments looks up every qualified name that a comment has.
func TestNamesInComments(t *testing.T) {
	known := declared(t)
	if f := unknown("see sim.NoSuchThing and sim.Engine.Advance", known); len(f) != 1 || f[0] != "sim.NoSuchThing" {
		t.Fatalf("the test does not see what is not there: %v", f)
	}
	for _, s := range allSources(t) {
		for _, c := range s.file.Comments {
			for _, f := range unknown(c.Text(), known) {
				t.Errorf("%v: the comment names %s, which is not there", s.fset.Position(c.Pos()), f)
			}
		}
	}
}

// TestNamesInPages looks up every qualified name, file and folder that a page has
// in backticks.
func TestNamesInPages(t *testing.T) {
	known := declared(t)
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(pages) < 5 {
		t.Fatal(pages, err)
	}
	for _, name := range append(pages, filepath.Join(root, "README.md")) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(data), "\n") {
			for _, m := range quoted.FindAllStringSubmatch(line, -1) {
				for _, f := range append(unknown(m[1], known), missing(m[1])...) {
					t.Errorf("%s:%d: %s is not there", filepath.Base(name), i+1, f)
				}
			}
		}
	}
}

// missing returns the paths in a text that begin with a top folder of the
// repository and do not exist.
func missing(text string) (faults []string) {
	for _, word := range strings.Fields(text) {
		word = strings.TrimPrefix(strings.TrimRight(word, ".,;:…"), "./")
		top, _, ok := strings.Cut(word, "/")
		if !ok || !slices.Contains(append([]string{"docs"}, places...), top) || strings.ContainsAny(word, "*<>{}=$…") {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, strings.TrimSuffix(word, "/..."))); err != nil {
			faults = append(faults, word)
		}
	}
	return faults
}
