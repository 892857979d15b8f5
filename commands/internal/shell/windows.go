package shell

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/progetctl/progetctl/output"
)

// singleQuotes and doubleQuotes are what PowerShell takes for either, typographic ones included
// (about_Quoting_Rules and the tokenizer's CharTraits).
const (
	singleQuotes = "'‘’‚‛"
	doubleQuotes = "\"“”„"
)

// powershellCurl gives curl a JSON body on standard input: PowerShell 5.1 drops the double quotes
// inside an argument of a program. It sends text to programs as ASCII, so the rest of Unicode is
// escaped.
func powershellCurl(program string, c Curl) string {
	command := line(program, c.Arguments, powershellArgument)
	if c.Body == nil || !json.Valid(c.Body) {
		return command + dataOption(c.Body, powershellArgument, nil)
	}
	body := asciiJSON(c.Body, "")
	return powershellArgument(Text(string(body))) + " | " + command + " --data-binary '@-'"
}

// powershellArgument quotes for PowerShell. A quoted string that another one follows would be two
// arguments, so a value with a template goes into one pair of double quotes.
func powershellArgument(a Argument) string {
	if a.Template == "" {
		if plain(a.Value) {
			return a.Value
		}
		if shown := Harmless(a.Value); shown == a.Value {
			return "'" + doubled(a.Value, singleQuotes) + "'"
		}
	}
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range a.Value {
		text := string(r)
		switch {
		case strings.ContainsRune(doubleQuotes+"`$", r):
			b.WriteString("`" + text)
		case Harmless(text) != text, r == '#', r == ':' && strings.HasPrefix(a.Value[i:], "::"):
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "$([char]0x%x)", unit)
			}
		default:
			b.WriteString(text)
		}
	}
	b.WriteString(expand(a.Template, "$env:", ""))
	b.WriteByte('"')
	return b.String()
}

func doubled(s, quotes string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(quotes, r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// special is what the Command Prompt acts on outside of quotes, and in part inside.
const special = "&|<>^%!()"

// cmdArgument quotes by the rules by which Windows programs split their command line
// (CommandLineToArgvW). Inside the quotes, the Command Prompt itself acts on percent signs alone: a
// batch file needs two for each.
func cmdArgument(a Argument) string {
	if a.Template == "" && plain(a.Value) {
		return a.Value
	}
	var b strings.Builder
	b.WriteByte('"')
	slashes, outside := 0, false // outside of quotes, as the Command Prompt counts them
	for _, r := range Harmless(a.Value) {
		switch {
		case r == '\\':
			slashes++
		case r == '"':
			b.WriteString(strings.Repeat(`\`, slashes+1))
			slashes, outside = 0, !outside
		default:
			slashes = 0
			if outside && strings.ContainsRune(special, r) && r != '%' {
				b.WriteByte('^')
			}
		}
		b.WriteRune(r)
	}
	if a.Template == "" {
		b.WriteString(strings.Repeat(`\`, slashes))
	}
	b.WriteString(expand(a.Template, "%", "%"))
	if outside {
		b.WriteByte('^') // the Command Prompt must not take this one for the beginning of a quoted part
	}
	b.WriteByte('"')
	return b.String()
}

// cmdJSON returns JSON of the same value in which the Command Prompt finds nothing to act on: for
// it, each escaped quote ends or begins a quoted part. curl.exe reads its arguments in the code
// page of the machine, hence ASCII.
func cmdJSON(body []byte) []byte { return asciiJSON(body, special) }

// asciiJSON returns JSON of the same value in ASCII, with any of the characters special as escapes
// too.
func asciiJSON(body []byte, special string) []byte {
	var b []byte
	for _, r := range string(output.EscapeJSON(body)) {
		if r < 0x80 && !strings.ContainsRune(special, r) {
			b = append(b, byte(r))
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			b = fmt.Appendf(b, `\u%04x`, unit)
		}
	}
	return b
}
