// Package storetest holds the suite that every store must pass, and the real
// servers that tests need: PostgreSQL and Redis, started for the test binary and
// stopped with it. A server that is not installed fails the test with what to
// install; nothing is skipped.
//
// It is for tests only.
package storetest
