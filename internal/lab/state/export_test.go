package state

// Parsers, for their fuzz targets.
var (
	Wildcard   = wildcard
	ParseToken = parseToken
	Token      = token
)
