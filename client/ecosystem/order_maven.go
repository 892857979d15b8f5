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

// append writes the token as the key has it.
func (t mavenToken) append(dst []byte) []byte {
	switch {
	case t.number && t.hyphen:
		return appendNumber(append(dst, mavenHyphenNumber), t.text)
	case t.number:
		return appendNumber(append(dst, mavenDotNumber), t.text)
	case t.tag == mavenWord:
		return appendText(append(dst, mavenWord), t.text)
	}
	return append(dst, t.tag)
}

// appendMaven orders all strings, as Maven does. Source: maven.apache.org, POM reference, version
// order specification. A version is a flat list of tokens here, not Maven's nested one: the
// specification's padding then is the place of mavenEnd among the tags, because no zero is left
// that something less than the release could follow.
//
// Tokens that add nothing are dropped at the end, before each hyphen and before each word: 1.0.0 is
// 1, 1.0-ga-1 is 1-1, 1.0.rc is 1-rc.
func appendMaven(dst []byte, v string) []byte {
	tokens := mavenTokens{rest: fold(v)}
	counts := len(dst) // the length of the key without the empty tokens at its end
	for token, ok := tokens.next(); ok; token, ok = tokens.next() {
		if token.hyphen || !token.number {
			dst = dst[:counts]
		}
		dst = token.append(dst)
		if !token.empty() {
			counts = len(dst)
		}
	}
	return append(dst[:counts], mavenEnd)
}

// mavenTokens takes a version apart at dots, hyphens, underscores and between digits and letters.
type mavenTokens struct {
	rest   string
	hyphen bool // before rest
	ended  bool
}

// next gives the next token; there is at least one.
func (m *mavenTokens) next() (token mavenToken, ok bool) {
	if m.ended {
		return token, false
	}
	token.hyphen = m.hyphen
	if m.rest == "" || mavenSeparator(m.rest[0]) || isDigit(m.rest[0]) {
		token.number = true // nothing between separators is zero
		token.text, m.rest = span(m.rest, isDigit)
	} else {
		token.text, m.rest = span(m.rest, func(c byte) bool { return !mavenSeparator(c) && !isDigit(c) })
		token.tag = mavenTag(token.text, m.rest != "" && isDigit(m.rest[0]))
	}
	if m.ended = m.rest == ""; m.ended {
		return token, true
	}
	m.hyphen = m.rest[0] != '.'
	if mavenSeparator(m.rest[0]) {
		m.rest = m.rest[1:]
	}
	return token, true
}

func mavenSeparator(c byte) bool { return c == '.' || c == '-' || c == '_' }

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
