package ci

import (
	"regexp"
	"strings"
	"sync"
)

// Source says by which variables a system is known, and from which each part of its defaults is
// taken.
type Source struct {
	System string
	Mark   string // "GITHUB_ACTIONS" if it need only be set, "DRONE=true" if it must have a value
	Parts  []Part
}

// Part is a part of a default with its variables: of several sets, the first that is complete
// counts.
type Part struct {
	Name      string // pipeline, run, commit, page or user
	Variables [][]string
}

// Sources lists the systems in the order in which they are looked for.
func Sources() []Source {
	var all []Source
	for _, s := range systems() {
		source := Source{System: s.name, Mark: s.detect.variable}
		if s.detect.value != "" {
			source.Mark += "=" + s.detect.value
		}
		for _, part := range []struct {
			name      string
			templates []string
		}{{"pipeline", s.pipeline}, {"run", s.run}, {"commit", s.commit}, {"page", s.page}, {"user", s.user}} {
			if len(part.templates) > 0 {
				source.Parts = append(source.Parts, Part{part.name, variables(part.templates)})
			}
		}
		all = append(all, source)
	}
	return all
}

// variables are those of each template.
func variables(templates []string) [][]string {
	var all [][]string
	for _, template := range templates {
		var names []string
		for _, found := range braces().FindAllStringSubmatch(template, -1) {
			names = append(names, strings.TrimSuffix(found[1], ":"))
		}
		all = append(all, names)
	}
	return all
}

var braces = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{([^{}]*)\}`) })
