package ecosystem

import "strings"

// IsPrerelease reports whether a version is one that its ecosystem's tools install only on request:
// a SemVer or NuGet pre-release, PEP 440's pre- and development releases, Maven's alpha, beta,
// milestone, rc and SNAPSHOT, a gem version with a letter, Composer's below stable, Alpine's _alpha
// to _rc, a Debian or RPM version with such a word after "~". A version that breaks the rules is
// not a pre-release.
func IsPrerelease(t Type, v string) bool {
	switch t {
	case Alpine:
		return alpinePrerelease(v)
	case Asset, CRAN:
		return false
	case Composer:
		parsed, ok := parseComposer(v)
		return composerBranchName(v) || ok && (parsed.dev || parsed.stability < composerStable)
	case Conda:
		return condaPrerelease(v)
	case Debian, RPM:
		return tildePrerelease(v)
	case Gem:
		v = spelledGem(v)
		return validGem(v) && strings.ContainsFunc(v, func(r rune) bool { return !isDigit(byte(r)) && r != '.' })
	case Maven:
		return mavenPrerelease(v)
	case PyPI:
		parsed, ok := parsePEP440(v)
		return ok && (parsed.pre != "" || parsed.dev)
	}
	parsed, ok := parseSemVer(trimV(v))
	return ok && parsed.pre != ""
}

// alpinePrerelease looks for the suffixes that come before the end of a version.
func alpinePrerelease(v string) bool {
	if _, ok := appendAlpine(nil, v); !ok {
		return false
	}
	for _, suffix := range apkPreSuffixes() {
		if strings.Contains(v, "_"+suffix) {
			return true
		}
	}
	return false
}

// condaPrerelease looks for the words of PEP 440 in the version without its local part. A single
// letter after the last number is not one of them (OpenSSL's 1.1.1w), an "a" or "b" before a number
// is.
func condaPrerelease(v string) bool {
	if _, ok := appendConda(nil, v); !ok {
		return false
	}
	v, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(v)), "+")
	for v != "" {
		var word string
		_, v = span(v, func(c byte) bool { return !isLetter(c) })
		word, v = span(v, isLetter)
		switch {
		case prereleaseWord(word):
			return true
		case (word == "a" || word == "b") && v != "" && isDigit(v[0]):
			return true
		}
	}
	return false
}

// tildePrerelease looks at the words after tildes: a tilde alone is also used for backports
// ("~bpo12").
func tildePrerelease(v string) bool {
	_, behind, _ := strings.Cut(v, "~")
	for part := range strings.SplitSeq(strings.ToLower(behind), "~") {
		if word, _ := span(part, isLetter); prereleaseWord(word) {
			return true
		}
	}
	return false
}

// prereleaseWord recognizes the words on which the ecosystems without a grammar for pre-releases
// agree.
func prereleaseWord(word string) bool {
	switch word {
	case "alpha", "beta", "dev", "pre", "preview", "rc":
		return true
	}
	return false
}

// mavenPrerelease looks for the words that Maven puts before the release, anywhere in the version.
func mavenPrerelease(v string) bool {
	tokens := mavenTokens{rest: fold(v)}
	for token, ok := tokens.next(); ok; token, ok = tokens.next() {
		if !token.number && token.tag < mavenEnd {
			return true
		}
	}
	return false
}
