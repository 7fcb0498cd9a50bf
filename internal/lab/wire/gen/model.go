package main

// model is a service model as scripts/models.py prunes it.
type model struct {
	Metadata struct {
		APIVersion     string   `json:"apiVersion"`
		EndpointPrefix string   `json:"endpointPrefix"`
		JSONVersion    string   `json:"jsonVersion"`
		Protocols      []string `json:"protocols"`
		ServiceID      string   `json:"serviceId"`
		SigningName    string   `json:"signingName"`
		TargetPrefix   string   `json:"targetPrefix"`
		XMLNamespace   string   `json:"xmlNamespace"`
	} `json:"metadata"`
	Operations map[string]operation `json:"operations"`
	Others     map[string]string    `json:"others"`
	Shapes     map[string]shape     `json:"shapes"`
}

type operation struct {
	Errors []string `json:"errors"`
	HTTP   struct {
		Method       string `json:"method"`
		RequestURI   string `json:"requestUri"`
		ResponseCode int    `json:"responseCode"`
	} `json:"http"`
	Input  *reference `json:"input"`
	Output *reference `json:"output"`
}

// reference is a use of a shape, with the traits of the use.
type reference struct {
	Shape           string `json:"shape"`
	Flattened       bool   `json:"flattened"`
	Location        string `json:"location"`
	LocationName    string `json:"locationName"`
	QueryName       string `json:"queryName"`
	ResultWrapper   string `json:"resultWrapper"`
	TimestampFormat string `json:"timestampFormat"`
	XMLAttribute    bool   `json:"xmlAttribute"`
}

type shape struct {
	Type            string               `json:"type"`
	Members         map[string]reference `json:"members"`
	Member          *reference           `json:"member"`
	Key             *reference           `json:"key"`
	Value           *reference           `json:"value"`
	Required        []string             `json:"required"`
	Payload         string               `json:"payload"`
	Flattened       bool                 `json:"flattened"`
	TimestampFormat string               `json:"timestampFormat"`
	Document        bool                 `json:"document"`
	Exception       bool                 `json:"exception"`
	Fault           bool                 `json:"fault"`
	Error           struct {
		Code        string `json:"code"`
		HTTPStatus  int    `json:"httpStatusCode"`
		SenderFault bool   `json:"senderFault"`
	} `json:"error"`
}
