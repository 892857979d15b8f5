package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/shell"
)

// TestClientHints names a flag or a variable for each reason for which there is one.
func TestClientHints(t *testing.T) {
	t.Parallel()
	for reason, want := range map[client.Reason]string{
		client.ReasonUnknownAuthority: "--ca-cert",
		client.ReasonProxyDown:        "HTTPS_PROXY",
		client.ReasonProxyRefused:     "HTTPS_PROXY",
		client.ReasonFileExists:       "--force",
		client.ReasonNoFileName:       "--output-file",
		client.ReasonNoChecksum:       "--checksum",
		client.ReasonNoFeedType:       "--type",
		client.ReasonQualifier:        "--qualifier arch=amd64",
		client.ReasonNoQualifier:      "--qualifier arch=amd64 --qualifier arch=arm64",
		client.ReasonPlatform:         "--qualifier arch=amd64",
		client.ReasonRecorded:         "--deployment-*",
		client.ReasonMaybeRecorded:    "--deployment-*",
		client.ReasonCertificate:      "the client's own",
	} {
		e := &client.Error{Kind: client.KindUnavailable, Reason: reason, Hint: "the client's own", Choices: []string{"arch=amd64", "arch=arm64"}}
		if got := Describe(fmt.Errorf("x: %w", e)).Hint; !strings.Contains(got, want) {
			t.Errorf("%s: hint %q, want %q in it", reason, got, want)
		}
	}
	// What a server chose is one word for a shell.
	hostile := &client.Error{Reason: client.ReasonQualifier, Choices: []string{"file_name=a b;id"}}
	if got, want := clientHint(hostile), "for one that exists use --qualifier "+shell.Hint("file_name=a b;id"); got != want {
		t.Errorf("hint %q, want %q", got, want)
	}
	if got := clientHint(&client.Error{Reason: client.ReasonPlatform}); got != "choose one with --qualifier arch=ARCH" {
		t.Errorf("without choices: %q", got)
	}
}

// TestWithHint replaces the hint of what it is put around, and changes nothing of it.
func TestWithHint(t *testing.T) {
	t.Parallel()
	refused := &client.Error{Kind: client.KindAuth, Status: 401, Message: "m", Hint: "h"}
	failure := &Failure{Kind: client.KindPartial, Lines: []string{"l"}, Hint: "f"}
	for _, test := range []struct {
		err  error
		kind client.Kind
		hint string
	}{
		{WithHint(refused, "x"), client.KindAuth, "x"},
		{WithHint(WithHint(refused, "x"), "y"), client.KindAuth, "y"},
		{WithHint(failure, "x"), client.KindPartial, "x"},
		{&Failure{Kind: client.KindPartial, Lines: []string{"l"}, Hint: "f", Err: WithHint(refused, "x")}, client.KindPartial, "f"},
		{refused, client.KindAuth, "h"},
		{errors.New("e"), client.KindInternal, ""},
	} {
		f := Describe(test.err)
		if f.Kind != test.kind || f.Hint != test.hint || HintOf(test.err) != test.hint {
			t.Errorf("%v: %+v, hint %q", test.err, f, HintOf(test.err))
		}
	}
	if refused.Hint != "h" || failure.Hint != "f" || WithHint(nil, "x") != nil {
		t.Errorf("%+v, %+v", refused, failure)
	}
}
