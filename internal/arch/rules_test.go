package arch

import (
	"slices"
	"strings"
)

const module = "infomorph"

// maxFunction is the longest function allowed, in lines.
const maxFunction = 70

// rule says what one package and those below it may do. The first rule whose
// path fits applies.
type rule struct {
	path string // of the package within the module
	// imports are the packages of the module that may be imported, with all
	// below them; "*" is all of them.
	imports    []string
	pure       bool
	goroutines bool
}

// The architecture: pid <- neuron <- topology <- neuron/sim <- actors and
// scenarios <- cmd. A package that fits no rule is an error: place it first.
var rules = []rule{
	{path: "pid", imports: []string{"internal/prefetch"}, pure: true},
	{path: "neuron/sim/simtest", imports: []string{"pid", "neuron", "topology"}},
	{path: "neuron/sim", imports: []string{"pid", "neuron", "topology", "internal/prefetch"}, pure: true},
	{path: "neuron", imports: []string{"pid", "internal/prefetch", "internal/vec"}, pure: true},
	{path: "topology/graphio", imports: []string{"pid", "neuron", "topology", "internal/textfile", "internal/npy", "internal/words"}, pure: true},
	{path: "topology/draw", imports: []string{"pid", "neuron", "topology", "internal/plot", "internal/words"}, pure: true},
	{path: "topology", imports: []string{"pid", "neuron", "topology", "internal/prefetch"}, pure: true},
	{path: "internal/words", pure: true},
	{path: "internal/textfile", imports: []string{"internal/words"}, pure: true},
	{path: "internal/condition", pure: true},
	{path: "internal/npy", imports: []string{"internal/words"}, pure: true},
	{path: "internal/live", imports: []string{"pid", "neuron", "topology", "internal", "scenarios"}, goroutines: true},
	{path: "internal/machines", imports: []string{"*"}},
	{path: "internal", imports: []string{"pid", "neuron", "topology", "internal"}, goroutines: true},
	{path: "actors", imports: []string{"pid", "neuron", "topology", "internal"}, goroutines: true},
	{path: "scenarios/run", imports: []string{"pid", "neuron", "topology", "actors", "internal", "scenarios"}},
	{path: "scenarios/sweep", imports: []string{"internal", "scenarios"}},
	{path: "scenarios/search", imports: []string{"internal", "scenarios"}, goroutines: true},
	{path: "scenarios/reproduce", imports: []string{"internal", "scenarios"}},
	{path: "scenarios", imports: []string{"pid", "neuron", "topology", "internal", "scenarios"}},
	{path: "cmd/infomorph", imports: []string{"*"}, goroutines: true},
}

// owners are the only places that may import something.
var owners = map[string][]string{
	"github.com/asynkron/protoactor-go": {"actors"},
	"github.com/rs/zerolog":             {"cmd"},
	"log":                               {"cmd", "actors", "internal/machines", "internal/live", "scenarios/run"}, // slog is what Proto.Actor takes
	"github.com/spf13/cobra":            {"cmd"},
	"github.com/vbauerster/mpb":         {"cmd"},
	"html/template":                     {}, // templates look up methods by name, so the linker
	"text/template":                     {}, // keeps every exported method, 6 MB of them
	"testing":                           {"neuron/sim/simtest", "internal/arch", "internal/fuzzing", "internal/known"},
	module + "/neuron/sim/simtest":      {},
	module + "/cmd":                     {},
}

// impure are what a pure package may not import, with all below it. "time",
// "context" and math/rand/v2 are not here: see timeAllowed, contextAllowed and
// randAllowed.
var impure = []string{
	"os", "io/fs", "io/ioutil", "embed", "path/filepath", "log", "net", "sync", "syscall", "plugin", "unsafe", "reflect",
	"runtime", "crypto/rand", "math/rand", "testing", "golang.org/x/sync", "golang.org/x/sys",
}

// timeAllowed are the names of package time that are values, not clocks: a
// pure package may print and convert durations.
var timeAllowed = []string{"Duration", "Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour", "ParseDuration"}

// contextAllowed are the names of package context for a pure package: it may be
// given a context that ends a call, and cannot make one, which could have a clock.
var contextAllowed = []string{"Context"}

// randAllowed are the names of math/rand/v2 that draw nothing by themselves.
var randAllowed = []string{"Rand", "Source", "PCG", "ChaCha8", "Zipf", "New", "NewPCG", "NewChaCha8", "NewZipf"}

// printers write to the process's own files.
var printers = []string{"Print", "Println", "Printf", "Scan", "Scanln", "Scanf"}

// places are the folders at the top of the repository that may hold Go code.
var places = []string{"actors", "cmd", "internal", "neuron", "pid", "scenarios", "topology"}

func ruleFor(pkg string) (rule, bool) {
	i := slices.IndexFunc(rules, func(r rule) bool { return within(pkg, r.path) })
	if i < 0 {
		return rule{}, false
	}
	return rules[i], true
}

// within reports whether path is top or below it. Where top is the path of a
// module, its later major versions count as below it; math/rand/v2 is its own
// package.
func within(path, top string) bool {
	if path == "math/rand/v2" && top != path {
		return false
	}
	return path == top || strings.HasPrefix(path, top+"/")
}

// openers are packages that may open files directly: those that check the kind
// of a file, and those that read files of the system, the toolchain or a test. opening
// are the functions that open files.
var (
	openers = []string{"internal/guard", "internal/disk", "internal/footprint", "internal/mutate", "internal/known"}
	opening = []string{"os.Open", "os.ReadFile", "tls.LoadX509KeyPair"}
)
