package feedtype

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// pypiAccept asks for JSON first, as pip does (packaging.python.org, simple-repository-api).
const pypiAccept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"

// maxFileNameBytes is more than any file system takes.
const maxFileNameBytes = 1 << 10

// pypiFile is one distribution file of a project.
type pypiFile struct {
	name    string
	link    string            // as the page has it
	hashes  map[string]string // hex by algorithm; a link may have some, too
	size    int64             // bytes; -1 unknown
	yanked  bool
	version string // from the name; "" if the name does not contain it
}

// locatePyPI finds the project's page, and the file on it.
func locatePyPI(ctx context.Context, q query) (content Content, err error) {
	ref := "pypi/" + q.feed + "/simple/" + escape(ecosystem.PyPIName(q.pkg.Name)) + "/"
	err = q.read(ctx, ref, pypiAccept, func(doc *Document, r io.Reader) error {
		files := newPyPIFiles(q.pkg)
		if err := readSimple(doc, r, files); err != nil {
			return err
		}
		file, err := files.pick()
		if err != nil {
			return err
		}
		content = Content{FileName: file.name, Version: file.version, Size: file.size}
		if content.Ref, err = files.resolve(doc, file); err != nil {
			return err
		}
		content.publish("pypi index", file.hashes)
		content.publish("pypi index", fragmentSums(file.link))
		return nil
	})
	return content, err
}

// readSimple looks at the first byte, and at the content type if that does not decide: a server
// without JSON answers HTML to the same request, and some call it JSON.
func readSimple(doc *Document, r io.Reader, files *pypiFiles) error {
	buffered := bufio.NewReader(r)
	first, err := firstByte(buffered)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if first == '{' || first != '<' && strings.Contains(doc.ContentType, "json") {
		return readSimpleJSON(buffered, files.add)
	}
	return readSimpleHTML(buffered, files, !isSimplePage(doc.URL, files.pkg.Name))
}

// readSimpleJSON reads the form of PEP 691 (packaging.python.org, simple-repository-api).
func readSimpleJSON(r io.Reader, f func(pypiFile) error) error {
	return readJSON(r, func(j *jsonReader, key string) error {
		if key != "files" {
			return j.skip()
		}
		return j.items(func() error {
			entry := struct {
				Filename string
				URL      string
				Hashes   map[string]string
				Size     int64
				Yanked   flag // true, or the reason as a string
			}{Size: -1}
			if _, err := j.decode(&entry); err != nil {
				return err
			}
			if entry.Filename == "" {
				entry.Filename = linkedName(entry.URL)
			}
			return f(pypiFile{name: entry.Filename, link: entry.URL, hashes: knownSums(entry.Hashes),
				size: knownSize(entry.Size), yanked: bool(entry.Yanked)})
		})
	})
}

// pypiFiles keeps the files of the version that is asked for, as they come.
type pypiFiles struct {
	pkg    ecosystem.Package
	name   string // of the file that is asked for; "" for any
	newest *newest
	kept   []pypiFile
	others []string // files of that version that have another name
	base   string   // what the page's links are relative to; "" for its own address
}

// resolve makes the link to a file absolute.
func (p *pypiFiles) resolve(doc *Document, file pypiFile) (string, error) {
	link, _, _ := strings.Cut(file.link, "#")
	if p.base == "" {
		return resolveContent(doc, file.version, link)
	}
	base, err := resolve(doc, p.base)
	if err != nil {
		return "", err
	}
	return resolveContent(&Document{URL: base}, file.version, link)
}

// maxPyPIFiles is the most files of one version that are kept: 10,000; real ones have a few
// hundred.
const maxPyPIFiles = 10_000

func newPyPIFiles(pkg ecosystem.Package) *pypiFiles {
	name := pkg.Qualifiers["file_name"]
	if name == "" {
		name = pkg.Qualifiers["file"] // ProGet's own word for it
	}
	return &pypiFiles{pkg: pkg, name: name, newest: newestOf(pkg)}
}

// add keeps f if it may match. A yanked file counts only if its version is requested by number.
func (p *pypiFiles) add(f pypiFile) error {
	if len(f.name) > maxFileNameBytes || checkPart("file", f.name) != nil {
		return nil
	}
	f.version = pypiVersion(p.pkg.Name, f.name)
	if p.name != "" && !strings.EqualFold(f.name, p.name) {
		if f.version != "" && ecosystem.SameVersion(ecosystem.PyPI, f.version, p.pkg.Version) {
			p.others = addOther(p.others, f.name)
		}
		return nil
	}
	version := p.pkg.Version
	if isLatest(version) {
		if f.yanked {
			return nil
		}
		if p.newest.offer(f.version) {
			p.kept = p.kept[:0]
		}
		version = p.newest.best
	}
	if f.version == "" || !ecosystem.SameVersion(ecosystem.PyPI, f.version, version) {
		return nil
	}
	if p.kept = append(p.kept, f); len(p.kept) > maxPyPIFiles {
		return errTooMany
	}
	return nil
}

// pick chooses by file name if one is given. Otherwise the version must have only one file, or one
// wheel for every platform, because nothing says which of several platforms is meant. Of a file
// that is listed twice, as on a page that was merged from several, the first is taken.
func (p *pypiFiles) pick() (pypiFile, error) {
	if len(p.kept) == 0 {
		return pypiFile{}, query{pkg: p.pkg}.missingBut("file_name", p.others)
	}
	seen := map[string]bool{}
	files := slices.DeleteFunc(p.kept, func(f pypiFile) bool {
		twice := seen[f.name]
		seen[f.name] = true
		return twice
	})
	if universal := slices.DeleteFunc(slices.Clone(files), pypiFile.isSpecific); len(universal) == 1 {
		return universal[0], nil
	}
	if len(files) > 1 {
		return pypiFile{}, pypiChoice(files)
	}
	return files[0], nil
}

// pypiChoice asks for a file name and lists those that there are.
func pypiChoice(files []pypiFile) error {
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	return &QualifierError{Type: ecosystem.PyPI, Key: "file_name", Example: names[0], Choices: names, Version: files[0].version}
}

// isSpecific recognizes any file but a wheel for every platform.
func (f pypiFile) isSpecific() bool {
	return !strings.HasSuffix(strings.ToLower(f.name), "-none-any.whl")
}

// Extensions of distribution files. What follows the version in those of the second list is the
// platform.
func sdistExtensions() []string { return []string{".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip"} }
func builtExtensions() []string { return []string{".whl", ".egg", ".exe", ".msi"} }

// isDistribution recognizes a file's name among other ends of links.
func isDistribution(name string) bool {
	has := func(extension string) bool {
		_, found := cutExtension(name, extension)
		return found
	}
	return slices.ContainsFunc(sdistExtensions(), has) || slices.ContainsFunc(builtExtensions(), has)
}

// cutExtension cuts an extension, in any letter case, off a file's name.
func cutExtension(name, extension string) (stem string, found bool) {
	end := len(name) - len(extension)
	if end < 0 || !strings.EqualFold(name[end:], extension) {
		return name, false
	}
	return name[:end], true
}

// pypiVersion reads the version out of a file name: what follows the project's name, up to the next
// dash of a wheel or egg, or the extension of a source archive. Names are compared in their normal
// form, in which a dash stands for several characters, so the name's end is where the normal forms
// agree.
func pypiVersion(project, file string) string {
	for _, extension := range sdistExtensions() {
		if stem, ok := cutExtension(file, extension); ok {
			return afterName(project, stem)
		}
	}
	for _, extension := range builtExtensions() {
		if stem, ok := cutExtension(file, extension); ok {
			version, _, _ := strings.Cut(afterName(project, stem), "-")
			return version
		}
	}
	return ""
}

// afterName cuts the project's name off a file's; "" if it begins with another name. It compares as
// it goes: a file's name may have a thousand dashes.
func afterName(project, stem string) string {
	rest, separated := ecosystem.PyPIName(project), false
	for i, r := range stem {
		if strings.ContainsRune("-_.", r) {
			if r == '-' && rest == "" {
				return stem[i+1:]
			}
			separated = true
			continue
		}
		if separated {
			var ok bool
			if rest, ok = strings.CutPrefix(rest, "-"); !ok {
				return ""
			}
		}
		separated = false
		want, size := utf8.DecodeRuneInString(rest)
		if size == 0 || unicode.ToLower(r) != want {
			return ""
		}
		rest = rest[size:]
	}
	return ""
}
