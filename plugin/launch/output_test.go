package launch

import (
	"strings"
	"testing"
)

// No output contains anything of the private key.
func TestOutputsShowNoKey(t *testing.T) {
	b := newBench(t)
	k := b.federation.Client("site-1", "hospital_a")
	dir := k.WriteDir(t)
	for _, args := range [][]string{
		{"-o=yaml", "--dry-run=client"}, {"-o=json", "--dry-run=client"}, {"-o=yaml", "--dry-run=server"},
		{"-o=yaml", "--wait=false"}, {"-o=json", "--wait=false"},
	} {
		out, errOut, err := b.launch(append(args, dir, image)...)
		if err != nil {
			t.Fatal(err)
		}
		contains(t, out+errOut, " is left out, because it has private content: give --show-secrets to print it")
		for _, secret := range []string{"PRIVATE KEY", "LS0tLS1CRUdJTiBSU0EgUFJJVkFURS"} {
			if strings.Contains(out+errOut, secret) {
				t.Errorf("%v shows the key", args)
			}
		}
	}
}
