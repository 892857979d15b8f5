package archive

import (
	"bytes"
	"crypto/md5" // the signature header of every RPM has one
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
)

// RPM has the fields of the header of a binary RPM.
type RPM struct{ Name, Version, Release, Arch, Summary string }

// Tags and types of a header's entries (rpm-software-management.github.io/rpm/manual/tags.html,
// …/format.html).
const (
	tagSignatures, tagImmutable         = 62, 63
	tagSHA256, tagSize, tagMD5          = 273, 1000, 1004
	tagName, tagVersion, tagRelease     = 1000, 1001, 1002
	tagSummary, tagDescription          = 1004, 1005
	tagInstalledSize, tagLicense        = 1009, 1014
	tagGroup, tagOS, tagArch            = 1016, 1021, 1022
	tagPayload, tagCompressor, tagFlags = 1124, 1125, 1126

	typeInt32, typeString, typeBinary, typeI18N = 4, 6, 7, 9
)

// entry is one tag of a header with its value as it is stored.
type entry struct {
	tag, kind, count uint32
	value            []byte
}

// text, translated and number make entries of the three types that this package needs. A translated
// string is one in the default language alone.
func text(tag uint32, value string) entry { return entry{tag, typeString, 1, append([]byte(value), 0)} }

func translated(tag uint32, value string) entry {
	return entry{tag, typeI18N, 1, append([]byte(value), 0)}
}

func number(tag uint32, value int) entry {
	return entry{tag, typeInt32, 1, binary.BigEndian.AppendUint32(nil, uint32(value))}
}

// Build makes an unsigned package without files, with the digests that rpm checks.
func (p RPM) Build() []byte {
	// The digests of the signature header are over what follows it, hence the order from the end to
	// the start.
	payload := Gzip(emptyCPIO())
	header := section(tagImmutable,
		text(tagName, p.Name), text(tagVersion, p.Version), text(tagRelease, p.Release),
		translated(tagSummary, p.Summary), translated(tagDescription, p.Summary), number(tagInstalledSize, 0),
		text(tagLicense, "MIT"), translated(tagGroup, "Unspecified"), text(tagOS, "linux"), text(tagArch, p.Arch),
		text(tagPayload, "cpio"), text(tagCompressor, "gzip"), text(tagFlags, "9"))
	rest := append(bytes.Clone(header), payload...)
	sum := md5.Sum(rest)
	signature := section(tagSignatures,
		text(tagSHA256, fmt.Sprintf("%x", sha256.Sum256(header))), number(tagSize, len(rest)),
		entry{tagMD5, typeBinary, md5.Size, sum[:]})
	out := append(p.lead(), signature...)
	out = append(out, make([]byte, -len(out)&7)...) // the header begins at a multiple of eight
	return append(out, rest...)
}

// lead is the oldest part, 96 bytes that tools only look at to recognise the file.
func (p RPM) lead() []byte {
	lead := make([]byte, 96)
	copy(lead, "\xED\xAB\xEE\xDB\x03\x00")
	binary.BigEndian.PutUint16(lead[8:], 1) // architecture, which the header overrules
	copy(lead[10:75], p.Name+"-"+p.Version+"-"+p.Release)
	binary.BigEndian.PutUint16(lead[76:], 1) // Linux
	binary.BigEndian.PutUint16(lead[78:], 5) // a signature header follows
	return lead
}

// section writes a header: an index of entries and the store of their values. The first entry
// covers all others; its value, at the end of the store, points back over the index.
func section(region uint32, entries ...entry) []byte {
	var index, store []byte
	add := func(e entry) {
		// Numbers are aligned by their size, strings are not.
		if e.kind == typeInt32 {
			store = append(store, make([]byte, -len(store)&3)...)
		}
		index = appendAll(index, e.tag, e.kind, uint32(len(store)), e.count)
		store = append(store, e.value...)
	}
	for _, e := range entries {
		add(e)
	}
	const size = 16 // of an entry in the index, in bytes; the region's value has the form of one
	first := appendAll(nil, region, typeBinary, uint32(len(store)), size)
	store = appendAll(store, region, typeBinary, -uint32(size*(len(entries)+1)), size)
	out := appendAll([]byte{0x8E, 0xAD, 0xE8, 1, 0, 0, 0, 0}, uint32(len(entries)+1), uint32(len(store)))
	return append(append(append(out, first...), index...), store...)
}

func appendAll(out []byte, values ...uint32) []byte {
	for _, value := range values {
		out = binary.BigEndian.AppendUint32(out, value)
	}
	return out
}

// emptyCPIO is the trailer that ends a cpio archive in the format newc, alone.
func emptyCPIO() []byte {
	const name = "TRAILER!!!\x00"
	// Thirteen fields of eight hex digits; all are zero but the number of links and the length of
	// the name.
	zero := "00000000"
	header := "070701" + strings.Repeat(zero, 4) + "00000001" + strings.Repeat(zero, 6) + fmt.Sprintf("%08x", len(name)) + zero
	out := []byte(header + name)
	return append(out, make([]byte, -len(out)&3)...)
}
