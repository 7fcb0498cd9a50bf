package trigger

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

var rate = regexp.MustCompile(`^rate\(([1-9]\d{0,4}) (minute|minutes|hour|hours|day|days)\)$`)

// ParseRate reads a schedule expression rate(N UNIT). The unit is minute, hour
// or day, in the plural above one. Others, cron(...) and at(...) among them,
// are errors. Source: EventBridge user guide, rate expressions.
func ParseRate(expression string) (time.Duration, error) {
	m := rate.FindStringSubmatch(expression)
	if m == nil {
		return 0, fmt.Errorf("schedule %q is not rate(N minutes), rate(N hours) or rate(N days), and only such schedules run here", expression)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, err
	}
	unit := m[2]
	if plural := unit[len(unit)-1] == 's'; plural != (n > 1) {
		return 0, fmt.Errorf("schedule %q: the unit of 1 has no s, that of more has one", expression)
	}
	switch unit[0] {
	case 'm':
		return time.Duration(n) * time.Minute, nil
	case 'h':
		return time.Duration(n) * time.Hour, nil
	}
	return time.Duration(n) * 24 * time.Hour, nil
}
