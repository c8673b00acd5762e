package data

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/table"
)

// Limits on a table of items.
const (
	maxTableBytes   = 1 << 32 // of the uncompressed file, which is read as a stream
	maxTableNumbers = 1 << 28 // kept in memory: 1 GiB
)

// table opens a table whose rows are items.
func (l *loader) table() (source, []any, error) {
	c := l.Table
	f, err := l.files.Open(c.File)
	if err != nil {
		return nil, nil, l.fault("table", "file", err)
	}
	defer f.Close()
	t, err := table.Open(f, table.Options{Name: c.File, MaxBytes: maxTableBytes, DecimalComma: c.Comma})
	if err != nil {
		return nil, nil, l.fault("table", "file", fmt.Errorf("%s: %w", c.File, err))
	}
	r := &rowReader{Reader: t, rows: &rows{scale: c.Scale == "standard"}, labels: map[string]int{}, names: map[string]int{}}
	if err := l.columns(r); err != nil {
		return nil, nil, err
	}
	if err := r.readAll(); err != nil {
		return nil, nil, l.fault("table", "file", fmt.Errorf("%s: %w", c.File, err))
	}
	if err := l.finishTable(r); err != nil {
		return nil, nil, err
	}
	s := r.rows
	content := []any{c.File, c.Label, c.Name, c.Part, c.Scale, s.names, l.set.Labels, s.labels, s.numbers, s.index}
	for _, f := range l.set.Fields {
		content = append(content, f)
	}
	return s, content, nil
}

// columns finds the columns that the document names.
func (l *loader) columns(r *rowReader) error {
	c := l.Table
	at := 0
	for name, columns := range c.Fields.All() {
		if err := fieldName(name); err != nil {
			return config.Within(l.key("table", "fields"), err)
		}
		for _, column := range *columns {
			k, err := r.Index(column)
			if err != nil {
				return config.FieldProblem(l.key("table", "fields."+name), fmt.Sprintf("%s: %v", c.File, err), "")
			}
			r.columns = append(r.columns, k)
		}
		l.set.Fields = append(l.set.Fields, Field{Name: name, Size: len(*columns)})
		if l.set.columns == nil {
			l.set.columns = map[string][]string{}
		}
		l.set.columns[name] = slices.Clone(*columns)
		r.rows.spans = append(r.rows.spans, [2]int{at, at + len(*columns)})
		at += len(*columns)
	}
	if at == 0 {
		return config.FieldProblem(l.key("table", "fields"), "there is no column in it", "")
	}
	r.rows.width = at
	by, byPath := "", ""
	if l.Split != nil {
		by, byPath = l.Split.By, l.path+".split.by"
	}
	for _, one := range []struct {
		name, path string
		dst        *int
	}{{c.Label, l.key("table", "label"), &r.label}, {c.Name, l.key("table", "name"), &r.name}, {c.Part, l.key("table", "part"), &r.part}, {by, byPath, &r.by}} {
		*one.dst = -1
		if one.name == "" {
			continue
		}
		k, err := r.Index(one.name)
		if err != nil {
			return config.FieldProblem(one.path, fmt.Sprintf("%s: %v", c.File, err), "")
		}
		*one.dst = k
	}
	return nil
}

// finishTable checks the rows as a whole and numbers the labels.
func (l *loader) finishTable(r *rowReader) error {
	s, c := r.rows, l.Table
	l.set.Notes = append(l.set.Notes, r.Notes()...)
	if len(s.index[0])+len(s.index[1]) == 0 {
		return l.fault("table", "file", fmt.Errorf("%s: there is no row in it", c.File))
	}
	l.set.Labels = sortLabels(r.labelNames, s.labels)
	if r.part < 0 {
		return nil
	}
	for k, name := range partNames[1:] {
		if len(s.index[k]) == 0 {
			return config.FieldError(l.key("table", "part"), c.Part, "a column in which some rows are "+name, "")
		}
	}
	known := map[string]int32{}
	for _, i := range s.index[0] {
		known[s.print(i)] = i
	}
	for _, i := range s.index[1] {
		if j, ok := known[s.print(i)]; ok {
			return config.FieldProblem(l.key("table", "part"), fmt.Sprintf("train and test share items: %s, row %d, which is for the test, is the same as row %d, which is to learn from", c.File, i+1, j+1), "")
		}
	}
	return nil
}

// sortLabels sorts the names of labels, by value if all are numbers. It renumbers the
// labels of the items accordingly.
func sortLabels(names []string, labels []int32) []string {
	values := map[string]float64{}
	for _, n := range names {
		if v, err := strconv.ParseFloat(n, 64); err == nil && finite(v) {
			values[n] = v
		}
	}
	sorted := slices.Clone(names)
	slices.SortFunc(sorted, func(a, b string) int {
		if len(values) == len(names) && values[a] != values[b] {
			if values[a] < values[b] {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	place := make(map[string]int32, len(names))
	for k, n := range sorted {
		place[n] = int32(k)
	}
	for i, v := range labels {
		if v >= 0 {
			labels[i] = place[names[v]]
		}
	}
	return sorted
}

// rowReader reads the rows of a table.
type rowReader struct {
	*table.Reader
	rows                  *rows
	columns               []int // with the numbers of the fields
	label, name, part, by int   // columns; −1: none
	labels, names         map[string]int
	labelNames            []string
}

// maxLabels limits the number of different labels.
const maxLabels = 100_000

func (r *rowReader) readAll() error {
	for cells, err := range r.Rows() {
		if err != nil {
			return err
		}
		if err := r.add(cells); err != nil {
			return err
		}
	}
	return nil
}

// add appends one row.
func (r *rowReader) add(cells []table.Cell) error {
	s := r.rows
	i := len(s.index[0]) + len(s.index[1])
	if len(s.numbers)+len(r.columns) > maxTableNumbers {
		return fmt.Errorf("more than %d numbers are to be kept, which is %d MiB; name fewer columns, or take fewer rows", maxTableNumbers, maxTableNumbers*4>>20)
	}
	for _, k := range r.columns {
		v, err := cells[k].Number()
		switch {
		case err != nil:
			return r.Errorf(k, "%w", err)
		case math.IsNaN(v):
			return r.Errorf(k, "there is no value, expected a number")
		case !finite(v):
			return r.Errorf(k, "%s is too large, or infinite", cells[k])
		}
		s.numbers = append(s.numbers, float32(v))
	}
	part, err := r.partOf(cells)
	if err != nil {
		return err
	}
	s.index[part] = append(s.index[part], int32(i))
	if r.part >= 0 {
		s.divided = true
	}
	return errors.Join(r.addLabel(cells), r.addName(cells, i), r.addGroup(cells))
}

func (r *rowReader) partOf(cells []table.Cell) (int, error) {
	if r.part < 0 {
		return 0, nil
	}
	text := strings.TrimSpace(cells[r.part].String())
	k := slices.Index(partNames[1:], strings.ToLower(text))
	if k < 0 {
		return 0, r.Errorf(r.part, "%q, expected train or test", shortened(text))
	}
	return k, nil
}

// text returns the text in a cell.
func (r *rowReader) text(cells []table.Cell, k int) (string, error) {
	text, ok := cells[k].Label()
	if !ok {
		return "", r.Errorf(k, "there is no value")
	}
	return text, nil
}

func (r *rowReader) addLabel(cells []table.Cell) error {
	if r.label < 0 {
		return nil
	}
	text, err := r.text(cells, r.label)
	if err != nil {
		return err
	}
	k, ok := r.labels[text]
	if !ok {
		if k = len(r.labelNames); k == maxLabels {
			return r.Errorf(r.label, "more than %d labels", maxLabels)
		}
		r.labels[text] = k
		r.labelNames = append(r.labelNames, text)
	}
	r.rows.labels = append(r.rows.labels, int32(k))
	return nil
}

func (r *rowReader) addName(cells []table.Cell, i int) error {
	if r.name < 0 {
		return nil
	}
	text, err := r.text(cells, r.name)
	if err != nil {
		return err
	}
	if before, ok := r.names[text]; ok {
		return r.Errorf(r.name, "%q is also the name of row %d", shortened(text), before+1)
	}
	r.names[text] = i
	r.rows.names = append(r.rows.names, text)
	return nil
}

func (r *rowReader) addGroup(cells []table.Cell) error {
	if r.by < 0 {
		return nil
	}
	text, err := r.text(cells, r.by)
	r.rows.groups = append(r.rows.groups, text)
	return err
}

// rows are the rows of a table.
type rows struct {
	width   int
	spans   [][2]int // first and last+1 column of each field in a row
	numbers []float32
	labels  []int32 // nil: none
	names   []string
	groups  []string
	divided bool       // a column assigns rows to train and test
	index   [2][]int32 // rows of each part; if not divided, all are in the first
	scale   bool
	mean    []float32 // of each column; nil without scale
	factor  []float32
}

func (s *rows) parts() []basePart {
	if !s.divided {
		return []basePart{{count: len(s.index[0])}}
	}
	return []basePart{{"train", len(s.index[0])}, {"test", len(s.index[1])}}
}

func (s *rows) group(i int) string { return s.groups[i] }

func (s *rows) itemName(part, i int) string {
	if s.names == nil {
		return ""
	}
	return s.names[s.index[part][i]]
}

func (s *rows) row(i int32) []float32 { return s.numbers[int(i)*s.width : (int(i)+1)*s.width] }

// print returns a text that is equal for equal rows.
func (s *rows) print(i int32) string { return fmt.Sprint(s.row(i)) }

func (s *rows) item(part, i int, it *Item) error {
	at := s.index[part][i]
	row := s.row(at)
	for k, span := range s.spans {
		for j := span[0]; j < span[1]; j++ {
			v := row[j]
			if s.mean != nil {
				v = (v - s.mean[j]) * s.factor[j]
			}
			it.Fields[k][j-span[0]] = v
		}
	}
	if s.labels != nil {
		it.Label = int(s.labels[at])
	}
	if s.names != nil {
		it.Name = s.names[at]
	}
	return nil
}

// ready measures the mean and standard deviation of each column on the training part. A
// column with only one value there is shifted by that value but not scaled.
func (s *rows) ready(train *Part) {
	if !s.scale {
		return
	}
	sum, squares := make([]float64, s.width), make([]float64, s.width)
	n := float64(train.Len())
	each := func(use func(j int, v float64)) {
		for i := range train.Len() {
			part, k := train.locate(i)
			for j, v := range s.row(s.index[part][k]) {
				use(j, float64(v))
			}
		}
	}
	each(func(j int, v float64) { sum[j] += v / n })
	each(func(j int, v float64) { squares[j] += (v - sum[j]) * (v - sum[j]) / n })
	mean, factor := make([]float32, s.width), make([]float32, s.width)
	for j := range mean {
		mean[j], factor[j] = float32(sum[j]), 1
		if squares[j] > 0 {
			factor[j] = float32(1 / math.Sqrt(squares[j]))
		}
	}
	s.mean, s.factor = mean, factor
}
