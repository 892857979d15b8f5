package sandbox

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// members reads the files of concatenated gzip members that hold one tar.
func members(t *testing.T, content string) map[string]string {
	t.Helper()
	squeezed, err := gzip.NewReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(squeezed); ; {
		member, err := archive.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[member.Name] = string(text)
	}
}

func TestAPK(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	base += "/apk/apk/x86_64/"
	files := members(t, get(t, base+"APKINDEX.tar.gz", deploymentHeaders()...).body)
	if _, signed := files[".SIGN.RSA.apk@proget.rsa.pub"]; !signed || files["DESCRIPTION"] != "apk" {
		t.Errorf("index has %v", files)
	}
	records := stanzas(files["APKINDEX"])
	if len(records) != 2 {
		t.Fatalf("index %q", files["APKINDEX"])
	}
	for i, record := range records {
		version := []string{"1.0.0-r0", "1.1.0-r1"}[i]
		got := get(t, base+record["P"]+"-"+record["V"]+".apk", deploymentHeaders()...)
		if got.status != http.StatusOK || record["V"] != version || record["A"] != "x86_64" || record["S"] != fmt.Sprint(len(got.body)) {
			t.Errorf("%v: %d", record, got.status)
		}
		control := got.body[:strings.Index(got.body[1:], "\x1f\x8b\x08")+1]
		sum := sha1.Sum([]byte(control))
		if record["C"] != "Q1"+base64.StdEncoding.EncodeToString(sum[:]) {
			t.Errorf("%s: control segment of %d bytes has another sum", version, len(control))
		}
		if info := members(t, got.body)[".PKGINFO"]; !strings.Contains(info, "pkgver = "+version+"\n") {
			t.Errorf("%s: %q", version, info)
		}
	}
	if list := s.Deployments(); len(list) != 2 || list[1].Version != "1.1.0-r1" {
		t.Errorf("recorded %+v", list)
	}
}

// segments are a signature, a control segment and data.
func segments(t testing.TB) (signature, control, data []byte) {
	t.Helper()
	signature, err1 := archive.Segment(archive.File{Name: ".SIGN.RSA.x.rsa.pub", Content: "s"})
	control, err2 := archive.Segment(archive.File{Name: ".PKGINFO", Content: "pkgname = x\n"})
	data, err3 := archive.TarGz(archive.File{Name: "usr/x", Content: "x"})
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	return signature, control, data
}

func TestAPKControl(t *testing.T) {
	t.Parallel()
	signature, control, data := segments(t)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, test := range map[string]struct{ content, want []byte }{
		"unsigned":       {join(control, data), control},
		"signed":         {join(signature, control, data), control},
		"signed twice":   {join(signature, signature, control, data), control},
		"signature only": {signature, signature},
		"not gzip":       {[]byte("plain"), []byte("plain")},
		"cut":            {control[:20], control[:20]},
		"empty":          {nil, nil},
	} {
		if got := apkControl(test.content); !bytes.Equal(got, test.want) {
			t.Errorf("%s: %d bytes, want %d", name, len(got), len(test.want))
		}
	}
}

// Whatever the content, the control segment is a part of it.
func FuzzAPKControl(f *testing.F) {
	signature, control, data := segments(f)
	f.Add(append(control, data...))
	f.Add(append(signature, data...))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<12 {
			t.Skip("more bytes are only slower")
		}
		if got := apkControl(content); !bytes.Contains(content, got) || len(got) == 0 && len(content) > 0 {
			t.Errorf("%d of %d bytes", len(got), len(content))
		}
	})
}
