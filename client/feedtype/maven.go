package feedtype

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// mavenQuery looks for a Maven artifact.
type mavenQuery struct{ query }

// locateMaven builds the address from the repository layout (maven.apache.org, repository/layout).
// Only words for versions and snapshots need an index.
func locateMaven(ctx context.Context, of query) (Content, error) {
	q := mavenQuery{of}
	if q.pkg.Group == "" {
		return Content{}, &NameError{"group", "", "is empty; a Maven artifact has a group such as \"org.acme\""}
	}
	group := strings.ReplaceAll(q.pkg.Group, ".", "/")
	if err := checkPart("group", group); err != nil {
		return Content{}, err
	}
	folder := "maven2/" + q.feed + "/" + escapePath(group+"/"+q.pkg.Name)
	version := q.pkg.Version
	if isLatest(version) {
		var err error
		if version, err = q.latestMaven(ctx, folder); err != nil {
			return Content{}, err
		}
	}
	folder += "/" + escape(snapshotFolder(version))
	classifier, extension := mavenFile(q.pkg.Qualifiers)
	value, err := q.snapshotValue(ctx, folder, version, classifier, extension)
	if err != nil {
		return Content{}, err
	}
	file := q.pkg.Name + "-" + value
	if classifier != "" {
		file += "-" + classifier
	}
	file += "." + extension
	content := Content{Ref: folder + "/" + escape(file), FileName: file, Version: version, Size: -1}
	if version == q.pkg.Version && value == version {
		content.guessed, content.Search = true, builtByLayout
	}
	content.Checksums, err = q.siblingChecksum(ctx, content.Ref)
	return content, err
}

// mavenFile derives classifier and file extension from a package URL's qualifiers. Some types mean
// another extension, or a classifier too (maven.apache.org,
// ref/current/maven-core/artifact-handlers).
func mavenFile(qualifiers map[string]string) (classifier, extension string) {
	extension = qualifiers["type"]
	switch extension {
	case "", "maven-plugin", "ejb", "bundle":
		extension = "jar"
	case "test-jar":
		classifier, extension = "tests", "jar"
	case "ejb-client":
		classifier, extension = "client", "jar"
	case "java-source":
		classifier, extension = "sources", "jar"
	case "javadoc":
		classifier, extension = "javadoc", "jar"
	}
	if c := qualifiers["classifier"]; c != "" {
		classifier = c
	}
	return classifier, extension
}

// snapshotFolder is the folder of a version: its own, but for one build of a snapshot that of the
// snapshot, so that 1.0-20240101.120000-3 is in 1.0-SNAPSHOT (maven.apache.org,
// repository/metadata).
func snapshotFolder(version string) string {
	rest, build := cutLast(version, '-')
	base, stamp := cutLast(rest, '-')
	day, second, dotted := strings.Cut(stamp, ".")
	if base == "" || !dotted || !isDigits(day, 8) || !isDigits(second, 6) || !isDigits(build, len(build)) {
		return version
	}
	return base + "-SNAPSHOT"
}

// cutLast cuts s around the last separator; both are "" without one.
func cutLast(s string, separator byte) (before, after string) {
	if i := strings.LastIndexByte(s, separator); i >= 0 {
		return s[:i], s[i+1:]
	}
	return "", ""
}

// isDigits reports whether s has n digits and nothing else.
func isDigits(s string, n int) bool {
	return n > 0 && len(s) == n && strings.Trim(s, "0123456789") == ""
}

// mavenMetadata is what is used of maven-metadata.xml, in both of its places (maven.apache.org,
// ref/current/maven-repository-metadata).
type mavenMetadata struct {
	Group    string   `xml:"groupId"`
	Artifact string   `xml:"artifactId"`
	Version  string   `xml:"version"`
	Versions []string `xml:"versioning>versions>version"`
	Snapshot struct {
		Timestamp   string `xml:"timestamp"`
		BuildNumber string `xml:"buildNumber"`
	} `xml:"versioning>snapshot"`
	Files []struct {
		Classifier string `xml:"classifier"`
		Extension  string `xml:"extension"`
		Value      string `xml:"value"`
	} `xml:"versioning>snapshotVersions>snapshotVersion"`
}

// mavenMetadata reads the index of an artifact (all versions) or of one snapshot version (its
// builds), by its folder.
func (q mavenQuery) mavenMetadata(ctx context.Context, folder string) (m mavenMetadata, err error) {
	err = q.read(ctx, folder+"/maven-metadata.xml", "application/xml, text/xml", func(_ *Document, r io.Reader) error {
		if err := newXML(r).Decode(&m); err != nil {
			return err
		}
		return m.of(q.pkg)
	})
	return m, err
}

// of checks that the index is that of pkg, if it says which it is.
func (m *mavenMetadata) of(pkg ecosystem.Package) error {
	group, artifact := strings.TrimSpace(m.Group), strings.TrimSpace(m.Artifact)
	if group != "" && group != pkg.Group || artifact != "" && artifact != pkg.Name {
		return fmt.Errorf("it is of %q", group+":"+artifact)
	}
	return nil
}

// latestMaven orders the versions itself: latest and release in the index are what was deployed
// last, not what is newest, and may have been deleted since.
func (q mavenQuery) latestMaven(ctx context.Context, folder string) (string, error) {
	m, err := q.mavenMetadata(ctx, folder)
	if err != nil {
		return "", err
	}
	pick := newestOf(q.pkg)
	for _, v := range m.Versions {
		pick.offer(strings.TrimSpace(v))
	}
	if pick.best == "" {
		return "", missing(q.pkg)
	}
	return pick.best, nil
}

// snapshotValue is the version in the file's name: the time stamp of the newest build of a
// snapshot. If no index has it, the literal name is used, for which ProGet serves the newest build
// (Inedo docs, proget/feeds/maven).
func (q mavenQuery) snapshotValue(ctx context.Context, folder, version, classifier, extension string) (string, error) {
	base, isSnapshot := strings.CutSuffix(version, "-SNAPSHOT")
	if !isSnapshot {
		return version, nil
	}
	m, err := q.mavenMetadata(ctx, folder)
	if err != nil {
		return version, q.refusable(err)
	}
	if v := strings.TrimSpace(m.Version); v != "" && v != version { // another snapshot's builds
		return version, nil
	}
	value := version
	if s := m.Snapshot; s.Timestamp != "" && s.BuildNumber != "" {
		value = base + "-" + strings.TrimSpace(s.Timestamp) + "-" + strings.TrimSpace(s.BuildNumber)
	}
	newest := ""
	for _, f := range m.Files { // an index that was merged has several builds of a file, in any order
		build := strings.TrimSpace(f.Value)
		if strings.TrimSpace(f.Extension) == extension && strings.TrimSpace(f.Classifier) == classifier && strings.HasPrefix(build, base+"-") && isComparable(build) &&
			(newest == "" || ecosystem.CompareVersions(ecosystem.Maven, build, newest) > 0) {
			newest, value = build, build
		}
	}
	return value, checkPublished("version", value)
}

// siblingChecksum asks for the checksum files beside an artifact until there is one. What is not a
// checksum counts as missing: some servers answer with a page.
func (q mavenQuery) siblingChecksum(ctx context.Context, ref string) (sums []Checksum, err error) {
	for _, algorithm := range []string{"sha256", "sha512", "sha1", "md5"} {
		err = q.read(ctx, ref+"."+algorithm, "", func(_ *Document, r io.Reader) error {
			sums = readSum(algorithm, r)
			return nil
		})
		if err = extra(err); err != nil || sums != nil {
			return sums, err
		}
	}
	return nil, nil
}

// maxSumBytes is more than a checksum file with a long file name has.
const maxSumBytes = 4 << 10

// readSum reads "HEX", "HEX file" or "file: HEX".
func readSum(algorithm string, r io.Reader) []Checksum {
	text, _ := io.ReadAll(io.LimitReader(r, maxSumBytes))
	for field := range strings.FieldsSeq(string(text)) {
		if sum, ok := ParseSum(algorithm, field); ok {
			return []Checksum{{Algorithm: algorithm, Sum: sum, Source: "maven checksum file"}}
		}
	}
	return nil
}
