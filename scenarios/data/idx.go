package data

import (
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/dataset"
)

// idxName matches the file names of MNIST, EMNIST, Fashion-MNIST, QMNIST and similar data
// sets, and of copies of them: train-images-idx3-ubyte, t10k-labels.idx1-ubyte,
// emnist-letters-test-images-…, qmnist-train-labels-idx2-int, train_images.idx3.
var idxName = regexp.MustCompile(`^(?i)(.*?)(train|t10k|test)[-_](images|labels)[-_.]idx[123]?(?:[-_.](?:ubyte|int))?(?:\.bin)?(\.gz)?$`)

// idxFolders are the places of the files that are usual, relative to the folder in the
// document.
var idxFolders = []string{"", "raw", "gzip", "MNIST/raw", "FashionMNIST/raw", "KMNIST/raw", "EMNIST/raw"}

// idxFiles lists the files of one data set.
type idxFiles struct {
	prefix string // the folder and the part of the file name before train
	names  map[string]string
}

// idxKinds are the four files: part and content.
var idxKinds = []string{"train-images", "train-labels", "test-images", "test-labels"}

// idx opens labelled pictures in IDX files.
func (l *loader) idx() (source, []any, error) {
	c := l.IDX
	set, err := l.findIDX()
	if err != nil {
		return nil, nil, err
	}
	s := &idxPictures{}
	var sums []any
	width, height := 0, 0
	for k, count := range []int{c.Train, c.Test} {
		images, digest, err := l.readIDXPart(set, 2*k)
		if err != nil {
			return nil, nil, l.fault("idx", "folder", err)
		}
		if k == 0 {
			width, height = images.Width, images.Height
			if len(c.Checksum) > len(digest) || !strings.EqualFold(digest[:len(c.Checksum)], c.Checksum) {
				return nil, nil, config.FieldError(l.key("idx", "checksum"), c.Checksum, "the beginning of "+digest+", the SHA-256 of the training images", "")
			}
		} else if images.Width != width || images.Height != height {
			return nil, nil, l.fault("idx", "folder", fmt.Errorf("training pictures have %d×%d pixels, those to test on %d×%d", width, height, images.Width, images.Height))
		}
		if count > images.Len() {
			return nil, nil, config.FieldError(l.key("idx", partNames[k+1]), count, fmt.Sprintf("at most %d, as many as the file has", images.Len()), "")
		}
		images = images.First(count)
		s.sets[k] = greys{images.Size(), images.Pixels, images.Labels}
		sums = append(sums, sum(images.Pixels, images.Labels))
	}
	if err := l.checkShared(s); err != nil {
		return nil, nil, l.fault("idx", "folder", err)
	}
	l.set.Fields = []Field{{Name: "image", Size: width * height, Width: width}}
	l.set.Labels = renumber(s.sets[0].labels, s.sets[1].labels)
	if strings.Contains(path.Base(set.prefix), "emnist-") {
		l.set.Notes = append(l.set.Notes, "pictures of EMNIST are stored with rows and columns exchanged, and are left so")
	}
	return s, sums, nil
}

// findIDX finds the four files in the folder, or in one of its subfolders where
// torchvision and others put them.
func (l *loader) findIDX() (*idxFiles, error) {
	folder := l.IDX.Folder
	found := map[string]*idxFiles{}
	var listed error
	for k, below := range idxFolders {
		names, err := l.files.List(path.Join(folder, below))
		if k == 0 {
			listed = err
		}
		l.addIDX(found, path.Join(folder, below), "", names)
	}
	if listed != nil { // the folder may end in the prefix of one of several data sets: emnist/emnist-letters
		names, _ := l.files.List(path.Dir(folder)) // none if it cannot be read: there are no files beside it
		l.addIDX(found, path.Dir(folder), path.Base(folder), names)
	}
	hint := "the folder needs " + strings.Join([]string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}, ", ") + ", each as it is or with .gz"
	switch {
	case len(found) == 0 && listed != nil:
		return nil, config.FieldProblem(l.key("idx", "folder"), listed.Error(), hint)
	case len(found) == 0:
		return nil, config.FieldProblem(l.key("idx", "folder"), "no IDX file in "+folder, hint)
	}
	var prefixes []string
	for prefix := range found {
		prefixes = append(prefixes, prefix)
	}
	slices.Sort(prefixes)
	if len(prefixes) > 1 {
		return nil, config.FieldProblem(l.key("idx", "folder"), "there are several data sets: "+strings.Join(prefixes, ", "), "name one of them, such as "+prefixes[0])
	}
	set := found[prefixes[0]]
	for _, kind := range idxKinds {
		if set.names[kind] == "" {
			return nil, config.FieldProblem(l.key("idx", "folder"), fmt.Sprintf("no file with the %s in %s", strings.ReplaceAll(kind, "-", " "), folder), hint)
		}
	}
	return set, nil
}

// addIDX adds the files of a folder to the data sets in found. It ignores files whose
// names do not begin with prefix.
func (l *loader) addIDX(found map[string]*idxFiles, folder, prefix string, names []string) {
	for _, name := range names {
		m := idxName.FindStringSubmatch(name)
		if m == nil || !strings.HasPrefix(m[1], prefix) {
			continue
		}
		key := strings.TrimRight(path.Join(folder, m[1]), "-")
		if found[key] == nil {
			found[key] = &idxFiles{prefix: key, names: map[string]string{}}
		}
		part := strings.ToLower(m[2])
		if part == "t10k" {
			part = "test"
		}
		kind, file := part+"-"+strings.ToLower(m[3]), path.Join(folder, name)
		if inner, err := l.files.List(file); err == nil && slices.Contains(inner, name) { // Kaggle unpacks a file into a folder of the same name
			file = path.Join(file, name)
		}
		if found[key].names[kind] == "" || m[4] == "" { // prefer uncompressed files
			found[key].names[kind] = file
		}
	}
}

// readIDXPart reads a file of pictures, number k of idxKinds, and its labels.
func (l *loader) readIDXPart(set *idxFiles, k int) (*dataset.Images, string, error) {
	x, err := l.readIDX(set.names[idxKinds[k]], dataset.ReadIDXImages)
	if err != nil {
		return nil, "", err
	}
	y, err := l.readIDX(set.names[idxKinds[k+1]], dataset.ReadIDXLabels)
	if err != nil {
		return nil, "", err
	}
	all, err := dataset.Join(x, y, 256)
	return all, x.SHA256, err
}

func (l *loader) readIDX(name string, read func(string, io.Reader) (*dataset.Block, error)) (*dataset.Block, error) {
	f, err := l.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return read(name, f)
}

// maxSharedPictures is the share of test pictures that may also be training pictures.
// Public data sets have a few of them. More of them probably mean that train and test are
// the same file.
const maxSharedPictures = 0.01

// checkShared counts test pictures that are also training pictures. It returns an error
// if there are too many, else it adds a note.
func (l *loader) checkShared(s *idxPictures) error {
	known := map[string]int{}
	test := &s.sets[1]
	for i := range test.labels {
		known[string(test.picture(i))] = i
	}
	shared, first := 0, [2]int{}
	train := &s.sets[0]
	for i := range train.labels {
		j, ok := known[string(train.picture(i))]
		if !ok {
			continue
		}
		if delete(known, string(train.picture(i))); shared == 0 {
			first = [2]int{i, j}
		}
		shared++
	}
	if shared == 0 {
		return nil
	}
	text := fmt.Sprintf("%d of %d pictures to test on are also among those to learn from, such as test picture %d, which is training picture %d", shared, len(test.labels), first[1], first[0])
	// With few pictures, the share is not reliable.
	many := len(test.labels) >= 100 && float64(shared) > maxSharedPictures*float64(len(test.labels))
	if many || shared == len(test.labels) {
		return errors.New(text)
	}
	l.set.Notes = append(l.set.Notes, text)
	return nil
}

// renumber replaces labels by indices into the names that it returns. The names are the
// numbers that occur as labels, in order.
func renumber(parts ...[]uint8) []string {
	var occurs [256]bool
	for _, labels := range parts {
		for _, v := range labels {
			occurs[v] = true
		}
	}
	var index [256]uint8
	var names []string
	for v, ok := range occurs {
		if ok {
			index[v] = uint8(len(names))
			names = append(names, strconv.Itoa(v))
		}
	}
	for _, labels := range parts {
		for i, v := range labels {
			labels[i] = index[v]
		}
	}
	return names
}

// idxPictures are labelled pictures with parts train and test.
type idxPictures struct{ sets [2]greys }

func (s *idxPictures) parts() []basePart {
	return []basePart{{"train", len(s.sets[0].labels)}, {"test", len(s.sets[1].labels)}}
}

func (s *idxPictures) item(part, i int, it *Item) error {
	s.sets[part].fill(i, it)
	return nil
}
