package awsapi

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// client answers requests by a function.
type client func(*http.Request) (*http.Response, error)

func (c client) Do(r *http.Request) (*http.Response, error) { return c(r) }

// TestBodyThatIsClosed: net/http reads on in a body that it has sent, at a time
// when the SDK may have closed it. That is no error, and a retry sends it again.
func TestBodyThatIsClosed(t *testing.T) {
	var sent []string
	cloud := New(aws.Config{
		Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("LABKEY111111111111", "secret", ""),
		HTTPClient: client(func(r *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			if err != nil || r.ContentLength != int64(len(body)) {
				t.Errorf("read body: %v, %d bytes of %d", err, len(body), r.ContentLength)
			}
			sent = append(sent, string(body))
			if err := r.Body.Close(); err != nil {
				t.Error(err)
			}
			if n, err := io.Copy(io.Discard, r.Body); n != 0 || err != nil {
				t.Errorf("read on in a closed body: %d bytes, %v", n, err)
			}
			res := &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`<DescribeTargetHealthResponse><DescribeTargetHealthResult/></DescribeTargetHealthResponse>`))}
			if len(sent) == 1 {
				res.StatusCode, res.Body = 503, io.NopCloser(strings.NewReader(""))
			}
			return res, nil
		}),
	}, Options{MaxAttempts: 2})
	if _, err := cloud.Scope(ScopeConfig{Region: "us-east-1"}).Targets(t.Context(), "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/0123456789abcdef"); err != nil {
		t.Fatal(err)
	}
	if len(sent) != 2 || sent[0] != sent[1] || !strings.Contains(sent[0], "Action=DescribeTargetHealth") {
		t.Errorf("sent %q", sent)
	}
}
