package awsapi

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Token returns a bearer token for the API server of a cluster in the scope's
// region: a signed request by which EKS asks STS in that region who signed it.
// Making it calls nobody, but for credentials, and it is good for no longer than
// they are: until ends, which is zero where that is not known. Source: EKS best
// practices, identity and access management, the EKS cluster authentication
// token.
func (s *Scope) Token(ctx context.Context, cluster string) (token string, ends time.Time, err error) {
	p := purpose{verb: "sign a token for cluster " + cluster + " in " + s.String(), action: "sts:GetCallerIdentity"}
	presign := func(ctx context.Context, in *sts.GetCallerIdentityInput, _ ...func(*sts.PresignOptions)) (*v4.PresignedHTTPRequest, error) {
		return s.api.presignGetCallerIdentity(ctx, in, func(o *sts.PresignOptions) { o.Presigner = tokenSigner{cluster, &ends} })
	}
	signed, err := do(ctx, s, p, presign, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", time.Time{}, err
	}
	return "k8s-aws-v1." + base64.RawURLEncoding.EncodeToString([]byte(signed.URL)), ends, nil
}

// tokenSigner signs a request that is good for one cluster only, and for a
// minute by itself: EKS's own bound counts from the time in it. It says when the
// credentials end that it signed with, if that is known.
type tokenSigner struct {
	cluster string
	ends    *time.Time
}

func (t tokenSigner) PresignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, payloadHash, service, region string, at time.Time, o ...func(*v4.SignerOptions)) (string, http.Header, error) {
	if c.CanExpire {
		*t.ends = c.Expires
	}
	r.Header.Set("x-k8s-aws-id", t.cluster)
	q := r.URL.Query()
	q.Set("X-Amz-Expires", "60")
	r.URL.RawQuery = q.Encode()
	return v4.NewSigner().PresignHTTP(ctx, c, r, payloadHash, service, region, at, o...)
}
