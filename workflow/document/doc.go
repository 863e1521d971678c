// Package document turns an incident or the register into files: a value in,
// bytes out. It is pure and deterministic: the same value gives the same bytes,
// and it never reads a clock.
package document
