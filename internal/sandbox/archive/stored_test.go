package archive

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// plainZstd and plainXZ read with the libraries that real clients use, and that the sandbox does
// without.
func plainZstd(content []byte) ([]byte, error) {
	reader, err := zstd.NewReader(nil)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return reader.DecodeAll(content, nil)
}

func plainXZ(content []byte) ([]byte, error) {
	reader, err := xz.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

func plainGzip(content []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

// Sizes around those of a block and a chunk, where the next one begins.
func TestStored(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 3, 4, 255, 256, maxDeflateBlock, maxXzChunk - 1, maxXzChunk, maxXzChunk + 1, maxZstdBlock - 1, maxZstdBlock,
		maxZstdBlock + 1, 3*maxZstdBlock + 7} {
		content := bytes.Repeat([]byte("sandbox"), size/7+1)[:size]
		for name, got := range map[string]func() ([]byte, error){
			"zstd": func() ([]byte, error) { return plainZstd(Zstd(content)) },
			"gzip": func() ([]byte, error) { return plainGzip(Gzip(content)) },
			"xz":   func() ([]byte, error) { return plainXZ(XZ(content)) },
		} {
			plain, err := got()
			if err != nil || !bytes.Equal(plain, content) {
				t.Errorf("%s of %d bytes: %d bytes, %v", name, size, len(plain), err)
			}
		}
	}
}

// A change of any byte up to the index is noticed: the sums are where the format requires them.
// Behind that, this reader does not check every byte.
func TestXZNoticesChanges(t *testing.T) {
	t.Parallel()
	content := []byte("some content of a list of packages")
	whole := XZ(content)
	const heads, sum = 24, 4
	for i := range heads + (len(content)+4+3)&^3 + sum {
		broken := bytes.Clone(whole)
		broken[i] ^= 0x10
		if plain, err := plainXZ(broken); err == nil {
			t.Errorf("byte %d of %d changed: %q", i, len(whole), plain)
		}
	}
}

func FuzzStored(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte("a"))
	f.Add(bytes.Repeat([]byte{0}, 1000))
	f.Fuzz(func(t *testing.T, content []byte) {
		if plain, err := plainGzip(Gzip(content)); err != nil || !bytes.Equal(plain, content) {
			t.Errorf("gzip: %q %v", plain, err)
		}
		if plain, err := plainZstd(Zstd(content)); err != nil || !bytes.Equal(plain, content) {
			t.Errorf("zstd: %q %v", plain, err)
		}
		if plain, err := plainXZ(XZ(content)); err != nil || !bytes.Equal(plain, content) {
			t.Errorf("xz: %q %v", plain, err)
		}
	})
}
