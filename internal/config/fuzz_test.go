package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"infomorph/internal/config"
	"infomorph/internal/fuzzing"
)

func addSeeds(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.yaml")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	f.Add([]byte(full))
}

// FuzzDecode checks that any bytes give a value or an error, and that Marshal
// and Decode give a decoded value back.
func FuzzDecode(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		var s, again scenario
		if err := config.Decode("s.yaml", data, &s, config.CheckExpr(checkExpr)); err != nil {
			if _, ok := err.(*config.Errors); !ok || err.Error() == "" {
				t.Fatalf("got %T %v", err, err)
			}
			return
		}
		out, err := config.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := config.Decode("s.yaml", out, &again); err != nil {
			t.Fatalf("%v in\n%s", err, out)
		}
		if d := cmp.Diff(s, again); d != "" {
			t.Fatalf("%s in\n%s", d, out)
		}
	})
}

// FuzzFormat checks that formatting is idempotent and keeps the meaning.
func FuzzFormat(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		out, err := config.Format("s.yaml", data, scenario{})
		if err != nil {
			return
		}
		again, err := config.Format("s.yaml", out, scenario{})
		if err != nil || string(again) != string(out) {
			t.Fatalf("twice (%v):\n%q\nonce:\n%q", err, again, out)
		}
		var a, b scenario
		errA := config.Decode("s.yaml", data, &a)
		errB := config.Decode("s.yaml", out, &b)
		if (errA == nil) != (errB == nil) || errA == nil && !cmp.Equal(a, b) {
			t.Fatalf("the meaning changed: %v, %v", errA, errB)
		}
	})
}

// FuzzSet checks that no override makes Set panic.
func FuzzSet(f *testing.F) {
	for _, s := range []string{"learning.rate=5", "events[0].at=1ms", `labels["a b"]=[`, "record=null", "a=", "delay={uniform: [1ms]}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, set string) {
		defer fuzzing.Bound(t)()
		var s scenario
		err := decode(full, &s, set)
		if _, ok := err.(*config.Errors); err != nil && !ok {
			t.Fatalf("got %T %v", err, err)
		}
	})
}
