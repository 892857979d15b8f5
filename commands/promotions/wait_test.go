package promotions

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
)

// A server that hangs does not silence the wait: the check ends only when a line has come.
func TestWaitIsHeardWhileAServerHangs(t *testing.T) {
	t.Parallel()
	heard, stderr := io.Pipe()
	env := clitest.Env(t)
	env.Stderr = stderr
	w := &wait{io: cli.New(env).IO, reader: &reader{}, end: clitest.Now().Add(time.Hour)}
	line := ""
	w.aloud(time.Millisecond, func() {
		line, _ = bufio.NewReader(heard).ReadString('\n')
		_ = heard.Close() // what is said from here on goes nowhere
	})
	if !strings.HasPrefix(line, "waiting for ") || !strings.Contains(line, "the server has not answered yet") || w.said.IsZero() {
		t.Errorf("heard %q", line)
	}
}
