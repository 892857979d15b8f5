package output

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// raw is JSON as a server wrote it.
type raw string

func (r raw) AppendJSON(b []byte) []byte { return append(b, r...) }

func TestQueryOnTheArray(t *testing.T) {
	t.Parallel()
	items := []raw{`{"name":"a","n":1.10}`, `{"name":"b","n":12345678901234567890123}`, `{"name":"c\u001b\n\u202e","n":1e400}`}
	tests := []struct{ expr, pipe, terminal string }{
		{"length", "3\n", "3\n"},
		{".[].n", "1.10\n12345678901234567890123\n1e400\n", "1.10\n12345678901234567890123\n1e400\n"},
		{".[0]", `{"n":1.10,"name":"a"}` + "\n", `{"n":1.10,"name":"a"}` + "\n"},
		{".[].name", "a\nb\nc\x1b\n\u202e\n", "a\nb\nc\\x1b\n\\u202e\n"},
		{"[.[2].name]", `["c\u001b\n` + "\u202e\"]\n", `["c\u001b\n\u202e"]` + "\n"},
		{"empty", "", ""},
		{".[0].n + 1", "2.1\n", "2.1\n"},
		{`map(.name)[:2] | @csv, join("\t")`, "\"a\",\"b\"\na\tb\n", "\"a\",\"b\"\na\tb\n"},
		{`"<&>", ["<&>"], null, true`, "<&>\n[\"<&>\"]\nnull\ntrue\n", "<&>\n[\"<&>\"]\nnull\ntrue\n"},
		{"1, halt, 2", "1\n", "1\n"},
		{"env, $ENV", "{}\n{}\n", "{}\n{}\n"},
		{"infinite, -infinite, nan", "1.7976931348623157e+308\n-1.7976931348623157e+308\nnull\n", "1.7976931348623157e+308\n-1.7976931348623157e+308\nnull\n"},
		{`"gA==" | @base64d`, "\x80\n", "\ufffd\n"},
	}
	for _, tt := range tests {
		q := mustParse(t, tt.expr)
		if got := render(t, Options{Format: JSON, Query: q}, View[raw]{}, items...); got != tt.pipe {
			t.Errorf("%s in a pipe: %q, want %q", tt.expr, got, tt.pipe)
		}
		if got := render(t, Options{Query: q, Terminal: true}, View[raw]{}, items...); got != tt.terminal {
			t.Errorf("%s on a terminal: %q, want %q", tt.expr, got, tt.terminal)
		}
	}
}

// A raw string is what the server sent, except to a person, and to a build system that runs the job
// at a terminal.
func TestQueryDisarmsOnATerminal(t *testing.T) {
	t.Parallel()
	disarm := func(line string) string {
		if rest, ok := strings.CutPrefix(line, "::"); ok {
			return ": :" + rest
		}
		return line
	}
	q := mustParse(t, `"a\n::set-env name=x::y\r\n::z", ["::"]`)
	for terminal, want := range map[bool]string{
		true: "a\n: :set-env name=x::y\n: :z\n[\"::\"]\n", false: "a\n::set-env name=x::y\r\n::z\n[\"::\"]\n",
	} {
		if got := render(t, Options{Query: q, Terminal: terminal, Disarm: disarm}, View[raw]{}, `{"name":"a"}`); got != want {
			t.Errorf("terminal %v: %q, want %q", terminal, got, want)
		}
	}
}

func TestQueryOnNothing(t *testing.T) {
	t.Parallel()
	if got := render(t, Options{Query: mustParse(t, ".")}, View[raw]{}); got != "[]\n" {
		t.Errorf("got %q", got)
	}
}

func TestQueryOnEachLine(t *testing.T) {
	t.Parallel()
	o := Options{Format: NDJSON, Query: mustParse(t, "select(.stops[0] == \"prod\") | .name, .stops")}
	want := "Newtonsoft.Json\n[\"prod\"]\n日本語\n[\"prod\"]\n"
	if got := render(t, o, parcelView(), parcels()...); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestQueryThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, want string }{
		{".a[", `jq expression ".a[": it ends too early, at column 4`},
		{".a b", `jq expression ".a b": unexpected token "b" at column 4`},
		{`"日本" 7 x`, `jq expression "\"日本\" 7 x": unexpected token "7" at column 6`},
		{"}", `jq expression "}": unexpected token "}" at column 1`},
		{"nope(.)", `jq expression "nope(.)": function not defined: nope/1`},
		{"$x", `jq expression "$x": variable not defined: $x`},
		{"input", `jq expression "input": input(s)/0 is not allowed`},
		{`import "a" as a; .`, `jq expression "import \"a\" as a; .": cannot load module: "a"`},
		{"\"a", `jq expression "\"a": unterminated string literal`},
	}
	for _, tt := range tests {
		_, err := ParseQuery(tt.expr)
		if _, ok := errors.AsType[*QueryError](err); !ok || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("ParseQuery(%q): %v, want %s", tt.expr, err, tt.want)
		}
	}
}

func TestQueryThatFails(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, printed, want string }{
		{".[0].name.x", "", "expected an object but got: string"},
		{".[0].name, error(\"enough\")", "a\n", "enough"},
		{"error(null)", "", "null"},
		{`"bye" | halt_error`, "", "bye"},
		{`{(.[0] + {text: "0123456789012345678901234567890123456789"}): 1}`, "", `but got: object ({"name":"a","text":"01234…})`},
		{`("sixteen letters " * 9) | tonumber`, "", `tonumber cannot be applied to "sixteen letters sixteen …"`},
		{`[range(99)] | .a`, "", `array ([0,1,2,3,4,5,6,7,8,9,10,1…])`},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		w := New(&out, Options{Query: mustParse(t, tt.expr)}, View[raw]{})
		if err := w.Write(`{"name":"a"}`); err != nil {
			t.Fatal(err)
		}
		err := w.Close()
		failure, ok := errors.AsType[*QueryError](err)
		if !ok || failure.Expr != tt.expr || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.expr, err, tt.want)
		}
		if errors.Unwrap(failure) != failure.Err {
			t.Errorf("%s: unwraps to %v", tt.expr, errors.Unwrap(failure))
		}
		if out.String() != tt.printed {
			t.Errorf("%s printed %q, want %q", tt.expr, out.String(), tt.printed)
		}
	}
}

// A program without an end stops when the caller does, and says so rather than blaming the
// expression.
func TestQueryWithoutEnd(t *testing.T) {
	t.Parallel()
	for _, expr := range []string{"repeat(.) | empty", "def f: f; f", "last(range(infinite))"} {
		for _, format := range []Format{JSON, NDJSON} {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			w := New(&bytes.Buffer{}, Options{Format: format, Query: mustParse(t, expr), Context: ctx}, View[raw]{})
			err := errors.Join(w.Write("1"), w.Close())
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s, %s: %v", expr, format, err)
			}
		}
	}
}

// Nobody can read the key out of the environment with a filter that was pasted from somewhere. Not
// parallel: it sets the environment.
func TestQuerySeesNoEnvironment(t *testing.T) {
	t.Setenv("PROGET_API_KEY", "canary")
	q := mustParse(t, `[$ENV, env, $ENV.PROGET_API_KEY, env.PROGET_API_KEY]`)
	if got := render(t, Options{Query: q}, View[raw]{}); strings.Contains(got, "canary") || got != "[{},{},null,null]\n" {
		t.Errorf("got %q", got)
	}
}

// A filter may be used by several results at the same time.
func TestQueryIsSafeToShare(t *testing.T) {
	t.Parallel()
	q := mustParse(t, "map(.n) | add")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			item := raw(fmt.Sprintf(`{"n":%d}`, i))
			if got := render(t, Options{Query: q}, View[raw]{}, item, item); got != fmt.Sprintln(2*i) {
				t.Errorf("%d: %q", i, got)
			}
		})
	}
	group.Wait()
}

func TestQueryOnBrokenEncoding(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{JSON, NDJSON} {
		w := New(&bytes.Buffer{}, Options{Format: format, Query: mustParse(t, ".")}, View[raw]{})
		if err := cmp.Or(w.Write(`{"cut":`), w.Close()); err == nil {
			t.Errorf("%s: no error", format)
		}
	}
}

// A query that looks at each element of the array runs on them one by one, and prints what it
// prints for the whole.
func TestQueryOnEachElement(t *testing.T) {
	t.Parallel()
	items := []any{
		map[string]any{"a": 1, "b": []int{1, 2}}, map[string]any{"a": "x", "b": []int{}}, map[string]any{"a": nil, "b": []int{3}},
	}
	for expr, each := range map[string]bool{
		".[]": true, ".[].a": true, ".[].b[]": true, ".[] | .a": true, ".[] | .a, .b": true, ".[] | select(.a) | .b[]": true,
		"def f: .a; .[] | f": true, "def f: .a; .[].b | def g: f?; g": true, ".[] | .a as $x | .b[] | [$x, .]": true,
		".[] | halt": true, ".[] | .a | if . == \"x\" then halt else . end": true, ".[] | error": true, ".[] | .a.b": true,
		".": false, "length": false, ".[] as $x | length": false, ".[], 1": false, ".[] + 1": false, "[.[]]": false, "(.[] | .a), length": false,
		".[0]": false, ".[]?": false, ".[1:] | .[]": false, "first(.[])": false, "label $out | .[] | ., break $out": false, ".[] |= 1": false,
		"map(.a)": false, ".[] // 1": false, "reduce .[] as $x (0; . + 1)": false, "path(.[])": false,
	} {
		q := mustParse(t, expr)
		if (q.each != nil) != each {
			t.Errorf("%s: on each element: %v, want %v", expr, q.each != nil, each)
		}
		var results []string
		for _, complete := range []bool{false, true} {
			for _, some := range [][]any{items, nil} {
				var out bytes.Buffer
				w := New(&out, Options{Query: q, Complete: complete}, View[any]{})
				var err error
				for _, item := range some {
					if err == nil {
						err = w.Write(item)
					}
				}
				if err == nil {
					err = w.Close()
				}
				results = append(results, fmt.Sprintf("%s\n%v", out.String(), err))
			}
		}
		if results[0] != results[2] || results[1] != results[3] {
			t.Errorf("%s:\n%s", expr, strings.Join(results, "\n"))
		}
	}
}

// What each element needs is not kept.
func TestQueryOnEachElementKeepsNothing(t *testing.T) {
	t.Parallel()
	items := slices.Repeat([]any{strings.Repeat("x", 1000)}, 1000)
	text, early := written(t, Options{Query: mustParse(t, ".[]"), Complete: true}, items)
	if len(text)-early > 2*bufferSize {
		t.Errorf("%d of %d bytes before Close", early, len(text))
	}
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{".", ".[]|.a", "[limit(3;repeat(1))]", "@base64d", "test(\"(a+)+$\")", "$ENV", "1e999", "\"\\(.)\"", ".[", "input"} {
		f.Add(seed, `[{"a":"b\u202e","n":1.10}]`)
	}
	f.Fuzz(func(t *testing.T, expr, input string) {
		value, err := decode([]byte(input))
		if err != nil {
			return
		}
		q, err := ParseQuery(expr)
		if err != nil {
			if _, ok := errors.AsType[*QueryError](err); !ok {
				t.Fatalf("ParseQuery(%q): %T", expr, err)
			}
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		p := &printer{terminal: true}
		size := 0
		err = q.run(ctx, q.code, value, func(v any) error {
			text, err := p.format(v)
			if i := firstHidden(string(text), func(r rune) bool { return r == '\n' || r == '\t' }); i >= 0 {
				t.Errorf("%q printed a hidden rune: %+q", expr, text)
			}
			if size += len(text) + 1; size > 1<<20 {
				return errFull
			}
			return err
		})
		if _, ok := errors.AsType[*QueryError](err); err != nil && !ok && !errors.Is(err, errFull) && !errors.Is(err, errHalted) && ctx.Err() == nil {
			t.Errorf("%q: %T %v", expr, err, err)
		}
	})
}

func BenchmarkQueryLine(b *testing.B) {
	w := New(&bytes.Buffer{}, Options{Format: NDJSON, Query: mustParse(b, "select(false)")}, View[raw]{})
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Write(`{"name":"a","stop":"prod"}`); err != nil {
			b.Fatal(err)
		}
	}
}
