//go:build tools

// Package tools names the programs whose versions this module pins: the lab's
// real API server and its store. They are built by the script build and are no
// part of the product.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)
