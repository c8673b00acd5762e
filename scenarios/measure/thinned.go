package measure

// mostPoints is how many points a curve that grows with the run keeps, at most:
// more than a picture shows. Tables have every value.
const mostPoints = 4096

// thinned says which of the values that a run comes to, one after another, are
// kept as the points of a curve: all of them as long as there is room, then every
// second, every fourth and so on, from the first. Memory does not grow with the
// length of a run.
type thinned struct {
	Entered int `json:",omitempty"` // values so far
	Each    int `json:",omitempty"` // of so many one is kept; 0: all
}

func (t *thinned) each() int { return max(t.Each, 1) }

// keeps counts a value, and reports whether the caller is to append it to the
// curve; where that is full, its columns lose every second point before.
func (t *thinned) keeps(columns ...*[]float64) bool {
	at := t.Entered
	t.Entered++
	if at%t.each() != 0 {
		return false
	}
	if len(*columns[0]) < mostPoints {
		return true
	}
	t.Each = 2 * t.each()
	for _, c := range columns {
		*c = everySecond(*c)
	}
	return at%t.Each == 0
}

func everySecond(points []float64) []float64 {
	for i := range (len(points) + 1) / 2 {
		points[i] = points[2*i]
	}
	return points[:(len(points)+1)/2]
}

// fits reports whether a curve has as many points as have been kept. The state of
// an older run, which kept all of them, is brought to that.
func (t *thinned) fits(columns ...*[]float64) bool {
	n := len(*columns[0])
	for _, c := range columns {
		if len(*c) != n {
			return false
		}
	}
	if t.Entered == 0 {
		for t.Entered = n; n > mostPoints; n = len(*columns[0]) {
			t.Each = 2 * t.each()
			for _, c := range columns {
				*c = everySecond(*c)
			}
		}
	}
	return t.Each >= 0 && t.Each&(t.Each-1) == 0 && t.Entered >= 0 && n <= mostPoints && n == (t.Entered-1+t.each())/t.each()
}
