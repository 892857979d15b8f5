package commands

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// TestBashCompletionScript: Cobra's script has what we change, in each of its two forms.
func TestBashCompletionScript(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{nil, {"--no-descriptions"}} {
		r := here(t, nil, append([]string{"completion", "bash"}, flags...)...)
		if r.code != cli.CodeDone || r.stderr != "" {
			t.Fatalf("%+v", r)
		}
		if strings.Count(r.stdout, purlWords+" ||") != 2 || strings.Contains(r.stdout, bashWords+" ") {
			t.Errorf("%q: not both calls for the words were found", flags)
		}
		if strings.Count(r.stdout, "\n__progetctl_handle_special_char()\n") != 2 || strings.Count(r.stdout, `    __progetctl_handle_special_char "$cur" :`) != 1 {
			t.Errorf("%q: our function takes no place of Cobra's", flags)
		}
		if strings.Contains(r.stdout, "__completeNoDesc ") != (flags != nil) {
			t.Errorf("%q: descriptions although none are wanted, or none", flags)
		}
	}
}

// TestBashTrims: what a completion gives is what readline replaces. The last character that breaks
// a word decides, and an @ that may begin the name of a host belongs to what is replaced.
func TestBashTrims(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	script := here(t, nil, "completion", "bash").stdout
	const hosts, breaks = "shopt -s hostcomplete", ` "'@><=;|&(:`
	tests := []struct{ setup, breaks, typed, completion, want string }{
		{hosts, breaks, "pkg:nuget/N", "pkg:nuget/Newtonsoft.Json", "nuget/Newtonsoft.Json"},
		{hosts, breaks, "pkg:nuget/A@1", "pkg:nuget/A@1.0", "@1.0"},
		{hosts, breaks, "pkg:npm/@a", "pkg:npm/@angular/animation", "@angular/animation"},
		{hosts, breaks, "pkg:npm/@angular/animation@", "pkg:npm/@angular/animation@1.0", "@1.0"},
		{hosts, breaks, "pkg:deb/a@1:", "pkg:deb/a@1:2.0", "2.0"},
		{hosts, breaks, "Default", "DefaultNuGet", "DefaultNuGet"},
		{"shopt -u hostcomplete", breaks, "pkg:nuget/A@1", "pkg:nuget/A@1.0", "1.0"},
		{"shopt -u hostcomplete", ` "'><=;|&(:`, "pkg:nuget/A@1", "pkg:nuget/A@1.0", "nuget/A@1.0"},
		{"shopt -u hostcomplete", ` "'><=;|&(`, "pkg:nuget/A@1", "pkg:nuget/A@1.0", "pkg:nuget/A@1.0"},
		{"shopt -u hostcomplete", " ", "pkg:nuget/A", "pkg:nuget/A@1.0", "pkg:nuget/A@1.0"},
		{hosts, breaks, "key=va", "key=value", "value"},
	}
	for _, test := range tests {
		cmd := exec.CommandContext(t.Context(), bash, "--norc", "--noprofile", "-c", script+test.setup+`
COMP_WORDBREAKS=$1 COMPREPLY=("$3")
__progetctl_handle_special_char "$2" :
__progetctl_handle_special_char "$2" =
printf %s "${COMPREPLY[0]}"`, "bash", test.breaks, test.typed, test.completion)
		got, err := cmd.CombinedOutput()
		if err != nil || string(got) != test.want {
			t.Errorf("%s, %q: %s becomes %s (%v), want %s", test.setup, test.breaks, test.completion, got, err, test.want)
		}
	}
}
