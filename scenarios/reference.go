package scenarios

import (
	"bytes"
	"encoding/json"

	"infomorph/internal/config"
)

// Explain describes a key of the language, in full or short form, as text for a person.
func Explain(key string) (string, error) {
	text, err := config.Explain(Full{}, key)
	if err == nil {
		return text, nil
	}
	return config.Explain(Short{}, key)
}

// Keys lists the keys of documents in full, then those of short forms.
func Keys() []config.KeyInfo {
	return append(config.Keys(Full{}), config.Keys(Short{})...)
}

// Format lays a document out as infomorph fmt does; see config.Format.
func Format(file string, text []byte) ([]byte, error) {
	doc, err := config.Parse(file, text)
	if err == nil && IsShort(doc) {
		return config.Format(file, text, Short{})
	}
	return config.Format(file, text, Full{})
}

// Schema returns the JSON Schema of documents, in full or in short form.
func Schema(title, id string) ([]byte, error) {
	full, err := config.Schema(Full{}, title, id)
	if err != nil {
		return nil, err
	}
	short, err := config.Schema(Short{}, "short form", id+"/short")
	if err != nil {
		return nil, err
	}
	both := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": id, "title": title,
		"anyOf": []json.RawMessage{full, short},
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err = enc.Encode(both)
	return out.Bytes(), err
}

// Markdown returns the reference of all keys: those of documents in full, then
// those of short forms.
func Markdown() (full, short []byte) { return config.Markdown(Full{}), config.Markdown(Short{}) }
