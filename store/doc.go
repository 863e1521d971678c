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
//
// # Decisions and their price
//
//   - The command's key and the event's place in the whole journal are in the hash,
//     so that these columns and the table of keys can be checked too. Price: an
//     event cannot be moved to another journal.
//   - The hashes hold no secret. Whoever can write to the database can make a whole
//     new journal, but not one that fits the check values that the DPO was sent.
//     Price: somebody has to compare them.
//   - Erasing appends an event that holds what may be kept, and empties the payload
//     and salt of those before it; the triggers allow exactly that. The chain still
//     verifies, because it is made over the hash of the payload. Price: words stay
//     in backups, and in PostgreSQL's old rows and log, until these are gone.
//   - SQLite or PostgreSQL is chosen, never guessed, and SQLite takes one bot at a
//     time. Price: going from one to the other is a decision, not a setting.
//   - SQLite runs with synchronous=FULL, because a report that Slack was told is
//     received must survive a power cut. Price: some milliseconds a commit.
//   - References count up without gaps. Two reports at once race for the next
//     number, and the loser tries again. An auditor can see that none is missing.
//     Price: a channel's name shows how many there were.
//   - Drills have references of their own in the same journal. Anchors and Verify
//     cover them; the register leaves them out. Price: each list says whether it
//     wants drills.
//   - Words are looked for in the program, not in SQL: the engines do not agree on
//     what a capital Ŵ is. Price: a search reads the register's lines, 200 at a time.
//   - Claiming sets the next try instead of a lease column of its own, so one index
//     serves due work and dead workers alike. Price: what a task waits for is read
//     from two columns together.
//   - The rules that tasks were planned with are stored as a setting, with what tells
//     one way of planning from another. A start under other rules or of another way
//     plans again, and Verify asks nobody for the bot's settings. Price: after an
//     upgrade verify waits for the first start.
//   - Settings stand beside the journal: no hash covers them. Price: when they were
//     changed is a record for people, and no proof.
package store
