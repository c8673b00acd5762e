package measure

// trits is the signs of a pattern: '+', '-', or '0' if the sign is not known.
type trits string

// signs returns the signs of values. It is '0' for a value that is not finite, or for
// which known returns false. A nil known means that all values are known.
func signs(values []float32, known func(i int) bool) trits {
	t := make([]byte, len(values))
	for i, v := range values {
		switch {
		case known != nil && !known(i) || v == 0 || !finite(float64(v)):
			t[i] = '0'
		case v > 0:
			t[i] = '+'
		default:
			t[i] = '-'
		}
	}
	return trits(t)
}

func (t trits) at(i int) float64 {
	switch t[i] {
	case '+':
		return 1
	case '-':
		return -1
	}
	return 0
}

func (t trits) valid() bool {
	for i := range len(t) {
		if t[i] != '+' && t[i] != '-' && t[i] != '0' {
			return false
		}
	}
	return true
}

// Overlap returns the overlap m of two patterns of equal length: the mean product of the
// signs of their values. A value that is 0 or not finite, or a bit of got without evidence,
// counts as 0. A nil evidence means that there is evidence for every bit.
func Overlap(got []float32, evidence []bool, stored []float32) float64 {
	var known func(int) bool
	if evidence != nil {
		known = func(i int) bool { return i < len(evidence) && evidence[i] }
	}
	return signs(stored, nil).overlap(signs(got, known))
}

// overlap returns the overlap m of two patterns of equal length: the mean product of their
// bits, where an unknown bit is 0 and so counts as half right. For patterns of ±1 it is their
// cosine.
func (t trits) overlap(o trits) float64 {
	sum := 0.0
	for i := range len(t) {
		sum += t.at(i) * o.at(i)
	}
	return sum / float64(max(len(t), 1))
}

// wrong returns how many bits of o differ from t. Unknown bits are wrong.
func (t trits) wrong(o trits) int {
	n := 0
	for i := range len(t) {
		if t[i] != o[i] || t[i] == '0' {
			n++
		}
	}
	return n
}

// tile returns the pattern as a picture.
func (t trits) tile() []float32 {
	v := make([]float32, len(t))
	for i := range v {
		v[i] = float32(t.at(i))
	}
	return v
}

// vector returns the pattern as numbers.
func (t trits) vector() []float64 {
	v := make([]float64, len(t))
	for i := range v {
		v[i] = t.at(i)
	}
	return v
}
