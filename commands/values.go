package commands

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// rawValue is a flag whose text is kept as it was typed, so that everything
// malformed can be named at once; kind is the word that help shows for it.
type rawValue struct {
	text *string
	kind string
}

var _ pflag.Value = rawValue{}

// Set takes any text.
func (v rawValue) Set(text string) error { *v.text = text; return nil }

// String returns the text.
func (v rawValue) String() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// Type names the kind of value in help.
func (v rawValue) Type() string { return v.kind }

// rawValues is rawValue for a flag that may be repeated.
type rawValues struct {
	texts *[]string
	kind  string
}

var _ interface {
	pflag.Value
	pflag.SliceValue
} = rawValues{}

// Set takes one more text.
func (v rawValues) Set(text string) error { return v.Append(text) }

// Append takes one more text.
func (v rawValues) Append(text string) error { *v.texts = append(*v.texts, text); return nil }

// Replace takes other texts.
func (v rawValues) Replace(texts []string) error { *v.texts = texts; return nil }

// GetSlice returns the texts.
func (v rawValues) GetSlice() []string { return *v.texts }

// String is for help alone, where nothing is given yet.
func (v rawValues) String() string {
	if v.texts == nil {
		return ""
	}
	return strings.Join(*v.texts, ", ")
}

// Type names the kind of value in help.
func (v rawValues) Type() string { return v.kind }

// setting is a value with the place that it came from: "--feed", "PROGET_FEED",
// or "" where nothing gave it.
type setting struct{ text, from string }

func (s setting) given() bool { return s.from != "" }

// placeholder tells the forms in which a variable that nothing replaced reaches
// us: shells, cmd, Azure, GitHub, Octopus.
func placeholder(s string) bool {
	s = strings.TrimSpace(s)
	// Nearly every value ends here: a batch looks at millions of them.
	if s == "" || !strings.ContainsRune("$%#", rune(s[0])) {
		return false
	}
	return placeholderForm().MatchString(s)
}

var placeholderForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\$[A-Za-z_]\w*|\$\{[^{}]*\}|%[A-Za-z_]\w*%|\$\([^()]*\)|\$\{\{[^{}]*\}\}|#\{[^{}]*\})$`)
})

// valueProblem says what is wrong with a value of from, or "".
func valueProblem(from, value string) string {
	switch {
	case value == "":
		return from + " is empty"
	case strings.TrimSpace(value) == "":
		return from + " is blank"
	case !utf8.ValidString(value):
		return from + " is not UTF-8: " + strconv.QuoteToASCII(value)
	case placeholder(value):
		return from + " is " + strconv.Quote(value) + ", a placeholder that nothing has replaced"
	}
	return ""
}

// isCredential tells the flags and variables whose values are not looked at.
func isCredential(name string) bool {
	switch name {
	case "api-key", "username", "password", "PROGET_API_KEY", "PROGET_USERNAME", "PROGET_PASSWORD":
		return true
	}
	return false
}

// checkFlags names every flag that was given an unusable value.
func (c *call) checkFlags() {
	c.cmd.Flags().Visit(func(f *pflag.Flag) {
		if isCredential(f.Name) || f.Value.Type() == "bool" {
			return
		}
		values := []string{f.Value.String()}
		if many, ok := f.Value.(pflag.SliceValue); ok {
			values = many.GetSlice()
		}
		for _, value := range values {
			if problem := valueProblem("--"+f.Name, value); problem != "" {
				c.problems.addf("%s", problem)
			} else if c.isFlag(value) {
				c.problems.addf("--%s is followed by the flag %s in the place of a value: was a variable empty, and not quoted?", f.Name, value)
			}
		}
	})
	for _, arg := range c.args {
		if problem := valueProblem("the argument", arg); problem != "" {
			c.problems.addf("%s", problem)
		}
	}
}

// isFlag tells the command's own flags, which nobody deploys to and which shells
// move up where a value was empty.
func (c *call) isFlag(value string) bool {
	name, found := strings.CutPrefix(value, "--")
	name, _, _ = strings.Cut(name, "=")
	return found && c.cmd.Flags().Lookup(name) != nil
}

// setting returns the value of a flag, else of the first variable that is set.
// A variable that is set but empty counts as unset. An unusable value has been
// named, and counts as not given.
func (c *call) setting(flag string, variables ...string) setting {
	if f := c.cmd.Flags().Lookup(flag); f != nil && f.Changed {
		if valueProblem("--"+flag, f.Value.String()) != "" && !isCredential(flag) {
			return setting{from: "--" + flag}
		}
		return setting{f.Value.String(), "--" + flag}
	}
	for _, name := range variables {
		value := c.env.getenv(name)
		if value == "" {
			continue
		}
		if problem := valueProblem(name, value); problem != "" && !isCredential(name) {
			c.problems.addf("%s", problem)
			value = ""
		}
		return setting{value, name}
	}
	return setting{}
}

// choice returns a setting that must be one of the known words; the first is
// the default.
func choice[T ~string](c *call, s setting, known []T) T {
	if s.text == "" {
		return known[0]
	}
	if slices.Contains(known, T(s.text)) {
		return T(s.text)
	}
	c.problems.addf("%s %q is not known: known are %s", s.from, s.text, joined(known, ", "))
	return known[0]
}
