package script

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"go.starlark.net/starlark"
)

// maxKept is the largest value that is kept between two calls [bytes].
const maxKept = 16 << 20

// kept is a value in JSON: an array of its kind and its content.
type kept []any

// Encode turns a value made of None, booleans, numbers, text, lists, tuples,
// dicts and sets into bytes.
func Encode(v starlark.Value) ([]byte, error) {
	if weight(v, 0, maxKept, 0) > maxKept {
		return nil, fmt.Errorf("a value to keep is larger than %d MiB, or contains itself", maxKept>>20)
	}
	k, err := encode(v)
	if err != nil {
		return nil, err
	}
	return json.Marshal(k)
}

func encode(v starlark.Value) (kept, error) {
	switch v := v.(type) {
	case starlark.NoneType:
		return kept{"none"}, nil
	case starlark.Bool:
		return kept{"bool", bool(v)}, nil
	case starlark.Int:
		return kept{"int", v.String()}, nil
	case starlark.Float:
		return kept{"float", strconv.FormatFloat(float64(v), 'g', -1, 64)}, nil
	case starlark.String:
		return kept{"text", []byte(v)}, nil
	case starlark.Bytes:
		return kept{"bytes", []byte(v)}, nil
	case *starlark.Dict:
		var all []starlark.Value
		for _, kv := range v.Items() {
			all = append(all, kv[0], kv[1])
		}
		return encodeAll("dict", all)
	case *starlark.List:
		return encodeAll("list", elements(v))
	case starlark.Tuple:
		return encodeAll("tuple", v)
	case *starlark.Set:
		return encodeAll("set", elements(v))
	}
	return nil, fmt.Errorf("a value of type %s cannot be kept; expected None, booleans, numbers, text, lists, tuples, dicts and sets", v.Type())
}

func elements(v starlark.Iterable) []starlark.Value {
	var all []starlark.Value
	for x := range starlark.Elements(v) {
		all = append(all, x)
	}
	return all
}

func encodeAll(kind string, all []starlark.Value) (kept, error) {
	k := kept{kind}
	for _, v := range all {
		e, err := encode(v)
		if err != nil {
			return nil, err
		}
		k = append(k, e)
	}
	return k, nil
}

var errKept = errors.New("not a value that a script has kept")

// Decode is the inverse of Encode.
func Decode(data []byte) (starlark.Value, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil || len(raw) == 0 {
		return nil, errKept
	}
	return decode(raw, 0)
}

func decode(raw []json.RawMessage, depth int) (starlark.Value, error) {
	var kind string
	if json.Unmarshal(raw[0], &kind) != nil || depth > maxDepth {
		return nil, errKept
	}
	switch kind {
	case "list", "tuple", "set", "dict":
		all := make([]starlark.Value, len(raw)-1)
		for i, r := range raw[1:] {
			var part []json.RawMessage
			if err := json.Unmarshal(r, &part); err != nil || len(part) == 0 {
				return nil, errKept
			}
			var err error
			if all[i], err = decode(part, depth+1); err != nil {
				return nil, err
			}
		}
		return collect(kind, all)
	case "none":
		return starlark.None, nil
	}
	if len(raw) != 2 {
		return nil, errKept
	}
	return decodeScalar(kind, raw[1])
}

func collect(kind string, all []starlark.Value) (starlark.Value, error) {
	switch kind {
	case "list":
		return starlark.NewList(all), nil
	case "tuple":
		return starlark.Tuple(all), nil
	case "set":
		s := starlark.NewSet(len(all))
		for _, v := range all {
			if err := s.Insert(v); err != nil {
				return nil, errKept
			}
		}
		return s, nil
	}
	d := starlark.NewDict(len(all) / 2)
	for i := 0; i+1 < len(all); i += 2 {
		if err := d.SetKey(all[i], all[i+1]); err != nil {
			return nil, errKept
		}
	}
	return d, nil
}

func decodeScalar(kind string, raw json.RawMessage) (starlark.Value, error) {
	var text string
	var data []byte
	var flag bool
	switch kind {
	case "bool":
		if json.Unmarshal(raw, &flag) == nil {
			return starlark.Bool(flag), nil
		}
	case "text", "bytes":
		if json.Unmarshal(raw, &data) == nil && kind == "text" {
			return starlark.String(data), nil
		} else if json.Unmarshal(raw, &data) == nil {
			return starlark.Bytes(data), nil
		}
	case "int":
		if json.Unmarshal(raw, &text) == nil && len(text) <= maxBits {
			if n, ok := new(big.Int).SetString(text, 10); ok {
				return starlark.MakeBigInt(n), nil
			}
		}
	case "float":
		if json.Unmarshal(raw, &text) == nil {
			if f, err := strconv.ParseFloat(text, 64); err == nil {
				return starlark.Float(f), nil
			}
		}
	}
	return nil, errKept
}

// Numbers returns a list of numbers.
func Numbers[T float32 | float64](vs []T) *starlark.List {
	all := make([]starlark.Value, len(vs))
	for i, v := range vs {
		all[i] = starlark.Float(v)
	}
	return starlark.NewList(all)
}

// AsNumbers reads a list or tuple of numbers, or of booleans as −1 and 1.
func AsNumbers(v starlark.Value) ([]float64, error) {
	seq, ok := v.(starlark.Sequence)
	if !ok {
		return nil, fmt.Errorf("got a value of type %s, expected a list of numbers", v.Type())
	}
	out := make([]float64, 0, seq.Len())
	for x := range starlark.Elements(seq) {
		b, isBool := x.(starlark.Bool)
		f, isNumber := starlark.AsFloat(x)
		switch {
		case isNumber:
			out = append(out, f)
		case isBool && bool(b):
			out = append(out, 1)
		case isBool:
			out = append(out, -1)
		default:
			return nil, fmt.Errorf("element %d is of type %s, expected a number", len(out), x.Type())
		}
	}
	return out, nil
}

// Object is a value whose attributes are computed when they are used.
type Object struct {
	Kind  string
	Names []string // of the attributes, sorted
	Get   func(name string) (starlark.Value, error)
}

// String implements starlark.Value.
func (o *Object) String() string { return "<" + o.Kind + ">" }

// Type implements starlark.Value.
func (o *Object) Type() string { return o.Kind }

// Freeze implements starlark.Value.
func (o *Object) Freeze() {}

// Truth implements starlark.Value.
func (o *Object) Truth() starlark.Bool { return true }

// Hash implements starlark.Value.
func (o *Object) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", o.Kind) }

// AttrNames implements starlark.HasAttrs.
func (o *Object) AttrNames() []string { return o.Names }

// Attr implements starlark.HasAttrs.
func (o *Object) Attr(name string) (starlark.Value, error) {
	for _, n := range o.Names {
		if n == name {
			return o.Get(name)
		}
	}
	return nil, nil
}
