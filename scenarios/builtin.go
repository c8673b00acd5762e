package scenarios

import (
	"embed"
	"fmt"
	"io"
	"path"
	"strings"
)

//go:embed builtin/*.yaml builtin/data/*.csv builtin/data/*.graphml
var builtin embed.FS

// Builtin returns the text of a built-in scenario.
func Builtin(name string) ([]byte, bool) {
	data, err := builtin.ReadFile(path.Join("builtin", name+".yaml"))
	return data, err == nil
}

// BuiltinFile opens a file that a built-in scenario names, such as data/measurements.csv.
// The error is fs.ErrNotExist if there is no such file.
func BuiltinFile(name string) (io.ReadCloser, error) {
	return builtin.Open(path.Join("builtin", path.Clean("/"+name)))
}

// BuiltinNames lists the built-in scenarios in alphabetical order of their files.
func BuiltinNames() []string {
	entries, err := builtin.ReadDir("builtin")
	if err != nil {
		panic(fmt.Sprint("scenarios: the embedded folder is gone: ", err))
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
		}
	}
	return names
}
