//go:build !linux

package storetest

import (
	"os/user"
	"syscall"
)

// attributes: elsewhere a server is ended by the tests' own clean-up alone.
func attributes(*user.User, syscall.Signal) (*syscall.SysProcAttr, error) {
	return &syscall.SysProcAttr{}, nil
}
