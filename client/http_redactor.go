package client

import (
	"slices"
	"strings"
	"sync"
)

// Redactor removes secrets from texts, in whatever form a server may have given them back: in any
// escapes of their characters, also mixed and one on top of the other, in any letter case, in hex,
// in lists of bytes, and in base64, also as a part of something longer. What is shorter than four
// bytes is not looked for.
//
// Whoever makes a text may cut what is too long, and put an … in its place: what a cut left of a
// secret is removed as well.
//
// It costs nothing before the first text. The zero Redactor is ready for use, also by several
// goroutines.
type Redactor struct {
	mu       sync.Mutex
	secrets  []string
	compiled int // how many secrets patterns covers
	patterns []pattern
}

// Add makes a secret known.
func (r *Redactor) Add(secret Secret) {
	plain := secret.Reveal()
	r.mu.Lock()
	defer r.mu.Unlock()
	if plain != "" && !slices.Contains(r.secrets, plain) {
		r.secrets = append(r.secrets, plain)
	}
}

// addLogin makes known what is sent for a user name and a password.
func (r *Redactor) addLogin(user string, password Secret) {
	if password.IsZero() {
		return
	}
	r.Add(password)
	r.Add(NewSecret(user + ":" + password.Reveal()))
}

// known are the patterns of all secrets.
func (r *Redactor) known() []pattern {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ; r.compiled < len(r.secrets); r.compiled++ {
		r.patterns = append(r.patterns, patternsOf(r.secrets[r.compiled])...)
	}
	return r.patterns
}

// textLimit is 8 KiB, what is looked through of a text of which a person is shown 1 or 2 KiB at
// most: escapes make a secret longer, and REDACTED makes it shorter. To read all that a text may
// mean takes its time, and servers send megabytes.
const textLimit = 8 << 10

// ellipsis is put where a text was cut.
const ellipsis = "…"

// Text returns text without secrets. Of a text of more than 8 KiB, that is the beginning, with an …
// behind it.
func (r *Redactor) Text(text string) string { return r.redact(text, false) }

// redact is Text; cut says that the text was cut, so that it may end in the middle of a secret.
func (r *Redactor) redact(text string, cut bool) string {
	end := ""
	if len(text) > textLimit {
		text, cut, end = strings.ToValidUTF8(text[:textLimit], ""), true, ellipsis
	}
	patterns := r.known()
	if len(patterns) == 0 {
		return text + end
	}
	parts := strings.Split(without(patterns, text, cut), ellipsis)
	for i := range parts[:len(parts)-1] {
		parts[i] = without(patterns, parts[i], true)
	}
	return strings.Join(parts, ellipsis) + end
}

// without returns text with each match of a pattern replaced. If that takes too long, it is the
// beginning, with an … behind it.
func without(patterns []pattern, text string, cut bool) string {
	t := &scanned{text: text, cut: cut}
	var out strings.Builder
	written, from, to := 0, 0, 0 // to > from: a match that is not yet written
	for i := range len(text) {
		begin, end := t.longest(patterns, i)
		if t.work > mostWork {
			text = text[:max(i, to)]
			break
		}
		if end == 0 {
			continue
		}
		if from < to && begin <= to {
			from, to = min(from, begin), max(to, end)
			continue
		}
		if from < to {
			out.WriteString(text[written:from] + redacted)
			written = to
		}
		from, to = max(begin, written), end
	}
	if from < to {
		out.WriteString(text[written:from] + redacted)
		written = to
	}
	if t.work > mostWork {
		return out.String() + strings.ToValidUTF8(text[written:], "") + ellipsis
	}
	return out.String() + text[written:]
}

// longest is the longest match of any pattern that begins at i; end is 0 if there is none.
func (t *scanned) longest(patterns []pattern, i int) (begin, end int) {
	c := t.text[i]
	begin = i
	for n := range patterns {
		p := &patterns[n]
		if !p.first[c] && !beginsEscape(c) {
			continue
		}
		found := p.match(t, i)
		if found <= i {
			continue
		}
		if p.wide {
			if i > 0 && isBase64(t.text[i-1]) {
				begin = i - 1
			}
			if found < len(t.text) && isBase64(t.text[found]) {
				found++
			}
		}
		end = max(end, found)
	}
	return begin, end
}

func isBase64(c byte) bool {
	return isAlphanumeric(rune(c)) || strings.IndexByte("+/-_", c) >= 0
}
