package sandbox

import (
	"archive/tar"
	"compress/gzip"
	"compress/zlib"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// sha256Of is the digest of an answer's body in hex.
func sha256Of(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

func TestRubyGems(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{BasePath: "/proget"})
	base += "/proget/rubygems/rubygems/"
	info := get(t, base+"info/acme-tools", deploymentHeaders()...)
	header, lines, _ := strings.Cut(info.body, "\n")
	line := regexp.MustCompile(`(?m)^(\S+) \|checksum:([0-9a-f]{64}),ruby:>= 2\.5\.0$`)
	found := line.FindAllStringSubmatch(lines, -1)
	if header != "---" || len(found) != 4 || strings.Count(lines, "\n") != 4 {
		t.Fatalf("info %s", info.body)
	}
	want := []string{"1.0.0", "1.1.0", "1.1.0-x86_64-linux", "1.2.0.pre1"}
	for i, entry := range found {
		gem := get(t, base+"gems/acme-tools-"+entry[1]+".gem", deploymentHeaders()...)
		if entry[1] != want[i] || gem.status != http.StatusOK || sha256Of(gem.body) != entry[2] {
			t.Errorf("%s: %d", entry[1], gem.status)
		}
		files := tar.NewReader(strings.NewReader(gem.body))
		if first, err := files.Next(); err != nil || first.Name != "metadata.gz" {
			t.Errorf("%s holds %v, %v", entry[1], first, err)
		}
	}
	list := s.Deployments()
	if len(list) != 4 || list[2].Version != "1.1.0" || list[3].PackageName != "acme-tools" {
		t.Errorf("recorded %+v", list)
	}
}

func TestGemNames(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	for _, name := range []string{"zebra", "aardvark"} {
		if err := s.AddPackage("rubygems", Package{Name: name, Version: "1", FileName: name + "-1.gem"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := get(t, base+"/rubygems/rubygems/names"); got.body != "---\naardvark\nacme-tools\nzebra\n" {
		t.Errorf("names %q", got.body)
	}
	got := get(t, base+"/rubygems/rubygems/info/zebra")
	if !strings.HasPrefix(got.body, "---\n1 |checksum:e3b0c44298fc1c14") {
		t.Errorf("a gem without a platform is one for ruby: %q", got.body)
	}
	content := get(t, base+"/rubygems/rubygems/gems/zebra-1.gem")
	if _, err := tar.NewReader(strings.NewReader(content.body)).Next(); err != io.EOF {
		t.Errorf("the content was changed: %v", err)
	}
}

func TestGemVersions(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	base += "/rubygems/rubygems/"
	info := md5.Sum([]byte(get(t, base+"info/acme-tools").body))
	want := "---\nacme-tools 1.0.0,1.1.0,1.1.0-x86_64-linux,1.2.0.pre1 " + hex.EncodeToString(info[:]) + "\n"
	if got := get(t, base+"versions"); !strings.HasSuffix(got.body, want) || !strings.HasPrefix(got.body, "created_at: ") {
		t.Errorf("versions %q, want %q behind the line with the date", got.body, want)
	}
	head := call{method: http.MethodHead, url: base + "versions"}.send(t)
	if head.status != http.StatusOK || head.body != "" {
		t.Errorf("HEAD: %d %q", head.status, head.body)
	}
}

// TestGemSpecs looks for the names and versions in the older indexes; that Ruby can read them is
// shown in .ci/interop.
func TestGemSpecs(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for index, want := range map[string][]string{
		"specs":            {"1.0.0", "1.1.0", "1.1.0 x86_64-linux"},
		"latest_specs":     {"1.1.0", "1.1.0 x86_64-linux"},
		"prerelease_specs": {"1.2.0.pre1"},
	} {
		packed := get(t, base+"/rubygems/rubygems/"+index+".4.8.gz")
		r, err := gzip.NewReader(strings.NewReader(packed.body))
		if err != nil {
			t.Fatalf("%s: %d %v", index, packed.status, err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		var specs []any
		for _, spec := range want {
			version, platform, found := strings.Cut(spec, " ")
			if !found {
				platform = "ruby"
			}
			specs = append(specs, []any{"acme-tools", gemVersion(version), platform})
		}
		if string(content) != string(archive.Marshal(specs)) {
			t.Errorf("%s: %q", index, content)
		}
	}
	packed := get(t, base+"/rubygems/rubygems/quick/Marshal.4.8/acme-tools-1.1.0-x86_64-linux.gemspec.rz")
	r, err := zlib.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil || !strings.HasPrefix(string(content), "\x04\x08u:\x17Gem::Specification") || !strings.Contains(string(content), "x86_64-linux") {
		t.Errorf("%q, %v", content, err)
	}
}
