package scenarios

import (
	"embed"
	"fmt"
	"path"

	"infomorph/internal/config"
)

//go:embed presets/*.yaml
var presets embed.FS

// underlayPreset gives a scenario the defaults of its task: a file of the
// task's name, if there is one, says what differs from the schema's defaults.
func underlayPreset(doc *config.Document) error {
	entries, err := presets.ReadDir("presets")
	if err != nil {
		return fmt.Errorf("scenarios: the embedded presets are gone: %w", err)
	}
	for _, e := range entries {
		task := e.Name()[:len(e.Name())-len(path.Ext(e.Name()))]
		if !doc.Has(task) {
			continue
		}
		data, err := presets.ReadFile(path.Join("presets", e.Name()))
		if err != nil {
			return err
		}
		base, err := config.Parse("defaults of "+task, data)
		if err != nil {
			return err
		}
		doc.Underlay(base)
	}
	return nil
}
