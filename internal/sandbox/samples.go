package sandbox

import (
	"fmt"
	"slices"
	"time"

	"github.com/progetctl/progetctl/internal/sandbox/nupkg"
)

// sampleFeeds are the feeds of a new sandbox: one of each kind, and the stages through which
// packages are promoted.
func sampleFeeds() []Feed {
	return []Feed{
		{Name: "DefaultNuGet", Type: "nuget"},
		{Name: "nuget-unapproved", Type: "nuget"}, {Name: "nuget-approved", Type: "nuget"},
		{Name: "nuget-dev", Type: "nuget"}, {Name: "nuget-test", Type: "nuget"}, {Name: "nuget-prod", Type: "nuget"},
		{Name: "nuget-legacy", Type: "nuget", NoV3: true},
		{Name: "choco", Type: "chocolatey"},
		{Name: "powershell", Type: "powershell"},
		{Name: "npm-unapproved", Type: "npm"}, {Name: "npm-approved", Type: "npm"},
		{Name: "universal-dev", Type: "universal"}, {Name: "universal-prod", Type: "universal"},
		{Name: "pypi", Type: "pypi"}, {Name: "maven", Type: "maven"}, {Name: "assets", Type: "asset"},
		{Name: "helm", Type: "helm"},
		{Name: "docker", Type: "docker"},
	}
}

// sampleNupkgs are the NuGet packages by feed. The second field is the version, the third the age
// in days.
func sampleNupkgs() map[string][]samplePackage {
	newtonsoft := []samplePackage{{"Newtonsoft.Json", "12.0.3", 320}, {"Newtonsoft.Json", "13.0.1", 200}}
	return map[string][]samplePackage{
		"DefaultNuGet": append(slices.Clone(newtonsoft),
			samplePackage{"Acme.Web", "1.0.0", 90}, samplePackage{"Acme.Web", "1.1.0", 30},
			samplePackage{"Acme.Web", "2.0.0-beta.1", 5}),
		"nuget-unapproved": append(slices.Clone(newtonsoft), samplePackage{"Newtonsoft.Json", "13.0.4-beta1", 3}),
		"nuget-approved":   newtonsoft,
		"nuget-dev": {{"Acme.Web", "1.0.0", 90}, {"Acme.Web", "1.1.0", 30}, {"Acme.Web", "1.1.1", 12},
			{"Acme.Web", "1.2.0", 2}},
		"nuget-test":   {{"Acme.Web", "1.0.0", 85}, {"Acme.Web", "1.1.0", 27}, {"Acme.Web", "1.2.0", 1}},
		"nuget-prod":   {{"Acme.Web", "1.0.0", 80}, {"Acme.Web", "1.1.1", 11}},
		"nuget-legacy": {{"Acme.Legacy", "1.0", 400}, {"Acme.Legacy", "1.2.0.1", 300}},
		"choco":        {{"7zip.install", "23.1.0", 150}, {"git", "2.43.0", 40}},
		"powershell":   {{"AcmeTools", "2.1", 60}, {"AcmeTools", "2.1.4", 20}},
	}
}

// samplePackage has its age in days, so that a demo has recent dates.
type samplePackage struct {
	id, version string
	days        int
}

// samplePromotions are the promotions of the sample packages; Acme.Web 1.1.1 skipped nuget-test.
func samplePromotions() []samplePromotion {
	return []samplePromotion{
		{"nuget", "", "Newtonsoft.Json", "12.0.3", "nuget-unapproved", "nuget-approved", 318, "jsmith", "Licence checked"},
		{"nuget", "", "Newtonsoft.Json", "13.0.1", "nuget-unapproved", "nuget-approved", 197, "mweber", ""},
		{"nuget", "", "Acme.Web", "1.0.0", "nuget-dev", "nuget-test", 85, "jsmith", ""},
		{"nuget", "", "Acme.Web", "1.0.0", "nuget-test", "nuget-prod", 80, "mweber", "Release 1.0"},
		{"nuget", "", "Acme.Web", "1.1.0", "nuget-dev", "nuget-test", 27, "jsmith", "Load test passed"},
		{"nuget", "", "Acme.Web", "1.1.1", "nuget-dev", "nuget-prod", 11, "mweber", "Hotfix, test stage skipped"},
		{"nuget", "", "Acme.Web", "1.2.0", "nuget-dev", "nuget-test", 1, "jsmith", ""},
		{"npm", "@angular", "animation", "12.3.1", "npm-unapproved", "npm-approved", 45, "jsmith", "ok"},
		{"npm", "", "lodash", "4.17.21", "npm-unapproved", "npm-approved", 120, "mweber", ""},
		{"upack", "acme/tools", "builder", "1.4.0", "universal-dev", "universal-prod", 14, "deploy-bot", "Für alle Standorte"},
	}
}

// samplePromotion is one step; days is its age.
type samplePromotion struct {
	kind, group, name, version string
	from, to                   string
	days                       int
	user, comments             string
}

// samples are what a new server has.
type samples struct{ *Server }

// add fills a new server. Ages count back from Options.Now, to the full hour.
func (s samples) add() error {
	now := s.opts.Now().UTC().Truncate(time.Hour)
	for _, f := range sampleFeeds() {
		if err := s.AddFeed(f); err != nil {
			return err
		}
		for _, sample := range sampleNupkgs()[f.Name] {
			published := now.AddDate(0, 0, -sample.days)
			if err := s.addNupkg(f.Name, sample.id, sample.version, published); err != nil {
				return err
			}
		}
	}
	for _, sample := range sampleFiles() {
		if err := s.addSampleFile(sample, now); err != nil {
			return err
		}
	}
	images, err := sampleImages()
	if err != nil {
		return fmt.Errorf("sample images: %w", err)
	}
	for _, image := range images {
		if err := s.AddImage("docker", image); err != nil {
			return err
		}
	}
	if err := s.addEcosystems(now); err != nil {
		return err
	}
	s.AddPromotions(slices.Values(collect(samplePromotions(), now)))
	for _, v := range sampleVulnerabilities(now) {
		s.AddVulnerability(v)
	}
	return nil
}

func (s samples) addNupkg(feedName, id, version string, published time.Time) error {
	content, err := nupkg.Build(nupkg.Identity{ID: id, Version: version}, "A sample package of the sandbox.")
	if err != nil {
		return fmt.Errorf("sample %s %s: %w", id, version, err)
	}
	return s.AddPackage(feedName, Package{
		Name: id, Version: version, FileName: id + "." + version + ".nupkg", Content: content, Published: published,
	})
}

// collect gathers the steps of each package version, in the order of their first appearance.
func collect(steps []samplePromotion, now time.Time) []PromotedPackage {
	var packages []PromotedPackage
	for i, step := range steps {
		promotion := Promotion{
			FromFeed: step.from, ToFeed: step.to, Date: now.AddDate(0, 0, -step.days),
			User: step.user, Comments: step.comments, ID: i + 1,
		}
		last := len(packages) - 1
		if last >= 0 && packages[last].Name == step.name && packages[last].Version == step.version {
			packages[last].Promotions = append(packages[last].Promotions, promotion)
			continue
		}
		packages = append(packages, PromotedPackage{
			Type: step.kind, Group: step.group, Name: step.name, Version: step.version, Promotions: []Promotion{promotion},
		})
	}
	return packages
}
