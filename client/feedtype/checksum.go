package feedtype

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// algorithms lists the known ones, in the order of preference: sha256 first, because it is as
// secure as the longer ones, and a caller who shows the sha256 computes it anyway.
func algorithms() []string { return []string{"sha256", "sha512", "sha384", "sha1", "md5"} }

// sumSize returns the number of bytes in a sum of the algorithm of that name, 0 for an unknown one.
func sumSize(name string) int {
	switch name {
	case "sha256":
		return 32
	case "sha512":
		return 64
	case "sha384":
		return 48
	case "sha1":
		return 20
	case "md5":
		return 16
	}
	return 0
}

// AlgorithmName writes the name of a checksum algorithm as [Checksum] has it: "SHA-512" and
// "Sha512" are sha512. Old RPM repositories call sha1 "sha".
func AlgorithmName(name string) string {
	if sumSize(name) > 0 { // nearly every one
		return name
	}
	name = strings.Map(withoutJoints, strings.ToLower(strings.TrimSpace(name)))
	if name == "sha" {
		return "sha1"
	}
	return name
}

// withoutJoints drops the hyphens and underscores of a name. A replacer would be built for each
// name, and a document may have millions.
func withoutJoints(r rune) rune {
	if r == '-' || r == '_' {
		return -1
	}
	return r
}

// ParseSum reads a checksum of the algorithm in hexadecimal digits or in base64 (either alphabet,
// padded or not), with or without the algorithm's name before it ("sha256:…", "sha512-…"). A text
// of another length is not a checksum: a truncated one would be easier to forge.
func ParseSum(algorithm, text string) ([]byte, bool) {
	algorithm, text = AlgorithmName(algorithm), strings.TrimSpace(text)
	for _, separator := range []string{":", "-", "="} {
		if name, sum, ok := strings.Cut(text, separator); ok && AlgorithmName(name) == algorithm {
			text = sum
		}
	}
	size := sumSize(algorithm)
	if size == 0 {
		return nil, false
	}
	if sum, err := hex.DecodeString(text); err == nil && len(sum) == size {
		return sum, true
	}
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	sum, err := base64.RawStdEncoding.DecodeString(text)
	return sum, err == nil && len(sum) == size
}

// chooseSum takes the first valid one of the checksums that a document publishes for one file, by
// algorithm. Invalid ones are returned in ignored, each as a sentence. Empty texts and unknown
// algorithms are skipped: a newer server may publish further ones.
func chooseSum(source string, sums map[string]string) (chosen []Checksum, ignored []string) {
	named := knownSums(sums)
	for _, name := range algorithms() {
		text := named[name]
		if text == "" {
			continue
		}
		if sum, ok := ParseSum(name, text); ok {
			return []Checksum{{Algorithm: name, Sum: sum, Source: source}}, ignored
		}
		ignored = append(ignored, notSum(source, name, text))
	}
	return nil, ignored
}

// knownSums gives the texts that are not empty of known algorithms, by [AlgorithmName]. Of several
// spellings of a name the last counts, so that it is the same one each time.
func knownSums(sums map[string]string) map[string]string {
	known, spelt := map[string]string{}, map[string]string{}
	for name, text := range sums {
		algorithm := AlgorithmName(name)
		if text = strings.TrimSpace(text); text != "" && sumSize(algorithm) > 0 && name >= spelt[algorithm] {
			known[algorithm], spelt[algorithm] = text, name
		}
	}
	return known
}

// notSum says that text is not a checksum.
func notSum(source, algorithm, text string) string {
	const shown = 100 // bytes
	if len(text) > shown {
		text = strings.ToValidUTF8(text[:shown], "") + "…"
	}
	return fmt.Sprintf("%s: %q is not a valid %s checksum", source, text, algorithm)
}

// publish adds to c what a document publishes about the file, unless c has a checksum.
func (c *Content) publish(source string, sums map[string]string) {
	if c.Checksums == nil {
		var ignored []string
		c.Checksums, ignored = chooseSum(source, sums)
		c.Ignored = append(c.Ignored, ignored...)
	}
}

// publishSRI adds the checksums of an integrity string: of several, those of the strongest
// algorithm, of which any may match (W3C, Subresource Integrity, section 3.3).
func (c *Content) publishSRI(source, integrity string) {
	var strongest Checksum
	var ignored []string
	for field := range strings.FieldsSeq(integrity) {
		name, text, _ := strings.Cut(field, "-")
		text, _, _ = strings.Cut(text, "?")
		name = AlgorithmName(name)
		sum, ok := ParseSum(name, text)
		switch {
		case !ok && sumSize(name) > 0:
			ignored = append(ignored, notSum(source, name, field))
		case !ok:
		case strongest.Sum == nil || len(sum) > len(strongest.Sum):
			strongest = Checksum{Algorithm: name, Sum: sum, Source: source}
		case name == strongest.Algorithm:
			strongest.Or = append(strongest.Or, sum)
		}
	}
	if strongest.Sum != nil {
		c.Checksums = []Checksum{strongest}
		return
	}
	c.Ignored = append(c.Ignored, ignored...)
}
