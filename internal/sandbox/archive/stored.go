package archive

import (
	"bytes"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
)

// maxDeflateBlock is the largest stored block of deflate, in bytes (RFC 1951, section 3.2.4).
const maxDeflateBlock = 1<<16 - 1

// Gzip wraps content in one gzip member of stored blocks, without a time (RFC 1952). A real
// compressor costs a megabyte of memory for each file, and the sandbox makes dozens when it starts.
// Content is below 4 GiB.
func Gzip(content []byte) []byte {
	out := []byte{0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF} // deflate, no flags, no time, system unknown
	out = appendStored(out, content)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(content))
	return binary.LittleEndian.AppendUint32(out, uint32(len(content)))
}

// Zlib wraps content in stored blocks with zlib's header and checksum (RFC 1950).
func Zlib(content []byte) []byte {
	return binary.BigEndian.AppendUint32(appendStored([]byte{0x78, 0x01}, content), adler32.Checksum(content))
}

// appendStored appends content as stored blocks of deflate (RFC 1951, section 3.2.4).
func appendStored(out, content []byte) []byte {
	for last := false; !last; {
		block := content[:min(len(content), maxDeflateBlock)]
		content = content[len(block):]
		last = len(content) == 0
		header := byte(0) // the low bit marks the last block, the two above are the type, 0 for stored
		if last {
			header = 1
		}
		out = binary.LittleEndian.AppendUint16(append(out, header), uint16(len(block)))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(len(block)))
		out = append(out, block...)
	}
	return out
}

// maxZstdBlock is the largest block of a zstd frame, in bytes (RFC 8878, section 3.1.1.2.4).
const maxZstdBlock = 128 << 10

// Zstd wraps content in a zstd frame of raw blocks: every reader accepts it, and no compressor is
// needed (RFC 8878, section 3.1.1). Content is below 4 GiB.
func Zstd(content []byte) []byte {
	// The descriptor 0xA0 says: a single segment, its size in four bytes, no checksum.
	out := []byte{0x28, 0xB5, 0x2F, 0xFD, 0xA0}
	out = binary.LittleEndian.AppendUint32(out, uint32(len(content)))
	for last := false; !last; {
		block := content[:min(len(content), maxZstdBlock)]
		content = content[len(block):]
		last = len(content) == 0
		header := uint32(len(block)) << 3 // bits 1 and 2 are the type, 0 for raw
		if last {
			header |= 1
		}
		out = append(out, byte(header), byte(header>>8), byte(header>>16))
		out = append(out, block...)
	}
	return out
}

// maxXzChunk is the largest uncompressed chunk of LZMA2, in bytes.
const maxXzChunk = 64 << 10

// XZ wraps content in an xz stream of uncompressed chunks, for the same reason
// (tukaani.org/xz/xz-file-format.txt).
func XZ(content []byte) []byte {
	const check = "\x00\x01" // stream flags: CRC-32 over the content
	out := withSum([]byte(check))
	out = append([]byte("\xFD7zXZ\x00"), out...)

	// 12 bytes of block header: its size, no optional fields, filter LZMA2 with one byte of
	// properties (a dictionary of 64 KiB), padding.
	header := withSum([]byte{2, 0, 0x21, 1, 8, 0, 0, 0})
	chunks := lzma2(content)
	block := append(bytes.Clone(header), chunks...)
	out = append(out, padded(block)...)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(content))

	// The index repeats the sizes, for readers that begin at the end; a block's does not count its
	// padding.
	index := []byte{0, 1} // one record
	index = binary.AppendUvarint(index, uint64(len(block)+crc32.Size))
	index = binary.AppendUvarint(index, uint64(len(content)))
	index = withSum(padded(index))
	out = append(out, index...)

	footer := binary.LittleEndian.AppendUint32(nil, uint32(len(index)/4-1))
	footer = append(footer, check...)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(footer))
	return append(append(out, footer...), "YZ"...)
}

// lzma2 writes chunks of a control byte (1 resets the dictionary, as the first has to; 2 does not),
// the size less one, and the bytes; 0 ends them.
func lzma2(content []byte) []byte {
	var out []byte
	for control := byte(1); len(content) > 0; control = 2 {
		chunk := content[:min(len(content), maxXzChunk)]
		content = content[len(chunk):]
		out = append(out, control)
		out = binary.BigEndian.AppendUint16(out, uint16(len(chunk)-1))
		out = append(out, chunk...)
	}
	return append(out, 0)
}

// padded fills up to a multiple of four, as xz aligns everything.
func padded(part []byte) []byte {
	return append(part, make([]byte, -len(part)&3)...)
}

// withSum appends the CRC-32 that ends each part of an xz stream but the footer, where it comes
// first.
func withSum(part []byte) []byte {
	return binary.LittleEndian.AppendUint32(part, crc32.ChecksumIEEE(part))
}
