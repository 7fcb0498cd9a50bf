// Command bootstrap is sync as an AWS Lambda function on the runtime
// provided.al2023. Its settings are the POSTERN_ variables.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"

	"postern/internal/lambdafn"
)

func main() {
	lambda.Start(lambdafn.New(context.Background(), lambdafn.System()))
}
