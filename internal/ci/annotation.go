package ci

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Level is the severity of an annotation.
type Level string

// The levels, in the words of GitHub and Azure.
const (
	Warning Level = "warning"
	Error   Level = "error"
)

// annotation writes an error or a warning in a system's own form, on one line.
type annotation func(level Level, text string) string

// Annotation returns the line by which a job shows an error or a warning if its system has a form
// for it; false means that the system has none. The text may have several lines. None of it acts on
// the system.
func Annotation(getenv func(string) string, level Level, text string) (string, bool) {
	for _, s := range systems() {
		if s.detect.in(getenv) {
			if s.annotate == nil {
				return "", false
			}
			return s.annotate(level, text), true
		}
	}
	return "", false
}

// actionsAnnotation is a workflow command (docs.github.com, workflow commands for GitHub Actions).
func actionsAnnotation(level Level, text string) string {
	return "::" + string(level) + "::" + strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(Harmless(text))
}

// azureAnnotation is a logging command (learn.microsoft.com, Azure Pipelines logging commands).
func azureAnnotation(level Level, text string) string {
	return "##vso[task.logissue type=" + string(level) + "]" +
		strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A", ";", "%3B", "]", "%5D").Replace(Harmless(text))
}

// teamCityAnnotation is a service message (www.jetbrains.com/help/teamcity/service-messages.html).
func teamCityAnnotation(level Level, text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune("|'[]", r):
			b.WriteString("|" + string(r))
		case r == '\n':
			b.WriteString("|n")
		case r == '\r':
			b.WriteString("|r")
		case r < ' ' || r > '~':
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "|0x%04x", unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	return "##teamcity[message text='" + b.String() + "' status='" + strings.ToUpper(string(level)) + "']"
}

// Harmless disarms the log commands in a line: those that Azure Pipelines, TeamCity and older
// runners of GitHub obey anywhere in a line, and those of newer runners and of Buildkite at its
// beginning.
func Harmless(line string) string {
	for strings.Contains(line, "##") {
		line = strings.ReplaceAll(line, "##", "# #")
	}
	if strings.HasPrefix(strings.TrimSpace(line), "::") {
		line = strings.Replace(line, "::", ": :", 1)
	}
	// A heading of Buildkite's log (buildkite.com/docs/pipelines/configure/managing-log-output).
	if len(line) >= 3 && strings.IndexByte("-+~^", line[0]) >= 0 && line[1] == line[0] && line[2] == line[0] && (len(line) == 3 || line[3] == ' ') {
		line = line[:1] + " " + line[1:]
	}
	return line
}
