package data

import (
	"fmt"
	"strconv"

	"infomorph/internal/config"
	"infomorph/neuron"
)

// maxTrain limits the spikes of one train.
const maxTrain = 10_000_000

// poisson opens Poisson spike trains.
func (l *loader) poisson() (source, []any, error) {
	c := l.Poisson
	p := &poissonTrains{stream: newStream(l.seed, l.set.number, 0), count: c.Count, duration: neuron.Time(c.Duration)}
	for class, rates := range c.Rates {
		sums := make([]float64, len(rates))
		total := 0.0
		for k, r := range rates {
			total += r / float64(neuron.Second)
			sums[k] = total
		}
		if n := total * float64(p.duration); n > maxTrain {
			return nil, nil, config.FieldProblem(fmt.Sprintf("%s[%d]", l.key("poisson", "rates"), class), fmt.Sprintf("a train would have %.0f spikes, expected at most %d", n, maxTrain), "")
		}
		p.sums = append(p.sums, sums)
		l.set.Labels = append(l.set.Labels, strconv.Itoa(class))
	}
	l.set.Channels, l.set.Hold = len(c.Rates[0]), int64(c.Hold)
	return p, []any{*c}, nil
}

// poissonTrains are trains of independent Poisson processes, one for each channel, with
// rates by class. Item i has class i modulo the number of classes. A train is drawn as
// one process with the sum of the rates; each spike then gets a channel with a
// probability in proportion to its rate.
type poissonTrains struct {
	stream   stream
	count    int
	duration neuron.Time
	sums     [][]float64 // by class: cumulative rates of the channels [1/µs]
}

func (p *poissonTrains) parts() []basePart { return []basePart{{count: p.count}} }

func (p *poissonTrains) item(_, i int, it *Item) error {
	it.Label = i % len(p.sums)
	it.Duration = p.duration
	sums := p.sums[it.Label]
	total := sums[len(sums)-1] // if it is 0, the first spike is never
	rng := p.stream.at(i)
	for t := rng.ExpFloat64() / total; t < float64(p.duration); t += rng.ExpFloat64() / total {
		channel := min(pick(sums, rng.Float64()*total), len(sums)-1)
		it.Train = append(it.Train, Spike{neuron.Time(t), int32(channel), 1})
	}
	return nil
}
