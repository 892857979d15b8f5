package output

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

const (
	gap      = 2   // spaces between columns
	leastCut = 8   // columns that values need beside their names in a block
	mostWide = 200 // a longer cell, if there is no width to keep to, moves its own line and not everyone's
	ellipsis = "…"
)

// textWidth returns the columns that clean text takes on a terminal: two for East Asian wide
// characters and emoji, none for combining marks, flags and skin tones as the one picture that they
// are (Unicode Standard Annexes 11 and 29).
func textWidth(s string) int { return displaywidth.String(s) }

// noBase is what Unicode shows a mark on that has no letter (The Unicode Standard, section 2.11).
const noBase = "◌"

// detached returns clean text that is as wide between spaces as it is alone. A mark at its
// beginning would combine with the space before it, and a prefix at its end with the space after
// it: these get a base of their own.
func detached(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	if unicode.Is(unicode.M, first) || textWidth(" "+string(first)) != 1+textWidth(string(first)) {
		text = noBase + text
	}
	if textWidth(string(last)+" ") != textWidth(string(last))+1 {
		text += noBase
	}
	return text
}

// wrapped yields the lines of clean text that is wrapped to a width: at spaces, and inside a word
// only if the word is wider than a line. A character that is wider than a line has a line of its
// own.
func wrapped(text string, width int) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, space, used := 0, 0, 0 // of the line: its first byte, the last space in it, its width
		next := 0
		for g := displaywidth.StringGraphemes(text); g.Next(); {
			at, isSpace := next, g.Value() == " "
			next += len(g.Value())
			for used+g.Width() > width && at > start {
				end, begin := at, at
				if space > start && !isSpace {
					end, begin = space, space+1
				}
				if !yield(strings.TrimRight(text[start:end], " ")) {
					return
				}
				start, used = begin, textWidth(text[begin:at])
			}
			if isSpace && at == start && at > 0 {
				start = next // a line does not begin with the spaces at which it was broken
				continue
			}
			if isSpace {
				space = at
			}
			used += g.Width()
		}
		if start < len(text) {
			yield(text[start:])
		}
	}
}

// isASCII reports whether each byte of clean text is one column.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cut returns text of at most width columns, with an ellipsis where something is missing.
func cut(text string, width int) string {
	return displaywidth.TruncateString(text, width, ellipsis)
}

// cutMiddle is cut for names of which the end says as much as the beginning.
func cutMiddle(text string, width int) string { return cutBefore(text, width, (width-1)/2) }

// cutBefore is cut that leaves the end of the text, at most that many columns of it.
func cutBefore(text string, width, most int) string {
	tail, left := text, textWidth(text)
	for g := displaywidth.StringGraphemes(text); left > most && g.Next(); left -= g.Width() {
		tail = tail[len(g.Value()):]
	}
	return cut(text, width-left) + tail
}

// shorten cuts text, which is wider, as its column says.
func shorten(text string, width int, shrink Shrink) string {
	switch {
	case shrink == ShrinkLast:
		return cutMiddle(text, width)
	case shrink == ShrinkLate: // feeds differ at the end (nuget-test, nuget-prod), or before it (npm-unapproved, npm-approved)
		return cutBefore(text, width, width/3)
	case shrink == ShrinkDate && width >= dateWidth && len(text) > dateWidth:
		return text[:dateWidth]
	}
	return cut(text, width)
}
