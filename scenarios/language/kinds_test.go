package language

import (
	"testing"

	"infomorph/internal/config"
)

func TestBuiltinKinds(t *testing.T) {
	names := BuiltinKinds()
	if len(names) < 8 {
		t.Fatalf("built-in kinds are %v", names)
	}
	for _, name := range names {
		if k := BuiltinKind(name); k == nil {
			t.Errorf("there is no kind %s", name)
		} else if err := k.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if BuiltinKind("no such kind") != nil {
		t.Error("a kind that is not there")
	}
	a := BuiltinKind("bars")
	a.Goal["red"], a.Homeostasis.Gain = 7, 1
	if b := BuiltinKind("bars"); b.Goal["red"] != 0 || b.Homeostasis.Gain == 1 {
		t.Error("changing one copy of a built-in kind changed another")
	}
}

// The types are documented, with valid defaults and examples.
func TestLint(t *testing.T) {
	if err := config.Lint(&Experiment{}); err != nil {
		t.Error(err)
	}
}
