package feedtype

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// BenchmarkIndex reads indexes of the size of large real ones, in which the version is near the
// end.
func BenchmarkIndex(b *testing.B) {
	sum := strings.Repeat("0123456789abcdef", 4)
	deb := ecosystem.Package{Type: ecosystem.Debian, Name: "tool19990", Version: "1.0",
		Qualifiers: map[string]string{"arch": "amd64", "distro": "stable", "component": "main"}}
	for _, bench := range []struct {
		name string
		pkg  ecosystem.Package
		page string
		body string
		kind string // content type
	}{
		{"pypi-html", ecosystem.Package{Type: ecosystem.PyPI, Name: "tool", Version: "4990.0"}, "pypi/feed/simple/tool/", "<!DOCTYPE html>\n<html><body>\n" +
			repeated(5000, `<a href="../../packages/ab/cd/tool-%d.0.tar.gz#sha256=`+sum+`" data-requires-python="&gt;=3.8">tool-%[1]d.0.tar.gz</a><br/>`+"\n") + "</body></html>", "text/html"},
		{"pypi-json", ecosystem.Package{Type: ecosystem.PyPI, Name: "tool", Version: "4990.0"}, "pypi/feed/simple/tool/", `{"meta":{"api-version":"1.0"},"name":"tool","files":[` +
			repeated(5000, `{"filename":"tool-%d.0.tar.gz","url":"../../packages/tool-%[1]d.0.tar.gz","hashes":{"sha256":"`+sum+`"},"size":3000,"yanked":false},`) + `{}]}`, "application/vnd.pypi.simple.v1+json"},
		{"npm", ecosystem.Package{Type: ecosystem.NPM, Name: "tool", Version: "990.0.0"}, "npm/feed/tool", packumentOf(1000, sum), ""},
		{"npm-small", ecosystem.Package{Type: ecosystem.NPM, Name: "tool", Version: "9.0.0"}, "npm/feed/tool", packumentOf(10, sum), ""},
		{"helm", ecosystem.Package{Type: ecosystem.Helm, Name: "tool7", Version: "9.0.0"}, "helm/feed/index.yaml", chartIndex(100, sum), ""},
		{"helm-small", ecosystem.Package{Type: ecosystem.Helm, Name: "tool1", Version: "9.0.0"}, "helm/feed/index.yaml", chartIndex(2, sum), ""},
		{"pub", ecosystem.Package{Type: ecosystem.Pub, Name: "tool", Version: "490.0.0"}, "pub/feed/api/packages/tool", `{"name":"tool","versions":[` +
			repeated(500, `{"version":"%d.0.0","archive_url":"https://proget.example/pg/pub/feed/tool-%[1]d.tar.gz","archive_sha256":"`+sum+`","pubspec":{"name":"tool","version":"%[1]d.0.0","dependencies":{"a":"^1.0.0","b":">=2.0.0"},"environment":{"sdk":">=3.0.0"},"description":"a tool"}},`) +
			`{"version":"0.1.0","archive_url":"x"}]}`, ""},
		{"cran-gzip", ecosystem.Package{Type: ecosystem.CRAN, Name: "tool19990", Version: "1.0"}, "cran/feed/src/contrib/PACKAGES.gz", gzipped(
			repeated(20_000, "Package: tool%d\nVersion: 1.0\nDepends: R (>= 3.5.0)\nImports: methods, stats,\n        utils\nLicense: GPL (>= 2)\nMD5sum: 0123456789abcdef0123456789abcdef\nNeedsCompilation: no\n\n")), ""},
		{"debian-gzip", deb, "debian/feed/dists/stable/main/binary-amd64/Packages.gz", gzipped(stanzas(20_000, sum)), ""},
		{"debian", deb, "debian/feed/dists/stable/main/binary-amd64/Packages", stanzas(20_000, sum), ""},
	} {
		b.Run(bench.name, func(b *testing.B) {
			kind, err := For(bench.pkg.Type)
			if err != nil {
				b.Fatal(err)
			}
			index := serve(nil)
			index.pages[bench.page] = page{body: bench.body, contentType: bench.kind}
			b.SetBytes(int64(len(bench.body)))
			b.ReportAllocs()
			for b.Loop() {
				index.asked = index.asked[:0]
				if _, err := kind.Locate(b.Context(), index, "feed", bench.pkg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// repeated writes a text with each number in it.
func repeated(n int, text string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, text, i)
	}
	return b.String()
}

func packumentOf(n int, sum string) string {
	return `{"name":"tool","dist-tags":{"latest":"1.0.0"},"versions":{` +
		repeated(n, `"%d.0.0":{"name":"tool","version":"%[1]d.0.0","dependencies":{"a":"^1.0.0","b":">=2.0.0","c":"~1.2.3"},"dist":{"integrity":"sha256-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=","shasum":"`+
			sum[:40]+`","tarball":"https://proget.example/pg/npm/feed/tool/-/tool-%[1]d.0.0.tgz","fileCount":12,"unpackedSize":123456},"engines":{"node":">=12"}},`) +
		`"0.1.0":{"dist":{"tarball":"x"}}},"readme":"` + strings.Repeat("text ", n) + `"}`
}

func chartIndex(n int, sum string) string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nentries:\n")
	for chart := range n {
		fmt.Fprintf(&b, "  tool%d:\n", chart)
		b.WriteString(repeated(10, "  - apiVersion: v2\n    appVersion: 1.0.0\n    created: \"2026-01-01T00:00:00Z\"\n    description: A chart\n    digest: "+sum+
			fmt.Sprintf("\n    name: tool%d", chart)+"\n    urls:\n    - tool-%d.0.0.tgz\n    version: %[1]d.0.0\n"))
	}
	b.WriteString("generated: \"2026-01-01T00:00:00Z\"\n")
	return b.String()
}

func stanzas(n int, sum string) string {
	return repeated(n, "Package: tool%d\nArchitecture: amd64\nVersion: 1.0\nPriority: optional\nSection: utils\nMaintainer: A Person <person@example.org>\nInstalled-Size: 100\nDepends: libc6 (>= 2.34), libgcc-s1\nFilename: pool/main/t/tool%[1]d_1.0_amd64.deb\nSize: 3000\nSHA256: "+sum+"\nDescription: a tool\n of two lines\n\n")
}

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text)) // a buffer takes everything
	_ = z.Close()
	return b.String()
}
