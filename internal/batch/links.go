package batch

// linkBlock is how many samples go through sparse synapses at a time: each
// weight is read once for all of them.
const linkBlock = 8

// links multiplies by sparse weights. It holds a block of samples, the values
// of one input side by side.
type links struct {
	x []float64 // input × sample of the block
}

// load interleaves the rows of up to linkBlock samples; missing samples are 0.
func (l *links) load(x []float64, inputs int) (samples int) {
	l.x = Sized(l.x, inputs*linkBlock)
	samples = min(linkBlock, len(x)/inputs)
	for b := range linkBlock {
		if b >= samples {
			for i := range inputs {
				l.x[i*linkBlock+b] = 0
			}
			continue
		}
		for i, v := range x[b*inputs : (b+1)*inputs] {
			l.x[i*linkBlock+b] = v
		}
	}
	return samples
}

func (l *links) forward(sums []float64, p *Port, x []float64) {
	neurons := len(p.Sources)
	for len(sums) > 0 {
		samples := l.load(x, p.inputs)
		w := p.Weights
		for j, from := range p.Sources {
			var s [linkBlock]float64
			for k, source := range from {
				v, row := w[k], (*[linkBlock]float64)(l.x[int(source)*linkBlock:])
				s[0] += v * row[0]
				s[1] += v * row[1]
				s[2] += v * row[2]
				s[3] += v * row[3]
				s[4] += v * row[4]
				s[5] += v * row[5]
				s[6] += v * row[6]
				s[7] += v * row[7]
			}
			w = w[len(from):]
			for b := range samples {
				sums[b*neurons+j] = s[b]
			}
		}
		sums, x = sums[samples*neurons:], x[samples*p.inputs:]
	}
}

func (l *links) backward(drive []float64, p *Port, x []float64) {
	neurons := len(p.Sources)
	clear(p.gradient)
	for len(drive) > 0 {
		samples := l.load(x, p.inputs)
		g := p.gradient
		for j, from := range p.Sources {
			var d [linkBlock]float64
			for b := range samples {
				d[b] = drive[b*neurons+j]
			}
			for k, source := range from {
				row := (*[linkBlock]float64)(l.x[int(source)*linkBlock:])
				g[k] += (d[0]*row[0] + d[1]*row[1]) + (d[2]*row[2] + d[3]*row[3]) +
					((d[4]*row[4] + d[5]*row[5]) + (d[6]*row[6] + d[7]*row[7]))
			}
			g = g[len(from):]
		}
		drive, x = drive[samples*neurons:], x[samples*p.inputs:]
	}
}
