package feedtype

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// sizes lists the algorithms, strongest first, with the bytes of a sum.
func sizes() []struct {
	name  string
	bytes int
} {
	return []struct {
		name  string
		bytes int
	}{{"sha512", 64}, {"sha384", 48}, {"sha256", 32}, {"sha1", 20}, {"md5", 16}}
}

// sumSize gives the bytes in a sum of algorithm, 0 for one that is not known.
func sumSize(algorithm string) int {
	for _, s := range sizes() {
		if s.name == algorithm {
			return s.bytes
		}
	}
	return 0
}

// hexChecksum reads a sum as most indexes publish it. An empty text is no checksum: nil and no error.
func hexChecksum(algorithm, text, source string) ([]Checksum, error) {
	return checksum(algorithm, text, source, hex.DecodeString)
}

// base64Checksum reads a sum as NuGet and npm publish it.
func base64Checksum(algorithm, text, source string) ([]Checksum, error) {
	return checksum(algorithm, text, source, base64.StdEncoding.DecodeString)
}

// checksum refuses a sum of the wrong length, since a cut one would be easier to meet. An algorithm that is not known is
// no error: a newer server may publish one beside those that are.
func checksum(algorithm, text, source string, decode func(string) ([]byte, error)) ([]Checksum, error) {
	algorithm = strings.ReplaceAll(strings.ToLower(algorithm), "-", "")
	text = strings.TrimSpace(text)
	size := sumSize(algorithm)
	if text == "" || size == 0 {
		return nil, nil
	}
	sum, err := decode(text)
	if err != nil || len(sum) != size {
		return nil, fmt.Errorf("%s: %q is not a %s checksum", source, text, algorithm)
	}
	return []Checksum{{Algorithm: algorithm, Sum: sum, Source: source}}, nil
}
