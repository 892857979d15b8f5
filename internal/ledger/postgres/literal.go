package postgres

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/lib/pq"
)

// filled replaces the question marks of a statement with its values.
func filled(statement string, args []any) string {
	if len(args) == 0 {
		return statement
	}
	var b strings.Builder
	for _, arg := range args {
		before, after, _ := strings.Cut(statement, "?")
		b.WriteString(before)
		b.WriteString(literal(arg))
		statement = after
	}
	b.WriteString(statement)
	return b.String()
}

// literal writes a value as SQL.
func literal(arg any) string {
	value, err := driver.DefaultParameterConverter.ConvertValue(arg)
	if err != nil {
		panic(fmt.Sprintf("a value of type %T in a statement", arg)) // of this program's own
	}
	switch v := value.(type) {
	case int64:
		if v >= 0 && v <= math.MaxInt32 {
			return strconv.FormatInt(v, 10)
		}
		return "'" + strconv.FormatInt(v, 10) + "'::bigint"
	case bool:
		return strconv.FormatBool(v)
	case []byte:
		return `'\x` + hex.EncodeToString(v) + `'::bytea`
	case string:
		return pq.QuoteLiteral(storable(v))
	}
	panic(fmt.Sprintf("a value of type %T in a statement", arg))
}

// storable is a text as PostgreSQL can store it: UTF-8 without the character 0.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
