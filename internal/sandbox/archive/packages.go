package archive

import (
	"bytes"
	"crypto/sha256"
	"fmt"
)

// Deb makes a Debian binary package from its control file and its files (deb(5)). Errors are those
// of Tar.
func Deb(control string, files ...File) ([]byte, error) {
	about, err := TarGz(File{"./control", control})
	if err != nil {
		return nil, err
	}
	data, err := TarGz(files...)
	if err != nil {
		return nil, err
	}
	return ar(File{"debian-binary", "2.0\n"}, File{"control.tar.gz", string(about)}, File{"data.tar.gz", string(data)}), nil
}

// ar packs files in the common format of ar(5); names are at most 16 bytes.
func ar(files ...File) []byte {
	var out bytes.Buffer
	out.WriteString("!<arch>\n")
	for _, file := range files {
		fmt.Fprintf(&out, "%-16s%-12d%-6d%-6d%-8s%-10d`\n", file.Name, madeAt().Unix(), 0, 0, "100644", len(file.Content))
		out.WriteString(file.Content)
		if len(file.Content)%2 == 1 {
			out.WriteByte('\n') // members begin at even offsets
		}
	}
	return out.Bytes()
}

// Gem makes a Ruby gem from its specification in YAML and its files: a tar of compressed parts and
// their checksums (github.com/rubygems/rubygems, lib/rubygems/package). Errors are those of Tar.
func Gem(specification string, files ...File) ([]byte, error) {
	data, err := TarGz(files...)
	if err != nil {
		return nil, err
	}
	metadata := Gzip([]byte(specification))
	sums := fmt.Sprintf("---\nSHA256:\n  metadata.gz: %x\n  data.tar.gz: %x\n", sha256.Sum256(metadata), sha256.Sum256(data))
	return Tar(
		File{"metadata.gz", string(metadata)},
		File{"data.tar.gz", string(data)},
		File{"checksums.yaml.gz", string(Gzip([]byte(sums)))},
	)
}

// APK makes an unsigned Alpine package: the control segment with .PKGINFO, then the data
// (wiki.alpinelinux.org/wiki/Apk_spec). Errors are those of Tar.
func APK(info string, files ...File) ([]byte, error) {
	control, err := Segment(File{".PKGINFO", info})
	if err != nil {
		return nil, err
	}
	// Two gzip members and one tar: the control segment has no end of its own.
	data, err := TarGz(files...)
	return append(control, data...), err
}

// Conda makes a package in conda's second format: a zip of its version and two tars in zstd
// (docs.conda.io, conda-build, package specification). Name is the file's name without .conda,
// index the text of info/index.json. Errors are those of Tar and Zip.
func Conda(name, index string, files ...File) ([]byte, error) {
	info, err := Tar(File{"info/index.json", index})
	if err != nil {
		return nil, err
	}
	data, err := Tar(files...)
	if err != nil {
		return nil, err
	}
	return Zip(
		File{"metadata.json", `{"conda_pkg_format_version": 2}`},
		File{"pkg-" + name + ".tar.zst", string(Zstd(data))},
		File{"info-" + name + ".tar.zst", string(Zstd(info))},
	)
}
