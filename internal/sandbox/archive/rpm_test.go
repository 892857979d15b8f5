package archive

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// parsed is a header read by its format: the values by tag, up to the end of the store each.
type parsed struct {
	values map[uint32][]byte
	size   int // of the whole section
	tags   []uint32
}

// fatal is what tests of both kinds have.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

func parseSection(t fatal, content []byte) parsed {
	t.Helper()
	if !bytes.HasPrefix(content, []byte{0x8E, 0xAD, 0xE8, 1}) {
		t.Fatalf("no header at %x", content[:8])
	}
	count, size := int(binary.BigEndian.Uint32(content[8:])), int(binary.BigEndian.Uint32(content[12:]))
	store := content[16+16*count:][:size]
	p := parsed{values: map[uint32][]byte{}, size: 16 + 16*count + size}
	for i := range count {
		field := func(n int) uint32 { return binary.BigEndian.Uint32(content[16+16*i+4*n:]) }
		if field(2) >= uint32(size) || field(1) == typeInt32 && field(2)%4 != 0 {
			t.Fatalf("entry %d: tag %d of type %d at %d of %d", i, field(0), field(1), field(2), size)
		}
		p.tags = append(p.tags, field(0))
		p.values[field(0)] = store[field(2):]
	}
	return p
}

// text is a string's value, to its zero byte.
func (p parsed) text(tag uint32) string {
	value, _, _ := bytes.Cut(p.values[tag], []byte{0})
	return string(value)
}

// sections takes a package apart: signature, header and what follows each.
func sections(t fatal, content []byte) (signature, header parsed, signed, payload []byte) {
	t.Helper()
	signature = parseSection(t, content[96:])
	start := 96 + signature.size
	start += -start & 7
	header = parseSection(t, content[start:])
	return signature, header, content[start:], content[start+header.size:]
}

func TestRPM(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z0-9.]{1,90}`)
		p := RPM{word.Draw(t, "name"), word.Draw(t, "version"), word.Draw(t, "release"), word.Draw(t, "arch"), "A sample"}
		content := p.Build()
		if !bytes.HasPrefix(content, []byte{0xED, 0xAB, 0xEE, 0xDB, 3, 0}) || content[75] != 0 {
			t.Fatalf("lead %x", content[:96])
		}
		signature, header, signed, payload := sections(t, content)
		got := RPM{header.text(tagName), header.text(tagVersion), header.text(tagRelease), header.text(tagArch), header.text(tagSummary)}
		if got != p {
			t.Fatalf("%+v became %+v", p, got)
		}
		sum := sha256.Sum256(signed[:header.size])
		if signature.text(tagSHA256) != hex.EncodeToString(sum[:]) {
			t.Fatalf("digest of the header %q", signature.text(tagSHA256))
		}
		short := md5.Sum(signed)
		if !bytes.HasPrefix(signature.values[tagMD5], short[:]) ||
			binary.BigEndian.Uint32(signature.values[tagSize]) != uint32(len(signed)) {
			t.Fatalf("digest and size of the rest %x", signature.values[tagMD5])
		}
		if _, err := gzip.NewReader(bytes.NewReader(payload)); err != nil {
			t.Fatalf("payload: %v", err)
		}
	})
}

// The first entry covers the whole index: rpm refuses headers whose region does not add up.
func TestRPMRegions(t *testing.T) {
	t.Parallel()
	signature, header, _, payload := sections(t, RPM{Name: "x", Version: "1", Release: "1", Arch: "noarch"}.Build())
	for region, p := range map[uint32]parsed{tagSignatures: signature, tagImmutable: header} {
		trailer := p.values[region]
		if p.tags[0] != region || len(trailer) != 16 || binary.BigEndian.Uint32(trailer) != region ||
			int32(binary.BigEndian.Uint32(trailer[8:])) != int32(-16*len(p.tags)) {
			t.Errorf("region %d: tags %v, trailer %x", region, p.tags, trailer)
		}
	}
	reader, err := gzip.NewReader(bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	cpio, err := io.ReadAll(reader)
	if err != nil || len(cpio)%4 != 0 || !bytes.HasPrefix(cpio, []byte("070701")) || string(cpio[110:120]) != "TRAILER!!!" {
		t.Errorf("payload %q %v", cpio, err)
	}
}
