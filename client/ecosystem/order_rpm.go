package ecosystem

// The tags of RPM's segments, in order: a tilde comes before the end, a caret after it, numbers
// after words.
const (
	rpmTilde = iota + 1
	rpmEnd
	rpmCaret
	rpmWord
	rpmNumber
)

// appendRPM orders epoch, version and release ("1:2.0-3.el9"). Source: rpm.org, manual
// "rpm-version(7)", and the packaging guidelines for "~" and "^".
func appendRPM(dst []byte, v string) ([]byte, bool) {
	epoch, v, ok := cutEpoch(v)
	if !ok || v == "" {
		return dst, false
	}
	version, release := cutLast(v, '-')
	dst = appendNumber(dst, epoch)
	dst = appendRPMPart(dst, version)
	return appendRPMPart(dst, release), true
}

// appendRPMPart compares digits, letters, "~" and "^"; every other character is a separator.
func appendRPMPart(dst []byte, part string) []byte {
	for part != "" {
		var run string
		switch c := part[0]; {
		case c == '~':
			dst, part = append(dst, rpmTilde), part[1:]
		case c == '^':
			dst, part = append(dst, rpmCaret), part[1:]
		case isDigit(c):
			run, part = span(part, isDigit)
			dst = appendNumber(append(dst, rpmNumber), run)
		case isLetter(c):
			run, part = span(part, isLetter)
			dst = appendText(append(dst, rpmWord), run)
		default:
			part = part[1:]
		}
	}
	return append(dst, rpmEnd)
}
