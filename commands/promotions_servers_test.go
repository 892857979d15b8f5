package commands

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/progettest"
)

// Every question has the same answer from every server: in either dialect, in either case, with its
// own filters or none, and with the bug that misses packages with a group.
func TestEveryServerGivesTheSame(t *testing.T) {
	t.Parallel()
	servers := map[string]progettest.Options{
		"old":                  {Dialect: progettest.DialectOld},
		"pascal case":          {PascalCase: true},
		"unfiltered":           {IgnoreFilters: true},
		"unfiltered old":       {IgnoreFilters: true, Dialect: progettest.DialectOld, PascalCase: true},
		"group bug":            {GroupBug: true},
		"group bug old":        {GroupBug: true, Dialect: progettest.DialectOld},
		"below a path":         {BasePath: "/proget"},
		"group bug unfiltered": {GroupBug: true, IgnoreFilters: true},
	}
	for name, options := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, reference := newPromotionRun(t, options), newPromotionRun(t, progettest.Options{})
			for _, question := range questions() {
				args := strings.Fields(question)
				want, got := reference.run(args...), r.run(args...)
				if got != want || r.stdout.String() != reference.stdout.String() || r.stderr.String() != reference.stderr.String() {
					t.Errorf("%s: exit code %d, want %d\n%s%s\nwant\n%s%s", question, got, want, &r.stdout, &r.stderr,
						&reference.stdout, &reference.stderr)
				}
			}
		})
	}
}

func questions() []string {
	return []string{
		"list", "list -o json", "list -o csv --sort none", "list -o ndjson --sort version", "list --latest --sort package --flat -o json",
		"list --limit 3 -o json", "list --from-feed nuget-test", "list --to-feed NPM-APPROVED -o ndjson", "list --group angular",
		"list --group @ANGULAR -o json", "list --package animation", "list --package @angular/animation --version 12.3.1 -o json",
		"list --package acme/tools/builder", "list --group acme/tools --package builder --version 1.4.0", "list pkg:upack/acme/tools/builder@1.4.0",
		"list pkg:npm/animation", "list pkg:nuget/acme.web@1", "list --package ACME.WEB --version 1.0.0.0 --to-feed nuget-prod --since 90d",
		"list --package lodash --version 5", "list --since 2026-08-28 --until 2026-09-02",
		"check pkg:npm/@angular/animation@12.3.1 --to-feed npm-approved", "check pkg:npm/@other/animation@12.3.1 --to-feed npm-approved",
		"check pkg:nuget/Acme.Web@1.0 --to-feed nuget-prod -o json", "check pkg:nuget/Acme.Web@1.1 --to-feed nuget-prod -o json",
		"check --package acme/tools/builder --version 1.4.0 --from-feed universal-dev --to-feed universal-prod",
		"check pkg:npm/lodash@4.17.21 --to-feed npm-unapproved --wait 2m",
		"matrix --stages nuget-dev,nuget-test,nuget-prod", "matrix --stages npm-unapproved,npm-approved --group angular -o json",
		"matrix pkg:upack/acme/tools/builder --stages universal-dev,universal-prod -o csv",
	}
}
