package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// The marks of the grid's cells. They say without colour what a cell means.
const (
	markNobody     = "·"
	markByLaw      = "L"
	markRegulator  = "R"
	markDepartment = "D"
)

// gridMark is what a cell means by the grid and, below its line, by the law's test.
func gridMark(c workflow.Cell, rules workflow.Rules) string {
	switch regulator, department := rules.OnGrid(c); {
	case department:
		return markDepartment
	case regulator:
		return markRegulator
	case c.Grave():
		return markByLaw
	}
	return markNobody
}

// gridBlocks show where an incident stands on the grid: as a picture, and in words
// below it, which a screen reader can read out.
func gridBlocks(c workflow.Cell, rules workflow.Rules) []slack.Block {
	if !c.Valid() {
		return nil
	}
	return []slack.Block{
		section("*The grid*\n```" + gridPicture(c, rules) + "```"),
		small(escape(gridWords(c, rules)) + "\n" + escape(gridLegend(rules))),
	}
}

const gridSide = 5

// gridPicture draws the grid with the cell in brackets and the lines of the grid: the
// regulator's heavy, the department's light. It is 24 characters wide, so that it
// does not wrap on a telephone.
func gridPicture(marked workflow.Cell, rules workflow.Rules) string {
	at := func(likelihood, effect int) workflow.Cell {
		return workflow.Cell{Likelihood: likelihood, Effect: effect}
	}
	// between is the line between two neighbours: heavy, light or none.
	between := func(a, b workflow.Cell, heavy, light string) string {
		if !a.Valid() || !b.Valid() {
			return ""
		}
		ar, ad := rules.OnGrid(a)
		br, bd := rules.OnGrid(b)
		switch {
		case ar != br:
			return heavy
		case ad != bd:
			return light
		}
		return ""
	}
	upright := func(likelihood, effect int) string {
		return between(at(likelihood-1, effect), at(likelihood, effect), "┃", "│")
	}
	level := func(likelihood, effect int) string { // below the cell
		return between(at(likelihood, effect), at(likelihood, effect-1), "━", "─")
	}
	or := func(s string) string {
		if s == "" {
			return " "
		}
		return s
	}
	lines := []string{"Effect"}
	for effect := gridSide; effect >= 1; effect-- {
		row, below := " "+strconv.Itoa(effect)+" ", "   "
		for likelihood := 1; likelihood <= gridSide; likelihood++ {
			c := at(likelihood, effect)
			cell := " " + gridMark(c, rules) + " "
			if c == marked {
				cell = "[" + gridMark(c, rules) + "]"
			}
			row += or(upright(likelihood, effect)) + cell
			line := level(likelihood, effect)
			below += corner(upright(likelihood, effect), upright(likelihood, effect-1), level(likelihood-1, effect), line) + strings.Repeat(or(line), 3)
		}
		lines = append(lines, strings.TrimRight(row, " "))
		if below = strings.TrimRight(below, " "); strings.ContainsAny(below, "━─") {
			lines = append(lines, below)
		}
	}
	axis := "   "
	for likelihood := 1; likelihood <= gridSide; likelihood++ {
		axis += "  " + strconv.Itoa(likelihood) + " "
	}
	return strings.Join(append(lines, strings.TrimRight(axis, " "), "             Likelihood"), "\n")
}

// corners are the heavy lines that meet between four cells, by whether there is one up,
// down, left and right; lightLines are the same in light.
var (
	corners = map[[4]bool]string{
		{false, false, false, false}: " ",
		{true, true, false, false}:   "┃", {false, false, true, true}: "━",
		{true, false, false, true}: "┗", {true, false, true, false}: "┛",
		{false, true, false, true}: "┏", {false, true, true, false}: "┓",
		{true, true, false, true}: "┣", {true, true, true, false}: "┫",
		{true, false, true, true}: "┻", {false, true, true, true}: "┳",
		{true, true, true, true}:    "╋",
		{true, false, false, false}: "╹", {false, true, false, false}: "╻",
		{false, false, true, false}: "╸", {false, false, false, true}: "╺",
	}
	lightLines = strings.NewReplacer("┃", "│", "━", "─", "┗", "└", "┛", "┘", "┏", "┌", "┓", "┐", "┣", "├", "┫", "┤", "┻", "┴", "┳", "┬", "╋", "┼", "╹", "╵", "╻", "╷", "╸", "╴", "╺", "╶")
)

// corner joins the lines that meet between four cells.
func corner(up, down, left, right string) string {
	shape := corners[[4]bool{up != "", down != "", left != "", right != ""}]
	switch {
	case strings.ContainsAny(up+down, "┃") && shape == "┣" && right == "─":
		return "┠"
	case strings.ContainsAny(up+down+left+right, "┃━"):
		return shape
	}
	return lightLines.Replace(shape)
}

// gridWords say where a cell stands, for those who cannot see the picture.
func gridWords(c workflow.Cell, rules workflow.Rules) string {
	side := func(on bool, whose string) string {
		if on {
			return "on or above the line for the " + whose
		}
		return "below the line for the " + whose
	}
	regulator, department := rules.OnGrid(c)
	s := fmt.Sprintf("Effect %d, likelihood %d: %s", c.Effect, c.Likelihood, side(regulator, rules.Regulator))
	if rules.Nation == workflow.England {
		s += ", " + side(department, theDepartment)
	}
	s += "."
	if !regulator && c.Grave() {
		s += " The law's test counts harm this serious all the same: notify."
	}
	return s
}

const theDepartment = "Department of Health and Social Care"

// gridLegend says what the marks mean. There is no line for the people affected: they
// are told when a high risk is likely, which is asked on its own.
func gridLegend(rules workflow.Rules) string {
	s := "[ ]: this incident. " + markRegulator + ": notify the " + rules.Regulator + ". "
	if rules.Nation == workflow.England {
		s += markDepartment + ": the Department too. "
	}
	return s + markByLaw + ": notify by the law's test. " + markNobody + ": below the lines. The grid has no line for telling the people affected: that depends on whether a high risk is likely."
}
