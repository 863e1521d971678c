package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// fileSuffix makes of a secret's variable the one that names a file with the
// secret in it, as containers are handed them.
const fileSuffix = "_FILE"

// secretMost is how large a file with a secret may be: larger, it is another file.
const secretMost = 64 << 10

// secretOf is the variable of the secret whose file a variable names; any other
// variable is given back as it is.
func secretOf(name string) string {
	of, ok := strings.CutSuffix(name, fileSuffix)
	if ok && slices.ContainsFunc(described(), func(v variable) bool { return v.secret && v.name == of }) {
		return of
	}
	return name
}

// fromFiles puts in the secrets that the environment names files of. It says of a
// secret that is given twice, or whose file cannot be read, that this is a fault.
func (k *checks) fromFiles(env map[string]string) map[string]string {
	for _, v := range described() {
		file := v.name + fileSuffix
		path := env[file]
		if !v.secret || path == "" {
			continue
		}
		if env[v.name] != "" {
			k.fault(file, "is set, and so is "+v.name, "only one of the two")
			continue
		}
		value, wrong := readSecret(path)
		if wrong != "" {
			k.fault(file, wrong, fmt.Sprintf("a file that this user can read, with nothing but the value of %s in it", v.name))
			continue
		}
		env[v.name] = value
	}
	return env
}

// readSecret reads a file without the line break at its end. wrong says, after the
// variable that names the file, why there is no value. It repeats neither what is in
// it nor the path, which may be the secret itself, given by mistake.
func readSecret(path string) (value, wrong string) {
	f, err := os.Open(path)
	if err != nil {
		return "", "names a file that cannot be read: " + because(err)
	}
	defer f.Close()
	words, err := io.ReadAll(io.LimitReader(f, secretMost+1))
	value = strings.TrimSpace(string(words))
	switch {
	case err != nil:
		return "", "names a file that cannot be read: " + because(err)
	case len(words) > secretMost:
		return "", "names a file that is larger than any secret"
	case value == "":
		return "", "names a file with nothing in it"
	}
	return value, ""
}

// withoutEchoes leaves out that a secret is not set when its file has a fault.
func (f Faults) withoutEchoes(env map[string]string) Faults {
	return slices.DeleteFunc(f, func(one Fault) bool {
		return env[one.Variable] == "" && slices.ContainsFunc(f, func(other Fault) bool { return other.Variable == one.Variable+fileSuffix })
	})
}

// openSecrets are the variables whose files every user of this machine can read.
func openSecrets(env map[string]string) []string {
	var open []string
	for _, v := range described() {
		file := v.name + fileSuffix
		if !v.secret || env[file] == "" {
			continue
		}
		if info, err := os.Stat(strings.TrimSpace(env[file])); err == nil && readableByAll(info) {
			open = append(open, file)
		}
	}
	return open
}
