package main

import (
	"context"
	"fmt"
)

func migrate(ctx context.Context, p process, args []string) error {
	f := flags(p, "migrate", "migrate", `
Brings the database to the schema of this version, and makes the embedded one
when there is none. The bot does so itself when it starts; this is for those who
want it as a step of its own. There is no way back but a backup.`)
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
