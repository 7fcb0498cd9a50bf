package apply

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"time"

	"postern/internal/lab/traffic"
)

// What the clients of a test ask for: little, since other tests run beside it on
// as few as two cores, and with the patience of Go's dialer for two addresses.
var trafficArgs = []string{"lab", "traffic", "--rate", "10", "--watches", "3", "--timeout", "10s", "--output", "json"}

// under does something while clients of the hub send requests to clusters, which
// all must be answered.
func (s *stack) under(refs []string, do func()) {
	s.Helper()
	cmd := exec.CommandContext(s.Context(), s.postern, append(trafficArgs, refs...)...)
	cmd.Env = s.env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	defer func() {
		s.Helper()
		s.pause(2 * time.Second)
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended for a reason of its own
		err := cmd.Wait()
		var r traffic.Report
		if json.Unmarshal(out.Bytes(), &r) != nil {
			s.Errorf("traffic: %v\n%s", err, errs.String())
			return
		}
		if err != nil || r.Requests.Failed > 0 || len(r.Targets) != len(refs) {
			s.Errorf("traffic to %s: %v: %d of %d requests failed: %+v", strings.Join(refs, ", "), err, r.Requests.Failed, r.Requests.Sent, r.Failures)
		}
		for _, o := range r.Targets {
			if o.Requests.OK == 0 {
				s.Errorf("no request to %s was answered", o.Ref)
			}
		}
		s.Logf("traffic: %d requests, %d failed, the slowest %.0f ms; watches cut %d times", r.Requests.Sent, r.Requests.Failed, r.Requests.Latency.MaxMs, r.Watches.Cut)
	}()
	s.pause(2 * time.Second)
	do()
}
