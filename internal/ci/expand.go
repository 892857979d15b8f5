package ci

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reader looks variables up.
type reader struct{ getenv func(string) string }

// expansion is a template filled in, with the variables that it took.
type expansion struct {
	text      string
	variables []string
}

func (e expansion) known() bool { return e.text != "" }

// first fills in the first template whose variables all have a value.
func (r reader) first(templates []string) expansion {
	for _, t := range templates {
		if e := r.expand(t, clean); e.known() {
			return e
		}
	}
	return expansion{}
}

// firstURL is first for addresses; one that is not a web page counts as not set.
func (r reader) firstURL(templates []string) expansion {
	for _, t := range templates {
		e := r.expandURL(t)
		if e.text = page(e.text); e.known() {
			return e
		}
	}
	return expansion{}
}

// expandURL fills in a template that builds an address: the first variable, if it begins the
// template, is an address itself, the others are parts of a path or query.
func (r reader) expandURL(template string) expansion {
	base := strings.HasPrefix(template, "{")
	whole := base && strings.Count(template, "{") == 1
	return r.expand(template, func(value string) string {
		value = clean(value)
		if base {
			base = false
			if !whole {
				value = strings.TrimRight(value, "/")
			}
			return value
		}
		parts := strings.Split(value, "/")
		for i, part := range parts {
			parts[i] = strings.ReplaceAll(url.PathEscape(part), "&", "%26")
		}
		return strings.Join(parts, "/")
	})
}

// expand fills in the variables in braces; one that is not set leaves nothing of the whole.
func (r reader) expand(template string, form func(string) string) expansion {
	var e expansion
	var b strings.Builder
	for rest := template; ; {
		before, after, found := strings.Cut(rest, "{")
		b.WriteString(before)
		if !found {
			break
		}
		var name string
		name, rest, _ = strings.Cut(after, "}")
		name, head := strings.CutSuffix(name, ":")
		value := form(r.getenv(name))
		if head {
			value, _, _ = strings.Cut(value, ":")
		}
		if value == "" {
			return expansion{}
		}
		b.WriteString(value)
		e.variables = append(e.variables, name)
	}
	e.text = b.String()
	return e
}

// in reports whether the mark exists.
func (m mark) in(getenv func(string) string) bool {
	value := strings.TrimSpace(getenv(m.variable))
	prefix, open := strings.CutSuffix(m.value, "*")
	switch {
	case value == "", strings.EqualFold(value, "false"):
		return false
	case open:
		return strings.HasPrefix(value, prefix)
	default:
		return m.value == "" || strings.EqualFold(value, m.value)
	}
}

// clean makes one line of a value that others may have chosen (a workflow's or a user's name):
// control and bidi characters and line breaks become spaces, and two number signs, with which log
// commands begin, become one.
func clean(value string) string {
	value = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, value)
	return single(strings.Join(strings.Fields(value), " "))
}

// single leaves one number sign of several.
func single(text string) string {
	for strings.Contains(text, "##") {
		text = strings.ReplaceAll(text, "##", "#")
	}
	return text
}

// valueLimit is 200 characters: a longer text is not a name, and ProGet shows the values in a
// table.
const valueLimit = 200

// limit cuts a text that was put together.
func limit(text string) string {
	text = single(text)
	runes := []rune(text)
	if len(runes) <= valueLimit {
		return text
	}
	return strings.TrimSpace(string(runes[:valueLimit-1])) + "…"
}
