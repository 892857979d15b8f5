package feedtype

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// zeros is a body of n zero bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zeroReader{}, n) }

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestBoundedReader(t *testing.T) {
	t.Parallel()
	tests := []struct {
		bytes, bound int64
		want         error
	}{{0, 0, nil}, {10, 11, nil}, {10, 10, nil}, {11, 10, errTooLarge}, {1 << 20, 10, errTooLarge}}
	for _, test := range tests {
		n, err := io.Copy(io.Discard, &boundedReader{zeros(test.bytes), test.bound})
		if !errors.Is(err, test.want) || n > test.bound {
			t.Errorf("%d bytes under a bound of %d: read %d, %v", test.bytes, test.bound, n, err)
		}
	}
	if err := iotest.TestReader(&boundedReader{strings.NewReader("abc"), 3}, []byte("abc")); err != nil {
		t.Error(err)
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	// bzip2 of "hello\n"; the standard library cannot make one.
	const bz = "BZh91AY&SY\xc1\xc0\x80\xe2\x00\x00\x01\x41\x00\x00\x10\x02\x44\xa0\x00\x30\xcd\x00\xc3\x46\x29\x97\x17\x72\x45\x38\x50\x90\xc1\xc0\x80\xe2"
	tests := []struct{ name, body, want string }{
		{"plain", "hello\n", "hello\n"}, {"gzip", gz("hello\n"), "hello\n"}, {"zstd", zst("hello\n"), "hello\n"},
		{"xz", xzip("hello\n"), "hello\n"}, {"bzip2", bz, "hello\n"}, {"empty", "", ""}, {"two gzip members", gz("a") + gz("b"), "ab"},
	}
	for _, test := range tests {
		got, err := expanded(strings.NewReader(test.body), "")
		if string(got) != test.want || err != nil {
			t.Errorf("%s: %q, %v", test.name, got, err)
		}
	}
}

// expanded reads all of a body.
func expanded(body io.Reader, encoding string) ([]byte, error) {
	in := &input{
		doc: &Document{Header: http.Header{"Content-Encoding": {encoding}}}, bound: maxExpandedBytes, release: func() {},
		wire: &wireReader{body: boundedReader{body, maxExpandedBytes}, spent: &work{}},
	}
	defer in.close()
	text, err := in.text()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(text)
}

func TestExpandErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	bodies := map[string]io.Reader{
		"cut gzip": strings.NewReader(gz("hello")[:12]), "cut xz": strings.NewReader(xzip(strings.Repeat("hello", 99))[:40]),
		"cut zstd": strings.NewReader(zst(strings.Repeat("hello", 99))[:12]), "no gzip": strings.NewReader("\x1f\x8bxxxxxxxxxx"),
		"broken": iotest.ErrReader(broken),
	}
	for name, body := range bodies {
		if _, err := expanded(body, ""); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// TestZstdWindow: a frame that needs a window of 512 MiB is refused before it is made.
func TestZstdWindow(t *testing.T) {
	t.Parallel()
	frame := "\x28\xb5\x2f\xfd\x00\x98" + strings.Repeat("\x00", 20) // window descriptor 0x98: 2^(10+19) bytes
	if _, err := expanded(strings.NewReader(frame), ""); !errors.Is(err, errTooLarge) {
		t.Errorf("error %v", err)
	}
}

// TestEntryBounds: an index may be large, one package's part of it may not.
func TestEntryBounds(t *testing.T) {
	t.Parallel()
	junk := func() io.Reader { return zerosAs('x', maxEntryBytes+2<<20) }
	q := query{doubt: new(error), pkg: rpmNamed("tool", "1")}
	tests := map[string]error{
		"stanza": eachStanza(io.MultiReader(strings.NewReader("Package: "), junk()), nil, nil),
		"conda":  errorOf(condaQuery{q}.findConda(io.MultiReader(strings.NewReader(`{"packages": {"a": "`), junk()))),
		"info":   errorOf(condaQuery{q}.findConda(io.MultiReader(strings.NewReader(`{"info": "`), junk()))),
		"rpm":    errorOf(rpmQuery{q}.findRPM(&Document{}, io.MultiReader(strings.NewReader(`<metadata><package><name>`), junk()))),
		"gem":    eachGem(junk(), nil),
		"deb":    errorOf(readRelease(junk(), "")),
	}
	for name, err := range tests {
		if !errors.Is(err, errTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// zerosAs is n bytes of c.
func zerosAs(c byte, n int64) io.Reader { return io.LimitReader(byteReader(c), n) }

type byteReader byte

func (b byteReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"plain", gz("hello"), zst("hello"), xzip("hello"), "BZh9"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, _ := expanded(strings.NewReader(string(body)), "")
		if len(got) > freeBytes+maxRatio*len(body)+64<<10 {
			t.Errorf("%d bytes of %d", len(got), len(body))
		}
	})
}
