package scripttest

import (
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// countAnnotated is "annotated COUNT [PATH]": so many requests carried deployment headers, the last
// of them for this path.
func countAnnotated(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: annotated COUNT [PATH]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, target := 0, ""
	for _, r := range ts.Value(serversKey{}).(*servers).current.Requests() {
		for name := range r.Header {
			if strings.HasPrefix(name, "X-Proget-Deployment-") {
				got, target = got+1, r.Target
				break
			}
		}
	}
	if got != want {
		ts.Fatalf("%d requests carried deployment headers, want %d", got, want)
	}
	if len(args) > 1 && target != args[1] {
		ts.Fatalf("the annotated request was for %s, want %s", target, args[1])
	}
}
