package doctest

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// needUnix skips where the scripts of runners on Linux cannot run.
func needUnix(t *testing.T, programs ...string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no Linux runner")
	}
	for _, program := range append(programs, "tar") {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
}

// bash runs a script in a folder, with nothing of this process's environment but PATH and what a
// mirror inside the test needs.
func bash(t *testing.T, folder, script string, environ ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir = folder
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "GORACE=" + os.Getenv("GORACE"), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1"}, environ...)
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// actionFile is what of action.yml a runner looks at here.
type actionFile struct {
	Inputs map[string]struct{ Description, Default string }
	Runs   struct {
		Steps []struct {
			If, Run string
			Env     map[string]string
		}
	}
}

func readAction(t *testing.T) actionFile {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var action actionFile
	if err := yaml.Unmarshal(raw, &action); err != nil {
		t.Fatal(err)
	}
	return action
}

// runner is a GitHub runner for the two steps of the action.
type runner struct {
	t        *testing.T
	action   actionFile
	folder   string // of the job
	temp     string // of the runner
	os, arch string
	path     string // the tools of such a runner, all of this machine's if empty
	inputs   map[string]string
}

func newRunner(t *testing.T, os, arch string, inputs map[string]string) runner {
	folder := t.TempDir()
	temp := filepath.Join(folder, "temp")
	if os == "Windows" {
		temp = filepath.Join(folder, `D:\a\_temp`) // checksum tools mark such a name
	}
	return runner{t: t, action: readAction(t), folder: folder, temp: temp, os: os, arch: arch, inputs: inputs}
}

func (r runner) step(i int) (string, error) {
	environ := []string{"RUNNER_OS=" + r.os, "RUNNER_ARCH=" + r.arch, "RUNNER_TEMP=" + r.temp, "GITHUB_PATH=" + filepath.Join(r.folder, "path")}
	if r.path != "" {
		environ = append(environ, "PATH="+r.path)
	}
	step := r.action.Runs.Steps[i]
	for name, value := range step.Env {
		input := regexp.MustCompile(`^\$\{\{ inputs\.(\w+) \}\}$`).FindStringSubmatch(value)
		if input == nil {
			r.t.Fatalf("%s is %q", name, value)
		}
		text, given := r.inputs[input[1]]
		if !given {
			text = r.action.Inputs[input[1]].Default
		}
		environ = append(environ, name+"="+text)
	}
	return bash(r.t, r.folder, step.Run, environ...)
}

// runnerTools is a folder for PATH with what every runner of a system has, and nothing that only
// others have: macOS has BSD's tar, and may lack sha256sum.
func runnerTools(t *testing.T, os string) string {
	t.Helper()
	tools := map[string][]string{
		"Linux": {"tar", "gzip", "sha256sum"}, "macOS": {"tar", "shasum"}, "Windows": {"unzip", "sha256sum"},
	}[os]
	folder := t.TempDir()
	for _, tool := range append(tools, "curl", "awk", "tr", "cut", "mkdir", "rm", "cp", "chmod") {
		program := tool
		if os == "macOS" && tool == "tar" && runtime.GOOS != "darwin" {
			program = "bsdtar"
		}
		found, err := exec.LookPath(program)
		if err != nil {
			t.Skipf("nothing to stand for a runner on %s: %v", os, err)
		}
		link(t, found, filepath.Join(folder, tool))
	}
	return folder
}

func link(t *testing.T, to, from string) {
	t.Helper()
	to, err := filepath.Abs(to)
	if err == nil {
		err = os.Symlink(to, from)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// installation is a run of the action's first step.
type installation struct {
	name   string
	inputs map[string]string
	want   string // what the program says, or the failure
	failed bool
}

// installations are those that every runner must get right; own is a program that already exists,
// sum the checksum of the runner's archive.
func installations(own, archive, sum string) []installation {
	says := archive + ": version"
	return []installation{
		{"with its checksum", map[string]string{"version": "1.2.3", "sha256": sum}, says, false},
		{"with a checksum in capitals", map[string]string{"version": "v1.2.3", "sha256": strings.ToUpper(sum)}, says, false},
		{"with the release's list", map[string]string{"version": "1.2.3"}, says, false},
		{"a binary", map[string]string{"binary": own}, "own: version", false},
		{"a swapped release", map[string]string{"version": "1.2.3", "sha256": strings.Repeat("0", 64)}, "has the checksum " + sum, true},
		{"not in the release's list", map[string]string{"version": "1.2.4"}, `has the checksum ` + sum + `, expected was ""`, true},
		{"no list", map[string]string{"version": "1.2.5"}, "/v1.2.5/checksums.txt", true},
		{"no list, with its checksum", map[string]string{"version": "1.2.5", "sha256": sum}, says, false},
		{"no such release", map[string]string{"version": "9.9.9"}, "cannot fetch", true},
		{"a moving name", map[string]string{"version": "latest"}, "the version must be exact", true},
		{"nothing", nil, "the version must be exact", true},
		{"a version that climbs", map[string]string{"version": "1.2.3/../.."}, "the version must be exact", true},
		{"both", map[string]string{"version": "1.2.3", "binary": own}, "not both", true},
		{"a binary that does not exist", map[string]string{"binary": own + "x"}, "there is no file", true},
	}
}

// TestActionInstalls on a runner of each system and architecture.
func TestActionInstalls(t *testing.T) {
	t.Parallel()
	needUnix(t, "bash")
	url, sums := releases(t)
	own := filepath.Join(t.TempDir(), "own")
	if err := os.WriteFile(own, []byte("#!/bin/sh\necho \"own: $*\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for machine, archive := range releaseArchives() {
		t.Run(machine[0]+"/"+machine[1], func(t *testing.T) {
			t.Parallel()
			path := runnerTools(t, machine[0])
			for _, test := range installations(own, archive, sums[archive]) {
				t.Run(test.name, func(t *testing.T) {
					inputs := map[string]string{"releases": url}
					maps.Copy(inputs, test.inputs)
					r := newRunner(t, machine[0], machine[1], inputs)
					r.path = path
					r.install(test)
				})
			}
		})
	}
}

// install runs the first step, and looks at what later steps find.
func (r runner) install(test installation) {
	r.t.Helper()
	output, err := r.step(0)
	if (err != nil) != test.failed || !strings.Contains(output, test.want) {
		r.t.Errorf("%v, %s", err, output)
	}
	path, _ := os.ReadFile(filepath.Join(r.folder, "path"))
	if test.failed {
		if len(path) > 0 || !strings.Contains(output, "::error::progetctl: ") {
			r.t.Errorf("the path for later steps is %q after %s", path, output)
		}
		return
	}
	program := filepath.Join(strings.TrimSuffix(string(path), "\n"), "progetctl")
	if r.os == "Windows" {
		program += ".exe"
	}
	if info, err := os.Stat(program); err != nil || info.Mode()&0o100 == 0 {
		r.t.Errorf("later steps find no program %s: %v", program, err)
	}
}

// TestActionKnowsItsRunners: what there is no release for is named.
func TestActionKnowsItsRunners(t *testing.T) {
	t.Parallel()
	needUnix(t, "bash")
	for _, machine := range [][2]string{{"FreeBSD", "X64"}, {"Linux", "X86"}, {"Linux", "ARM"}, {"Windows", "X86"}} {
		r := newRunner(t, machine[0], machine[1], map[string]string{"version": "1.2.3"})
		output, err := r.step(0)
		if err == nil || !strings.Contains(output, "::error::progetctl: there is no release for ") {
			t.Errorf("%s: %v, %s", machine, err, output)
		}
	}
}

// TestActionPrintsNoOrders: an input that another step may have filled gives none to the runner.
func TestActionPrintsNoOrders(t *testing.T) {
	t.Parallel()
	needUnix(t, "bash")
	for _, hostile := range []string{"x\n::set-env name=A::b", "x\r::add-path::b", "##[set-env name=A;]b", "x ##[add-path]b", "::stop-commands::x", "x%0A::b"} {
		for _, input := range []string{"version", "sha256", "binary", "releases"} {
			inputs := map[string]string{"version": "1.2.3", input: hostile}
			if input == "binary" {
				delete(inputs, "version")
			}
			if input == "sha256" {
				inputs["releases"] = "https://127.0.0.1:1"
			}
			output, err := newRunner(t, "Linux", "X64", inputs).step(0)
			if err == nil {
				t.Errorf("%s %q: taken", input, hostile)
			}
			for line := range strings.Lines(strings.ReplaceAll(output, "\r", "\n")) {
				if order := strings.TrimSpace(line); strings.HasPrefix(order, "::") && !strings.HasPrefix(order, "::error::progetctl: ") || strings.Contains(line, "##") {
					t.Errorf("%s %q: %q", input, hostile, line)
				}
			}
		}
	}
}

// TestActionShowsNoPassword: that of a mirror, whose address may be a secret of the workflow.
func TestActionShowsNoPassword(t *testing.T) {
	t.Parallel()
	needUnix(t, "bash", "curl")
	const password = "pa55@word"
	for _, releases := range []string{"http://user:" + password + "@127.0.0.1:1/x", "http://" + password + "@127.0.0.1:1", "-K/dev/null@x"} {
		r := newRunner(t, "Linux", "X64", map[string]string{"version": "1.2.3", "releases": releases})
		output, err := r.step(0)
		if err == nil || !strings.Contains(output, "::error::progetctl: cannot fetch ") {
			t.Errorf("%s: %v, %s", releases, err, output)
		}
		if strings.Contains(output, "pa55") || strings.Contains(output, "word") {
			t.Errorf("%s: shown in %s", releases, output)
		}
	}
}

// TestActionRuns: the script is a variable, so that nothing of it is taken for a part of the
// action's own, and it ends at the first failure.
func TestActionRuns(t *testing.T) {
	t.Parallel()
	needUnix(t, "bash")
	action := readAction(t)
	if step := action.Runs.Steps[1]; step.If != "inputs.run != ''" {
		t.Errorf("it runs if %q", step.If)
	}
	for script, want := range map[string]string{
		"echo one; echo \"two'\"":   "one\ntwo'\n",
		"echo one\nfalse\necho two": "one\n",
		"false | cat\necho two":     "",
	} {
		r := newRunner(t, "Linux", "X64", map[string]string{"run": script})
		output, err := r.step(1)
		if output != want || (err != nil) != strings.Contains(script, "false") {
			t.Errorf("%q: %q, %v", script, output, err)
		}
	}
}

// TestActionTakesNoExpressions: an expression inside a script is replaced before bash sees it,
// whatever it holds.
func TestActionTakesNoExpressions(t *testing.T) {
	t.Parallel()
	action := readAction(t)
	for _, step := range action.Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("an expression in %s", step.Run)
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci", "github-actions.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, input := range action.Inputs {
		if input.Description == "" || !strings.Contains(string(page), "| `"+name+"` |") {
			t.Errorf("the input %s is not described", name)
		}
	}
}

func TestGitLabTemplateInstalls(t *testing.T) {
	t.Parallel()
	needUnix(t, "bash", "wget", "sha256sum")
	url, sums := releases(t)
	before := gitlabTemplate(t)[".progetctl"].Before
	for _, test := range []struct {
		name, sum, want string
		failed          bool
	}{
		{"with its checksum", sums[releaseArchive], releaseArchive + ": version", false},
		{"a swapped release", strings.Repeat("0", 64), "FAILED", true},
		{"no checksum", "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			output, err := bash(t, t.TempDir(), strings.Join(before, "\n")+"\nprogetctl version",
				"PROGETCTL_VERSION=1.2.3", "PROGETCTL_RELEASES="+url, "PROGETCTL_SHA256="+test.sum)
			if (err != nil) != test.failed || !strings.Contains(output, test.want) || (test.failed && strings.Contains(output, releaseArchive+": version")) {
				t.Errorf("%v, %s", err, output)
			}
		})
	}
}
