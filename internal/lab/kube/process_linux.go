package kube

import "syscall"

// mortal makes a program end with the process that started it.
func mortal() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// apart keeps a terminal's signals away from a program.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
