// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package faulty

/*
#include <setjmp.h>

extern void tollFaultyJump(void);

static jmp_buf place;

static int over_go(void) {
    if (setjmp(place))
        return 1;
    tollFaultyJump();
    return 0;
}

static void jump(void) { longjmp(place, 1); }
*/
import "C"

import (
	"errors"

	"toll/goside/seam"
	"toll/goside/via/cgo"
)

// openCgo opens by cgo what is not linked in: the crossing calls through a table in any case.
func openCgo(file, lang string) (*seam.Library, error) {
	t, err := table(file, lang)
	if err != nil {
		return nil, err
	}
	return cgo.At(t, lang, file)
}

// JumpOverGo has C call Go, which calls C, which jumps to where C set the place, over Go's frames.
func JumpOverGo() error {
	if C.over_go() != 0 {
		return errors.New("faulty: C jumped over Go")
	}
	return nil
}

//export tollFaultyJump
func tollFaultyJump() { C.jump() }
