package deploy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// askVulnerabilities leaves what ProGet's vulnerability data names. What ProGet has no such data
// for stays, marked.
func askVulnerabilities(ctx context.Context, f *running) error {
	server, err := f.options.connect(ctx)
	if err != nil {
		return err
	}
	numbers := make([]int, len(f.rows))
	known := map[string]int{}
	verdicts := map[int]*verdict{}
	var asked []ecosystem.Package
	var askedNumbers []int
	for i, r := range f.rows {
		p := f.identity(r)
		key := strings.Join([]string{string(p.Type), p.Group, p.Name, p.Version}, "\x00")
		n, found := known[key]
		if !found {
			n = len(known)
			known[key] = n
			switch {
			case p.Type == "":
				verdicts[n] = &verdict{unclear: "the type of the package is unknown"}
			case !slices.Contains(client.VulnerabilityTypes(), p.Type):
				verdicts[n] = &verdict{unclear: fmt.Sprintf("ProGet has no vulnerability data for packages of type %s", p.Type)}
			default:
				asked, askedNumbers = append(asked, p), append(askedNumbers, n)
			}
		}
		numbers[i] = n
	}
	a := audit{server: server, least: f.options.severity, parallel: f.options.parallel, numbers: askedNumbers, verdicts: verdicts}
	if err := a.ask(ctx, asked); err != nil {
		return server.WithCredentialHint(err)
	}
	f.keep(numbers, verdicts)
	return nil
}

// audit asks ProGet for the vulnerabilities of package versions.
type audit struct {
	server   *cli.Server
	least    severity // "" for any
	parallel int
	numbers  []int // of the packages that are asked about
	mu       sync.Mutex
	verdicts map[int]*verdict
}

// ask sends as many questions as the packages need, several at the same time. The first error ends
// it, because half an answer would hide findings.
func (a *audit) ask(ctx context.Context, packages []ecosystem.Package) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	free := make(chan struct{}, a.parallel)
	var all sync.WaitGroup
	for begin := 0; begin < len(packages); begin += client.MostAudited {
		some := packages[begin:min(begin+client.MostAudited, len(packages))]
		numbers := a.numbers[begin:]
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			if ctx.Err() != nil {
				return
			}
			found, err := a.server.Vulnerabilities.Audit(ctx, some)
			if err != nil {
				cancel(err)
				return
			}
			a.note(found, numbers)
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// note notes the vulnerabilities of one answer.
func (a *audit) note(found []client.Vulnerability, numbers []int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, v := range found {
		word := severity(strings.ToLower(v.Severity))
		if !v.Withdrawn.IsZero() || a.milder(word) {
			continue
		}
		for _, index := range v.Affected {
			n := numbers[index]
			if a.verdicts[n] == nil {
				a.verdicts[n] = &verdict{}
			}
			one := a.verdicts[n]
			one.findings = append(one.findings, finding{id: v.ID, severity: string(word)})
			if a.least != "" && !slices.Contains(severities(), word) {
				one.unclear = cmp.Or(one.unclear, fmt.Sprintf("ProGet does not say how severe %s is", v.ID))
			}
		}
	}
}

// milder reports whether a vulnerability is certainly less severe than was asked for.
func (a *audit) milder(word severity) bool {
	rank := slices.Index(severities(), word)
	return a.least != "" && rank >= 0 && rank < slices.Index(severities(), a.least)
}
