package data

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// leaf is a file of a folder, which may lie in a folder of a part and in one of
// a label.
type leaf struct {
	file, name string // name: from the part's folder on, without the ending
	label      int    // −1: none
}

// tree is a folder of files, by part.
type tree struct {
	parts  []string // "train" and "test", or one without a name
	leaves [][]leaf
	labels []string // names of the folders that files are in
}

// maxLeaves bounds the files of a folder.
const maxLeaves = 10_000_000

// readTree finds the files of a folder that end like one of types: in the folder
// itself, or in folders whose names are labels, all of that perhaps in folders
// train and test.
func readTree(folder string, files Files, types ...string) (*tree, error) {
	names, err := files.List(folder)
	if err != nil {
		return nil, err
	}
	t := &tree{}
	byPart := map[string]string{}
	for _, name := range names {
		if low := strings.ToLower(name); low == "train" || low == "test" {
			byPart[low] = name
		}
	}
	roots := []string{folder}
	t.parts = []string{""}
	if len(byPart) == 2 {
		t.parts = []string{"train", "test"}
		roots = []string{path.Join(folder, byPart["train"]), path.Join(folder, byPart["test"])}
	}
	lists := make([][]string, len(roots))
	for k, root := range roots {
		if lists[k], err = files.List(root); err != nil {
			return nil, err
		}
		t.findLabels(root, lists[k], files, types)
	}
	for k, root := range roots {
		leaves, err := t.gather(root, lists[k], files, types)
		if err != nil {
			return nil, err
		}
		t.leaves = append(t.leaves, leaves)
	}
	return t, nil
}

// wanted reports whether a name ends like one of types.
func wanted(name string, types []string) bool {
	return !strings.HasPrefix(name, ".") && slices.Contains(types, strings.ToLower(path.Ext(name)))
}

// findLabels adds the folders with files in them to the labels.
func (t *tree) findLabels(root string, names []string, files Files, types []string) {
	for _, name := range names {
		if wanted(name, types) || slices.Contains(t.labels, name) {
			continue
		}
		below, err := files.List(path.Join(root, name))
		if err == nil && slices.ContainsFunc(below, func(s string) bool { return wanted(s, types) }) {
			t.labels = append(t.labels, name)
		}
	}
	slices.Sort(t.labels)
}

// gather lists the files of a part.
func (t *tree) gather(root string, names []string, files Files, types []string) ([]leaf, error) {
	var all []leaf
	for _, name := range names {
		if wanted(name, types) {
			all = append(all, leaf{path.Join(root, name), stem(name), -1})
		}
	}
	if len(all) > 0 && len(t.labels) > 0 {
		return nil, fmt.Errorf("%s: files beside folders whose names are labels, such as %s; expected one or the other", root, all[0].file)
	}
	for label, folder := range t.labels {
		if !slices.Contains(names, folder) {
			continue
		}
		below, err := files.List(path.Join(root, folder))
		if err != nil {
			return nil, err
		}
		for _, name := range below {
			if wanted(name, types) {
				all = append(all, leaf{path.Join(root, folder, name), folder + "/" + stem(name), label})
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no %s file in %s", strings.Join(types, " or "), root)
	}
	if len(all) > maxLeaves {
		return nil, fmt.Errorf("%s: more than %d files", root, maxLeaves)
	}
	seen := map[string]bool{}
	for _, l := range all {
		if seen[l.name] {
			return nil, fmt.Errorf("%s: two items are called %q", l.file, l.name)
		}
		seen[l.name] = true
	}
	return all, nil
}

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// base returns the parts of a tree.
func (t *tree) base() []basePart {
	var all []basePart
	for k, name := range t.parts {
		all = append(all, basePart{name, len(t.leaves[k])})
	}
	return all
}
