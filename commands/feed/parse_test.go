package feed

import (
	"bytes"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
)

const server = "PROGET_URL=https://proget.example"

// TestParseGet has what the command line and the environment come to.
func TestParseGet(t *testing.T) {
	t.Parallel()
	variables := []string{"PROGETCTL_APPLICATION=A", "PROGETCTL_DESCRIPTION=D", "PROGETCTL_TARGET=T", "PROGETCTL_DEPLOYMENT_USER=U"}
	folder := t.TempDir()
	lodash := ecosystem.Package{Type: "npm", Name: "lodash", Version: "1"}
	base := getOptions{feed: "F", verify: client.VerifyAuto, ledger: cli.Ledger{Path: "l", Named: true, From: "PROGETCTL_LEDGER"}}
	for _, test := range []struct {
		name    string
		environ []string
		args    []string
		pkg     ecosystem.Package
		change  func(*getOptions)
	}{
		{"a plain download, whatever the variables say", variables, []string{"pkg:npm/lodash@1", "--feed", "F"}, lodash, nil},
		{"flags", []string{"PROGET_FEED=F"}, []string{"--type", "npm", "--package", "@a/b", "--version", "1"}, ecosystem.Package{Type: "npm", Group: "@a", Name: "b", Version: "1"}, nil},
		{"no type", nil, []string{"--feed", "F", "--package", "a/b", "--version", "1"}, ecosystem.Package{Group: "a", Name: "b", Version: "1"}, nil},
		{"an asset", nil, []string{"--feed", "F", "--type", "asset", "--package", "a/b.txt"}, ecosystem.Package{Type: "asset", Name: "a/b.txt"}, nil},
		{"a path", []string{"PROGET_FEED=$FEED"}, []string{"--path", "a/b"}, ecosystem.Package{}, func(o *getOptions) { o.path, o.feed = "a/b", "" }},
		{"checksums", nil, []string{"pkg:npm/lodash@1", "--feed", "F", "--checksum", "MD5:" + strings.Repeat("0a", 16), "--checksum", "sha1-CwsLCwsLCwsLCwsLCwsLCwsLCws="}, lodash, func(o *getOptions) {
			o.checksums = []feedtype.Checksum{{Algorithm: "md5", Sum: bytes.Repeat([]byte{0x0a}, 16), Source: "--checksum"}, {Algorithm: "sha1", Sum: bytes.Repeat([]byte{0x0b}, 20), Source: "--checksum"}}
		}},
		{"the CI job", []string{"GITHUB_ACTIONS=true", "GITHUB_RUN_NUMBER=7", "GITHUB_ACTOR=me"}, []string{"pkg:npm/lodash@1", "--feed", "F", "--deployment-target", "T"}, lodash, func(o *getOptions) {
			o.annotation = &client.Annotation{Application: "GitHub Actions", Description: "Deployed by GitHub Actions #7", Target: "T", UserName: "me"}
			o.origins = nil // the names of the CI system's variables are internal/ci's
		}},
		{"qualifiers", nil, []string{"pkg:npm/lodash@1", "--feed", "F", "--qualifier", "Arch=x64", "--qualifier", "a=b"}, ecosystem.Package{
			Type: "npm", Name: "lodash", Version: "1", Qualifiers: map[string]string{"arch": "x64", "a": "b"},
		}, nil},
		{"into a folder", nil, []string{"pkg:npm/lodash@1", "--feed", "F", "-O", folder, "--verify", "off", "--dry-run"}, lodash, func(o *getOptions) {
			o.destination.Folder, o.verify, o.dryRun = folder, client.VerifyOff, true
		}},
		{"into a file", nil, []string{"pkg:npm/lodash@1", "--feed", "F", "-O", filepath.Join(folder, "x"), "--force"}, lodash, func(o *getOptions) {
			o.destination = client.Destination{Folder: folder, Name: "x", Overwrite: true}
		}},
		{"annotated", variables, []string{"pkg:npm/lodash@1", "--feed", "F", "--deployment-target", "X", "--deployment-date", "2026-11-20"}, lodash, func(o *getOptions) {
			o.annotation = &client.Annotation{Application: "A", Description: "D", Target: "X", UserName: "U", Date: "2026-11-20T00:00:00Z"}
			o.origins = headerOrigins{
				"X-ProGet-Deployment-Application": "PROGETCTL_APPLICATION", "X-ProGet-Deployment-Description": "PROGETCTL_DESCRIPTION",
				"X-ProGet-Deployment-Target": "--deployment-target", "X-ProGet-Deployment-Url": "",
				"X-ProGet-Deployment-UserName": "PROGETCTL_DEPLOYMENT_USER", "X-ProGet-Deployment-Date": "--deployment-date",
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := clitest.Parsed(t, clitest.Env(t, append([]string{server, "PROGETCTL_LEDGER=l"}, test.environ...)...), newGet, test.args...)
			if got.server.BaseURL() != "https://proget.example" || !reflect.DeepEqual(got.pkg.Package, test.pkg) {
				t.Errorf("%+v from %s, want %+v", got.pkg.Package, got.server.BaseURL(), test.pkg)
			}
			want := base
			if test.change != nil {
				test.change(&want)
			}
			want.server, want.pkg = got.server, got.pkg
			if want.annotation != nil && want.origins == nil {
				got.origins = nil
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
}

// TestParseProblems names everything that is wrong once.
func TestParseProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		environ []string
		args    []string
		want    string
	}{
		{"nothing", nil, nil, `--feed is required (or set PROGET_FEED)
--package is required (or a package URL as the argument)
--version is required (or a package URL as the argument)`},
		{"the headers without the others", nil, []string{"--path", "a", "--deployment-user", "U"}, `--deployment-application is required (or set PROGETCTL_APPLICATION)
--deployment-description is required (or set PROGETCTL_DESCRIPTION)
--deployment-target is required (or set PROGETCTL_TARGET)`},
		{"a package URL as a name", nil, []string{"--package", "pkg:npm/a@1", "--feed", "F"},
			`--package "pkg:npm/a@1" is a package URL: give it as the argument, without --package, --group and --version`},
		{"a path and a package", nil, []string{"pkg:npm/a@1", "--path", "a", "--feed", "F", "--type", "npm", "--qualifier", "a=b"}, `--path and --feed can't be used together
--path and --type can't be used together
--path and --qualifier can't be used together
--path and the package URL "pkg:npm/a@1" can't be used together`},
		{"malformed", []string{"PROGETCTL_LEDGER=${L}"}, []string{"pkg:npm/a@1", "--feed", "F", "--type", "nuget", "--qualifier", "x", "--checksum", "abc", "--verify", "maybe", "-O", "no/folder/"}, `--verify "maybe" is not a valid value; use auto, required or off
PROGETCTL_LEDGER is "${L}": an unexpanded variable
--checksum "abc" is not ALGORITHM:HEX
--output-file: folder "no/folder/" does not exist
--type "nuget" contradicts the package URL, whose type is "npm"
--qualifier "x" is not KEY=VALUE`},
		{"doubled", nil, []string{"--path", "a", "--path", "b", "-O", "x", "-O", "y"}, `--path is given 2 times, but takes one value
--output-file is given 2 times, but takes one value`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := clitest.Run(t, clitest.Env(t, append([]string{server}, test.environ...)...), func(app *cli.App) *cobra.Command { return newGet(app, get) }, test.args...)
			clitest.CheckProblems(t, r, "get", test.want)
		})
	}
}

// TestShape: docs/json.md has the properties that are written.
func TestShape(t *testing.T) {
	t.Parallel()
	clitest.CheckShape(t, "../../docs/json.md", "Fetched packages", fetchedPackage{})
}
