package data

// bits is a binary pattern, packed into words with one bit for each pixel.
type bits []uint64

func newBits(size int) bits { return make(bits, (size+63)/64) }

func (b bits) set(i int)     { b[i>>6] |= 1 << (i & 63) }
func (b bits) on(i int) bool { return b[i>>6]>>(i&63)&1 == 1 }
func sign(on bool) float32 {
	if on {
		return 1
	}
	return -1
}

// unpack writes −1 or 1 for each pixel.
func (b bits) unpack(dst []float32) {
	for i := range dst {
		dst[i] = float32(b[i>>6]>>(i&63)&1)*2 - 1
	}
}
