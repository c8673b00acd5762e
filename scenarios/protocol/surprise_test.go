package protocol

import (
	"strings"
	"testing"
)

// surprising is far with neurons that send their surprise.
var surprising = strings.Replace(far, "{like: memory}", "{like: memory, surprise: 1}", 1)

// TestSurprisesAreSent: between firing and learning there is a step for surprises if
// anybody sends any and learns. Everything sent in it arrives before the next step.
func TestSurprisesAreSent(t *testing.T) {
	holdAll(t, surprising, []on{
		{"present: {data: p, items: '#0'}", `
to 18.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms surprise 0-3
  18.002ms learn+observe 0-3
`},
		{"present: {data: p, items: '#0', steps: [{do: [fire]}, {do: [fire]}, {do: [surprise], populations: [memory]}, {do: [learn]}]}", `
to 21.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms fire 0-3
  18.002ms surprise 0-3
  21.002ms learn 0-3
`},
	})
}

// TestNoSurprisesWithoutLearning: nobody sends a surprise in a phase without learning.
func TestNoSurprisesWithoutLearning(t *testing.T) {
	text := strings.Replace(surprising, "protocol:\n", "protocol:\n  - {name: before, present: {data: p, items: '#0'}}\n", 1)
	holdAll(t, text, []on{{"present: {data: p, items: '#0', learn: none}", `
to 23.004ms
  18.003ms tell 4=-1 5=1 6=-1 7=-1 8=0
  20.003ms fire 0-3
  23.003ms observe 0-3
`}})
}

// TestScriptsSendSurprises: a script does not say before which presentations learn, so its
// neurons send surprises in all of them.
func TestScriptsSendSurprises(t *testing.T) {
	text := surprising + others + "  - {name: x, script: {input: input, population: memory, data: p, code: 'def next(ctx): return [present(0), present(0, plastic=False)] if ctx.step == 0 else None'}}\n  - {name: late, present: {data: p, learn: none}}\n"
	if got, want := wired(t, text), `
to 18.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms surprise 0-3
  18.002ms learn+observe 0-3
to 26.004ms
  18.003ms plastic 0 0-3
  18.003ms dynamics teacher 0-3
  20.003ms fire 0-3
  23.003ms surprise 0-3
  26.003ms learn+observe 0-3
`; got != want {
		t.Errorf("got%swant%s", got, want)
	}
}
