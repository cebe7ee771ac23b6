package workloads_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// described is a framework for tests of its description.
type described struct {
	name string
	workloads.Description
}

func (d described) Framework() string { return d.name }

func (d described) Describe() workloads.Description { return d.Description }

func (d described) Objects(workloads.Participant, acceptance.Verified) (*workloads.Set, error) {
	return &workloads.Set{}, nil
}

// withJobs is a framework that also has jobs.
type withJobs struct {
	described
	operator kit.Role
}

func (w withJobs) Operator() kit.Role { return w.operator }

func (withJobs) CheckJob(string, fs.FS) error { return nil }

func (withJobs) CheckID(string) error { return nil }

func (withJobs) Driver(workloads.Session) workloads.JobDriver { return nil }

func framework(name string, change ...func(*workloads.Description)) described {
	d := described{name, workloads.Description{
		Title: "The " + name, Short: name, Image: "registry.example.org/" + name + ":1.0", Roles: []kit.Role{"hub", "leaf"}, Ports: []int{9000},
	}}
	for _, c := range change {
		c(&d.Description)
	}
	return d
}

func TestNewRegistryRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		all  []workloads.Workloads
		want string
	}{
		"a name twice":         {[]workloads.Workloads{framework("a"), framework("a")}, `framework "a" is registered twice`},
		"a name in capitals":   {[]workloads.Workloads{framework("A")}, `framework "A": the name is not valid`},
		"no title":             {[]workloads.Workloads{framework("a", func(d *workloads.Description) { d.Title = "" })}, "no title"},
		"an image without tag": {[]workloads.Workloads{framework("a", func(d *workloads.Description) { d.Image = "a" })}, `the example "a" is not an image with a tag`},
		"no roles":             {[]workloads.Workloads{framework("a", func(d *workloads.Description) { d.Roles = nil })}, "no roles"},
		"a role twice":         {[]workloads.Workloads{framework("a", func(d *workloads.Description) { d.Roles = []kit.Role{"x", "x"} })}, `role "x" is in the description twice`},
		"a role in capitals":   {[]workloads.Workloads{framework("a", func(d *workloads.Description) { d.Roles = []kit.Role{"X"} })}, `role "X" is not valid`},
		"port 0":               {[]workloads.Workloads{framework("a", func(d *workloads.Description) { d.Ports = []int{0} })}, "port 0 is not valid"},
		"unsorted ports":       {[]workloads.Workloads{framework("a", func(d *workloads.Description) { d.Ports = []int{2, 1} })}, "port 1 comes after 2"},
		"an unknown operator":  {[]workloads.Workloads{withJobs{framework("a"), "admin"}}, `jobs are for the role "admin"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := workloads.NewRegistry(tc.all...)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestRegistry(t *testing.T) {
	r, err := workloads.NewRegistry(
		framework("c", func(d *workloads.Description) {
			d.Roles, d.Ports = []kit.Role{"leaf", "relay"}, []int{80, 9000}
		}),
		framework("a"),
		withJobs{framework("b"), "hub"},
	)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, r.Names())
	require.Equal(t, "The a, The b or The c", r.Titles())
	require.Equal(t, "a, b or c", r.ShortNames())
	require.Equal(t, "registry.example.org/a:1.0", r.ExampleImage())
	require.Equal(t, []kit.Role{"hub", "leaf", "relay"}, r.Roles())
	require.Equal(t, []int{80, 9000}, r.Ports())

	b, err := r.Get("b")
	require.NoError(t, err)
	require.NotNil(t, b.Jobs)
	require.Nil(t, b.Joiner)
	require.Equal(t, []*workloads.Framework{b}, r.WithJobs())
	require.EqualError(t, r.NoJobs("a"), "a has no jobs: `kubectl flare job` handles those of b; use the framework's own tools")
	_, err = r.Get("d")
	require.EqualError(t, err, `this version of kubectl flare does not support framework "d": it supports a, b, c`)
}

func TestEmptyRegistry(t *testing.T) {
	var r workloads.Registry
	require.Empty(t, r.ExampleImage())
	require.Empty(t, r.Titles())
	require.EqualError(t, r.NoJobs("a"), "a has no jobs: use its own tools")
	_, err := r.Get("a")
	require.ErrorContains(t, err, "it supports none")
}
