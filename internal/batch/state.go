package batch

import (
	"encoding/binary"
	"errors"
	"math"
)

const stateVersion = 1

var errState = errors.New("batch: not a state of this population")

// AppendBinary appends weights, the memory of Adam and, with Average, the means of the
// weights; ports that are frozen have none of them. The settings are not in it. The error is always nil.
func (p *Population) AppendBinary(dst []byte) ([]byte, error) {
	dst = append(dst, stateVersion, byte(len(p.Ports)))
	for _, port := range p.Ports {
		if port.Frozen {
			continue
		}
		dst = binary.LittleEndian.AppendUint64(dst, uint64(port.adam.steps))
		dst = binary.LittleEndian.AppendUint64(dst, uint64(len(port.Weights)))
		for _, v := range [][]float64{port.Weights, port.adam.m, port.adam.v, port.mean} {
			for _, x := range v {
				dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
			}
		}
	}
	return dst, nil
}

// UnmarshalBinary restores what AppendBinary wrote into a population that was
// laid out in the same way. After an error the population is not to be used.
func (p *Population) UnmarshalBinary(data []byte) error {
	if len(data) < 2 || data[0] != stateVersion || int(data[1]) != len(p.Ports) {
		return errState
	}
	data = data[2:]
	for _, port := range p.Ports {
		if port.Frozen {
			continue
		}
		if len(data) < 16 {
			return errState
		}
		port.adam.steps = int(binary.LittleEndian.Uint64(data))
		n := binary.LittleEndian.Uint64(data[8:])
		data = data[16:]
		parts := [][]float64{port.Weights}
		if port.adam.steps > 0 {
			port.adam.m, port.adam.v = make([]float64, len(port.Weights)), make([]float64, len(port.Weights))
			parts = append(parts, port.adam.m, port.adam.v)
			if p.Average > 0 {
				port.mean = make([]float64, len(port.Weights))
				parts = append(parts, port.mean)
			}
		}
		if n != uint64(len(port.Weights)) || len(data) < 8*len(parts)*len(port.Weights) || port.adam.steps < 0 {
			return errState
		}
		for _, v := range parts {
			for i := range v {
				v[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
			}
			data = data[8*len(v):]
		}
	}
	if len(data) != 0 {
		return errState
	}
	return nil
}
