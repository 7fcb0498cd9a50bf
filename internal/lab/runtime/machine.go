package runtime

import (
	"bytes"
	"debug/elf"
	"fmt"
	"runtime"
)

// machines are the architectures that Lambda has, as Go names them.
var machines = map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}

// foreign says for which other machine than this a program is, empty if it can
// run here. Scripts run wherever their interpreter is.
func foreign(program []byte) string {
	if bytes.HasPrefix(program, []byte("#!")) {
		return ""
	}
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return "no machine that Lambda has"
	}
	defer f.Close()
	arch := machines[f.Machine]
	if arch == "" {
		arch = f.Machine.String()
	}
	if runtime.GOOS == "linux" && arch == runtime.GOARCH {
		return ""
	}
	return fmt.Sprintf("linux/%s, and this machine is %s/%s", arch, runtime.GOOS, runtime.GOARCH)
}
