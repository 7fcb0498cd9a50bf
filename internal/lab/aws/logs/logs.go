// Package logs answers CloudWatch Logs' actions from the lab's store.
package logs

import (
	"context"
	"strconv"
	"strings"
	"time"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("logs", "logs", API,
		wire.Op("CreateLogGroup", h.createLogGroup, "ResourceAlreadyExistsException", "InvalidParameterException"),
		wire.Op("DeleteLogGroup", h.deleteLogGroup, "ResourceNotFoundException", "ValidationException"),
		wire.Op("DeleteRetentionPolicy", h.deleteRetentionPolicy, "ResourceNotFoundException"),
		wire.Op("DescribeLogGroups", h.describeLogGroups),
		wire.Op("DescribeLogStreams", h.describeLogStreams, "ResourceNotFoundException"),
		wire.Op("FilterLogEvents", h.filterLogEvents, "ResourceNotFoundException", "InvalidParameterException"),
		wire.Op("GetLogEvents", h.getLogEvents, "ResourceNotFoundException", "InvalidParameterException"),
		wire.Op("ListTagsForResource", h.listTagsForResource, "ResourceNotFoundException", "InvalidParameterException"),
		wire.Op("PutRetentionPolicy", h.putRetentionPolicy, "ResourceNotFoundException", "InvalidParameterException"),
		wire.Op("TagResource", h.tagResource, "ResourceNotFoundException", "InvalidParameterException", "TooManyTagsException"),
		wire.Op("UntagResource", h.untagResource, "ResourceNotFoundException", "InvalidParameterException"),
	)
}

func none(err error) (*wire.Empty, error) {
	if err != nil {
		return nil, err
	}
	return &wire.Empty{}, nil
}

func millis(t time.Time) *int64 { return new(t.UnixMilli()) }

func (h handlers) createLogGroup(_ context.Context, c wire.Caller, in *CreateLogGroupRequest) (*wire.Empty, error) {
	return none(h.store.CreateLogGroup(state.Caller(c), state.LogGroup{
		Name: wire.Value(in.LogGroupName), Class: wire.Value(in.LogGroupClass), KMSKey: wire.Value(in.KmsKeyId), Protected: wire.Value(in.DeletionProtectionEnabled), Tags: in.Tags,
	}))
}

func (h handlers) deleteLogGroup(_ context.Context, c wire.Caller, in *DeleteLogGroupRequest) (*wire.Empty, error) {
	return none(h.store.DeleteLogGroup(state.Caller(c), wire.Value(in.LogGroupName)))
}

func (h handlers) putRetentionPolicy(_ context.Context, c wire.Caller, in *PutRetentionPolicyRequest) (*wire.Empty, error) {
	days := wire.Value(in.RetentionInDays)
	if days == 0 {
		days = -1 // not what stands for no limit
	}
	return none(h.store.PutRetention(state.Caller(c), wire.Value(in.LogGroupName), days))
}

func (h handlers) deleteRetentionPolicy(_ context.Context, c wire.Caller, in *DeleteRetentionPolicyRequest) (*wire.Empty, error) {
	return none(h.store.PutRetention(state.Caller(c), wire.Value(in.LogGroupName), 0))
}

func (h handlers) describeLogGroups(_ context.Context, c wire.Caller, in *DescribeLogGroupsRequest) (*DescribeLogGroupsResponse, error) {
	out := &DescribeLogGroupsResponse{LogGroups: []LogGroup{}}
	for _, g := range h.store.DescribeLogGroups(state.Caller(c), wire.Value(in.LogGroupNamePrefix)) {
		if !strings.Contains(g.Name, wire.Value(in.LogGroupNamePattern)) {
			continue
		}
		out.LogGroups = append(out.LogGroups, LogGroup{
			Arn: new(g.ARN + ":*"), LogGroupArn: &g.ARN, LogGroupName: &g.Name, CreationTime: millis(g.Created), KmsKeyId: wire.Set(g.KMSKey), LogGroupClass: &g.Class,
			RetentionInDays: wire.Set(g.Retention), MetricFilterCount: new(int32(0)), StoredBytes: new(int64(0)), DeletionProtectionEnabled: &g.Protected,
		})
	}
	return out, nil
}

// group is the group that a call names: by name, or by ARN.
func group(name, identifier *string) string {
	if name != nil {
		return *name
	}
	id := strings.TrimSuffix(wire.Value(identifier), ":*")
	if _, rest, ok := strings.Cut(id, ":log-group:"); ok {
		return rest
	}
	return id
}

func (h handlers) describeLogStreams(_ context.Context, c wire.Caller, in *DescribeLogStreamsRequest) (*DescribeLogStreamsResponse, error) {
	g := group(in.LogGroupName, in.LogGroupIdentifier)
	streams, err := h.store.LogStreams(state.Caller(c), g, wire.Value(in.LogStreamNamePrefix))
	if err != nil {
		return nil, err
	}
	out := &DescribeLogStreamsResponse{LogStreams: []LogStream{}}
	for _, x := range streams {
		out.LogStreams = append(out.LogStreams, LogStream{
			Arn: new("arn:aws:logs:" + c.Region + ":" + c.Account + ":log-group:" + g + ":log-stream:" + x.Name), LogStreamName: &x.Name, CreationTime: millis(x.Created),
			FirstEventTimestamp: millis(x.First), LastEventTimestamp: millis(x.Last), LastIngestionTime: millis(x.Last), StoredBytes: new(int64(0)),
		})
	}
	return out, nil
}

// lines reads a query's bounds and place. A token is the place of the last
// line before it.
func lines(q state.LogQuery, start, end *int64, token *string, limit *int32) (state.LogQuery, error) {
	if start != nil {
		q.From = time.UnixMilli(*start)
	}
	if end != nil {
		q.To = time.UnixMilli(*end)
	}
	q.Limit = 10000
	if limit != nil {
		q.Limit = int(*limit)
	}
	if token != nil {
		at, err := strconv.ParseUint(strings.TrimLeft(*token, "fb/"), 10, 64)
		if err != nil {
			return q, &wire.Error{Code: "InvalidParameterException", Message: "The specified nextToken is invalid.", Status: 400, Sender: true}
		}
		q.After = at
	}
	return q, nil
}

// filterLogEvents knows filter patterns that are one word or one quoted text,
// which a line must contain.
func (h handlers) filterLogEvents(_ context.Context, c wire.Caller, in *FilterLogEventsRequest) (*FilterLogEventsResponse, error) {
	pattern := wire.Value(in.FilterPattern)
	if inner, ok := strings.CutPrefix(pattern, `"`); ok && strings.HasSuffix(inner, `"`) {
		pattern = strings.TrimSuffix(inner, `"`)
	} else if strings.ContainsAny(pattern, ` {}[]"?%`) {
		return nil, &wire.Error{Code: "InvalidParameterException", Message: "The lab takes filter patterns of one word or one quoted text only.", Status: 400, Sender: true}
	}
	q, err := lines(state.LogQuery{
		Group: group(in.LogGroupName, in.LogGroupIdentifier), Streams: in.LogStreamNames, Prefix: wire.Value(in.LogStreamNamePrefix), Text: pattern,
	}, in.StartTime, in.EndTime, in.NextToken, in.Limit)
	if err != nil {
		return nil, err
	}
	found, err := h.store.LogLines(state.Caller(c), q)
	if err != nil {
		return nil, err
	}
	out := &FilterLogEventsResponse{Events: []FilteredLogEvent{}, SearchedLogStreams: []SearchedLogStream{}}
	for _, l := range found {
		out.Events = append(out.Events, FilteredLogEvent{
			EventId: new(strconv.FormatUint(l.Seq, 10)), Timestamp: millis(l.At), IngestionTime: millis(l.At), LogStreamName: &l.Stream, Message: &l.Message,
		})
	}
	if len(found) == q.Limit {
		out.NextToken = new(strconv.FormatUint(found[len(found)-1].Seq, 10))
	}
	return out, nil
}

func (h handlers) getLogEvents(_ context.Context, c wire.Caller, in *GetLogEventsRequest) (*GetLogEventsResponse, error) {
	q, err := lines(state.LogQuery{Group: group(in.LogGroupName, in.LogGroupIdentifier), Streams: []string{wire.Value(in.LogStreamName)}}, in.StartTime, in.EndTime, in.NextToken, in.Limit)
	if err != nil {
		return nil, err
	}
	found, err := h.store.LogLines(state.Caller(c), q)
	if err != nil {
		return nil, err
	}
	out, last := &GetLogEventsResponse{Events: []OutputLogEvent{}}, q.After
	for _, l := range found {
		out.Events, last = append(out.Events, OutputLogEvent{Timestamp: millis(l.At), IngestionTime: millis(l.At), Message: &l.Message}), l.Seq
	}
	out.NextForwardToken, out.NextBackwardToken = new("f/"+strconv.FormatUint(last, 10)), new("b/"+strconv.FormatUint(q.After, 10))
	return out, nil
}

func (h handlers) listTagsForResource(_ context.Context, c wire.Caller, in *ListTagsForResourceRequest) (*ListTagsForResourceResponse, error) {
	tags, err := h.store.TagLogGroup(state.Caller(c), wire.Value(in.ResourceArn), nil, nil)
	if err != nil {
		return nil, err
	}
	if tags == nil {
		tags = state.Tags{}
	}
	return &ListTagsForResourceResponse{Tags: tags}, nil
}

func (h handlers) tagResource(_ context.Context, c wire.Caller, in *TagResourceRequest) (*wire.Empty, error) {
	_, err := h.store.TagLogGroup(state.Caller(c), wire.Value(in.ResourceArn), in.Tags, nil)
	return none(err)
}

func (h handlers) untagResource(_ context.Context, c wire.Caller, in *UntagResourceRequest) (*wire.Empty, error) {
	_, err := h.store.TagLogGroup(state.Caller(c), wire.Value(in.ResourceArn), nil, in.TagKeys)
	return none(err)
}
