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
//	start   how the neuron was: SHA-256 of its state where that is as the
//	        network makes it, or the state itself
//	inbox   what reached it then: see Encoder
//	end     what it had become: see End
//	close   what the network had become: see Final; the last block
//
// A neuron begins with a start, and again where its state is restored. Ends
// stand where the run was saved or restored, and in the end. A file that is
// cut short is read up to its last whole block.
package recording
