package run

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"infomorph/scenarios"
)

// Settings maps the path of each setting of a scenario to its value.
type Settings map[string]string

// SettingDifference is a setting with different values in two scenarios. If one of them
// does not have the setting, its value is empty.
type SettingDifference struct {
	Path string `json:"path"`
	A    string `json:"a"`
	B    string `json:"b"`
}

// SettingsOf returns the settings of a scenario.
func SettingsOf(s *scenarios.Scenario) (Settings, error) {
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	var tree any
	err = yaml.Unmarshal(text, &tree)
	return Flatten(tree), err
}

// Flatten returns the settings in a tree, such as that in a manifest.
func Flatten(tree any) Settings {
	s := Settings{}
	s.flatten("", tree)
	return s
}

func (s Settings) flatten(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, sub := range v {
			s.flatten(strings.TrimPrefix(path+"."+key, "."), sub)
		}
	case []any:
		for i, sub := range v {
			s.flatten(fmt.Sprintf("%s[%d]", path, i), sub)
		}
	case json.Number:
		s[path] = v.String()
		if _, err := strconv.ParseUint(v.String(), 10, 64); err == nil {
			return
		}
		if x, err := v.Float64(); err == nil {
			s.flatten(path, x)
		}
	case float64:
		form := byte('g')
		if v == math.Trunc(v) && math.Abs(v) < 1e15 { // JSON does not distinguish integers; write whole numbers like integers
			form = 'f'
		}
		s[path] = strconv.FormatFloat(v, form, -1, 64)
	default:
		s[path] = fmt.Sprint(v)
	}
}

// Differences returns the settings that differ, sorted by path.
func (s Settings) Differences(other Settings) []SettingDifference {
	all := []SettingDifference{}
	for path, v := range s {
		if w, ok := other[path]; !ok || v != w {
			all = append(all, SettingDifference{path, v, w})
		}
	}
	for path, w := range other {
		if _, ok := s[path]; !ok {
			all = append(all, SettingDifference{path, "", w})
		}
	}
	slices.SortFunc(all, func(x, y SettingDifference) int { return strings.Compare(x.Path, y.Path) })
	return all
}
