// Command networkpolicy enforces the NetworkPolicies of a node with iptables. It is
// kube-router's own controller of NetworkPolicies, without its routes, its proxy and its
// health checks: pods of the lab have both from elsewhere.
//
//	networkpolicy KUBECONFIG NODE SERVICE_CIDR
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: networkpolicy KUBECONFIG NODE SERVICE_CIDR")
		os.Exit(1)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(kubeconfig, node, services string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	how := options.NewKubeRouterConfig()
	how.HostnameOverride, how.ClusterIPCIDRs, how.EnableIPv4 = node, []string{services}, true
	tables, sets, err := netpol.NewIPTablesHandlers(how)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods, namespaces := factory.Core().V1().Pods().Informer(), factory.Core().V1().Namespaces().Informer()
	rules := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	controller, err := netpol.NewNetworkPolicyController(client, how, pods, rules, namespaces, &sync.Mutex{}, tables, sets)
	if err != nil {
		return err
	}
	if err := errors.Join(handle(pods, controller.PodEventHandler), handle(namespaces, controller.NamespaceEventHandler),
		handle(rules, controller.NetworkPolicyEventHandler)); err != nil {
		return err
	}
	var running sync.WaitGroup
	running.Add(1)
	controller.Run(discard(ctx), ctx.Done(), &running)
	running.Wait()
	return nil
}

func handle(informer cache.SharedIndexInformer, handler cache.ResourceEventHandler) error {
	_, err := informer.AddEventHandler(handler)
	return err
}

// discard reads the heartbeats that the controller sends: the lab needs none of them.
func discard(ctx context.Context) chan<- *healthcheck.ControllerHeartbeat {
	beats := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-beats:
			}
		}
	}()
	return beats
}
