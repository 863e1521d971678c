package scheduler

// Missing is the table for its test.
var Missing = missing
