// Package shell writes command lines that a user pastes: for a POSIX shell, for PowerShell (5.1 and
// 7), and for the Command Prompt of Windows.
package shell

import (
	"encoding/json"
	"runtime"
	"strings"

	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/output"
)

// Shell is what a command line is written for.
type Shell string

// The shells.
const (
	POSIX      Shell = "sh"
	PowerShell Shell = "powershell"
	Cmd        Shell = "cmd"
)

// All returns every shell.
func All() []Shell { return []Shell{POSIX, PowerShell, Cmd} }

// Default is the shell that users of a platform (as in runtime.GOOS) mostly have.
func Default(goos string) Shell {
	if goos == "windows" {
		return PowerShell
	}
	return POSIX
}

// Argument is one argument of a command: a value, or a value followed by the program's own text
// with variables in it.
type Argument struct {
	// Value is quoted, so that the command gets it as it is.
	Value string
	// Template is text of letters, digits and any of "?=: -", in which {NAME} is the environment
	// variable NAME.
	Template string
}

// Text returns the argument that is a value alone.
func Text(value string) Argument { return Argument{Value: value} }

// Curl is a request that curl sends.
type Curl struct {
	Arguments []Argument
	// Body is sent as it is, or, if it is JSON, as another spelling of the same value. Nil: none.
	Body []byte
}

// Curl returns the line that runs curl on goos, without a line feed at its end. What it prints does
// nothing to a terminal, and holds no order for a build system.
func (s Shell) Curl(goos string, c Curl) string {
	program := "curl"
	if goos == "windows" && s != POSIX {
		program = "curl.exe" // in PowerShell 5.1, curl is another name of Invoke-WebRequest
	}
	switch s {
	case PowerShell:
		return powershellCurl(program, c)
	case Cmd:
		return line(program, c.Arguments, cmdArgument) + dataOption(c.Body, cmdArgument, cmdJSON)
	}
	return line(program, c.Arguments, posixArgument) + dataOption(c.Body, posixArgument, output.EscapeJSON)
}

// Comment returns the line that says text and does nothing, with its line feed. Text has no line
// breaks.
func (s Shell) Comment(text string) string {
	if s == Cmd {
		return "rem " + text + "\n"
	}
	return "# " + text + "\n"
}

func line(program string, arguments []Argument, quote func(Argument) string) string {
	words := []string{program}
	for _, a := range arguments {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// dataOption is the body as an argument. A form has nothing that would have to be escaped: it is
// percent-encoded.
func dataOption(body []byte, quote func(Argument) string, spell func([]byte) []byte) string {
	if body == nil {
		return ""
	}
	if json.Valid(body) {
		body = spell(body)
	}
	return " --data-binary " + quote(Text(string(body)))
}

// plain reports whether a word means the same to each shell without quotes.
func plain(word string) bool {
	return word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

// expand returns a template with each {NAME} in the form of a shell.
func expand(template, before, after string) string {
	return strings.NewReplacer("{", before, "}", after).Replace(template)
}

// Harmless is a line as a person and a log may see it, see [output.Clean] and [ci.Harmless].
func Harmless(text string) string { return ci.Harmless(output.Clean(text)) }

// Hint quotes a value in a command of a hint, for the default shell of this platform. A plain word
// is the same in every shell, and easier to read without quotes.
func Hint(value string) string {
	if isPlainWord(value) {
		return value
	}
	return Default(runtime.GOOS).Quote(value)
}

// isPlainWord reports whether a word is plain text to every shell.
func isPlainWord(s string) bool {
	return s != "" && s[0] != '-' && !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:", r)
	})
}

// Quote quotes a value as one argument.
func (s Shell) Quote(value string) string {
	switch s {
	case PowerShell:
		return powershellArgument(Text(value))
	case Cmd:
		return cmdArgument(Text(value))
	}
	return Quote(value)
}

// Break ends a line whose command goes on in the next one.
func (s Shell) Break() string {
	switch s {
	case PowerShell:
		return " `\n"
	case Cmd:
		return " ^\n"
	}
	return " \\\n"
}
