package plot

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
)

// Config is the content of a figure, without how it is drawn.
type Config interface {
	// Draw makes the picture.
	Draw() (*Figure, error)
	// Text describes the picture, for captions and for readers who do not see
	// it.
	Text() string
	// Heading returns a pointer to the title, so that it can be changed.
	Heading() *string
	// Table returns the data behind the picture: names of columns, and rows.
	Table() ([]string, [][]any)
}

// kinds are the configurations by their names in files.
var kinds = map[string]func() Config{
	"lines": func() Config { return &LinesConfig{} }, "matrix": func() Config { return &MatrixConfig{} },
	"raster": func() Config { return &RasterConfig{} }, "fields": func() Config { return &FieldsConfig{} },
	"map": func() Config { return &MapConfig{} }, "confusion": func() Config { return &ConfusionConfig{} },
	"gallery": func() Config { return &GalleryConfig{} }, "bars": func() Config { return &BarsConfig{} },
}

// Kind returns the name of a configuration.
func Kind(c Config) string {
	t := strings.TrimPrefix(fmt.Sprintf("%T", c), "*")
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(t, "plot."), "Config"))
}

// described is a figure as a file.
type described struct {
	Kind   string          `json:"kind"`
	Text   string          `json:"text"`
	Figure json.RawMessage `json:"figure"`
}

// Encode writes a figure as JSON for Decode. note is added at the end of its
// text. NaN and infinities are null.
func Encode(c Config, note string) ([]byte, error) {
	figure, err := json.Marshal(plain(reflect.ValueOf(c).Elem()))
	if err != nil {
		return nil, err
	}
	text := c.Text()
	if note != "" {
		text += ". " + note
	}
	return json.Marshal(described{Kind(c), text, figure})
}

// Decode reads what Encode wrote.
func Decode(data []byte) (Config, error) {
	var d described
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("not the description of a figure: %w", err)
	}
	begin, ok := kinds[d.Kind]
	if !ok {
		return nil, fmt.Errorf("a figure of kind %q, which this version does not know", d.Kind)
	}
	var v any
	if err := json.Unmarshal(d.Figure, &v); err != nil {
		return nil, err
	}
	c := begin()
	return c, restore(reflect.ValueOf(c).Elem(), v)
}

// plain converts a value to maps, lists and numbers, with nil for NaN and
// infinities.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Float64, reflect.Float32:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil
		}
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return nil
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Struct:
		m := map[string]any{}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
				m[f.Name] = plain(v.Field(i))
			}
		}
		return m
	}
	return v.Interface()
}

// restore is the reverse of plain.
func restore(v reflect.Value, from any) error {
	bad := func() error { return fmt.Errorf("the description of the figure is damaged: %v for %s", from, v.Type()) }
	switch v.Kind() {
	case reflect.Float64, reflect.Float32:
		f, ok := from.(float64)
		if !ok {
			f = math.NaN()
		}
		v.SetFloat(f)
	case reflect.Int, reflect.Int8, reflect.Int32, reflect.Int64:
		f, ok := from.(float64)
		if !ok {
			return bad()
		}
		v.SetInt(int64(f))
	case reflect.Bool, reflect.String:
		x := reflect.ValueOf(from)
		if !x.IsValid() || x.Kind() != v.Kind() {
			return bad()
		}
		v.Set(x.Convert(v.Type()))
	case reflect.Pointer:
		if from != nil {
			v.Set(reflect.New(v.Type().Elem()))
			return restore(v.Elem(), from)
		}
	case reflect.Slice, reflect.Array:
		return restoreList(v, from)
	case reflect.Struct:
		m, ok := from.(map[string]any)
		if !ok {
			return bad()
		}
		for i := range v.NumField() {
			if x, ok := m[v.Type().Field(i).Name]; ok {
				if err := restore(v.Field(i), x); err != nil {
					return err
				}
			}
		}
	default:
		return bad()
	}
	return nil
}

func restoreList(v reflect.Value, from any) error {
	list, ok := from.([]any)
	if !ok && from != nil {
		return fmt.Errorf("the description of the figure is damaged: %v for %s", from, v.Type())
	}
	if from == nil {
		return nil
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	}
	for i, x := range list[:min(len(list), v.Len())] {
		if err := restore(v.Index(i), x); err != nil {
			return err
		}
	}
	return nil
}
