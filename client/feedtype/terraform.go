package feedtype

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// terraformQuery looks for a Terraform module.
type terraformQuery struct{ query }

// locateTerraform follows the module registry protocol: discovery, then the download document,
// which names the archive in a header or, in later servers, in JSON (developer.hashicorp.com,
// terraform/internals/module-registry-protocol).
func locateTerraform(ctx context.Context, of query) (Content, error) {
	q := terraformQuery{of}
	module, err := q.module()
	if err != nil {
		return Content{}, err
	}
	base, err := q.moduleBase(ctx)
	if err != nil {
		return Content{}, err
	}
	base += q.feed + "__" + escapePath(strings.Join(module, "/")) + "/"
	version := q.pkg.Version
	if isLatest(version) {
		if version, err = q.latestModule(ctx, base+"versions"); err != nil {
			return Content{}, err
		}
	}
	content := Content{Version: version, Size: -1}
	err = q.read(ctx, base+escape(version)+"/download", "application/json", func(doc *Document, r io.Reader) error {
		link, err := moduleLink(doc, r)
		if err != nil {
			return err
		}
		link, archive, sums, err := splitGetter(link)
		if err != nil {
			return err
		}
		content.FileName = strings.Join(module, "-") + "-" + version + "." + archive
		content.publish("terraform registry", sums)
		content.Ref, err = resolve(doc, link)
		return err
	})
	return content, err
}

// module gives namespace, module and provider. ProGet names the package MODULE.PROVIDER (Inedo
// docs, proget/feeds/terraform); a package URL may have the provider as a segment.
func (q terraformQuery) module() ([]string, error) {
	parts := strings.Split(q.pkg.Group+"/"+q.pkg.Name, "/")
	if i := strings.LastIndexByte(q.pkg.Name, '.'); len(parts) == 2 && i > 0 {
		parts = []string{parts[0], q.pkg.Name[:i], q.pkg.Name[i+1:]}
	}
	if len(parts) != 3 || parts[0] == "" || parts[2] == "" {
		return nil, &NameError{"package name", q.pkg.Name, "is not a module; expected the namespace as the group and MODULE.PROVIDER as the name"}
	}
	return parts, checkPart("package name", strings.Join(parts, "/")) // a part may be a dot segment even if the whole is none
}

// moduleBase is where the host says that its modules are; it ends with a slash.
func (q terraformQuery) moduleBase(ctx context.Context) (base string, err error) {
	err = q.read(ctx, ".well-known/terraform.json", "application/json", func(doc *Document, r io.Reader) error {
		link := text("")
		err := readJSON(r, func(j *jsonReader, key string) error { // other services have objects
			if key != "modules.v1" {
				return j.skip()
			}
			_, err := j.decode(&link)
			return err
		})
		if err != nil {
			return err
		}
		if link == "" {
			return errors.New("it names no modules.v1 service")
		}
		base, err = resolve(doc, strings.TrimRight(string(link), "/")+"/")
		return err
	})
	return base, err
}

// latestModule chooses from the list of versions, which is only requested for a word such as
// latest.
func (q terraformQuery) latestModule(ctx context.Context, ref string) (string, error) {
	pick := newestOf(q.pkg)
	err := q.read(ctx, ref, "application/json", func(_ *Document, r io.Reader) error {
		return readJSON(r, func(j *jsonReader, key string) error {
			if !strings.EqualFold(key, "modules") {
				return j.skip()
			}
			return j.items(func() error { return eachModuleVersion(j, func(v string) { pick.offer(v) }) })
		})
	})
	if err == nil && pick.best == "" {
		err = missing(q.pkg)
	}
	return pick.best, err
}

// eachModuleVersion reads a module of the list of versions.
func eachModuleVersion(j *jsonReader, f func(string)) error {
	return j.members(func(key string) error {
		if !strings.EqualFold(key, "versions") {
			return j.skip()
		}
		return j.items(func() error {
			var v struct{ Version text }
			_, err := j.decode(&v)
			f(string(v.Version))
			return err
		})
	})
}

// moduleLink reads the answer of the download address.
func moduleLink(doc *Document, r io.Reader) (string, error) {
	if link := doc.Header.Get("X-Terraform-Get"); link != "" {
		return link, nil
	}
	var answer struct{ Location string }
	if err := decodeWhole(r, &answer); err != nil || answer.Location == "" {
		return "", errors.New("it names no archive")
	}
	return answer.Location, nil
}

// splitGetter makes a plain URL of a go-getter one: without the folder inside the archive, and with
// its parameters for the archive's format and checksum taken off (github.com/hashicorp/go-getter).
// Only archives over HTTP are files.
func splitGetter(link string) (plain, archive string, sums map[string]string, err error) {
	// Except after a getter's name, "::" is part of an IPv6 address or of a query string.
	getter, rest, found := strings.Cut(link, "::")
	switch named := found && !strings.ContainsAny(getter, ":/?"); {
	case named && (getter == "http" || getter == "https"): // its own name for a plain address
		link = rest
	case named:
		return "", "", nil, fmt.Errorf("the link is for %q: it is not an archive but a repository", getter)
	}
	u, err := url.Parse(link)
	if err != nil {
		return "", "", nil, errNotURL
	}
	parameters := u.Query()
	algorithm, sum, typed := strings.Cut(parameters.Get("checksum"), ":")
	if !typed { // its length says which it is
		algorithm, sum = algorithmOf(algorithm), algorithm
	}
	if sumSize(AlgorithmName(algorithm)) > 0 {
		sums = map[string]string{algorithm: sum}
	}
	if archive = parameters.Get("archive"); archive != "" || sums != nil { // else a signed query stays as it is
		parameters.Del("archive")
		parameters.Del("checksum")
		u.RawQuery = parameters.Encode()
	}
	path, _, _ := strings.Cut(u.EscapedPath(), "//")
	if u.Path, err = url.PathUnescape(path); err != nil {
		return "", "", nil, err
	}
	u.RawPath = path
	return u.String(), archiveFormat(archive, u.Path), sums, nil
}

// algorithmOf is the algorithm of a checksum in hexadecimal digits, "" if it is none.
func algorithmOf(sum string) string {
	for _, name := range algorithms() {
		if len(sum) == 2*sumSize(name) {
			return name
		}
	}
	return ""
}

// archiveFormat is the extension for the file's name; ProGet's modules are zip files.
func archiveFormat(archive, path string) string {
	for _, known := range []string{"zip", "tar.gz", "tgz", "tar.bz2", "tar.xz"} {
		if archive == known || archive == "" && strings.HasSuffix(path, "."+known) {
			return known
		}
	}
	return "zip"
}
