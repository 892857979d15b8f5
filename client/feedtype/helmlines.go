package feedtype

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

const (
	// maxChartBytes bounds the entries of one chart in a large index: 8 MiB, which can take 6 s of
	// CPU time. The largest real one has 5 MB.
	maxChartBytes = 8 << 20
	// maxCharts is the most versions of one chart: 50,000; real ones have a few thousand.
	maxCharts = 50_000
	// maxUnread is how many unreadable versions may be skipped: 100. Each may take long to parse.
	maxUnread = 100
)

// chartLines reads a large index by its lines. In block style, what belongs to a key is indented
// further than the key, except for the dashes of a list. So a chart's entries can be found without
// parsing the rest.
type chartLines struct {
	name   string
	f      func(chart)
	unread error // the first version that could not be read

	entries   bool // below the key entries
	found     bool // that key was found
	keyIndent int  // of the charts' names; -1 until one was seen
	inChart   bool // below the name of the wanted chart
	dash      int  // indent of its dashes; -1 until one was seen
	item      []byte
	itemLine  int
	items     int // of the chart
	bad       int // that could not be read
	total     int // bytes of the chart
}

// read goes through all lines.
func (l *chartLines) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLineBytes)
	for n := 1; lines.Scan(); n++ {
		line := lines.Bytes()
		rest := bytes.TrimLeft(line, " ")
		content, err := bytes.TrimRight(rest, " \r\t"), error(nil)
		switch {
		case len(content) > 0 && content[0] != '#':
			err = l.line(n, len(line)-len(rest), content, line)
		case len(l.item) > 0: // it may belong to a text of several lines
			err = l.keep(line)
		}
		if err != nil {
			return err
		}
	}
	if err := lineError(lines.Err()); err != nil {
		return err
	}
	if err := l.endItem(); err != nil {
		return err
	}
	if !l.found {
		return &oddError{"", "a YAML object with entries", "not"}
	}
	return nil
}

// line takes one that is neither empty nor a comment.
func (l *chartLines) line(n, indent int, content, line []byte) error {
	isDash := content[0] == '-' && (len(content) == 1 || content[1] == ' ')
	switch {
	case l.inChart && l.dash < 0 && isDash && indent >= l.keyIndent:
		l.dash = indent
		l.itemLine = n
		return l.keep(line)
	case l.inChart && l.dash >= 0 && indent == l.dash && isDash:
		if err := l.endItem(); err != nil {
			return err
		}
		l.itemLine = n
		return l.keep(line)
	case l.inChart && indent > max(l.dash, l.keyIndent):
		return l.keep(line)
	}
	if err := l.endItem(); err != nil {
		return err
	}
	l.inChart = false
	if indent == 0 {
		return l.topKey(content)
	}
	if !l.entries || isDash {
		return nil
	}
	if l.keyIndent < 0 {
		l.keyIndent = indent
	}
	if indent == l.keyIndent {
		return l.chartKey(content)
	}
	return nil
}

// topKey is at a key of the document.
func (l *chartLines) topKey(content []byte) error {
	key, rest := yamlKey(content)
	l.entries, l.keyIndent = key == "entries", -1
	l.found = l.found || l.entries
	if l.entries && rest != "" && rest != "{}" && rest != "null" && rest != "~" {
		return errYAMLStyle
	}
	return nil
}

// chartKey is at the name of a chart.
func (l *chartLines) chartKey(content []byte) error {
	key, rest := yamlKey(content)
	if key != l.name {
		return nil
	}
	l.inChart, l.dash = rest == "", -1
	if rest != "" && rest != "[]" && rest != "null" && rest != "~" {
		return fmt.Errorf("chart %q: %w", key, errYAMLStyle)
	}
	return nil
}

// yamlKey splits "key: value", with or without quotes around the key. A comment is not a value.
func yamlKey(content []byte) (key, rest string) {
	key, rest, ok := strings.Cut(string(content), ": ")
	if !ok {
		key, ok = strings.CutSuffix(string(content), ":")
	}
	if !ok {
		return "", ""
	}
	if rest = strings.TrimSpace(rest); strings.HasPrefix(rest, "#") {
		rest = ""
	}
	return strings.Trim(strings.TrimSpace(key), `"'`), rest
}

// keep adds a line to the version that is collected. Of one that is too large the beginning is
// kept, so that it is reported.
func (l *chartLines) keep(line []byte) error {
	if l.total += len(line) + 1; l.total > maxChartBytes {
		return fmt.Errorf("chart %q: %w", l.name, errTooLarge)
	}
	if len(l.item) <= maxYAMLBytes {
		l.item = append(append(l.item, line...), '\n')
	}
	return nil
}

// endItem parses the version that was collected, if there is one.
func (l *chartLines) endItem() error {
	if len(l.item) == 0 {
		return nil
	}
	if l.items++; l.items > maxCharts {
		return fmt.Errorf("chart %q: %w", l.name, errTooMany)
	}
	err := errTooLarge
	if len(l.item) <= maxYAMLBytes {
		err = l.parse()
	}
	l.item = l.item[:0]
	if err == nil {
		return nil
	}
	if l.bad++; l.unread == nil {
		l.unread = fmt.Errorf("the entry of chart %q in line %d: %w", l.name, l.itemLine, err)
	}
	if l.bad > maxUnread {
		return l.unread
	}
	return nil
}

// parse reads the version: a list of one.
func (l *chartLines) parse() error {
	list, err := parseYAML(l.item)
	if err != nil || list == nil {
		return err
	}
	for _, version := range list.Content {
		if err := giveChart(version, l.f); err != nil {
			return err
		}
	}
	return nil
}
