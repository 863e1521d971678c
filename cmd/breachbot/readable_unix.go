//go:build unix

package main

import "io/fs"

// readableByAll tells whether every user of this machine can read a file.
func readableByAll(info fs.FileInfo) bool { return info.Mode().Perm()&0o004 != 0 }
