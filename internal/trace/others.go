package trace

import (
	"cmp"
	"slices"
)

// fromOthers adds what is not as it should be on the ways from those hub VPCs
// that the settings name besides the one that the path begins in. What the
// configuration shows of the path itself explains that, too.
func (w *walk) fromOthers() {
	if w.o.From != "" {
		return
	}
	own := w.found
	for _, vpc := range w.s.Hub.VPCs {
		if vpc == w.hubVPC() {
			continue
		}
		o := w.o
		o.Live = nil // it was made from one place
		v := begin(w.s, w.ref, o, vpc)
		v.name()
		v.source()
		v.peering()
		v.back()
		if v.ep != nil {
			v.endpointAdmits()
		}
		if v.link != nil && v.link.Balancer != nil {
			v.balancerAdmits()
		}
		all := slices.Concat(own, v.found)
		explain(all)
		for _, f := range all[len(own):] {
			same := func(g Finding) bool {
				return g.Hop == f.Hop && g.Code == f.Code && g.Object == f.Object && g.Saw == f.Saw
			}
			if f.Verdict == Passed || f.Code == NotAsked || slices.ContainsFunc(own, same) {
				continue
			}
			f.Saw = "from hub VPC " + vpc + ": " + f.Saw
			w.add(f)
		}
	}
}

// inOrder puts the findings in the order of the hops.
func (w *walk) inOrder() {
	slices.SortStableFunc(w.found, func(a, b Finding) int {
		return cmp.Compare(slices.Index(Hops(), a.Hop), slices.Index(Hops(), b.Hop))
	})
}
