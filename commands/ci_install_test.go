package commands

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const (
	releaseArchive = "progetctl_1.2.3_linux_amd64.tar.gz"
	// releaseProgram tells its arguments, so that a test sees which program ran.
	releaseProgram = "#!/bin/sh\necho \"release 1.2.3: $*\"\n"
)

// releases serves one release as it is published, and its checksum.
func releases(t *testing.T) (url, sum string) {
	t.Helper()
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	w := tar.NewWriter(zipped)
	for name, text := range map[string]string{"progetctl": releaseProgram, "README.md": "read me"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(archive.Bytes())
	sum = hex.EncodeToString(digest[:])
	files := map[string]string{
		"/v1.2.3/" + releaseArchive: archive.String(),
		"/v1.2.3/checksums.txt":     "0000  progetctl_1.2.3_linux_arm64.tar.gz\n" + sum + "  " + releaseArchive + "\n",
		"/v1.2.4/" + strings.Replace(releaseArchive, "1.2.3", "1.2.4", 1): archive.String(),
		"/v1.2.4/checksums.txt": "0000  another.tar.gz\n",
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, found := files[r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	return server.URL, sum
}

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

// bash runs a script in a folder, with nothing of this process's environment
// but PATH and what a mirror inside the test needs.
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
	raw, err := os.ReadFile(filepath.Join("..", "action.yml"))
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
	t      *testing.T
	action actionFile
	folder string
	inputs map[string]string
}

func (r runner) step(i int, environ ...string) (string, error) {
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
	return bash(r.t, r.folder, step.Run, append(environ, "RUNNER_OS=Linux", "RUNNER_ARCH=X64",
		"RUNNER_TEMP="+r.folder, "GITHUB_PATH="+filepath.Join(r.folder, "path"))...)
}

func TestActionInstalls(t *testing.T) {
	t.Parallel()
	needUnix(t, "bash", "curl", "awk")
	url, sum := releases(t)
	own := filepath.Join(t.TempDir(), "own")
	if err := os.WriteFile(own, []byte("#!/bin/sh\necho \"own: $*\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		inputs map[string]string
		want   string // what the program says, or the failure
		failed bool
	}{
		{"with its checksum", map[string]string{"version": "1.2.3", "sha256": sum}, "release 1.2.3: version", false},
		{"with a checksum in capitals", map[string]string{"version": "v1.2.3", "sha256": strings.ToUpper(sum)}, "release 1.2.3: version", false},
		{"with the release's list", map[string]string{"version": "1.2.3"}, "release 1.2.3: version", false},
		{"a binary", map[string]string{"binary": own}, "own: version", false},
		{"a swapped release", map[string]string{"version": "1.2.3", "sha256": strings.Repeat("0", 64)}, "has the checksum " + sum, true},
		{"not in the release's list", map[string]string{"version": "1.2.4"}, `expected was ""`, true},
		{"no such release", map[string]string{"version": "9.9.9"}, "cannot fetch", true},
		{"a moving name", map[string]string{"version": "latest"}, "the version must be exact", true},
		{"nothing", nil, "the version must be exact", true},
		{"a version that climbs", map[string]string{"version": "1.2.3/../.."}, "the version must be exact", true},
		{"both", map[string]string{"version": "1.2.3", "binary": own}, "not both", true},
		{"a binary that is not there", map[string]string{"binary": own + "x"}, "there is no file", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := runner{t: t, action: readAction(t), folder: t.TempDir(), inputs: map[string]string{"releases": url}}
			for name, value := range test.inputs {
				r.inputs[name] = value
			}
			output, err := r.step(0)
			if (err != nil) != test.failed || !strings.Contains(output, test.want) {
				t.Errorf("%v, %s", err, output)
			}
			path, _ := os.ReadFile(filepath.Join(r.folder, "path"))
			if test.failed != (len(path) == 0) {
				t.Errorf("the path for later steps is %q", path)
			}
		})
	}
}

// TestActionRuns: the script is a variable, so that nothing of it is taken for
// a part of the action's own, and it ends at the first failure.
func TestActionRuns(t *testing.T) {
	t.Parallel()
	needUnix(t, "bash")
	action := readAction(t)
	if step := action.Runs.Steps[1]; step.If != "inputs.run != ''" {
		t.Errorf("it runs if %q", step.If)
	}
	for script, want := range map[string]string{
		"echo one; echo \"two'\"":    "one\ntwo'\n",
		"echo one\nfalse\necho two":  "one\n",
		"echo one | false\necho two": "",
	} {
		r := runner{t: t, action: action, folder: t.TempDir(), inputs: map[string]string{"run": script}}
		output, err := r.step(1)
		if output != want || (err != nil) != strings.Contains(script, "false") {
			t.Errorf("%q: %q, %v", script, output, err)
		}
	}
}

// TestActionTakesNoExpressions: an expression inside a script is replaced
// before bash sees it, whatever it holds.
func TestActionTakesNoExpressions(t *testing.T) {
	t.Parallel()
	action := readAction(t)
	for _, step := range action.Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("an expression in %s", step.Run)
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "docs", "ci", "github-actions.md"))
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
	url, sum := releases(t)
	before := gitlabTemplate(t)[".progetctl"].Before
	for _, test := range []struct {
		name, sum, want string
		failed          bool
	}{
		{"with its checksum", sum, "release 1.2.3: version", false},
		{"a swapped release", strings.Repeat("0", 64), "FAILED", true},
		{"no checksum", "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			output, err := bash(t, t.TempDir(), strings.Join(before, "\n")+"\nprogetctl version",
				"PROGETCTL_VERSION=1.2.3", "PROGETCTL_RELEASES="+url, "PROGETCTL_SHA256="+test.sum)
			if (err != nil) != test.failed || !strings.Contains(output, test.want) || (test.failed && strings.Contains(output, "release 1.2.3")) {
				t.Errorf("%v, %s", err, output)
			}
		})
	}
}
