package client

import (
	"slices"
	"strings"
	"sync"
)

// Redactor removes secrets from texts, in whatever form a server may have given
// them back: in any escapes of their characters, also mixed and one on top of
// the other, in any letter case, in hex, in lists of bytes, and in base64, also
// as a part of something longer. What is shorter than four bytes is not looked
// for.
//
// It costs nothing before the first text. The zero Redactor is ready for use,
// also by several goroutines.
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

// Text returns text without secrets.
func (r *Redactor) Text(text string) string { return r.redact(text, false) }

// redact is Text; cut tells that the text was cut, so that it may end in the
// middle of a secret.
func (r *Redactor) redact(text string, cut bool) string {
	patterns := r.known()
	if len(patterns) == 0 || text == "" {
		return text
	}
	t := &scanned{text: text, cut: cut}
	var out strings.Builder
	written, from, to := 0, 0, 0 // to > from: a match that is not yet written
	for i := range len(text) {
		begin, end := t.longest(patterns, i)
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
	out.WriteString(text[written:])
	return out.String()
}

// longest is the longest match of any pattern that begins at i; end is 0 if
// there is none.
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
