package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/internal/jsontext"
	"github.com/progetctl/progetctl/internal/records"
)

// Plural writes a number with its noun.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Joined writes words with a separator.
func Joined[T ~string](words []T, separator string) string {
	return strings.Join(Words(words), separator)
}

// Few joins the first of some texts, at most a number of them, and counts the rest.
func Few(texts []string, most int) string {
	if len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], ", "), len(texts)-most)
}

// Either writes words as a choice: "a, b or c".
func Either[T ~string](words []T) string {
	last := len(words) - 1
	if last < 1 {
		return Joined(words, "")
	}
	return Joined(words[:last], ", ") + " or " + string(words[last])
}

// Words are words as plain strings.
func Words[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return all
}

// mostWords is how many bytes of one message a person may be asked to read: values that a server or
// a command line put into it may be megabytes.
const mostWords = 2 << 10

// bounded is a message with its end left out if it is too long, with the escapes in which it is
// shown.
func bounded(message string) string { return jsontext.Cut(message, mostWords) }

// boundedLines are the messages of an error, each bounded, and no more than a person may be asked
// to read: the rest as a count.
func boundedLines(lines []string) []string {
	const most = records.MaxNamed + 1 // with a count of its own
	if more := len(lines) - records.MaxNamed; len(lines) > most {
		lines = append(lines[:records.MaxNamed:records.MaxNamed], fmt.Sprintf("and %d more", more))
	}
	short := make([]string, len(lines))
	for i, line := range lines {
		short[i] = bounded(line)
	}
	return short
}

// seeHelp is the hint of an error that only the command's help can answer.
func seeHelp(cmd *cobra.Command) string { return fmt.Sprintf("see `%s --help`", cmd.CommandPath()) }
