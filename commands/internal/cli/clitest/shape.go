package clitest

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// CheckShape holds a table of docs/json.md, the one below a heading, to the JSON properties of a
// struct that a command writes: scripts depend on each of them. page is the path of docs/json.md.
func CheckShape(t *testing.T, page, heading string, written any) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Tabled(string(text), heading), properties(written); !slices.Equal(got, want) {
		t.Errorf("%s: the page has %q, the program %q", heading, got, want)
	}
}

// properties are the names of a type's JSON properties.
func properties(v any) []string {
	var names []string
	for field := range reflect.TypeOf(v).Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// Tabled are the names in the first table below a heading of a page.
func Tabled(page, heading string) []string {
	_, section := cut(page, `(?m)^#+ `+heading+`$`)
	section, _ = cut(section, `(?m)^#+ |^\| status \|`)
	var names []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]*)` \\|").FindAllStringSubmatch(section, -1) {
		names = append(names, m[1])
	}
	return names
}

// cut is strings.Cut for an expression.
func cut(text, expression string) (before, after string) {
	at := regexp.MustCompile(expression).FindStringIndex(text)
	if at == nil {
		return text, ""
	}
	return text[:at[0]], text[at[1]:]
}
