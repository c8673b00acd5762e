package live

import "math"

// coursePoints is the largest length of a course: a longer one keeps every
// second point.
const coursePoints = 600

// course is a value over time, of bounded length: as it grows it becomes
// coarser.
type course struct {
	T, V  []float64
	every int // one of so many new points is kept
	skip  int
	last  float64
}

func (c *course) add(t, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return // JSON has no such numbers
	}
	c.last = v
	if c.skip++; c.skip < max(c.every, 1) {
		return
	}
	c.skip = 0
	c.T, c.V = append(c.T, t), append(c.V, v)
	if len(c.T) < coursePoints {
		return
	}
	n := 0
	for i := 1; i < len(c.T); i += 2 {
		c.T[n], c.V[n] = c.T[i], c.V[i]
		n++
	}
	c.T, c.V, c.every = c.T[:n], c.V[:n], 2*max(c.every, 1)
}

// back removes the points after a time to which the run went back.
func (c *course) back(t float64) {
	n := len(c.T)
	for n > 0 && c.T[n-1] > t {
		n--
	}
	c.T, c.V = c.T[:n], c.V[:n]
}

// courses are up to most courses by name, in the order in which they appeared.
type courses struct {
	names []string
	of    map[string]*course
	most  int
	more  int // number of names beyond most
}

func newCourses(most int) *courses { return &courses{of: map[string]*course{}, most: most} }

func (c *courses) add(name string, t, v float64) {
	x := c.of[name]
	if x == nil {
		if len(c.names) >= c.most {
			c.more++
			return
		}
		x = &course{}
		c.of[name] = x
		c.names = append(c.names, name)
	}
	x.add(t, v)
}

func (c *courses) back(t float64) {
	for _, x := range c.of {
		x.back(t)
	}
}

// series is a course in the form for the page.
type series struct {
	Name string    `json:"name"`
	T    []float64 `json:"t"`
	V    []float64 `json:"v"`
}

func (c *courses) all() []series {
	out := make([]series, 0, len(c.names))
	for _, name := range c.names {
		x := c.of[name]
		out = append(out, series{name, append([]float64{}, x.T...), append([]float64{}, x.V...)})
	}
	return out
}
