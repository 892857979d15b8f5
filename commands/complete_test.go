package commands

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestPresentable: what a shell would not take for plain text is not offered, and nothing twice.
func TestPresentable(t *testing.T) {
	t.Parallel()
	tests := []struct{ given, want string }{
		{"DefaultNuGet", "DefaultNuGet"},
		{"pkg:npm/@angular/animation@1.0+b", "pkg:npm/@angular/animation@1.0+b"},
		{"pkg:npm/%40angular/animation", "pkg:npm/%40angular/animation"},
		{"1:2.0~rc1-3", "1:2.0~rc1-3"},
		{"a,b=c", "a,b=c"},
		{"-rf", ""}, {"--version", ""}, {"=ls", ""}, {"~root", ""}, {"a=~root", ""}, {"a:~root", ""}, {"a,~root", ""}, {"%self", ""}, {"a%self", "a%self"},
		{"", ""}, {"a b", ""}, {"a\nb", ""}, {"a\x1b[2J", ""}, {"é", ""}, {"a\u202eb", ""}, {"a\xff", ""},
		{"$(id)", ""}, {"`id`", ""}, {"(id)", ""}, {"a;id", ""}, {"a|id", ""}, {"a&id", ""}, {"a>b", ""}, {"a<b", ""},
		{"'a'", ""}, {`"a"`, ""}, {`a\b`, ""}, {"{a,b}", ""}, {"[a]", ""}, {"a*", ""}, {"a?", ""}, {"a!b", ""}, {"a#b", ""}, {"a^b", ""},
		{"a\tthe server's words", "a\tthe server s words"},
		{"a\t$(id)`id`;x\x1b[2J", "a\tid  id  x x1b 2J"},
		{"a\t$", "a"},
	}
	for _, test := range tests {
		complete := presentable(func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return []string{test.given, test.given}, cobra.ShellCompDirectiveNoFileComp
		})
		got, directive := complete(nil, nil, "")
		var want []string
		if test.want != "" {
			want = []string{test.want}
		}
		if !slices.Equal(got, want) || directive != cobra.ShellCompDirectiveNoFileComp {
			t.Errorf("%q: %q, want %q", test.given, got, want)
		}
	}
}

// TestTooManyToOffer: a shell gets what it can show in time, and of more, what was meant.
func TestTooManyToOffer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		candidates  int
		typed       string
		want        int
		first, last string
	}{
		{mostOffered, "p1", mostOffered, "p0", "p9999"},
		{mostOffered + 1, "", mostOffered, "p0", "p9999"},
		{mostOffered + 1, "P1000", 2, "p1000", "p10000"},
		{mostOffered + 1, "q", 0, "", ""},
		{20 * mostOffered, "p19999", 11, "p19999", "p199999"},
	} {
		complete := presentable(func(*cobra.Command, []string, string) (all []cobra.Completion, d cobra.ShellCompDirective) {
			for i := range test.candidates {
				all = append(all, fmt.Sprintf("p%d", i))
			}
			return all, d
		})
		got, _ := complete(nil, nil, test.typed)
		if len(got) != test.want || len(got) > 0 && (got[0] != test.first || got[len(got)-1] != test.last) {
			t.Errorf("%d, %q: %d candidates, want %d", test.candidates, test.typed, len(got), test.want)
		}
	}
}

// TestScriptsEvaluateNothing: no shell's script has the words by which that shell runs a text.
func TestScriptsEvaluateNothing(t *testing.T) {
	t.Parallel()
	for shell, words := range map[string][]string{
		"bash": {"__progetctl_read_word"}, "fish": {"commandline -xpc"}, "zsh": {"__progetctl_read_word"}, "powershell": {"@Arguments 2>$null"},
	} {
		for _, flags := range [][]string{nil, {"--no-descriptions"}} {
			script := here(t, nil, append([]string{"completion", shell}, flags...)...).stdout
			// Shells take a function's last definition.
			for _, function := range []string{"__progetctl_get_completion_results()", "function __progetctl_perform_completion\n"} {
				if at := strings.LastIndex(script, function); at >= 0 && strings.Count(script, function) == 2 {
					script = script[at:]
				}
			}
			if strings.Contains(script, "Invoke-Expression") || strings.Contains(script, "eval ") {
				t.Errorf("%s: evaluates the line", shell)
			}
			for _, word := range words {
				if !strings.Contains(script, word) {
					t.Errorf("%s: no %q", shell, word)
				}
			}
			if strings.Contains(script, "__completeNoDesc ") != (flags != nil) {
				t.Errorf("%s %q: descriptions although none are wanted, or none", shell, flags)
			}
		}
	}
}
