package search

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"infomorph/scenarios/design"
)

// Space is the settings of a search, one dimension each.
type Space struct {
	Axes []design.Axis
}

// MaxDims limits the dimensions of a space.
const MaxDims = 200

// Forms lists the forms of a dimension, for a user.
const Forms = "path=lin(0,1)  path=log(0.01,1)  path=1..10  and, for all elements of a list of n, path=lin(0,1)*n"

// Parse reads a dimension. It is an interval, as in a sample of infomorph sweep. With *n
// after it, it stands for the n elements of a list.
func (s *Space) Parse(text string) error {
	body, count := text, 0
	if at := strings.LastIndexByte(text, '*'); at >= 0 {
		n, err := strconv.Atoi(strings.TrimSpace(text[at+1:]))
		if err != nil || n < 1 || n > MaxDims {
			return fmt.Errorf("%s: expected a number of elements from 1 to %d after *", text, MaxDims)
		}
		body, count = text[:at], n
	}
	a, err := design.ParseAxis(body)
	if err != nil {
		return err
	}
	if a.Range == nil {
		return fmt.Errorf("%s: a search needs an interval, one of: %s", text, Forms)
	}
	a.Values = nil
	if count == 0 {
		return s.add(a)
	}
	for i := range count {
		element := a
		element.Path = fmt.Sprintf("%s[%d]", a.Path, i)
		if err := s.add(element); err != nil {
			return err
		}
	}
	return nil
}

func (s *Space) add(a design.Axis) error {
	for _, b := range s.Axes {
		if b.Path == a.Path {
			return fmt.Errorf("%s: searched twice", a.Path)
		}
	}
	if len(s.Axes) == MaxDims {
		return fmt.Errorf("more than %d settings", MaxDims)
	}
	s.Axes = append(s.Axes, a)
	return nil
}

// Place returns the place of a value in dimension i, from 0 to 1. Values outside the
// range are at the nearest end.
func (s *Space) Place(i int, v float64) float64 {
	r := s.Axes[i].Range
	at := (v - r.Low) / (r.High - r.Low)
	if r.Log {
		at = math.Log(v/r.Low) / math.Log(r.High/r.Low)
	}
	if math.IsNaN(at) {
		return 0.5
	}
	return min(max(at, 0), 1)
}

// PlaceOf is Place for the text of a value, which may have another unit than the range:
// 500us, or 0.1 in a range of percentages. A text that is not such a number is in the
// middle.
func (s *Space) PlaceOf(i int, text string) float64 {
	v := design.Numbers([]string{"1" + s.Axes[i].Range.Unit, text})
	return s.Place(i, v[1]/v[0])
}

// Values returns the text of each setting at a point. Coordinates outside the cube are
// reflected into it, so that a search can use any point.
func (s *Space) Values(x []float64) []string {
	values := make([]string, len(x))
	for i, v := range x {
		values[i] = s.Axes[i].Range.At(fold(v))
	}
	return values
}

// fold maps the real line onto [0, 1] by reflection at the ends.
func fold(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0.5
	}
	v = math.Mod(math.Abs(v), 2)
	return min(v, 2-v)
}

var element = regexp.MustCompile(`^(.*)\[(\d+)\]$`)

// Assignments returns the values as settings, path=value. The elements of a list become
// one assignment of the whole list.
func (s *Space) Assignments(values []string) []string {
	var sets []string
	for i := 0; i < len(values); i++ {
		m := element.FindStringSubmatch(s.Axes[i].Path)
		if m == nil {
			sets = append(sets, s.Axes[i].Path+"="+values[i])
			continue
		}
		first := i
		for i+1 < len(values) && strings.HasPrefix(s.Axes[i+1].Path, m[1]+"[") {
			i++
		}
		sets = append(sets, m[1]+"=["+strings.Join(values[first:i+1], ", ")+"]")
	}
	return sets
}
