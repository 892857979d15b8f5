package ecosystem

import "strings"

// appendConda orders epoch, version and local version. Source: conda documentation, VersionOrder.
func appendConda(dst []byte, v string) ([]byte, bool) {
	v = strings.ToLower(strings.TrimSpace(v))
	epoch, rest, found := strings.Cut(v, "!")
	if !found {
		epoch, rest = "0", v
	}
	version, local, hasLocal := strings.Cut(strings.ReplaceAll(rest, "-", "_"), "+")
	if !allDigits(epoch) || !validConda(version) || hasLocal && !validConda(local) {
		return dst, false
	}
	dst = appendNumber(dst, epoch)
	// An underscore at the end is part of the last word: OpenSSL's 1.0.1_ comes before 1.0.1a.
	if body, ok := strings.CutSuffix(version, "_"); ok {
		version = strings.ReplaceAll(body, "_", ".") + "_"
	} else {
		version = strings.ReplaceAll(version, "_", ".")
	}
	dst = appendCondaParts(dst, version)
	return appendCondaParts(dst, strings.ReplaceAll(local, "_", ".")), true
}

// validConda takes the characters that conda does, and nothing empty between separators but a last
// underscore.
func validConda(v string) bool {
	_, rest := span(v, func(c byte) bool {
		return isDigit(c) || isLetter(c) || c == '.' || c == '_' || c == '*'
	})
	return rest == "" && !hasEmptyPart(strings.ReplaceAll(strings.TrimSuffix(v, "_"), "_", "."))
}

// appendCondaParts writes a list of lists, both filled up with zeros.
func appendCondaParts(dst []byte, parts string) []byte {
	var zeros padding
	for part := range strings.SplitSeq(parts, ".") {
		switch condaSign(part) {
		case 0:
			zeros++
			continue
		case -1:
			dst = zeros.below(dst)
		default:
			dst = zeros.above(dst)
		}
		dst = appendCondaPart(dst, part)
	}
	return append(dst, tagEnd)
}

// condaSign reports whether a part comes before (-1) or after (1) an absent one, as its first item
// that is not zero does.
func condaSign(part string) int {
	switch rest := strings.TrimLeft(part, "0"); {
	case rest == "":
		return 0
	case isDigit(rest[0]), condaPost(rest):
		return 1
	}
	return -1
}

// condaPost reports whether the word that s begins with is "post", which comes after every number.
func condaPost(s string) bool {
	word, _ := span(s, condaWord)
	return word == "post"
}

// condaWord is true for bytes that form one word with their neighbours; a star is a word of its
// own.
func condaWord(c byte) bool { return !isDigit(c) && c != '*' }

// appendCondaPart writes the numbers and words of a part; one that begins with a word has a zero
// before it.
func appendCondaPart(dst []byte, part string) []byte {
	var zeros padding
	if part != "" && !isDigit(part[0]) {
		zeros++
	}
	for part != "" {
		var run string
		switch {
		case isDigit(part[0]):
			run, part = span(part, isDigit)
			dst = zeros.number(dst, run)
			continue
		case part[0] == '*':
			run, part = span(part, func(c byte) bool { return c == '*' })
		default:
			run, part = span(part, condaWord)
		}
		dst = appendCondaWord(dst, &zeros, run)
	}
	return append(dst, tagEnd)
}

// appendCondaWord writes the place of the words that have a special one; all others sort as text.
func appendCondaWord(dst []byte, zeros *padding, word string) []byte {
	switch word {
	case "post":
		return append(zeros.above(dst), longNumber, longNumber) // after every number
	case "dev":
		return appendText(zeros.below(dst), "DEV") // before every other word
	}
	return appendText(zeros.below(dst), word)
}
