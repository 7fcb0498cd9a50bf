package runtime

// Place is place for tests.
var Place = place
