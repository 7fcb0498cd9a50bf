package state

import (
	"slices"
	"strings"
	"time"
)

// A ZoneChange is a request that changed a hosted zone, on its way to the
// servers of Route 53. The lab's own views answer by it at once.
type ZoneChange struct {
	ID        string
	Comment   string
	Submitted time.Time
	Done      bool // every server has it
	owner     string
}

// zoneChangeTakes is until every server has a change, zoneChangeKept is the
// lab's choice. Source: Route 53 developer guide, how Route 53 propagates
// changes ("within 60 seconds under normal conditions").
const (
	zoneChangeTakes = time.Minute
	zoneChangeKept  = time.Hour
)

// SubmitChange notes that a request of the caller's changed a zone.
func (s *Store) SubmitChange(c Caller, comment string) ZoneChange {
	defer s.enter()()
	now := s.stamp()
	s.changes = slices.DeleteFunc(s.changes, func(x ZoneChange) bool { return now.Sub(x.Submitted) > s.scale(zoneChangeTakes)+zoneChangeKept })
	x := ZoneChange{ID: "C" + strings.ToUpper(s.hex(20)), Comment: comment, Submitted: now, owner: c.Account}
	s.changes = append(s.changes, x)
	return x
}

// GetChange returns a change of the caller's. Source: Route 53 API reference,
// GetChange.
func (s *Store) GetChange(c Caller, id string) (ZoneChange, error) {
	defer s.enter()()
	i := slices.IndexFunc(s.changes, func(x ZoneChange) bool { return x.ID == id && x.owner == c.Account })
	if i < 0 {
		return ZoneChange{}, refuseWith(404, "NoSuchChange", "Could not find resource with ID: %s", id)
	}
	x := s.changes[i]
	x.Done = s.stamp().Sub(x.Submitted) >= s.scale(zoneChangeTakes)
	return x, nil
}

// UpdateHostedZoneComment gives a zone of the caller's another comment.
func (s *Store) UpdateHostedZoneComment(c Caller, id, comment string) (HostedZone, error) {
	return s.editZone(c, id, "comment", func(z *HostedZone) error {
		z.Comment = comment
		return nil
	})
}

// ChangeZoneTags adds tags to a zone of the caller's and removes others by key.
// Source: Route 53 API reference, ChangeTagsForResource.
func (s *Store) ChangeZoneTags(c Caller, id string, add Tags, remove []string) error {
	_, err := s.editZone(c, id, "tags", func(z *HostedZone) error {
		z.Tags = with(less(z.Tags, remove), add).orNone()
		return checkTags(z.Tags, "InvalidInput", "InvalidInput")
	})
	return err
}

// editZone changes what a zone says of itself, and no name.
func (s *Store) editZone(c Caller, id, what string, edit func(*HostedZone) error) (HostedZone, error) {
	defer s.enter()()
	z, err := s.zone(Caller{Account: c.Account}, id)
	if err != nil {
		return HostedZone{}, err
	}
	if err := edit(&z); err != nil {
		return HostedZone{}, err
	}
	s.putZone(z, "present", "present", what)
	return z, nil
}
