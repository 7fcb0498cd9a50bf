package awsapi

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// route53 reads Route 53 over the SDK's own stack: its retries, its signature
// and this package's attempts. Four reads are not worth a client of some
// seventy calls.
type route53 struct {
	cfg  aws.Config
	base string // URL of the service
	sign string // the region that requests are signed for
}

// route53ID is the SDK's name of the service.
const route53ID = "Route 53"

// maxAnswer bounds an answer of Route 53: 300 records, or 100 zones, a page.
const maxAnswer = 16 << 20

func newRoute53(cfg aws.Config) *route53 {
	r := &route53{cfg: cfg}
	r.base, r.sign = route53Endpoint(cfg.Region)
	if url := configuredEndpoint(cfg, route53ID); url != "" {
		r.base = url
	}
	return r
}

// route53Endpoint returns the service's URL for the partition of a region, and
// the region to sign for: a partition has one of each.
// Source: AWS general reference, Amazon Route 53 endpoints.
func route53Endpoint(region string) (base, sign string) {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "https://route53.amazonaws.com.cn", "cn-northwest-1"
	case strings.HasPrefix(region, "us-gov-"):
		return "https://route53.us-gov.amazonaws.com", "us-gov-west-1"
	}
	return "https://route53.amazonaws.com", "us-east-1"
}

// configuredEndpoint is the URL that the SDK's settings give a service, as the
// SDK's own clients find it, or "".
// Source: AWS SDKs and Tools reference guide, service-specific endpoints.
func configuredEndpoint(cfg aws.Config, service string) string {
	type ignorer interface {
		GetIgnoreConfiguredEndpoints(context.Context) (ignore, found bool, err error)
	}
	type provider interface {
		GetServiceBaseEndpoint(ctx context.Context, service string) (url string, found bool, err error)
	}
	ctx := context.Background() // no source waits for anything
	for _, source := range cfg.ConfigSources {
		if s, ok := source.(ignorer); ok {
			if ignore, found, err := s.GetIgnoreConfiguredEndpoints(ctx); err == nil && found && ignore {
				return ""
			}
		}
	}
	for _, source := range cfg.ConfigSources {
		if s, ok := source.(provider); ok {
			if url, found, err := s.GetServiceBaseEndpoint(ctx, service); err == nil && found {
				return url
			}
		}
	}
	return aws.ToString(cfg.BaseEndpoint)
}

// route53Read is one read: its action, path and query.
type route53Read struct {
	action string
	path   string // below the API's version
	query  url.Values
}

// get makes a read and decodes its answer into out.
func (r *route53) get(ctx context.Context, read route53Read, out any) error {
	stack := middleware.NewStack(read.action, smithyhttp.NewStackRequest)
	err := r.build(stack, read, out)
	if err != nil {
		return fmt.Errorf("build the request: %w", err)
	}
	client := r.cfg.HTTPClient
	if client == nil {
		client = awshttp.NewBuildableClient()
	}
	handler := middleware.DecorateHandler(smithyhttp.NewClientHandlerWithOptions(client), stack)
	if _, _, err = handler.Handle(ctx, read); err != nil {
		return &smithy.OperationError{ServiceID: route53ID, OperationName: read.action, Err: err}
	}
	return nil
}

// build puts the steps of a read in order.
func (r *route53) build(stack *middleware.Stack, read route53Read, out any) error {
	u, err := url.Parse(strings.TrimSuffix(r.base, "/") + "/2013-04-01/" + read.path)
	if err != nil {
		return err
	}
	u.RawQuery = read.query.Encode()
	var retryer aws.Retryer = retry.NewStandard()
	if r.cfg.Retryer != nil {
		retryer = r.cfg.Retryer()
	}
	address := func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
		request, ok := in.Request.(*smithyhttp.Request)
		if !ok {
			return middleware.SerializeOutput{}, middleware.Metadata{}, fmt.Errorf("request of type %T", in.Request)
		}
		request.Method, request.URL = http.MethodGet, u
		return next.HandleSerialize(ctx, in)
	}
	for _, err := range []error{
		stack.Initialize.Add(&awsmiddleware.RegisterServiceMetadata{
			ServiceID: route53ID, SigningName: "route53", Region: r.cfg.Region, OperationName: read.action,
		}, middleware.Before),
		stack.Serialize.Add(middleware.SerializeMiddlewareFunc("Address", address), middleware.After),
		stack.Finalize.Add(retry.NewAttemptMiddleware(retryer, smithyhttp.RequestCloner), middleware.After),
		stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("Signing", r.signed), middleware.After),
		stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("Decode", decodeInto(out)), middleware.After),
		awsmiddleware.AddRequestUserAgentMiddleware(stack),
	} {
		if err != nil {
			return err
		}
	}
	for _, option := range r.cfg.APIOptions {
		if err := option(stack); err != nil {
			return err
		}
	}
	return nil
}

// nothing is the SHA-256 of an empty body.
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// signed signs an attempt.
func (r *route53) signed(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	request, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, fmt.Errorf("request of type %T", in.Request)
	}
	who, err := r.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, err
	}
	if err := v4.NewSigner().SignHTTP(ctx, who, request.Request, nothing, "route53", r.sign, time.Now()); err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, fmt.Errorf("sign the request: %w", err)
	}
	return next.HandleFinalize(ctx, in)
}

// decodeInto decodes a good answer into out, and any other into an API error.
// Source: Route 53 API reference, making API requests: error responses.
func decodeInto(out any) func(context.Context, middleware.DeserializeInput, middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	return func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		answer, meta, err := next.HandleDeserialize(ctx, in)
		if err != nil {
			return answer, meta, err
		}
		response, ok := answer.RawResponse.(*smithyhttp.Response)
		if !ok {
			return answer, meta, fmt.Errorf("answer of type %T", answer.RawResponse)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if err != nil {
			return answer, meta, &smithyhttp.RequestSendError{Err: err}
		}
		if response.StatusCode == http.StatusOK {
			if err := xml.Unmarshal(body, out); err != nil {
				return answer, meta, &smithy.DeserializationError{Err: err}
			}
			return answer, meta, nil
		}
		return answer, meta, &smithyhttp.ResponseError{Response: response, Err: route53Error(response.StatusCode, body)}
	}
}

// route53Error is the error that an answer holds.
func route53Error(status int, body []byte) error {
	var said struct {
		Code    string `xml:"Error>Code"`
		Message string `xml:"Error>Message"`
	}
	if xml.Unmarshal(body, &said) != nil || said.Code == "" {
		said.Code, said.Message = "UnknownError", http.StatusText(status)
	}
	fault := smithy.FaultClient
	if status >= 500 {
		fault = smithy.FaultServer
	}
	return &smithy.GenericAPIError{Code: said.Code, Message: said.Message, Fault: fault}
}
