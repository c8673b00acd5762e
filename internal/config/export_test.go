package config

import "encoding/json"

// ToJSON returns a document as the values that a JSON Schema validator reads.
func ToJSON(data []byte) (any, error) {
	root, err := parse("s.yaml", data, false)
	if err != nil {
		return nil, err
	}
	text, err := encodeJSON(root.json())
	if err != nil {
		return nil, err
	}
	var v any
	err = json.Unmarshal(text, &v)
	return v, err
}
