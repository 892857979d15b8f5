package feedtype

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func TestOnlyWith(t *testing.T) {
	t.Parallel()
	const mine = "<package><name>tool</name></package>"
	tests := []struct{ name, text, want string }{
		{"none", "<metadata/>", "<metadata/>"},
		{"empty", "", ""},
		{"others go", "<m> <package type='rpm'>\n<name>other</name></package> " + mine + "<package/><package a='b' /></m>", "<m>  " + mine + "</m>"},
		{"a longer name", "<m><packages><package><name>tool2</name></package></packages></m>", "<m><packages></packages></m>"},
		{"the value elsewhere", "<m><package><name>x</name><summary>tool and more</summary></package></m>", "<m></m>"},
		{"cut", "<m><package><name>other", "<m><package><name>other"},
		{"cut in the tag", "<m><pack", "<m><pack"},
		{"cut behind the tag", "<m><package", "<m><package"},
	}
	for _, test := range tests {
		for _, slow := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader} {
			got, err := io.ReadAll(onlyWith(slow(strings.NewReader(test.text)), "package", "tool"))
			if string(got) != test.want || err != nil {
				t.Errorf("%s: %q, %v", test.name, got, err)
			}
		}
	}
	broken := errors.New("broken")
	if _, err := io.ReadAll(onlyWith(io.MultiReader(strings.NewReader("<m><package>"), iotest.ErrReader(broken)), "package", "tool")); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if _, err := io.ReadAll(onlyWith(io.MultiReader(strings.NewReader("<package>"), zeros(maxEntryBytes*3)), "package", "tool")); !errors.Is(err, errTooLarge) {
		t.Errorf("a package without an end: %v", err)
	}
}

// TestOnlyWithKeeps: whatever is left out, the elements that are looked for stay, in their order.
func TestOnlyWithKeeps(t *testing.T) {
	t.Parallel()
	element := rapid.SampledFrom([]string{
		"<package><name>tool</name></package>", "<package type='rpm'>\n <name>tool</name><arch>a</arch>\n</package>", "<package><name>other</name></package>",
		"<package/>", "<packages/>", "text", "<info><name>tool</name></info>", "<package ><name>tools</name><file>tool</file></package >",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := "<m>" + strings.Join(rapid.SliceOfN(element, 0, 20).Draw(t, "elements"), "") + "</m>"
		if strings.Contains(text, "</package >") {
			return // no tool writes it; it would hide the end of the element
		}
		names := func(r io.Reader) (found int) {
			err := eachElement(r, func(dec *xml.Decoder, start xml.StartElement) error {
				var p struct {
					Name string `xml:"name"`
				}
				if start.Name.Local != "package" {
					return nil
				}
				err := dec.DecodeElement(&p, &start)
				if p.Name == "tool" {
					found++
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		all, kept := names(strings.NewReader(text)), names(onlyWith(iotest.HalfReader(strings.NewReader(text)), "package", "tool"))
		if all != kept {
			t.Errorf("%s: %d of %d", text, kept, all)
		}
	})
}

func FuzzOnlyWith(f *testing.F) {
	f.Add([]byte("<m><package><name>tool</name></package><package/></m>"))
	f.Fuzz(func(t *testing.T, document []byte) {
		got, err := io.ReadAll(onlyWith(bytes.NewReader(document), "package", "tool"))
		if err != nil || len(got) > len(document) {
			t.Errorf("%d bytes of %d, %v", len(got), len(document), err)
		}
	})
}
