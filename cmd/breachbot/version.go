package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

func version(_ context.Context, p process, args []string) error {
	f := flags(p, "version", "version", "Says which version this is, from which commit, built with which Go.")
	if err := parse(f, args); err != nil {
		return err
	}
	info, _ := debug.ReadBuildInfo()
	_, err := fmt.Fprintln(p.Stdout, describe(info))
	return err
}

// describe is a build in one line. A nil info is a build without any.
func describe(info *debug.BuildInfo) string {
	module, commit, dirty, goVersion := "(devel)", "unknown commit", "", runtime.Version()
	if info != nil {
		if info.Main.Version != "" {
			module = info.Main.Version
		}
		if info.GoVersion != "" {
			goVersion = info.GoVersion
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && s.Value != "":
				commit = "commit " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = " with changes"
			}
		}
	}
	return fmt.Sprintf("breachbot %s, %s%s, %s %s/%s", module, commit, dirty, goVersion, runtime.GOOS, runtime.GOARCH)
}
