//go:build !windows

package cli

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/progetctl/progetctl/client"
)

// TestPipesThatNobodyWritesTo end with the context, whatever is read from them.
func TestPipesThatNobodyWritesTo(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for name, read := range map[string]func(context.Context) error{
		"input":        func(ctx context.Context) error { _, err := OpenInput(ctx, "--input-file: ", pipe); return err },
		"authorities":  func(ctx context.Context) error { _, err := certificatePool(ctx, pipe); return err },
		"certificates": func(ctx context.Context) error { _, err := loadCertificate(ctx, pipe, ""); return err },
		"key": func(ctx context.Context) error {
			c := &connection{ctx: ctx, problems: &Problems{}, io: &IO{}, stdin: &stdin{}}
			c.keyFromFile(Text{Value: pipe, From: "--api-key-file"})
			return errors.New(strings.Join(c.problems.lines, "\n"))
		},
		"authorities of a source": checked(func(g *GivenFlags) { g.CACert = Text{Value: pipe} }),
		"certificate of a source": checked(func(g *GivenFlags) { g.ClientCert = Text{Value: pipe} }),
		"key of a source":         checked(func(g *GivenFlags) { g.ClientCert, g.ClientKey = Text{Value: "tls_test.go"}, Text{Value: pipe} }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := read(ctx); err == nil || !strings.Contains(err.Error(), "context canceled") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestOpenInputNamesTheFile and its flag, and a mistake of the user's.
func TestOpenInputNamesTheFile(t *testing.T) {
	t.Parallel()
	_, err := OpenInput(t.Context(), "--input-file: ", "nowhere")
	if f, ok := errors.AsType[*Failure](err); !ok || f.Kind != client.KindUsage || f.Lines[0] != `--input-file: file "nowhere" does not exist` {
		t.Errorf("got %v", err)
	}
}

// TestCertificatesWithoutEnd are not read to their end.
func TestCertificatesWithoutEnd(t *testing.T) {
	t.Parallel()
	if _, err := certificatePool(t.Context(), "/dev/zero"); err == nil || err.Error() != `"/dev/zero" is too large for certificates` {
		t.Errorf("got %v", err)
	}
}

// checked checks the files that are given for TLS.
func checked(give func(*GivenFlags)) func(context.Context) error {
	return func(ctx context.Context) error {
		given, p := GivenFlags{ctx: ctx}, &Problems{}
		give(&given)
		given.CheckFiles(p)
		return errors.New(strings.Join(p.lines, "\n"))
	}
}
