package sandbox

import "net/http"

// healthStatus is the answer of the health endpoint; Inedo spells the two details differently
// (Inedo docs, proget/api/health).
type healthStatus struct {
	ApplicationName       string `json:"applicationName"`
	DatabaseStatus        string `json:"databaseStatus"`
	DatabaseStatusDetails string `json:"databaseStatusDetails,omitempty"`
	LicenseStatus         string `json:"licenseStatus"`
	LicenseStatusDetail   string `json:"licenseStatusDetail,omitempty"`
	VersionNumber         string `json:"versionNumber"`
	ReleaseNumber         string `json:"releaseNumber"`
	ServiceStatus         string `json:"serviceStatus"`
	ServiceStatusDetail   string `json:"serviceStatusDetail,omitempty"`
}

// healthAPI answers /health.
type healthAPI struct{ *Server }

// answer is /health (text since 2026, JSON before or with ?format=json) and /health/json. It needs
// no key.
func (s healthAPI) answer(x *exchange, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	rest = dropEmptyTail(rest)
	switch {
	case len(rest) == 1 && rest[0] == "json" && !s.opts.OldHealth:
		x.json(s.healthy())
	case len(rest) > 0:
		x.text(http.StatusNotFound, "Not found.")
	case s.opts.OldHealth || x.r.URL.Query().Get("format") == "json":
		x.json(s.healthy())
	default:
		x.text(http.StatusOK, "OK")
	}
}

// healthy is the state of a server without problems; faults make the others.
func (s healthAPI) healthy() healthStatus {
	release := "2026.12"
	if s.opts.Before2023 {
		release = "2022.30"
	}
	return healthStatus{
		ApplicationName: "ProGet",
		DatabaseStatus:  "OK",
		LicenseStatus:   "OK",
		VersionNumber:   s.version(),
		ReleaseNumber:   release,
		ServiceStatus:   "OK",
	}
}
