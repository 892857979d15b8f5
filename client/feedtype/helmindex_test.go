package feedtype

import (
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// charts reads the versions of the chart acme from an index.
func charts(index string) (found []chart, unread, err error) {
	unread, err = readHelm(strings.NewReader(index), "acme", func(c chart) { found = append(found, c) })
	return found, unread, err
}

// grown makes an index larger than what is parsed as a whole, by another chart.
func grown(index string) string {
	other := strings.Repeat("  - {version: 1.0.0, description: \"acme: {[\"}\n", maxYAMLBytes/40)
	return strings.Replace(index, "entries:\n", "entries:\n  other:\n"+other, 1)
}

// TestHelmShapes reads each index twice: as a whole, and by its lines.
func TestHelmShapes(t *testing.T) {
	t.Parallel()
	const good = "  - version: 1.0.0\n    urls: [a.tgz]\n"
	tests := []struct {
		name, index string
		versions    string // of those with an address
		odd         bool
	}{
		{"plain", "entries:\n  acme:\n" + good, "1.0.0", false},
		{"dashes below the name", "entries:\n  acme:\n    - version: 1.0.0\n      urls:\n        - a.tgz\n  b:\n  - version: 9\n", "1.0.0", false},
		{"two versions", "entries:\n  acme:\n  - urls:\n    - a.tgz\n    version: 2.10\n" + good + "generated: x\n", "2.10 1.0.0", false},
		{"carriage returns", "entries:\r\n  acme:\r\n  - version: 1.0.0\r\n    urls:\r\n    - a.tgz\r\n", "1.0.0", false},
		{"comments and a document's mark", "---\n# x\nentries: # y\n  acme: # z\n\n  # w\n" + good + "...\n", "1.0.0", false},
		{"quoted keys", "'entries':\n  \"acme\":\n" + good, "1.0.0", false},
		{"names that begin the same", "entries:\n  acme-x:\n  - version: 9.0.0\n    urls: [x]\n  acme:\n" + good + "  acme2:\n  - version: 8.0.0\n    urls: [x]\n", "1.0.0", false},
		{"text with lines", "entries:\n  acme:\n  - description: |\n      acme:\n      - version: 7\n\n      # no comment\n    version: 1.0.0\n    urls: [a.tgz]\n", "1.0.0", false},
		{"key twice", "entries:\n  acme:\n" + good + "  b:\n  - {}\n  acme:\n  - version: 2.0.0\n    urls: [b.tgz]\n", "1.0.0 2.0.0", false},
		{"field twice, the same", "entries:\n  acme:\n" + good + "    version: 1.0.0\n", "1.0.0", false},
		{"field twice, another", "entries:\n  acme:\n" + good + "    version: 2.0.0\n", "", false},
		{"urls is text", "entries:\n  acme:\n" + good + "  - version: 0.9.0\n    urls: x.tgz\n", "1.0.0", false},
		{"a version is text", "entries:\n  acme:\n  - text\n" + good, "1.0.0", true},
		{"a version is a list", "entries:\n  acme:\n  - [a]\n" + good, "1.0.0", true},
		{"alias", "entries:\n  acme:\n  - version: 1.0.0\n    home: &u a.tgz\n    urls: [*u]\n", "1.0.0", false},
		{"a version that is not YAML", "entries:\n  acme:\n" + good + "  - version: 0.9.0\n    description: a: b: c\n", "1.0.0", true},
		{"another chart that is not YAML", "entries:\n  b:\n  - version: 0.9.0\n    description: a: b: c\n  acme:\n" + good, "1.0.0", false},
		{"no version", "entries:\n  acme:\n  b:\n" + good, "", false},
		{"empty list", "entries:\n  acme: []\n  b:\n" + good, "", false},
		{"no entries as a list", "apiVersion: v1\nentries: []\n", "", false},
		{"another list", "other:\n  acme:\n" + good + "entries:\n  b:\n" + good, "", false},
		{"unknown", "entries:\n  b:\n" + good, "", false},
	}
	for _, test := range tests {
		for _, index := range []string{test.index, grown(test.index)} {
			found, unread, err := charts(index)
			var versions []string
			for _, c := range found {
				if c.odd == nil && c.url() != "" {
					versions = append(versions, string(c.Version))
				}
			}
			if got := strings.Join(versions, " "); got != test.versions || err != nil || unread != nil != test.odd {
				t.Errorf("%s (%d bytes): versions %q, unread %v, error %v", test.name, len(index), got, unread, err)
			}
		}
	}
}

// TestHelmErrors: what is not an index is an error, whatever its size, and no text of the parser is
// shown.
func TestHelmErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, index, want string }{
		{"no YAML", "entries: [", "it is not valid YAML"},
		{"a page", "<html><p>", "it should be an object, is text"},
		{"a large page", "<html>" + strings.Repeat("<p>x</p>\n", maxYAMLBytes/8), "it should be a YAML object with entries"},
		{"a list", "- entries", "it should be an object, is a list"},
		{"entries are a list", "entries: [a]", `"entries" should be an object, is a list`},
		{"a chart is text", "entries:\n  acme: gone", `"acme" should be a list, is text`},
		{"a large index in flow style", "entries: {" + strings.Repeat("a: [],\n", maxYAMLBytes/6) + "}", "not in lines of their own"},
		{"a large chart in flow style", grown("entries:\n  acme: [{version: 1}]\n"), "not in lines of their own"},
		{"a large version", grown("entries:\n  acme:\n  - a: x\n" + strings.Repeat("    b: x\n", maxYAMLBytes/8)), errTooLarge.Error()},
		{"a long line", grown("entries:\n  acme:\n  - " + strings.Repeat("a", maxLineBytes)), errTooLarge.Error()},
		{"large JSON that is cut", `{"entries": {` + strings.Repeat(`"b": [],`, maxYAMLBytes/7), "EOF"},
	}
	for _, test := range tests {
		_, unread, err := charts(test.index)
		if err == nil {
			err = unread
		}
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "yaml:") {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestHelmLines: by its lines, an index says the same as parsed as a whole.
func TestHelmLines(t *testing.T) {
	t.Parallel()
	value := rapid.SampledFrom([]string{"1.0.0", "'2.0'", `"3"`, "|\n      acme:\n      - x", ">\n\n      y", "[a, b]", "{acme: x}", "~", "# c", "x: y", "- z"})
	key := rapid.SampledFrom([]string{"version", "digest", "urls", "acme", "description"})
	rapid.Check(t, func(t *rapid.T) {
		index := "entries:\n"
		for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"acme", "b", "'acme'", "acme-x"}), 1, 4).Draw(t, "names") {
			index += "  " + name + ":\n"
			for range rapid.IntRange(0, 3).Draw(t, "versions") {
				index += "  - " + key.Draw(t, "key") + ": " + value.Draw(t, "value") + "\n    " + key.Draw(t, "key") + ": " + value.Draw(t, "value") + "\n"
			}
		}
		if _, err := parseYAML([]byte(index)); err != nil {
			return // by its lines, what is wrong elsewhere is not seen
		}
		var whole, lines []chart
		_, err := readYAML([]byte(index), "acme", func(c chart) { whole = append(whole, c) })
		l := &chartLines{name: "acme", f: func(c chart) { lines = append(lines, c) }}
		if lineErr := l.read(strings.NewReader(index)); err == nil && (lineErr != nil || !reflect.DeepEqual(plainCharts(whole), plainCharts(lines))) {
			t.Errorf("%s\nwhole %v\nlines %v %v", index, whole, lines, lineErr)
		}
	})
}

// plainCharts makes the errors comparable.
func plainCharts(list []chart) (texts []string) {
	for _, c := range list {
		texts = append(texts, fmt.Sprint(c.Version, c.Digest, c.URLs, c.odd != nil))
	}
	return texts
}

// TestHelmMemory: a chart of many values does not take many times its size.
func TestHelmMemory(t *testing.T) {
	item := "  - a: [" + strings.Repeat("a,", (maxYAMLBytes-100)/2) + "a]\n"
	index := grown("entries:\n  acme:\n" + strings.Repeat(item, 8))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, err := charts(index); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grew := int64(after.HeapSys) - int64(before.HeapSys); grew > 200<<20 {
		t.Errorf("the heap grew by %d MiB", grew>>20)
	}
}

func FuzzHelm(f *testing.F) {
	f.Add("entries:\n  acme:\n  - version: 1.0.0\n    urls: [a]\n")
	f.Add(`{"entries": {"acme": [{"version": "1", "urls": ["a"]}]}}`)
	f.Add("entries:\n  acme: &a\n  - *a\n")
	f.Fuzz(func(t *testing.T, index string) {
		for _, parse := range []func(io.Reader) error{
			func(r io.Reader) error { _, err := readHelm(r, "acme", func(chart) {}); return err },
			(&chartLines{name: "acme", f: func(chart) {}}).read,
		} {
			if err := parse(strings.NewReader(index)); err != nil && strings.Contains(err.Error(), "yaml:") {
				t.Error(err)
			}
		}
	})
}
