package ecosystem

// The tags of Maven's tokens, in order. The words before tagMavenEnd mark what comes before the
// release.
const (
	mavenAlpha = iota + 1
	mavenBeta
	mavenMilestone
	mavenRC
	mavenSnapshot
	mavenEnd
	mavenSP
	mavenWord
	mavenHyphenNumber
	mavenDotNumber
)

// mavenToken is a word or a number with the separator before it.
type mavenToken struct {
	text   string
	number bool
	hyphen bool // else a dot; a change between digits and letters counts as a hyphen
	tag    byte // of a word
}

// empty reports whether the token adds nothing to what is before it.
func (t mavenToken) empty() bool {
	if t.number {
		return trimZeros(t.text) == ""
	}
	return t.tag == mavenEnd
}

// appendMaven orders all strings, as Maven does. Source: maven.apache.org, POM reference, version
// order specification. A version is a flat list of tokens here, not Maven's nested one: the
// specification's padding then is the place of mavenEnd among the tags, because no zero is left
// that something less than the release could follow.
func appendMaven(dst []byte, v string) []byte {
	for _, token := range trimMaven(mavenTokens(fold(v))) {
		switch {
		case token.number && token.hyphen:
			dst = appendNumber(append(dst, mavenHyphenNumber), token.text)
		case token.number:
			dst = appendNumber(append(dst, mavenDotNumber), token.text)
		case token.tag == mavenWord:
			dst = appendText(append(dst, mavenWord), token.text)
		default:
			dst = append(dst, token.tag)
		}
	}
	return append(dst, mavenEnd)
}

// mavenTokens takes a version apart at dots, hyphens, underscores and between digits and letters.
func mavenTokens(v string) []mavenToken {
	tokens := make([]mavenToken, 0, 8)
	separator := func(c byte) bool { return c == '.' || c == '-' || c == '_' }
	for hyphen := false; ; {
		token := mavenToken{hyphen: hyphen}
		if v == "" || separator(v[0]) || isDigit(v[0]) {
			token.number = true // nothing between separators is zero
			token.text, v = span(v, isDigit)
		} else {
			token.text, v = span(v, func(c byte) bool { return !separator(c) && !isDigit(c) })
			token.tag = mavenTag(token.text, v != "" && isDigit(v[0]))
		}
		tokens = append(tokens, token)
		if v == "" {
			return tokens
		}
		if hyphen = v[0] != '.'; separator(v[0]) {
			v = v[1:]
		}
	}
}

// mavenTag gives the tag of a word that has a place of its own. A single letter has one only
// directly before a number.
func mavenTag(word string, beforeNumber bool) byte {
	switch word {
	case "alpha":
		return mavenAlpha
	case "beta":
		return mavenBeta
	case "milestone":
		return mavenMilestone
	case "rc", "cr":
		return mavenRC
	case "snapshot":
		return mavenSnapshot
	case "ga", "final", "release":
		return mavenEnd
	case "sp":
		return mavenSP
	}
	if beforeNumber {
		switch word {
		case "a":
			return mavenAlpha
		case "b":
			return mavenBeta
		case "m":
			return mavenMilestone
		}
	}
	return mavenWord
}

// trimMaven drops the tokens that add nothing at the end, before each hyphen and before each word:
// 1.0.0 is 1, 1.0-ga-1 is 1-1, 1.0.rc is 1-rc. It reuses the slice.
func trimMaven(tokens []mavenToken) []mavenToken {
	kept := tokens[:0]
	trim := func() {
		for len(kept) > 0 && kept[len(kept)-1].empty() {
			kept = kept[:len(kept)-1]
		}
	}
	for _, token := range tokens {
		if token.hyphen || !token.number {
			trim()
		}
		kept = append(kept, token)
	}
	trim()
	return kept
}
