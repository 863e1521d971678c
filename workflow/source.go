package workflow

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Source is the message a report was made from: where it is and who wrote it,
// never what it says. It comes from the reporter's client and proves nothing.
type Source struct {
	Place
	Author UserID `json:"author,omitempty"`
}

var (
	placeIDs = regexp.MustCompile(`^[CGD][A-Z0-9]{2,20}$`)
	placeTS  = regexp.MustCompile(`^\d{9,11}\.\d{6}$`)
	personID = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)
)

// checked is the source, without any part that cannot be right.
func (s Source) checked() Source {
	if !placeIDs.MatchString(string(s.Channel)) || !placeTS.MatchString(s.TS) {
		return Source{}
	}
	if !personID.MatchString(string(s.Author)) {
		s.Author = ""
	}
	return s
}

// Written is when the message was written; the zero time when there is no
// message.
func (s Source) Written() time.Time { return TimeOf(s.TS) }

// TimeOf is the instant that Slack's ts names; the zero time when it names none.
func TimeOf(ts string) time.Time {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}
	}
	micros, _ := strconv.ParseInt((part + "000000")[:6], 10, 64)
	return time.Unix(seconds, micros*1000).UTC()
}
