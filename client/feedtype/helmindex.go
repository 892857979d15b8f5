package feedtype

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxYAMLBytes is the most YAML that is parsed in one piece: 256 KiB. The parser takes up to 200
// times that in memory. Entries of real indexes have a few KiB; of a larger index, only the entries
// of the wanted chart are parsed, one by one.
const maxYAMLBytes = 256 << 10

// readHelm gives f each version of the chart. unread says why one that could not be read was left
// out, which matters if the wanted one is not among the others.
func readHelm(r io.Reader, name string, f func(chart)) (unread, err error) {
	start, err := io.ReadAll(io.LimitReader(r, maxYAMLBytes+1))
	if err != nil {
		return nil, err
	}
	small := len(start) <= maxYAMLBytes
	whole := io.MultiReader(bytes.NewReader(start), r)
	if bytes.HasPrefix(bytes.TrimSpace(start), []byte("{")) { // JSON is YAML, and is what large repositories write
		if !small || json.Valid(start) {
			return nil, readJSONCharts(whole, name, f)
		}
	}
	if small {
		return readSmallYAML(start, name, f)
	}
	lines := &chartLines{name: name, f: f}
	err = lines.read(whole)
	return lines.unread, err
}

// readSmallYAML reads an index line by line, which is many times as fast, or as a whole if that
// leaves anything unclear. If the whole is not YAML, what the lines gave is used, as in a large
// index.
func readSmallYAML(document []byte, name string, f func(chart)) (unread, err error) {
	var charts []chart
	lines := &chartLines{name: name, f: func(c chart) { charts = append(charts, c) }}
	err = lines.read(bytes.NewReader(document))
	if err != nil || lines.unread != nil || len(charts) == 0 {
		unread, wholeErr := readYAML(document, name, f)
		if wholeErr == nil || err != nil || len(charts) == 0 {
			return unread, wholeErr
		}
	}
	for _, c := range charts {
		f(c)
	}
	return lines.unread, nil
}

// readJSONCharts reads an index that is JSON.
func readJSONCharts(r io.Reader, name string, f func(chart)) error {
	return readJSON(r, func(j *jsonReader, key string) error {
		if key != "entries" {
			return j.skip()
		}
		return j.members(func(key string) error {
			if key != name {
				return j.skip()
			}
			return j.items(func() error {
				var c chart
				odd, err := j.decode(&c)
				if c.url() == "" {
					c.odd = odd
				}
				f(c)
				return err
			})
		})
	})
}

// readYAML reads an index as a whole. Other keys may occur twice; of the chart itself, all lists
// are read.
func readYAML(document []byte, name string, f func(chart)) (unread, err error) {
	root, err := parseYAML(document)
	if err != nil || root == nil {
		return nil, err // an empty document is an empty index
	}
	return unread, eachPair(root, "", func(key string, entries *yaml.Node) error {
		if key != "entries" {
			return nil
		}
		return eachPair(entries, key, func(key string, versions *yaml.Node) error {
			if key != name || isNull(versions) {
				return nil
			}
			if versions = follow(versions); versions.Kind != yaml.SequenceNode {
				return &oddError{key, "a list", yamlKind(versions)}
			}
			for _, version := range versions.Content {
				if odd := giveChart(version, f); unread == nil {
					unread = odd
				}
			}
			return nil
		})
	})
}

// parseYAML gives the node at the top; nil for an empty document.
func parseYAML(document []byte) (*yaml.Node, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return nil, notThis("YAML", yamlLine(err), document)
	}
	if len(root.Content) == 0 || isNull(root.Content[0]) {
		return nil, nil
	}
	return root.Content[0], nil
}

// yamlLine finds the line in a parser's error, "in line 7"; "" if it names none.
func yamlLine(err error) string {
	_, rest, _ := strings.Cut(err.Error(), "line ")
	number, _, _ := strings.Cut(rest, ":")
	if _, err := strconv.Atoi(number); err != nil {
		return ""
	}
	return "in line " + number
}

// eachPair calls f for each key of a mapping, also for one that appears twice. A null is a mapping
// without keys.
func eachPair(n *yaml.Node, name string, f func(key string, value *yaml.Node) error) error {
	if isNull(n) {
		return nil
	}
	if n = follow(n); n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		return nil // as PHP writes an empty object
	}
	if n.Kind != yaml.MappingNode {
		return &oddError{name, "an object", yamlKind(n)}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if err := f(n.Content[i].Value, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// giveChart passes a version to f, or returns what is wrong with it.
func giveChart(n *yaml.Node, f func(chart)) error {
	fields := map[string]*yaml.Node{}
	var c chart
	err := eachPair(n, "", func(key string, value *yaml.Node) error {
		value = follow(value)
		if before := fields[key]; before != nil && before.Value != value.Value {
			c.odd = fmt.Errorf("%q appears twice", key)
		}
		if key == "name" || key == "version" || key == "digest" || key == "urls" {
			fields[key] = value
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("a version of the chart: %w", err)
	}
	c.Name = text(scalar(fields["name"]))
	c.Version, c.Digest = text(scalar(fields["version"])), scalar(fields["digest"])
	if urls := fields["urls"]; urls != nil && !isNull(urls) {
		if urls.Kind != yaml.SequenceNode {
			c.odd = &oddError{"urls", "a list", yamlKind(urls)}
		}
		for _, u := range urls.Content {
			c.URLs = append(c.URLs, scalar(follow(u)))
		}
	}
	f(c)
	return nil
}

// follow resolves an alias, one step: an alias of an alias cannot be written.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// scalar is the text of a value as it is written, so that the version 1.10 stays that; "" for
// anything else.
func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || isNull(n) {
		return ""
	}
	return n.Value
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func yamlKind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return jsonKind("object")
	case yaml.SequenceNode:
		return jsonKind("array")
	}
	return jsonKind("string")
}

var errYAMLStyle = errors.New("it is large, and its entries are not in lines of their own, as Helm writes them")
