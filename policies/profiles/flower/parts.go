package flower

import (
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// part is what is demanded of one container in the pods of all participants of a role. Only
// where the container dials differs between them.
type part struct {
	process profiles.Process
	// role is that of the kit.
	role kit.Role
	// words are the whole command if there are no flags.
	words []string
	// flags must all follow the program, and optional ones may.
	program  string
	flags    []flag
	optional []flag
	// python says that the container runs Python.
	python bool
	paths  []profiles.Path
	// probe is the exec probe that it may have.
	probe []string
}

// pod makes the parts of the pods of one role.
type pod struct {
	workspace string
	dialect   flower.Dialect
	role      kit.Role
	process   profiles.Process
}

// parts are those of the pod of a process, the process itself first.
func (p pod) parts() []part {
	switch p.process.Program {
	case flower.ProgramSuperLink:
		return []part{p.superLink(flower.IsolationSubprocess), p.proxy(), p.register()}
	case flower.ProgramSuperLink + apart:
		return []part{p.superLink(flower.IsolationProcess), p.proxy(), p.register(), p.superExec(flower.RuntimeAddress(p.role), nil)}
	case flower.ProgramSuperNode:
		return []part{p.superNode(flower.IsolationSubprocess, flower.Loopback)}
	case flower.ProgramSuperNode + apart:
		return []part{p.superNode(flower.IsolationProcess, flower.Loopback), p.superExec(flower.RuntimeAddress(p.role), nil)}
	case flower.ProgramSuperNode + elsewhere:
		return []part{p.superNode(flower.IsolationProcess, flower.AnyAddress), p.superExec(byKit, flower.ExecutorArguments(p.workspace))}
	case scientist:
		return []part{p.scientist(), p.proxy()}
	case flower.ProgramClientApp:
		return []part{p.task()}
	}
	return []part{{process: p.process, paths: scratch()}}
}

// python is a container with one of Flower's programs.
func (p pod) python(process profiles.Process, arguments []string, paths ...profiles.Path) part {
	program, _, _ := cutName(process.Program)
	return part{process: process, role: p.role, program: program, flags: flagsOf(arguments), python: true, paths: append(paths, scratch()...)}
}

func (p pod) superLink(i flower.Isolation) part {
	return p.python(p.process, flower.SuperLinkArguments(p.dialect, i, p.workspace),
		profiles.Path{Path: p.workspace, Sources: profiles.SourceWorkspace}, p.startup(), p.local())
}

func (p pod) superNode(i flower.Isolation, host string) part {
	made := p.python(p.process, flower.SuperNodeArguments(p.dialect, i, p.workspace, byKit, host, false),
		profiles.Path{Path: p.workspace, Sources: profiles.SourceWorkspace | profiles.SourceScratch}, p.startup(), p.local())
	made.probe = flower.StartupCommand(p.dialect)
	made.optional = []flag{
		{flagTrusted, p.workspace + "/local/" + flower.TrustedEntitiesFile, flower.TrustedEntitiesFile},
		{name: "--max-retries", value: count}, {name: "--max-wait-time", value: count},
	}
	return made
}

// superExec runs apps next to its participant. It has no private key, and no claim.
func (p pod) superExec(runtime string, executor []string) part {
	paths := []profiles.Path{p.file(flower.RootFile)}
	if p.role == flower.RoleClient {
		paths = append(paths, p.file(flower.SuperExecSecretFile))
	}
	if executor != nil {
		paths = append(paths, p.local())
	}
	arguments := append(flower.SuperExecArguments(p.dialect, p.role, p.workspace, runtime), executor...)
	return p.python(helper(flower.ProgramSuperExec), arguments, paths...)
}

func (p pod) task() part {
	return p.python(p.process, flower.TaskArguments(byKit), profiles.Path{Path: flower.TaskSecretPath, Sources: profiles.SourceJobSecret})
}

// register has no private key either: it reads what a scientist may know.
func (p pod) register() part {
	words := append([]string{flower.Python, "-c", flower.RegisterScript}, flower.RegisterArguments(p.dialect, p.workspace)...)
	return part{process: helper(registration), role: p.role, words: words, python: true, paths: append(scratch(), p.file(flower.RootFile), p.file(flower.NodesFile))}
}

func (p pod) scientist() part {
	return part{process: p.process, role: p.role, words: []string{flower.Python, "-c", flower.AdminScript}, python: true, paths: append(scratch(), scratchAt(flower.AdminWorkPath))}
}

func (p pod) proxy() part {
	words := append([]string{flower.ProgramProxy}, flower.ProxyArguments(p.workspace)...)
	return part{process: helper(flower.ProgramProxy), role: p.role, words: words, paths: append(scratch(), p.startup())}
}

func helper(program string) profiles.Process {
	return profiles.Process{Kind: profiles.KindHelper, Program: program}
}

func (p pod) startup() profiles.Path {
	return profiles.Path{Path: p.workspace + "/startup", Sources: profiles.SourceKit}
}

func (p pod) local() profiles.Path {
	return profiles.Path{Path: p.workspace + "/local", Sources: profiles.SourceLocal}
}

// file is one file of startup/, for a container that must not read the rest.
func (p pod) file(name string) profiles.Path {
	return profiles.Path{Path: p.workspace + "/startup/" + name, Sources: profiles.SourceKit, File: name}
}

func scratch() []profiles.Path {
	return []profiles.Path{scratchAt(profiles.Scratch), scratchAt("/dev/shm")}
}

func scratchAt(path string) profiles.Path {
	return profiles.Path{Path: path, Sources: profiles.SourceScratch}
}
