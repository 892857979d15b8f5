package client

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"github.com/progetctl/progetctl/client/feedtype"
)

// Algorithms lists the checksum algorithms that are known, strongest first.
func Algorithms() []string { return []string{"sha512", "sha384", "sha256", "sha1", "md5"} }

// newHash returns a hash of the algorithm, or nil. The weak ones are what some feeds publish; they
// are compared, never relied on for more.
func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "sha512":
		return sha512.New()
	case "sha384":
		return sha512.New384()
	case "sha256":
		return sha256.New()
	case "sha1":
		return sha1.New()
	case "md5":
		return md5.New()
	}
	return nil
}

// ParseChecksum reads a sum in hexadecimal digits or in base64, as lock files have it. It refuses
// an unknown algorithm and a sum of the wrong length.
func ParseChecksum(algorithm, text string) (feedtype.Checksum, error) {
	name := feedtype.AlgorithmName(algorithm)
	h := newHash(name)
	if h == nil {
		return feedtype.Checksum{}, fmt.Errorf("unknown checksum algorithm %q; use one of %s", algorithm, strings.Join(Algorithms(), ", "))
	}
	sum, ok := feedtype.ParseSum(name, text)
	if !ok {
		return feedtype.Checksum{}, fmt.Errorf("%q is not a valid %s checksum: expected %d hexadecimal digits, or base64", text, name, 2*h.Size())
	}
	return feedtype.Checksum{Algorithm: name, Sum: sum}, nil
}

// hasher computes every checksum that will be asked for, and always sha256, in one pass over the
// content.
type hasher struct {
	wanted []feedtype.Checksum
	sums   map[string]hash.Hash
}

func newHasher(wanted []feedtype.Checksum) *hasher {
	h := &hasher{wanted: wanted, sums: map[string]hash.Hash{"sha256": sha256.New()}}
	for _, c := range wanted {
		if _, known := h.sums[c.Algorithm]; !known {
			h.sums[c.Algorithm] = newHash(c.Algorithm)
		}
	}
	return h
}

// Write hashes p; it never fails.
func (h *hasher) Write(p []byte) (int, error) {
	for _, sum := range h.sums {
		sum.Write(p)
	}
	return len(p), nil
}

func (h *hasher) reset() {
	for _, sum := range h.sums {
		sum.Reset()
	}
}

// clone is a hasher that goes on from the same place.
func (h *hasher) clone() *hasher {
	c := &hasher{wanted: h.wanted, sums: map[string]hash.Hash{}}
	for algorithm, sum := range h.sums {
		// Every hash of the standard library can be cloned.
		c.sums[algorithm], _ = sum.(hash.Cloner).Clone()
	}
	return c
}

func (h *hasher) sha256() string { return hex.EncodeToString(h.sums["sha256"].Sum(nil)) }

// check compares every checksum and lists those that match.
func (h *hasher) check() (verified []string, err error) {
	for _, c := range h.wanted {
		got := h.sums[c.Algorithm].Sum(nil)
		if !c.Matches(got) {
			return nil, fmt.Errorf("the content's %s is %x, expected %x", c, got, c.Sum)
		}
		verified = append(verified, c.String())
	}
	return verified, nil
}

// wantedChecksums are the caller's own, then what the feed publishes.
func wantedChecksums(req FetchRequest) []feedtype.Checksum {
	wanted := make([]feedtype.Checksum, 0, len(req.Checksums)+len(req.Content.Checksums))
	for _, c := range req.Checksums {
		if c.Source == "" {
			c.Source = "given"
		}
		wanted = append(wanted, c)
	}
	if req.Verify == VerifyOff {
		return wanted
	}
	for _, c := range req.Content.Checksums {
		if newHash(c.Algorithm) != nil {
			wanted = append(wanted, c)
		}
	}
	return wanted
}
