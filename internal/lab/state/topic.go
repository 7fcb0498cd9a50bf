package state

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// A Topic is a topic of SNS. Nothing is delivered.
type Topic struct {
	ARN        string            `json:"arn"`
	Name       string            `json:"name"`
	Attributes map[string]string `json:"attributes,omitempty"` // that were set
	Tags       Tags              `json:"tags,omitempty"`
}

var topicName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,256}$`)

// topicAttributes are those that can be set. Source: SNS API reference,
// SetTopicAttributes.
var topicAttributes = []string{
	"DeliveryPolicy", "DisplayName", "Policy", "TracingConfig", "KmsMasterKeyId", "SignatureVersion",
	"HTTPSuccessFeedbackRoleArn", "HTTPSuccessFeedbackSampleRate", "HTTPFailureFeedbackRoleArn",
	"LambdaSuccessFeedbackRoleArn", "LambdaSuccessFeedbackSampleRate", "LambdaFailureFeedbackRoleArn",
	"SQSSuccessFeedbackRoleArn", "SQSSuccessFeedbackSampleRate", "SQSFailureFeedbackRoleArn",
	"ApplicationSuccessFeedbackRoleArn", "ApplicationSuccessFeedbackSampleRate", "ApplicationFailureFeedbackRoleArn",
	"FirehoseSuccessFeedbackRoleArn", "FirehoseSuccessFeedbackSampleRate", "FirehoseFailureFeedbackRoleArn",
}

func noTopic() error { return refuseWith(404, "NotFound", "Topic does not exist") }

// topic returns a topic of the caller's.
func (s *Store) topic(c Caller, arn string) (Topic, error) {
	t, ok := one(s, c, s.place(c).topics, arn)
	if !ok {
		return t, noTopic()
	}
	return t, nil
}

func checkTopicAttribute(name, value string) error {
	if !slices.Contains(topicAttributes, name) {
		return refuse("InvalidParameter", "Invalid parameter: AttributeName: %s", name)
	}
	if (name == "Policy" || name == "DeliveryPolicy") && value != "" && !json.Valid([]byte(value)) {
		return refuse("InvalidParameter", "Invalid parameter: %s is not JSON", name)
	}
	return nil
}

// CreateTopic makes a topic, or returns one that has the name, attributes and
// tags already. Source: SNS API reference, CreateTopic.
func (s *Store) CreateTopic(c Caller, name string, attributes map[string]string, tags Tags) (Topic, error) {
	defer s.enter()()
	p := s.place(c)
	if !topicName.MatchString(name) {
		return Topic{}, refuse("InvalidParameter", "Invalid parameter: Topic Name")
	}
	for _, k := range slices.Sorted(maps.Keys(attributes)) {
		if err := checkTopicAttribute(k, attributes[k]); err != nil {
			return Topic{}, err
		}
	}
	if err := checkTags(tags, "TagLimitExceeded", "InvalidParameter"); err != nil {
		return Topic{}, err
	}
	arn := p.arn("sns", name)
	if t, ok := p.topics.get(arn); ok {
		for k, v := range attributes {
			if t.Attributes[k] != v {
				return Topic{}, refuse("InvalidParameter", "Invalid parameter: Attributes Reason: Topic already exists with different attributes")
			}
		}
		if len(tags) > 0 && !maps.Equal(t.Tags, tags) {
			return Topic{}, refuse("InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists with different tags")
		}
		return t, nil
	}
	t := Topic{ARN: arn, Name: name, Attributes: clone(attributes), Tags: tags.orNone()}
	set(s, p.topics, arn, t)
	return t, nil
}

// SetTopicAttribute sets one attribute; an empty value takes it away.
func (s *Store) SetTopicAttribute(c Caller, arn, name, value string) error {
	defer s.enter()()
	t, err := s.topic(Caller{Account: c.Account, Region: c.Region}, arn)
	if err == nil {
		err = checkTopicAttribute(name, value)
	}
	if err != nil {
		return err
	}
	t.Attributes = with(t.Attributes, Tags{name: value})
	if value == "" {
		delete(t.Attributes, name)
	}
	set(s, s.place(c).topics, arn, t)
	return nil
}

// GetTopicAttributes returns what SNS shows of a topic, its defaults included.
// Source: SNS API reference, GetTopicAttributes; SNS developer guide, default
// access policy and delivery policy.
func (s *Store) GetTopicAttributes(c Caller, arn string) (map[string]string, error) {
	defer s.enter()()
	t, err := s.topic(c, arn)
	if err != nil {
		return nil, err
	}
	out := map[string]string{
		"TopicArn": arn, "Owner": c.Account, "DisplayName": "", "SubscriptionsConfirmed": "0", "SubscriptionsPending": "0", "SubscriptionsDeleted": "0",
		"Policy": fmt.Sprintf(`{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},`+
			`"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],`+
			`"Resource":"%s","Condition":{"StringEquals":{"AWS:SourceOwner":"%s"}}}]}`, arn, c.Account),
		"EffectiveDeliveryPolicy": `{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,` +
			`"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}`,
	}
	maps.Copy(out, t.Attributes)
	return out, nil
}

// TagTopic changes a topic's tags, and returns them.
func (s *Store) TagTopic(c Caller, arn string, add Tags, remove []string) (Tags, error) {
	defer s.enter()()
	t, err := s.topic(c, arn)
	if err != nil {
		return nil, refuseWith(404, "ResourceNotFound", "Resource does not exist")
	}
	if len(add)+len(remove) == 0 {
		return t.Tags, nil
	}
	if t.Tags, err = retag(t.Tags, add, remove, "TagLimitExceeded", "InvalidParameter"); err == nil {
		set(s, s.place(c).topics, arn, t)
	}
	return t.Tags, err
}

// DeleteTopic deletes a topic; one that is not there is no error.
func (s *Store) DeleteTopic(c Caller, arn string) error {
	defer s.enter()()
	p := s.place(c)
	if _, ok := p.topics.get(arn); ok {
		drop(s, p.topics, arn)
	}
	return nil
}
