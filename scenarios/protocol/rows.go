package protocol

import (
	"infomorph/internal/batch"
	"infomorph/scenarios/data"
)

// inputRows holds the values of an input for every item, in the form that batches use.
type inputRows struct {
	width  int
	signs  bool
	dense  []float64 // nil: sparse
	sparse []batch.Sparse
	some   []batch.Sparse
	part   []float64
}

// maxDense is a share of values other than 0. Rows with at most this share are stored as
// lists of these values.
const maxDense = 0.5

// key distinguishes rows with a bias from rows without.
func (s source) key() string {
	if s.bias {
		return s.input + "+1"
	}
	return s.input
}

// layRows stores the values of an input for every item of the phase's part. A sparse port
// needs dense rows.
func (b *batchRun) layRows(src source, dense bool) error {
	if old := b.rows[src.key()]; old != nil && (!dense || old.dense != nil) {
		return nil
	}
	rows := &inputRows{signs: true}
	var it data.Item
	var values []float32
	zeros := 0
	n := b.phase.part.Len()
	for k := range n {
		if err := b.phase.part.Item(k, &it); err != nil {
			return err
		}
		values = b.phase.part.Set().Values(values[:0], src.input, &it)
		if src.bias {
			values = append(values, 1)
		}
		rows.width = len(values)
		rows.add(values)
		for _, v := range values {
			if v == 0 {
				zeros++
			}
		}
		if k == min(99, n-1) && !dense && float64(zeros) >= (1-maxDense)*float64((k+1)*rows.width) {
			rows.thin()
		}
	}
	b.rows[src.key()] = rows
	return nil
}

// add appends the values of an item.
func (x *inputRows) add(values []float32) {
	if x.sparse != nil {
		x.sparse = append(x.sparse, thinned(values))
		return
	}
	for _, v := range values {
		x.signs = x.signs && (v == 1 || v == -1)
		x.dense = append(x.dense, float64(v))
	}
}

// thin converts dense rows to sparse ones.
func (x *inputRows) thin() {
	row := make([]float32, x.width)
	for at := 0; at < len(x.dense); at += x.width {
		for i := range row {
			row[i] = float32(x.dense[at+i])
		}
		x.sparse = append(x.sparse, thinned(row))
	}
	x.dense = nil
}

func thinned(values []float32) batch.Sparse {
	var s batch.Sparse
	for i, v := range values {
		if v != 0 {
			s.Index, s.Value = append(s.Index, int32(i)), append(s.Value, float64(v))
		}
	}
	return s
}

// pick returns the rows of some items. They are valid until the next call.
func (x *inputRows) pick(items []int) batch.Rows {
	if x.sparse != nil {
		x.some = x.some[:0]
		for _, k := range items {
			x.some = append(x.some, x.sparse[k])
		}
		return batch.Rows{Sparse: x.some}
	}
	x.part = x.part[:0]
	for _, k := range items {
		x.part = append(x.part, x.dense[k*x.width:(k+1)*x.width]...)
	}
	return batch.Rows{Dense: x.part, Signs: x.signs}
}
