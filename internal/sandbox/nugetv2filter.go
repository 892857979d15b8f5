package sandbox

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// v2Filter is a condition of an OData query, such as Id eq 'X' and IsLatestVersion
// (odata.org/documentation/odata-version-2-0/uri-conventions, section 4.5).
type v2Filter func(v2Row) any

// v2Row gives the properties of one package by name: string, bool or nil, and float64 for a size.
type v2Row func(property string) (value any, known bool)

// maxFilterDepth bounds the nesting of parentheses and calls; clients stay below ten.
const maxFilterDepth = 50

// parseV2Filter reads what NuGet's and Chocolatey's clients write: and, or, not, parentheses,
// comparisons, and the functions tolower, toupper, substringof, startswith and endswith. Anything
// else is an error that names it.
func parseV2Filter(text string) (v2Filter, error) {
	tokens, err := v2Tokens(text)
	if err != nil {
		return nil, err
	}
	p := v2Parser{tokens: tokens}
	filter, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if len(p.tokens) > 0 {
		return nil, fmt.Errorf("%q is not expected there", p.tokens[0])
	}
	if !areConditions(filter) {
		return nil, fmt.Errorf("it is not a condition")
	}
	return filter, nil
}

// v2Tokens splits a filter into quoted strings, parentheses, commas and words.
func v2Tokens(text string) ([]string, error) {
	var tokens []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		n := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(),'", r) })
		switch {
		case text[0] == '\'':
			n = quotedLength(text)
		case n == 0:
			n = 1
		case n < 0:
			n = len(text)
		}
		if n == 0 {
			return nil, fmt.Errorf("the string %s does not end", text)
		}
		tokens = append(tokens, text[:n])
		text = text[n:]
	}
	return tokens, nil
}

// quotedLength is the length of the string in single quotes at the beginning of a text, 0 if it
// does not end. A quote inside is doubled.
func quotedLength(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			continue
		}
		if i+1 == len(text) || text[i+1] != '\'' {
			return i + 1
		}
		i++
	}
	return 0
}

// v2Parser reads tokens from the front.
type v2Parser struct {
	tokens []string
	depth  int
}

// next takes the next token if it is one of those given; with none, any.
func (p *v2Parser) next(wanted ...string) (string, bool) {
	if len(p.tokens) == 0 || len(wanted) > 0 && !slices.Contains(wanted, p.tokens[0]) {
		return "", false
	}
	token := p.tokens[0]
	p.tokens = p.tokens[1:]
	return token, true
}

func (p *v2Parser) disjunction() (v2Filter, error) {
	left, err := p.conjunction()
	for err == nil {
		if _, ok := p.next("or"); !ok {
			break
		}
		var right v2Filter
		right, err = p.conjunction()
		if err == nil && !areConditions(left, right) {
			err = fmt.Errorf("or joins conditions only")
		}
		before := left
		left = func(r v2Row) any { return before(r) == true || right(r) == true }
	}
	return left, err
}

func (p *v2Parser) conjunction() (v2Filter, error) {
	left, err := p.comparison()
	for err == nil {
		if _, ok := p.next("and"); !ok {
			break
		}
		var right v2Filter
		right, err = p.comparison()
		if err == nil && !areConditions(left, right) {
			err = fmt.Errorf("and joins conditions only")
		}
		before := left
		left = func(r v2Row) any { return before(r) == true && right(r) == true }
	}
	return left, err
}

func (p *v2Parser) comparison() (v2Filter, error) {
	if _, ok := p.next("not"); ok {
		inner, err := p.comparison()
		if err == nil && !areConditions(inner) {
			err = fmt.Errorf("not takes a condition")
		}
		return func(r v2Row) any { return inner(r) != true }, err
	}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	operator, ok := p.next("eq", "ne")
	if !ok {
		return left, nil
	}
	right, err := p.operand()
	if err != nil {
		return nil, err
	}
	if a, b := left(noV2Row()), right(noV2Row()); a != nil && b != nil && reflect.TypeOf(a).Kind() != reflect.TypeOf(b).Kind() {
		return nil, fmt.Errorf("%v and %v cannot be compared", a, b)
	}
	return func(r v2Row) any { return v2Equal(left(r), right(r)) == (operator == "eq") }, nil
}

// v2Version is a version as the package states it; every spelling of it is equal.
type v2Version string

func v2Equal(a, b any) bool {
	if version, ok := b.(v2Version); ok {
		a, b = version, a
	}
	if version, ok := a.(v2Version); ok {
		text, isText := b.(string)
		return isText && normalizeNuGet(string(version)) == normalizeNuGet(text)
	}
	return a == b
}

// operand reads a string, a constant, a property, a call, or a condition in parentheses.
func (p *v2Parser) operand() (v2Filter, error) {
	if p.depth++; p.depth > maxFilterDepth {
		return nil, fmt.Errorf("the filter is nested too deeply")
	}
	defer func() { p.depth-- }()
	token, ok := p.next()
	switch {
	case !ok:
		return nil, fmt.Errorf("the filter ends too early")
	case token == "(":
		inner, err := p.disjunction()
		if _, closed := p.next(")"); err == nil && !closed {
			err = fmt.Errorf("a closing parenthesis is missing")
		}
		return inner, err
	case token == "true" || token == "false":
		return func(v2Row) any { return token == "true" }, nil
	case token == "null":
		return func(v2Row) any { return nil }, nil
	}
	if text, ok := literal(token); ok {
		return func(v2Row) any { return text }, nil
	}
	if number, err := strconv.ParseFloat(token, 64); err == nil {
		return func(v2Row) any { return number }, nil
	}
	if _, ok := p.next("("); ok {
		return p.call(token)
	}
	return v2Property(token)
}

// v2Property is the value of a property of the row.
func v2Property(name string) (v2Filter, error) {
	if _, known := noV2Row()(name); !known {
		return nil, fmt.Errorf("%q is not supported", name)
	}
	return func(r v2Row) any { value, _ := r(name); return value }, nil
}

// v2Function computes one of the functions of OData that clients use, over strings; nil for any
// other. The first argument of substringof is what is searched for, against the order of the
// others.
func v2Function(name string, a []string) any {
	switch {
	case name == "tolower" && len(a) == 1:
		return strings.ToLower(a[0])
	case name == "toupper" && len(a) == 1:
		return strings.ToUpper(a[0])
	case name == "substringof" && len(a) == 2:
		return strings.Contains(a[1], a[0])
	case name == "startswith" && len(a) == 2:
		return strings.HasPrefix(a[0], a[1])
	case name == "endswith" && len(a) == 2:
		return strings.HasSuffix(a[0], a[1])
	}
	return nil
}

// call reads the arguments of a function and its closing parenthesis.
func (p *v2Parser) call(name string) (v2Filter, error) {
	var arguments []v2Filter
	for {
		argument, err := p.disjunction()
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, argument)
		if _, more := p.next(","); !more {
			break
		}
	}
	call := func(r v2Row) any {
		var values []string
		for _, argument := range arguments {
			text, _ := argument(r).(string) // anything else counts as an empty string
			values = append(values, text)
		}
		return v2Function(name, values)
	}
	if _, closed := p.next(")"); !closed || call(noV2Row()) == nil {
		return nil, fmt.Errorf("the call of %q is not supported", name)
	}
	return call, nil
}

// areConditions reports whether filters are true or false for every row.
func areConditions(filters ...v2Filter) bool {
	for _, filter := range filters {
		if _, condition := filter(noV2Row()).(bool); !condition {
			return false
		}
	}
	return true
}

// noV2Row is an empty row, to find out the type of a filter.
func noV2Row() v2Row { return v2Properties(&stored{}, false, false) }
