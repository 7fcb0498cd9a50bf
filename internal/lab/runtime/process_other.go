//go:build !unix

package runtime

import (
	"os/exec"
	"syscall"
)

func apart() *syscall.SysProcAttr { return nil }

func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
