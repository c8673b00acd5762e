package config

// Has reports whether the document has a value at path.
func (doc *Document) Has(path string) bool {
	n := doc.root
	steps, _ := splitPath(path)
	for _, st := range steps {
		if n = n.child(st); n == nil {
			return false
		}
	}
	return len(steps) > 0
}
