// Package document makes files of an incident or the register: a value in,
// bytes out. It is pure and deterministic: the same value gives the same bytes,
// and no clock is read.
package document
