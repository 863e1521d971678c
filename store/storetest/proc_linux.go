package storetest

import (
	"os/user"
	"strconv"
	"syscall"
)

// attributes let a server end with the test binary, however that ends, and run
// as the given user when this process may choose.
func attributes(as *user.User, end syscall.Signal) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: end, Setpgid: true}
	if as == nil {
		return attr, nil
	}
	uid, err := strconv.ParseUint(as.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(as.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, nil
}
