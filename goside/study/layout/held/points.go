// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	"fmt"
	"slices"
	"strconv"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// pointsName is the study of complex numbers held as such, interleaved, against parts in arrays of their own.
const pointsName = "Points"

// pointsLight is the most iterations of points so light that moving them shows.
const pointsLight = 1

// pointSubjects returns the Julia kernel on both ways to hold its points, in each serial language by the first of its routes:
// squares of several sides with at most one iteration a point, where memory shows, and of the book's side with
// its 300. An operation is a point. All are first run and compared with the reference.
func pointSubjects(lab *study.Lab, routes []*seam.Route, full bool) ([]measure.Subject, error) {
	languages, err := study.Walkers(routes, false)
	if err != nil {
		return nil, err
	}
	type problem struct {
		side    int
		maxiter int32
	}
	problems := []problem{{32, pointsLight}, {64, pointsLight}, {128, pointsLight}, {256, pointsLight}, {512, pointsLight},
		{kernel.JuliaSize, pointsLight}, {kernel.JuliaSize, kernel.JuliaMaxIter}}
	if full {
		problems = append(problems, problem{2000, pointsLight}, problem{2000, kernel.JuliaMaxIter})
	}
	var subjects []measure.Subject
	for _, p := range problems {
		whole := kernel.NewJulia(p.side, p.maxiter, study.SerialPar)
		split := whole.Split()
		split.Out = whole.Out
		if err := kernel.Go().Julia(whole); err != nil {
			return nil, err
		}
		want := slices.Clone(whole.Out)
		facts := pointsFacts(p.side, p.maxiter, languages)
		for _, l := range languages {
			for _, held := range []struct {
				name string
				run  func() error
			}{
				{"interleaved", func() error { return l.Funcs.Julia(whole) }},
				{"split", func() error { return l.Funcs.JuliaSplit(split) }},
			} {
				if lab.Stopped() {
					return nil, measure.ErrStopped
				}
				lab.Progress.On(l.Route.Name())
				clear(whole.Out)
				if err := held.run(); err != nil {
					return nil, fmt.Errorf("held: %s points on %s: %w", held.name, l.Route.Name(), err)
				}
				if !slices.Equal(whole.Out, want) {
					return nil, fmt.Errorf("held: %s points on %s: the counts differ from the reference's", held.name, l.Route.Name())
				}
				name := record.Name{Study: pointsName, Kernel: "julia", Lang: l.Route.Lang, Via: l.Route.Via, N: strconv.Itoa(p.side),
					Keys: []record.Key{{Key: "points", Value: held.name}, {Key: "maxiter", Value: fmt.Sprint(p.maxiter)}}}
				s := measure.Subject{
					Name: name.String(), Facts: facts, Group: facts[0].Value,
					Run: func(n int) error {
						for range n / len(want) {
							if err := held.run(); err != nil {
								return err
							}
						}
						return nil
					},
					Least: len(want),
				}
				subjects = append(subjects, s)
				if l.Route.Lang == "c" && held.name == "interleaved" {
					name.Entry = record.EntryAgain
					s.Name = name.String()
					subjects = append(subjects, s)
				}
			}
		}
	}
	return subjects, nil
}

func pointsFacts(side int, maxiter int32, languages []study.Walker) []measure.Fact {
	p := &kernel.Problem{Kernel: fmt.Sprintf("points julia maxiter=%d", maxiter), N: fmt.Sprint(side), Op: "point"}
	return append(study.Facts(p, &kernel.Timed{Work: kernel.JuliaPoint}), study.VerifiedFact(2, languages))
}
