package nvflare

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFailures(t *testing.T) {
	cases := map[string]struct{ stream, want string }{
		"login":         {`{"event":"error","kind":"AuthenticationError","message":"bad cert"}`, "kubectl flare kit verify"},
		"permissions":   {`{"event":"error","kind":"AuthorizationError","message":"not allowed"}`, "does not allow this admin"},
		"server away":   {`{"event":"error","kind":"NoConnection","message":"no server"}`, "does not answer"},
		"no studies":    {`{"event":"error","kind":"Unsupported","message":"2.7"}`, "the admin's pod cannot do that: 2.7"},
		"no such job":   {`{"event":"error","kind":"JobNotFound","message":"x"}`, "kubectl flare job list"},
		"no job":        {`{"event":"error","kind":"InvalidJobDefinition","message":"no meta"}`, "rejects the job folder: no meta"},
		"job runs":      {`{"event":"error","kind":"JobNotDone","message":"x"}`, "has not finished"},
		"anything else": {`{"event":"error","kind":"ValueError","message":"odd"}`, "ValueError: odd"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d, _ := speaking(tc.stream)
			_, err := d.List(t.Context())
			require.ErrorContains(t, err, tc.want)
		})
	}
}
