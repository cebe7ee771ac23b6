package nvflare

import (
	_ "embed" // the list of classes
	"slices"
	"strings"
	"sync"
)

// shipsSite says whether NVFLARE ships a class for resources.json of a site: those of its
// defaults and of `nvflare deploy prepare`. Source: master_template.yml and
// edge_template.yml of 2.7.3, 2.8.3 and 2.9.0, nvflare/tool/deploy of 2.9.0.
func shipsSite(class string) bool {
	switch class {
	case "nvflare.apis.impl.job_def_manager.SimpleJobDefManager",
		"nvflare.app_common.job_launcher.client_process_launcher.ClientProcessJobLauncher",
		"nvflare.app_common.job_launcher.server_process_launcher.ServerProcessJobLauncher",
		"nvflare.app_common.job_schedulers.job_scheduler.DefaultJobScheduler",
		"nvflare.app_common.logging.log_receiver.LogReceiver",
		"nvflare.app_common.logging.log_sender.ErrorLogSender",
		"nvflare.app_common.logging.site_log_streamer.SiteLogStreamer",
		"nvflare.app_common.resource_consumers.gpu_resource_consumer.GPUResourceConsumer",
		"nvflare.app_common.resource_consumers.list_resource_consumer.ListResourceConsumer",
		"nvflare.app_common.resource_managers.gpu_resource_manager.GPUResourceManager",
		"nvflare.app_common.resource_managers.list_resource_manager.ListResourceManager",
		"nvflare.app_common.resource_managers.passthrough_resource_manager.PassthroughResourceManager",
		"nvflare.app_common.state_persistors.storage_state_persistor.StorageStatePersistor",
		"nvflare.app_common.storages.filesystem_storage.FilesystemStorage",
		"nvflare.app_opt.job_launcher.k8s_launcher.ClientK8sJobLauncher",
		"nvflare.app_opt.job_launcher.k8s_launcher.ServerK8sJobLauncher",
		"nvflare.edge.widgets.api_service.ApiService",
		"nvflare.edge.widgets.etd.EdgeTaskDispatcher":
		return true
	}
	return shipsJob(class)
}

// shipsJob says whether NVFLARE's class_allow_list has a class: what a job may use that
// brings no code.
func shipsJob(class string) bool {
	_, ok := slices.BinarySearch(jobClasses(), class)
	return ok
}

// jobList has the classes, one a line, sorted. Source: master_template.yml of 2.8.3,
// default_component_policy.py of 2.9.0.
//
//go:embed classes.list
var jobList string

var jobClasses = sync.OnceValue(func() []string { return strings.Fields(jobList) })
