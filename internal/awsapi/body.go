package awsapi

import (
	"context"
	"io"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// onlyRead has requests' bodies only read. The SDK closes a body as soon as the
// answer begins, and a closed body that can write itself (io.WriterTo) says
// io.EOF where net/http, which has sent it all and asks for more once more,
// wants no error: then net/http closes the connection in the middle of the
// answer, and what has come of it cannot be parsed. A body of more than a few
// kilobytes on a busy machine is enough. Source: smithy-go v1.28.8,
// transport/http/internal/io/safe.go; net/http, transferWriter.writeBody.
func onlyRead(stack *middleware.Stack) error {
	return stack.Build.Add(middleware.BuildMiddlewareFunc("OnlyRead", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
		if req, ok := in.Request.(*smithyhttp.Request); ok {
			if body, ok := req.GetStream().(io.ReadSeeker); ok {
				plain, err := req.SetStream(struct{ io.ReadSeeker }{body})
				if err != nil {
					return middleware.BuildOutput{}, middleware.Metadata{}, err
				}
				in.Request = plain
			}
		}
		return next.HandleBuild(ctx, in)
	}), middleware.After)
}
