package data

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// Set is the items of one source.
type Set struct {
	Name     string
	Fields   []Field
	Labels   []string  // names of the labels; empty if items have none
	Features []string  // names of the features of an item
	FeatureP []float64 // probability of each feature; NaN: unknown
	Channels int       // of spike trains; 0 if items are not spike trains
	Hold     int64     // how long a channel keeps a spike's value [µs]; 0: until the next spike
	Notes    []string  // remarks about the data for the user

	into    []Into
	columns map[string][]string // of a table, by field
	source  source
	number  int
	digest  string
	parts   map[string]*Part
}

// Into is one entry of a source's section to: which field is presented to an input, and
// how.
type Into struct {
	Input string
	language.FieldInto

	field int // index into Set.Fields, or one of the constants below
}

// Values of Into.field for data that is not a field.
const (
	ofLabel    = -1
	ofFeatures = -2
	ofTrain    = -3
)

// Names of data that is not a field.
const (
	labelField    = "label"
	featuresField = "features"
	spikesField   = "spikes"
)

// Inputs returns the inputs that receive the set's items, in the order of the document.
func (s *Set) Inputs() []string {
	names := make([]string, len(s.into))
	for i := range s.into {
		names[i] = s.into[i].Input
	}
	return names
}

// Into returns how items are presented to an input; nil if the input receives nothing
// from the set.
func (s *Set) Into(input string) *Into {
	for i := range s.into {
		if s.into[i].Input == input {
			return &s.into[i]
		}
	}
	return nil
}

// Size returns how many channels of an input receive values from the set and, for a
// picture, the pixels of a row, else 0. Both are 0 if the input receives nothing from the
// set.
func (s *Set) Size(input string) (size, width int) {
	in := s.Into(input)
	if in == nil {
		return 0, 0
	}
	switch in.field {
	case ofLabel:
		return len(s.Labels), 0
	case ofFeatures:
		return len(s.Features), 0
	case ofTrain:
		return s.Channels, 0
	}
	f := &s.Fields[in.field]
	return f.Size, f.Width
}

// Names returns the names of an input's channels: the columns of a table, or labels. It
// is nil if there are no names, or only the numbers of the channels.
func (s *Set) Names(input string) []string {
	in := s.Into(input)
	if in == nil {
		return nil
	}
	names := s.columns[in.Field]
	if in.field == ofLabel {
		names = s.Labels
	}
	for i, name := range names {
		if name != strconv.Itoa(i) {
			return names
		}
	}
	return nil
}

// Values returns the value of an item for each channel of an input. It reuses dst if its
// capacity is large enough. For a spike train the values are 0, because its spikes are
// presented one by one. If an item has no label, all values are those of off. It panics
// if the input receives nothing from the set.
func (s *Set) Values(dst []float32, input string, it *Item) []float32 {
	in := s.Into(input)
	if in == nil {
		panic("data: the set does not tell this input")
	}
	size, _ := s.Size(input)
	dst = grow(dst[:0], size)
	switch in.field {
	case ofTrain:
		clear(dst)
	case ofLabel:
		for i := range dst {
			dst[i] = float32(in.Off)
		}
		if it.Label >= 0 {
			dst[it.Label] = float32(in.On)
		}
	case ofFeatures:
		in.tellBinary(dst, it.Features)
	default:
		if s.Fields[in.field].binary {
			in.tellBinary(dst, it.Fields[in.field])
		} else {
			in.tellNumbers(dst, it.Fields[in.field])
		}
	}
	return dst
}

func (in *Into) tellBinary(dst, values []float32) {
	on, off := float32(in.On), float32(in.Off)
	for i, v := range values {
		dst[i] = off
		if v > 0 {
			dst[i] = on
		}
	}
}

func (in *Into) tellNumbers(dst, values []float32) {
	scale := float32(in.Scale)
	if in.Levels < 2 {
		for i, v := range values {
			dst[i] = v * scale
		}
		return
	}
	steps := float32(in.Levels - 1)
	for i, v := range values {
		dst[i] = float32(math.Floor(float64(v*steps+0.5))) / steps * scale
	}
}

// Digest returns a hash that differs between sets with different items, or with different
// ways to present them.
func (s *Set) Digest() string { return s.digest }

// EntropyRate returns the entropy of a symbol given the symbols before it [bit]. It
// returns ok = false if the items are not a Markov chain.
func (s *Set) EntropyRate() (bits float64, ok bool) {
	if m, is := s.source.(interface{ entropyRate() float64 }); is {
		return m.entropyRate(), true
	}
	return 0, false
}

// connect looks up the field of each input. The path is that of the source in the
// document.
func (s *Set) connect(to *config.Named[language.FieldInto], path string) error {
	for input, f := range to.All() {
		in := Into{Input: input, FieldInto: *f}
		var err error
		if in.field, err = s.lookUp(f.Field); err == nil {
			err = s.checkInto(&in)
		}
		if err != nil {
			return config.Within(path+".to."+input, err)
		}
		s.into = append(s.into, in)
	}
	return nil
}

// lookUp returns the number of a field, as in Into.field.
func (s *Set) lookUp(name string) (int, error) {
	for k := range s.Fields {
		if s.Fields[k].Name == name {
			return k, nil
		}
	}
	var known []string
	for k := range s.Fields {
		known = append(known, s.Fields[k].Name)
	}
	for _, other := range []struct {
		name  string
		field int
		has   bool
	}{{labelField, ofLabel, len(s.Labels) > 0}, {featuresField, ofFeatures, len(s.Features) > 0}, {spikesField, ofTrain, s.Channels > 0}} {
		if !other.has {
			continue
		}
		if other.name == name {
			return other.field, nil
		}
		known = append(known, other.name)
	}
	hint := ""
	if name == labelField {
		hint = "the items have no label"
	}
	return 0, config.FieldError("", name, "a field of the items: "+strings.Join(known, ", "), hint)
}

// checkInto refuses settings that have no effect on the field.
func (s *Set) checkInto(in *Into) error {
	binary := in.field < 0 || s.Fields[in.field].binary
	switch {
	case in.field == ofTrain && (in.On != 1 || in.Off != 0 || in.Levels != 0 || in.Scale != 1):
		return config.FieldProblem("", "spikes are sent as they are", "leave on, off, levels and scale out")
	case binary && in.Levels != 0:
		return config.FieldError("levels", in.Levels, "0, because "+in.Field+" is on or off", "")
	case binary && in.Scale != 1:
		return config.FieldError("scale", in.Scale, "1, because "+in.Field+" is on or off", "see on and off")
	case !binary && in.On != 1:
		return config.FieldError("on", in.On, "1, because "+in.Field+" is numbers", "see scale")
	case !binary && in.Off != 0:
		return config.FieldError("off", in.Off, "0, because "+in.Field+" is numbers", "see scale")
	case in.Levels == 1:
		return config.FieldError("levels", in.Levels, "0 or at least 2", "")
	}
	return nil
}

// seal computes the digest from everything that determines the items.
func (s *Set) seal(from ...any) {
	h := sha256.New()
	for _, v := range from {
		fmt.Fprintf(h, "%v\n", v)
	}
	for i := range s.into {
		fmt.Fprintf(h, "%+v\n", s.into[i])
	}
	s.digest = hex.EncodeToString(h.Sum(nil)[:8])
}

// unknown returns n unknown probabilities.
func unknown(n int) []float64 { return slices.Repeat([]float64{math.NaN()}, n) }
