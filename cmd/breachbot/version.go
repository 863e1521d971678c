package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

func version(_ context.Context, p process, args []string) error {
	f := flags(p, "version", "version", "Shows the version, the commit it was built from and the Go version.")
	if err := parse(f, args); err != nil {
		return err
	}
	info, _ := debug.ReadBuildInfo()
	_, err := fmt.Fprintln(p.Stdout, describe(info))
	return err
}

// imageCommit is the commit when the build could not reach git, as in an image.
// Set it with -ldflags "-X main.imageCommit=…".
var imageCommit string

// buildVersion is the version and commit of this binary, in a few words.
func buildVersion() string {
	info, _ := debug.ReadBuildInfo()
	return versionOf(info)
}

// describe is a build in one line. A nil info is a build without information.
func describe(info *debug.BuildInfo) string {
	goVersion := runtime.Version()
	if info != nil && info.GoVersion != "" {
		goVersion = info.GoVersion
	}
	return fmt.Sprintf("breachbot %s, %s %s/%s", versionOf(info), goVersion, runtime.GOOS, runtime.GOARCH)
}

func versionOf(info *debug.BuildInfo) string {
	module, commit, changed := "(devel)", imageCommit, ""
	if info != nil {
		if info.Main.Version != "" {
			module = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && s.Value != "":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = " with changes"
			}
		}
	}
	if commit == "" {
		return module + ", unknown commit"
	}
	return module + ", commit " + commit + changed
}
