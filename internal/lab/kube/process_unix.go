//go:build unix && !linux

package kube

import "syscall"

// mortal keeps a terminal's signals away from a program; that it ends with
// the process that started it is left to the janitor.
func mortal() *syscall.SysProcAttr { return apart() }

// apart keeps a terminal's signals away from a program.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
