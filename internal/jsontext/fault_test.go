package jsontext

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestFaultOfAText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, want string
		column     int
	}{
		{"oops", `found "oops", expected a value`, 1},
		{"name=corp", `found "name=corp", expected a value`, 1},
		{"{oops}", `found "oops}", expected a name in double quotes`, 2},
		{`{"a":1,}`, `found "}", expected a name in double quotes`, 8},
		{`{"a" 1}`, `found "1}", expected a colon`, 6},
		{"{\"a\":1\n \"b\":2}", "found `\"b\":2}`, expected a comma or }", 2},
		{`[1 2]`, `found "2]", expected a comma or ]`, 4},
		{`{} {}`, `found "{}", expected nothing more`, 4},
		{"{\"a\":\"x\ny\"}", `found "\n", expected no line break or control character in a string`, 8},
		{`{"a":"C:\web"}`, "found `web\"}`, expected a letter of an escape, such as \\n; a backslash itself is written \\\\", 10},
		{`"\u00xy"`, "found `xy\"`, expected four hexadecimal digits after \\u", 6},
		{`[tru]`, `found "tru]", expected a value`, 2},
		{`[1.]`, `found "]", expected a digit`, 4},
		{`[-]`, `found "]", expected a digit`, 3},
		{`[1e]`, `found "]", expected a digit`, 4},
		{`{"a": “é”}`, `found "“é”}", expected a value`, 7},
		{"{\"é\":\xff}", `found "�}", expected a value`, 6},
		{`[a-very-long-word-indeed]`, `found "a-very-long-", expected a value`, 2},
	} {
		var value any
		fault, ok := FaultOf(json.Unmarshal([]byte(test.text), &value), []byte(test.text))
		if !ok || fault.String() != test.want || fault.Column([]byte(test.text)) != test.column {
			t.Errorf("%q: %v, %q at column %d; want %q at %d", test.text, ok, fault, fault.Column([]byte(test.text)), test.want, test.column)
		}
	}
	var number int
	if _, ok := FaultOf(json.Unmarshal([]byte(`"x"`), &number), []byte(`"x"`)); ok {
		t.Error("a value of another type is a fault of the form")
	}
}

// TestFaultOfTheRest: a decoder that has read tokens has the rest of the text alone.
func TestFaultOfTheRest(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[{"a":1} {"b":2}]`:   "found `{\"b\":2}]`, expected a comma or ]",
		`[{"a":1}, {"b":2;}]`: `found ";}]", expected a comma or }`,
		`[{"a":1}, oops]`:     `found "oops]", expected a value`,
		`[{"a":1}; 2]`:        `found "; 2]", expected a comma or ]`,
	} {
		dec := json.NewDecoder(strings.NewReader(text))
		_, err := dec.Token()
		for err == nil {
			var value json.RawMessage
			err = dec.Decode(&value)
		}
		rest, _ := io.ReadAll(dec.Buffered())
		if fault, ok := FaultOf(err, rest); !ok || fault.String() != want {
			t.Errorf("%s: %v, %q, want %q", text, ok, fault, want)
		}
	}
}

// FuzzFaultOf: whatever encoding/json says, none of its words are passed on.
func FuzzFaultOf(f *testing.F) {
	for _, text := range []string{"{oops}", `{"a":1,}`, "[1 2]", `"\x"`, "\"a\nb\"", "[tru", "“"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var value any
		err := json.Unmarshal(text, &value)
		fault, ok := FaultOf(err, text)
		if _, is := errors.AsType[*json.SyntaxError](err); is != ok {
			t.Fatalf("%q: %v, but %v", text, err, ok)
		}
		if ok && (fault.Offset > len(text) || strings.Contains(expectation(err.Error()), "invalid character")) {
			t.Errorf("%q: %+v", text, fault)
		}
	})
}
