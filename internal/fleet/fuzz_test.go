package fleet

import (
	"strings"
	"testing"
)

func TestEndpointOf(t *testing.T) {
	for name, want := range map[string]string{
		"vpce-0a1b-x1y2z3.vpce-svc-0c4d.us-east-1.vpce.amazonaws.com":             "vpce-0a1b us-east-1",
		"VPCE-0A1B-x1y2z3-eu-west-1a.vpce-svc-0c4d.eu-west-1.vpce.amazonaws.com.": "vpce-0a1b eu-west-1",
		"vpce-0a1b-x1.vpce-svc-0c.cn-north-1.vpce.amazonaws.com.cn":               "vpce-0a1b cn-north-1",
		"vpce-0a1b.vpce-svc-0c4d.us-east-1.vpce.amazonaws.com":                    " ",
		"vpce--x.vpce-svc-0c4d.us-east-1.vpce.amazonaws.com":                      " ",
		"vpce-0a1b-x1y2z3.s3.us-east-1.amazonaws.com":                             " ",
		"internal.example.org": " ",
		"10.101.0.5":           " ",
		"":                     " ",
	} {
		if id, region := endpointOf(name); id+" "+string(region) != want {
			t.Errorf("%q: %q %q, want %q", name, id, region, want)
		}
	}
}

// What is read of a name is in it, and does not depend on its case or its last
// dot.
func FuzzEndpointOf(f *testing.F) {
	f.Add("vpce-0a1b-x1y2z3-us-east-1a.vpce-svc-0c4d.us-east-1.vpce.amazonaws.com.")
	f.Add("vpce-.....vpce")
	f.Fuzz(func(t *testing.T, name string) {
		id, region := endpointOf(name)
		if id == "" {
			if region != "" {
				t.Fatalf("%q: region %q of no endpoint", name, region)
			}
			return
		}
		lower := strings.ToLower(name)
		if !strings.HasPrefix(lower, id+"-") || !strings.Contains(lower, "."+string(region)+".vpce.") || strings.Count(id, "-") != 1 {
			t.Fatalf("%q: %q %q", name, id, region)
		}
		if id2, region2 := endpointOf(lower + "."); !strings.HasSuffix(name, ".") && (id2 != id || region2 != region) {
			t.Fatalf("%q: %q %q, and in lower case with a dot %q %q", name, id, region, id2, region2)
		}
	})
}
