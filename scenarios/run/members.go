package run

import (
	"iter"

	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/topology"
)

// memberColumns are the columns of members.parquet.
var memberColumns = []record.Column{
	{Name: "id", Kind: record.Int64}, {Name: "kind", Kind: record.Text}, {Name: "group", Kind: record.Text}, {Name: "number", Kind: record.Int64},
	{Name: "label", Kind: record.Text}, {Name: "name", Kind: record.Text},
}

// writeMembers writes a table of all neurons and channels: number, population or input,
// number within it, label, and name in the file from which it came. The other tables only
// have the numbers.
func writeMembers(rec *record.Run, g *topology.Graph) error {
	return rec.Table("members", memberColumns, members(g))
}

// members returns the rows of the table. Each is only valid until the next.
func members(g *topology.Graph) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		id := neuron.ID(0)
		row := make([]any, len(memberColumns))
		for k, groups := range [2][]topology.Population{g.Populations, g.Channels} {
			kind := [2]string{"neuron", "channel"}[k]
			for i := range groups {
				for n := range groups[i].Size {
					copy(row, []any{int64(id), kind, groups[i].Name, int64(n), g.Label(id), g.Name(id)})
					if !yield(row) {
						return
					}
					id++
				}
			}
		}
	}
}
