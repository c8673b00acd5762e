package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"infomorph/neuron"
)

// Selection is a set of neurons. The zero value contains every neuron.
type Selection struct {
	spans []span // sorted, disjoint; nil: all
}

type span struct{ first, last neuron.ID }

// ParseSelection reads "all" (or nothing), or a list such as "0-9,20,30-39".
func ParseSelection(text string) (Selection, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "all" {
		return Selection{}, nil
	}
	var s Selection
	for field := range strings.SplitSeq(text, ",") {
		sp, err := parseSpan(strings.TrimSpace(field))
		if err != nil {
			return Selection{}, fmt.Errorf(`neurons %q: %w; want "all" or a list such as "0-9,20"`, text, err)
		}
		s.spans = append(s.spans, sp)
	}
	s.merge()
	return s, nil
}

func parseSpan(field string) (span, error) {
	a, b, isRange := strings.Cut(field, "-")
	first, err := parseID(a)
	if err != nil {
		return span{}, err
	}
	if !isRange {
		return span{first, first}, nil
	}
	last, err := parseID(b)
	if err != nil {
		return span{}, err
	}
	if last < first {
		return span{}, fmt.Errorf("%q runs backwards", field)
	}
	return span{first, last}, nil
}

func parseID(text string) (neuron.ID, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a neuron's number", text)
	}
	return neuron.ID(n), nil
}

func (s *Selection) merge() {
	slices.SortFunc(s.spans, func(a, b span) int { return int(a.first) - int(b.first) })
	out := s.spans[:0]
	for _, sp := range s.spans {
		if n := len(out); n > 0 && int64(sp.first) <= int64(out[n-1].last)+1 {
			out[n-1].last = max(out[n-1].last, sp.last)
			continue
		}
		out = append(out, sp)
	}
	s.spans = out
}

// Has reports whether id is selected. Cost: O(log spans).
func (s Selection) Has(id neuron.ID) bool {
	if s.spans == nil {
		return true
	}
	i, found := slices.BinarySearchFunc(s.spans, id, func(sp span, id neuron.ID) int { return int(sp.first) - int(id) })
	return found || i > 0 && id <= s.spans[i-1].last
}

// Count returns how many of the neurons 0 … n−1 are selected.
func (s Selection) Count(n int) int {
	if s.spans == nil {
		return n
	}
	total := 0
	for _, sp := range s.spans {
		if int(sp.first) < n {
			total += min(int(sp.last), n-1) - int(sp.first) + 1
		}
	}
	return total
}

// String returns the selection in the form ParseSelection reads.
func (s Selection) String() string {
	if s.spans == nil {
		return "all"
	}
	fields := make([]string, len(s.spans))
	for i, sp := range s.spans {
		fields[i] = strconv.Itoa(int(sp.first))
		if sp.last > sp.first {
			fields[i] += "-" + strconv.Itoa(int(sp.last))
		}
	}
	return strings.Join(fields, ",")
}

// Sampling says which rows of a table are kept. This depends only on the row
// and not on what was recorded before, so that a resumed run keeps the same
// rows.
type Sampling struct {
	Off     bool        // keep none: the table is not made
	Neurons Selection   // keep rows of these neurons or channels
	Every   int64       // keep each neuron's updates 0, Every, 2·Every, …; 0 and 1: all
	From    neuron.Time // keep rows from this simulated time on
	Until   neuron.Time // and before this one; 0: to the end
}

// Keeps reports whether a row of neuron id at simulated time t is kept; n is
// the number of that neuron's update, counted from 0. Call it before an
// expensive computation of the row.
func (s *Sampling) Keeps(id neuron.ID, t neuron.Time, n int64) bool {
	return !s.Off &&
		(s.Every <= 1 || n%s.Every == 0) &&
		t >= s.From && (s.Until == 0 || t < s.Until) &&
		s.Neurons.Has(id)
}
