package nvflare

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// errorMark is what a site's NVFLARE writes before its answer. Source: ERROR_MSG_PREFIX in
// nvflare/private/defs.py, 2.9.0.
const errorMark = "NVFLARE_ERROR: "

// deployReasons are what sites answered that did not take a job. Source: job_runner.py and
// nvflare/apis/job_def.py, JobMetaKey.JOB_DEPLOY_DETAIL, 2.9.0: texts such as "site-1: OK".
func deployReasons(meta map[string]any) []string {
	detail, _ := meta["job_deploy_detail"].([]any)
	r := records{}
	for _, d := range detail {
		if text, ok := d.(string); ok && !strings.HasSuffix(text, ": OK") {
			r.Add(strings.Replace(text, errorMark, "", 1))
		}
	}
	return r.All()
}

// siteReasons is how many of a site's errors are shown. Those that follow are mostly of its end.
const siteReasons = 5

// siteErrors are the reasons in the error logs of a job that the server has, by site. Not every
// site sends it its log.
func siteErrors(logs map[string]string) []string {
	var all workloads.Reasons
	for _, site := range slices.Sorted(maps.Keys(logs)) {
		reasons := errorsIn(logs[site])
		for _, reason := range reasons[:min(siteReasons, len(reasons))] {
			all.Add(site + ": " + reason)
		}
	}
	return all.All()
}
