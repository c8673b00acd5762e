package data

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// leaf is a file of a tree. It can be in the folder of a part and in the folder of a
// label.
type leaf struct {
	file, name string // name: path from the part's folder, without the extension
	label      int    // −1: none
}

// tree lists the files of a folder, by part.
type tree struct {
	parts  []string // "train" and "test", or one without a name
	leaves [][]leaf
	labels []string // names of the folders that files are in
}

// maxLeaves limits the files of a folder.
const maxLeaves = 10_000_000

// readTree finds the wanted files of a folder. They are in the folder itself, or in
// subfolders whose names are labels. Either of these can in turn be inside folders named
// train and test.
func readTree(folder string, files Files, want wanted) (*tree, error) {
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
		if err := t.findLabels(root, lists[k], files, want); err != nil {
			return nil, err
		}
	}
	for k, root := range roots {
		leaves, err := t.gather(root, lists[k], files, want)
		if err != nil {
			return nil, err
		}
		t.leaves = append(t.leaves, leaves)
	}
	return t, nil
}

// wanted reports whether a file is of the kind to read. It returns an error for a file
// that seems to be of the kind but cannot be read.
type wanted func(file string) (bool, error)

// eventFile is a wanted that accepts address-event files.
func eventFile(file string) (bool, error) {
	name := path.Base(file)
	return !strings.HasPrefix(name, ".") && strings.EqualFold(path.Ext(name), ".bin"), nil
}

// findLabels adds the names of folders with wanted files to the labels.
func (t *tree) findLabels(root string, names []string, files Files, want wanted) error {
	for _, name := range names {
		if strings.HasPrefix(name, ".") || slices.Contains(t.labels, name) {
			continue
		}
		below, _ := files.List(path.Join(root, name)) // none if it is not a folder
		found, err := leavesOf(path.Join(root, name), below, want)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			t.labels = append(t.labels, name)
		}
	}
	slices.Sort(t.labels)
	return nil
}

// leavesOf returns the wanted files of a folder, without labels.
func leavesOf(folder string, names []string, want wanted) ([]leaf, error) {
	var all []leaf
	for _, name := range names {
		is, err := want(path.Join(folder, name))
		if err != nil {
			return nil, err
		}
		if is {
			all = append(all, leaf{path.Join(folder, name), stem(name), -1})
		}
	}
	return all, nil
}

// gather lists the files of a part, with their labels.
func (t *tree) gather(root string, names []string, files Files, want wanted) ([]leaf, error) {
	beside := slices.DeleteFunc(slices.Clone(names), func(s string) bool { return slices.Contains(t.labels, s) })
	all, err := leavesOf(root, beside, want)
	if err != nil {
		return nil, err
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
		found, err := leavesOf(path.Join(root, folder), below, want)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			all = append(all, leaf{l.file, folder + "/" + l.name, label})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no file of the kind in %s, nor in folders of it", root)
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
