package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// vulnerabilitiesPath is the endpoint of Inedo docs, proget/api/vulnerabilities/audit.
const vulnerabilitiesPath = "api/sca/audit-package-vulns"

// MostAudited is how many packages one question of vulnerabilities may name.
const MostAudited = 500

// VulnerabilityTypes lists the types of packages for which ProGet has vulnerabilities: those that
// Inedo's own pgutil asks about.
func VulnerabilityTypes() []ecosystem.Type {
	return []ecosystem.Type{
		ecosystem.Alpine, ecosystem.Conda, ecosystem.CRAN, ecosystem.Debian, ecosystem.Gem, ecosystem.Helm,
		ecosystem.Maven, ecosystem.NPM, ecosystem.NuGet, ecosystem.PyPI, ecosystem.RPM,
	}
}

// VulnerabilitiesService asks for the known vulnerabilities of packages.
type VulnerabilitiesService service

// Vulnerability is a vulnerability in ProGet's data.
type Vulnerability struct {
	ID       string `json:"id"` // "PGV-2245804"
	CVE      string `json:"cve,omitempty"`
	Summary  string `json:"summary,omitempty"`
	Details  string `json:"details,omitempty"`  // may be long, in Markdown
	CVSS     string `json:"cvss,omitempty"`     // a vector, or a score
	Score    string `json:"score,omitempty"`    // the score of CVSS as the server wrote it, "7.5"
	Severity string `json:"severity,omitempty"` // "Low", "Medium", "High" or "Critical"; "" if ProGet has none
	// Published and Withdrawn are UTC, whole seconds; zero if the server gives none. A withdrawn
	// one is no longer a vulnerability.
	Published time.Time `json:"published,omitzero"`
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	// Affected has the indexes of the packages that were asked about and have it; never empty.
	Affected []int `json:"affectedPackages"`
}

// rightForVulnerabilities is what the hint of a 401 or 403 says.
const rightForVulnerabilities = "vulnerabilities need an API key with the right Manage SCA (Projects & Builds); a feed key cannot have it"

// Audit asks for the known vulnerabilities of some packages, each with its type, name and version,
// [MostAudited] at most: POST /api/sca/audit-package-vulns. It stores nothing, so it is repeated as
// a GET is. The result is the whole answer or an error.
//
// [KindAuth] is common: the hint names the right. [KindUnavailable] stands for a server that does
// not have vulnerabilities, too: one that says it is the Free edition, whose empty answer would
// look like a clean bill, or one that is too old.
func (s *VulnerabilitiesService) Audit(ctx context.Context, packages []ecosystem.Package) ([]Vulnerability, error) {
	if len(packages) == 0 {
		return nil, nil
	}
	if len(packages) > MostAudited {
		return nil, usageError("%d packages are more than the %d that one question may name", len(packages), MostAudited)
	}
	u, err := s.c.resolve(vulnerabilitiesPath)
	if err != nil {
		return nil, err
	}
	resp, err := s.c.ask(ctx, request{
		method: http.MethodPost, url: u, body: auditBody(packages), asks: true,
		header: http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}},
	}, followSame)
	if err != nil {
		return nil, withoutVulnerabilities(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if isFree(resp) {
		return nil, &Error{
			Kind: KindUnavailable, Method: http.MethodPost, URL: s.c.scrub.url(u), Status: resp.StatusCode,
			Message: "this server says that it is ProGet Free, which has no vulnerability data",
		}
	}
	all, err := decodeVulnerabilities(resp.Body, len(packages))
	if err != nil {
		return nil, s.c.failures.unreadable(ctx, resp, "a JSON array of vulnerabilities", err)
	}
	return all, nil
}

// isFree reports whether a server says that it is the Free edition.
func isFree(resp *http.Response) bool {
	return strings.EqualFold(resp.Header.Get("X-ProGet-Edition"), "free")
}

// withoutVulnerabilities explains why a server has no answer.
func withoutVulnerabilities(err error) error {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
	case e.Kind == KindAuth && e.Hint == "":
		return e.with(func(e *Error) { e.Right = rightForVulnerabilities })
	case e.Kind == KindNotFound:
		return e.with(func(e *Error) {
			e.Kind, e.Message = KindUnavailable, "this server cannot be asked for vulnerabilities: it has no such endpoint"
			e.Hint = "ProGet has it from 2023 on; check the server's version and the path of its address"
		})
	}
	return err
}

// auditBody writes the packages as the documentation has them.
func auditBody(packages []ecosystem.Package) []byte {
	type asked struct {
		Type    ecosystem.Type `json:"type"`
		Group   string         `json:"group,omitempty"`
		Name    string         `json:"name"`
		Version string         `json:"version"`
	}
	all := make([]asked, len(packages))
	for i, p := range packages {
		p = storedName(p)
		// An npm scope has its @, as in the package URLs of ProGet.
		p.Group, p.Name = ecosystem.SplitName(p.Type, ecosystem.JoinName(p.Type, p.Group, p.Name))
		all[i] = asked{p.Type, p.Group, p.Name, p.Version}
	}
	body, _ := json.Marshal(all) // texts always marshal
	return body
}
