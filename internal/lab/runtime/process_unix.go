//go:build unix

package runtime

import (
	"os/exec"
	"syscall"
)

// apart puts a program into a group of its own, so that all of it can be ended.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// kill ends a program and what it started.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
