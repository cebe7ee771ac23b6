package words

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

func contributing(t *testing.T) []Rule {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	require.NoError(t, err)
	rules, err := Rules(string(text))
	require.NoError(t, err)
	require.Greater(t, len(rules), 10)
	return rules
}

func TestWhatPeopleReadAvoidsTheWordsOfContributing(t *testing.T) {
	rules := contributing(t)
	listed, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "-z").Output()
	require.NoError(t, err)
	read := 0
	for name := range strings.SplitSeq(strings.TrimRight(string(listed), "\x00"), "\x00") {
		findings, err := inFile(name, rules)
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		require.NoError(t, err)
		for _, found := range findings {
			t.Errorf("%s:%s", name, found)
		}
		read++
	}
	assert.Greater(t, read, 100)
}

// inFile looks where people read: Go, documentation, manifests and scripts.
// CONTRIBUTING.md has the words themselves, and this package examples of them.
func inFile(name string, rules []Rule) ([]Finding, error) {
	if name == "CONTRIBUTING.md" || name == "LICENSE" || strings.HasPrefix(name, "test/words/") {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(name) {
	case ".go":
		return InGo(text, rules), nil
	case ".md", ".yaml", ".txtar", ".txt", ".sh", "":
		return InText(string(text), rules), nil
	default:
		return nil, nil
	}
}

func TestRules(t *testing.T) {
	rules, err := Rules("# Title\n\n## Words\n\n| avoid | write |\n|---|---|\n| `bad`, `(is\\|are) worse` | better |\n")
	require.NoError(t, err)
	require.Len(t, rules, 1)
	for text, want := range map[string]int{
		"Bad":                     1,
		"badly":                   0,
		"it is worse, and is bad": 2,
		"worse":                   0,
	} {
		assert.Len(t, InText(text, rules), want, text)
	}
	assert.Equal(t, []Finding{{Line: 2, Word: "are worse", Write: "better"}}, InText("fine\nthey are worse\n", rules))
}

func TestRulesOfABrokenTable(t *testing.T) {
	_, err := Rules("## Words\n")
	require.ErrorContains(t, err, "no heading Words")
	_, err = Rules("\n## Words\n| `(` | x |\n")
	require.ErrorContains(t, err, "missing closing )")
}

func TestInGoReadsCommentsAndStringsOnly(t *testing.T) {
	source := "package bad\n\n// A bad\n// bad comment.\nvar bad = \"bad\" /* bad */\nvar x = `\nbad`\n"
	var lines []int
	rules, err := Rules("\n## Words\n| `bad` | better |\n")
	require.NoError(t, err)
	for _, found := range InGo([]byte(source), rules) {
		lines = append(lines, found.Line)
	}
	assert.Equal(t, []int{3, 4, 5, 5, 7}, lines)
}
