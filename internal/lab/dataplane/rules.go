package dataplane

import (
	"net/netip"

	"postern/internal/lab/fabric"
)

// rules answers the fabric's questions from the plane's view.
type rules struct{ plane *Plane }

// Route returns the VPC to which a packet goes.
func (r rules) Route(vpc string, src, dst netip.Addr) string {
	to, _ := r.plane.view.Load().Route(vpc, src, dst)
	return to
}

// Admit asks the security groups at both ends of a new connection.
func (r rules) Admit(f fabric.Flow) (ok bool, why string) {
	v := r.plane.view.Load()
	if ok, why = v.Admit(f.VPC, f.Src, f.To, f.Dst, f.Ungrouped); ok {
		return true, ""
	}
	hop := HopSecurityGroup
	if v.interfaceID(place{f.To, f.Dst.Addr()}) == "" {
		hop = HopInterface
	}
	return false, because(hop, "%s", why)
}
