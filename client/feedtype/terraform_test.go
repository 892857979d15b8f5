package feedtype

import (
	"net/http"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestTerraform(t *testing.T) {
	t.Parallel()
	const discovery = `{"modules.v1": "/pg/v1/modules/", "providers.v1": {"a": 1}}`
	module := func(group, name, version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Terraform, Group: group, Name: name, Version: version}
	}
	download := func(version, body string) map[string]string {
		return map[string]string{
			".well-known/terraform.json":                             discovery,
			"v1/modules/feed__acme/vpc/aws/" + version + "/download": body,
			"v1/modules/feed__acme/vpc/aws/versions":                 `{"modules": [{"versions": [{"version": "1.9.0"}, {"version": "1.10.0"}]}]}`,
		}
	}
	content := func(version, ref, extension string) Content {
		return Content{
			Ref:      "https://proget.example/" + ref,
			FileName: "acme-vpc-aws-" + version + extension,
			Version:  version,
			Size:     -1,
		}
	}
	runLocate(t, []locateTest{
		{
			name:  "JSON answer",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: download("1.0.0", `{"location": "/f/x?archive=tar.gz&k=a%2Bb"}`),
			want:  content("1.0.0", "f/x?k=a%2Bb", ".tar.gz"),
		},
		{
			name:  "latest, provider as a segment",
			pkg:   module("acme/vpc", "aws", "latest"),
			pages: download("1.10.0", `{"location": "f.tgz//modules/a"}`),
			want:  content("1.10.0", "pg/v1/modules/feed__acme/vpc/aws/1.10.0/f.tgz", ".tgz"),
		},
		{
			name:  "checksum",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: download("1.0.0", `{"location": "/f?checksum=md5:`+fill(1, 16)+`"}`),
			want:  content("1.0.0", "f", ".zip"),
			sums:  "md5:" + fill(1, 16) + " (terraform registry)",
		},
		{
			name:  "repository",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: download("1.0.0", `{"location": "git::https://h/x.git"}`),
			fails: "not an archive but a repository",
		},
		{
			name:  "IPv6",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: download("1.0.0", `{"location": "http://[::1]/f.zip?a=b::c"}`),
			want:  Content{Ref: "http://[::1]/f.zip?a=b::c", FileName: "acme-vpc-aws-1.0.0.zip", Version: "1.0.0", Size: -1},
		},
		{
			name:  "no location",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: download("1.0.0", ``),
			fails: "names no archive",
		},
		{
			name:  "no modules",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: map[string]string{".well-known/terraform.json": `{}`},
			fails: "no modules.v1",
		},
		{name: "no discovery", pkg: module("acme", "vpc.aws", "1.0.0"), is: ErrNotFound},
		{name: "no provider", pkg: module("acme", "vpc", "1.0.0"), fails: "MODULE.PROVIDER"},
		{name: "no namespace", pkg: module("", "vpc.aws", "1.0.0"), fails: "namespace as the group"},
	})
}

func TestTerraformHeader(t *testing.T) {
	t.Parallel()
	index := serve(map[string]string{".well-known/terraform.json": `{"modules.v1": "/pg/m"}`})
	index.pages["m/feed__acme/vpc/aws/1.0.0/download"] = page{header: http.Header{"X-Terraform-Get": {"../../x.zip?sig=b&a=1"}}}
	kind, err := For(ecosystem.Terraform)
	if err != nil {
		t.Fatal(err)
	}
	got, err := kind.Locate(t.Context(), index, "feed", ecosystem.Package{
		Type:    ecosystem.Terraform,
		Group:   "acme",
		Name:    "vpc.aws",
		Version: "1.0.0",
	})
	if err != nil || got.Ref != "https://proget.example/pg/m/feed__acme/vpc/x.zip?sig=b&a=1" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSplitGetter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		link, plain, archive string
		fails                bool
		sum                  string // the algorithm of its checksum
	}{
		{link: "https://h/x.zip", plain: "https://h/x.zip", archive: "zip"},
		{link: "https://h/x.tar.gz//sub/folder?b=2&a=1", plain: "https://h/x.tar.gz?b=2&a=1", archive: "tar.gz"},
		{link: "https://h/x?archive=tgz&sig=a%2Bb", plain: "https://h/x?sig=a%2Bb", archive: "tgz"},
		{link: "https://h/a%2Fb.zip//c", plain: "https://h/a%2Fb.zip", archive: "zip"},
		{link: "https://h/x?archive=exe", plain: "https://h/x", archive: "zip"},
		{link: "./x.tgz", plain: "./x.tgz", archive: "tgz"},
		{link: "git::https://h/x.git?ref=v1", fails: true},
		{link: "s3::https://h/x.zip", fails: true},
		{link: "https::https://h/x.zip", plain: "https://h/x.zip", archive: "zip"},
		{link: "http::/m/x.tgz", plain: "/m/x.tgz", archive: "tgz"},
		{link: "https://h/x.zip?a=http::b", plain: "https://h/x.zip?a=http::b", archive: "zip"},
		{link: "https://h/x?checksum=" + fill(1, 32), plain: "https://h/x", archive: "zip", sum: "sha256"},
		{link: "https://h/x?checksum=sha1:" + fill(1, 20), plain: "https://h/x", archive: "zip", sum: "sha1"},
		{link: "https://h/x?checksum=" + fill(1, 31), plain: "https://h/x?checksum=" + fill(1, 31), archive: "zip"},
		{link: "https://h/x?checksum=md5:00", plain: "https://h/x", archive: "zip", sum: "md5"},
		{link: "https://h/x?checksum=crc32:00", plain: "https://h/x?checksum=crc32:00", archive: "zip"},
		{link: "https://h/%zz", fails: true},
	}
	for _, test := range tests {
		plain, archive, sums, err := splitGetter(test.link)
		if _, summed := sums[test.sum]; plain != test.plain || archive != test.archive || (err != nil) != test.fails || summed != (test.sum != "") || len(sums) > 1 {
			t.Errorf("splitGetter(%q) = %q, %q, %q, %v", test.link, plain, archive, sums, err)
		}
	}
}

func TestModule(t *testing.T) {
	t.Parallel()
	tests := []struct{ group, name, want string }{
		{"acme", "vpc.aws", "acme/vpc/aws"},
		{"acme", "my.vpc.aws", "acme/my.vpc/aws"},
		{"acme/vpc", "aws", "acme/vpc/aws"},
		{"acme/vpc", "a.b", "acme/vpc/a.b"},
		{"", "vpc.aws", ""},
		{"acme", "vpc", ""},
		{"acme", ".aws", ""},
		{"acme", "vpc.", ""},
		{"a/b/c", "d", ""},
		{"acme", "..aws", ""},
		{"acme", "a...", ""},
	}
	for _, test := range tests {
		q := query{doubt: new(error), pkg: ecosystem.Package{Group: test.group, Name: test.name}}
		got, err := terraformQuery{q}.module()
		if err == nil && strings.Join(got, "/") != test.want || (err != nil) != (test.want == "") {
			t.Errorf("module of %q %q is %q, %v; want %q", test.group, test.name, got, err, test.want)
		}
	}
}

// TestGetterStaysHidden: a link that is not an archive's may hold a key or a password, which are
// nobody's to see.
func TestGetterStaysHidden(t *testing.T) {
	t.Parallel()
	for _, link := range []string{"git::https://u:hidden@h/x.git?sshkey=hidden", "https://h/%zz?sig=hidden", "s3::https://h/x?sig=hidden"} {
		if _, _, _, err := splitGetter(link); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", link, err)
		}
	}
}
