package scenarios

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed builtin/*.yaml
var builtin embed.FS

// Builtin returns the text of a built-in scenario.
func Builtin(name string) ([]byte, bool) {
	data, err := builtin.ReadFile(path.Join("builtin", name+".yaml"))
	return data, err == nil
}

// BuiltinNames lists the built-in scenarios in order.
func BuiltinNames() []string {
	entries, err := builtin.ReadDir("builtin")
	if err != nil {
		panic(fmt.Sprint("scenarios: the embedded folder is gone: ", err))
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}
