package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"postern/internal/lab"
	"postern/internal/plan"
	"postern/internal/report"
)

// sync runs the real program as a process of its own, and returns what it
// reported and its exit status. With show, its report is printed.
func (d *demo) sync(ctx context.Context, show bool) (report.Sync, int, error) {
	if show {
		d.command("postern sync")
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, d.env.Self, "sync", "--output", "json")
	cmd.Env, cmd.Stdout, cmd.Stderr = d.environ, &stdout, &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = interruptGrace
	err := cmd.Run()
	if ctx.Err() != nil {
		return report.Sync{}, 0, ctx.Err()
	}
	ended, ok := errors.AsType[*exec.ExitError](err)
	switch {
	case err != nil && !ok:
		return report.Sync{}, 0, fmt.Errorf("run sync: %w", err)
	case ok && (ended.ExitCode() == report.ExitInterrupted || !ended.Exited()):
		// A terminal interrupts both, and sync may be the first to hear of it.
		return report.Sync{}, 0, status(report.ExitInterrupted)
	}
	var doc report.Sync
	if err := json.Unmarshal(stdout.Bytes(), &doc); err != nil {
		return doc, 0, fmt.Errorf("read sync's report: %w; it said: %s", err, strings.TrimSpace(stderr.String()))
	}
	if show {
		d.report(doc, cmd.ProcessState.ExitCode())
	}
	return doc, cmd.ProcessState.ExitCode(), nil
}

// wait looks at the lab until it is as wanted, or patience ends; it returns
// what it saw last.
func (d *demo) wait(ctx context.Context, wanted func(*lab.State) bool) (*lab.State, error) {
	for end := time.Now().Add(patience); ; {
		s, err := d.client.State(ctx)
		if err != nil || wanted(s) || time.Now().After(end) {
			return s, err
		}
		if err := pause(ctx, lookEvery); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// callRecord is what the lab was asked to change, and the number to go on with.
type callRecord struct {
	writes []string
	next   int
}

// calls returns the successful writes since call number after.
func (d *demo) calls(ctx context.Context, after int) (callRecord, error) {
	all, next, err := d.client.Calls(ctx, after)
	r := callRecord{next: next}
	for _, c := range all {
		reads := strings.HasPrefix(c.Action, "Describe") || strings.HasPrefix(c.Action, "List") || strings.HasPrefix(c.Action, "Get") || c.Action == "AssumeRole"
		if c.Code == "" && !reads {
			r.writes = append(r.writes, c.Action)
		}
	}
	return r, err
}

func clusterOf(s *lab.State, ref string) lab.ClusterState {
	for _, c := range s.Clusters {
		if c.Ref == ref {
			return c
		}
	}
	return lab.ClusterState{Ref: ref}
}

func linkOf(doc report.Sync, ref string) report.Link {
	for _, l := range doc.Links {
		if l.Ref == ref {
			return l
		}
	}
	return report.Link{Ref: ref}
}

// live returns the addresses of a cluster's targets, without those on their
// way out.
func live(c lab.ClusterState) []string {
	var all []string
	for _, g := range c.Groups {
		for _, t := range g.Targets {
			if t.State != string(plan.StateDraining) {
				all = append(all, t.Target.ID)
			}
		}
	}
	return all
}

// health returns a cluster's targets with their states.
func health(c lab.ClusterState) []string {
	var all []string
	for _, g := range c.Groups {
		for _, t := range g.Targets {
			all = append(all, t.Target.ID+" "+t.State)
		}
	}
	return all
}

// reachable reports whether a healthy target is where the cluster answers.
func reachable(c lab.ClusterState) bool {
	for _, g := range c.Groups {
		for _, t := range g.Targets {
			if t.State == string(plan.StateHealthy) && slices.Contains(texts(c.Serving), t.Target.ID) {
				return true
			}
		}
	}
	return false
}

// astray names the clusters whose targets are not exactly the addresses at
// which they answer.
func astray(s *lab.State) []string {
	var all []string
	for _, c := range s.Clusters {
		if !slices.Equal(slices.Sorted(slices.Values(live(c))), slices.Sorted(slices.Values(texts(c.Serving)))) {
			all = append(all, fmt.Sprintf("%s (targets %v, answers at %v)", c.Ref, live(c), c.Serving))
		}
	}
	return all
}

// unhealthy names the targets that are not healthy.
func unhealthy(s *lab.State) []string {
	var all []string
	for _, c := range s.Clusters {
		for _, h := range health(c) {
			if !strings.HasSuffix(h, " "+string(plan.StateHealthy)) {
				all = append(all, c.Ref+": "+h)
			}
		}
	}
	return all
}

// has reports whether all of the wanted are there.
func has(all, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(all, w) })
}
