package main

import (
	"context"
	"fmt"
)

func migrate(ctx context.Context, p process, args []string) error {
	f := flags(p, "migrate", "migrate", `
Brings the database up to the schema of this version, and creates the embedded
database if there is none. The bot does this itself when it starts; use this
command to do it as a separate step. The only way back is to restore a backup.`)
	if err := parse(f, args); err != nil {
		return err
	}
	c, err := loadConfig(ctx, p.Env, needStore)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, c, quietLog(p))
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%s has the schema of this version.\n", c.StoreName())
	return err
}
