package measure

// mostPoints limits the points of a curve that grows with the run. It is more than a
// picture can show. Tables have every value.
const mostPoints = 4096

// thinned decides which values of a growing series become points of a curve: all of them
// as long as there is room, then every second, every fourth and so on, beginning with the
// first. So memory does not grow with the length of a run.
type thinned struct {
	Entered int `json:",omitempty"` // values so far
	Each    int `json:",omitempty"` // one value in this many is kept; 0: all
}

func (t *thinned) each() int { return max(t.Each, 1) }

// keeps counts a value and reports whether the caller has to append it to the curve. If
// the curve is full, keeps first removes every second point from its columns.
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

// fits reports whether a curve has as many points as it must have. It also thins a curve
// from an older run, which kept all points.
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
