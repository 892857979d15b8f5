package feedtype

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// algorithms lists those that are known, with the bytes of a sum, in the order in which one of several is chosen: sha256
// first, since that is as good as its longer kin and a caller who tells people the sha256 computes it anyway.
func algorithms() []algorithm {
	return []algorithm{{"sha256", 32}, {"sha512", 64}, {"sha384", 48}, {"sha1", 20}, {"md5", 16}}
}

type algorithm struct {
	name  string
	bytes int
}

// sumSize gives the bytes in a sum of the algorithm of that name, 0 for one that is not known.
func sumSize(name string) int {
	for _, a := range algorithms() {
		if a.name == name {
			return a.bytes
		}
	}
	return 0
}

// best chooses one of the sums that an index publishes for one file, in hex by algorithm; "" for none.
func best(sums map[string]string, source string) ([]Checksum, error) {
	for _, a := range algorithms() {
		if sum := sums[a.name]; sum != "" {
			return hexChecksum(a.name, sum, source)
		}
	}
	return nil, nil
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
	if algorithm == "sha" { // as old RPM repositories call it
		algorithm = "sha1"
	}
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
