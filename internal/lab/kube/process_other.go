//go:build !unix

package kube

import "syscall"

func mortal() *syscall.SysProcAttr { return nil }

func apart() *syscall.SysProcAttr { return nil }
