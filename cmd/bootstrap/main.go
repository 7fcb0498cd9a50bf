// Command bootstrap is sync as an AWS Lambda function on the runtime
// provided.al2023. Its settings are the POSTERN_ variables.
package main

import (
	"context"
	"log"

	"github.com/aws/aws-lambda-go/lambda"

	"postern/internal/lambdafn"
)

func main() {
	log.SetFlags(0) // aws-lambda-go logs an invocation's error as JSON, and nothing must stand before it
	lambda.Start(lambdafn.New(context.Background(), lambdafn.System()))
}
