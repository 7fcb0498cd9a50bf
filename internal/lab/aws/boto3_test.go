package aws_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

// boto3Name is boto3's name of a service, where it is not the lab's.
var boto3Name = map[string]string{"tagging": "resourcegroupstaggingapi"}

// boto3 is a running script that makes calls with boto3.
type boto3 struct {
	in  io.WriteCloser
	out *bufio.Reader
}

type boto3Call struct {
	Service string `json:"service"`
	Action  string `json:"action"`
	Input   any    `json:"input"`
}

type boto3Answer struct {
	Output any `json:"output"`
	Error  *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// startBoto3 skips the test, aloud, where boto3 is not installed; it fails there
// when CI=true.
func startBoto3(t *testing.T, url string) *boto3 {
	t.Helper()
	if out, err := exec.Command("python3", "-c", "import boto3").CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI needs python3 with boto3: %v\n%s", err, out)
		}
		t.Skipf("NOT TESTED: boto3 against the lab, because python3 cannot import boto3: %v", err)
	}
	cmd := exec.Command("python3", filepath.Join("testdata", "boto3_calls.py"), url)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	// No configuration of the machine's: the script says all that boto3 needs.
	cmd.Env = append(os.Environ(), "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // the script ends at the end of its input
		if err := cmd.Wait(); err != nil {
			t.Errorf("boto3 script: %v\n%s", err, &stderr)
		}
	})
	return &boto3{in: in, out: bufio.NewReader(out)}
}

func (b *boto3) call(t *testing.T, c boto3Call) boto3Answer {
	t.Helper()
	if name := boto3Name[c.Service]; name != "" {
		c.Service = name
	}
	line, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.in.Write(append(line, '\n')); err != nil {
		t.Fatalf("write to the boto3 script: %v", err)
	}
	line, err = b.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("read from the boto3 script: %v", err)
	}
	var a boto3Answer
	if err := json.Unmarshal(line, &a); err != nil {
		t.Fatalf("parse the boto3 script's answer: %v", err)
	}
	return a
}

// bareIDs leaves the slashes out of Route 53's identifiers: boto3 sends what is
// behind the last one.
func bareIDs(service string, input any) any {
	if m, ok := input.(map[string]any); ok && service == "route53" {
		for _, name := range []string{"Id", "HostedZoneId", "ResourceId", "DelegationSetId"} {
			if id, ok := m[name].(string); ok {
				m[name] = strings.ReplaceAll(id, "/", "")
			}
		}
	}
	return input
}

// fitHTTP makes random values fit where they travel: a header takes no line
// ends, an answer's status is one of success that has a body, and boto3 sends
// whole seconds.
func fitHTTP(v reflect.Value, rng *rand.Rand) {
	for _, f := range members(v.Type()) {
		switch tag := f.Tag.Get("wire"); {
		case strings.Contains(tag, "loc=statusCode"):
			v.FieldByIndex(f.Index).Set(reflect.ValueOf(new(200 + rng.Int32N(4))))
		case strings.Contains(tag, "loc=header") && f.Type == reflect.TypeFor[*string]():
			v.FieldByIndex(f.Index).Set(reflect.ValueOf(new(fmt.Sprintf("text-%d", rng.Int32()))))
		case f.Type == reflect.PointerTo(timeType):
			at := v.FieldByIndex(f.Index).Interface().(*time.Time)
			v.FieldByIndex(f.Index).Set(reflect.ValueOf(new(at.Truncate(time.Second))))
		}
	}
}

// TestBoto3 takes every action through boto3 with random values both ways, and
// ends each in an error once.
func TestBoto3(t *testing.T) {
	p := newProof(t)
	script := startBoto3(t, p.url)
	for _, table := range p.tables {
		for _, op := range table.Service.Operations {
			t.Run(table.Name+"."+op.Name, func(t *testing.T) {
				for round := range rounds {
					rng := seeded("boto3"+table.Name+op.Name, round)
					in, out := reflect.New(op.Input), reflect.New(op.Output)
					fill(in.Elem(), op.Input, rng, 0)
					fill(out.Elem(), op.Output, rng, 0)
					fitHTTP(in.Elem(), rng)
					fitHTTP(out.Elem(), rng)
					p.expect(out.Interface(), nil)
					sent := bareIDs(table.Name, normal(in.Elem(), op.Input, byMember))
					got := script.call(t, boto3Call{table.Name, op.Name, sent})
					if got.Error != nil {
						t.Fatalf("round %d: %s: %s", round, got.Error.Code, got.Error.Message)
					}
					want := sortQuery(sent, op.Input, byMember)
					arrived := sortQuery(normal(reflect.ValueOf(p.arrived()).Elem(), op.Input, byMember), op.Input, byMember)
					if diff := cmp.Diff(want, arrived); diff != "" {
						t.Fatalf("round %d: input (-sent by boto3 +arrived):\n%s", round, diff)
					}
					if diff := cmp.Diff(normal(out.Elem(), op.Output, byMember), got.Output); diff != "" {
						t.Fatalf("round %d: output (-sent +parsed by boto3):\n%s", round, diff)
					}
				}
				in := reflect.New(op.Input)
				fill(in.Elem(), op.Input, seeded(op.Name, 0), 0)
				fitHTTP(in.Elem(), seeded(op.Name, 0))
				p.expect(nil, &state.Error{Code: "SomethingNotFound", Message: "no <such> thing", Status: 400, Sender: true})
				got := script.call(t, boto3Call{table.Name, op.Name, normal(in.Elem(), op.Input, byMember)})
				if e := got.Error; e == nil || e.Code != "SomethingNotFound" || e.Message != "no <such> thing" {
					t.Errorf("error: got %+v", got)
				}
			})
		}
	}
}
