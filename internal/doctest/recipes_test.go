package doctest

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v3"

	"github.com/progetctl/progetctl/internal/scripttest"
)

// recipeSystem is a CI system as the scripts of its jobs see it.
type recipeSystem struct {
	page     string            // below docs/ci
	environ  map[string]string // variables that the system sets
	replaces map[string]string // what it replaces in a script before it runs
	prelude  map[string]string // what its scripts begin with, by their file
	want     []string          // what a record of its jobs says, and its page
}

const (
	recipeCommit = "1a2b3c4d5e6f708192a3"
	recipePage   = "https://ci.example/run/9001"
)

func recipeSystems() []recipeSystem {
	return []recipeSystem{
		{
			page: "github-actions.md",
			environ: map[string]string{
				"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/shop",
				"GITHUB_WORKFLOW": "Deploy", "GITHUB_RUN_ID": "9001", "GITHUB_RUN_NUMBER": "42", "GITHUB_SHA": recipeCommit,
				"GITHUB_ACTOR": "jsmith", "GITHUB_STEP_SUMMARY": "summary.md",
			},
			want: []string{"GitHub Actions: acme/shop Deploy", "Deployed by acme/shop Deploy #42 (1a2b3c4d5e6f)"},
		},
		{
			page: "gitlab.md",
			environ: map[string]string{
				"CI": "true", "GITLAB_CI": "true", "CI_PROJECT_PATH": "acme/shop", "CI_PIPELINE_IID": "42",
				"CI_COMMIT_SHA": recipeCommit, "CI_PIPELINE_URL": recipePage, "GITLAB_USER_LOGIN": "jsmith",
			},
			want: []string{"GitLab CI: acme/shop", "Deployed by acme/shop #42 (1a2b3c4d5e6f)"},
		},
		{
			page: "azure-pipelines.md",
			environ: map[string]string{
				"TF_BUILD": "True", "SYSTEM_TEAMPROJECT": "Shop", "BUILD_DEFINITIONNAME": "Deploy", "BUILD_BUILDNUMBER": "20261121.1",
				"BUILD_SOURCEVERSION": recipeCommit, "SYSTEM_COLLECTIONURI": "https://dev.azure.example/acme/", "BUILD_BUILDID": "9001",
				"BUILD_REQUESTEDFOR": "J. Smith", "ENVIRONMENT_NAME": "production",
			},
			want: []string{"Azure Pipelines: Shop/Deploy", "Deployed by Shop/Deploy #20261121.1 (1a2b3c4d5e6f)"},
		},
		{
			page: "jenkins.md",
			environ: map[string]string{
				"CI": "true", "JENKINS_URL": "https://jenkins.example/", "JOB_NAME": "shop/main", "BUILD_NUMBER": "42",
				"GIT_COMMIT": recipeCommit, "BUILD_URL": recipePage,
			},
			want: []string{"Jenkins: shop/main", "Deployed by shop/main #42 (1a2b3c4d5e6f)"},
		},
		{
			page: "teamcity.md",
			environ: map[string]string{
				"TEAMCITY_VERSION": "2025.07", "TEAMCITY_PROJECT_NAME": "Shop", "TEAMCITY_BUILDCONF_NAME": "Deploy", "BUILD_NUMBER": "42",
				"BUILD_VCS_NUMBER": recipeCommit, "BUILD_URL": recipePage,
			},
			want: []string{"TeamCity: Shop/Deploy", "Deployed by Shop/Deploy #42 (1a2b3c4d5e6f)"},
		},
		octopus(),
		{
			page: "buildmaster.md",
			replaces: map[string]string{
				"`$": "\x00", "$ApplicationName": "Shop", "$ReleaseNumber": "1.2.3", "$BuildNumber": "42",
				"$PipelineStageName": "Production", "$ServerName": "web01",
			},
			want: []string{"BuildMaster: "},
		},
	}
}

// octopus passes its variables on through a function, in PowerShell a map; the server's address and
// key come from the sandbox.
func octopus() recipeSystem {
	values := map[string]string{
		"Octopus.Project.Name": "Shop", "Octopus.Release.Number": "1.2.3", "Octopus.Environment.Name": "Production",
		"Octopus.Machine.Name": "web01", "Octopus.Deployment.CreatedBy.Username": "jsmith",
		"Octopus.Web.ServerUri": "https://octopus.example", "Octopus.Web.DeploymentLink": "/app#/deployments/1",
	}
	bash := "get_octopusvariable() {\n  case \"$1\" in\n    ProGet.Url) echo \"$PROGET_URL\" ;;\n    ProGet.ApiKey) echo \"$PROGET_API_KEY\" ;;\n"
	power := "$OctopusParameters = @{ 'ProGet.Url' = $env:PROGET_URL; 'ProGet.ApiKey' = $env:PROGET_API_KEY }\n"
	for _, name := range slices.Sorted(maps.Keys(values)) {
		bash += fmt.Sprintf("    %s) echo '%s' ;;\n", name, values[name])
		power += fmt.Sprintf("$OctopusParameters['%s'] = '%s'\n", name, values[name])
	}
	bash += "    *) echo \"no variable $1\" >&2; exit 1 ;;\n  esac\n}\n"
	return recipeSystem{
		page: "octopus.md", prelude: map[string]string{"recipe.sh": bash, "recipe.ps1": power}, want: []string{"Octopus: "},
	}
}

// recipe is a script as a CI system would run it.
type recipe struct {
	program string // bash, or one of powerShells
	text    string
}

// programFolder is the variable with a folder whose progetctl the scripts of recipes take instead
// of this test binary: `.ci/windows` has one there that starts the Windows build.
const programFolder = "PROGETCTL_RECIPE_PATH"

// powerShells are PowerShell as it is now, and the one that comes with Windows, whose traps the
// pages speak of.
func powerShells() []string { return []string{"pwsh", "powershell"} }

func (r recipe) file() string {
	if r.program == "bash" {
		return "recipe.sh"
	}
	return "recipe.ps1"
}

// command runs the recipe from its file, as agents do.
func (r recipe) command() string {
	if r.program == "bash" {
		command := "bash -eo pipefail " + r.file()
		if folder := os.Getenv(programFolder); folder != "" {
			command = fmt.Sprintf("env 'PATH=%s:'$PATH %s", folder, command)
		}
		return command
	}
	// Windows runs no script from a file until that is allowed.
	return r.program + " -NoProfile -NonInteractive -ExecutionPolicy Bypass -File " + r.file()
}

// needed skips a script with the reason that go test -v shows. Wine has a powershell that does
// nothing.
func (r recipe) needed() string {
	if r.program != "bash" {
		product, err := exec.Command(r.program, "-NoProfile", "-NonInteractive", "-Command", "6*7").Output()
		if err == nil && strings.TrimSpace(string(product)) != "42" {
			return fmt.Sprintf("skip '%s does not work here: the recipe was not run'\n", r.program)
		}
	}
	what := map[string]string{"bash": "bash", "pwsh": "PowerShell (pwsh)", "powershell": "Windows PowerShell 5.1 (powershell)"}[r.program]
	return fmt.Sprintf("[!exec:%s] skip '%s is not on this machine: the recipe was not run'\n", r.program, what)
}

// TestEveryRecipe takes the scripts out of the pages for CI systems, and runs them in the sandbox
// with the variables that such a system sets.
func TestEveryRecipe(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, s := range recipeSystems() {
		recorded := 0
		for i, r := range s.recipes(t) {
			if r.program == "bash" && strings.Contains(r.text, "deploy record") {
				recorded++
			}
			name := fmt.Sprintf("%s_%d.txtar", strings.TrimSuffix(s.page, ".md"), i+1)
			if err := os.WriteFile(filepath.Join(folder, name), []byte(s.script(r)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if recorded == 0 {
			t.Errorf("%s: no recipe records a deployment", s.page)
		}
	}
	testscript.Run(t, scripttest.Params(folder, nil))
}

// TestEveryRecipePage keeps a page from being left out of the tests.
func TestEveryRecipePage(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "ci", "*.md"))
	if err != nil || len(pages) != len(recipeSystems()) {
		t.Errorf("%d pages (%v), %d systems", len(pages), err, len(recipeSystems()))
	}
	for _, s := range recipeSystems() {
		page := s.read(t)
		for _, want := range s.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %q", s.page, want)
			}
		}
	}
}

// script is the test of one recipe.
func (s recipeSystem) script(r recipe) string {
	var b strings.Builder
	b.WriteString(r.needed())
	for _, name := range slices.Sorted(maps.Keys(s.environ)) {
		fmt.Fprintf(&b, "env '%s=%s'\n", name, s.environ[name])
	}
	b.WriteString("chmod 755 deploy.sh\n")
	fmt.Fprintf(&b, "exec progetctl sandbox exec -o ndjson -- %s\n", r.command())
	if strings.Contains(r.text, "deploy record") {
		for _, want := range s.want {
			fmt.Fprintf(&b, "stdout '%s'\n", regexp.QuoteMeta(want))
		}
		b.WriteString("stdout '\"Target\":\"(production|web01)\"'\n")
	}
	b.WriteString("! stderr .\n")
	fmt.Fprintf(&b, "-- %s --\n%s%s\n-- deploy.sh --\n#!/bin/sh\n", r.file(), s.prelude[r.file()], s.replaced(r.text))
	return b.String()
}

// replaced is what a system makes of a script before it runs it.
func (s recipeSystem) replaced(text string) string {
	if len(s.replaces) == 0 {
		return text
	}
	var pairs []string
	for _, from := range slices.Sorted(maps.Keys(s.replaces)) {
		pairs = append(pairs, from, s.replaces[from])
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	return strings.ReplaceAll(text, "\x00", "$")
}

func (s recipeSystem) read(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci", s.page))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// recipes are the scripts of a page, one for each block of code.
func (s recipeSystem) recipes(t *testing.T) []recipe {
	t.Helper()
	fence := regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")
	var all []recipe
	for _, m := range fence.FindAllStringSubmatch(s.read(t), -1) {
		found := scriptsOf(t, m[1], m[2])
		if len(found) == 0 && m[1] != "sh" {
			t.Errorf("%s: no script was found in a block of %s", s.page, m[1])
		}
		all = append(all, found...)
	}
	return all
}

// scriptsOf takes the scripts out of a block. Those that one job runs in turn become one, each in a
// shell of its own.
func scriptsOf(t *testing.T, language, text string) []recipe {
	t.Helper()
	switch language {
	case "sh": // run with all the other examples
		return nil
	case "bash":
		return []recipe{{"bash", text}}
	case "powershell":
		return powerShell([]string{text})
	case "yaml":
		return inTurn(yamlScripts(t, text))
	case "groovy":
		return inTurn(matches(`(?s)\bsh (?:'''(.*?)'''|'([^']*)')`, text))
	case "kotlin":
		return inTurn(matches(`(?s)"""(.*?)"""`, text))
	case "otterscript":
		return append(inTurn(matches(`(?s)SHExec >>\n(.*?)>>;`, text)), powerShell(matches(`(?s)PSExec >>\n(.*?)>>;`, text))...)
	}
	t.Fatalf("there is no way to run %s", language)
	return nil
}

func inTurn(scripts []string) []recipe {
	if len(scripts) == 0 {
		return nil
	}
	return []recipe{{"bash", "(\n" + strings.Join(scripts, "\n)\n(\n") + "\n)\n"}}
}

func powerShell(scripts []string) []recipe {
	var all []recipe
	for _, text := range scripts {
		for _, program := range powerShells() {
			all = append(all, recipe{program, text})
		}
	}
	return all
}

// matches are the groups that an expression finds.
func matches(expression, text string) []string {
	var all []string
	for _, m := range regexp.MustCompile(expression).FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Join(m[1:], ""))
	}
	return all
}

// yamlScripts are the scripts in a pipeline, in their order: GitHub's run, Azure's bash, GitLab's
// script, with what a job of GitLab's extends.
func yamlScripts(t *testing.T, text string) []string {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	return nodeScripts(t, &root)
}

func nodeScripts(t *testing.T, n *yaml.Node) []string {
	t.Helper()
	var all []string
	if n.Kind != yaml.MappingNode {
		for _, child := range n.Content {
			all = append(all, nodeScripts(t, child)...)
		}
		return all
	}
	for i := 0; i < len(n.Content); i += 2 {
		switch key, value := n.Content[i].Value, n.Content[i+1]; key {
		case "run", "bash":
			all = append(all, value.Value)
		case "script":
			all = append(all, lines(value))
		case "extends":
			all = append(all, extended(t, n, value.Value))
		default:
			all = append(all, nodeScripts(t, value)...)
		}
	}
	return all
}

// lines is a list of commands, or one text.
func lines(n *yaml.Node) string {
	text := n.Value
	for _, line := range n.Content {
		text += line.Value + "\n"
	}
	return text
}

// gitlabJob is what the template and the page say of a job.
type gitlabJob struct {
	Variables   map[string]string
	Before      []string `yaml:"before_script"`
	Script      []string
	Environment struct{ Name string }
}

// extended is a job on the template that users copy: its variables, then its script.
func extended(t *testing.T, n *yaml.Node, name string) string {
	t.Helper()
	template := gitlabTemplate(t)
	var job gitlabJob
	if err := n.Decode(&job); err != nil {
		t.Fatal(err)
	}
	base, known := template[name]
	if !known {
		t.Fatalf("the template has no job %q", name)
	}
	variables := maps.Clone(base.Variables)
	if variables == nil {
		variables = map[string]string{}
	}
	maps.Copy(variables, job.Variables)
	variables["CI_ENVIRONMENT_NAME"] = job.Environment.Name
	var b strings.Builder
	for _, variable := range slices.Sorted(maps.Keys(variables)) {
		fmt.Fprintf(&b, "export %s=%s\n", variable, quoted(variables[variable]))
	}
	return b.String() + strings.Join(base.Script, "\n")
}

// quoted is a word of a shell script.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func gitlabTemplate(t *testing.T) map[string]gitlabJob {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci", "gitlab.yml"))
	if err != nil {
		t.Fatal(err)
	}
	template := map[string]gitlabJob{}
	if err := yaml.Unmarshal(raw, &template); err != nil {
		t.Fatal(err)
	}
	return template
}
