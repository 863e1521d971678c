package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the legal clock needs its zone, even in an image without files
)

// process is the world as a subcommand sees it, so that tests can give it
// another.
type process struct {
	Env    map[string]string
	Stdout io.Writer // what was asked for
	Stderr io.Writer // remarks about it
	Now    func() time.Time
}

// command is one subcommand. Run is given the arguments after its name.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, p process, args []string) error
}

// commands are in the order a newcomer needs them.
func commands() []command {
	return []command{
		{"demo", "try everything out: a whole workspace in this one process, no Slack account needed", demo},
		{"manifest", "print the manifest of the Slack app, to paste into Slack once", manifest},
		{"doctor", "try everything the bot needs, and say of each what to do", doctor},
		{"serve", "run the bot", serve},
		{"migrate", "bring the database up to this version; serve does this too", migrate},
		{"register", "export the register of breaches, drills, or the facts for the DPO: breachbot register -h", register},
		{"verify", "recompute the journal's hashes and name the first row that was tampered with", verify},
		{"reconcile", "compare every open incident with Slack, and put right what differs", reconcile},
		{"backup", "copy the store to a file while the bot works, and verify the copy", backup},
		{"restored", "say that the store was restored from a snapshot, before the next start", restored},
		{"settings", "show the settings in force, and what changed when", showSettings},
		{"health", "ask a running bot whether it is well", health},
		{"version", "show the version", version},
	}
}

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // it ran, and the answer is no
	exitUnable = 2 // it could not run: usage, configuration, nobody there
)

// unable is an error that stopped a command from running at all.
type unable struct{ error }

func (u unable) Unwrap() error { return u.error }

// usage is an unable for arguments that were not understood.
func usage(format string, args ...any) error { return unable{fmt.Errorf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], environment(os.Environ()), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program. It returns the exit code.
func run(ctx context.Context, args []string, env map[string]string, stdout, stderr io.Writer) int {
	p := process{Env: env, Stdout: stdout, Stderr: stderr, Now: time.Now}
	if len(args) == 0 {
		help(stderr)
		return exitUnable
	}
	name := args[0]
	switch name {
	case "help", "-h", "-help", "--help":
		help(stdout)
		return exitOK
	case "-version", "--version":
		name = "version"
	}
	for _, c := range commands() {
		if c.name == name {
			return exit(c.run(ctx, p, args[1:]), name, stderr)
		}
	}
	fmt.Fprintf(stderr, "There is no command %q.\n\n", name)
	help(stderr)
	return exitUnable
}

// exit says what went wrong, if anything, and gives the exit code for it.
func exit(err error, name string, stderr io.Writer) int {
	var faults Faults
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, &faults):
		fmt.Fprintln(stderr, faults)
		return exitUnable
	}
	fmt.Fprintf(stderr, "breachbot %s: %v\n", name, err)
	if errors.As(err, &unable{}) {
		return exitUnable
	}
	return exitFailed
}

func help(w io.Writer) {
	fmt.Fprint(w, `breachbot runs personal-data-breach incidents in Slack and keeps the 72-hour clock.

Usage: breachbot COMMAND [options]

`)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.summary)
	}
	fmt.Fprintf(w, `
breachbot COMMAND -h lists the options of a command.

Environment variables configure it. breachbot serve -h says what each is for:

`)
	line := " "
	for _, v := range variables() {
		if len(line)+1+len(v) > 78 {
			fmt.Fprintln(w, line)
			line = " "
		}
		line += " " + v
	}
	fmt.Fprintln(w, line)
	fmt.Fprintf(w, "\nA secret may be kept in a file: SLACK_BOT_TOKEN%s names the file with SLACK_BOT_TOKEN.\n", fileSuffix)
}

// flags makes the options of a command. Its usage shows how to call it and says
// in a few lines what it does.
func flags(p process, name, synopsis, about string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(p.Stderr)
	f.Usage = func() {
		fmt.Fprintf(f.Output(), "Usage: breachbot %s\n\n%s\n", synopsis, strings.TrimSpace(about))
		options := false
		f.VisitAll(func(*flag.Flag) { options = true })
		if options {
			fmt.Fprint(f.Output(), "\nOptions:\n")
			f.PrintDefaults()
		}
	}
	return f
}

// parse reads the options of a command that takes no other arguments.
func parse(f *flag.FlagSet, args []string) error {
	// The flag package prints its error with the usage. As run prints the error
	// too, the package only prints usage that was asked for.
	out, usageOf := f.Output(), f.Usage
	f.SetOutput(io.Discard)
	err := f.Parse(args)
	f.SetOutput(out)
	switch {
	case errors.Is(err, flag.ErrHelp):
		usageOf()
		return err
	case err != nil:
		return usage("%w (breachbot %s -h lists the options)", err, f.Name())
	case f.NArg() > 0:
		return usage("%q was not expected (breachbot %s -h shows how to use it)", f.Arg(0), f.Name())
	}
	return nil
}
