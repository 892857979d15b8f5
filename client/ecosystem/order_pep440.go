package ecosystem

import "strings"

// pep440 is a Python version, lower-cased, its numbers as runs of digits. Source:
// packaging.python.org, version specifiers (PEP 440).
type pep440 struct {
	epoch   string
	release string // numbers between dots, at least one
	pre     string // "a", "b", "rc" or empty
	preN    string
	post    bool
	postN   string
	dev     bool
	devN    string
	local   string // letters and digits between dots
}

// parsePEP440 takes all the spellings that PEP 440 allows, in the order of its grammar.
func parsePEP440(v string) (p pep440, ok bool) {
	v = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(v)), "v")
	if epoch, rest, found := strings.Cut(v, "!"); found {
		if !allDigits(epoch) {
			return p, false
		}
		p.epoch, v = epoch, rest
	}
	v, local, hasLocal := strings.Cut(v, "+")
	if hasLocal {
		p.local = strings.NewReplacer("-", ".", "_", ".").Replace(local)
		if hasEmptyPart(p.local) || !wordsAndDots(p.local) {
			return p, false
		}
	}
	if p.release, v = cutRelease(v); p.release == "" {
		return p, false
	}
	v = p.parseSuffixes(v)
	return p, v == ""
}

// cutRelease splits after the numbers between dots that v begins with.
func cutRelease(v string) (release, rest string) {
	end := 0
	for rest = v; ; rest = rest[1:] {
		digits, after := span(rest, isDigit)
		if digits == "" {
			return v[:end], v[end:]
		}
		end = len(v) - len(after)
		if !strings.HasPrefix(after, ".") {
			return v[:end], after
		}
		rest = after
	}
}

// parseSuffixes reads the pre-, post- and development release and returns what is left.
func (p *pep440) parseSuffixes(v string) string {
	// The words of each kind are tried longest first, so that "alpha" is not read as "a" with
	// something after it.
	if word, digits, rest := cutSuffix(v, "alpha", "a", "beta", "b", "preview", "pre", "rc", "c"); word != "" {
		p.pre, p.preN, v = preLetter(word), digits, rest
	}
	if digits, rest := implicitPost(v); digits != "" {
		p.post, p.postN, v = true, digits, rest
	} else if word, digits, rest := cutSuffix(v, "post", "rev", "r"); word != "" {
		p.post, p.postN, v = true, digits, rest
	}
	if word, digits, rest := cutSuffix(v, "dev"); word != "" {
		p.dev, p.devN, v = true, digits, rest
	}
	return v
}

// preLetter gives the normal form of a pre-release's word: "c", "pre" and "preview" are release
// candidates.
func preLetter(word string) string {
	switch word[0] {
	case 'a', 'b':
		return word[:1]
	}
	return "rc"
}

// implicitPost reads "1.0-1", which is short for 1.0.post1.
func implicitPost(v string) (digits, rest string) {
	if !strings.HasPrefix(v, "-") {
		return "", v
	}
	return span(v[1:], isDigit)
}

// cutSuffix reads one of the words with its number, a separator allowed before and between. A word
// that is none of them is empty.
func cutSuffix(v string, words ...string) (word, digits, rest string) {
	_, rest = cutAnyPrefix(v, ".", "-", "_")
	word, rest = cutAnyPrefix(rest, words...)
	if word == "" {
		return "", "", v
	}
	_, behind := cutAnyPrefix(rest, ".", "-", "_")
	if digits, after := span(behind, isDigit); digits != "" {
		return word, digits, after
	}
	return word, "", rest
}

// wordsAndDots reports whether s has only letters, digits and dots.
func wordsAndDots(s string) bool {
	_, rest := span(s, func(c byte) bool { return isDigit(c) || isLetter(c) || c == '.' })
	return rest == ""
}

// The tags of absent and present parts: a development release of nothing else comes before the
// first pre-release, a version without one after the last.
const (
	pepLowest = iota
	pepPresent
	pepHighest
)

// appendPEP440 writes the parts in the order in which they count. Zeros at the end of the release
// don't count: 1.0 is 1.0.0.
func appendPEP440(dst []byte, v string) ([]byte, bool) {
	p, ok := parsePEP440(v)
	if !ok {
		return dst, false
	}
	dst = appendNumber(dst, p.epoch)
	var zeros padding
	for digits := range strings.SplitSeq(p.release, ".") {
		dst = zeros.number(dst, digits)
	}
	dst = append(dst, tagEnd)
	switch {
	case p.pre != "":
		dst = appendNumber(append(dst, pepPresent, p.pre[0]), p.preN)
	case p.dev && !p.post:
		dst = append(dst, pepLowest)
	default:
		dst = append(dst, pepHighest)
	}
	dst = appendPart(dst, p.post, p.postN, pepLowest)
	dst = appendPart(dst, p.dev, p.devN, pepHighest)
	return appendLocal(dst, p.local), true
}

func appendPart(dst []byte, present bool, digits string, absent byte) []byte {
	if !present {
		return append(dst, absent)
	}
	return appendNumber(append(dst, pepPresent), digits)
}

// appendLocal orders local versions after the same version without, words before numbers.
func appendLocal(dst []byte, local string) []byte {
	if local == "" {
		return append(dst, naturalEnd)
	}
	for part := range strings.SplitSeq(local, ".") {
		if allDigits(part) {
			dst = appendNumber(append(dst, naturalNumber), part)
		} else {
			dst = appendText(append(dst, naturalWord), part)
		}
	}
	return append(dst, naturalEnd)
}

// pep440Normal writes the normal form of PEP 440, with as many numbers as were given.
func pep440Normal(v string) string {
	p, ok := parsePEP440(v)
	if !ok {
		return v
	}
	var b strings.Builder
	if epoch := trimZeros(p.epoch); epoch != "" {
		b.WriteString(epoch + "!")
	}
	b.WriteString(decimalParts(p.release))
	if p.pre != "" {
		b.WriteString(p.pre + decimal(p.preN))
	}
	if p.post {
		b.WriteString(".post" + decimal(p.postN))
	}
	if p.dev {
		b.WriteString(".dev" + decimal(p.devN))
	}
	if p.local != "" {
		b.WriteString("+" + decimalParts(p.local))
	}
	return b.String()
}

// decimalParts drops the leading zeros of each number between dots.
func decimalParts(s string) string {
	parts := strings.Split(s, ".")
	for i, part := range parts {
		if allDigits(part) {
			parts[i] = decimal(part)
		}
	}
	return strings.Join(parts, ".")
}
