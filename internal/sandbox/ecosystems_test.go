package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

// ecosystemAddresses are the paths of stored files below their feed's address, spelled out from the
// ecosystems' own rules and not by the server's code.
func ecosystemAddresses() map[string]func(p *stored) string {
	return map[string]func(p *stored) string{
		"debian": func(p *stored) string {
			folder := map[string]string{"acme-tool": "a", "acme-docs": "a", "libacme1": "liba"}[p.Name]
			return "pool/" + p.qualifier("component") + "/" + folder + "/" + p.Name + "/" + p.FileName
		},
		"rpm":      func(p *stored) string { return "Packages/" + p.FileName },
		"rubygems": func(p *stored) string { return "gems/" + p.FileName },
		"conda":    func(p *stored) string { return p.qualifier("subdir") + "/" + p.FileName },
		"cargo":    func(p *stored) string { return "api/v1/crates/" + p.Name + "/" + p.Version + "/download" },
		"composer": func(p *stored) string { return "dist/" + p.FileName },
		"terraform": func(p *stored) string {
			return "download/" + p.Group + "/" + p.Name + "/" + p.Version + "?archive=zip"
		},
		"vsix": func(p *stored) string { return "files/" + p.FileName },
		"apk":  func(p *stored) string { return p.qualifier("arch") + "/" + p.FileName },
		"cran": func(p *stored) string {
			path, _ := strings.CutPrefix(p.qualifier("path"), "src/contrib")
			return "src/contrib" + path + "/" + p.FileName
		},
		"pub": func(p *stored) string { return "api/archives/" + p.FileName },
	}
}

// ecosystemIndexes is one address for each kind of feed that clients ask before they fetch
// anything.
func ecosystemIndexes() map[string]string {
	return map[string]string{
		"debian/debian":                        "dists/stable/Release",
		"rpm/rpm":                              "repodata/repomd.xml",
		"rubygems/rubygems":                    "info/acme-tools",
		"conda/conda":                          "noarch/repodata.json",
		"cargo/cargo":                          "config.json",
		"composer/composer":                    "packages.json",
		"vsix/vsix":                            "",
		"apk/apk":                              "x86_64/APKINDEX.tar.gz",
		"cran/cran":                            "src/contrib/PACKAGES",
		"pub/pub":                              "api/packages/acme_widgets",
		"terraform-modules/v1/terraform__acme": "network/aws/versions",
	}
}

// The credentials that each ecosystem's tools send, and those that its feeds don't take.
func TestEcosystemCredentials(t *testing.T) {
	t.Parallel()
	_, base := start(t, locked())
	bearer := map[string]bool{"pub/pub": true, "terraform-modules/v1/terraform__acme": true}
	for feed, index := range ecosystemIndexes() {
		address := base + "/" + feed + "/" + index
		for header, taken := range map[[2]string]bool{
			{"Authorization", basic("api", testKey)}:     true,
			{"Authorization", basic("jsmith", "s3cret")}: true,
			{"Authorization", "Bearer " + testKey}:       bearer[feed],
			{"Authorization", testKey}:                   feed == "cargo/cargo",
			{"Authorization", basic("api", "wrong")}:     false,
			{"Authorization", "wrong"}:                   false,
			{"X-ApiKey", testKey}:                        false,
			{"X-Nothing", ""}:                            false,
		} {
			got := get(t, address, header[0], header[1])
			if (got.status == http.StatusOK) != taken {
				t.Errorf("%s with %q: %d", feed, header, got.status)
			}
			challenged := strings.HasPrefix(got.header.Get("WWW-Authenticate"), `Basic realm="ProGet Feed `)
			if !taken && (got.status != http.StatusUnauthorized || !challenged) {
				t.Errorf("%s with %q: %d, no challenge", feed, header, got.status)
			}
		}
	}
}

// Indexes are never deployments, nothing can be written, and each kind of feed answers only where
// it is.
func TestEcosystemIndexes(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{BasePath: "/proget"})
	for feed, index := range ecosystemIndexes() {
		address := base + "/proget/" + feed + "/" + index
		first, second := get(t, address, deploymentHeaders()...), get(t, address)
		if first.status != http.StatusOK || first.body == "" || first.body != second.body {
			t.Errorf("%s: %d, and then %d", address, first.status, second.status)
		}
		head := call{method: http.MethodHead, url: address}.send(t)
		if head.status != http.StatusOK || head.body != "" || head.header.Get("Content-Length") != first.header.Get("Content-Length") {
			t.Errorf("HEAD %s: %d %v", address, head.status, head.header)
		}
		put := call{method: http.MethodPut, url: address, body: "x"}.send(t)
		if put.status != http.StatusMethodNotAllowed || put.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("PUT %s: %d", address, put.status)
		}
		if got := get(t, base+"/"+feed+"/"+index); got.status != http.StatusNotFound {
			t.Errorf("outside the base path: %s %d", feed, got.status)
		}
		wrong := strings.Replace(address, "/"+strings.Split(feed, "/")[0]+"/", "/helm/", 1)
		if got := get(t, wrong); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", wrong, got.status)
		}
	}
	if n := len(s.Deployments()); n != 0 {
		t.Errorf("recorded %d", n)
	}
}

// What each protocol does not have is a 404 in plain text.
func TestEcosystemRefusals(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for _, path := range []string{
		"debian/debian/", "debian/debian/dists/stable", "debian/debian/dists/nothing/Release",
		"debian/debian/dists/stable/InRelease", "debian/debian/dists/stable/main/binary-s390x/Packages",
		"debian/debian/dists/stable/main/binary-amd64/Packages.bz2", "debian/debian/pool/main/a/acme-tool/nothing.deb",
		"debian/debian/pool/contrib/a/acme-tool/acme-tool_1.0-1_amd64.deb",
		"rpm/rpm/", "rpm/rpm/repodata/primary.xml.gz", "rpm/rpm/Packages/nothing.rpm", "rpm/rpm/acme-docs-1.0-2.noarch.rpm",
		"rubygems/rubygems/", "rubygems/rubygems/info/nothing", "rubygems/rubygems/info/ACME-tools",
		"rubygems/rubygems/gems/nothing-1.gem", "rubygems/rubygems/other_specs.4.8.gz", "rubygems/rubygems/versions/x",
		"rubygems/rubygems/quick/Marshal.4.8/nothing-1.gemspec.rz", "rubygems/rubygems/quick/x",
		"conda/conda/", "conda/conda/win-64/repodata.json", "conda/conda/noarch/repodata.json.zst",
		"conda/conda/noarch/current_repodata.json", "conda/conda/linux-64/acme-tool-1.0.0-0.conda",
		"cargo/cargo/", "cargo/cargo/ac/me/nothing", "cargo/cargo/acme_core", "cargo/cargo/ac/me/ACME_core",
		"cargo/cargo/api/v1/crates/acme_core/9.9.9/download", "cargo/cargo/api/v1/crates/acme_core/0.3.0",
		"composer/composer/", "composer/composer/p2/acme/nothing.json", "composer/composer/p2/acme/web-kit",
		"composer/composer/p2/ACME/web-kit.json", "composer/composer/dist/nothing.zip",
		"vsix/vsix/files/nothing.vsix", "vsix/vsix/Acme.Tools",
		"apk/apk/", "apk/apk/s390x/APKINDEX.tar.gz", "apk/apk/x86_64/nothing.apk", "apk/apk/aarch64/acme-tool-1.0.0-r0.apk",
		"cran/cran/", "cran/cran/src/contrib", "cran/cran/bin/windows/contrib", "cran/cran/src/contrib/nothing_1.tar.gz",
		"cran/cran/src/contrib/acmeTools_1.0-2.tar.gz", "cran/cran/src/contrib/Archive/acmeTools/acmeTools_1.1.0.tar.gz",
		"cran/cran/src/contrib/Archive/other/acmeTools_1.0-2.tar.gz", "cran/cran/src/contrib/x/y",
		"pub/pub/", "pub/pub/api/packages/nothing", "pub/pub/api/archives/nothing.tar.gz", "pub/pub/api/packages",
		".well-known/", ".well-known/nothing.json", "terraform-modules", "terraform-modules/v1/terraform__acme/network/aws",
		"terraform-modules/v2/terraform__acme/network/aws/versions", "terraform-modules/v1/acme/network/aws/versions",
		"terraform-modules/v1/pub__acme/network/aws/versions", "terraform-modules/v1/terraform__acme/network/gcp/versions",
		"terraform-modules/v1/terraform/network/aws/versions", "terraform-modules/v1/terraform__acme/network/aws/9/download",
		"terraform-modules/v1/terraform__acme/network/aws/1.0.0/upload", "terraform/terraform/",
		"terraform/terraform/download/acme/network.aws/9.9.9",
	} {
		got := get(t, base+"/"+path, deploymentHeaders()...)
		if got.status != http.StatusNotFound || got.body == "" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
	}
}

// A fault works on every protocol's content, because it is applied before the route is known.
func TestEcosystemFaults(t *testing.T) {
	t.Parallel()
	for _, e := range append(languages(), systems()...) {
		t.Run(e.feed.Name, func(t *testing.T) {
			t.Parallel()
			s, base := start(t, Options{})
			f := s.lookup(e.feed.Name)
			p := s.list(f, func(*stored) bool { return true })[0]
			path := addressOf(f, p)
			pattern, _, _ := strings.Cut(path, "?")
			s.Fault(pattern, Fault{Status: http.StatusServiceUnavailable}, Fault{Effect: Corrupt},
				Fault{Effect: Cut, After: 5})
			if got := get(t, base+path, deploymentHeaders()...); got.status != http.StatusServiceUnavailable || len(s.Deployments()) != 0 {
				t.Errorf("first: %d", got.status)
			}
			if got := get(t, base+path); got.status != http.StatusOK || len(got.body) != len(p.Content) || got.body == string(p.Content) {
				t.Errorf("second: %d, %d bytes", got.status, len(got.body))
			}
			if got, err := (call{url: base + path}).try(t); err == nil || got.body != string(p.Content[:5]) {
				t.Errorf("third: %q %v", got.body, err)
			}
			if got := get(t, base+path); got.body != string(p.Content) {
				t.Error("the fourth is not whole")
			}
		})
	}
}

func TestTakenBackVersionsAreNotListed(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for _, version := range decode[[]packageVersion](t, get(t, base+"/api/packages/cargo/versions?name=acme_core")) {
		if version.Listed == (version.Version == "0.5.0") {
			t.Errorf("%+v", version)
		}
	}
}
