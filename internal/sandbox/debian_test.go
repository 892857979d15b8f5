package sandbox

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ulikunitz/xz"
)

// stanzas reads control data as apt does: fields of paragraphs, continuation lines left out.
func stanzas(text string) []map[string]string {
	var all []map[string]string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		fields := map[string]string{}
		for line := range strings.Lines(paragraph) {
			if name, value, ok := strings.Cut(line, ":"); ok && line[0] != ' ' {
				fields[name] = strings.TrimSpace(value)
			}
		}
		all = append(all, fields)
	}
	return all
}

// Release → Packages in all three forms → the package, each checked against the one before.
func TestDebian(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	base += "/debian/debian/"
	release := get(t, base+"dists/stable/Release", deploymentHeaders()...).body
	head := stanzas(release)[0]
	if head["Suite"] != "stable" || head["Components"] != "contrib main" || head["Architectures"] != "all amd64 arm64" {
		t.Errorf("release %v", head)
	}
	if date, err := time.Parse(time.RFC1123, head["Date"]); err != nil || date.After(noon()) {
		t.Errorf("date %v %v", date, err)
	}
	files := regexp.MustCompile(`(?m)^ ([0-9a-f]{64}) (\d+) (\S+)$`).FindAllStringSubmatch(release, -1)
	if len(files) != 2*3*3 {
		t.Fatalf("release %s", release)
	}
	for _, file := range files {
		got := get(t, base+"dists/stable/"+file[3], deploymentHeaders()...)
		if got.status != http.StatusOK || sha256Of(got.body) != file[1] || fmt.Sprint(len(got.body)) != file[2] {
			t.Errorf("%s: %d, %d bytes", file[3], got.status, len(got.body))
		}
		plain, _, _ := strings.Cut(file[3], "Packages")
		if want := get(t, base+"dists/stable/"+plain+"Packages").body; unsqueeze(t, file[3], got.body) != want {
			t.Errorf("%s differs from Packages", file[3])
		}
	}
	if n := len(s.Deployments()); n != 0 {
		t.Errorf("recorded %d", n)
	}
}

// unsqueeze undoes what the suffix of an index says, with readers that the sandbox does not use
// itself.
func unsqueeze(t *testing.T, name, body string) string {
	t.Helper()
	var reader io.Reader = strings.NewReader(body)
	var err error
	switch {
	case strings.HasSuffix(name, ".gz"):
		reader, err = gzip.NewReader(reader)
	case strings.HasSuffix(name, ".xz"):
		reader, err = xz.NewReader(reader)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(plain)
}

func TestDebianPackages(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	base += "/debian/debian/"
	tests := []struct{ list, want string }{
		{"stable/main/binary-amd64", "acme-tool 1.0-1 amd64, acme-tool 1:1.4.0-1 amd64, acme-docs 1.0-1 all"},
		{"stable/main/binary-all", "acme-docs 1.0-1 all"},
		{"stable/contrib/binary-arm64", "libacme1 2.0~rc1-1 arm64"},
		{"testing/main/binary-amd64", "libacme1 2.0~rc2-1 amd64"},
	}
	fetched := 0
	for _, test := range tests {
		var have []string
		for _, p := range stanzas(get(t, base+"dists/"+test.list+"/Packages").body) {
			have = append(have, p["Package"]+" "+p["Version"]+" "+p["Architecture"])
			content := get(t, base+p["Filename"], deploymentHeaders()...)
			fetched++
			if content.status != http.StatusOK || sha256Of(content.body) != p["SHA256"] || fmt.Sprint(len(content.body)) != p["Size"] ||
				!strings.HasPrefix(content.body, "!<arch>\ndebian-binary") {
				t.Errorf("%s: %d", p["Filename"], content.status)
			}
			last := s.Deployments()
			if len(last) != fetched || last[fetched-1].Version != p["Version"] || last[fetched-1].PackageName != p["Package"] {
				t.Errorf("recorded %+v", last)
			}
		}
		if got := strings.Join(have, ", "); got != test.want {
			t.Errorf("%s: %s, want %s", test.list, got, test.want)
		}
	}
}

func TestInRelease(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{InRelease: true})
	base += "/debian/debian/dists/stable/"
	release, signed := get(t, base+"Release").body, get(t, base+"InRelease")
	if signed.status != http.StatusOK || !strings.HasPrefix(signed.body, "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"+release) ||
		!strings.HasSuffix(signed.body, "\n-----END PGP SIGNATURE-----\n") {
		t.Errorf("%d %s", signed.status, signed.body)
	}
	if strings.Contains(release, "InRelease") {
		t.Error("Release lists its own signed form")
	}
}

func TestPoolPath(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"acme": "pool/main/a/acme/f.deb", "libacme": "pool/main/liba/libacme/f.deb", "lib": "pool/main/l/lib/f.deb",
		"x": "pool/main/x/x/f.deb",
	} {
		p := &stored{Package: Package{Name: name, FileName: "f.deb", Qualifier: "component=main"}}
		if got := poolPath(p); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
