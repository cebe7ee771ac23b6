package flower

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

const fixArgv = "use the command that `kubectl flare launch` writes"

// grammar is what one container of a participant may run: one command word for word, or a
// program and its flags in any order, each of them once and spelled out.
type grammar struct {
	part     *part
	identity profiles.Identity
	// version says what is wrong with the version of the kit.
	version error
}

// Argv implements profiles.Grammar.
func (g *grammar) Argv(c *corev1.Container) []profiles.Problem {
	w, p := profiles.WordsOf(c), g.part
	switch {
	case p.program == "" && p.words == nil:
		return g.none(w)
	case p.role != g.identity.Role:
		return w.Wrong(0, "use a kit of the role "+string(p.role), "it runs %s, but the kit is for the role %s", p.process.Program, string(g.identity.Role))
	case g.version != nil:
		return []profiles.Problem{{
			Field: w.Field(0), Detail: "the version of Flower in the kit " + g.version.Error(), Fix: "provision a kit for a version that is supported",
		}}
	case len(c.Command) == 0:
		return w.Wrong(0, fixArgv, "the command is missing: the image would choose the program")
	case p.words != nil:
		return g.fixed(w)
	case w.At(0) != p.program:
		return w.Wrong(0, fixArgv, "the command is %q, but must be %s", w.At(0), p.program)
	}
	return g.arguments(w)
}

// none says why a container runs nothing of Flower's that could be the first of a pod.
func (g *grammar) none(w profiles.Words) []profiles.Problem {
	switch {
	case g.part.process.Kind == profiles.KindHelper:
		return w.Wrong(0, "run it in the pod of its SuperLink or SuperNode, as `kubectl flare launch` does", "it runs %s, but nothing next to which that would belong", g.part.process.Program)
	case len(w.Command) == 0:
		return w.Wrong(0, fixArgv, "the command is missing: the image would choose the program")
	}
	return w.Wrong(0, fixArgv, "the command begins with %q, but must begin with a program of Flower, without a path, a shell or Python around it", w.At(0))
}

// wrong is a problem of word i, or of the last one if there are not so many.
func wrong(w profiles.Words, i int, detail string) []profiles.Problem {
	return []profiles.Problem{{Field: w.Field(min(i, w.Len()-1)), Detail: detail, Fix: fixArgv}}
}

// fixed requires one command word for word.
func (g *grammar) fixed(w profiles.Words) []profiles.Problem {
	for i, want := range g.part.words {
		if w.At(i) != want {
			return w.Wrong(min(i, max(0, w.Len()-1)), fixArgv, "it is %q, but must be %q", w.At(i), want)
		}
	}
	if n := len(g.part.words); w.Len() > n {
		return w.Wrong(n, fixArgv, "the argument %q is not allowed", w.At(n))
	}
	return nil
}

// arguments compares flags and values, and finds those that are missing.
func (g *grammar) arguments(w profiles.Words) []profiles.Problem {
	var seen [32]bool // there are fewer flags
	for i := 1; i < w.Len(); i++ {
		at, f := g.find(w.At(i))
		if f == nil || seen[at] {
			return wrong(w, i, g.unknown(w.At(i)))
		}
		seen[at] = true
		if f.value == "" {
			continue
		}
		i++
		if problem := g.value(f, w.At(i)); problem != "" {
			return wrong(w, i, problem)
		}
	}
	for at := range g.part.flags {
		if !seen[at] {
			return g.missing(w, &g.part.flags[at])
		}
	}
	for at := range g.part.optional {
		if f := &g.part.optional[at]; f.file != "" && g.identity.LocalFiles != nil {
			switch has := slices.Contains(g.identity.LocalFiles, f.file); {
			case has && !seen[len(g.part.flags)+at]:
				return g.missing(w, f)
			case !has && seen[len(g.part.flags)+at]:
				return wrong(w, slices.Index(slices.Concat(w.Command, w.Args), f.name), "the argument "+f.name+" is for "+f.file+", which local/ does not have")
			}
		}
	}
	return nil
}

func (g *grammar) missing(w profiles.Words, f *flag) []profiles.Problem {
	return wrong(w, w.Len(), "the argument "+strings.TrimSpace(f.name+" "+f.wants(&g.identity))+" is missing"+why(f.name))
}

// find is the flag of a name, and its number among all of them.
func (g *grammar) find(name string) (int, *flag) {
	named := func(f flag) bool { return f.name == name }
	if i := slices.IndexFunc(g.part.flags, named); i >= 0 {
		return i, &g.part.flags[i]
	}
	if i := slices.IndexFunc(g.part.optional, named); i >= 0 {
		return len(g.part.flags) + i, &g.part.optional[i]
	}
	return 0, nil
}

// value says what is wrong with the value of a flag, or "".
func (g *grammar) value(f *flag, value string) string {
	if f.value == count {
		if isCount(value) {
			return ""
		}
		return profiles.Sprintf("%s is %q, but must be a number up to 1000000", f.name, value)
	}
	if want := f.wants(&g.identity); value != want {
		return profiles.Sprintf("%s is %q, but must be %q", f.name, value, want) + why(f.name)
	}
	return ""
}

// unknown says why a flag may not be there. Flower's programs accept every unique
// abbreviation of a flag. Source: Python's argparse, allow_abbrev.
func (g *grammar) unknown(name string) string {
	bare, _, _ := strings.Cut(name, "=")
	abbreviates := func(flag string) bool { return len(bare) > 2 && strings.HasPrefix(flag, bare) }
	switch {
	case !strings.HasPrefix(bare, "--"):
		return profiles.Sprintf("the argument %q is not expected there", name)
	case name == flagInsecure:
		return profiles.Sprintf("the argument %q turns TLS off", name)
	case abbreviates(flagInsecure):
		return profiles.Sprintf("the argument %q turns TLS off: Flower takes it for %s", name, flagInsecure)
	case bare == "--token":
		return profiles.Sprintf("the argument %q passes a token, which anyone who can get the pod can read there", bare)
	case abbreviates("--allow-runtime-dependency-installation"):
		return profiles.Sprintf("the argument %q lets apps install packages from the internet", name)
	case abbreviates("--simulation"):
		return profiles.Sprintf("the argument %q runs no federation, but simulates one", name)
	}
	for i := range g.part.flags {
		switch f := &g.part.flags[i]; {
		case f.name == bare:
			return profiles.Sprintf("the argument %q must be there once, its value as a word of its own", name)
		case abbreviates(f.name):
			return profiles.Sprintf("the argument %q is an abbreviation: write %s", name, f.name)
		}
	}
	return profiles.Sprintf("the argument %q is not allowed, or occurs twice", name)
}

// Environment implements profiles.Grammar.
func (g *grammar) Environment(c *corev1.Container) []profiles.Problem {
	var problems []profiles.Problem
	for i := range c.Env {
		detail, listed := variable(&c.Env[i])
		if detail == "" {
			continue
		}
		problem := profiles.Problem{Field: fmt.Sprintf("env[%d]", i), Detail: detail, Fix: profiles.FixVariable}
		if !listed {
			problem.Unlisted = c.Env[i].Name
		}
		problems = append(problems, problem)
	}
	if g.part.python {
		problems = append(problems, profiles.MissingSafePath(c)...)
	}
	return problems
}
