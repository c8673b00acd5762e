package live

import (
	"slices"
	"testing"

	"infomorph/neuron"
)

// TestSpread: a sample has one neuron of each stretch, in order, and rows of a grid
// are not all met at the same columns.
func TestSpread(t *testing.T) {
	for _, c := range []struct{ first, size, n, want int }{{0, 10, 10, 10}, {7, 3, 5, 3}, {5, 100_000, 1000, 1000}, {0, 1, 1, 1}} {
		ids := spread(neuron.ID(c.first), c.size, c.n)
		if len(ids) != c.want {
			t.Fatalf("%v: %d ids", c, len(ids))
		}
		for i, id := range ids {
			at := int(id) - c.first
			if at < i*c.size/c.want || at >= (i+1)*c.size/c.want {
				t.Errorf("%v: id %d is not in stretch %d", c, id, i)
			}
		}
	}
	columns := map[int]bool{}
	for _, id := range spread(0, 100_000, 1000) {
		columns[int(id)%400] = true
	}
	if len(columns) < 200 {
		t.Errorf("a grid 400 wide is met at %d columns only", len(columns))
	}
}

// TestFields: of a group that is too large, the sources that are heard are listed
// with their weights; of a small one, each member has a place.
func TestFields(t *testing.T) {
	large := newField("contextual", &group{Name: "area", First: 10, Size: fieldSize + 1, Width: 90})
	small := newField("contextual", &group{Name: "area", First: 10, Size: 6, Width: 3})
	for i, source := range []int{11, 14, 15} {
		large.add(source, short(i+1))
		small.add(source, short(i+1))
	}
	if !slices.Equal(large.Sources, []int{11, 14, 15}) || !slices.Equal(large.Values, shorts{1, 2, 3}) {
		t.Errorf("large: %+v", large)
	}
	text, err := small.Values.MarshalJSON()
	if err != nil || string(text) != "[null,1,null,null,2,3]" || small.Width != 3 || small.Sources != nil {
		t.Errorf("small: %s, %+v, %v", text, small, err)
	}
}
