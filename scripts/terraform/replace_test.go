package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeadings(t *testing.T) {
	plan := `
  # module.links.aws_lb.this["prod"] must be replaced
-/+ resource "aws_lb" "this" {
  # module.links.aws_vpc_endpoint_service.this["prod"] will be replaced due to changes in replace_triggered_by
  # module.links.aws_lb_target_group.this["prod"] will be updated in-place
  # module.sync.data.aws_region.current will be read during apply
  # module.evpc.aws_subnet.this["use1-az2"] will be destroyed
  # (because key ["use1-az2"] is not in for_each map)
  # module.evpc.aws_subnet.this["use1-az4"] will be created
`
	want := []string{
		`creates module.evpc.aws_subnet.this["use1-az4"]`,
		`destroys module.evpc.aws_subnet.this["use1-az2"]`,
		`replaces module.links.aws_lb.this["prod"]`,
		`replaces module.links.aws_vpc_endpoint_service.this["prod"]`,
	}
	if diff := cmp.Diff(want, headings(plan)); diff != "" {
		t.Error(diff)
	}
	said := "# Why.\n#\n# replaces module.links.aws_lb.this[\"prod\"]\n# replaces module.links.aws_vpc_endpoint_service.this[\"prod\"]\n# creates module.evpc.aws_subnet.this[\"use1-az4\"]\n# destroys module.evpc.aws_subnet.this[\"use1-az2\"]\nmodule \"links\" {\n}\n"
	if diff := cmp.Diff(want, expected(said)); diff != "" {
		t.Error(diff)
	}
	if got := count(want); got != "replaces 2, creates 1, destroys 1" {
		t.Error(got)
	}
}
