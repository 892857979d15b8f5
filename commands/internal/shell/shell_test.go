package shell

import (
	"encoding/json"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/output"
)

// hostileWords are what a shell does something with.
func hostileWords() []string {
	return []string{
		"", "plain", "it's", "'", "''", "'\\''", "$HOME", "${HOME}", "$(id)", "`id`", "a b", "a\nb", "a\tb", "\\", "\\n", "!", "!!", "*", "?", "[a]",
		"~", "#", "; id", "| id", "&& id", "> f", "< f", "-n", "--", "%s", "é", "你", "😀", "\"", "\"$HOME\"", "{a,b}", "\r",
		"##vso[task.x]y", "###", "'##'", "%d ##", "\\101##", "::set-output::", " ::x", "a\n::set-output::b", "##\n", "##\n\n", "\n", "\n\n",
		"\u009b31m", "a\u202eb", "\x1b[2J", "\x7f", "\xff", "\u2028", "\U000e0001", "--- x",
		"%PATH%", "^", "a^b", "a&b", "\" & calc & \"", `c:\a b\`, `\\server\share\`, `a\"b`, `\\"`, "‘’‚‛", "“”„", "$env:PATH", "a`tb", "@-", "@{a=1}",
	}
}

// anyWords are hostile words and made-up ones.
func anyWords() []string {
	words := hostileWords()
	for range 200 {
		words = append(words, rapid.StringOf(rapid.SampledFrom([]rune("a'\"$`\\ \n!*;é&%^‘“#:"))).Example(len(words)))
	}
	return words
}

// TestQuote passes words through a real shell.
func TestQuote(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell here")
	}
	words := anyWords()
	script := "printf '%s|'"
	for _, w := range words {
		script += " " + Quote(w)
	}
	out, err := exec.CommandContext(t.Context(), sh, "-c", script).Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Join(words, "|") + "|"; string(out) != want {
		t.Errorf("the shell read\n%q\nwant\n%q", out, want)
	}
}

// TestShowsNothingHidden: what is printed does nothing to a terminal, and holds no order for a
// build system.
func TestShowsNothingHidden(t *testing.T) {
	t.Parallel()
	for _, w := range hostileWords() {
		body, err := json.Marshal(map[string]string{"Description": w})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range All() {
			shown := s.Curl("linux", Curl{Arguments: []Argument{Text(w), {Template: "api:{KEY}"}}, Body: body})
			if s == POSIX {
				shown = "curl " + strings.TrimRight(Quote(w), "\n'") // line breaks at the very end stay as they are
			}
			if Harmless(shown) != shown {
				t.Errorf("%s: %q is printed as %q", s, w, shown)
			}
		}
	}
}

// TestCmd reads command lines as the Command Prompt and then a Windows program do, and expects the
// same words.
func TestCmd(t *testing.T) {
	t.Parallel()
	for _, w := range anyWords() {
		w = Harmless(strings.ReplaceAll(w, "%", "")) // for percent signs there is no quoting that holds at a prompt and in a file
		command := "curl " + cmdArgument(Text(w)) + " " + cmdArgument(Argument{Value: w, Template: "?key={KEY}"}) + " end"
		parsed, acted := readCmd(command)
		if acted != "" {
			t.Errorf("%q: the Command Prompt acts on %q of %s", w, acted, command)
		}
		want := []string{"curl", w, w + "?key=%KEY%", "end"}
		if strings.Join(splitWindows(parsed), "|") != strings.Join(want, "|") {
			t.Errorf("%s is read as %q, want %q", command, splitWindows(parsed), want)
		}
	}
}

// readCmd does what the Command Prompt does to a line before it starts a program: a caret outside
// of quotes takes away the meaning of what follows. It returns what it would have acted on besides.
func readCmd(line string) (text, acted string) {
	var b strings.Builder
	quoted, escaped := false, false
	for _, r := range line {
		switch {
		case escaped:
			escaped = false
		case r == '"':
			quoted = !quoted
		case !quoted && r == '^':
			escaped = true
			continue
		case !quoted && strings.ContainsRune("&|<>()", r):
			acted += string(r)
		}
		b.WriteRune(r)
	}
	return b.String(), acted
}

// splitWindows splits a command line by the rules of CommandLineToArgvW (learn.microsoft.com,
// "Parsing C command-line arguments").
func splitWindows(line string) []string {
	var words []string
	var word strings.Builder
	inWord, quoted, slashes := false, false, 0
	flush := func() { word.WriteString(strings.Repeat(`\`, slashes)); slashes = 0 }
	for _, r := range line {
		switch {
		case r == '\\':
			slashes++
			inWord = true
		case r == '"':
			word.WriteString(strings.Repeat(`\`, slashes/2))
			if slashes%2 == 1 {
				word.WriteRune('"')
			} else {
				quoted = !quoted
			}
			slashes, inWord = 0, true
		case (r == ' ' || r == '\t') && !quoted:
			flush()
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			flush()
			word.WriteRune(r)
			inWord = true
		}
	}
	flush()
	if inWord {
		words = append(words, word.String())
	}
	return words
}

// TestPowerShell reads arguments by PowerShell's rules and expects the same words.
func TestPowerShell(t *testing.T) {
	t.Parallel()
	for _, w := range anyWords() {
		w = strings.ToValidUTF8(w, "\ufffd")
		for argument, want := range map[string]string{
			powershellArgument(Text(w)):                                w,
			powershellArgument(Argument{Value: w, Template: "?{K}=x"}): w + "?<K>=x",
		} {
			if got, ok := readPowerShell(argument); !ok || got != want {
				t.Errorf("%s is read as %q (%v), want %q", argument, got, ok, want)
			}
		}
	}
}

// readPowerShell reads one argument (about_Quoting_Rules). Variables of the environment stand as
// <NAME> in what it returns; it reports whether the whole is one argument.
func readPowerShell(argument string) (string, bool) {
	if plain(argument) {
		return argument, true
	}
	runes := []rune(argument)
	closers := singleQuotes
	if strings.ContainsRune(doubleQuotes, runes[0]) {
		closers = doubleQuotes
	}
	var b strings.Builder
	var units []uint16 // of a character, given one by one
	for i := 1; i < len(runes); i++ {
		r := runes[i]
		rest := string(runes[i:])
		switch {
		case strings.ContainsRune(closers, r) && i+1 < len(runes) && strings.ContainsRune(closers, runes[i+1]):
			i++
			b.WriteRune(runes[i])
		case strings.ContainsRune(closers, r):
			return b.String(), i == len(runes)-1
		case closers == doubleQuotes && r == '`':
			i++
			b.WriteRune(runes[i])
		case closers == doubleQuotes && strings.HasPrefix(rest, "$([char]0x"):
			hex, _, _ := strings.Cut(rest[len("$([char]0x"):], ")")
			unit, err := strconv.ParseUint(hex, 16, 16)
			if err != nil {
				return "", false
			}
			units = append(units, uint16(unit))
			i += len("$([char]0x") + len(hex)
			if !strings.HasPrefix(string(runes[i+1:]), "$([char]0x") || !utf16.IsSurrogate(rune(unit)) || len(units) == 2 {
				b.WriteString(string(utf16.Decode(units)))
				units = nil
			}
		case closers == doubleQuotes && strings.HasPrefix(rest, "$env:"):
			name, _, _ := strings.Cut(rest[len("$env:"):], "=")
			b.WriteString("<" + name + ">")
			i += len("$env:") + len(name) - 1
		case closers == doubleQuotes && r == '$':
			return "", false
		default:
			b.WriteRune(r)
		}
	}
	return "", false
}

// TestJSONBody: what is printed means the same to the server.
func TestJSONBody(t *testing.T) {
	t.Parallel()
	for _, w := range anyWords() {
		body, err := json.Marshal(map[string]string{"Description": w})
		if err != nil {
			t.Fatal(err)
		}
		for name, shown := range map[string][]byte{"sh": output.EscapeJSON(body), "powershell": asciiJSON(body, ""), "cmd": cmdJSON(body)} {
			var sent, meant map[string]string
			if json.Unmarshal(shown, &sent) != nil || json.Unmarshal(body, &meant) != nil || sent["Description"] != meant["Description"] {
				t.Errorf("%s: %s is shown as %s", name, body, shown)
			}
			if strings.Contains(string(shown), "##") || output.Clean(string(shown)) != string(shown) {
				t.Errorf("%s: %q", name, shown)
			}
			if name != "sh" && strings.ContainsFunc(string(shown), func(r rune) bool { return r > '~' }) {
				t.Errorf("%s: %q is not ASCII", name, shown)
			}
		}
	}
}

func TestCurl(t *testing.T) {
	t.Parallel()
	request := Curl{
		Arguments: []Argument{Text("-X"), Text("POST"), {Value: "http://host/a%20b/", Template: "?key={KEY}"}},
		Body:      []byte(`{"a":"é & b"}`),
	}
	form := request
	form.Body = []byte("a=b%20c&d=e")
	for _, test := range []struct {
		shell Shell
		goos  string
		curl  Curl
		want  string
	}{
		{POSIX, "linux", request, `curl -X POST 'http://host/a%20b/'"?key=$KEY" --data-binary '{"a":"é & b"}'`},
		{POSIX, "windows", form, `curl -X POST 'http://host/a%20b/'"?key=$KEY" --data-binary 'a=b%20c&d=e'`},
		{PowerShell, "windows", request, `'{"a":"\u00e9 & b"}' | curl.exe -X POST "http://host/a%20b/?key=$env:KEY" --data-binary '@-'`},
		{PowerShell, "linux", form, `curl -X POST "http://host/a%20b/?key=$env:KEY" --data-binary 'a=b%20c&d=e'`},
		{Cmd, "windows", request, `curl.exe -X POST "http://host/a%20b/?key=%KEY%" --data-binary "{\"a\":\"\u00e9 \u0026 b\"}"`},
		{Cmd, "linux", form, `curl -X POST "http://host/a%20b/?key=%KEY%" --data-binary "a=b%20c&d=e"`},
	} {
		if got := test.shell.Curl(test.goos, test.curl); got != test.want {
			t.Errorf("%s on %s:\n%s\nwant\n%s", test.shell, test.goos, got, test.want)
		}
	}
}
