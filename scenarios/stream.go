package scenarios

import (
	"encoding/base64"
	"math/rand/v2"

	"infomorph/neuron"
)

// stream is a random stream of the stimulus that can be saved as text.
type stream struct{ pcg *rand.PCG }

func newStream(seed uint64, id neuron.ID) stream {
	return stream{neuron.NewPCG(seed, neuron.ForStimulus, id)}
}

func (s stream) rand() *rand.Rand { return rand.New(s.pcg) }

// MarshalText implements encoding.TextMarshaler.
func (s stream) MarshalText() ([]byte, error) {
	if s.pcg == nil {
		return nil, nil
	}
	state, err := s.pcg.MarshalBinary()
	return base64.StdEncoding.AppendEncode(nil, state), err
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *stream) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		s.pcg = nil
		return nil
	}
	state, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	s.pcg = new(rand.PCG)
	return s.pcg.UnmarshalBinary(state)
}
