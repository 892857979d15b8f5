package shell

import (
	"fmt"
	"strings"
)

func posixArgument(a Argument) string {
	switch {
	case a.Template == "" && plain(a.Value):
		return a.Value
	case a.Template == "":
		return Quote(a.Value)
	case a.Value == "":
		return `"` + expand(a.Template, "$", "") + `"`
	}
	return Quote(a.Value) + `"` + expand(a.Template, "$", "") + `"`
}

// Quote quotes for a POSIX shell. What a terminal or a build system would act on is left to the
// shell's printf to write.
func Quote(s string) string {
	text := strings.TrimRight(s, "\n") // $(…) drops them
	if Harmless(text) == text {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString(`"$(printf '`)
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~' || c == '\'' || c == '#' || c == '-' && i == 0 || c == ':' && strings.HasPrefix(text[i:], "::"):
			fmt.Fprintf(&b, `\%03o`, c)
		case c == '%' || c == '\\':
			b.Write([]byte{c, c})
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString(`')"`)
	if trailing := s[len(text):]; trailing != "" {
		b.WriteString("'" + trailing + "'")
	}
	return b.String()
}
