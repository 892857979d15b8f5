package output_test

import (
	"fmt"
	"os"

	"github.com/progetctl/progetctl/output"
)

// check is the result of one check, as a command would have it.
type check struct {
	Name   string `json:"check"`
	Status string `json:"status"`
}

func checkView() output.View[check] {
	return output.View[check]{
		Columns: []output.Column[check]{
			{Header: "CHECK", Cell: func(c check) string { return c.Name }},
			{Header: "STATUS", Cell: func(c check) string { return c.Status }, Style: func(c check) output.Style {
				if c.Status == "failure" {
					return output.Red
				}
				return output.Plain
			}},
		},
		CSV: []output.Column[check]{
			{Header: "check", Cell: func(c check) string { return c.Name }},
			{Header: "status", Cell: func(c check) string { return c.Status }},
		},
	}
}

func ExampleNew() {
	for _, format := range []output.Format{output.Table, output.CSV, output.NDJSON, output.Markdown} {
		w := output.New(os.Stdout, output.Options{Format: format}, checkView())
		for _, c := range []check{{"url", "ok"}, {"key", "failure"}} {
			if err := w.Write(c); err != nil {
				fmt.Println(err)
				return
			}
		}
		if err := w.Close(); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// CHECK  STATUS
	// url    ok
	// key    failure
	// check,status
	// url,ok
	// key,failure
	// {"check":"url","status":"ok"}
	// {"check":"key","status":"failure"}
	// | CHECK | STATUS |
	// | --- | --- |
	// | url | ok |
	// | key | failure |
}

func ExampleParseQuery() {
	query, err := output.ParseQuery(`.[] | select(.status != "ok") | .check`)
	if err != nil {
		fmt.Println(err)
		return
	}
	w := output.New(os.Stdout, output.Options{Query: query}, checkView())
	for _, c := range []check{{"url", "ok"}, {"key", "failure"}} {
		if err := w.Write(c); err != nil {
			fmt.Println(err)
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	// Output: key
}

func ExampleParseQuery_mistake() {
	_, err := output.ParseQuery(".name |")
	fmt.Println(err)
	// Output: jq expression ".name |": it ends too early, at column 8
}

func ExampleClean() {
	fmt.Println(output.Clean("invoice\u202efdp.exe\x1b[2K\r\nok"))
	// Output: invoice\u202efdp.exe\x1b[2K\r\nok
}
