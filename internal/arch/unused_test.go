package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// forTests are packages that exist for the tests of others.
var forTests = []string{"internal/disk/disktest", "internal/fuzzing", "internal/known", "internal/walk", "internal/arch", "neuron/sim/simtest"}

// kept are names that the program does not use, with the reason why they exist.
var kept = map[string]string{
	"(*infomorph/internal/inboxes.Reader).Blocks": "tests read recordings with it",
}

// TestNothingUnused finds names that nothing uses outside tests. It finds methods
// that .ci/dead does not find, because a type that is used by reflection keeps all
// its methods alive. A name of a public package is also used if an example or a
// package comment shows it.
func TestNothingUnused(t *testing.T) {
	var units []*unit
	folders := goFolders(t)
	for _, path := range slices.Sorted(maps.Keys(folders)) {
		u := parse(t, path, folders[path])
		u.path = module + "/" + path
		u.files = slices.DeleteFunc(u.files, func(f *ast.File) bool { // of other systems
			ok, err := build.Default.MatchFile(folders[path], filepath.Base(u.fset.Position(f.Pos()).Filename))
			return err != nil || !ok
		})
		units = append(units, u)
	}
	load(t, units...)
	shown := examples(t, folders)
	for _, d := range unused(units) {
		path := strings.TrimPrefix(d.unit.path, module+"/")
		public := !within(path, "internal") && !within(path, "cmd") && token.IsExported(d.name)
		if kept[d.full] != "" || slices.ContainsFunc(forTests, func(p string) bool { return within(path, p) }) ||
			public && word(d.name).Match(shown) || inTemplates(t, folders[path], d.name) {
			continue
		}
		t.Errorf("%s: nothing uses %s", d.unit.fset.Position(d.at), d.full)
	}
}

// definition is a name of a package, or a method of one of its types.
type definition struct {
	unit       *unit
	at         token.Pos
	name, full string
}

// unused returns the names that no file of the units uses. A method with the name
// of a method of any interface counts as used.
func unused(units []*unit) (found []definition) {
	used, required := map[string]bool{}, map[string]bool{"main": true, "init": true, "_": true, "Equal": true} // go-cmp uses Equal
	for _, u := range units {
		for _, o := range u.info.Uses {
			used[fullName(o)] = true
			if p, ok := o.(*types.PkgName); ok {
				for _, name := range p.Imported().Scope().Names() {
					require(p.Imported().Scope().Lookup(name).Type(), required)
				}
			}
		}
		for _, tv := range u.info.Types {
			if tv.IsType() {
				require(tv.Type, required)
			}
		}
	}
	for _, u := range units {
		for id, o := range u.info.Defs {
			if full := fullName(o); full != "" && !used[full] && !required[id.Name] && !byReflection.MatchString(id.Name) {
				found = append(found, definition{u, id.Pos(), id.Name, full})
			}
		}
	}
	slices.SortFunc(found, func(a, b definition) int { return strings.Compare(a.full, b.full) })
	return found
}

// require adds the methods of an interface.
func require(t types.Type, required map[string]bool) {
	if i, ok := t.Underlying().(*types.Interface); ok {
		for m := range i.Methods() {
			required[m.Name()] = true
		}
	}
}

// byReflection matches methods of interfaces that no file names.
var byReflection = regexp.MustCompile(`^(Unm|M)arshal|^(Error|String|Is|Unwrap|Format|Len|Less|Swap|Close)$`)

// fullName returns the full name of a function, a method, or an object of a whole
// package, and "" for anything else.
func fullName(o types.Object) string {
	switch o := o.(type) {
	case *types.Func:
		return o.Origin().FullName()
	case *types.Const, *types.Var, *types.TypeName:
		if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() {
			return fmt.Sprint(o.Pkg().Path(), ".", o.Name())
		}
	}
	return ""
}

// examples returns all examples and package comments.
func examples(t *testing.T, folders map[string]string) (all []byte) {
	t.Helper()
	for _, dir := range folders {
		for _, name := range []string{"example_test.go", "doc.go"} {
			if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				all = append(all, b...)
			}
		}
	}
	return all
}

// inTemplates reports whether a template of a package uses a method.
func inTemplates(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		b, err := os.ReadFile(file)
		return err == nil && bytes.Contains(b, []byte("."+name))
	})
}

func word(name string) *regexp.Regexp { return regexp.MustCompile(`\b` + name + `\b`) }

// TestUnusedIsFound: the checker finds functions, methods, constants and types.
func TestUnusedIsFound(t *testing.T) {
	u := parse(t, "internal/unusednames", "testdata/unusednames")
	load(t, u)
	var got []string
	for _, d := range unused([]*unit{u}) {
		got = append(got, d.name)
	}
	slices.Sort(got)
	if want := []string{"Lonely", "forgotten", "idle", "spare"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}
