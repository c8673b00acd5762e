package plot

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// ticker puts about six labelled ticks at round numbers.
type ticker struct {
	whole bool // at whole numbers only
	along bool // labels are side by side: fewer ticks if they are long
}

// alongAxis is the length for labels along an axis [pt].
const alongAxis = figureWidth * 3 / 4

// Ticks implements plot.Ticker.
func (t ticker) Ticks(lo, hi float64) []plot.Tick {
	ticks := t.about(lo, hi, 6)
	if room, s := vg.Length(0), style(tickSize, false, ink); t.along {
		for _, k := range ticks {
			room += s.Width(k.Label) + tickSize
		}
		if room > alongAxis {
			return t.about(lo, hi, 3)
		}
	}
	return ticks
}

// about returns about n ticks.
func (t ticker) about(lo, hi, n float64) []plot.Tick {
	step := niceStep((hi - lo) / n)
	if t.whole {
		step = max(1, math.Round(step))
	}
	if !(step > 0) || math.IsInf(step, 0) {
		return []plot.Tick{{Value: lo, Label: number(lo)}}
	}
	var ticks []plot.Tick
	first := math.Ceil(lo/step - 1e-9)
	for i := first; i*step <= hi+step*1e-9 && len(ticks) < 50; i++ {
		v := i * step
		ticks = append(ticks, plot.Tick{Value: v, Label: tickLabel(v, step)})
	}
	return ticks
}

// niceStep returns the smallest step ≥ x of the form 1, 2 or 5 times a power of
// ten.
func niceStep(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 0
	}
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if x <= m*p*(1+1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// tickLabel writes v with the digits that are needed for ticks with this step.
func tickLabel(v, step float64) string {
	if math.Abs(v) < step*1e-6 {
		return "0"
	}
	if a := math.Abs(v); a >= 1e7 || a < 1e-4 {
		return minus(strconv.FormatFloat(v, 'g', 4, 64))
	}
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if math.Abs(v) >= 1e4 && digits == 0 {
		n := len(text) - 3
		text = text[:n] + " " + text[n:]
		if n > 3+strings.Count(text, "-") {
			text = text[:n-3] + " " + text[n-3:]
		}
	}
	return minus(text)
}

// number writes v with at most four significant digits.
func number(v float64) string { return minus(strconv.FormatFloat(v, 'g', 4, 64)) }

// minus replaces the hyphen of a negative number by a minus sign.
func minus(s string) string { return strings.Replace(s, "-", "−", 1) }

// powers labels the powers of ten of a logarithmic axis and, if there are few,
// 2 and 5 times them.
type powers struct{}

// Ticks implements plot.Ticker.
func (powers) Ticks(lo, hi float64) []plot.Tick {
	if !(lo > 0) || math.IsInf(hi, 0) {
		return nil
	}
	dense := hi/lo < 1000
	var ticks []plot.Tick
	for e := math.Floor(math.Log10(lo)); math.Pow(10, e) <= hi*(1+1e-9); e++ {
		for m := 1.0; m < 10; m++ {
			v := m * math.Pow(10, e)
			if v < lo*(1-1e-9) || v > hi*(1+1e-9) {
				continue
			}
			tick := plot.Tick{Value: v}
			if m == 1 || dense && (m == 2 || m == 5) {
				tick.Label = number(v)
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}
