package output

import (
	"math"
	"slices"
)

// step is how much of a table may be given up to fit its lines into the terminal: columns of at
// least that Spare, and how narrow the columns of each Shrink may become.
type step struct {
	spare                   uint8
	last, date, late, early int
}

// dateWidth is that of a date without its time of day.
const dateWidth = len("2006-01-02")

// steps are tried in their order, until a line fits. Free text goes first, and a name that is cut
// to a few letters is worse than a column less.
func steps() []step {
	const whole = math.MaxInt
	return []step{
		{4, whole, whole, whole, 12},
		{3, whole, whole, whole, 12},
		{3, whole, whole, 12, 12},
		{2, whole, whole, 12, 12},
		{1, whole, whole, 12, 12},
		{1, whole, dateWidth, 6, 8},
		{1, 8, dateWidth, 6, 8},
	}
}

// least is how narrow a column may become.
func (s step) least(c tableColumn) int {
	least := map[Shrink]int{ShrinkLast: s.last, ShrinkDate: s.date, ShrinkLate: s.late, ShrinkEarly: s.early}[c.shrink]
	return max(least, c.least, c.header.width)
}

// leaveOut hides the columns that say nothing here, unless none would be left.
func (all columns) leaveOut() {
	hides := func(c tableColumn) bool {
		return c.show == ShowWide || !c.filled || c.show == ShowVaried && !c.varies
	}
	if !slices.ContainsFunc(all, func(c tableColumn) bool { return !hides(c) }) {
		return
	}
	for i, c := range all {
		all[i].hidden = hides(c)
	}
}

// layOut sets the widths of the columns, and hides spare ones, so that a line of them takes at most
// total; 0 means no limit. It reports whether one does; if not, it changes nothing.
func (all columns) layOut(total int) bool {
	if total <= 0 {
		return true
	}
	for _, s := range steps() {
		var kept, widths, least []int
		var shrink []Shrink
		line := -gap
		for i, c := range all {
			if c.hidden || c.spare >= s.spare {
				continue
			}
			kept, widths, shrink = append(kept, i), append(widths, c.width), append(shrink, c.shrink)
			least = append(least, s.least(c))
		}
		fitted := fit(widths, least, shrink, total)
		for _, width := range fitted {
			line += width + gap
		}
		if line > total || len(kept) == 0 { // no columns fit anywhere, but say nothing
			continue
		}
		for i := range all {
			all[i].hidden = true
		}
		for k, i := range kept {
			all[i].hidden, all[i].width = false, fitted[k]
		}
		return true
	}
	return false
}

// fit returns the widths of columns such that a line of them takes at most total: those that shrink
// early give first, and of these the widest, none below its least; all dates together give their
// whole time of day. If that is not enough the line is as short as it can be. A total of 0 means no
// limit.
func fit(widths, least []int, shrink []Shrink, total int) []int {
	fitted := append([]int(nil), widths...)
	if total <= 0 {
		return fitted
	}
	line := gap * (len(widths) - 1)
	for i, w := range fitted {
		if shrink[i] != ShrinkNever && shrink[i] != ShrinkDate {
			fitted[i] = min(w, max(total, least[i])) // a long cell must not cost a step for each of its columns
		}
		line += fitted[i]
	}
	for line > total {
		widest := widestAbove(fitted, least, shrink)
		if widest < 0 {
			break
		}
		if shrink[widest] == ShrinkDate {
			line -= dropTimes(fitted, least, shrink)
			continue
		}
		fitted[widest]--
		line--
	}
	for ; line < total; line++ {
		narrowed := firstNarrowed(fitted, widths, shrink)
		if narrowed < 0 {
			break
		}
		fitted[narrowed]++
	}
	return fitted
}

// dropTimes takes the time of day from all dates, so that those of a table look the same, and
// returns how many columns that saves.
func dropTimes(fitted, least []int, shrink []Shrink) (saved int) {
	for i, w := range fitted {
		if shrink[i] == ShrinkDate && w > least[i] {
			fitted[i] = least[i]
			saved += w - least[i]
		}
	}
	return saved
}

// firstNarrowed returns the index of the column that is the first to get back what was too much, -1
// for none: of those that shrink last the one that lost most.
func firstNarrowed(fitted, widths []int, shrink []Shrink) int {
	first := -1
	for i, w := range fitted {
		switch {
		case shrink[i] == ShrinkDate || w >= widths[i]:
		case first < 0 || shrink[i] < shrink[first], shrink[i] == shrink[first] && widths[i]-w > widths[first]-fitted[first]:
			first = i
		}
	}
	return first
}

// widestAbove returns the index of the column that is the next to shrink, -1 for none.
func widestAbove(widths, least []int, shrink []Shrink) int {
	next := -1
	for i, w := range widths {
		switch {
		case shrink[i] == ShrinkNever || w <= least[i]:
		case next < 0 || shrink[i] > shrink[next], shrink[i] == shrink[next] && w > widths[next]:
			next = i
		}
	}
	return next
}
