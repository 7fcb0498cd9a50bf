package state

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A LogGroup is a group of CloudWatch Logs.
type LogGroup struct {
	ARN       string    `json:"arn"` // without the :* that some answers end it in
	Name      string    `json:"name"`
	Retention int32     `json:"retentionDays,omitempty"` // 0: for ever
	Class     string    `json:"class"`                   // STANDARD, INFREQUENT_ACCESS
	KMSKey    string    `json:"kmsKey,omitempty"`
	Protected bool      `json:"deletionProtection,omitempty"`
	Created   time.Time `json:"created"`
	Tags      Tags      `json:"tags,omitempty"`
}

// A LogStream is one stream of a group.
type LogStream struct {
	Name    string
	Created time.Time
	First   time.Time // of the oldest line
	Last    time.Time // of the newest line
}

// A LogLine is one line of a stream.
type LogLine struct {
	Stream  string
	Seq     uint64 // in the store, in order of arrival
	At      time.Time
	Message string
}

type logStream struct {
	LogStream
	lines []LogLine
}

// linesPerStream bounds what the lab keeps of a stream: the newest lines.
const linesPerStream = 20000

// retentions are the days that a group can be kept. Source: CloudWatch Logs API
// reference, PutRetentionPolicy.
var retentions = []int32{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

var logGroupName = regexp.MustCompile(`^[\.\-_/#A-Za-z0-9]{1,512}$`)

func noLogGroup() error {
	return refuse("ResourceNotFoundException", "The specified log group does not exist.")
}

// CreateLogGroup makes a group. Source: CloudWatch Logs API reference,
// CreateLogGroup.
func (s *Store) CreateLogGroup(c Caller, in LogGroup) error {
	defer s.enter()()
	p := s.place(c)
	if !logGroupName.MatchString(in.Name) {
		return refuse("InvalidParameterException", "1 validation error detected: Value '%s' at 'logGroupName' failed to satisfy constraint", in.Name)
	}
	if _, ok := p.logGroups.get(in.Name); ok {
		return refuse("ResourceAlreadyExistsException", "The specified log group already exists")
	}
	if err := checkTags(in.Tags, "InvalidParameterException", "InvalidParameterException"); err != nil {
		return err
	}
	s.addLogGroup(p, in)
	return nil
}

func (s *Store) addLogGroup(p *place, in LogGroup) {
	in.ARN, in.Class, in.Created, in.Tags = p.arn("logs", "log-group:"+in.Name), orDefault(in.Class, "STANDARD"), s.stamp(), in.Tags.orNone()
	set(s, p.logGroups, in.Name, in)
}

// changeLogGroup changes a group of the caller's, unless change refuses.
func (s *Store) changeLogGroup(c Caller, name string, change func(*LogGroup) error) error {
	p := s.place(c)
	g, ok := p.logGroups.get(name)
	if !ok {
		return noLogGroup()
	}
	if err := change(&g); err != nil {
		return err
	}
	set(s, p.logGroups, name, g)
	return nil
}

// PutRetention sets for how many days a group's lines are kept, 0 for ever.
func (s *Store) PutRetention(c Caller, name string, days int32) error {
	defer s.enter()()
	return s.changeLogGroup(c, name, func(g *LogGroup) error {
		if days != 0 && !slices.Contains(retentions, days) {
			return refuse("InvalidParameterException", "1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy constraint", days)
		}
		g.Retention = days
		return nil
	})
}

// DeleteLogGroup deletes a group with its lines.
func (s *Store) DeleteLogGroup(c Caller, name string) error {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.logGroups.get(name)
	if !ok {
		return noLogGroup()
	}
	if g.Protected {
		return refuse("ValidationException", "The log group has deletion protection enabled and cannot be deleted.")
	}
	drop(s, p.logGroups, name)
	delete(p.streams, name)
	return nil
}

// DescribeLogGroups returns the caller's groups whose names begin so, by name.
func (s *Store) DescribeLogGroups(c Caller, prefix string) []LogGroup {
	defer s.enter()()
	read := reader[LogGroup](s, c, 0)
	found, _ := list(s.place(c).logGroups.all(), 0, 0, read, func(g LogGroup) bool { return strings.HasPrefix(g.Name, prefix) })
	return byName(found, func(g LogGroup) string { return g.Name })
}

// TagLogGroup changes the tags of the group with an ARN, and returns them.
func (s *Store) TagLogGroup(c Caller, arn string, add Tags, remove []string) (tags Tags, err error) {
	defer s.enter()()
	_, name, ok := strings.Cut(strings.TrimSuffix(arn, ":*"), ":log-group:")
	if !ok {
		return nil, refuse("InvalidParameterException", "%s is not the ARN of a log group", arn)
	}
	err = s.changeLogGroup(c, name, func(g *LogGroup) (err error) {
		if len(add)+len(remove) > 0 {
			g.Tags, err = retag(g.Tags, add, remove, "TooManyTagsException", "InvalidParameterException")
		}
		tags = g.Tags
		return err
	})
	return tags, err
}

// PutLogLine adds a line to a stream. The stream is made if it is not there,
// and so is the group, as Lambda does it.
func (s *Store) PutLogLine(c Caller, group, stream, message string) {
	defer s.enter()()
	p := s.place(c)
	if _, ok := p.logGroups.get(group); !ok {
		s.addLogGroup(p, LogGroup{Name: group})
	}
	i := slices.IndexFunc(p.streams[group], func(x *logStream) bool { return x.Name == stream })
	if i < 0 {
		i = len(p.streams[group])
		p.streams[group] = append(p.streams[group], &logStream{LogStream: LogStream{Name: stream, Created: s.stamp(), First: s.stamp()}})
	}
	x := p.streams[group][i]
	s.seq++
	if len(x.lines) >= linesPerStream {
		x.lines = slices.Clone(x.lines[linesPerStream/2:])
	}
	x.lines, x.Last = append(x.lines, LogLine{stream, s.seq, s.stamp(), message}), s.stamp()
}

// LogStreams returns the streams of a group, oldest first.
func (s *Store) LogStreams(c Caller, group, prefix string) ([]LogStream, error) {
	defer s.enter()()
	p := s.place(c)
	if _, ok := p.logGroups.get(group); !ok {
		return nil, noLogGroup()
	}
	var out []LogStream
	for _, x := range p.streams[group] {
		if strings.HasPrefix(x.Name, prefix) {
			out = append(out, x.LogStream)
		}
	}
	return out, nil
}

// A LogQuery asks for lines of a group.
type LogQuery struct {
	Group   string
	Streams []string  // none: all
	Prefix  string    // of streams' names
	From    time.Time // zero: the oldest
	To      time.Time // zero: the newest
	Text    string    // that a line must contain
	After   uint64    // lines that arrived after this one
	Limit   int       // 0: all
}

// LogLines returns lines of a group in order of arrival.
func (s *Store) LogLines(c Caller, q LogQuery) ([]LogLine, error) {
	defer s.enter()()
	p := s.place(c)
	if _, ok := p.logGroups.get(q.Group); !ok {
		return nil, noLogGroup()
	}
	var out []LogLine
	for _, x := range p.streams[q.Group] {
		if len(q.Streams) > 0 && !slices.Contains(q.Streams, x.Name) || !strings.HasPrefix(x.Name, q.Prefix) {
			continue
		}
		for _, l := range x.lines {
			if l.Seq > q.After && (q.From.IsZero() || !l.At.Before(q.From)) && (q.To.IsZero() || l.At.Before(q.To)) && strings.Contains(l.Message, q.Text) {
				out = append(out, l)
			}
		}
	}
	slices.SortFunc(out, func(a, b LogLine) int { return cmp.Compare(a.Seq, b.Seq) })
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, nil
}
