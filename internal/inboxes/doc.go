// Package inboxes stores what reached each neuron in a free-running run, in
// order of arrival, so that the run can be replayed and each neuron can be
// audited alone.
//
// A recording is one file of blocks, each of one neuron:
//
//	"IMinbox\n" version:u32 neurons:u32
//	then blocks: kind:u8 neuron:u32 raw:u32 stored:u32 crc:u32 | stored bytes
//
// all little-endian. The crc is CRC-32C of the block's head before it and of
// the stored bytes. If raw and stored differ, the bytes are compressed with
// Zstandard. The kinds are
//
//	start   state of the neuron: its SHA-256 if the state is as the
//	        network makes it, or the state itself
//	inbox   what reached the neuron then: see Encoder
//	end     state of the neuron at the end: see End
//	close   state of the network at the end: see Final; the last block
//
// The blocks of a neuron begin with a start; there is another one when its
// state is restored. An end is written when the run is saved or restored, and
// at the end of the run. A truncated file is read up to its last complete
// block.
package inboxes
