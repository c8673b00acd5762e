package language

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"

	"infomorph/internal/config"
)

//go:embed kinds/*.yaml
var kindFiles embed.FS

// BuiltinKinds returns the names of the kinds that every document can use.
func BuiltinKinds() []string {
	entries, err := kindFiles.ReadDir("kinds")
	if err != nil {
		panic("language: the built-in kinds are gone") // they are part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	slices.Sort(names)
	return names
}

// builtinKind returns the document of a built-in kind; false if there is none.
func builtinKind(name string) (*config.Document, bool) {
	file := "kinds/" + name + ".yaml"
	data, err := kindFiles.ReadFile(file)
	if err != nil {
		return nil, false
	}
	doc, err := config.Parse(file, data)
	if err != nil {
		panic("language: a built-in kind is no document: " + err.Error())
	}
	return doc, true
}

// decodedKinds caches the built-in kinds, which never change.
var decodedKinds sync.Map

// BuiltinKind returns a new copy of a built-in kind, or nil if there is none of this
// name.
func BuiltinKind(name string) *Neuron {
	if k, ok := decodedKinds.Load(name); ok {
		return k.(*Neuron).Clone()
	}
	doc, ok := builtinKind(name)
	if !ok {
		return nil
	}
	k := &Neuron{}
	if err := doc.Decode(k); err != nil {
		panic("language: a built-in kind is not valid: " + err.Error())
	}
	decodedKinds.Store(name, k)
	return k.Clone()
}
