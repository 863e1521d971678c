package view

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// FormAmend is where the person who reported an incident adds to their report or
// puts it right, and attaches files. ActAmend opens it.
const (
	FormAmend Form   = "amend"
	ActAmend  Action = "amend"
)

const addOrCorrect = "Add or correct something"

// amendForm holds the report as its author left it, and not what others have found
// since.
func amendForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	m.Number = len(inc.Amendments)
	r := inc.Report
	version, since := inc.ReportVersion()
	says := "*Your report of " + string(inc.ID) + "*, as you left it " + local(since, d.zone()) + ". Change what is not right, and add what you know now. Every version is kept, and the people who handle it are told.\n" +
		"Please do *not* give names, NHS numbers, addresses or other details of the people affected."
	if version > 1 {
		says = strings.Replace(says, "*, as you", fmt.Sprintf("*, version %d, as you", version), 1)
	}
	what, actions := area(workflow.MaxText), area(workflow.MaxText)
	what.InitialValue, actions.InitialValue = r.What, r.Actions
	title := line(workflow.MaxTitle)
	title.InitialValue = inc.Title()
	blocks := []slack.Block{
		section(says),
		input{field: workflow.FieldTitle, label: "In one line", element: title}.block(),
		input{field: workflow.FieldWhat, label: "What happened, and how was it found?", element: what}.block(),
		input{field: workflow.FieldActions, label: "What has been done already?", optional: true, element: actions}.block(),
		input{field: workflow.FieldDetected, label: "When was it noticed?", element: instant(r.Detected),
			hint: "If this makes the deadline later, or the time of awareness is set already, the people who decide about it look at it first."}.block(),
		filesInput(),
		divider(),
		section("*What you know of it.* If somebody has corrected one of these since, what they found stays in the record beside your answer."),
	}
	if r.Risk == "" {
		blocks = append(blocks, input{field: workflow.FieldRisk, label: "How bad could it be for the people affected?", optional: true, element: radio(options(workflow.RiskLevels), ""),
			hint: "Needed if it was no near miss after all."}.block())
	}
	near := ticks([]*slack.OptionBlockObject{option("yes", "This was a near miss", "")})
	if r.Facts.NearMiss {
		near.InitialOptions = near.Options
	}
	blocks = append(append(blocks, occurredInputs(r.Occurred)...), kindInput(r.Facts.Category, ""))
	blocks = append(blocks, factInputs(r.Facts)...)
	blocks = append(blocks, input{field: workflow.FieldNearMiss, label: "Near miss", optional: true, element: near}.block())
	return modal(FormAmend, addOrCorrect, "Send", m, blocks...)
}

// filesInput takes screenshots and other files.
func filesInput() slack.Block {
	e := slack.NewFileInputBlockElement(valueID).WithFileTypes(workflow.FileTypes...).WithMaxFiles(workflow.MaxFiles)
	return input{field: workflow.FieldFiles, label: "Screenshots or files", optional: true, element: e,
		hint: fmt.Sprintf("Up to %d files of at most %d MB each: pictures, PDF, text, tables, Word, Excel or e-mail. Please black out names and details first. Slack keeps them; the record keeps which file it was and its fingerprint (SHA-256).",
			workflow.MaxFiles, workflow.MaxFileSize>>20)}.block()
}

// AmendSaved tells the author that the new version of their report is kept, and what
// did not change with it.
func AmendSaved(inc *workflow.Incident, repeated bool) slack.ModalViewRequest {
	if repeated || len(inc.Amendments) == 0 {
		return SavedBefore(inc)
	}
	a := inc.Amendments[len(inc.Amendments)-1]
	says := "*Saved with " + string(inc.ID) + ".* The people who handle it are told. Thank you."
	if a.Reworded() {
		says = fmt.Sprintf("*Your report of %s is now version %d.* The people who handle it are told. Thank you.", inc.ID, a.Version)
	}
	if a.Files > 0 {
		says += "\n\nAttached: " + count(a.Files, "file") + ". Please keep the originals."
	}
	if slices.Contains(a.Apart, workflow.FieldDetected) {
		says += "\n\nYou changed when it was noticed. The clock stays as it is until somebody who may change it has looked."
	}
	return practiceModal(inc, notice("Saved", says))
}

func parseAmend(v Values, m Meta, zone *time.Location) (workflow.Command, error) {
	report, errReport := parseStated(v, zone)
	files, errFiles := v.files(workflow.FieldFiles)
	return workflow.Amend{Seen: m.Number, Files: files, Report: report}, which(errReport, errFiles)
}

// files are the files that were attached. Slack lets only the kinds through that the
// input names. Anything else is refused here, beside the field.
func (v Values) files(f workflow.Field) ([]workflow.Attachment, error) {
	var out []workflow.Attachment
	for _, file := range v.get(f).Files {
		if kind := strings.ToLower(strings.TrimPrefix(path.Ext(file.Name), ".")); kind != "" && !slices.Contains(workflow.FileTypes, kind) {
			return nil, workflow.Invalid(f, "Please attach only pictures, PDF, text, tables, Word, Excel or e-mail.")
		}
		out = append(out, workflow.Attachment{ID: file.ID, Type: file.Mimetype, Size: int64(file.Size)})
	}
	return out, nil
}

// reportLabels name what a report says.
var reportLabels = map[workflow.Field]string{
	workflow.FieldTitle: "In one line", workflow.FieldWhat: "What happened", workflow.FieldActions: "Already done",
	workflow.FieldDetected: "Noticed", workflow.FieldOccurredFrom: "Happened", workflow.FieldRisk: "Risk to people",
	workflow.FieldCategory: "Kind of event", workflow.FieldAspects: "What became of the data", workflow.FieldData: "Kinds of data",
	workflow.FieldSubjects: "Who the data is about", workflow.FieldCount: "How many people", workflow.FieldOngoing: "Still going on",
	workflow.FieldSubjectsAware: "Whether they know", workflow.FieldOthersAware: "Whether another organisation knows", workflow.FieldNearMiss: "Near miss",
}

// difference is one thing that a report says otherwise than before.
type difference struct {
	field         workflow.Field
	before, after string
	typed         bool // in people's own words
}

// differences are what a new version of a report says otherwise, in the order of the
// form. Values that nobody typed are ready to be shown.
func differences(a, b workflow.Report) []difference {
	var out []difference
	add := func(f workflow.Field, typed bool, before, after string) {
		if before != after {
			out = append(out, difference{f, before, after, typed})
		}
	}
	add(workflow.FieldTitle, true, a.Title, b.Title)
	add(workflow.FieldWhat, true, a.What, b.What)
	add(workflow.FieldActions, true, a.Actions, b.Actions)
	add(workflow.FieldDetected, false, when(a.Detected), when(b.Detected))
	add(workflow.FieldOccurredFrom, false, occurred(a.Occurred), occurred(b.Occurred))
	add(workflow.FieldRisk, false, escape(a.Risk.Label()), escape(b.Risk.Label()))
	f, g := a.Facts, b.Facts
	add(workflow.FieldCategory, false, escape(f.Category.Label()), escape(g.Category.Label()))
	add(workflow.FieldAspects, false, escape(list(f.Aspects)), escape(list(g.Aspects)))
	add(workflow.FieldData, false, escape(list(f.Data)), escape(list(g.Data)))
	add(workflow.FieldSubjects, false, escape(list(f.Subjects)), escape(list(g.Subjects)))
	add(workflow.FieldCount, false, f.Count.String(), g.Count.String())
	add(workflow.FieldOngoing, false, f.Ongoing.Label(), g.Ongoing.Label())
	add(workflow.FieldSubjectsAware, false, f.SubjectsAware.Label(), g.SubjectsAware.Label())
	add(workflow.FieldOthersAware, false, f.OthersAware.Label(), g.OthersAware.Label())
	add(workflow.FieldNearMiss, false, yesNo(f.NearMiss), yesNo(g.NearMiss))
	return out
}

func amendments(inc *workflow.Incident, each func(int, time.Time, workflow.Amendment)) {
	for _, a := range inc.Amendments {
		each(a.Seq, a.At, a)
	}
}

// fieldNames lists fields inside a sentence.
func fieldNames(fields []workflow.Field) string {
	var out []string
	for _, f := range fields {
		out = append(out, lowerFirst(reportLabels[f]))
	}
	return strings.Join(out, ", ")
}

// saidAmendment tells the channel that a report was amended, and where the record
// goes on saying otherwise. What was typed stays in the timeline.
func saidAmendment(_ scene, a workflow.Amendment) string {
	line := "*A file was attached to the report* by " + user(a.By) + "."
	if a.Files > 1 {
		line = "*" + count(a.Files, "file") + " were attached to the report* by " + user(a.By) + "."
	}
	if a.Reworded() {
		var changed []workflow.Field
		for _, d := range differences(a.Before, a.After) {
			changed = append(changed, d.field)
		}
		line = fmt.Sprintf("*The report was amended* by %s. It is now version %d.", user(a.By), a.Version)
		if len(changed) > 0 {
			line += " Changed: " + fieldNames(changed) + "."
		}
		if a.Files > 0 {
			line += " Attached: " + count(a.Files, "file") + "."
		}
	}
	return line + apartLines(a)
}

// apartLines ask for what an amendment could not change by itself.
func apartLines(a workflow.Amendment) string {
	var facts, times []workflow.Field
	for _, f := range a.Apart {
		if f == workflow.FieldDetected || f == workflow.FieldOccurredFrom {
			times = append(times, f)
		} else {
			facts = append(facts, f)
		}
	}
	out := ""
	if len(times) > 0 {
		out += "\n*The times stay as they are* (" + fieldNames(times) + "). If the report is right now, please correct them: *More*, _Correct the times_."
	}
	if len(facts) > 0 {
		out += "\n*The record says otherwise* about: " + fieldNames(facts) + ". It stays as it is; please check whether that is right."
	}
	return out
}

func toldAmendment(_ scene, a workflow.Amendment) (string, []pair) {
	line := "A file was attached by " + user(a.By) + "."
	if a.Files > 1 {
		line = upperFirst(count(a.Files, "file")) + " were attached by " + user(a.By) + "."
	}
	var typed []pair
	if a.Reworded() {
		line = fmt.Sprintf("Report amended by %s: version %d.", user(a.By), a.Version)
		if a.Files > 0 {
			line += " Attached: " + count(a.Files, "file") + "."
		}
		for _, d := range differences(a.Before, a.After) {
			if d.typed {
				typed = append(typed, pair{reportLabels[d.field] + ", before", d.before}, pair{reportLabels[d.field] + ", now", d.after})
				continue
			}
			line += "\n• " + reportLabels[d.field] + ": " + orNothing(d.before) + ", now " + orNothing(d.after)
		}
	}
	return line + apartLines(a), typed
}

func orNothing(s string) string {
	if s == "" {
		return "not known yet"
	}
	return s
}

// versioned says which version of a report is shown. It is empty for the first.
func versioned(inc *workflow.Incident) []slack.Block {
	version, since := inc.ReportVersion()
	if version == 1 {
		return nil
	}
	return []slack.Block{section(fmt.Sprintf("*Version %d*, changed %s. Every version is kept.", version, when(since)))}
}

// filesMost is how many attached files are listed; the timeline has them all.
const filesMost = 12

// attachedFiles says which files people have attached; by leaves out those of others
// unless it is empty.
func attachedFiles(inc *workflow.Incident, by workflow.UserID) []slack.Block {
	var lines []string
	for _, f := range inc.Files {
		if by == "" || f.By == by {
			lines = append(lines, fmt.Sprintf("%d. %s, attached by %s %s. %s", len(lines)+1, fileKind(f), user(f.By), when(f.At), fingerprint(f)))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if more := len(lines) - filesMost; more > 0 {
		lines = append(lines[:filesMost], "and "+count(more, "more file")+": see the timeline.")
	}
	return []slack.Block{section("*Attached files*\n" + strings.Join(lines, "\n"))}
}

// fileKind is the type and size of a file.
func fileKind(f workflow.AttachedFile) string {
	kind := "File"
	if f.Type != "" {
		kind = escape(workflow.Cut(f.Type, 60))
	}
	switch {
	case f.Size >= 1<<20:
		kind += fmt.Sprintf(", %.1f MB", float64(f.Size)/(1<<20))
	case f.Size > 0:
		kind += fmt.Sprintf(", %d kB", (f.Size+1023)/1024)
	}
	return kind
}

func fingerprint(f workflow.AttachedFile) string {
	switch {
	case f.SHA256 != "":
		return "SHA-256 `" + escape(f.SHA256) + "`"
	case f.Unhashed != "":
		return "Not hashed: " + escape(f.Unhashed) + "."
	}
	return "Not hashed yet."
}

func toldHashed(s scene, a workflow.Act) (string, []pair) {
	f := s.inc.FileOf(a.Task)
	if f == nil {
		return "An attached file was read.", nil
	}
	return "An attached file was read: " + fileKind(*f) + ". " + fingerprint(*f), nil
}
