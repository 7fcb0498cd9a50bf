package state

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// A Record is a set of records of one name and type in a hosted zone.
type Record struct {
	Name   string   `json:"name"` // in lower case, without a final dot
	Type   string   `json:"type"` // A, AAAA, CNAME; NS and SOA of the zone itself
	TTL    int      `json:"ttl,omitempty"`
	Values []string `json:"values,omitempty"`
	Alias  *Alias   `json:"alias,omitempty"` // instead of values
}

// An Alias says that a name has what another name has.
type Alias struct {
	Zone string `json:"zone"` // the hosted zone that the other name is in
	Name string `json:"name"`
	// EvaluateHealth is kept and changes nothing: the lab has no health checks of
	// Route 53's.
	EvaluateHealth bool `json:"evaluateHealth"`
}

// A RecordChange is one change of a batch.
type RecordChange struct {
	Action string // CREATE, DELETE, UPSERT
	Record Record
}

// recordsPerBatch counts an UPSERT twice; recordsPerZone is the quota. Source:
// Route 53 developer guide, quotas.
const (
	recordsPerBatch = 1000
	recordsPerZone  = 10_000
)

// owns reports whether a record is one that the zone began with.
func (z HostedZone) owns(r Record) bool {
	return r.Name == z.Name && (r.Type == "NS" || r.Type == "SOA")
}

// place returns where a record is in the zone, or would be.
func (z HostedZone) place(r Record) (int, bool) {
	return slices.BinarySearchFunc(z.Records, r, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
}

// RecordPage says where a listing of records begins, and how long it is.
type RecordPage struct {
	Name string // of the first record; empty: the zone's first
	Type string // of the first record of that name
	Max  int    // 1 to 300; 0 means 300
}

// ListResourceRecordSets lists the records of a zone of the caller's by their
// names with the labels reversed, then by type. next says where the rest
// begins; nil means that there is none. Source: Route 53 API reference,
// ListResourceRecordSets.
func (s *Store) ListResourceRecordSets(c Caller, id string, page RecordPage) (records []Record, next *RecordPage, err error) {
	defer s.enter()()
	z, err := s.zone(c, id)
	if err != nil {
		return nil, nil, err
	}
	const most = 300
	if page.Max < 0 || page.Type != "" && page.Name == "" {
		return nil, nil, refuse("InvalidInput", "A record type needs a record name, and maxitems is at least 1")
	}
	if page.Max == 0 || page.Max > most {
		page.Max = most
	}
	order := func(a, b Record) int {
		return cmp.Or(cmp.Compare(reversed(a.Name), reversed(b.Name)), cmp.Compare(a.Type, b.Type))
	}
	records = slices.SortedFunc(slices.Values(z.Records), order)
	if page.Name != "" {
		at, _ := slices.BinarySearchFunc(records, Record{Name: plainName(page.Name), Type: page.Type}, order)
		records = records[at:]
	}
	if len(records) > page.Max {
		first := records[page.Max]
		return records[:page.Max], &RecordPage{Name: first.Name, Type: first.Type, Max: page.Max}, nil
	}
	return records, nil, nil
}

// reversed is a name with its labels the other way round, each with its dot.
func reversed(name string) string {
	labels := strings.Split(name, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".") + "."
}

// ChangeResourceRecordSets carries out a batch of changes, all or none. Source:
// Route 53 API reference, ChangeResourceRecordSets.
func (s *Store) ChangeResourceRecordSets(c Caller, id string, changes []RecordChange) error {
	defer s.enter()()
	z, err := s.zone(Caller{Account: c.Account}, id)
	if err != nil {
		return err
	}
	weight := 0
	z.Records = slices.Clone(z.Records)
	for _, x := range changes {
		weight++
		if x.Action == "UPSERT" {
			weight++
		}
		x.Record = x.Record.plain()
		if err := s.change(&z, x); err != nil {
			return err
		}
	}
	switch {
	case weight == 0:
		return invalidBatch("The batch holds no change")
	case weight > recordsPerBatch:
		return invalidBatch("Number of records limit of %d exceeded.", recordsPerBatch)
	case len(z.Records) > recordsPerZone:
		return refuse("LimitsExceeded", "Limits exceeded: a hosted zone can have %d resource record sets", recordsPerZone)
	}
	if err := z.checkTogether(); err != nil {
		return err
	}
	s.putZone(z, "present", "present", "records")
	return nil
}

func invalidBatch(format string, args ...any) error {
	return refuse("InvalidChangeBatch", "["+format+"]", args...)
}

// change carries one change out on a zone that is not written yet.
func (s *Store) change(z *HostedZone, x RecordChange) error {
	r := x.Record
	at, there := z.place(r)
	switch {
	case x.Action == "DELETE" && !there:
		return invalidBatch("Tried to delete resource record set [name='%s.', type='%s'] but it was not found", r.Name, r.Type)
	case x.Action == "DELETE" && z.owns(r):
		return invalidBatch("A HostedZone must contain at least one NS record for the zone itself, and exactly one SOA record.")
	case x.Action == "DELETE" && !z.Records[at].same(r):
		return invalidBatch("Tried to delete resource record set [name='%s.', type='%s'] but the values provided do not match the current values", r.Name, r.Type)
	case x.Action == "DELETE":
		z.Records = slices.Delete(z.Records, at, at+1)
		return nil
	case x.Action == "CREATE" && there:
		return invalidBatch("Tried to create resource record set [name='%s.', type='%s'] but it already exists", r.Name, r.Type)
	case x.Action != "CREATE" && x.Action != "UPSERT":
		return refuse("InvalidInput", "The action '%s' is not CREATE, DELETE or UPSERT", x.Action)
	}
	if err := s.checkRecord(*z, r); err != nil {
		return err
	}
	if there {
		z.Records[at] = r
	} else {
		z.Records = slices.Insert(z.Records, at, r)
	}
	return nil
}

// plain is a record with its names in lower case and without a final dot.
func (r Record) plain() Record {
	r.Name = plainName(r.Name)
	if r.Alias != nil {
		alias := *r.Alias
		alias.Name = plainName(alias.Name)
		r.Alias = &alias
	}
	return r
}

// same reports whether a record is the one that is to go.
func (r Record) same(o Record) bool {
	if r.Alias != nil && o.Alias != nil {
		return *r.Alias == *o.Alias
	}
	return r.Alias == nil && o.Alias == nil && r.TTL == o.TTL &&
		slices.Equal(slices.Sorted(slices.Values(r.Values)), slices.Sorted(slices.Values(o.Values)))
}

// checkRecord applies the rules of one record. Source: Route 53 developer
// guide, supported DNS record types, choosing between alias and non-alias
// records.
func (s *Store) checkRecord(z HostedZone, r Record) error {
	if r.Name != z.Name && !strings.HasSuffix(r.Name, "."+z.Name) {
		return invalidBatch("RRSet with DNS name %s. is not permitted in zone %s.", r.Name, z.Name)
	}
	if name := strings.TrimPrefix(r.Name, "*."); !zoneName.MatchString(name) {
		return invalidBatch("Invalid name: '%s'", r.Name)
	}
	if z.owns(r) {
		return invalidBatch("The lab keeps the NS and SOA records of a zone as they are")
	}
	if r.Type != "A" && r.Type != "AAAA" && r.Type != "CNAME" {
		return invalidBatch("The lab's zones hold records of type A, AAAA and CNAME, not '%s'", r.Type)
	}
	if r.Type == "CNAME" && r.Name == z.Name {
		return invalidBatch("RRSet of type CNAME with DNS name %s. is not permitted at apex in zone %s.", r.Name, z.Name)
	}
	if r.Alias != nil {
		if len(r.Values) > 0 || r.TTL != 0 {
			return refuse("InvalidInput", "An alias record has no TTL and no values: '%s'", r.Name)
		}
		return s.checkAlias(z, r)
	}
	if len(r.Values) == 0 || r.TTL < 0 {
		return refuse("InvalidInput", "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]] for '%s'", r.Name)
	}
	for i, value := range r.Values {
		addr, err := netip.ParseAddr(value)
		switch {
		case slices.Contains(r.Values[:i], value):
			return invalidBatch("Duplicate resource record '%s' for '%s'", value, r.Name)
		case r.Type == "CNAME" && (len(r.Values) > 1 || !zoneName.MatchString(plainName(value))):
			return invalidBatch("Invalid resource record for type CNAME: '%s'", value)
		case r.Type != "CNAME" && (err != nil || addr.Is4() != (r.Type == "A") || addr.Is4In6() || addr.Zone() != ""):
			return invalidBatch("Invalid Resource Record: '%s' is not an address of type %s", value, r.Type)
		}
	}
	return nil
}

// checkAlias requires an alias to lie where it says: in the zone itself, or in
// AWS's zone for load balancers or endpoints of a region.
func (s *Store) checkAlias(z HostedZone, r Record) error {
	name, fits := plainName(r.Alias.Name), false
	switch h, ok := s.hosts[name]; {
	case r.Alias.Zone == z.ID:
		_, fits = z.place(Record{Name: name, Type: r.Type})
	case !ok:
	case h.balancer != "":
		lb, _ := h.place.loadBalancers.get(h.balancer)
		fits = lb.HostedZone == r.Alias.Zone
	case h.endpoint != "":
		e, _ := h.place.endpoints.get(h.endpoint)
		fits = e.HostedZone == r.Alias.Zone
	}
	if !fits || r.Type == "CNAME" {
		return invalidBatch("Tried to create an alias that targets %s., type %s in zone %s, but the alias target name does not lie within the target zone", name, r.Type, r.Alias.Zone)
	}
	return nil
}

// checkTogether refuses a CNAME beside other records of its name. Source: RFC
// 1034, section 3.6.2.
func (z HostedZone) checkTogether() error {
	for i, r := range z.Records[1:] {
		if before := z.Records[i]; before.Name == r.Name && (r.Type == "CNAME" || before.Type == "CNAME") {
			return invalidBatch("RRSet of type CNAME with DNS name %s. is not permitted as it conflicts with other records with the same DNS name in zone %s.", r.Name, z.Name)
		}
	}
	return nil
}
