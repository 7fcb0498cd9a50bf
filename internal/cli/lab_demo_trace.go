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

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"postern/internal/report"
	"postern/internal/trace"
)

// takeRoute takes away the hub's route to an endpoint VPC, lets trace find that
// out, and repairs it by what trace says and nothing else.
func (d *demo) takeRoute(ctx context.Context) error {
	right, status, err := d.trace(ctx)
	if err != nil {
		return err
	}
	table, peering := objectOf(right, trace.HopSource), objectOf(right, trace.HopPeering)
	if err := d.check(status == report.ExitOK, fmt.Sprintf("trace checks %d things on the way, tries it itself, and all is well", len(right.Findings)),
		"exit status %d at %s: %s", status, right.Hop, right.Reason); err != nil {
		return err
	}

	net := d.ec2(string(right.Region))
	destination, err := routeBy(ctx, net, table, peering)
	if err != nil {
		return err
	}
	d.command(fmt.Sprintf("aws ec2 delete-route --route-table-id %s --destination-cidr-block %s", table, destination))
	if _, err := net.DeleteRoute(ctx, &ec2.DeleteRouteInput{RouteTableId: &table, DestinationCidrBlock: &destination}); err != nil {
		return fmt.Errorf("delete the route: %w", err)
	}
	d.say("All that the hub's tools would see is a timeout. Trace says which hop it is:")
	d.blank()
	broken, status, err := d.trace(ctx)
	if err != nil {
		return err
	}
	d.finding(broken)
	i := slices.IndexFunc(broken.Findings, func(f report.TraceFinding) bool {
		return f.Verdict == trace.Broken && f.Because == "" && len(f.Repair.Commands) == 1
	})
	if err := d.check(status == report.ExitDifference && broken.Hop == trace.HopSource && i >= 0, "it names the missing route, and the command that brings it back",
		"exit status %d at hop %q: %s", status, broken.Hop, broken.Reason); err != nil {
		return err
	}

	command := broken.Findings[i].Repair.Commands[0]
	d.command(command)
	if err := createRoute(ctx, net, command); err != nil {
		return fmt.Errorf("type what trace says: %w", err)
	}
	right, status, err = d.trace(ctx)
	if err != nil {
		return err
	}
	return d.check(status == report.ExitOK, "the path is right again", "exit status %d at %s: %s", status, right.Hop, right.Reason)
}

// trace runs the real program as a process of its own, and returns what it
// found and its exit status.
func (d *demo) trace(ctx context.Context) (report.Trace, int, error) {
	d.command("postern trace " + firstMover)
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, d.env.Self, "trace", firstMover, "--output", "json")
	cmd.Env, cmd.Stdout, cmd.Stderr = d.environ, &stdout, &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = interruptGrace
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); ctx.Err() != nil || err != nil && !ended {
		return report.Trace{}, 0, errors.Join(ctx.Err(), err)
	}
	var doc report.Trace
	if err := json.Unmarshal(stdout.Bytes(), &doc); err != nil {
		return doc, 0, fmt.Errorf("read what trace found: %w; it said: %s", err, strings.TrimSpace(stderr.String()))
	}
	return doc, cmd.ProcessState.ExitCode(), nil
}

// finding prints what trace says below its table.
func (d *demo) finding(doc report.Trace) {
	var b bytes.Buffer
	_ = report.WriteTrace(&b, doc, report.TextOptions{}) // to a buffer
	_, below, _ := strings.Cut(b.String(), "\n\nBROKEN")
	below, _, _ = strings.Cut(below, "\n\n")
	for line := range strings.Lines("BROKEN" + below) {
		d.wrapped("     "+strings.TrimRight(line, "\n"), "")
	}
	d.blank()
}

// objectOf returns the object of the first finding at a hop.
func objectOf(doc report.Trace, hop trace.Hop) string {
	for _, f := range doc.Findings {
		if f.Hop == hop {
			return f.Object
		}
	}
	return ""
}

// ec2 calls the lab with the hub's keys.
func (d *demo) ec2(region string) *ec2.Client {
	value := func(name string) string {
		for _, v := range d.environ {
			if text, ok := strings.CutPrefix(v, name+"="); ok {
				return text
			}
		}
		return ""
	}
	return ec2.NewFromConfig(aws.Config{
		Region: region, BaseEndpoint: aws.String(value("AWS_ENDPOINT_URL")),
		Credentials: credentials.NewStaticCredentialsProvider(value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"), value("AWS_SESSION_TOKEN")),
	})
}

// routeBy returns the destination of a table's route by a peering.
func routeBy(ctx context.Context, net *ec2.Client, table, peering string) (string, error) {
	out, err := net.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{RouteTableIds: []string{table}})
	if err != nil {
		return "", fmt.Errorf("read route table %q: %w", table, err)
	}
	for _, t := range out.RouteTables {
		for _, r := range t.Routes {
			if aws.ToString(r.VpcPeeringConnectionId) == peering {
				return aws.ToString(r.DestinationCidrBlock), nil
			}
		}
	}
	return "", fmt.Errorf("route table %s has no route by %s", table, peering)
}

// createRoute does what a command line of the AWS CLI would.
func createRoute(ctx context.Context, net *ec2.Client, command string) error {
	words := strings.Fields(command)
	flag := func(name string) *string {
		if i := slices.Index(words, name); i >= 0 && i+1 < len(words) {
			return &words[i+1]
		}
		return nil
	}
	if !strings.HasPrefix(command, "aws ec2 create-route ") {
		return fmt.Errorf("%q creates no route", command)
	}
	_, err := net.CreateRoute(ctx, &ec2.CreateRouteInput{
		RouteTableId: flag("--route-table-id"), DestinationCidrBlock: flag("--destination-cidr-block"), VpcPeeringConnectionId: flag("--vpc-peering-connection-id"),
	})
	return err
}
