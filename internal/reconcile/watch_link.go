package reconcile

import (
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"postern/internal/plan"
	"postern/internal/report"
)

// watched is a link under watch.
type watched struct {
	memo
	ref       plan.Ref
	candidate plan.Candidate
	cluster   plan.Cluster // as the last check knew it
	saw       *ground      // what the last check rested on; nil if there was none, or it did not get so far
	altered   bool         // the link itself is not what the last check saw
	news      [2]news      // of the interfaces and of DNS
	last      report.Link  // only result and reason
	rank      rank         // of the check that is due
}

// ground is what a check rested on, besides the targets. While it stays the
// same, and nothing was left to do, the targets need not be read.
type ground struct {
	eni, dns statement
	cidrs    cidrs
}

// statement is what a witness said, without when.
type statement struct {
	outcome   plan.Outcome
	partial   bool
	addrs     []netip.Addr // in order; of a witness that was silent, what it said before
	overrides []netip.Addr // those that are the hub's own
}

func statementOf(w plan.Witness, hub []netip.Addr) statement {
	st := statement{outcome: w.Outcome, partial: w.Partial, addrs: slices.Clone(w.Addrs)}
	slices.SortFunc(st.addrs, netip.Addr.Compare)
	for _, a := range st.addrs {
		if slices.Contains(hub, a) {
			st.overrides = append(st.overrides, a)
		}
	}
	return st
}

// news says how a witness's statement compares with what a check rested on.
type news int

const (
	none  news = iota
	mild       // it fell silent, or speaks again and says what it said: nothing can follow but another report
	fresh      // it says something else
)

func (st statement) against(now statement) news {
	same := slices.Equal(st.addrs, now.addrs) && slices.Equal(st.overrides, now.overrides)
	switch {
	case now.outcome == plan.Unknown && st.outcome == plan.Unknown:
		return none
	case now.outcome == plan.Unknown:
		return mild
	case !same:
		return fresh
	case st.outcome == now.outcome && st.partial == now.partial:
		return none
	case st.outcome == plan.Unknown, now.outcome == st.outcome:
		return mild
	}
	return fresh
}

// after keeps what a silent witness said before.
func (st statement) after(before statement) statement {
	if st.outcome == plan.Unknown {
		st.addrs, st.overrides = before.addrs, before.overrides
	}
	return st
}

// places in watched.news.
const (
	ofInterfaces = iota
	ofDNS
)

// silence is how long a witness may be silent before its links are checked
// only to say so.
const silence = 30 * time.Second

// hears takes in what a witness says now.
func (l *watched) hears(from int, n news, now time.Time) {
	l.news[from] = n
	l.weigh(now)
}

func (l *watched) weigh(now time.Time) {
	l.changed = l.altered || slices.Contains(l.news[:], fresh)
	switch {
	case !slices.Contains(l.news[:], mild):
		l.doubt = time.Time{}
	case l.doubt.IsZero():
		l.doubt = now.Add(l.part(silence, 0.5, 1))
	}
}

// discovered takes in the link as discovery found it.
func (l *watched) discovered(c plan.Candidate, account plan.AccountID, region plan.Region, now time.Time) {
	l.altered = l.altered || !reflect.DeepEqual(withoutMarks(l.candidate), withoutMarks(c))
	l.candidate = c
	l.ref = plan.Ref{Account: account, Region: region, Name: c.Cluster}
	l.weigh(now)
}

// withoutMarks is the candidate without what sync itself writes.
func withoutMarks(c plan.Candidate) plan.Candidate {
	c.Group.Tags = maps.Clone(c.Group.Tags)
	delete(c.Group.Tags, plan.TagMarks)
	return c
}

// began notes that a check has begun: what is known now is what it will see.
func (l *watched) began() {
	l.checking, l.altered, l.changed = true, false, false
	l.news, l.doubt = [2]news{}, time.Time{}
}

// ended takes in what a check saw and did.
func (l *watched) ended(lk *link, hub []netip.Addr, marksInMemory bool) {
	l.candidate = lk.candidate
	if !marksInMemory && lk.planned {
		tags := maps.Clone(l.candidate.Group.Tags)
		delete(tags, plan.TagMarks)
		if lk.row.Marks != "" {
			tags[plan.TagMarks] = lk.row.Marks
		}
		l.candidate.Group.Tags = tags
	}
	l.last = report.Link{Result: lk.row.Result, Reason: lk.row.Reason}
	before := l.saw
	if l.saw = nil; lk.in.Witnesses == nil {
		return
	}
	l.saw, l.cluster = &ground{cidrs: lk.in.CIDRs}, lk.in.Cluster
	for _, w := range lk.in.Witnesses {
		st := statementOf(w, hub)
		switch {
		case w.Name == plan.ENI:
			if before != nil {
				st = st.after(before.eni)
			}
			l.saw.eni = st
		default:
			if before != nil {
				st = st.after(before.dns)
			}
			l.saw.dns = st
		}
	}
}
