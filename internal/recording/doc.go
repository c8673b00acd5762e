// Package recording keeps what reached each neuron in a free-running run, in
// the order in which it did, so that the run can be replayed and each neuron
// audited alone.
//
// A recording is one file of blocks, each of one neuron:
//
//	"IMinbox\n" version:u32 neurons:u32
//	then blocks: kind:u8 neuron:u32 raw:u32 stored:u32 crc:u32 | stored bytes
//
// all little-endian. The crc is CRC-32C of the block's head before it and of
// the stored bytes; where raw and stored differ the bytes are Zstandard. The
// kinds are
//
//	start   how the neuron began: SHA-256 of its state, or the state itself
//	inbox   what reached it: see Encoder
//	end     what it was in the end: see End
//	close   what the network was: see Final; the last block
//
// A file that is cut short is read up to its last whole block.
package recording
