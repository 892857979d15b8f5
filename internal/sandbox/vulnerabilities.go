package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Vulnerability is a known vulnerability of some versions of a package.
type Vulnerability struct {
	// ID as ProGet numbers them: PGV-…
	ID string
	// Type, Group and Name are the package's, as a package URL has them: npm's group with its @.
	Type, Group, Name string
	// Versions that are affected, each as the package states it.
	Versions []string
	Summary  string
	Details  string
	CVE      string
	CVSS     string
	// Score is the number of CVSS, 0 for none.
	Score float64
	// Severity is Low, Medium, High or Critical; empty for none.
	Severity string
	// Published and Withdrawn; zero if there is none.
	Published, Withdrawn time.Time
}

// auditedPackage is one package of the request's body (Inedo docs,
// proget/api/vulnerabilities/audit).
type auditedPackage struct {
	Type    string `json:"type"`
	Group   string `json:"group"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

// vulnerabilityInfo is one element of the answer. What is unknown is left out.
type vulnerabilityInfo struct {
	ID               string  `json:"id"`
	Summary          string  `json:"summary,omitempty"`
	Published        string  `json:"published,omitempty"`
	Withdrawn        string  `json:"withdrawn,omitempty"`
	Details          string  `json:"details,omitempty"`
	CVE              string  `json:"cve,omitempty"`
	CVSS             string  `json:"cvss,omitempty"`
	NumericCVSS      float64 `json:"numericCvss,omitempty"`
	Severity         string  `json:"severity,omitempty"`
	AffectedPackages []int   `json:"affectedPackages,omitempty"`
}

// vulnerabilitiesAPI answers /api/sca.
type vulnerabilitiesAPI struct{ *Server }

// answer is POST /api/sca/audit-package-vulns.
func (s vulnerabilitiesAPI) answer(x *exchange, rest []string) {
	if len(rest) != 1 || !strings.EqualFold(rest[0], "audit-package-vulns") {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	if !x.allow(http.MethodPost) {
		return
	}
	body, err := io.ReadAll(io.LimitReader(x.r.Body, maxBody))
	if !x.admitAPI() {
		return
	}
	if s.opts.FeedKey {
		x.text(http.StatusForbidden, forbidden)
		return
	}
	var packages []auditedPackage
	if err == nil {
		err = json.Unmarshal(body, &packages)
	}
	if err != nil {
		x.text(http.StatusBadRequest, "The request body is not a JSON array of packages.")
		return
	}
	for _, p := range packages {
		if p.Type == "" || p.Name == "" || p.Version == "" {
			x.text(http.StatusBadRequest, "Each package needs a type, a name and a version.")
			return
		}
	}
	x.json(s.vulnerabilitiesOf(packages))
}

// vulnerabilitiesOf names each vulnerability once, with the packages that have it. A free server
// has none.
func (s vulnerabilitiesAPI) vulnerabilitiesOf(packages []auditedPackage) []vulnerabilityInfo {
	found := []vulnerabilityInfo{}
	if s.opts.Edition == "free" {
		return found
	}
	s.mu.RLock()
	known := slices.Clone(s.vulnerabilities)
	s.mu.RUnlock()
	for _, v := range known {
		var affected []int
		for i, p := range packages {
			if v.affects(p) {
				affected = append(affected, i)
			}
		}
		if len(affected) > 0 {
			found = append(found, v.info(affected))
		}
	}
	return found
}

func (v Vulnerability) affects(p auditedPackage) bool {
	f := feed{Feed: Feed{Type: v.Type}}
	return strings.EqualFold(v.Type, p.Type) && strings.EqualFold(v.Name, p.Name) && sameGroup(v.Group, p.Group) &&
		slices.ContainsFunc(v.Versions, func(version string) bool { return f.sameVersion(version, p.Version) })
}

func (v Vulnerability) info(affected []int) vulnerabilityInfo {
	return vulnerabilityInfo{
		ID: v.ID, Summary: v.Summary, Published: isoDate(v.Published), Withdrawn: isoDate(v.Withdrawn), Details: v.Details,
		CVE: v.CVE, CVSS: v.CVSS, NumericCVSS: v.Score, Severity: v.Severity, AffectedPackages: affected,
	}
}

// isoDate writes a date in UTC, nothing for none.
func isoDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// sampleVulnerabilities are made up, of the sample packages: one for each severity and one without,
// one of several versions, one of a package with a group, one that was withdrawn.
func sampleVulnerabilities(now time.Time) []Vulnerability {
	days := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	return []Vulnerability{
		{
			ID: "PGV-2600001", Type: "nuget", Name: "Newtonsoft.Json", Versions: []string{"12.0.3"},
			Summary: "Deeply nested JSON exhausts the stack", Severity: "High", CVE: "CVE-2026-00001",
			CVSS: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", Score: 7.5, Published: days(210),
			Details: "A sample of the sandbox. Update to 13.0.1.",
		},
		{
			ID: "PGV-2600002", Type: "nuget", Name: "Acme.Web", Versions: []string{"1.0.0", "1.1.0", "1.1.1"},
			Summary: "Session IDs can be guessed", Severity: "Critical", CVE: "CVE-2026-00002", Score: 9.8, Published: days(3),
		},
		{
			ID: "PGV-2600003", Type: "npm", Group: "@angular", Name: "animation", Versions: []string{"12.3.1"},
			Summary: "Styles are not escaped", Severity: "Medium", Score: 5.4, Published: days(40),
		},
		{
			ID: "PGV-2600004", Type: "npm", Name: "lodash", Versions: []string{"4.17.21"},
			Summary: "Taken back: it was not a vulnerability", Severity: "High", Published: days(100), Withdrawn: days(90),
		},
		{
			ID: "PGV-2600005", Type: "pypi", Name: "Acme_Tools", Versions: []string{"1.0.0"},
			Summary: "Temporary files can be read by everyone", Severity: "Low", Score: 2.2, Published: days(20),
		},
		{
			ID: "PGV-2600006", Type: "maven", Group: "org.acme", Name: "tool", Versions: []string{"1.0"},
			Summary: "Not rated yet", Published: days(1),
		},
	}
}
