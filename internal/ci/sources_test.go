package ci

import (
	"slices"
	"testing"
)

// TestSources: with only the mark and the variables that are named for it, each part of each
// system is found.
func TestSources(t *testing.T) {
	t.Parallel()
	all := Sources()
	if len(all) != len(systems()) {
		t.Fatalf("%d sources of %d systems", len(all), len(systems()))
	}
	for i, source := range all {
		s := systems()[i]
		for _, part := range source.Parts {
			templates := map[string][]string{"pipeline": s.pipeline, "run": s.run, "commit": s.commit, "page": s.page, "user": s.user}[part.Name]
			if len(part.Variables) != len(templates) {
				t.Errorf("%s, %s: %q for %q", s.name, part.Name, part.Variables, templates)
			}
			for j, names := range part.Variables {
				r := reader{func(name string) string {
					if slices.Contains(names, name) {
						return "https://x.example"
					}
					return ""
				}}
				if got := r.expand(templates[j], clean); !slices.Equal(got.variables, names) {
					t.Errorf("%s, %s: %q is made of %q, and %q are named", s.name, part.Name, templates[j], got.variables, names)
				}
			}
		}
	}
	jenkins := slices.IndexFunc(all, func(s Source) bool { return s.System == "Jenkins" })
	if jenkins < 0 || len(all[jenkins].Parts) == 0 || all[jenkins].Mark == "" {
		t.Errorf("Jenkins is %+v", all)
	}
}
