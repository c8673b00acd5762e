package data_test

import (
	"fmt"
	"log"

	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// stripes are pictures of one lit column each, without end.
type stripes struct{ width int }

func (s stripes) Describe() data.Description {
	return data.Description{Fields: []data.Field{{Name: "picture", Size: s.width * s.width, Width: s.width}}, Labels: []string{"left", "right"}}
}

func (s stripes) Item(i int, dst *data.Item) error {
	lit := i % s.width
	for k := range dst.Fields[0] {
		dst.Fields[0][k] = 0
		if k%s.width == lit {
			dst.Fields[0][k] = 1
		}
	}
	dst.Label = lit * 2 / s.width
	return nil
}

// A kind of source of one's own, which documents may name.
func ExampleRegister() {
	data.Register("example-stripes", func(c *language.Custom, seed uint64, files data.Files) (data.Source, error) {
		width, ok := c.Settings["width"].Value.(int64)
		if !ok || width < 1 {
			return nil, fmt.Errorf("settings.width: expected a whole number ≥ 1")
		}
		return stripes{int(width)}, nil
	})
	exp, err := language.Load("stripes.yaml", []byte(`
apiVersion: infomorph/v2
name: stripes
populations: {V1: {size: 2, neuron: bars}}
inputs: {pixels: {size: 16}}
projections: [{from: pixels, to: V1, port: r, weights: 1}]
data:
  stripes: {custom: {kind: example-stripes, settings: {width: 4}}, to: {pixels: picture}}
`))
	if err != nil {
		log.Fatal(err)
	}
	sets, err := data.Load(exp, nil)
	if err != nil {
		log.Fatal(err)
	}
	part, err := sets.Part("stripes")
	if err != nil {
		log.Fatal(err)
	}
	var it data.Item
	for _, i := range []int{1, 3} {
		if err := part.Item(i, &it); err != nil {
			log.Fatal(err)
		}
		fmt.Println(part.Set().Labels[it.Label], it.Fields[0][:4])
	}
	// Output:
	// left [0 1 0 0]
	// right [0 0 0 1]
}
