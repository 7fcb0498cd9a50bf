package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"postern/internal/plan"
	"postern/internal/report"
)

// AmbiguousError says that a cluster reference fits several clusters.
type AmbiguousError struct {
	Pattern    plan.Pattern
	Candidates []plan.Ref // in order
}

// Error names the candidates.
func (e *AmbiguousError) Error() string {
	names := make([]string, len(e.Candidates))
	for i, r := range e.Candidates {
		names[i] = r.String()
	}
	return fmt.Sprintf("cluster reference %q is ambiguous: it can be %s", e.Pattern, strings.Join(names, " or "))
}

// link is one link on its way through a pass.
type link struct {
	ref       plan.Ref
	scope     *scope
	candidate plan.Candidate
	row       report.Link
	in        plan.Input
	plan      plan.Plan
	planned   bool      // plan is to be carried out
	confirmed bool      // EKS has described the cluster in this pass; set with identities only
	seen      time.Time // when the targets of in were read
	began     time.Time // when observing it began
	slow      bool      // it was cut short after so long that its calls must hang
}

func (l *link) group() plan.Group { return l.candidate.Group }

// fail ends the link's way with a fault. A call that found no turn at AWS's
// rates before the time was over is none: the link was not reached.
func (l *link) fail(f *plan.Fault) {
	if f.Code == plan.NotReached && l.blameless() {
		l.notReached()
		l.row.Message, l.row.Hint = f.Error(), f.Hint
		return
	}
	l.planned = false
	l.row.Fail(f)
}

// blameless reports whether nothing went wrong with the link but that calls
// found no turn.
func (l *link) blameless() bool {
	return !slices.ContainsFunc(l.row.Errors, func(e report.Error) bool { return e.Code != plan.NotReached })
}

// end ends the link's way with a result that is no error.
func (l *link) end(r plan.Result, c plan.Code, message, hint string) {
	l.planned = false
	l.row.Result, l.row.Reason, l.row.Message, l.row.Hint = r, c, message, hint
}

// notReached is where every link starts, and where the end of a pass leaves
// those that it had no time for.
func (l *link) notReached() {
	l.row = report.NewLink(l.ref, l.group())
	l.end(plan.Pending, plan.NotReached, "the pass ended before this link was done; nothing was written", "")
}

// choose turns candidates into links, and keeps what was asked for.
func (p *pass) choose(asked []plan.Pattern) error {
	var refs []plan.Ref // of everything that claims a cluster and is not gone
	for _, s := range p.scopes {
		chosen, refused := plan.Choose(s.candidates)
		for _, c := range chosen {
			l := p.newLink(s, c)
			l.notReached()
			p.links = append(p.links, l)
			refs = append(refs, l.ref)
		}
		for _, r := range refused {
			l := p.newLink(s, r.Candidate)
			l.row.Fail(&r.Fault)
			p.rows = append(p.rows, l.row)
			refs = append(refs, l.ref)
		}
		for _, c := range s.candidates {
			if c.Gone {
				l := p.newLink(s, c)
				l.end(plan.Gone, plan.GroupGone, "the tagging API names the group, and ELB no longer knows it", "")
				p.rows = append(p.rows, l.row)
			}
		}
	}
	slices.SortFunc(refs, plan.Ref.Compare)
	refs = slices.Compact(refs)

	if len(asked) > 0 {
		var err error
		if refs, err = p.keepAsked(asked, refs); err != nil {
			return err
		}
	}
	p.countLinks(len(refs), len(asked) > 0)
	slices.SortFunc(p.links, func(a, b *link) int {
		return cmp.Or(a.ref.Compare(b.ref), cmp.Compare(a.group().ARN, b.group().ARN))
	})
	return nil
}

func (p *pass) newLink(s *scope, c plan.Candidate) *link {
	ref := plan.Ref{Account: s.account, Region: s.Region, Name: c.Cluster}
	return &link{ref: ref, scope: s, candidate: c, row: report.NewLink(ref, c.Group)}
}

// keepAsked drops what was not asked for, and returns the references that
// remain.
func (p *pass) keepAsked(asked []plan.Pattern, refs []plan.Ref) ([]plan.Ref, error) {
	var kept []plan.Ref
	for _, a := range asked {
		fit := fitting(a, refs)
		switch {
		case len(fit) > 1:
			return nil, &AmbiguousError{Pattern: a, Candidates: fit}
		case len(fit) == 1 && (a.Account == "" || a.Region == "") && len(p.unlisted(a)) > 0:
			p.doc.Errors = append(p.doc.Errors, report.NewError(p.undecided(a, fit[0])))
			continue
		case len(fit) == 0 && !slices.ContainsFunc(p.rows, func(r report.Link) bool { return a.Matches(refOf(r)) }):
			p.doc.Errors = append(p.doc.Errors, report.NewError(p.notFound(a, refs)))
		}
		kept = append(kept, fit...)
	}
	matches := func(r plan.Ref) bool {
		return slices.Contains(kept, r) || !slices.Contains(refs, r) && matchesAny(asked, r)
	}
	p.links = slices.DeleteFunc(p.links, func(l *link) bool { return !matches(l.ref) })
	p.rows = slices.DeleteFunc(p.rows, func(r report.Link) bool { return !matches(refOf(r)) })
	slices.SortFunc(kept, plan.Ref.Compare)
	return slices.Compact(kept), nil
}

func matchesAny(asked []plan.Pattern, r plan.Ref) bool {
	return slices.ContainsFunc(asked, func(a plan.Pattern) bool { return a.Matches(r) })
}

// unlisted names the scopes that could not be listed, where what was asked for
// may be.
func (p *pass) unlisted(a plan.Pattern) []string {
	var out []string
	for _, s := range p.scopes {
		if len(s.errors()) > 0 && (a.Region == "" || a.Region == s.Region) && (a.Account == "" || s.account == "" || a.Account == s.account) {
			out = append(out, s.name())
		}
	}
	return out
}

// undecided says that a reference may be another cluster's than the one found.
// Nothing is done until every scope says so, or the reference is full.
func (p *pass) undecided(a plan.Pattern, found plan.Ref) *plan.Fault {
	p.open = true
	return &plan.Fault{
		Code:    plan.ClusterNotFound,
		Message: fmt.Sprintf("cluster %q can be %s, or another in a scope that could not be listed (%s); nothing was done about it", a, found, strings.Join(p.unlisted(a), ", ")),
		Hint:    "name it as account/region/name",
	}
}

func refOf(r report.Link) plan.Ref {
	return plan.Ref{Account: r.Account, Region: r.Region, Name: r.Cluster}
}

func fitting(a plan.Pattern, refs []plan.Ref) []plan.Ref {
	var fit []plan.Ref
	for _, r := range refs {
		if a.Matches(r) {
			fit = append(fit, r)
		}
	}
	return fit
}

// notFound says that there is no link for a cluster, and what it may be.
func (p *pass) notFound(a plan.Pattern, refs []plan.Ref) *plan.Fault {
	f := &plan.Fault{Code: plan.ClusterNotFound, Message: fmt.Sprintf("no link found for cluster %q", a)}
	var unlisted []string
	for _, s := range p.scopes {
		if len(s.errors()) > 0 {
			unlisted = append(unlisted, s.name())
		}
	}
	near := nearest(a.Name, refs)
	switch {
	case len(p.scopes) == 0:
		f.Hint = "no scope covers that account and region: add it to the scopes of the configuration, or give its --region"
	case len(unlisted) > 0:
		f.Hint = "it may be in a scope that could not be listed: " + strings.Join(unlisted, ", ")
	case len(near) > 0:
		f.Hint = "the nearest names are " + strings.Join(near, ", ")
	default:
		f.Hint = fmt.Sprintf("tag its target group or load balancer %s = %s", p.clusterTag(), a.Name)
	}
	return f
}

// countLinks says when there are fewer links than there must be. How many there
// are is not known where only some were asked for.
func (p *pass) countLinks(n int, asked bool) {
	switch {
	case n < p.Settings.Expect && !asked:
		p.doc.Errors = append(p.doc.Errors, report.Error{
			Code:    plan.Expected,
			Message: fmt.Sprintf("links found: %d; expected: %d", n, p.Settings.Expect),
			Hint:    fmt.Sprintf("look for target groups without the tag %s; new tags take a moment to be listed", p.clusterTag()),
		})
	case n == 0 && !asked && !p.Settings.AllowEmpty && p.allListed():
		p.doc.Errors = append(p.doc.Errors, report.Error{
			Code:    plan.Expected,
			Message: fmt.Sprintf("found no link; scopes searched: %d", len(p.scopes)),
			Hint:    fmt.Sprintf("tag target groups or load balancers %s = CLUSTER, or say that none is right (--allow-empty)", p.clusterTag()),
		})
	}
}

// allListed reports whether every scope could be searched: where one could
// not, its error says more than the absence of links.
func (p *pass) allListed() bool {
	return !slices.ContainsFunc(p.scopes, func(s *scope) bool { return len(s.errors()) > 0 })
}

// nearest returns up to three references whose cluster's name is like name.
func nearest(name string, refs []plan.Ref) []string {
	type near struct {
		ref      plan.Ref
		distance int
	}
	var all []near
	for _, r := range refs {
		d := plan.Distance(strings.ToLower(name), strings.ToLower(r.Name))
		if d <= max(2, len(name)/3) || strings.Contains(r.Name, name) {
			all = append(all, near{r, d})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, n := range all[:min(3, len(all))] {
		out = append(out, n.ref.String())
	}
	return out
}
