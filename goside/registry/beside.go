// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package registry

import (
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/process"
)

// beside are the languages of workers, processes beside this one, that have all kernels. Python's are among those of python.
var beside = besideRoutes("c", "go")

func besideRoutes(languages ...string) (all []*seam.Route) {
	var functions []string
	for _, f := range kernel.Functions {
		functions = append(functions, f.Name)
	}
	for _, lang := range languages {
		for _, via := range []string{process.Pipe, process.Socket, process.Shm, process.ShmSpin} {
			all = append(all, processRoute(lang, via, functions))
		}
	}
	return all
}
