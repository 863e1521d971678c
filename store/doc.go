// Package store says what breachbot keeps and what can be proved about it.
//
// The journal (events) is the truth: what people and deliveries did, one row for
// each event, never changed. Everything else follows from it and can be made again:
// the register (incidents, decisions, notifications), the keys of commands, and the
// tasks that are owed. One Append writes all of it in one transaction.
//
// Each event commits to its content and to the event before it, so that a change
// behind the program's back shows (Seal, Verify). A daily anchor commits to all
// incidents together, so that removing a whole incident shows too.
//
// The packages sqlite and postgres implement Store; storetest holds the suite
// that both pass. SQL stays in the engines, each in its own idiom; what must be
// the same in both (hashes, rows, checks) is here. A column of the register is
// one line of a Projection, from which both engines and Verify follow, and a
// migration in each engine.
package store
