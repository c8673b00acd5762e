package estimate

import (
	"math"
	"slices"
)

// ColumnUse says how a column was turned into symbols.
type ColumnUse struct {
	Name    string
	Kind    string    // "symbols", "width", "count" or "edges"
	Symbols int       // bins, or distinct values
	Edges   []float64 // of bins, (lo, hi]; nil for symbols
}

// columnUses describes the columns of the sources and the target.
func columnUses(f *Frame, cfg *Config) ([]ColumnUse, error) {
	var uses []ColumnUse
	for _, group := range append(slices.Clone(cfg.Sources), cfg.Target) {
		for _, name := range group {
			c, err := f.Column(name)
			if err != nil {
				return nil, err
			}
			u, err := columnUse(f, cfg, c)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(uses, func(o ColumnUse) bool { return o.Name == name }) {
				uses = append(uses, u)
			}
		}
	}
	return uses, nil
}

func columnUse(f *Frame, cfg *Config, c *Column) (ColumnUse, error) {
	v, edges, err := symbolise(f, cfg, c)
	if err != nil {
		return ColumnUse{}, err
	}
	u := ColumnUse{Name: c.Name, Kind: "symbols", Symbols: v.size, Edges: edges}
	_, asked := cfg.BinsOf[c.Name]
	switch _, given := cfg.Edges[c.Name]; {
	case slices.Contains(cfg.Discrete, c.Name):
		return u, nil
	case given:
		u.Kind = "edges"
		return u, nil
	case edges == nil && !asked && v.size != cfg.Bins:
		return u, nil // few whole numbers are symbols; if there are as many as bins, the code below decides
	}
	values, err := f.Values(c)
	if err != nil {
		return u, err
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range values {
		if !math.IsNaN(x) {
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	if edges != nil {
		u.Kind, u.Edges = "count", slices.Clone(edges)
		u.Edges[0], u.Edges[len(edges)-1] = lo, hi
		return u, nil
	}
	if !asked && (c.Whole != nil && fewWhole(c.Whole, cfg.Bins) || c.Whole == nil && fewIntegers(values, cfg.Bins)) {
		return u, nil
	}
	u.Kind = "width"
	for k := range v.size + 1 {
		u.Edges = append(u.Edges, lo+(hi-lo)*float64(k)/float64(v.size))
	}
	return u, nil
}
