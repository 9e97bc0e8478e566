// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fuzz

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"toll/goside/seam"
	"toll/goside/via/guard"
)

// Notices is how many lanes of a process can say what they do, and one.
const Notices = 65

// notices are what a process says to the one that watches it: first the names of routes, then a notice for each lane.
var notices struct {
	sync.Mutex
	all   []*guard.Notice
	taken int
	names []string
}

// Tell has all lanes made from now on say what they do in a file, which another process reads by [Told] if this one ends.
func Tell(file *os.File) error {
	all, err := guard.NewNotice(file, Notices)
	if err != nil {
		return err
	}
	notices.Lock()
	defer notices.Unlock()
	notices.all, notices.taken = all, 1
	return nil
}

// nameOf returns the number that stands for a route in notices.
func nameOf(route *seam.Route) uint64 {
	notices.Lock()
	defer notices.Unlock()
	notices.names = append(notices.names, route.Name())
	if notices.all != nil {
		notices.all[0].Begin([]byte(strings.Join(notices.names, "\n")))
	}
	return uint64(len(notices.names) - 1)
}

// notice returns one that no lane has, or nil.
func notice() *guard.Notice {
	notices.Lock()
	defer notices.Unlock()
	if notices.taken >= len(notices.all) {
		return nil
	}
	notices.taken++
	return notices.all[notices.taken-1]
}

// Told returns what the lanes of a process were doing as it ended, said in a file by [Tell].
func Told(file *os.File) (doing []*Failure, err error) {
	all, err := guard.NewNotice(file, Notices)
	if err != nil {
		return nil, err
	}
	text, _, _ := all[0].Read()
	names := strings.Split(string(text), "\n")
	for _, n := range all[1:] {
		text, route, side := n.Read()
		if len(text) == 0 || int(text[0]) >= len(Targets) || route >= uint64(len(names)) {
			continue
		}
		f := &Failure{Target: Targets[text[0]], Route: names[route], Side: guard.Side(side >> 1 & 1), Input: append([]byte{}, text[1:]...)}
		f.What = Describe(f.Target, f.Input)
		f.Err = fmt.Errorf("the process ended in a call of %s", [...]string{"the route", "its native code"}[side&1])
		doing = append(doing, f)
	}
	return doing, nil
}
