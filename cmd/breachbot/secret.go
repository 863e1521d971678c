package main

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value that never prints: not in an error, a log line, JSON or a
// debugger's %#v. Reveal is the only way to the value.
type Secret struct{ value *string } // a pointer, so that even reflection prints an address

// NewSecret hides s. The empty string makes a secret that is not set.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal gives the value, or the empty string when it is not set.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Set tells whether there is a value.
func (s Secret) Set() bool { return s.value != nil }

// String tells only whether there is a value.
func (s Secret) String() string {
	if s.Set() {
		return "(secret)"
	}
	return "(not set)"
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// Format is String, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue is String, for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String, for JSON and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
